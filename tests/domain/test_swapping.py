"""One product in the place of another: the equivalent dose by hand, what else changes, and what does not come out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import Content, ProductContents, contents_of_dose
from protocols.domain.substances import Basis
from protocols.domain.swapping import SwapError, Swappable, swap


def product(
    name: str,
    unit: Unit | None,
    *holds: tuple[str, str | None, Basis | None],
    leading: str | None = None,
    allergens: set[str] | None = frozenset(),  # type: ignore[assignment]
    halves: bool = False,
    written_in: Unit | None = None,
) -> Swappable:
    contents = [Content(what, Amount.parse(text) if text else None, basis) for what, text, basis in holds]
    return Swappable(
        contents=ProductContents(
            name=name, counted_in=unit, holds=tuple(contents), leading=leading, written_in=written_in
        ),
        allergens=None if allergens is None else frozenset(allergens),
        may_be_halved=halves,
    )


SMALL = product("Small", Unit.CAPSULE, ("zinc carnosine", "37.5 mg", Basis.SALT))
LARGE = product("Large", Unit.TABLET, ("zinc carnosine", "75 mg", Basis.SALT))
POWDER = product("Powder", Unit.G, ("glutamine", "1 g", None))
GLUTAMINE_CAPSULE = product("Capsule", Unit.CAPSULE, ("glutamine", "500 mg", None))
STRAINS = product(
    "Strains",
    Unit.CAPSULE,
    ("probiotic", "25 10*9.[CFU]", None),
    ("lactobacillus casei", None, None),
    leading="probiotic",
    allergens={"milk"},
)
OTHER_STRAINS = product(
    "Others",
    Unit.PACKET,
    ("probiotic", "50 10*9.[CFU]", None),
    ("bifidobacterium breve", None, None),
    ("inulin", "2 g", None),
    leading="probiotic",
    allergens={"soy"},
)


def dose(text: str) -> Amount:
    return Amount.parse(text)


@pytest.mark.parametrize(
    ("old", "was", "new", "becomes"),
    [
        (LARGE, "1 {tablet}", SMALL, "2 {capsule}"),
        (SMALL, "2 {capsule}", LARGE, "1 {tablet}"),
        (POWDER, "5 g", GLUTAMINE_CAPSULE, "10 {capsule}"),
        (GLUTAMINE_CAPSULE, "3 {capsule}", POWDER, "1.5 g"),
        (STRAINS, "100 10*9.[CFU]", OTHER_STRAINS, "2 {packet}"),
    ],
)
def test_the_same_of_the_leading_substance(old: Swappable, was: str, new: Swappable, becomes: str) -> None:
    assert str(swap(old, dose(was), new).dose) == becomes


def test_what_else_changes_is_said() -> None:
    assert swap(STRAINS, dose("2 {capsule}"), OTHER_STRAINS).differences == (
        "Each dose no longer holds lactobacillus casei, how much is not known.",
        "Each dose also holds bifidobacterium breve, how much is not known.",
        "Each dose also holds inulin, 2 g.",
        "The new label names soy.",
        "The new label no longer names milk.",
    )


def test_nothing_else_changes_between_two_sizes() -> None:
    assert swap(LARGE, dose("1 {tablet}"), SMALL).differences == ()


def test_a_second_ingredient_in_another_amount_is_said() -> None:
    one = product("One", Unit.CAPSULE, ("zinc", "15 mg", None), ("copper", "1 mg", None), leading="zinc")
    two = product("Two", Unit.CAPSULE, ("zinc", "15 mg", None), ("copper", "2000 ug", None), leading="zinc")
    assert swap(one, dose("1 {capsule}"), two).differences == ("Each dose holds 2000 µg of copper instead of 1 mg.",)
    same = product("Same", Unit.CAPSULE, ("zinc", "15 mg", None), ("copper", "1000 ug", None), leading="zinc")
    assert swap(one, dose("1 {capsule}"), same).differences == ()


def test_a_label_that_nobody_read_is_said() -> None:
    unread = product("Unread", Unit.CAPSULE, ("zinc carnosine", "37.5 mg", Basis.SALT), allergens=None)
    assert swap(LARGE, dose("1 {tablet}"), unread).differences == ("Nobody has read the new label for allergens.",)
    soy = product("Soy", Unit.CAPSULE, ("zinc carnosine", "37.5 mg", Basis.SALT), allergens={"soy"})
    assert swap(unread, dose("1 {capsule}"), soy).differences == (
        "The new label names soy. Of the old one nobody has read the label.",
    )


def test_a_half_is_made_only_where_it_may_be_cut() -> None:
    with pytest.raises(SwapError, match="The nearest: 1 tablet, with 75 mg") as refused:
        swap(SMALL, dose("1 {capsule}"), LARGE)
    assert (refused.value.below, refused.value.above) == (None, dose("1 {tablet}"))
    halved = product("Halved", Unit.TABLET, ("zinc carnosine", "75 mg", Basis.SALT), halves=True)
    assert str(swap(SMALL, dose("3 {capsule}"), halved).dose) == "1.5 {tablet}"


def test_the_nearest_doses_are_named_with_what_they_hold() -> None:
    with pytest.raises(SwapError) as refused:
        swap(SMALL, dose("3 {capsule}"), LARGE)
    assert str(refused.value) == (
        "Large cannot make the same dose. The nearest: 1 tablet, with 75 mg; 2 tablets, with 150 mg."
    )
    assert (refused.value.below, refused.value.above) == (dose("1 {tablet}"), dose("2 {tablet}"))


def test_a_medicine_of_several_strengths_takes_the_amount_itself() -> None:
    liquid = product("Liquid", Unit.ML, ("famotidine", "8 mg", None), leading="famotidine")
    tablets = product("Tablets", None, ("famotidine", None, None), leading="famotidine", written_in=Unit.MG)
    assert str(swap(liquid, dose("2.5 mL"), tablets).dose) == "20 mg"
    assert str(swap(tablets, dose("20 mg"), liquid).dose) == "2.5 mL"


@pytest.mark.parametrize(
    ("old", "was", "new", "sentence"),
    [
        (POWDER, "5 g", SMALL, "one does not stand in for the other"),
        (STRAINS, "1 {tablet}", OTHER_STRAINS, "write the dose in capsules or billion CFU"),
        (
            product("Element", Unit.CAPSULE, ("zinc carnosine", "17 mg", Basis.ELEMENTAL)), "1 {capsule}", LARGE,
            "do not count zinc carnosine alike",
        ),
        (
            product("In IU", Unit.DROP, ("vitamin d", "400 [iU]", None)), "1 {drop}",
            product("In ug", Unit.DROP, ("vitamin d", "10 ug", None)), "400 IU cannot be turned into µg",
        ),
        (product("Open", Unit.CAPSULE, ("glutamine", None, None)), "1 {capsule}", POWDER, "is in Open is not known"),
        (POWDER, "5 g", product("Open", Unit.CAPSULE, ("glutamine", None, None)), "is in Open is not known"),
        (
            product("Two", Unit.CAPSULE, ("a", "1 mg", None), ("b", "1 mg", None)), "1 {capsule}", POWDER,
            "No ingredient of Two leads",
        ),
    ],
)  # fmt: skip
def test_what_does_not_come_out_is_said(old: Swappable, was: str, new: Swappable, sentence: str) -> None:
    with pytest.raises(SwapError, match=sentence):
        swap(old, dose(was), new)


@given(
    held=st.integers(min_value=1, max_value=40),
    other=st.integers(min_value=1, max_value=40),
    count=st.integers(min_value=1, max_value=20),
)
def test_a_swap_holds_the_same_and_can_be_taken_back(held: int, other: int, count: int) -> None:
    one = product("One", Unit.CAPSULE, ("x", f"{held} mg", None))
    two = product("Two", Unit.CAPSULE, ("x", f"{other} mg", None))
    was = Amount(Decimal(count), Unit.CAPSULE)
    if held * count % other:
        with pytest.raises(SwapError) as refused:
            swap(one, was, two)
        assert refused.value.above is not None
        assert refused.value.above.value * other > held * count
        return
    found = swap(one, was, two)
    assert contents_of_dose(two.contents, found.dose) == contents_of_dose(one.contents, was)
    assert swap(two, found.dose, one).dose == was


def test_an_allergen_that_both_labels_name_is_no_difference() -> None:
    one = product("One", Unit.CAPSULE, ("x", "1 mg", None), allergens={"milk", "soy"})
    two = product("Two", Unit.CAPSULE, ("x", "1 mg", None), allergens={"milk", "egg"})
    assert swap(one, dose("1 {capsule}"), two).differences == (
        "The new label names egg.",
        "The new label no longer names soy.",
    )
