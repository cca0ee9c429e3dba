"""Silence, an unanswered question, leaving the schedule, rescue days, a new medicine: who is told, when, and once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import MedicineUse, Patient, SourceKind, Taper, UseKind
from patients.reminders.channels import Envelope
from patients.services.people import save_patient
from patients.services.record import add_medicine, correct, mark_in_error
from patients.services.record_writing import Source
from patients.services.tapers import holding, using
from patients.services.tapers.revising import StepBack
from protocols.domain.medicines import MedicineClass
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import days, one, owed, patient_morning, staff_morning, taper_day

Sweep = Callable[[datetime], list[Envelope]]


@pytest.fixture
def she(angela: Patient) -> Actor:
    return acting_patient(angela)


def write(taper: Taper, day: int, *, by: Actor, rescue: int | None = None, written_on: int | None = None) -> None:
    at = on_day(day if written_on is None else written_on)
    using.write_diary(taper, on=taper_day(day), symptoms=2, rescue_doses=rescue, by=by, at=at)


# --- Silence ------------------------------------------------------------------------------------------------


def test_a_silent_week_is_told_once_to_her_and_to_staff_and_again_only_after_she_has_written(
    taper: Taper, she: Actor, sweep_at: Sweep
) -> None:
    assert (days(taper, "diary-gap", "patient"), days(taper, "diary-gap", "staff")) == ([8], [8])
    write(taper, 3, by=she)
    assert days(taper, "diary-gap", "patient") == [10]
    for day in range(4, 40):
        sweep_at(patient_morning(taper_day(day)))
    assert taper.reminders.filter(kind="diary-gap", status="sent").count() == 2, "one to her, one to staff"
    write(taper, 40, by=she)
    assert days(taper, "diary-gap", "patient") == [47]


def test_what_she_says_of_her_medicine_is_a_word_too(taper: Taper, she: Actor) -> None:
    using.report_use(taper, kind=UseKind.CHANGED, by=she, at=on_day(5))
    assert days(taper, "diary-gap", "patient") == [12]


def test_writing_about_another_day_counts_from_the_day_of_writing(taper: Taper, she: Actor) -> None:
    write(taper, 2, by=she, written_on=6)
    assert days(taper, "diary-gap", "patient") == [13]


def test_a_silence_that_was_told_is_not_told_again_because_she_moved(
    taper: Taper, she: Actor, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    """She writes at half past eleven in the night of day 3; in Auckland that was day 4 already."""
    late = on_day(3).replace(hour=22, minute=30)
    using.write_diary(taper, on=taper_day(3), symptoms=2, rescue_doses=None, by=she, at=late)
    sweep_at(patient_morning(taper_day(10)))
    angela.zone = "Pacific/Auckland"
    save_patient(angela, by=by, at=patient_morning(taper_day(10)))
    assert days(taper, "diary-gap", "patient") == []


def test_nobody_is_called_once_the_watching_is_over(taper: Taper, she: Actor) -> None:
    write(taper, 112 + 77, by=she)
    assert days(taper, "diary-gap", "patient") == [112 + 84]
    write(taper, 112 + 78, by=she)
    assert days(taper, "diary-gap") == []


# --- “Have you changed?” ------------------------------------------------------------------------------------


def test_a_question_is_open_for_three_days_before_staff_are_told(taper: Taper, she: Actor, sweep_at: Sweep) -> None:
    assert days(taper, "use-unknown", "staff") == [4, 32, 60, 88]
    using.report_use(taper, kind=UseKind.CHANGED, by=she, at=on_day(2))
    assert days(taper, "use-unknown") == [32, 60, 88]
    sweep_at(staff_morning(taper_day(32)))
    assert taper.reminders.get(kind="use-unknown", civil_date=taper_day(32)).status == "sent"


def test_not_yet_is_an_answer(taper: Taper, she: Actor) -> None:
    using.report_use(taper, kind=UseKind.NOT_YET, by=she, at=on_day(1))
    assert days(taper, "use-unknown") == [32, 60, 88]


def test_nobody_asks_after_the_steps_of_a_schedule_that_she_left(taper: Taper, she: Actor) -> None:
    using.report_use(taper, kind=UseKind.BACK_UP, by=she, at=on_day(12))
    assert days(taper, "use-unknown") == []


def test_a_later_version_asks_anew_although_she_left_the_one_before(life: Life) -> None:
    """She went back up in the second step; the step back to 20 mg was agreed knowing it, and begins on day 45."""
    life.changes(1)
    life.sweeps(28, 29)
    life.says(UseKind.BACK_UP, 30)
    life.revise(StepBack(), first=45, on=40)
    assert days(life.taper, "use-unknown")[0] == 48


# --- Leaving the schedule -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [UseKind.STOPPED, UseKind.FASTER, UseKind.BACK_UP, UseKind.NO_SUPPLY])
def test_leaving_the_schedule_is_told_to_the_prescriber_the_same_day_and_to_staff_with_the_next_digest(
    taper: Taper, she: Actor, sweep_at: Sweep, kind: UseKind
) -> None:
    at = on_day(12)
    using.report_use(taper, kind=kind, since=taper_day(9), by=she, at=at)
    morning = staff_morning(taper_day(13))
    told = {reminder.recipient_kind: reminder.send_at for reminder in owed(taper, "use-left")}
    assert told == {"prescriber": at, "staff": morning}
    assert "dr_price@example.org" in {envelope.address for envelope in sweep_at(at)}
    assert one(taper, "use-left", "staff").status == "owed"
    assert "dr_cho@example.org" in {envelope.address for envelope in sweep_at(morning)}
    assert {reminder.status for reminder in taper.reminders.filter(kind="use-left")} == {"sent"}


def test_saying_the_same_again_tells_nobody_again_and_something_else_does(
    taper: Taper, she: Actor, sweep_at: Sweep
) -> None:
    for day, kind in ((12, UseKind.NO_SUPPLY), (13, UseKind.NO_SUPPLY), (14, UseKind.STOPPED)):
        using.report_use(taper, kind=kind, by=she, at=on_day(day))
        sweep_at(on_day(day))
    told = taper.reminders.filter(kind="use-left", recipient_kind="staff").order_by("send_at")
    mornings = [staff_morning(taper_day(day)) for day in (13, 15)]
    assert [(reminder.status, reminder.send_at) for reminder in told] == [("sent", mornings[0]), ("owed", mornings[1])]


def test_she_is_back_before_it_could_be_told(taper: Taper, she: Actor, sweep_at: Sweep) -> None:
    night = on_day(12).replace(hour=21)
    using.report_use(taper, kind=UseKind.STOPPED, by=she, at=night)
    assert one(taper, "use-left", "staff").send_at > night, "her practitioner sleeps"
    using.report_use(taper, kind=UseKind.CHANGED, by=she, at=night + timedelta(hours=1))
    assert owed(taper, "use-left") == []


# --- Rescue medicine ----------------------------------------------------------------------------------------


def test_the_fourth_rescue_day_within_seven_proposes_a_hold_the_next_morning_and_once(
    taper: Taper, she: Actor, sweep_at: Sweep
) -> None:
    for day in (3, 5, 6):
        write(taper, day, by=she, rescue=1)
    assert owed(taper, "rescue-threshold") == []
    write(taper, 9, by=she, rescue=2)
    (told,) = owed(taper, "rescue-threshold")
    morning = staff_morning(taper_day(10))
    assert (told.recipient_kind, told.civil_date, told.send_at) == ("staff", taper_day(9), morning)
    sweep_at(morning)
    for day in (10, 11):
        write(taper, day, by=she, rescue=1)
    write(taper, 9, by=she, rescue=3, written_on=12)
    assert taper.reminders.filter(kind="rescue-threshold").count() == 1


def test_rescue_days_count_anew_after_a_hold(taper: Taper, she: Actor, by: Actor) -> None:
    for day in (3, 4, 5, 6):
        write(taper, day, by=she, rescue=1)
    taper.refresh_from_db()
    holding.hold(taper, reason="As proposed.", by=by, at=on_day(6), revision=taper.revision)
    assert owed(taper, "rescue-threshold") == [], "it is held already"
    taper.refresh_from_db()
    holding.resume(taper, by=by, at=on_day(8), revision=taper.revision)
    for day in (8, 9, 10):
        write(taper, day, by=she, rescue=1)
    assert owed(taper, "rescue-threshold") == []
    write(taper, 11, by=she, rescue=1)
    assert days(taper, "rescue-threshold") == [11]


# --- Medicines that make bleeding more likely ---------------------------------------------------------------


def record_medicine(
    angela: Patient, name: str, group: MedicineClass, *, by: Actor, at: datetime, until: date | None = None
) -> MedicineUse:
    """Written down by dr_cho as the patient said it that day."""
    return add_medicine(angela, name=name, medicine_class=group, until=until, source=said_on(at), by=by, at=at)


def said_on(at: datetime) -> Source:
    return Source(kind=SourceKind.PATIENT, as_of=at.date())


@pytest.mark.parametrize("name", ["NSAID", "ANTIPLATELET", "ANTICOAGULANT", "CORTICOSTEROID"])
def test_a_new_bleeding_risk_is_told_to_both_the_same_day(
    taper: Taper, angela: Patient, by: Actor, sweep_at: Sweep, name: str
) -> None:
    at = on_day(10)
    record_medicine(angela, "Something new", MedicineClass[name], by=by, at=at)
    assert {reminder.recipient_kind for reminder in owed(taper, "bleeding-risk")} == {"staff", "prescriber"}
    assert {"dr_cho@example.org", "dr_price@example.org"} <= {envelope.address for envelope in sweep_at(at)}


def test_other_medicines_and_past_ones_are_no_risk(taper: Taper, angela: Patient, by: Actor) -> None:
    record_medicine(angela, "Paracetamol", MedicineClass.OTHER, by=by, at=on_day(10))
    record_medicine(angela, "Ibuprofen", MedicineClass.NSAID, by=by, at=on_day(10), until=taper_day(2))
    assert owed(taper, "bleeding-risk") == []


def test_what_the_prescriber_knew_when_signing_is_nothing_new(
    sent_taper: Taper, angela: Patient, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    record_medicine(angela, "Hydrocortisone cream", MedicineClass.CORTICOSTEROID, by=by, at=NOON)
    assert owed(sent_taper, "bleeding-risk") == [], "nothing is signed yet"
    taper = sign_taper(sent_taper, at=NOON + timedelta(hours=1))
    assert owed(taper, "bleeding-risk") == []


def test_what_was_written_down_after_the_request_was_drawn_up_is_told_once_it_is_signed(
    sent_taper: Taper, angela: Patient, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    record_medicine(angela, "Prednisolone", MedicineClass.CORTICOSTEROID, by=by, at=NOON + timedelta(minutes=5))
    taper = sign_taper(sent_taper, at=NOON + timedelta(hours=1))
    assert {reminder.recipient_kind for reminder in owed(taper, "bleeding-risk")} == {"staff", "prescriber"}


def test_a_risk_that_was_a_mistake_is_not_told_and_a_correction_is_not_told_twice(
    taper: Taper, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    at = on_day(10)
    wrong = record_medicine(angela, "Ibuprofen", MedicineClass.NSAID, by=by, at=at)
    mark_in_error(wrong, reason="Another patient.", by=by, at=at)
    assert owed(taper, "bleeding-risk") == []
    use = record_medicine(angela, "Ibuprofen", MedicineClass.NSAID, by=by, at=at)
    sweep_at(at)
    sweep_at(staff_morning(taper_day(11)))
    assert taper.reminders.filter(kind="bleeding-risk", status="sent").count() == 2, "one to each"
    correct(use, name="Ibuprofen 400", source=said_on(at), reason="A typo.", by=by, at=at)
    assert owed(taper, "bleeding-risk") == []


def test_a_risk_that_is_corrected_in_the_night_is_told_in_the_morning_all_the_same(
    taper: Taper, angela: Patient, by: Actor
) -> None:
    night = on_day(10).replace(hour=22)
    use = record_medicine(angela, "Ibuprofen", MedicineClass.NSAID, by=by, at=night)
    correct(use, name="Ibuprofen 400", source=said_on(night), reason="A typo.", by=by, at=night)
    assert [reminder.send_at > night for reminder in owed(taper, "bleeding-risk")] == [True, True]
