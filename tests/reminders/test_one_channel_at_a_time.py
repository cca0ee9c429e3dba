"""One thing on one day to one person is owed on one channel at a time, and goes by one of them at most."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import (
    Attempt,
    AttemptOutcome,
    Channel,
    ContactPoint,
    Message,
    MessageGroup,
    Patient,
    Plan,
    PushSubscription,
    RecipientKind,
    Reminder,
)
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.claim import LEASE
from patients.reminders.kind import Pace
from patients.reminders.kinds import KINDS
from patients.reminders.planning import replan
from patients.services.falling_back import fall_back
from patients.services.people import end_contact_point, save_contact_point
from patients.services.reaching import prefer, switch_off
from tests.channels.envelopes import NUMBER
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

# Replace is announced to Angela on 15 January at 09:00 in Berlin.
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REFUSED = HandOverFailed("The mail server refused the recipient (550).", permanent=True, address_gone=True)
DOWN = HandOverFailed("Down.", permanent=False)


def coming() -> dict[str, tuple[str, str]]:
    """The rows of that one announcement: by channel, status and reason."""
    rows = Reminder.objects.filter(kind="phase-coming", phase__key="replace", recipient_kind="patient")
    return {row.channel: (row.status, row.reason) for row in rows}


def choose(angela: Patient, *channels: Channel, at: datetime = NOON) -> None:
    prefer(angela, group=MessageGroup.PHASES, channels=channels, by=acting_patient(angela), at=at)


def to_angela(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address != "dr_cho@example.org"]


def assert_one_each() -> None:
    """Counted anew from the rows, without what decides it."""
    owed = Counter(row.key.rpartition(":")[0] for row in Reminder.objects.filter(status="owed"))
    sent = Counter(row.key.rpartition(":")[0] for row in Reminder.objects.filter(status="sent"))
    assert max(owed.values(), default=0) <= 1
    assert max(sent.values(), default=0) <= 1
    assert not owed.keys() & sent.keys()


def test_an_occurrence_is_the_key_without_its_channel(plan: Plan) -> None:
    for row in Reminder.objects.filter(plan=plan):
        assert row.key == f"{row.occurrence}:{row.channel}"


def test_the_database_keeps_one_channel_at_a_time(plan: Plan) -> None:
    row = Reminder.objects.owed().filter(plan=plan, recipient_kind="patient").first()
    assert row is not None
    twin = Reminder.objects.get(pk=row.pk)
    twin.pk, twin.code, twin.channel = None, "TWIN000000", "portal"
    twin.key = f"{row.occurrence}:portal"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_without_a_word_from_her_email_comes_first_and_her_own_pages_last(
    plan: Plan, texting: ContactPoint, her_browser: PushSubscription, angela: Patient, by: Actor
) -> None:
    assert coming() == {"email": ("owed", "")}
    end_contact_point(angela.contact_points.get(kind="email"), by=by, at=NOON)
    end_contact_point(texting, by=by, at=NOON)
    assert {channel: status for channel, (status, _) in coming().items()} == {
        "email": "cancelled",
        "sms": "cancelled",
        "push": "owed",
    }
    PushSubscription.objects.update(ended_at=NOON, ended_because="by-person")
    replan(Plan.objects.get(pk=plan.pk), at=NOON)
    assert coming()["portal"] == ("owed", "")
    assert_one_each()


def test_a_channel_that_is_not_set_up_is_not_used(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, settings: Settings
) -> None:
    settings.SMS_PROVIDER = ""
    end_contact_point(angela.contact_points.get(kind="email"), by=by, at=NOON)
    assert coming() == {"email": ("cancelled", "It goes by another channel now."), "portal": ("owed", "")}


def test_another_choice_cancels_the_owed_row_and_owes_the_other(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    choose(angela, Channel.SMS, Channel.EMAIL)
    assert coming() == {"email": ("cancelled", "It goes by another channel now."), "sms": ("owed", "")}
    assert Reminder.objects.owed().filter(recipient_kind="patient", channel="email").count() == 0
    (went,) = to_angela(sweep_at(MORNING))
    assert (went.channel, went.address) == ("sms", NUMBER)
    assert_one_each()


def test_changing_ones_mind_brings_the_same_row_back(plan: Plan, texting: ContactPoint, angela: Patient) -> None:
    before = Reminder.objects.get(kind="phase-coming", phase__key="replace", channel="email", recipient_kind="patient")
    choose(angela, Channel.SMS)
    choose(angela, Channel.EMAIL, at=NOON + MINUTE)
    assert coming()["email"] == ("owed", "")
    assert Reminder.objects.get(key=before.key).pk == before.pk
    assert_one_each()


def test_what_went_by_one_channel_never_goes_by_another(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    assert len(to_angela(sweep_at(MORNING))) == 1
    choose(angela, Channel.SMS, at=MORNING + MINUTE)
    assert coming() == {"email": ("sent", "")}
    assert to_angela(sweep_at(MORNING + 2 * MINUTE)) == []


def test_what_perhaps_went_never_goes_by_another(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = DOWN
    sweep_at(MORNING)
    message = Message.objects.get(recipient_kind="patient")
    message.attempts.update(outcome=AttemptOutcome.UNKNOWN.value)
    end_contact_point(angela.contact_points.get(kind="email"), by=by, at=MORNING + MINUTE)
    assert {channel: status for channel, (status, _) in coming().items()} == {"email": "cancelled"}


def test_what_is_being_tried_stays_on_its_channel(
    plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = DOWN
    sweep_at(MORNING)
    choose(angela, Channel.SMS, at=MORNING + timedelta(seconds=30))
    assert coming() == {"email": ("owed", "")}
    sender.failure = None
    (went,) = to_angela(sweep_at(MORNING + MINUTE))
    assert went.channel == "email"
    assert coming() == {"email": ("sent", "")}
    assert_one_each()


def test_refused_for_good_it_goes_by_the_next_channel(
    plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = REFUSED
    sweep_at(MORNING)
    sender.failure = None
    assert fall_back(at=MORNING + MINUTE) == 1
    assert coming() == {"email": ("missed", "It was refused for good where it was to go."), "sms": ("owed", "")}
    (went,) = to_angela(sweep_at(MORNING + 2 * MINUTE))
    assert (went.channel, went.address) == ("sms", NUMBER)
    assert fall_back(at=MORNING + 3 * MINUTE) == 0
    assert_one_each()


def test_refused_everywhere_it_ends_on_her_own_pages(
    plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = REFUSED
    for minute in range(0, 8, 2):
        sweep_at(MORNING + minute * MINUTE)
        fall_back(at=MORNING + (minute + 1) * MINUTE)
    assert {channel: status for channel, (status, _) in coming().items()} == dict.fromkeys(
        ("email", "sms", "portal"), "missed"
    )


def test_too_late_nothing_falls_back(
    plan: Plan, texting: ContactPoint, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = REFUSED
    sweep_at(MORNING)
    late = Reminder.objects.get(kind="phase-coming", phase__key="replace", recipient_kind="patient").too_late_at
    fall_back(at=late)
    assert list(coming()) == ["email"]


def test_a_channel_taken_out_of_the_settings_loses_nothing(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep, settings: Settings
) -> None:
    choose(angela, Channel.SMS, Channel.EMAIL)
    settings.SMS_PROVIDER = ""
    assert to_angela(sweep_at(MORNING)) == []
    assert coming()["sms"] == ("missed", "There is no address with consent to send it to.")
    fall_back(at=MORNING + MINUTE)
    (went,) = to_angela(sweep_at(MORNING + 2 * MINUTE))
    assert went.channel == "email"
    assert_one_each()


def test_nothing_wanted_is_nothing_owed_and_comes_back_when_wanted(plan: Plan, angela: Patient, by: Actor) -> None:
    switch_off(angela, groups=[MessageGroup.PHASES], by=acting_patient(angela), at=NOON)
    assert coming() == {"email": ("cancelled", "The patient does not want such messages.")}
    assert Reminder.objects.owed().filter(recipient_kind="patient", kind__startswith="phase-").count() == 0
    assert Reminder.objects.owed().filter(recipient_kind="staff").exists()
    choose(angela, Channel.EMAIL, at=NOON + MINUTE)
    assert coming() == {"email": ("owed", "")}


def test_one_group_is_no_word_about_another(plan: Plan, angela: Patient, texting: ContactPoint) -> None:
    prefer(angela, group=MessageGroup.SUPPLIES, channels=[Channel.SMS], by=acting_patient(angela), at=NOON)
    assert coming() == {"email": ("owed", "")}


def test_what_was_accepted_after_it_was_called_off_goes_by_no_other_channel(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    """Her address is ended while the mail server is taking the message."""

    def ends() -> None:
        sender.before = lambda: None
        end_contact_point(angela.contact_points.get(kind="email"), by=by, at=MORNING)

    sender.before = ends
    sweep_at(MORNING)
    went = [e.channel for e in to_angela(sender.accepted)]
    assert to_angela(sweep_at(MORNING + MINUTE)) == []
    assert went == ["email"]
    assert_one_each()


class Killed(BaseException):
    pass


def is_killed_as_her_address_ends(angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep) -> None:
    """The mail server has the message, the worker is gone, and right then the clinic ends the address."""

    def dies() -> None:
        raise Killed

    sender.before = dies
    with pytest.raises(Killed):
        sweep_at(MORNING)
    sender.before = lambda: None
    end_contact_point(angela.contact_points.get(kind="email"), by=by, at=MORNING + timedelta(seconds=10))
    assert {channel: status for channel, (status, _) in coming().items()} == {"email": "cancelled", "sms": "owed"}


def test_what_is_being_handed_over_goes_by_no_other_channel_until_its_answer_is_known(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    """A worker that was killed leaves none: it may have gone."""
    Reminder.objects.filter(recipient_kind="staff").delete()
    is_killed_as_her_address_ends(angela, by, sender, sweep_at)
    at = MORNING
    while at < MORNING + 2 * LEASE:
        at += MINUTE
        assert to_angela(sweep_at(at)) == []
    assert {channel: status for channel, (status, _) in coming().items()} == {"email": "cancelled", "sms": "cancelled"}


def test_once_it_is_known_that_it_did_not_go_it_goes_by_the_other(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    Reminder.objects.filter(recipient_kind="staff").delete()
    is_killed_as_her_address_ends(angela, by, sender, sweep_at)
    assert to_angela(sweep_at(MORNING + MINUTE)) == []
    Attempt.objects.update(outcome="failed")
    (went,) = to_angela(sweep_at(MORNING + 2 * MINUTE))
    assert went.channel == "sms"
    assert_one_each()


def test_whatever_a_patient_is_told_can_be_switched_off_and_no_alert_can() -> None:
    for kind in KINDS.values():
        is_routine = RecipientKind.PATIENT in kind.recipients
        assert (kind.group is not None) == is_routine, kind.name
        assert kind.group is None or kind.pace is not Pace.DAY_AND_NIGHT, kind.name


def test_consent_that_comes_back_is_used_again(plan: Plan, angela: Patient, by: Actor) -> None:
    contact = angela.contact_points.get()
    for allowed in (False, True):
        contact.messages_allowed = allowed
        save_contact_point(contact, by=by, at=NOON)
    assert coming() == {"email": ("owed", ""), "portal": ("cancelled", "It goes by another channel now.")}
