"""Several beats and several workers at one instant, each in a thread and on a connection of its own.

Nothing goes twice, nobody is written to more often than may be, and whoever wakes late hands nothing over.
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from clinics.actor import for_system
from clinics.models import Clinic
from patients.models import (
    Attempt,
    ContactPoint,
    Heard,
    Message,
    Patient,
    Plan,
    PushSubscription,
    Recurrence,
    Reminder,
)
from patients.reminders import claim as claims
from patients.reminders import delivery, outbox
from patients.reminders.channels import Envelope
from patients.reminders.claim import LEASE, Claim
from patients.reminders.outbox import deliver_due, waiting
from patients.services.sweeping import do_what_is_due
from protocols.domain.day_parts import DayPart
from tests.fixtures.personae import make_patient
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.of_days import AT_LUNCH, asks_for, takes
from tests.reminders.test_delivery import PATIENT_MORNING
from tests.services.test_two_at_once import at_once
from tests.services.test_waiting_for_each_other import PATIENCE_SECONDS, Halfway, stopped

pytestmark = pytest.mark.django_db(transaction=True)


class SharedSender(RecordingSender):
    """One that several threads use at once."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()
        self._lock = threading.Lock()

    def send(self, envelope: Envelope) -> None:
        with self._lock:
            self.accepted.append(envelope)
            self.threads.add(threading.get_ident())

    def keys(self) -> Counter[str]:
        return Counter(envelope.idempotency_key for envelope in self.accepted)


@pytest.fixture
def twenty(clinic: Clinic, activate_plan: Callable[..., Plan]) -> list[Patient]:
    """Each takes something at noon, and is reminded of it."""
    patients = [make_patient(clinic, "Somebody", email=f"somebody_{number}@example.org") for number in range(20)]
    for patient in patients:
        takes(activate_plan(patient), "with-lunch")
        asks_for(patient, DayPart.NOON)
    return patients


def test_three_beats_and_two_workers_at_once_send_each_thing_once(
    twenty: list[Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 3)
    sender, clock = SharedSender(), SetClock(AT_LUNCH)

    def work() -> None:
        deliver_due(sender=sender, clock=clock)

    def beat() -> None:
        do_what_is_due(by=for_system(), at=AT_LUNCH)
        waiting(at=AT_LUNCH)
        work()

    assert at_once(beat, beat, beat, work, work) == [None] * 5
    beat()  # what another one held at that moment
    made = Reminder.objects.filter(recurrence__isnull=False)
    assert Counter(made.values_list("recurrence", "civil_date")) == Counter(
        (row.pk, AT_LUNCH.date()) for row in Recurrence.objects.all()
    )
    assert set(made.values_list("status", flat=True)) == {"sent"}
    went = Counter(envelope.address for envelope in sender.accepted)
    assert went == Counter(f"somebody_{number}@example.org" for number in range(20))
    assert set(sender.keys().values()) == {1}


@pytest.mark.usefixtures("plan")
def test_two_workers_with_one_list_never_hand_over_one_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the same envelopes before either takes one."""
    waiting(at=PATIENT_MORNING)
    sender, clock = SharedSender(), SetClock(PATIENT_MORNING)
    meeting, came, real = threading.Barrier(2), set[int](), claims.claim_together

    def take(message_ids: list[int], *, at: datetime) -> list[Claim]:
        if threading.get_ident() not in came:
            came.add(threading.get_ident())
            meeting.wait(PATIENCE_SECONDS)
        return real(message_ids, at=at)

    monkeypatch.setattr(claims, "claim_together", take)
    results = at_once(*[lambda: deliver_due(sender=sender, clock=clock)] * 2)
    assert [type(result) for result in results] == [int, int], results
    assert len(came) == 2
    assert set(sender.keys().values()) == {1}
    assert Attempt.objects.count() == len(sender.accepted) == Message.objects.count() == 2


@pytest.mark.usefixtures("plan")
def test_a_worker_frozen_with_its_batch_wakes_late_and_hands_nothing_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stopped with everything in hand; another one comes when the lease is over. It wakes with its clock late."""
    waiting(at=PATIENT_MORNING)
    slow, quick = SharedSender(), SharedSender()
    frozen_clock, later = SetClock(PATIENT_MORNING), PATIENT_MORNING + LEASE
    halfway, real = Halfway(), delivery.begin_attempt

    def begin(claimed: Claim, *, at: datetime) -> int | None:
        # The instant that it read before it froze: only the token can tell that it is too late.
        halfway.stop()
        return real(claimed, at=at)

    monkeypatch.setattr(delivery, "begin_attempt", begin)
    with stopped(lambda: deliver_due(sender=slow, clock=frozen_clock), halfway):
        assert deliver_due(sender=quick, clock=SetClock(later)) == 2
    assert slow.accepted == []
    assert set(quick.keys().values()) == {1}
    assert Counter(Attempt.objects.values_list("outcome", flat=True)) == {"accepted": 2, "superseded": 2}
    assert set(Reminder.objects.filter(message__isnull=False).values_list("status", flat=True)) == {"sent"}


@pytest.fixture
def three_to_angela(plan: Plan, angela: Patient, texting: ContactPoint, her_browser: PushSubscription) -> list[int]:
    """Three envelopes to her, on three channels, each with an announcement of its own that may go now."""
    rows = list(Reminder.objects.filter(recipient_kind="patient").order_by("pk")[:3])
    assert len(rows) == 3
    Reminder.objects.exclude(pk__in=[row.pk for row in rows]).update(status="cancelled")
    for row, channel in zip(rows, ("email", "sms", "push"), strict=True):
        Reminder.objects.filter(pk=row.pk).update(
            channel=channel,
            key=f"{row.occurrence}:{channel}",
            send_at=PATIENT_MORNING,
            too_late_at=PATIENT_MORNING + timedelta(days=3),
        )
    assert waiting(at=PATIENT_MORNING) == 1
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("is_known", [False, True], ids=["never written to", "written to before"])
def test_three_workers_at_once_never_let_a_third_message_of_a_day_through(
    three_to_angela: list[int], angela: Patient, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One envelope each: what a worker has counted, the others see."""
    assert len(three_to_angela) == 3
    if is_known:
        Heard.objects.create(patient=angela)
    sender, clock = SharedSender(), SetClock(PATIENT_MORNING)
    ready, real = threading.Barrier(3), outbox.prepare

    def prepare(batch: list[Claim], *, at: datetime) -> object:
        ready.wait(PATIENCE_SECONDS)  # each has its envelope by now
        return real(batch, at=at)

    monkeypatch.setattr(outbox, "prepare", prepare)
    results = at_once(*[lambda: deliver_due(sender=sender, clock=clock, limit=1)] * 3)
    assert sorted(result for result in results if isinstance(result, int)) == [0, 1, 1], results
    assert len(sender.accepted) == 2
    heard = Heard.objects.get(patient=angela)
    assert (heard.written_on, heard.written_count) == (PATIENT_MORNING.date(), 2)
    left = Message.objects.get(status="open")
    assert left.next_attempt_at > PATIENT_MORNING + timedelta(hours=12)
    assert left.frozen_at is None
