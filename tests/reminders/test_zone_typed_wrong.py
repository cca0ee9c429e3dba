"""A zone typed wrong and corrected loses nothing; what was sent, may have gone or was refused is not owed again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Attempt, Message, Patient, Plan, Reminder
from patients.reminders import delivery
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.claim import Claim
from patients.services.people import save_patient
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.test_moving_to_another_zone import starts_of_replace

Sweep = Callable[[datetime], list[Envelope]]
MINUTE = timedelta(minutes=1)
# Noon in Berlin on the 18th, the day Replace starts; 03:00 in Los Angeles, and the 19th in Kiritimati.
SLIP = datetime(2027, 1, 18, 11, tzinfo=UTC)
NINE_IN_LOS_ANGELES = datetime(2027, 1, 18, 17, tzinfo=UTC)


@pytest.fixture
def move(plan: Plan, angela: Patient, by: Actor) -> Callable[[str, datetime], None]:
    """Angela, who lives in Los Angeles, is said to live elsewhere."""

    def to(zone: str, at: datetime) -> None:
        angela.zone = zone
        save_patient(angela, by=by, at=at)

    to("America/Los_Angeles", NOON)
    return to


def to_angela(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address == "angela@example.org"]


def test_it_goes_at_its_hour_once_the_slip_is_corrected(move: Callable[[str, datetime], None], sweep_at: Sweep) -> None:
    move("Pacific/Kiritimati", SLIP)
    assert starts_of_replace().status == "missed"
    move("America/Los_Angeles", SLIP + MINUTE)
    found = starts_of_replace()
    assert (found.status, found.reason, found.finished_at) == ("owed", "", None)
    assert to_angela(sweep_at(NINE_IN_LOS_ANGELES - MINUTE)) == []
    assert len(to_angela(sweep_at(NINE_IN_LOS_ANGELES))) == 1


def test_what_was_being_tried_goes_on_being_tried_under_its_key(
    move: Callable[[str, datetime], None], sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(NINE_IN_LOS_ANGELES)
    key = Message.objects.get(recipient_kind="patient", status="open").idempotency_key
    move("Pacific/Kiritimati", NINE_IN_LOS_ANGELES)
    move("America/Los_Angeles", NINE_IN_LOS_ANGELES + MINUTE)
    sender.failure = None
    (envelope,) = to_angela(sweep_at(NINE_IN_LOS_ANGELES + 2 * MINUTE))
    assert envelope.idempotency_key == key


def test_what_was_given_up_meanwhile_goes_while_the_day_lasts(
    move: Callable[[str, datetime], None], sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(NINE_IN_LOS_ANGELES)
    move("Pacific/Kiritimati", NINE_IN_LOS_ANGELES)
    sender.failure = None
    assert to_angela(sweep_at(NINE_IN_LOS_ANGELES + MINUTE)) == []
    assert Message.objects.filter(recipient_kind="patient", status="open").count() == 0
    move("America/Los_Angeles", NINE_IN_LOS_ANGELES + 2 * MINUTE)
    assert len(to_angela(sweep_at(NINE_IN_LOS_ANGELES + 2 * MINUTE))) == 1


def test_what_may_have_gone_is_not_sent_again_under_another_key(
    move: Callable[[str, datetime], None], sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(NINE_IN_LOS_ANGELES)
    Attempt.objects.filter(message__recipient_kind="patient").update(outcome="unknown")
    move("Pacific/Kiritimati", NINE_IN_LOS_ANGELES)
    sender.failure = None
    sweep_at(NINE_IN_LOS_ANGELES + MINUTE)
    move("America/Los_Angeles", NINE_IN_LOS_ANGELES + 2 * MINUTE)
    assert starts_of_replace().status == "missed"
    assert to_angela(sweep_at(NINE_IN_LOS_ANGELES + 2 * MINUTE)) == []


def test_what_was_refused_for_good_is_not_owed_again(
    move: Callable[[str, datetime], None], sender: RecordingSender, sweep_at: Sweep
) -> None:
    # Without a login no other way leads to her.
    Patient.objects.update(user=None)
    sender.failure = HandOverFailed("Refused.", permanent=True)
    sweep_at(NINE_IN_LOS_ANGELES)
    move("Pacific/Pago_Pago", NINE_IN_LOS_ANGELES + MINUTE)
    assert starts_of_replace().status == "missed"


def test_what_is_over_stays_missed_however_often_it_is_planned(
    move: Callable[[str, datetime], None], sweep_at: Sweep
) -> None:
    move("Pacific/Kiritimati", SLIP)
    move("Pacific/Auckland", SLIP + MINUTE)
    move("Pacific/Kiritimati", SLIP + 2 * MINUTE)
    assert starts_of_replace().status == "missed"


def test_missed_while_it_was_being_accepted_is_sent(
    move: Callable[[str, datetime], None], sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.before = lambda: move("Pacific/Kiritimati", NINE_IN_LOS_ANGELES)
    sweep_at(NINE_IN_LOS_ANGELES)
    found = starts_of_replace()
    assert (found.status, found.reason) == ("sent", "")
    sender.before = lambda: None
    move("America/Los_Angeles", NINE_IN_LOS_ANGELES + MINUTE)
    assert to_angela(sweep_at(NINE_IN_LOS_ANGELES + MINUTE)) == []


def test_an_acceptance_does_not_call_sent_what_was_refused(
    move: Callable[[str, datetime], None], sender: RecordingSender, sweep_at: Sweep, clock: SetClock
) -> None:
    """A worker that was frozen hears “yes” long after another one heard “no”."""
    sender.failure = HandOverFailed("Refused.", permanent=True)
    sweep_at(NINE_IN_LOS_ANGELES)
    refused = starts_of_replace()
    assert refused.message is not None
    attempt = Attempt.objects.create(message=refused.message, number=2, claim_token="old", started_at=clock.at)
    delivery.record_acceptance(Claim(refused.message.pk, "old"), attempt.pk, [refused.pk], at=clock.at)
    assert Reminder.objects.get(pk=refused.pk).status == "missed"
