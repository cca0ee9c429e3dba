"""What she has at home is written down by day and strength, and said to run out in time."""

from decimal import Decimal

import pytest

from clinics.actor import NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from patients.actor import acting_patient
from patients.models import Patient, Supply
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import supplying
from protocols.domain.amount import Amount
from tests.fixtures.lives import Life, day
from tests.fixtures.tapers import on_day

TWENTY, TEN = Amount.parse("20 mg"), Amount.parse("10 mg")


def has(life: Life, number: int, strength: Amount, count: str, **facts: object) -> Supply:
    arguments = {"is_all": True, "by": life.angela} | facts
    return supplying.record_supply(
        life.taper,
        strength=strength,
        count=Decimal(count),
        at=on_day(number),
        **arguments,  # type: ignore[arg-type]
    )


def short(life: Life, number: int) -> list[tuple[str, int, Decimal | None]]:
    found = supplying.shortages_of(life.taper, today=day(number))
    return [(str(each.strength), (each.short_on - day(1)).days + 1, each.missing) for each in found]


def test_enough_of_both_strengths_says_nothing(life: Life) -> None:
    has(life, 1, TWENTY, "28")
    has(life, 1, TEN, "50")
    assert short(life, 1) == []


def test_three_capsules_too_few_are_said_with_their_day(life: Life) -> None:
    has(life, 1, TWENTY, "25")
    assert short(life, 1) == [("20 mg", 26, Decimal(3))]
    assert supplying.shortages_to_say(life.taper, today=day(18)) == ()
    assert len(supplying.shortages_to_say(life.taper, today=day(19))) == 1


def test_a_hold_needs_more_of_its_strength(life: Life) -> None:
    has(life, 1, TWENTY, "28")
    life.hold(10)
    assert short(life, 21) == []
    assert short(life, 22) == short(life, 29) == [("20 mg", 29, None)]
    life.resume(17)
    assert short(life, 17) == [("20 mg", 29, Decimal(7))]


def test_while_it_is_held_what_comes_later_may_be_bought_already(life: Life) -> None:
    """The next step has no date yet, but it has a strength."""
    life.hold(10)
    assert supplying.strengths_of(life.taper) == [TWENTY, TEN]
    assert has(life, 12, TEN, "50").strength == TEN


def test_before_a_held_first_day_too(life: Life) -> None:
    life.hold(-2)
    assert supplying.strengths_of(life.taper) == [TWENTY, TEN]
    has(life, 0, TWENTY, "5")
    assert short(life, 0) == []


@pytest.mark.parametrize("count", ["-1", "10001", "0.25", "NaN", "Infinity"])
def test_a_count_is_a_count(life: Life, count: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        has(life, 1, TWENTY, count)
    assert refused.value.field == "count"


def test_of_a_strength_that_is_not_taken_nothing_is_written(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        has(life, 1, Amount.parse("40 mg"), "10")
    assert refused.value.field == "strength"


@pytest.mark.parametrize("about", [11, -5])
def test_a_day_is_today_or_of_the_two_weeks_before(life: Life, about: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        has(life, 10, TWENTY, "5", on=day(about))
    assert refused.value.field == "on"


def test_who_writes_it(
    life: Life, ben: Patient, clinic: Clinic, assistant_1: User, other_clinic: Clinic, dr_dee: User
) -> None:
    for by in (
        life.price,
        for_system(),
        acting_patient(ben),
        staff_in(clinic, assistant_1),
        staff_in(other_clinic, dr_dee),
    ):
        with pytest.raises(NotAllowed):
            has(life, 10, TWENTY, "5", by=by)
    assert has(life, 10, TWENTY, "5", by=life.cho).by_kind == "staff"


def test_of_a_taper_that_does_not_run_nothing_is_written(unsigned: Life) -> None:
    with pytest.raises(Refused, match="not running"):
        has(unsigned, 1, TWENTY, "5")
