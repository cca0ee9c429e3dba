"""A day as a JSON document: what is wrong in it is named by its path, and nothing is guessed."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from protocols.domain.dayplan_document import preview_day
from protocols.domain.taper_error import DocumentError

EXAMPLE: dict[str, Any] = {
    "wake": "07:00",
    "sleep": "22:30",
    "meals": {"breakfast": "07:30", "lunch": "12:30", "dinner": "18:30"},
    "intakes": [
        {"id": "levothyroxine", "times_per_day": 1, "food": "without"},
        {"id": "omeprazole", "times_per_day": 1, "before_meal": {"meal": "breakfast", "minutes": 30}},
        {"id": "magnesium", "times_per_day": 1, "food": "any", "prefer": "bedtime"},
        {"id": "glutamine", "times_per_day": 3, "food": "any", "min_gap_hours": 4},
    ],
    "spacing": [{"a": "levothyroxine", "b": "magnesium", "before_hours": 4, "after_hours": 4}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with another value at a path such as “intakes.2.prefer”."""
    document = deepcopy(EXAMPLE)
    *way, last = path.split(".")
    place: Any = document
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    place[int(last) if isinstance(place, list) else last] = value
    return document


def test_the_example_gives_its_timetable() -> None:
    assert preview_day(EXAMPLE) == {
        "times": [
            {"at": "07:00", "take": ["levothyroxine", "omeprazole", "glutamine"]},
            {"at": "11:00", "take": ["glutamine"]},
            {"at": "22:30", "take": ["magnesium", "glutamine"]},
        ],
        "moved": [],
        "conflicts": [],
    }


def test_meals_and_spacings_may_be_left_out() -> None:
    document = {"wake": "07:00", "sleep": "01:00", "intakes": [{"id": "a", "times_per_day": 1, "prefer": "bedtime"}]}
    assert preview_day(document)["times"] == [{"at": "01:00", "take": ["a"]}]


def test_conflicts_and_moves_are_written_with_their_texts() -> None:
    answer = preview_day(changed("intakes.3.times_per_day", 6))
    assert answer["conflicts"] == [
        {
            "ids": ["glutamine"],
            "rule": "gap",
            "text": "glutamine, 6 times a day, must be taken at least 4 hours apart.",
            "set": 1,
        }
    ]
    assert [list(each) for each in preview_day(changed("intakes.2.prefer", "breakfast"))["moved"]] == [["id", "why"]]


@pytest.mark.parametrize("hours", [Decimal("4.5"), "4.5"])
def test_half_hours_are_exact(hours: Any) -> None:
    answer = preview_day(changed("intakes.3.min_gap_hours", hours))
    assert [each["at"] for each in answer["times"]] == ["07:00", "11:30", "22:30"]


