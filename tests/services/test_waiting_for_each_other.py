"""Two transactions that meet on the same rows: one waits for the other, never both, and neither acts on old news.

On PostgreSQL one is stopped half-way until the other really waits for a lock. On SQLite writers queue up anyway.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from clinics.actor import Actor
from clinics.models import Clinic, User
from patients.models import Attempt, Message, Patient, Plan, PortalInvitation, Reminder
from patients.reminders import delivery, gathering, setbacks
from patients.reminders.channels import HandOverFailed
from patients.reminders.claim import Claim
from patients.reminders.gathering import gather
from patients.services import own_settings, phase_moves, portal_access
from patients.services.own_settings import save_own_settings
from patients.services.people import save_patient
from patients.services.portal_access import accept_portal_invitation, invite_patient
from tests.fixtures.personae import NOON, TODAY, make_patient
from tests.fixtures.sending import RecordingSender, SetClock, claim, deliver

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20.0


def started(call: Callable[[], object]) -> "Future[object]":
    """Run the call in a thread of its own, with a connection of its own."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 — what was raised is the result
            future.set_exception(error)
        finally:
            connections.close_all()

    threading.Thread(target=run, daemon=True).start()
    return future


def until_it_waits(future: "Future[object]") -> None:
    """Return once this call waits for a lock, or is done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while connection.vendor == "postgresql" and not future.done():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < deadline, "it neither waits nor ends"
        time.sleep(0.01)


class Halfway:
    """A place in a function at which whoever comes there first stops until `go`."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def stop(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            assert self.go.wait(PATIENCE_SECONDS)


@contextmanager
def stopped(call: Callable[[], object], halfway: Halfway) -> Iterator["Future[object]"]:
    """This call, stopped half-way inside the block; afterwards it has ended well."""
    first = started(call)
    assert halfway.reached.wait(PATIENCE_SECONDS)
    try:
        yield first
    finally:
        halfway.go.set()
    first.result(PATIENCE_SECONDS)


def test_own_settings_date_reminders_by_the_zone_a_patient_is_just_moving_to(
    plan: Plan, angela: Patient, dr_cho: User, by: Actor
) -> None:
    halfway = Halfway()

    def move() -> None:
        with transaction.atomic():
            angela.zone = "Pacific/Auckland"
            save_patient(angela, by=by, at=NOON)
            halfway.stop()

    with stopped(move, halfway):
        settings = started(lambda: save_own_settings(dr_cho, by=dr_cho, at=NOON))
        until_it_waits(settings)
    settings.result(PATIENCE_SECONDS)
    starts = Reminder.objects.get(kind="phase-starts", phase__key="replace", recipient_kind="patient")
    assert starts.send_at == datetime(2027, 1, 17, 20, tzinfo=UTC), "09:00 in Auckland on the 18th"


