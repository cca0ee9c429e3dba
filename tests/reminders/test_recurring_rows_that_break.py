"""A row that breaks stops no other, waits a while, and is raised; a cursor that has moved meanwhile is left alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from patients.models import Patient, Plan, Recurrence
from patients.reminders import recurring
from patients.reminders.channels import Envelope
from patients.reminders.recurring import make_what_recurs
from protocols.domain.day_parts import DayPart
from tests.reminders.of_days import AT_LUNCH, TOMORROW, asks_for, made, takes

AGAIN = timedelta(minutes=15)


@pytest.fixture
def two(activate_plan: Callable[..., Plan], angela: Patient, ben: Patient) -> tuple[Recurrence, Recurrence]:
    for patient in (angela, ben):
        takes(activate_plan(patient), "with-lunch")
    (hers,), (his,) = asks_for(angela, DayPart.NOON), asks_for(ben, DayPart.NOON)
    return hers, his


def test_a_kind_that_nobody_knows_waits_and_the_others_go(
    two: tuple[Recurrence, Recurrence], sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    hers = two[0]
    Recurrence.objects.filter(pk=hers.pk).update(kind="of-a-later-edition")
    with pytest.raises(ExceptionGroup) as raised:
        make_what_recurs(at=AT_LUNCH)
    assert raised.group_contains(Exception, match="KeyError")
    assert hers.code not in str(raised.value)
    assert made() == [("day-noon", TOMORROW, "owed")]
    hers.refresh_from_db()
    assert (hers.next_on, hers.next_at) == (TOMORROW, AT_LUNCH + AGAIN)
    assert [envelope.address for envelope in sweep_at(AT_LUNCH)] == ["ben@example.org"], "the next minute is quiet"
    Recurrence.objects.filter(pk=hers.pk).update(kind="day-noon")
    assert [envelope.address for envelope in sweep_at(AT_LUNCH + AGAIN)] == ["angela@example.org"]


def test_broken_or_not_what_else_is_due_still_goes(
    two: tuple[Recurrence, Recurrence], sweep_at: Callable[[datetime], list[Envelope]], sender: Any
) -> None:
    Recurrence.objects.filter(pk=two[0].pk).update(kind="of-a-later-edition")
    with pytest.raises(ExceptionGroup):
        sweep_at(AT_LUNCH)
    assert [envelope.address for envelope in sweep_at(AT_LUNCH)] == ["ben@example.org"]


def test_whoever_was_overtaken_writes_nothing(
    two: tuple[Recurrence, Recurrence], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another sweep is done between reading and moving on: on a database that does not lock rows."""
    real = recurring._move_on

    def overtaken(steps: Any, *, at: datetime) -> None:
        real(steps, at=at)
        real(steps, at=at)

    monkeypatch.setattr(recurring, "_move_on", overtaken)
    make_what_recurs(at=AT_LUNCH)
    assert made() == []
    assert Recurrence.objects.filter(next_on=TOMORROW, next_at=AT_LUNCH).count() == 2
    monkeypatch.setattr(recurring, "_move_on", real)
    make_what_recurs(at=AT_LUNCH)
    assert made() == [("day-noon", TOMORROW, "owed")] * 2
