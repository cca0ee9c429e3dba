"""What she has at home, if it ends before her steps do, is said a week before to her and to the practitioner.

Omeprazole 40 mg down to none: one capsule of 20 mg a day until day 28, then 10 mg daily until day 56.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from patients.models import Reminder, UseKind
from patients.reminders.channels import Envelope
from patients.services.tapers import supplying
from patients.services.tapers.revising import StepBack
from protocols.domain.amount import Amount
from tests.fixtures.lives import Life
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import days, owed, patient_morning, staff_morning, taper_day

TWENTY, TEN = Amount.parse("20 mg"), Amount.parse("10 mg")
Sweep = Callable[[datetime], list[Envelope]]


def has(life: Life, number: int, count: int, *, strength: Amount = TWENTY, is_all: bool = True) -> None:
    """On that day of the taper, before its dose, she counts so many capsules."""
    supplying.record_supply(
        life.taper, strength=strength, count=Decimal(count), is_all=is_all, by=life.angela, at=on_day(number)
    )


def said(life: Life) -> list[int]:
    """The days on which both of them are to be told."""
    to_her = days(life.taper, "supply-short", "patient")
    assert to_her == days(life.taper, "supply-short", "staff")
    return to_her


def test_it_is_said_to_both_a_week_before_and_by_the_hours_of_each(life: Life, sweep_at: Sweep) -> None:
    # 20 capsules from day 1 last through day 20.
    has(life, 1, 20)
    assert said(life) == [21 - 7]
    sends = {row.recipient_kind: row.send_at for row in owed(life.taper, "supply-short")}
    assert sends == {"patient": patient_morning(taper_day(14)), "staff": staff_morning(taper_day(14))}
    went = [envelope for envelope in sweep_at(patient_morning(taper_day(14))) if "angela" in envelope.address]
    assert len(went) == 1
    told = f"{went[0].subject} {went[0].text}".lower()
    assert not [word for word in ("omeprazole", "capsule", "supply", "prescription", "mg") if word in told]


def test_what_is_enough_says_nothing(life: Life) -> None:
    has(life, 1, 28)
    assert said(life) == []


def test_what_nobody_counted_says_nothing(life: Life) -> None:
    assert said(life) == []


def test_each_strength_has_its_own_day(life: Life) -> None:
    has(life, 1, 20)
    # 10 mg: 28 of them last from day 29 through day 56; the next is due on day 57.
    has(life, 1, 28, strength=TEN)
    assert said(life) == [14, 57 - 7]


def test_a_new_supply_takes_it_back(life: Life) -> None:
    has(life, 1, 20)
    has(life, 5, 8, is_all=False)
    assert said(life) == []
    assert {row.status for row in Reminder.objects.filter(kind="supply-short")} == {"cancelled"}


def test_another_count_moves_its_day(life: Life) -> None:
    has(life, 1, 20)
    has(life, 5, 18)
    # 18 from day 5 last through day 22.
    assert said(life) == [23 - 7]


def test_what_is_counted_too_late_is_said_the_next_morning(life: Life) -> None:
    has(life, 10, 3)
    assert said(life) == [11]


def test_while_it_is_held_and_once_it_was_stopped_nothing_is_said(life: Life) -> None:
    has(life, 1, 20)
    life.hold(5)
    assert said(life) == []
    life.resume(8)
    # Three more days of 20 mg: what she has ends on the same day.
    assert said(life) == [14]
    life.stop(9)
    assert said(life) == []


@pytest.mark.parametrize("kind", [kind for kind in UseKind if kind.leaves_schedule])
def test_whoever_has_left_the_schedule_is_not_nudged_until_she_is_back(life: Life, kind: UseKind) -> None:
    has(life, 1, 20)
    life.says(kind, 5)
    assert said(life) == []
    life.changes(6)
    assert said(life) == [14]


def test_after_a_later_version_it_is_counted_along_that_one(life: Life) -> None:
    life.changes(1, 29)
    has(life, 30, 40, strength=TEN)
    # 27 of them until day 56, then 13 on every second day: the next is due on day 83.
    assert said(life) == [83 - 7]
    life.says(UseKind.BACK_UP, 40)
    life.revise(StepBack(), first=45, on=41)
    # 15 capsules of 10 mg until day 44, 28 days of 20 mg, and 25 days more of 10 mg.
    assert said(life) == [45 + 28 + 25 - 7]


def test_one_that_was_said_is_not_said_again(life: Life, sweep_at: Sweep) -> None:
    has(life, 1, 20)
    sweep_at(patient_morning(taper_day(14)))
    assert said(life) == []
    life.needs_rescue(15)
    assert said(life) == []
    assert Reminder.objects.filter(kind="supply-short", status="sent").count() == 2