def test_a_side_may_be_null() -> None:
    answer = preview_day(changed("spacing.0.before_hours", None))
    assert "magnesium" in answer["times"][0]["take"]


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("wake", "7:00", "not_a_time", "wake"),
        ("wake", "24:00", "not_a_time", "wake"),
        ("wake", 7, "not_text", "wake"),
        ("sleep", "22:60", "not_a_time", "sleep"),
        ("sleep", "07:00", "no_waking_day", "sleep"),
        ("bed", "22:30", "unknown_key", "bed"),
        ("meals", ["07:30"], "not_an_object", "meals"),
        ("meals.brunch", "11:00", "unknown_key", "meals.brunch"),
        ("meals.dinner", "23:00", "meal_outside_the_day", "meals.dinner"),
        ("meals.breakfast", "06:59", "meal_outside_the_day", "meals.breakfast"),
        ("meals.lunch", "noon", "not_a_time", "meals.lunch"),
        ("intakes", {}, "not_a_list", "intakes"),
        ("intakes.1", "omeprazole", "not_an_object", "intakes[1]"),
        ("intakes.1.id", "levothyroxine", "id_twice", "intakes[1].id"),
        ("intakes.1.id", " ", "empty", "intakes[1].id"),
        ("intakes.1.dose", "20 mg", "unknown_key", "intakes[1].dose"),
        ("intakes.1.times_per_day", 0, "times_out_of_range", "intakes[1].times_per_day"),
        ("intakes.3.times_per_day", 40, "times_out_of_range", "intakes[3].times_per_day"),
        ("intakes.3.times_per_day", "3", "not_an_integer", "intakes[3].times_per_day"),
        ("intakes.3.times_per_day", True, "not_an_integer", "intakes[3].times_per_day"),
        ("intakes.1.times_per_day", 2, "before_meal_once", "intakes[1].before_meal"),
        ("intakes.1.food", "with", "contradiction", "intakes[1].before_meal"),
        ("intakes.1.food", "fasting", "unknown_value", "intakes[1].food"),
        ("intakes.1.before_meal", "breakfast", "not_an_object", "intakes[1].before_meal"),
        ("intakes.1.before_meal.meal", "supper", "unknown_meal", "intakes[1].before_meal.meal"),
        ("intakes.1.before_meal.minutes", 0, "minutes_out_of_range", "intakes[1].before_meal.minutes"),
        ("intakes.1.before_meal.minutes", -30, "minutes_out_of_range", "intakes[1].before_meal.minutes"),
        ("intakes.1.before_meal.hours", 1, "unknown_key", "intakes[1].before_meal.hours"),
        ("intakes.2.prefer", "supper", "unknown_place", "intakes[2].prefer"),
        ("intakes.2.prefer", "22:00", "unknown_place", "intakes[2].prefer"),
        ("intakes.2.prefer", "T10:00", "unknown_place", "intakes[2].prefer"),
        ("intakes.2.prefer", "1015", "unknown_place", "intakes[2].prefer"),
        ("intakes.2.prefer", "10:00+02:00", "unknown_place", "intakes[2].prefer"),
        ("intakes.2.prefer", ["bedtime"], "not_text", "intakes[2].prefer"),
        ("intakes.3.min_gap_hours", -1, "hours_out_of_range", "intakes[3].min_gap_hours"),
        ("intakes.3.min_gap_hours", 25, "hours_out_of_range", "intakes[3].min_gap_hours"),
        ("intakes.3.min_gap_hours", Decimal("0.001"), "no_whole_minutes", "intakes[3].min_gap_hours"),
        ("intakes.3.min_gap_hours", Decimal("Infinity"), "hours_out_of_range", "intakes[3].min_gap_hours"),
        ("spacing.0.a", "thyroxine", "unknown_id", "spacing[0].a"),
        ("spacing.0.b", "iron", "unknown_id", "spacing[0].b"),
        ("spacing.0.b", "levothyroxine", "same_id", "spacing[0].b"),
        ("spacing.0.before_hours", -4, "hours_out_of_range", "spacing[0].before_hours"),
        ("spacing.0.after_hours", "four", "not_a_number", "spacing[0].after_hours"),
        ("spacing.0.hours", 4, "unknown_key", "spacing[0].hours"),
        ("spacing.0", {"a": "magnesium", "b": "glutamine", "before_hours": 2}, "missing", "spacing[0].after_hours"),
        ("intakes", [{"id": f"i{n}", "times_per_day": 1} for n in range(101)], "too_many", "intakes"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(path: str, value: Any, code: str, field: str) -> None:
    with pytest.raises(DocumentError) as raised:
        preview_day(changed(path, value))
    assert (raised.value.code, raised.value.field) == (code, field)
    assert raised.value.text.endswith(".")


@pytest.mark.parametrize("key", ["wake", "sleep", "intakes"])
def test_what_is_missing_is_named(key: str) -> None:
    document = {name: value for name, value in EXAMPLE.items() if name != key}
    with pytest.raises(DocumentError) as raised:
        preview_day(document)
    assert (raised.value.code, raised.value.field) == ("missing", key)


def test_a_preference_for_a_meal_that_is_not_eaten_is_named() -> None:
    document = changed("intakes.2.prefer", "lunch")
    del document["meals"]["lunch"]
    with pytest.raises(DocumentError) as raised:
        preview_day(document)
    assert (raised.value.code, raised.value.field) == ("unknown_place", "intakes[2].prefer")


def test_more_times_than_a_short_day_has_are_named() -> None:
    document = {"wake": "07:00", "sleep": "08:00", "intakes": [{"id": "a", "times_per_day": 4}]}
    with pytest.raises(DocumentError) as raised:
        preview_day(document)
    assert (raised.value.code, raised.value.field) == ("too_many_times", "intakes[0].times_per_day")
