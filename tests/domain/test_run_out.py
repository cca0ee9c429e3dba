"""When a supply ends, against counts by hand and a supply lived day after day."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import Content, ProductContents
from protocols.domain.dose_count import CountedProduct
from protocols.domain.pattern import Pattern
from protocols.domain.run_out import Adherence, RecordedDay, RunOut, RunOutKind, adherence, low_from, run_out
from protocols.domain.titration import Titration, a_quarter_then_half
from protocols.domain.units_needed import Counted, Use, units_left, units_needed
from protocols.domain.window import Window

FIRST = date(2027, 1, 11)  # a Monday
CAPSULE = CountedProduct(
    contents=ProductContents(
        name="Zinc carnosine",
        counted_in=Unit.CAPSULE,
        holds=(Content("zinc carnosine", Amount.parse("37.5 mg")),),
        leading="zinc carnosine",
    )
)
POWDER = CountedProduct(contents=ProductContents(name="Glutamine", counted_in=Unit.G, holds=()))


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def window(first: int, last: int | None) -> Window:
    return Window(day(first), None if last is None else day(last))


def use(
    amount: str = "37.5 mg",
    *,
    times: int = 1,
    pattern: str = "daily",
    last: int | None = 84,
    first: int = 1,
    holds: tuple[Window, ...] = (),
    product: CountedProduct = CAPSULE,
) -> Use:
    return Use(
        window=window(first, last),
        pattern=Pattern.parse(pattern),
        times_per_day=times,
        titration=Titration((), Amount.parse(amount)),
        product=product,
        holds=holds,
    )


def counted(count: str, number: int = 1, *, is_all: bool = True) -> Counted:
    return Counted(Decimal(count), day(number), is_all)


def ends(*counts: Counted, uses: list[Use], today: int = 1, share: Fraction | None = None) -> RunOut:
    return run_out(counts, uses, today=day(today), adherence=Adherence(share, 28 if share is not None else 0))


def test_sixty_capsules_twice_a_day_last_thirty_days() -> None:
    found = ends(counted("60"), uses=[use(times=2)])
    assert (found.kind, found.planned_on, found.expected_on) == (RunOutKind.ENDS, day(31), day(31))
    assert low_from(found) == day(24)
    assert low_from(found, days_before=3) == day(28)


def test_enough_to_the_last_day_has_no_date() -> None:
    found = ends(counted("84"), uses=[use()])
    assert (found.kind, found.planned_on, low_from(found)) == (RunOutKind.LASTS, None, None)
    assert ends(counted("83"), uses=[use()]).planned_on == day(84)


def test_it_is_counted_before_the_dose_of_the_day() -> None:
    assert ends(counted("10", 5), uses=[use()], today=8).planned_on == day(15)


def test_patterns_take_only_on_their_days() -> None:
    """Mondays and Thursdays: days 1, 4, 8, 11, 15; five capsules, so day 18 lacks one."""
    assert ends(counted("5"), uses=[use(pattern="weekdays mon,thu")]).planned_on == day(18)
    assert ends(counted("5"), uses=[use(pattern="every 3 days")]).planned_on == day(16)


def test_a_titrated_start_takes_less_at_first() -> None:
    """2.5 g three times, 5 g three times, then 10 g: 22.5 g by day 6, and 100 g are used up after day 13."""
    slow = Use(
        window=window(1, None),
        pattern=Pattern.daily(),
        times_per_day=1,
        titration=a_quarter_then_half(Amount.parse("10 g")),
        product=POWDER,
    )
    assert [units_needed([slow], day(number)) for number in (0, 1, 4, 7)] == [0, Decimal("2.5"), 5, 10]
    assert ends(counted("100"), uses=[slow]).planned_on == day(14)
    assert units_left([counted("100")], [slow], before=day(14)) == Decimal("7.5")


def test_days_on_hold_take_nothing() -> None:
    assert ends(counted("10"), uses=[use(holds=(window(3, 6),))], today=8).planned_on == day(15)


def test_two_orders_of_one_product_share_the_supply() -> None:
    """Ten capsules: one a day, and one more from day 5: 4 + 2 + 2 + 2."""
    assert ends(counted("10"), uses=[use(), use(first=5)]).planned_on == day(8)


def test_on_hold_without_an_end_there_is_no_date() -> None:
    held = use(holds=(window(3, None),))
    assert ends(counted("10"), uses=[held], today=5) == RunOut(kind=RunOutKind.HELD)
    assert ends(counted("10"), uses=[held], today=2).kind is RunOutKind.LASTS
    assert ends(counted("10"), uses=[held, use()], today=5).planned_on == day(9)


def test_unknown_is_never_none() -> None:
    assert ends(uses=[use()]) == RunOut(kind=RunOutKind.UNKNOWN)
    assert ends(counted("0"), uses=[use()]).planned_on == day(1)


def test_what_is_taken_as_needed_has_no_date() -> None:
    assert ends(counted("5"), uses=[use(pattern="as needed")]).kind is RunOutKind.AS_NEEDED
    assert ends(counted("5"), uses=[use(pattern="as needed"), use()]).planned_on == day(6)


def test_what_waits_or_is_over_has_no_date() -> None:
    waiting = Use(window=None, pattern=Pattern.daily(), times_per_day=1, titration=None, product=CAPSULE)
    assert ends(counted("5"), uses=[waiting]).kind is RunOutKind.WAITS
    assert ends(counted("5"), uses=[waiting, use()]).planned_on == day(6)
    assert ends(counted("5"), uses=[use(last=3)], today=9).kind is RunOutKind.LASTS
    assert ends(uses=[]).kind is RunOutKind.LASTS


def test_an_amount_that_cannot_be_counted_is_said() -> None:
    undecided = Use(window=window(1, 9), pattern=Pattern.daily(), times_per_day=1, titration=None, product=CAPSULE)
    found = ends(counted("5"), uses=[undecided])
    assert (found.kind, found.problem) == (RunOutKind.UNDECIDED, "The amount is still to be decided: enter it first.")
    assert ends(counted("5"), uses=[use("50 mg")]).problem.startswith("50 mg cannot be taken in whole capsules")


def test_what_was_bought_comes_on_top_and_ends_a_shortage() -> None:
    assert ends(counted("10"), counted("5", 8, is_all=False), uses=[use()], today=8).planned_on == day(16)
    assert ends(counted("3"), counted("5", 8, is_all=False), uses=[use()], today=8).planned_on == day(13)
    assert ends(counted("30"), counted("2", 8), uses=[use()], today=8).planned_on == day(10)
    assert ends(counted("3", 8, is_all=False), counted("2", 8), uses=[use()], today=8).planned_on == day(13)


def test_what_is_used_up_by_reckoning_has_a_date_that_is_past() -> None:
    found = ends(counted("3"), uses=[use()], today=20)
    assert (found.planned_on, low_from(found)) == (day(4), day(-3))


def test_who_takes_less_is_shown_a_later_day_and_warned_as_planned() -> None:
    """Half of it: ten capsules last twenty days. Low stays seven days before day 11."""
    found = ends(counted("10"), uses=[use()], share=Fraction(1, 2))
    assert (found.planned_on, found.expected_on, low_from(found)) == (day(11), day(21), day(4))


def test_who_takes_more_is_warned_earlier() -> None:
    found = ends(counted("12"), uses=[use()], share=Fraction(3, 2))
    assert (found.planned_on, found.expected_on, low_from(found)) == (day(13), day(9), day(2))


def test_whoever_takes_nothing_has_no_expected_day() -> None:
    found = ends(counted("10"), uses=[use()], share=Fraction(0))
    assert (found.kind, found.planned_on, found.expected_on) == (RunOutKind.ENDS, day(11), None)
    assert low_from(found) == day(4)


def recorded(*days: tuple[int, int | None]) -> list[RecordedDay]:
    return [RecordedDay(day(number), planned, taken) for number, (planned, taken) in enumerate(days, start=1)]


def test_fewer_than_seven_recorded_days_say_nothing() -> None:
    six = recorded(*[(2, 1)] * 6, *[(2, None)] * 10)
    found = adherence(six, today=day(17))
    assert found == Adherence(None, 6)
    assert found.display().startswith("Reckoned as if everything is taken as planned")


def test_the_share_is_of_recorded_days_alone() -> None:
    found = adherence(recorded(*[(2, 1)] * 7, *[(2, None)] * 10), today=day(18))
    assert found == Adherence(Fraction(1, 2), 7)
    assert found.display() == "Reckoned from 7 recorded days: 50 % of what was planned was taken."


def test_only_the_last_twenty_eight_lived_days_count_and_today_does_not() -> None:
    days = recorded(*[(1, 0)] * 10, *[(1, 1)] * 28, (1, 0))
    assert adherence(days, today=day(39)) == Adherence(Fraction(1), 28)
    with_rest = recorded(*[(1, 0)] * 10, *[(1, 1), (0, 0)] * 28)
    assert adherence(with_rest, today=day(90)) == Adherence(Fraction(1), 28)


@given(
    count=st.integers(0, 60),
    times=st.integers(1, 3),
    first=st.integers(-3, 10),
    length=st.integers(0, 40),
    interval=st.integers(2, 5),
    pause=st.tuples(st.integers(1, 20), st.integers(0, 9)),
    share=st.fractions(min_value=0, max_value=2, max_denominator=7),
)
def test_the_date_is_the_first_day_that_lacks_something(
    count: int, times: int, first: int, length: int, interval: int, pause: tuple[int, int], share: Fraction
) -> None:
    one = use(
        times=times,
        first=first,
        last=first + length,
        pattern=f"every {interval} days",
        holds=(window(pause[0], pause[0] + pause[1]),),
    )
    found = ends(counted(str(count)), uses=[one], share=share)

    def lived(part: Fraction) -> date | None:
        left = Fraction(count)
        for number in range(1, first + length + 1):
            if number < first or (number - first) % interval or pause[0] <= number <= sum(pause):
                continue
            left -= times * part
            if left < 0:
                return day(number)
        return None

    if first + length < 1:
        assert found.kind is RunOutKind.LASTS
        return
    assert (found.planned_on, found.expected_on) == (lived(Fraction(1)), lived(share))
    low = low_from(found)
    assert (low is None) == (found.kind is RunOutKind.LASTS)
    assert low is None or found.planned_on is None or low <= found.planned_on - timedelta(days=7)


def test_what_is_left_is_unknown_before_anybody_counted() -> None:
    assert units_left([counted("10", 5)], [use()], before=day(4)) is None
    assert units_left([counted("10", 5)], [use()], before=day(5)) == 10
    assert units_left([counted("10", 5)], [use()], before=day(8)) == 7
    assert units_left([counted("10", 5)], [use()], before=day(80)) == 0


@pytest.mark.parametrize("kind", RunOutKind)
def test_every_kind_has_words(kind: RunOutKind) -> None:
    assert kind.label[0].isupper()
