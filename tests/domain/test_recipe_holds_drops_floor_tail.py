"""What stands around a method: the starting dose held, slots dropped, a floor, a tail."""

from typing import Any

import pytest

from tests.domain.tapers import by_slot, doses_of, preview_of, tablets, taken


def ladder(**more: Any) -> dict[str, Any]:
    return {"method": "strength_ladder", "days_per_step": 14, **more}


def fixed(amount: str, **more: Any) -> dict[str, Any]:
    return {"method": "fixed_amount", "amount": amount, "days_per_step": 14, **more}


def test_the_first_step_is_already_the_first_reduction() -> None:
    assert doses_of(preview_of(recipe=ladder())) == ["20 mg", "10 mg"]


def test_the_starting_dose_is_held_first_when_asked() -> None:
    result = preview_of(recipe=ladder(hold_start_days=10))
    assert [(step["amount_per_dose_day"], step["days"]) for step in result["steps"]] == [
        ("40 mg", 10),
        ("20 mg", 14),
        ("10 mg", 14),
    ]
    assert preview_of(recipe=ladder(hold_start_days=0)) == preview_of(recipe=ladder())


def test_slots_are_dropped_one_per_step_before_amounts_fall() -> None:
    result = preview_of(
        start=taken("20 mg", "40 mg", "20 mg"), recipe=ladder(hold_start_days=5, first_drop=["evening", "morning"])
    )
    assert by_slot(result) == [
        {"morning": "20", "noon": "40", "evening": "20"},
        {"morning": "20", "noon": "40"},
        {"noon": "40"},
        {"noon": "20"},
        {"noon": "10"},
    ]
    assert [step["days"] for step in result["steps"]] == [5, 14, 14, 14, 14]


def test_explicit_steps_may_begin_with_the_held_start() -> None:
    recipe = {"method": "explicit", "hold_start_days": 3, "steps": [{"amount": "20 mg", "days": 7}]}
    assert doses_of(preview_of(recipe=recipe)) == ["40 mg", "20 mg"]


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        ("10 mg", ["30 mg", "20 mg", "10 mg"]),
        ("20 mg", ["30 mg", "20 mg"]),
        # 30, then 20 would be below 25 and becomes 25, once.
        ("25 mg", ["30 mg", "25 mg"]),
        # 10, then nothing would be below 5 and becomes 5.
        ("5 mg", ["30 mg", "20 mg", "10 mg", "5 mg"]),
        ("35 mg", ["35 mg"]),
    ],
)
def test_a_result_below_the_floor_becomes_the_floor_once(floor: str, expected: list[str]) -> None:
    assert doses_of(preview_of(**tablets("5 mg"), recipe=fixed("10 mg", floor=floor))) == expected


def test_the_ladder_stops_at_its_floor_even_between_strengths() -> None:
    assert doses_of(preview_of(recipe=ladder(floor="30 mg"))) == ["30 mg"]
    assert doses_of(preview_of(recipe=ladder(floor="20 mg"))) == ["20 mg"]


def test_doses_rounded_below_the_floor_become_the_floor() -> None:
    """A fifth off 40 and 40 is 64 a day, above the floor; rounded, 20 and 20 are below it."""
    recipe = {"method": "percent_of_current", "percent": 20, "days_per_step": 7, "round": "down", "floor": "60 mg"}
    result = preview_of(**tablets("20 mg"), start=taken("40 mg", "40 mg"), recipe=recipe)
    assert by_slot(result) == [{"morning": "40", "noon": "20"}]


def test_a_start_at_the_floor_leaves_only_the_tail() -> None:
    tail = [{"pattern": "every 2 days", "amount": "40 mg", "days": 14}]
    assert doses_of(preview_of(recipe=ladder(floor="40 mg", tail=tail))) == ["40 mg"]


@pytest.mark.parametrize(
    ("start", "floor", "expected"),
    [
        # The last listed gives first: 20 of 40, then 15, then 25 of 40.
        (("20 mg", "20 mg"), "20 mg", {"morning": "20"}),
        (("30 mg", "10 mg"), "25 mg", {"morning": "25"}),
        (("20 mg", "20 mg"), "25 mg", {"morning": "20", "noon": "5"}),
        (("20 mg", "20 mg"), "15 mg", {"morning": "15"}),
    ],
)
def test_a_fixed_amount_falls_to_the_floor_from_the_last_slot(
    start: tuple[str, ...], floor: str, expected: dict[str, str]
) -> None:
    result = preview_of(**tablets("5 mg"), start=taken(*start), recipe=fixed("30 mg", floor=floor))
    assert by_slot(result) == [expected]


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        ("30 mg", {"morning": "20", "noon": "10"}),
        # 35 mg in proportion would be 23.3 and 11.7: that cannot be made, and the last listed gives.
        ("35 mg", {"morning": "30", "noon": "5"}),
    ],
)
@pytest.mark.parametrize("method", ["percent_of_start", "percent_of_current"])
def test_a_percentage_falls_to_the_floor_in_proportion(method: str, floor: str, expected: dict[str, str]) -> None:
    recipe = {"method": method, "percent": 60, "days_per_step": 7, "floor": floor}
    assert by_slot(preview_of(**tablets("5 mg"), start=taken("30 mg", "15 mg"), recipe=recipe)) == [expected]


def test_the_ladder_falls_to_the_floor_where_it_is_highest() -> None:
    """From 40 and 20 the next rung is 20 and 20: below 50, so the morning falls only to 30."""
    result = preview_of(start=taken("40 mg", "20 mg"), recipe=ladder(floor="50 mg"))
    assert by_slot(result) == [{"morning": "30", "noon": "20"}]


def test_the_tail_follows_the_method() -> None:
    tail = [
        {"pattern": "every 3 days", "amount": "20 mg", "days": 6},
        {"pattern": "weekdays sun", "amount": "10 mg", "days": 14},
        {"pattern": "as needed", "amount": "10 mg", "days": 28},
    ]
    result = preview_of(recipe=ladder(tail=tail))
    assert [
        (step["pattern"], step["amount_per_dose_day"], step["dose_days"], step["total"]) for step in result["steps"][2:]
    ] == [
        ("every 3 days", "20 mg", 2, "40 mg"),
        ("weekdays sun", "10 mg", 2, "20 mg"),
        ("as needed", "10 mg", 0, "0 mg"),
    ]
    # The last dose is a Sunday in the second of them; what is taken as needed is not counted.
    assert (result["ends_on"], result["last_dose_on"]) == ("2027-03-20", "2027-02-14")
    assert result["total"] == f"{14 * 20 + 14 * 10 + 60} mg"


def test_a_medicine_taken_only_as_needed_has_no_last_dose_and_nothing_to_dispense() -> None:
    recipe = {"method": "explicit", "steps": [{"pattern": "as needed", "amount": "40 mg", "days": 28}]}
    result = preview_of(recipe=recipe)
    assert (result["last_dose_on"], result["dispense"], result["total"]) == (None, [], "0 mg")


def test_a_tail_may_rearrange_the_day() -> None:
    tail = [
        {
            "pattern": "daily",
            "amount": "10 mg",
            "days": 7,
            "take": [{"slot": "wake", "amount": "5 mg"}, {"slot": "bedtime", "amount": "5 mg"}],
        }
    ]
    result = preview_of(**tablets("5 mg"), recipe=fixed("30 mg", tail=tail))
    assert by_slot(result)[-1] == {"wake": "5", "bedtime": "5"}
