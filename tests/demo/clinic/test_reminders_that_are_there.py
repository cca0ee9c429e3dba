"""How people are reached in the demonstration: hours, day reminders, both warning signs, and entries in the ledger."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from clinics.models import Clinic, User
from clinics.services.staffed_hours import reachable
from gutclinic.demo.angelas_reminders import MUTED
from gutclinic.demo.building import build
from gutclinic.demo.cast import further_patients
from gutclinic.demo.further_tapers import WARNED
from patients.models import Message, NoteAct, Patient, Recurrence, RedFlagReport, Reminder, ReminderNote
from patients.reminders.ledger import why
from patients.reminders.ledger_facts import ROWS
from tests.fixtures.personae import NOON


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The clinic with those whom this is about, built once and taken back in the end."""
    cast = [(person, story) for person, story in further_patients() if person.number in {WARNED, MUTED}]
    with django_db_blocker.unblock(), transaction.atomic():
        build(system=for_system(), at=NOON, cast=cast)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("built")]


def lindenhof() -> Clinic:
    return Clinic.objects.get(name="Lindenhof practice")


def angela() -> Patient:
    return Patient.objects.get(given_name="Angela")


def test_it_is_known_when_somebody_reads_and_whom_to_call() -> None:
    found = reachable(lindenhof(), at=NOON)
    assert (found.reading.is_read, [each.number for each in found.numbers]) == (True, ["112", "116117"])
    assert reachable(lindenhof(), at=NOON + timedelta(hours=11)).reading.is_read is False


def test_angela_is_reminded_of_mornings_and_bedtimes_on_her_own_pages() -> None:
    switched_on = {row.kind: row.wall_time for row in Recurrence.objects.open().filter(patient=angela())}
    assert set(switched_on) == {"day-morning", "day-bed"}
    assert switched_on["day-bed"] > time(20)
    sent = Message.objects.filter(recipient_code=angela().code, channel="portal", status="sent")
    assert sent.exists()
    assert all(row.kind.startswith("day-") for row in Reminder.objects.filter(message__in=sent))


def test_one_warning_sign_was_taken_on_and_the_other_went_to_the_next_person() -> None:
    taken_on, open_one = RedFlagReport.objects.filter(cleared_at=None).order_by("reported_at")
    colleague = User.objects.get(email="assistant_1@example.org")
    assert (taken_on.is_taken_on, taken_on.taken_on_by_code) == (True, colleague.code)
    assert not open_one.is_taken_on
    sent = Reminder.objects.get(kind="red-flag-not-taken-on", recipient_code=colleague.code, status="sent")
    assert timedelta(minutes=60) <= sent.finished_at - open_one.reported_at < timedelta(minutes=62)


def test_the_ledger_says_what_was_asked_for_again_and_what_is_muted() -> None:
    assert set(ReminderNote.objects.values_list("act", flat=True)) == {NoteAct.ASKED_AGAIN.value, NoteAct.MUTED.value}
    again = Reminder.objects.select_related(*ROWS).get(again_of__isnull=False)
    assert "Dr Cho asked for it again: “She says that it never arrived.”" in why(again, at=NOON).sentence
    muted = (
        Reminder.objects.owed()
        .select_related(*ROWS)
        .filter(
            plan__patient__family_name=f"{MUTED:03}", recipient_kind="patient", send_at__lt=NOON + timedelta(days=9)
        )
    )
    assert [each for each in muted if "Dr Cho muted every routine message" in why(each, at=NOON).sentence]
