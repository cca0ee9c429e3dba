"""A dose that cannot be made is an error that names the nearest, or is rounded down when the recipe says so."""

from typing import Any

import pytest

from protocols.domain.taper_error import TaperError
from tests.domain.tapers import by_slot, doses_of, preview_of, tablets, taken


def error_of(**changes: Any) -> TaperError:
    with pytest.raises(TaperError) as caught:
        preview_of(**changes)
    return caught.value


FIVES = {"method": "fixed_amount", "amount": "5 mg", "days_per_step": 7}


def test_without_rounding_the_error_names_the_nearest_doses() -> None:
    error = error_of(recipe=FIVES)
    assert (error.code, error.field) == ("not_makeable", "recipe.amount")
    assert str(error) == ("35 mg cannot be made of 10 mg, 20 mg and 40 mg: the nearest doses are 30 mg and 40 mg.")
    assert error_of(recipe={**FIVES, "round": "none"}).code == "not_makeable"


def test_a_dose_that_no_amount_can_say_is_named_about() -> None:
    recipe = {"method": "percent_of_start", "percent": "33.333333", "days_per_step": 7}
    error = error_of(**tablets("1 mg"), start=taken("1 mg", "2 mg"), recipe=recipe)
    assert str(error).startswith("About 0.666666 mg cannot be made of 1 mg: the nearest is 1 mg.")


def test_rounding_goes_down_and_the_next_cut_is_off_what_was_taken() -> None:
    result = preview_of(recipe={**FIVES, "round": "down"})
    # 35 → 30, 25 → 20, 15 → 10, 5 → 0
    assert doses_of(result) == ["30 mg", "20 mg", "10 mg"]


def test_a_dose_rounded_to_nothing_ends_the_method_and_the_tail_follows() -> None:
    recipe = {
        "method": "percent_of_current",
        "percent": 50,
        "days_per_step": 7,
        "round": "down",
        "tail": [{"pattern": "every 2 days", "amount": "10 mg", "days": 14}],
    }
    result = preview_of(recipe=recipe)
    assert [(step["amount_per_dose_day"], step["pattern"]) for step in result["steps"]] == [
        ("20 mg", "daily"),
        ("10 mg", "daily"),
        ("10 mg", "every 2 days"),
    ]


def test_one_of_several_doses_rounded_to_nothing_is_left_out() -> None:
    recipe = {"method": "percent_of_current", "percent": 20, "days_per_step": 7, "round": "down"}
    result = preview_of(**tablets("10 mg"), start=taken("30 mg", "10 mg"), recipe=recipe)
    assert by_slot(result) == [{"morning": "20"}, {"morning": "10"}]


def test_written_steps_are_rounded_too() -> None:
    steps = [{"amount": "38 mg", "days": 7}, {"amount": "19 mg", "days": 7}, {"amount": "4 mg", "days": 7}]
    result = preview_of(recipe={"method": "explicit", "round": "down", "steps": steps})
    assert doses_of(result) == ["30 mg", "10 mg"]


def test_a_written_step_rounded_to_nothing_has_nothing_after_it() -> None:
    steps = [{"amount": "4 mg", "days": 7}, {"amount": "10 mg", "days": 7, "pattern": "every 4 days"}]
    error = error_of(recipe={"method": "explicit", "round": "down", "steps": steps})
    assert (error.code, error.field) == ("rounded_to_nothing", "recipe.steps[0]")
    tail = [{"amount": "4 mg", "days": 7, "pattern": "daily"}, {"amount": "1 mg", "days": 7, "pattern": "daily"}]
    error = error_of(recipe={"method": "strength_ladder", "days_per_step": 7, "round": "down", "tail": tail})
    assert error.field == "recipe.tail[0]"


def test_each_written_dose_that_cannot_be_made_is_named_where_it_stands() -> None:
    steps = [
        {"amount": "30 mg", "days": 7},
        {"take": [{"slot": "morning", "amount": "10 mg"}, {"slot": "noon", "amount": "5 mg"}], "days": 7},
    ]
    error = error_of(recipe={"method": "explicit", "steps": steps})
    assert (error.code, error.field) == ("not_makeable", "recipe.steps[1].take[1].amount")
    error = error_of(recipe={"method": "explicit", "steps": [{"amount": "5 mg", "days": 7}]})
    assert error.field == "recipe.steps[0].amount"
