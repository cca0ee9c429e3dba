"""The drawing of a dose: every unit once, with its strength; many of them as one with their number."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from patients.portal.tapers.picture import IN_A_ROW, MOST_DRAWN, PLACE_WIDTH, picture_of
from protocols.domain.amount import Amount
from protocols.domain.product import Units


def units(count: str, strength: str = "20 mg", *, per_ml: bool = False) -> Units:
    return Units(Amount.parse(strength), Decimal(count), per_ml=per_ml)


def drawn(*made_of: Units, form: str = "delayed-release capsule") -> list[tuple[str, str, bool, str]]:
    return [(each.kind, each.strength, each.is_half, each.times) for each in picture_of(made_of, form).pieces]


def test_every_unit_is_drawn() -> None:
    assert drawn(units("1"), units("2", "10 mg")) == [
        ("capsule", "20 mg", False, ""),
        ("capsule", "10 mg", False, ""),
        ("capsule", "10 mg", False, ""),
    ]
    assert picture_of([units("1"), units("2", "10 mg")], "capsule").words == (
        "one capsule of 20 mg and two capsules of 10 mg"
    )


def test_a_half_is_drawn_as_one() -> None:
    assert drawn(units("1.5", "5 mg"), form="tablet") == [("tablet", "5 mg", False, ""), ("tablet", "5 mg", True, "")]
    assert drawn(units("0.5", "5 mg"), form="tablet") == [("tablet", "5 mg", True, "")]


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("delayed-release sprinkle capsule", "capsule"),
        ("orally disintegrating tablet", "tablet"),
        ("packet of granules", "packet"),
        ("suppository", "unit"),
        ("", "unit"),
    ],
)
def test_the_form_gives_the_shape_and_what_is_not_known_a_neutral_one(form: str, kind: str) -> None:
    assert drawn(units("1"), form=form) == [(kind, "20 mg", False, "")]


def test_a_liquid_is_a_measure_with_its_millilitres() -> None:
    assert drawn(units("2.5", per_ml=True), form="oral liquid") == [("liquid", "2.5 mL", False, "")]


def test_many_are_one_with_their_number() -> None:
    assert len(drawn(units(str(MOST_DRAWN)))) == MOST_DRAWN
    assert drawn(units(str(MOST_DRAWN + 1))) == [("capsule", "20 mg", False, f"× {MOST_DRAWN + 1}")]
    assert drawn(units("12.5")) == [("capsule", "20 mg", False, "× 12"), ("capsule", "20 mg", True, "")]


def test_nothing_is_drawn_outside_and_nothing_over_another() -> None:
    for count in range(1, MOST_DRAWN + 1):
        picture = picture_of([units(str(count))], "capsule")
        places = {(piece.x, piece.y) for piece in picture.pieces}
        assert len(places) == count
        assert picture.width == PLACE_WIDTH * min(count, IN_A_ROW)
        assert all(0 < piece.x < picture.width and 0 < piece.label_y < picture.height for piece in picture.pieces)


@pytest.mark.parametrize("form", ["capsule", "tablet", "packet of granules", "suppository"])
@pytest.mark.parametrize("count", ["1", "0.5", "12"])
def test_what_it_says_stands_in_it(form: str, count: str) -> None:
    picture = picture_of([units(count)], form)
    html = render_to_string("portal/taper/_picture.html", {"picture": picture})
    assert f'aria-label="Picture: {picture.words}"' in html
    assert "20 mg" in html
    assert html.count("<g ") == len(picture.pieces)
