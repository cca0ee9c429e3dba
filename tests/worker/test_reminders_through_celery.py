"""The whole way: a reminder falls due, beat's task runs in a real worker, a real mail server gets the message."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from clinics.domain.instants import civil_date, zone
from clinics.models import User
from patients import tasks
from patients.models import Attempt, Message, Patient, Plan, Reminder
from tests.servers.outbox import Answer, Outbox

PATIENCE_SECONDS = 30.0


def wait_until(happened: Callable[[], bool], *, why: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


def where_it_is_noon(now: datetime) -> str:
    """A zone in which it is around noon, so that nobody is in their quiet hours whenever this runs."""
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@pytest.fixture
def due_plan(activate_plan: Callable[..., Plan], angela: Patient, dr_cho: User) -> Plan:
    """Activated ten minutes ago; Rebalance comes in three days, which is to be said since a minute."""
    now = timezone.now()
    name = where_it_is_noon(now)
    said_at = (now - timedelta(minutes=1)).astimezone(zone(name)).time().replace(second=0, microsecond=0)
    for person in (angela, dr_cho):
        person.zone, person.message_time = name, said_at
        person.save()
    today = civil_date(now, zone(name))
    return activate_plan(angela, starts_on=today - timedelta(days=18), at=now - timedelta(minutes=10))


def statuses(plan: Plan) -> set[str]:
    return set(
        Reminder.objects.filter(plan=plan, kind="phase-coming", phase__key="rebalance").values_list("status", flat=True)
    )


@pytest.mark.worker
def test_a_reminder_goes_through_celery_to_the_mail_server(
    due_plan: Plan, celery_worker: str, smtp_sink: Outbox
) -> None:
    assert statuses(due_plan) == {"owed"}
    tasks.sweep.delay()
    messages = smtp_sink.wait_for(2)
    assert {message.recipients[0] for message in messages} == {"angela@example.org", "dr_cho@example.org"}
    wait_until(lambda: statuses(due_plan) == {"sent"}, why="the outcome was not recorded")


@pytest.mark.worker
def test_many_sweeps_send_once(due_plan: Plan, celery_worker: str, smtp_sink: Outbox) -> None:
    for _ in range(10):
        tasks.sweep.delay()
    wait_until(lambda: statuses(due_plan) == {"sent"}, why="nothing was sent")
    tasks.sweep()
    tasks.deliver()
    assert len(smtp_sink.messages()) == 2
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"accepted"}


@pytest.mark.worker
def test_a_mail_server_that_refuses_for_now_gets_it_later(
    due_plan: Plan, celery_worker: str, smtp_sink: Outbox
) -> None:
    smtp_sink.answer(Answer.REFUSE_TEMPORARILY)
    tasks.sweep.delay()
    wait_until(lambda: Attempt.objects.filter(outcome="failed").count() == 2, why="no failure was recorded")
    assert statuses(due_plan) == {"owed"}, "nothing is lost"
    smtp_sink.clear()
    # The pause before the next try is over.
    Message.objects.update(next_attempt_at=timezone.now())
    tasks.sweep.delay()
    wait_until(lambda: statuses(due_plan) == {"sent"}, why="it was not tried again")
    assert len(smtp_sink.messages()) == 2


def test_with_a_dead_broker_nothing_is_lost(due_plan: Plan, smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wake-up cannot be sent; the rows wait, and the next sweep that gets through delivers them."""

    def dead_broker(**options: object) -> None:
        raise OperationalError("Error 111 connecting to the broker. Connection refused.")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.deliver, "apply_async", dead_broker)
        with pytest.raises(OperationalError):
            tasks.sweep()
    assert statuses(due_plan) == {"owed"}
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: tasks.deliver())
    tasks.sweep()
    assert statuses(due_plan) == {"sent"}
    assert len(smtp_sink.messages()) == 2


def test_task_messages_carry_no_arguments() -> None:
    """So nothing about anybody can stand in the broker or in a worker's log."""
    for task in (tasks.sweep, tasks.deliver):
        assert task.run.__code__.co_argcount == 0
