"""The Celery worker of the tests is a real one, and works on the database of the test."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from gutclinic.celery import app
from patients.models import Patient, Plan, PlanPhase
from patients.tasks import sweep
from protocols.domain.phases import PhaseStatus

PATIENCE_SECONDS = 30.0


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "the worker did nothing"
        time.sleep(0.05)


@pytest.mark.worker
def test_the_worker_sees_the_test_s_rows_and_changes_them(
    activate_plan: Callable[..., Plan], angela: Patient, celery_worker: str
) -> None:
    now = timezone.now()
    plan = activate_plan(angela, starts_on=now.date() + timedelta(days=30), at=now)
    first = PlanPhase.objects.filter(plan=plan).earliest("begins_at")
    # Its day comes at once.
    PlanPhase.objects.filter(pk=first.pk).update(begins_at=now)
    sweep.delay()
    _wait_until(lambda: PlanPhase.objects.get(pk=first.pk).status == PhaseStatus.ACTIVE)


@pytest.mark.worker(pool="threads", concurrency=3)
def test_the_mark_says_what_kind_of_worker(celery_worker: str) -> None:
    pool = app.control.inspect([celery_worker]).stats()[celery_worker]["pool"]
    assert pool["implementation"] == "celery.concurrency.thread:TaskPool"
    assert pool["max-concurrency"] == 3


@pytest.fixture
def left_in_the_queue() -> None:
    """Stand for an earlier test that sent what nobody has taken."""
    sweep.delay()


@pytest.mark.worker
def test_what_an_earlier_test_left_in_the_queue_is_not_done(left_in_the_queue: None, celery_worker: str) -> None:
    assert app.control.inspect([celery_worker]).stats()[celery_worker]["total"] == {}
    assert app.control.purge() == 0