def test_saving_own_settings_and_delivering_the_morning_message(
    plan: Plan,
    ben: Patient,
    activate_plan: Callable[..., Plan],
    dr_cho: User,
    by: Actor,
    sender: RecordingSender,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The older plan has the younger reminder, so that going plan by plan is another order than going by reminder."""
    activate_plan(ben)
    phase_moves.extend(plan.phases.get(key="remove"), days=1, by=by, at=NOON, revision=plan.revision)
    announced = [TODAY + timedelta(days=25), TODAY + timedelta(days=26)]
    kept = Reminder.objects.owed().filter(recipient_kind="staff", kind="phase-coming", civil_date__in=announced)
    owners = list(kept.order_by("pk").values_list("plan__patient__given_name", flat=True))
    assert owners == ["Ben", "Angela"]
    Reminder.objects.filter(recipient_kind="staff").exclude(pk__in=list(kept.values_list("pk", flat=True))).update(
        status="sent"
    )
    clock.at = datetime(2027, 1, 30, 7, tzinfo=UTC)
    gather(at=clock.at)
    claimed = claim(Message.objects.get(recipient_kind="staff").pk, at=clock.at)
    assert claimed is not None
    halfway, real = Halfway(), own_settings.replan

    def replan(plan: Plan, *, at: datetime) -> None:
        real(plan, at=at)
        halfway.stop()

    monkeypatch.setattr(own_settings, "replan", replan)
    with stopped(lambda: save_own_settings(dr_cho, by=dr_cho, at=clock.at), halfway):
        delivery_of_it = started(lambda: deliver(claimed, sender=sender, clock=clock))
        until_it_waits(delivery_of_it)
    assert delivery_of_it.result(PATIENCE_SECONDS) is True


def test_accepting_an_invitation_while_the_clinic_sends_another(
    clinic: Clinic, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = make_patient(clinic, "patient_017")
    invitation, secret = invite_patient(patient, email="patient_017@example.org", by=by, at=NOON)
    halfway, real = Halfway(), PortalInvitation.claim

    def accepts(self: PortalInvitation, *, at: datetime) -> bool:
        done = real(self, at=at)
        halfway.stop()
        return done

    monkeypatch.setattr(PortalInvitation, "claim", accepts)
    with stopped(lambda: accept_portal_invitation(invitation.code, secret, at=NOON), halfway):
        another = started(lambda: invite_patient(patient, email="patient_017@example.org", by=by, at=NOON))
        until_it_waits(another)
    with pytest.raises(portal_access.PortalOpenAlready):
        another.result(PATIENCE_SECONDS)


@pytest.fixture
def envelope(plan: Plan, angela: Patient) -> tuple[Message, list[int]]:
    """An envelope whose reminders lie in the table in another order than by their keys."""
    at = NOON
    message = Message.objects.create(
        recipient_kind="patient",
        recipient_code=angela.code,
        channel="email",
        next_attempt_at=at,
        created_at=at,
        frozen_at=at,
        idempotency_key="key",
        claim_token="token",
        claimed_until=at + timedelta(minutes=5),
    )
    low, high = Reminder.objects.filter(recipient_kind="patient").order_by("pk").values_list("pk", flat=True)[:2]
    for pk in (high, low):
        Reminder.objects.filter(pk=pk).update(message=message, send_at=at)
    return message, [low, high]


def _accept(message: Message, attempt: Attempt) -> None:
    by_key = list(message.reminders.order_by("pk").values_list("pk", flat=True))
    delivery.record_acceptance(Claim(message.pk, "token"), attempt.pk, by_key, at=NOON)


def _refuse(message: Message, attempt: Attempt) -> None:
    refusal = HandOverFailed("Refused.", permanent=True)
    setbacks.record_failure(Claim(message.pk, "token"), attempt.pk, refusal, at=NOON)


def _fill(message: Message, attempt: Attempt) -> None:
    gathering._fill([("patient", message.recipient_code, "email")], at=NOON)


@pytest.mark.parametrize("write", [_accept, _refuse, _fill])
def test_many_reminders_are_locked_by_rising_key(
    envelope: tuple[Message, list[int]], write: Callable[[Message, Attempt], None]
) -> None:
    """As re-planning does: whoever waits for the lowest holds none of the others."""
    message, (low, high) = envelope
    attempt = Attempt.objects.create(message=message, number=1, claim_token="token", started_at=NOON)
    if write is _fill:
        # The rows lie as they did, without their envelope.
        for pk in (high, low):
            Reminder.objects.filter(pk=pk).update(message=None)
    with transaction.atomic():
        Reminder.objects.select_for_update().get(pk=low)
        writing = started(lambda: write(message, attempt))
        until_it_waits(writing)
        if connection.vendor == "postgresql":
            free = Reminder.objects.select_for_update(skip_locked=True).filter(pk=high)
            assert free.exists(), "it is held by whoever waits for the lower one"
    writing.result(PATIENCE_SECONDS)


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
def test_an_acceptance_waits_for_its_envelope_with_no_reminder_in_hand(
    envelope: tuple[Message, list[int]], several: bool
) -> None:
    """A provider’s report of the same message holds the envelope, and asks for its reminders after it."""
    message, reminders = envelope
    attempt = Attempt.objects.create(message=message, number=1, claim_token="token", started_at=NOON)
    of_it = reminders if several else reminders[:1]
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        accepting = started(lambda: delivery.record_acceptance(Claim(message.pk, "token"), attempt.pk, of_it, at=NOON))
        until_it_waits(accepting)
        if connection.vendor == "postgresql":
            free = Reminder.objects.select_for_update(skip_locked=True).filter(pk__in=of_it)
            assert len(free) == len(of_it), "they are held by whoever waits for the envelope"
    accepting.result(PATIENCE_SECONDS)
    assert set(Reminder.objects.filter(pk__in=of_it).values_list("status", flat=True)) == {"sent"}
