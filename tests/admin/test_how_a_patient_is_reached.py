"""Addresses and numbers as staff write them down, and what takes no messages any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import User
from patients.actor import acting_patient
from patients.models import Channel, ContactPoint, MessageGroup, Patient, Plan, PushSubscription, Reminder
from patients.reminders.channels import HandOverFailed
from patients.reminders.outbox import deliver_due, waiting
from patients.services.falling_back import fall_back
from patients.services.reaching import prefer, switch_off
from patients.services.reminder_acts import mute, unmute
from tests.admin.conftest import text_of
from tests.admin.test_patients import address, form, saved
from tests.channels.envelopes import NUMBER
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def with_number(patient: Patient, typed: str, **changes: str) -> dict[str, Any]:
    """Ben’s page with a second line, as it is sent."""
    second = {"contact_points-TOTAL_FORMS": "2", "contact_points-1-value": typed} | {
        "contact_points-1-messages_allowed": "on"
    }
    return saved(patient, **(second | changes))


def test_a_number_is_written_down_beside_the_address_in_one_way_of_writing(cho: Client, ben: Patient) -> None:
    cho.post(address(ben), with_number(ben, "+49 (1512) 345-6789"))
    found = ContactPoint.objects.filter(patient=ben, ended_at=None).order_by("kind").values_list("kind", "value")
    assert list(found) == [("email", "ben@example.org"), ("sms", NUMBER)]
    number = ContactPoint.objects.get(patient=ben, kind="sms")
    assert number.messages_allowed
    assert number.history.get().history_date == NOON, "the consent is recorded with who wrote it down, and when"
    assert number.history.get().history_user is not None


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0151 23456789", "country’s code is missing"),
        ("+49 1512 345", "No such number is given out"),
        ("+49 30 123456", "do not arrive at this number"),
        ("+999 1234567", "No country has this code"),
        ("12", "country’s code is missing"),
        ("+49 1512 3456789 ext 5", "valid email address"),
        ("call her sister", "valid email address"),
    ],
)
def test_what_is_no_number_and_no_address_is_refused(cho: Client, ben: Patient, typed: str, why: str) -> None:
    page = text_of(cho.post(address(ben), with_number(ben, typed)))
    assert why in page
    assert not ContactPoint.objects.filter(patient=ben, kind="sms").exists()


def test_a_number_in_the_place_of_an_address_is_refused(cho: Client, ben: Patient) -> None:
    page = text_of(cho.post(address(ben), saved(ben, **{"contact_points-0-value": NUMBER})))
    assert "This is no email. Enter it in a line of its own." in page
    assert ContactPoint.objects.get(patient=ben).value == "ben@example.org"


def test_two_addresses_of_one_kind_are_refused(cho: Client, ben: Patient) -> None:
    page = text_of(cho.post(address(ben), with_number(ben, "second@example.org")))
    assert "There is already such an address." in page
    assert ContactPoint.objects.get(patient=ben).value == "ben@example.org"


def test_a_new_patient_may_have_a_number_alone(cho: Client) -> None:
    sent = form(**{"contact_points-0-value": NUMBER, "contact_points-0-messages_allowed": "on"})
    cho.post(reverse("admin:patients_patient_add"), sent)
    assert ContactPoint.objects.get().kind == "sms"


def test_an_address_that_is_stopped_stands_on_the_patients_page_and_on_today(
    plan: Plan, cho: Client, angela: Patient
) -> None:
    ContactPoint.objects.filter(patient=angela).update(stopped_at=NOON, stopped_because="refused")
    words = "Email refused since 4 January 2027: nothing goes there."
    assert words in text_of(cho.get(address(angela)))
    assert words in text_of(cho.get(reverse("admin:index")))


def test_somebody_says_that_it_works_again(plan: Plan, cho: Client, angela: Patient) -> None:
    ContactPoint.objects.filter(patient=angela).update(stopped_at=NOON, stopped_because="refused")
    cho.post(address(angela), saved(angela, **{"contact_points-0-again": "on"}))
    assert not ContactPoint.objects.stopped().exists()


def test_another_clinic_reads_nothing_of_it(
    plan: Plan, sign_in: Callable[[User], Client], dr_dee: User, angela: Patient
) -> None:
    ContactPoint.objects.filter(patient=angela).update(stopped_at=NOON, stopped_because="refused")
    assert "refused since" not in text_of(sign_in(dr_dee).get(reverse("admin:index")))


def test_a_device_that_is_gone_is_said_for_a_week_unless_another_took_its_place(
    plan: Plan, her_browser: PushSubscription, cho: Client, angela: Patient
) -> None:
    PushSubscription.objects.update(ended_at=NOON, ended_because="gone")
    words = "The device that showed notes is gone since 4 January 2027."
    assert words in text_of(cho.get(reverse("admin:index")))
    PushSubscription.objects.update(ended_at=NOON - timedelta(days=8))
    assert "showed notes" not in text_of(cho.get(reverse("admin:index")))
    assert "showed notes" in text_of(cho.get(address(angela)))


def test_what_the_clinic_has_muted_stands_on_the_patients_page_until_it_is_lifted(
    plan: Plan, cho: Client, angela: Patient, by: Actor
) -> None:
    muted = mute(angela, kind="", until=None, reason="Away.", request_key="1", by=by, at=NOON)
    words = "Muted: Every routine message, for good, by dr_cho: “Away.”"
    assert words in text_of(cho.get(address(angela)))
    unmute(muted, reason="Back.", request_key="2", by=by, at=NOON)
    assert words not in text_of(cho.get(address(angela)))


def test_staff_read_what_she_wants_no_messages_about(plan: Plan, cho: Client, angela: Patient) -> None:
    switch_off(angela, groups=[MessageGroup.PHASES], by=acting_patient(angela), at=NOON)
    assert "Steps of your plan: no messages (said on 4 January 2027)." in text_of(cho.get(address(angela)))


def test_staff_read_what_she_wants_of_one_kind_by_itself(
    plan: Plan, texting: ContactPoint, cho: Client, angela: Patient
) -> None:
    own = acting_patient(angela)
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.EMAIL], by=own, at=NOON)
    prefer(angela, group=MessageGroup.PHASES, kind="phase-coming", channels=[], by=own, at=NOON)
    page = text_of(cho.get(address(angela)))
    assert "Steps of your plan: email (said on 4 January 2027)." in page
    assert "Steps of your plan, “A phase starts soon”: no messages (said on 4 January 2027)." in page


def sweep(sender: RecordingSender) -> None:
    waiting(at=MORNING)
    deliver_due(sender=sender, clock=SetClock(MORNING))


def test_what_went_by_the_next_channel_was_not_missed(
    plan: Plan, texting: ContactPoint, cho: Client, sender: RecordingSender
) -> None:
    today, ledger = reverse("admin:index"), reverse("admin:patients_reminder_changelist")
    sender.failure = HandOverFailed("Refused.", permanent=True)
    sweep(sender)
    sender.failure = None
    to_her = Reminder.objects.get(status="missed", recipient_kind="patient")
    to_staff = Reminder.objects.get(status="missed", recipient_kind="staff")
    assert "2 reminders of the last seven days were missed." in text_of(cho.get(today))
    fall_back(at=MORNING)
    for _ in range(2):
        assert "1 reminder of the last seven days was missed." in text_of(cho.get(today)), "owed, and then sent"
        sweep(sender)
    assert set(Reminder.objects.filter(occurrence=to_her.occurrence).values_list("status", flat=True)) == {
        "missed",
        "sent",
    }
    assert list(cho.get(f"{ledger}?status=missed-altogether").context["cl"].result_list) == [to_staff]
    assert len(cho.get(f"{ledger}?status=missed").context["cl"].result_list) == 2
