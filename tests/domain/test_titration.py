"""A titrated start, against days counted by hand and one by one."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount
from protocols.domain.titration import (
    READY_TITRATIONS,
    Titration,
    TitrationError,
    TitrationStage,
    a_quarter_then_half,
)
from protocols.domain.window import Window

FIRST = date(2027, 1, 11)
TEN = Amount.parse("10 g")
START = a_quarter_then_half(TEN)


def day(number: int) -> date:
    """Day 1 is the first."""
    return FIRST + timedelta(days=number - 1)


def hold(first: int, last: int | None) -> Window:
    return Window(day(first), None if last is None else day(last))


def taken(number: int, *holds: Window, of: Titration = START) -> str:
    return str(of.amount_on(day(number), first_day=FIRST, holds=holds))


def test_a_quarter_for_three_days_then_half_for_three_days_then_all() -> None:
    assert [taken(number) for number in range(1, 9)] == ["2.5 g"] * 3 + ["5 g"] * 3 + ["10 g"] * 2
    assert START.display() == "2.5 g for 3 days, then 5 g for 3 days, then 10 g"
    assert START.days == 6
    assert START.rises_on(first_day=FIRST) == (day(4), day(7))
    assert READY_TITRATIONS["a quarter for three days, then half for three days"](TEN) == START


def test_nothing_is_taken_before_the_first_day() -> None:
    assert START.amount_on(day(0), first_day=FIRST) is None


def test_without_stages_it_is_the_full_amount_from_the_start() -> None:
    none = Titration.parse([], full=TEN)
    assert taken(1, of=none) == "10 g"
    assert none.rises_on(first_day=FIRST) == ()
    assert none.display() == "10 g"


def test_days_on_hold_do_not_count() -> None:
    """Days 2 to 5 are held: a quarter on days 1, 6, 7, half on 8, 9, 10, all from 11."""
    pause = hold(2, 5)
    assert [taken(number, pause) for number in range(1, 12)] == ["2.5 g"] * 7 + ["5 g"] * 3 + ["10 g"]
    assert START.rises_on(first_day=FIRST, holds=[pause]) == (day(8), day(11))


def test_six_days_on_hold_let_it_rise_and_seven_do_not() -> None:
    assert taken(60, hold(3, 8)) == "10 g"
    assert taken(60, hold(3, 9)) == "2.5 g"
    assert START.rises_on(first_day=FIRST, holds=[hold(3, 9)]) == ()
    assert taken(60, hold(4, 10)) == "2.5 g"
    assert taken(60, hold(5, 11)) == "5 g"
    assert START.rises_on(first_day=FIRST, holds=[hold(5, 11)]) == (day(4),)


def test_two_holds_without_a_day_between_are_one() -> None:
    assert taken(60, hold(3, 5), hold(6, 9)) == "2.5 g"
    assert taken(60, hold(3, 5), hold(7, 10)) == "10 g"


def test_a_hold_on_the_first_day_has_nothing_behind_it() -> None:
    assert taken(20, hold(-3, 20)) == "2.5 g"
    assert [taken(number, hold(-3, 20)) for number in (21, 23, 24, 26, 27)] == [
        "2.5 g", "2.5 g", "5 g", "5 g", "10 g",
    ]  # fmt: skip


def test_while_a_hold_is_on_nothing_rises() -> None:
    assert [taken(number, hold(5, None)) for number in (4, 5, 10, 11, 12, 90)] == ["5 g"] * 6
    assert START.rises_on(first_day=FIRST, holds=[hold(5, None)]) == (day(4),)


def test_once_the_full_amount_is_reached_it_stays() -> None:
    assert taken(60, hold(8, 30)) == "10 g"


def test_what_is_left_can_be_written_anew() -> None:
    assert START.remaining(day(1), first_day=FIRST) == START
    assert START.remaining(day(-5), first_day=FIRST) == START
    assert START.remaining(day(3), first_day=FIRST).as_json() == [
        {"days": 1, "amount": "2.5 g"},
        {"days": 3, "amount": "5 g"},
    ]
    assert START.remaining(day(5), first_day=FIRST).as_json() == [{"days": 2, "amount": "5 g"}]
    assert START.remaining(day(40), first_day=FIRST, holds=[hold(5, 30)]).as_json() == [{"days": 2, "amount": "5 g"}]
    assert START.remaining(day(40), first_day=FIRST).as_json() == []


@pytest.mark.parametrize(
    ("document", "field", "words"),
    [
        ("a quarter", "titration", "a list"),
        ([{"days": 3}], "titration[0]", "Stage 1 has “days” and “amount”"),
        ([{"days": 3, "amount": "1 g", "why": ""}], "titration[0]", "nothing else"),
        ([{"days": 0, "amount": "1 g"}], "titration[0].days", "Stage 1 lasts 1 to 90 days"),
        ([{"days": 91, "amount": "1 g"}], "titration[0].days", "1 to 90"),
        ([{"days": "3", "amount": "1 g"}], "titration[0].days", "whole number"),
        ([{"days": True, "amount": "1 g"}], "titration[0].days", "whole number"),
        ([{"days": 3, "amount": 2}], "titration[0].amount", "as text"),
        ([{"days": 3, "amount": "2"}], "titration[0].amount", "Stage 1: “2” is not an amount"),
        ([{"days": 3, "amount": "0 g"}], "titration[0].amount", "above 0"),
        ([{"days": 3, "amount": "10 g"}], "titration[0].amount", "below the full 10 g"),
        ([{"days": 3, "amount": "1 g"}, {"days": 3, "amount": "1 g"}], "titration[1].amount", "Stage 2 is 1 g, after"),
        ([{"days": 3, "amount": "2 g"}, {"days": 3, "amount": "1 g"}], "titration[1].amount", "has to be higher"),
        ([{"days": 3, "amount": "250 mg"}], "titration[0].amount", "Stage 1 is in mg and the order in g"),
        ([{"days": 1, "amount": f"{n}.5 g"} for n in range(11)], "titration", "at most 10 stages"),
    ],
)
def test_what_cannot_be_is_a_sentence_with_the_place(document: object, field: str, words: str) -> None:
    with pytest.raises(TitrationError) as refused:
        Titration.parse(document, full=TEN)
    assert refused.value.field == field
    assert words in refused.value.text
    assert refused.value.text.endswith((".", "”"))


def test_too_many_stages_are_refused_however_they_are_built() -> None:
    stages = tuple(TitrationStage(1, Amount.parse(f"{n}.5 g")) for n in range(11))
    with pytest.raises(TitrationError, match="at most 10"):
        Titration(stages, Amount.parse("100 g"))


def test_a_quarter_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(TitrationError, match="write the stages yourself"):
        a_quarter_then_half(Amount.parse("0.000001 g"))


@st.composite
def titrations(draw: st.DrawFn) -> Titration:
    values = draw(st.lists(st.integers(1, 999), max_size=4, unique=True).map(sorted))
    stages = tuple(TitrationStage(draw(st.integers(1, 6)), Amount(Decimal(value), TEN.unit)) for value in values)
    return Titration(stages, Amount(Decimal(1000), TEN.unit))


holds = st.lists(
    st.tuples(st.integers(-5, 30), st.none() | st.integers(0, 12)).map(
        lambda pair: hold(pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    max_size=3,
)


def one_by_one(titration: Titration, windows: list[Window]) -> Callable[[int], Amount]:
    """Lived day after day: a list of amounts to take, and a count of days on hold in a row."""
    ladder = [stage.amount for stage in titration.stages for _ in range(stage.days)]
    reached, in_a_row, ended = 0, 0, False
    amounts: dict[int, Amount] = {}
    for number in range(1, 61):
        if any(window.contains(day(number)) for window in windows):
            in_a_row += 1
            ended = ended or (in_a_row >= 7 and reached > 0)
        else:
            in_a_row = 0
            reached += 0 if ended else 1
        position = max(reached, 1) - 1
        amounts[number] = ladder[position] if position < len(ladder) else titration.full
    return amounts.__getitem__


@given(titration=titrations(), windows=holds)
def test_every_day_is_what_living_day_after_day_gives(titration: Titration, windows: list[Window]) -> None:
    expected = one_by_one(titration, windows)
    found = [titration.amount_on(day(number), first_day=FIRST, holds=windows) for number in range(1, 61)]
    assert found == [expected(number) for number in range(1, 61)]
    rises = [day(number) for number in range(2, 61) if expected(number) != expected(number - 1)]
    assert [rise for rise in titration.rises_on(first_day=FIRST, holds=windows) if rise <= day(60)] == rises


@given(titration=titrations(), windows=holds)
def test_it_never_falls_and_never_exceeds_what_was_written(titration: Titration, windows: list[Window]) -> None:
    found = [titration.amount_on(day(number), first_day=FIRST, holds=windows) for number in range(1, 61)]
    written = [stage.amount for stage in titration.stages] + [titration.full]
    positions = [written.index(amount) for amount in found if amount is not None]
    assert positions == sorted(positions)
    assert all(later - earlier <= 1 for earlier, later in pairwise(positions))


@given(titrations())
def test_what_is_written_is_read_again(titration: Titration) -> None:
    assert Titration.parse(titration.as_json(), full=titration.full) == titration
