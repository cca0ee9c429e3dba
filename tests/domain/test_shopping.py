"""What to buy, against sums by hand and every choice of packages."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product as every

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import Content, ProductContents
from protocols.domain.dose_count import CountedProduct
from protocols.domain.pattern import Pattern
from protocols.domain.shopping import (
    AsNeeded,
    NotCounted,
    Packages,
    ShoppingError,
    ShoppingItem,
    ShoppingLine,
    packages_for,
    shopping_list,
)
from protocols.domain.titration import Titration
from protocols.domain.units_needed import Counted, Use
from protocols.domain.window import Window

TODAY = date(2027, 1, 11)
CAPSULE = CountedProduct(
    contents=ProductContents(
        name="Zinc carnosine",
        counted_in=Unit.CAPSULE,
        holds=(Content("zinc carnosine", Amount.parse("37.5 mg")),),
        leading="zinc carnosine",
    )
)


def use(amount: str = "37.5 mg", *, pattern: str = "daily", first: int = -10, last: int | None = 90) -> Use:
    return Use(
        window=Window(TODAY + timedelta(days=first), None if last is None else TODAY + timedelta(days=last)),
        pattern=Pattern.parse(pattern),
        times_per_day=2,
        titration=Titration((), Amount.parse(amount)),
        product=CAPSULE,
    )


def item(*uses: Use, on_hand: str | None = None, sizes: tuple[int, ...] = (60,), counted: int = 0) -> ShoppingItem:
    counts = () if on_hand is None else (Counted(Decimal(on_hand), TODAY + timedelta(days=counted), True),)
    return ShoppingItem(
        code="ZINC", label="Zinc carnosine", unit=Unit.CAPSULE, uses=uses, counts=counts, package_sizes=sizes
    )


def line(
    needed: str,
    on_hand: str | None,
    missing: str,
    *packages: Packages,
    is_also_as_needed: bool = False,
) -> ShoppingLine:
    return ShoppingLine(
        code="ZINC",
        label="Zinc carnosine",
        unit=Unit.CAPSULE,
        needed=Decimal(needed),
        on_hand=None if on_hand is None else Decimal(on_hand),
        missing=Decimal(missing),
        packages=packages,
        is_also_as_needed=is_also_as_needed,
    )


def test_what_is_needed_less_what_is_there_rounded_up_to_packages() -> None:
    found = shopping_list([item(use(), on_hand="10")], today=TODAY, days=30)
    assert found.lines == (line("60", "10", "50", Packages(60, 1)),)
    assert found.lines[0].left_over == 10
    assert (found.first, found.last) == (TODAY, date(2027, 2, 9))


def test_what_was_taken_since_the_count_is_taken_off() -> None:
    """Counted ten days ago: twenty are gone."""
    found = shopping_list([item(use(), on_hand="30", counted=-10)], today=TODAY, days=30)
    assert found.lines == (line("60", "10", "50", Packages(60, 1)),)


def test_where_nobody_has_counted_all_of_it_is_missing_and_that_is_said() -> None:
    found = shopping_list([item(use())], today=TODAY, days=31)
    assert found.lines == (line("62", None, "62", Packages(60, 2)),)


def test_without_package_sizes_the_units_stand_alone() -> None:
    found = shopping_list([item(use(), sizes=())], today=TODAY, days=30)
    assert found.lines == (line("60", None, "60"),)
    assert found.lines[0].left_over is None


def test_only_days_within_the_orders_count() -> None:
    found = shopping_list([item(use(last=4), use(first=28, last=None))], today=TODAY, days=30)
    assert found.lines == (line("14", None, "14", Packages(60, 1)),)


def test_of_what_is_enough_nothing_is_bought() -> None:
    found = shopping_list([item(use(), on_hand="60")], today=TODAY, days=30)
    assert (found.lines, found.enough) == ((), ("ZINC",))


def test_what_is_taken_as_needed_stands_apart() -> None:
    found = shopping_list([item(use(pattern="as needed"), on_hand="7", counted=-10)], today=TODAY, days=30)
    assert found.lines == ()
    assert found.as_needed == (AsNeeded(code="ZINC", label="Zinc carnosine", unit=Unit.CAPSULE, on_hand=Decimal(7)),)
    both = shopping_list([item(use(), use(pattern="as needed"))], today=TODAY, days=30)
    assert both.lines == (line("60", None, "60", Packages(60, 1), is_also_as_needed=True),)
    assert both.as_needed == ()


def test_what_cannot_be_counted_is_named_and_stops_nothing_else() -> None:
    found = shopping_list([item(use("50 mg")), item(use())], today=TODAY, days=30)
    assert [each.code for each in found.lines] == ["ZINC"]
    (not_counted,) = found.not_counted
    assert isinstance(not_counted, NotCounted)
    assert not_counted.why.startswith("50 mg cannot be taken in whole capsules")


def test_what_is_over_or_waits_is_left_out() -> None:
    waiting = Use(window=None, pattern=Pattern.daily(), times_per_day=1, titration=None, product=CAPSULE)
    found = shopping_list([item(use(last=-1), waiting, use(first=40))], today=TODAY, days=30)
    assert (found.lines, found.as_needed, found.not_counted, found.enough) == ((), (), (), ())


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_list_is_for_one_to_365_days(days: int) -> None:
    with pytest.raises(ShoppingError, match=f"A list for {days} days is not possible"):
        shopping_list([], today=TODAY, days=days)


@pytest.mark.parametrize(
    ("missing", "sizes", "packages"),
    [
        ("50", (60, 120), [(60, 1)]),
        ("130", (60, 120), [(120, 1), (60, 1)]),
        ("240", (60, 120), [(120, 2)]),
        ("0.5", (30,), [(30, 1)]),
        ("61", (30, 90), [(90, 1)]),
        ("100", (70, 50), [(50, 2)]),
        ("0", (30,), []),
        ("10", (), []),
        ("5000", (99_991, 99_989), [(99_989, 1)]),
    ],
)
def test_packages_leave_least_over_then_are_fewest(
    missing: str, sizes: tuple[int, ...], packages: list[object]
) -> None:
    assert [(each.size, each.count) for each in packages_for(Decimal(missing), sizes)] == packages


def test_where_looking_would_take_too_long_the_largest_are_taken() -> None:
    assert packages_for(Decimal(10**9), (99_991, 99_989)) == (Packages(99_991, 10_001),)


@given(missing=st.integers(1, 400), sizes=st.lists(st.integers(5, 60), min_size=1, max_size=3, unique=True))
def test_no_choice_of_packages_is_better(missing: int, sizes: list[int]) -> None:
    found = packages_for(Decimal(missing) / 4, tuple(sizes))
    total, count = sum(each.size * each.count for each in found), sum(each.count for each in found)
    wanted = Decimal(missing) / 4
    best = min(
        (sum(size * number for size, number in zip(sizes, numbers, strict=True)), sum(numbers))
        for numbers in every(range(21), repeat=len(sizes))
        if sum(size * number for size, number in zip(sizes, numbers, strict=True)) >= wanted
    )
    assert (total, count) == best
