"""An upper limit is compared only with whom it was read for; “none is set” and “not read” are told apart."""

from typing import Any

import pytest

from protocols.domain.amount import Unit
from protocols.domain.nutrients import totals
from protocols.domain.sources import Mark
from protocols.domain.upper_limits import Limit, Limits, LimitState, Person
from tests.domain.nutrition import LIMITS, limit, taken

CALCIUM = Limits([limit("calcium", "2500 mg", last_age=50), limit("calcium", "2000 mg", first_age=51)])


@pytest.mark.parametrize(
    ("nutrient", "person", "state", "amount"),
    [
        ("magnesium", Person(age=54), LimitState.SET, "350 mg"),
        ("magnesium", Person(age=19), LimitState.SET, "350 mg"),
        ("magnesium", Person(age=18), LimitState.NOT_FOR_AGE, None),
        ("magnesium", Person(age=0), LimitState.NOT_FOR_AGE, None),
        ("magnesium", Person(), LimitState.ASSUMED, "350 mg"),
        ("vitamin k", Person(age=54), LimitState.NONE_SET, None),
        ("potassium", Person(age=54), LimitState.NOT_READ, None),
        ("copper", Person(age=54), LimitState.NOT_READ, None),  # only remembered, so disabled
    ],
)
def test_what_is_known_of_a_limit(nutrient: str, person: Person, state: LimitState, amount: str | None) -> None:
    found, row = LIMITS.find(nutrient, person)
    assert found is state
    assert (str(row.amount) if row and row.amount else None) == amount


@pytest.mark.parametrize(("age", "amount"), [(19, "2500 mg"), (50, "2500 mg"), (51, "2000 mg"), (None, "2000 mg")])
def test_bands_of_age_end_with_their_last_year(age: int | None, amount: str) -> None:
    state, row = CALCIUM.find("calcium", Person(age=age))
    assert row is not None
    assert str(row.amount) == amount
    assert state is (LimitState.SET if age else LimitState.ASSUMED)


def test_what_is_not_known_of_a_person_is_compared_with_the_lowest_limit() -> None:
    limits = Limits(
        [
            limit("vitamin a", "3000 ug", pregnant=False),
            limit("vitamin a", "1000 ug", pregnant=True, sex="female"),
        ]
    )
    found = {
        pregnant: (state, str(row.amount) if row else "")
        for pregnant in (True, False, None)
        for state, row in [limits.find("vitamin a", Person(age=30, sex="female", pregnant=pregnant))]
    }
    assert found == {
        True: (LimitState.SET, "1000 ug"),
        False: (LimitState.SET, "3000 ug"),
        None: (LimitState.ASSUMED, "1000 ug"),
    }
    assert limits.find("vitamin a", Person(age=30, sex="male"))[0] is LimitState.SET


def test_the_old_limit_of_vitamin_d_is_not_the_new_one() -> None:
    old = Limits([limit("vitamin d", "50 ug", year=1997)])
    daily = [taken("vitamin d", "3000 [iU]")]  # 75 µg
    over = {}
    for name, limits in (("old", old), ("new", LIMITS)):
        (total,) = totals(daily, limits=limits, person=Person(age=54)).totals
        assert str(total.amount) == "75 ug"
        over[name] = (total.is_over, total.limit_row.year if total.limit_row else None)
    assert over == {"old": (True, 1997), "new": (False, 2011)}


def test_just_the_limit_is_not_above_it() -> None:
    over = [
        totals([taken("zinc", amount)], limits=LIMITS, person=Person(age=30)).totals[0].is_over
        for amount in ("39.999999 mg", "40 mg", "40.000001 mg")
    ]
    assert over == [False, False, True]


def sentence(nutrient: str, person: Person) -> str:
    (total,) = totals([taken(nutrient, "1 mg")], limits=LIMITS, person=person).totals
    return total.limit_words


def test_each_state_is_told_in_words_of_its_own() -> None:
    said = {
        "set": sentence("magnesium", Person(age=54)),
        "assumed": sentence("magnesium", Person()),
        "child": sentence("magnesium", Person(age=9)),
        "none": sentence("vitamin k", Person(age=54)),
        "unread": sentence("potassium", Person(age=54)),
    }
    assert said["set"] == (
        "Upper limit of magnesium: 350 mg a day, from 19 years; counted are supplements and medicines; "
        "all of it (DRI, 1997)."
    )
    assert said["assumed"].startswith(said["set"])
    assert "not known" in said["assumed"]
    assert "for this age was not read" in said["child"]
    assert "No upper limit of vitamin k is set (DRI, 2011)" in said["none"]
    assert "was not read" in said["unread"]
    assert len(set(said.values())) == 5


@pytest.mark.parametrize(
    ("more", "other", "clash"),
    [
        ({}, {}, True),
        ({"last_age": 50}, {"first_age": 50}, True),
        ({"last_age": 50}, {"first_age": 51}, False),
        ({"sex": "female"}, {"sex": "male"}, False),
        ({"sex": "female"}, {}, True),
        ({"pregnant": True}, {"pregnant": False}, False),
        ({"mark": Mark.REMEMBERED}, {}, False),
    ],
)
def test_two_limits_never_hold_for_one_person(more: dict[str, Any], other: dict[str, Any], clash: bool) -> None:
    rows: list[Limit] = [limit("zinc", "40 mg", **more), limit("zinc", "30 mg", **other)]
    if clash:
        with pytest.raises(ValueError, match="Two limits of zinc"):
            Limits(rows)
    else:
        assert len(list(Limits(rows))) == 2


def test_totals_are_written_in_the_unit_of_the_limit() -> None:
    assert (LIMITS.unit_of("vitamin d"), LIMITS.unit_of("vitamin k"), LIMITS.unit_of("potassium")) == (
        Unit.UG,
        Unit.UG,
        None,
    )
