"""A channel whose other side is dead is left alone for a while: one envelope tries it, then all go again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from patients.models import Attempt, ChannelState, Message, Plan, Reminder
from patients.reminders import outbox
from patients.reminders.channels import HandOverFailed
from patients.reminders.claim import LEASE
from patients.reminders.line import SHUT_AFTER, SHUT_FOR
from patients.reminders.outbox import deliver_due, waiting
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock

DEAD = HandOverFailed("The mail server could not be reached (TimeoutError).", permanent=False, channel_down=True)
BUSY = HandOverFailed(
    "The provider wants to be left alone.", permanent=False, channel_down=True, retry_after=timedelta(minutes=7)
)
PUT_OFF = HandOverFailed("The mail server refused the recipient (451).", permanent=False)
ONE_OF_SEVERAL = HandOverFailed("Not now.", permanent=False, channel_down=True, provider="push.example.org")
NO = HandOverFailed("The mail server refused the recipient (550).", permanent=True)


@pytest.fixture
def many(plan: Plan, clock: SetClock) -> list[Message]:
    """Twenty envelopes with one reminder each, all due at noon."""
    Reminder.objects.exclude(kind="phase-coming", phase__key="replace", recipient_kind="patient").delete()
    one = Reminder.objects.get()
    messages = Message.objects.bulk_create(
        Message(
            recipient_kind="patient",
            recipient_code=f"{number}",
            channel="email",
            next_attempt_at=NOON,
            created_at=NOON,
        )
        for number in range(20)
    )
    for message in messages:
        one.pk, one.code, one.key = None, f"R{message.pk}", one.key.replace(":email", f".{message.pk}:email")
        one.message, one.send_at, one.too_late_at = message, NOON, NOON + timedelta(days=1)
        one.save(force_insert=True)
    Reminder.objects.filter(message=None).delete()
    return list(Message.objects.filter(pk__in=[message.pk for message in messages]))


@pytest.fixture(autouse=True)
def still_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is true, and within the budget of the one patient, is asked elsewhere."""
    from patients.models import Channel, RecipientKind
    from patients.reminders import budget, rechecking
    from patients.reminders.recipients import Recipient

    def verdict(reminder: Reminder, known: rechecking._Known, *, is_tried: bool) -> object:
        if known.book.at >= reminder.too_late_at:
            return None, rechecking.ReminderStatus.MISSED, rechecking.TOO_LATE
        patient = reminder.plan.patient
        return Recipient(RecipientKind.PATIENT, patient.code, Channel.EMAIL, "p@example.org", patient), None, ""

    monkeypatch.setattr(rechecking, "_verdict", verdict)
    monkeypatch.setattr(budget, "counts", lambda going: False)


def tried() -> int:
    return Attempt.objects.count()


def test_after_some_failures_in_a_row_nobody_tries(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock)
    assert tried() == SHUT_AFTER, "the others were not tried, and did not fail"
    deliver_due(sender=sender, clock=clock)
    clock.at += SHUT_FOR[0] - timedelta(seconds=1)
    deliver_due(sender=sender, clock=clock)
    assert tried() == SHUT_AFTER
    free = Message.objects.filter(status="open", claimed_until=None, next_attempt_at__lte=clock.at)
    assert free.count() == 20 - SHUT_AFTER, "what was claimed was given back"


def test_then_one_envelope_tries_and_the_rest_follows_it(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock)
    clock.at += SHUT_FOR[0]
    deliver_due(sender=sender, clock=clock)
    assert tried() == SHUT_AFTER + 1
    assert ChannelState.objects.get().shut_until == clock.at + SHUT_FOR[1], "longer than the last time"
    clock.at += SHUT_FOR[1]
    sender.failure = None
    assert deliver_due(sender=sender, clock=clock) == 20, "those that failed are due again too"
    state = ChannelState.objects.get()
    assert (state.failure_count, state.shut_until) == (0, None)


def test_only_one_of_several_workers_tries(many: list[Message], sender: RecordingSender, clock: SetClock) -> None:
    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock)
    clock.at += SHUT_FOR[0]
    in_between: list[int] = []

    def another() -> None:
        sender.before = lambda: None
        in_between.append(deliver_due(sender=RecordingSender(), clock=clock))

    sender.before = another
    deliver_due(sender=sender, clock=clock)
    assert in_between == [0]


