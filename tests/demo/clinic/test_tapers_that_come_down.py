"""The tapers of the demonstration: Angela’s, signed and under way, and four that want something done about them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from clinics.domain.instants import zone
from gutclinic.demo.building import build
from gutclinic.demo.cast import further_patients
from gutclinic.demo.further_tapers import STORIES
from gutclinic.demo.outbox import letters
from patients.models import Attempt, DiaryEntry, Reminder, Taper
from patients.models.taper_course import course_of
from patients.portal.tapers.shown import tapers_to_show
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.services.tapers.standing import sentence, with_standing
from protocols.domain.taper_preview import preview
from tests.fixtures.personae import NOON, TODAY

SIX_DAYS = timedelta(days=6)
PPI_1D = {
    "medicine": "omeprazole",
    "class": "PPI",
    "form": "delayed-release capsule",
    "strengths": ["10 mg", "20 mg", "40 mg"],
    "start": [{"slot": "before-breakfast", "amount": "40 mg"}],
    "recipe": {
        "method": "strength_ladder",
        "days_per_step": 28,
        "tail": [
            {"pattern": "every 2 days", "amount": "10 mg", "days": 28},
            {"pattern": "weekdays mon,thu", "amount": "10 mg", "days": 28},
        ],
    },
}


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outbox")


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker, outbox: Path) -> Iterator[None]:
    """The clinic with nobody further in it than those whose medicine comes down, built once and taken back."""
    cast = [told for told in further_patients() if told[0].number in STORIES]
    patch = pytest.MonkeyPatch()
    patch.setattr("django.conf.settings.EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
    patch.setattr("django.conf.settings.EMAIL_FILE_PATH", str(outbox))
    with django_db_blocker.unblock(), transaction.atomic():
        build(system=for_system(), at=NOON, cast=cast, keeps_letters=True)
        patch.undo()
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("built")]


def taper_of(name: str) -> Taper:
    """By given name, or by the number of one of the forty."""
    found = with_standing(Taper.objects.all())
    if name.isdigit():
        return found.get(plan__patient__family_name=name)
    return found.get(plan__patient__given_name=name, plan__patient__family_name="")


def test_there_are_these_five_tapers_and_no_other() -> None:
    stands = {
        "Angela": "Day 33 of 112 · 10 mg before breakfast · next change on 28 January",
        "Patient 012": "On hold since 28 December 2026",
        "Patient 018": "Waits for Dr Price since 29 December 2026, closes on 19 January",
        "Patient 020": "Draft",
        "Patient 026": "On hold since 1 January, day 4 of at most 28 · a warning sign was reported",
    }
    tapers = {taper.plan.patient.full_name: taper for taper in with_standing(Taper.objects.all())}
    assert set(tapers) == set(stands)
    for name, words in stands.items():
        assert sentence(tapers[name], today=TODAY).startswith(words)


def test_each_of_the_lists_of_the_workspace_has_somebody() -> None:
    assert [taper.plan.patient.full_name for taper in Taper.objects.awaiting_signature()] == ["Patient 018"]
    assert [taper.plan.patient.full_name for taper in Taper.objects.use_unknown(NOON)] == ["Patient 012"]
    assert {taper.status for taper in Taper.objects.all()} == {"active", "held", "awaiting-signature", "draft"}


def test_angelas_doses_are_those_of_the_published_schedule_six_days_later_since_the_hold() -> None:
    """`preview_taper` is asked for the schedule as it was signed; the six days on hold are put in here."""
    course = course_of(taper_of("Angela"))
    assert course.first_day == TODAY - timedelta(days=38)
    steps = preview(PPI_1D | {"starts_on": str(course.first_day)})["steps"]
    later = [timedelta(), SIX_DAYS, SIX_DAYS, SIX_DAYS]
    first_days = [date.fromisoformat(step["from"]) + days for step, days in zip(steps, later, strict=True)]
    expected = list(zip(first_days, (step["amount_per_dose_day"] for step in steps), strict=True))
    assert [(step.first, str(step.step.doses[0].amount)) for step in course.steps] == expected
    assert expected[1][0] <= TODAY < expected[2][0]
    (dose,) = course.doses_on(TODAY)
    assert (dose.slot, str(dose.amount)) == ("before-breakfast", expected[1][1])


def test_angela_has_written_a_diary_and_told_what_she_does() -> None:
    taper = taper_of("Angela")
    rescue = dict(DiaryEntry.objects.filter(taper=taper).values_list("on", "rescue_doses"))
    held = taper.versions.get().holds.get()
    week_before = [rescue.get(held.first_day - timedelta(days=days)) for days in range(1, 8)]
    # As many rescue days as were signed: the reason for the hold that is told.
    assert sum(bool(doses) for doses in week_before) == 4
    assert not DiaryEntry.objects.filter(on__gte=TODAY).exists()


def test_patients_are_shown_what_was_signed_and_nothing_else() -> None:
    for name, count in (("Angela", 1), ("012", 1), ("018", 0), ("020", 0)):
        patient = taper_of(name).plan.patient
        assert len(tapers_to_show(patient, user=patient.user)) == count, name


def test_what_was_due_about_tapers_went_in_time_and_never_at_night() -> None:
    assert not Reminder.objects.owed().filter(send_at__lte=NOON).exists()
    assert not Attempt.objects.exclude(outcome="accepted").exists()
    # Warning signs alone go by night too, and to staff and prescribers alone.
    sent = Attempt.objects.filter(message__reminders__taper__isnull=False).select_related("message").distinct()
    alerts = sent.filter(message__reminders__kind__in=EXEMPT_FROM_QUIET_HOURS)
    assert not alerts.filter(message__recipient_kind="patient").exists()
    sent = sent.exclude(pk__in=alerts.values("pk"))
    assert sent.count() > 5
    for attempt in sent:
        plan = attempt.message.reminders.select_related("plan__patient")[0].plan
        home = plan.patient.zone if attempt.message.recipient_kind == "patient" else "Europe/Berlin"
        assert 7 <= attempt.started_at.astimezone(zone(home)).hour < 21, attempt


def test_the_link_that_waits_lies_in_the_outbox_and_tells_nothing(outbox: Path) -> None:
    found = letters(outbox, recipient="dr_price@example.org")
    assert found
    assert all("/prescriber/" in letter.links[0] for letter in found)
    assert not any(word in letter.text for letter in found for word in ("Omeprazole", "018", "Angela"))
    assert all(NOON - timedelta(days=7) <= letter.sent_at <= NOON for letter in letters(outbox))
