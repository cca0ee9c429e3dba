"""The first step of a later version goes on with the rhythm that was lived: properties over first days and holds."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg, continued
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Step, schedule
from protocols.domain.window import Window

FIRST = date(2027, 1, 4)


def doses(amount: str) -> tuple[Dose, ...]:
    return (Dose("before-breakfast", (Units(Amount.parse(amount), Decimal(1)),)),)


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


@given(
    interval=st.integers(2, 7),
    daily=st.integers(1, 20),
    lived=st.integers(1, 30),
    frozen=st.integers(0, 30),
    held=st.one_of(st.none(), st.tuples(st.integers(0, 29), st.integers(1, 9))),
)
def test_no_dose_day_is_added_or_lost(
    interval: int, daily: int, lived: int, frozen: int, held: tuple[int, int] | None
) -> None:
    """However the later version was drawn up, its dose days are those that follow the last one lived."""
    pattern = Pattern.every(interval)
    steps = (Step(doses("20 mg"), Pattern.daily(), daily), Step(doses("10 mg"), pattern, 60))
    holds = [] if held is None else [Window(after(held[0]), after(held[0] + held[1] - 1))]
    began = schedule(steps, first_day=FIRST, holds=holds).steps[1].first
    begins = began + timedelta(days=lived)
    before = Course((Leg(1, schedule(steps, first_day=FIRST, holds=holds), begins - timedelta(days=1)),))
    signed = (Step(doses("10 mg"), pattern, 40, lived_days=frozen),)
    counted = continued(signed, first_day=begins, before=before)
    course = Course((*before.legs, Leg(2, schedule(counted, first_day=begins))))
    taken = [n for n in range(lived + 40) if course.doses_on(began + timedelta(days=n))]
    assert taken == list(range(0, lived + 40, interval))


@given(lived=st.integers(1, 30))
def test_another_rhythm_begins_anew(lived: int) -> None:
    steps = (Step(doses("10 mg"), Pattern.every(2), 60),)
    begins = after(lived)
    before = Course((Leg(1, schedule(steps, first_day=FIRST), begins - timedelta(days=1)),))
    for other in (Step(doses("10 mg"), Pattern.every(3), 9), Step(doses("20 mg"), Pattern.every(2), 9)):
        assert continued((other,), first_day=begins, before=before) == (other,)
    assert continued(steps, first_day=begins, before=Course(())) == steps