def test_a_worker_that_dies_while_it_tries_keeps_it_shut_no_longer_than_its_claim(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock)
    clock.at += SHUT_FOR[0]
    sender.failure, sender.before = None, die
    with pytest.raises(Killed):
        deliver_due(sender=sender, clock=clock)
    sender.before = lambda: None
    assert deliver_due(sender=sender, clock=clock) == 0
    clock.at += LEASE
    assert deliver_due(sender=sender, clock=clock) == 20


@pytest.mark.parametrize("answer", [NO, PUT_OFF, ONE_OF_SEVERAL], ids=str)
def test_what_is_about_one_recipient_or_one_provider_shuts_nothing(
    many: list[Message], sender: RecordingSender, clock: SetClock, answer: HandOverFailed
) -> None:
    sender.failure = answer
    deliver_due(sender=sender, clock=clock)
    assert tried() == 20
    assert not ChannelState.objects.exists()


def test_failures_between_acceptances_shut_nothing(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    turns = iter([DEAD, DEAD, DEAD, None] * 5)

    def next_turn() -> None:
        sender.failure = next(turns)

    sender.before = next_turn
    assert deliver_due(sender=sender, clock=clock) == 5
    assert tried() == 20


def test_a_provider_that_asks_to_be_left_alone_is_at_once_and_for_so_long(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    sender.failure = BUSY
    deliver_due(sender=sender, clock=clock)
    assert tried() == 1
    assert ChannelState.objects.get().shut_until == NOON + timedelta(minutes=7)
    assert Message.objects.get(attempts__isnull=False).next_attempt_at == NOON + timedelta(minutes=7)


def test_what_is_over_while_it_is_shut_is_missed(many: list[Message], sender: RecordingSender, clock: SetClock) -> None:
    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock)
    clock.at = NOON + timedelta(days=1)
    ChannelState.objects.update(shut_until=clock.at + timedelta(minutes=5))
    deliver_due(sender=sender, clock=clock)
    assert tried() == SHUT_AFTER
    assert set(Reminder.objects.values_list("status", "reason")) == {("missed", "It could not go in time.")}
    assert set(Message.objects.values_list("status", flat=True)) == {"closed"}


def test_without_what_is_known_of_a_channel_nothing_is_lost_or_doubled(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock)
    ChannelState.objects.all().delete()
    sender.failure = None
    assert deliver_due(sender=sender, clock=clock) == 20 - SHUT_AFTER
    clock.at += timedelta(minutes=1)
    assert deliver_due(sender=sender, clock=clock) == SHUT_AFTER
    assert len({envelope.idempotency_key for envelope in sender.accepted}) == len(sender.accepted) == 20


def test_pauses_are_spread_by_the_function_that_is_given(
    many: list[Message], sender: RecordingSender, clock: SetClock
) -> None:
    sender.failure = DEAD
    deliver_due(sender=sender, clock=clock, jitter=lambda pause: pause * 0.8)
    failed = Message.objects.filter(attempts__isnull=False)
    assert set(failed.values_list("next_attempt_at", flat=True)) == {NOON + timedelta(seconds=48)}
    assert ChannelState.objects.get().shut_until == NOON + SHUT_FOR[0] * 0.8


def test_a_batch_that_breaks_is_gone_through_one_by_one(
    many: list[Message], sender: RecordingSender, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, real = many[7].pk, outbox.prepare

    def breaks_on_poison(claims: Sequence[object], *, at: datetime) -> object:
        if any(claimed.message_id == poison for claimed in claims):  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return real(claims, at=at)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "prepare", breaks_on_poison)
    with pytest.raises(ExceptionGroup) as raised:
        deliver_due(sender=sender, clock=clock)
    assert len(raised.value.exceptions) == 1
    assert len(sender.accepted) == 19
    (attempt,) = Attempt.objects.filter(message=poison)
    assert (attempt.outcome, waiting(at=NOON)) == ("failed", 0)
