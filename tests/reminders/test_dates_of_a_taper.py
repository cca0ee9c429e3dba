"""Angela is told when her taper starts, changes and is over; staff when it is reviewed or held for long.

Its steps begin on days 1, 29, 57 and 85; day 113 is the first without.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor, for_system
from patients.actor import acting_patient
from patients.models import Door, Patient, Plan, Reminder, Scan, Taper, TaperEnd, UseKind
from patients.reminders import taper_subject
from patients.reminders.channels import Envelope
from patients.services import plan_moves
from patients.services.people import save_patient
from patients.services.tapers import holding, looking_after, revising, stopping, using
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.signing import Agreement, confirm_in_writing, sign
from protocols.domain.course import Course
from protocols.domain.terms import TermsError
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import days, one, owed, patient_morning, staff_morning, taper_day

Sweep = Callable[[datetime], list[Envelope]]


def one_of(taper: Taper, kind: str, day: int) -> Reminder:
    """To the patient, of that day of the taper."""
    return Reminder.objects.get(taper=taper, kind=kind, civil_date=taper_day(day), recipient_kind="patient")


def test_every_change_is_announced_on_the_day_before_and_asked_about_on_its_day(taper: Taper) -> None:
    assert days(taper, "taper-starts") == [1]
    assert days(taper, "step-coming") == [28, 56, 84, 112]
    assert days(taper, "step-changes") == [29, 57, 85]
    assert days(taper, "taper-over") == [113]
    starts = one(taper, "taper-starts")
    assert (starts.recipient_kind, starts.send_at) == ("patient", datetime(2027, 1, 11, 8, tzinfo=UTC))


def test_before_the_signature_she_is_told_nothing(sent_taper: Taper) -> None:
    assert not sent_taper.reminders.filter(recipient_kind="patient").exists()


def test_the_review_comes_four_and_twelve_weeks_after_the_last_step(taper: Taper) -> None:
    assert days(taper, "taper-review", "staff") == [112 + 28, 112 + 84]
    assert days(taper, "taper-review", "patient") == [112 + 28, 112 + 84]


def test_a_change_is_told_on_its_day_or_not_at_all(taper: Taper, sweep_at: Sweep) -> None:
    changes = one_of(taper, "step-changes", 29)
    assert changes.too_late_at == datetime(2027, 2, 8, 23, tzinfo=UTC), "midnight in Berlin"
    sweep_at(patient_morning(taper_day(30)))
    assert one_of(taper, "step-changes", 29).status == "missed"


def test_her_own_zone_decides_the_hour(taper: Taper, angela: Patient, by: Actor) -> None:
    angela.zone = "Pacific/Auckland"
    save_patient(angela, by=by, at=NOON)
    assert one(taper, "taper-starts").send_at == datetime(2027, 1, 10, 20, tzinfo=UTC), "nine on the 11th"


def test_while_it_is_held_no_change_is_announced_and_afterwards_on_the_new_days(
    taper: Taper, angela: Patient, by: Actor
) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(20), revision=taper.revision)
    for kind in ("step-coming", "step-changes", "taper-over", "taper-review"):
        assert days(taper, kind) == [], kind
    taper.refresh_from_db()
    holding.resume(taper, by=by, at=on_day(25), revision=taper.revision)
    assert days(taper, "step-coming") == [33, 61, 89, 117]
    assert days(taper, "step-changes") == [34, 62, 90]
    assert days(taper, "taper-over") == [118]


def test_a_hold_behind_the_outbox_is_noticed_at_the_door(taper: Taper, sweep_at: Sweep) -> None:
    Taper.objects.update(status="held")
    assert "angela@example.org" not in {envelope.address for envelope in sweep_at(patient_morning(taper_day(28)))}
    assert one_of(taper, "step-coming", 28).status == "cancelled"


def test_terms_that_were_altered_announce_nothing_and_hold_back_nobody_elses_message(
    taper: Taper, plan: Plan, sweep_at: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def altered(taper: Taper) -> Course:
        raise TermsError("The signed terms were altered.")

    monkeypatch.setattr(taper_subject, "course_of", altered)
    went = sweep_at(patient_morning(taper_day(28)))
    assert one_of(taper, "step-coming", 28).status == "cancelled"
    assert "dr_cho@example.org" in {envelope.address for envelope in went}, "about the phases, as ever"


def test_while_the_plan_is_on_hold_the_taper_goes_on(taper: Taper, plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    plan.refresh_from_db()
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    assert plan.reminders.owed().filter(phase__isnull=False).count() == 0
    assert days(taper, "step-changes") == [29, 57, 85]
    sweep_at(patient_morning(taper_day(1)))
    assert one(taper, "taper-starts").status == "sent"


def test_a_taper_that_stops_announces_nothing_more(taper: Taper, by: Actor) -> None:
    stopping.stop(
        taper,
        end=TaperEnd.PATIENTS_CHOICE,
        instruction="Go on as you were.",
        by=by,
        at=on_day(10),
        revision=taper.revision,
    )
    assert not taper.reminders.owed().filter(recipient_kind="patient").exists()


def test_what_was_entered_in_error_owes_nothing_at_all(taper: Taper, by: Actor) -> None:
    stopping.enter_in_error(taper, reason="Another patient.", by=by, at=on_day(10), revision=taper.revision)
    assert not taper.reminders.owed().exists()


def test_a_new_version_with_the_same_dose_is_no_change(
    taper: Taper, angela: Patient, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    """Its second step lasts ten days longer, from its day 40 on as version 2: nothing changes on that day."""
    for day in (1, 29):
        using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(day))
    taper.refresh_from_db()
    version = revising.draw_up_revision(
        taper,
        revising.Extension(10),
        first_day=taper_day(40),
        reason="Symptoms came back.",
        by=by,
        at=on_day(38),
        on_screen=taper.revision,
    )
    taper.refresh_from_db()
    propose(taper, shown=version.sha256, by=by, at=on_day(38), revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=on_day(38), revision=taper.revision)
    sign_taper(taper, at=on_day(38))
    ahead = [day for day in days(taper, "step-changes") if day > 38]
    assert ahead == [67, 95]


def test_once_she_has_left_the_schedule_nothing_of_it_is_announced(taper: Taper, angela: Patient) -> None:
    using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(12))
    for kind in ("step-coming", "step-changes", "taper-over"):
        assert days(taper, kind) == [], kind
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(14))
    assert days(taper, "step-changes") == [29, 57, 85], "she is back on it"


def test_a_long_hold_is_told_on_its_21st_and_28th_day(taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(20), revision=taper.revision)
    assert days(taper, "hold-long", "staff") == [40, 47]
    assert owed(taper, "hold-long")[0].send_at == staff_morning(taper_day(40))
    taper.refresh_from_db()
    holding.resume(taper, by=by, at=on_day(30), revision=taper.revision)
    assert days(taper, "hold-long") == []


def test_a_hold_that_nobody_decided_on_is_told_next_morning_and_one_of_a_person_is_not(taper: Taper, by: Actor) -> None:
    looking_after.look_after_tapers(by=for_system(), at=on_day(28))
    hers, told = owed(taper, "held-by-itself")
    assert (told.recipient_kind, told.send_at) == ("staff", staff_morning(taper_day(29)))
    assert (hers.recipient_kind, hers.send_at) == ("patient", patient_morning(taper_day(29))), "when it was to change"
    taper.refresh_from_db()
    holding.resume(taper, by=by, at=on_day(29), revision=taper.revision)
    taper.refresh_from_db()
    holding.hold(taper, reason="Travelling", by=by, at=on_day(29), revision=taper.revision)
    assert owed(taper, "held-by-itself") == []


def test_an_agreement_by_telephone_asks_for_its_paper_until_it_has_come(sent_taper: Taper, by: Actor) -> None:
    version = sent_taper.versions.get(status="proposed")
    said = {"agreement": Agreement(), "means": "Read back by telephone."}
    sign(sent_taper, door=Door.TELEPHONE, version_sha256=version.sha256, **said, by=by, at=NOON)
    (missing,) = owed(sent_taper, "confirmation-missing")
    assert (missing.recipient_kind, missing.send_at) == ("staff", staff_morning(TODAY + timedelta(days=7)))
    paper = Scan.objects.create(
        version=version, media_type="application/pdf", content=b"%PDF", sha256="0" * 64, added_at=NOON, by_kind="staff"
    )
    sent_taper.refresh_from_db()
    confirm_in_writing(sent_taper, scan=paper, received_on=TODAY, by=by, at=NOON, revision=sent_taper.revision)
    assert owed(sent_taper, "confirmation-missing") == []
