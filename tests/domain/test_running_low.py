"""When it is said that a supply runs low, by days counted on paper. One capsule a day unless a test says otherwise."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import ProductContents
from protocols.domain.dose_count import CountedProduct
from protocols.domain.pattern import Pattern
from protocols.domain.running_low import NotedCount, low_on
from protocols.domain.titration import Titration
from protocols.domain.units_needed import Counted, Use
from protocols.domain.window import Window

FIRST = date(2027, 1, 11)
CAPSULE = CountedProduct(contents=ProductContents(name="Zinc carnosine", counted_in=Unit.CAPSULE, holds=()))


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def use(last: int | None = 84, *, pattern: str = "daily", holds: tuple[Window, ...] = ()) -> Use:
    return Use(
        window=Window(day(1), None if last is None else day(last)),
        pattern=Pattern.parse(pattern),
        times_per_day=1,
        titration=Titration((), Amount.parse("1 {capsule}")),
        product=CAPSULE,
        holds=holds,
    )


def noted(count: int, number: int = 1, *, is_all: bool = True) -> NotedCount:
    return NotedCount(Counted(Decimal(count), day(number), is_all), day(number))


def test_it_is_said_a_week_before_the_first_day_without() -> None:
    # 20 capsules last through day 20.
    assert low_on([noted(20)], [use()]) == day(21 - 7)


def test_what_is_low_when_it_is_counted_is_said_the_next_day() -> None:
    assert low_on([noted(3, 10)], [use()]) == day(11)


def test_enough_to_the_end_is_not_said() -> None:
    assert low_on([noted(84)], [use()]) is None
    assert low_on([noted(83)], [use()]) == day(84 - 7)


def test_nothing_counted_nothing_regular_and_nothing_while_it_rests() -> None:
    assert low_on([], [use()]) is None
    assert low_on([noted(5)], [use(pattern="as needed")]) is None
    assert low_on([noted(5)], [use(holds=(Window(day(3), None),))]) is None


def test_a_version_that_was_over_before_the_hold_does_not_keep_it_talking() -> None:
    held = Use(
        window=Window(day(10), day(84)),
        pattern=Pattern.parse("daily"),
        times_per_day=1,
        titration=Titration((), Amount.parse("1 {capsule}")),
        product=CAPSULE,
        holds=(Window(day(12), None),),
    )
    assert low_on([noted(20)], [use(9), held]) is None


def test_days_on_hold_that_are_over_move_it() -> None:
    assert low_on([noted(20)], [use(holds=(Window(day(5), day(9)),))]) == day(26 - 7)


def test_counting_again_while_it_is_low_says_nothing_new() -> None:
    # Said on day 14. On day 15 there are six, as planned; on day 16 seven, two more than planned.
    assert low_on([noted(20), noted(6, 15)], [use()]) == day(14)
    assert low_on([noted(20), noted(6, 15), noted(7, 16)], [use()]) == day(14)


def test_a_package_ends_it_and_the_next_time_is_said_anew() -> None:
    # Five left on day 16, and thirty more: enough through day 50.
    assert low_on([noted(20), noted(30, 16, is_all=False)], [use()]) == day(51 - 7)


def test_a_count_before_it_is_low_moves_it() -> None:
    # 18 from day 5 last through day 22.
    assert low_on([noted(20), noted(18, 5)], [use()]) == day(23 - 7)


def test_a_change_that_makes_it_low_at_once_is_said_the_day_after_it() -> None:
    twice = Use(
        window=Window(day(10), day(84)),
        pattern=Pattern.parse("daily"),
        times_per_day=3,
        titration=Titration((), Amount.parse("1 {capsule}")),
        product=CAPSULE,
    )
    before = use(9)
    # Eleven left on day 10, three a day: not enough on day 13.
    assert low_on([noted(20)], [before, twice], changed_on=day(10)) == day(11)


def test_a_phase_that_outlives_its_planned_end_is_told_of_once_it_is_overdue() -> None:
    # 28 for the 28 days that were planned: the first day without is 29, and nobody has said that it goes on.
    assert low_on([noted(28)], [use(28)], lived_on=[use(None)]) == day(28 + 3)


def test_an_amount_that_cannot_be_counted_says_nothing() -> None:
    half = Use(
        window=Window(day(1), day(84)),
        pattern=Pattern.parse("daily"),
        times_per_day=1,
        titration=Titration((), Amount.parse("0.5 {capsule}")),
        product=CAPSULE,
    )
    assert low_on([noted(20)], [half]) is None


@given(count=st.integers(8, 60), later=st.integers(2, 40))
def test_a_count_that_finds_what_was_planned_changes_nothing(count: int, later: int) -> None:
    """Whenever she counts, and as often: as long as it is what was planned, it is told of once, on one day."""
    left = count - (later - 1)
    if left < 0:
        return
    assert low_on([noted(count), noted(left, later)], [use(None)]) == low_on([noted(count)], [use(None)])
