"""Each method says what comes next, for one time of day and for several."""

from typing import Any

import pytest

from tests.domain.tapers import by_slot, doses_of, preview_of, tablets, taken

LIQUID: dict[str, Any] = {"medicine_class": "other", "liquid": {"concentration": "20 mg/mL", "step": "0.1 mL"}}


def recipe(method: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "days_per_step": 7, **more}


def slots(*rows: str) -> list[dict[str, str]]:
    """ "20 10" as the morning's and the noon's dose; "-" where nothing is taken then."""
    return [
        {
            slot: amount
            for slot, amount in zip(("morning", "noon", "evening"), row.split(), strict=False)
            if amount != "-"
        }
        for row in rows
    ]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("40 mg", ["20 mg", "10 mg"]),
        ("70 mg", ["40 mg", "20 mg", "10 mg"]),
        ("30 mg", ["20 mg", "10 mg"]),
        ("20 mg", ["10 mg"]),
    ],
)
def test_the_ladder_goes_to_the_next_lower_strength_that_exists(start: str, expected: list[str]) -> None:
    assert doses_of(preview_of(start=taken(start), recipe=recipe("strength_ladder"))) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # The highest first, the last listed of equals; the lowest strength is dropped while another slot stays.
        (("20 mg", "20 mg"), slots("20 10", "10 10", "10 -")),
        (("20 mg", "40 mg"), slots("20 20", "20 10", "10 10", "10 -")),
        (("10 mg", "10 mg", "20 mg"), slots("10 10 10", "10 10 -", "10 - -")),
    ],
)
def test_the_ladder_takes_the_highest_of_several_doses_first(
    start: tuple[str, ...], expected: list[dict[str, str]]
) -> None:
    assert by_slot(preview_of(start=taken(*start), recipe=recipe("strength_ladder"))) == expected


def test_the_ladder_never_halves() -> None:
    result = preview_of(
        **tablets("10 mg", "20 mg", halves=True), start=taken("30 mg"), recipe=recipe("strength_ladder")
    )
    assert doses_of(result) == ["20 mg", "10 mg"]
    assert [step["take"][0]["units"] for step in result["steps"]] == [
        [{"strength": "20 mg", "count": "1"}],
        [{"strength": "10 mg", "count": "1"}],
    ]


def test_a_fixed_amount_comes_off_until_nothing_would_be_left() -> None:
    fixed = recipe("fixed_amount", amount="10 mg")
    assert doses_of(preview_of(recipe=fixed)) == ["30 mg", "20 mg", "10 mg"]
    assert doses_of(preview_of(recipe={**fixed, "amount": "30 mg"})) == ["10 mg"]


def test_a_fixed_amount_comes_off_the_last_listed_slot_then_the_one_before() -> None:
    result = preview_of(**tablets("5 mg"), start=taken("20 mg", "10 mg"), recipe=recipe("fixed_amount", amount="15 mg"))
    assert by_slot(result) == slots("15 -")
    result = preview_of(**tablets("5 mg"), start=taken("20 mg", "10 mg"), recipe=recipe("fixed_amount", amount="5 mg"))
    assert by_slot(result) == slots("20 5", "20 -", "15 -", "10 -", "5 -")


def test_a_percentage_of_the_start_is_the_same_amount_each_step() -> None:
    result = preview_of(recipe=recipe("percent_of_start", percent=25))
    assert doses_of(result) == ["30 mg", "20 mg", "10 mg"]


def test_a_percentage_of_the_start_counts_what_was_dropped_first() -> None:
    """A quarter of 40 mg each step, though only 20 mg a day are left after the drop."""
    result = preview_of(
        **tablets("5 mg"),
        start=taken("20 mg", "20 mg"),
        recipe=recipe("percent_of_start", percent="25", first_drop=["noon"]),
    )
    assert by_slot(result) == slots("20 -", "10 -")


def test_a_percentage_of_the_start_is_shared_in_proportion() -> None:
    result = preview_of(**tablets("1 mg"), start=taken("30 mg", "10 mg"), recipe=recipe("percent_of_start", percent=20))
    assert by_slot(result) == slots("24 8", "18 6", "12 4", "6 2")


def test_what_one_slot_cannot_give_the_others_do() -> None:
    """A step asks 8 mg: 5 and 3. 15 → 12 and 9 → 8; 7 → 4 and 5 → 4; then the morning holds only 4 of its 5."""
    result = preview_of(
        **tablets("4 mg"),
        start=taken("20 mg", "12 mg"),
        recipe=recipe("percent_of_start", percent=25, round="down"),
    )
    assert by_slot(result) == slots("12 8", "4 4")


def test_a_percentage_of_the_current_dose_is_of_what_was_really_taken() -> None:
    result = preview_of(
        **tablets("1 mg"), start=taken("50 mg"), recipe=recipe("percent_of_current", percent=25, round="down")
    )
    # 37.5 → 37, 27.75 → 27, 20.25 → 20, 15, 11.25 → 11, 8.25 → 8, 6, 4.5 → 4, 3, 2.25 → 2, 1.5 → 1, 0.75 → 0
    assert doses_of(result) == [f"{mg} mg" for mg in (37, 27, 20, 15, 11, 8, 6, 4, 3, 2, 1)]


def test_a_percentage_of_the_current_dose_applies_to_each_slot() -> None:
    result = preview_of(
        **tablets("1 mg"),
        start=taken("20 mg", "9 mg"),
        recipe=recipe("percent_of_current", percent="50", round="down"),
    )
    assert by_slot(result) == slots("10 4", "5 2", "2 1", "1 -")


def test_a_percentage_may_be_a_number_with_a_point_or_text() -> None:
    exact = {"start": taken("40 mg"), **tablets("0.5 mg")}
    as_text = preview_of(**exact, recipe=recipe("percent_of_start", percent="12.5"))
    assert doses_of(as_text) == [f"{mg} mg" for mg in (35, 30, 25, 20, 15, 10, 5)]


def test_a_liquid_goes_down_by_what_its_measure_shows() -> None:
    result = preview_of("strengths", **LIQUID, start=taken("10 mg"), recipe=recipe("fixed_amount", amount="4 mg"))
    assert [step["take"][0]["units"] for step in result["steps"]] == [
        [{"strength": "20 mg/mL", "count": "0.3", "unit": "mL"}],
        [{"strength": "20 mg/mL", "count": "0.1", "unit": "mL"}],
    ]
    assert result["dispense"] == [{"strength": "20 mg/mL", "count": "2.8", "unit": "mL"}]


def test_explicit_steps_are_taken_as_written() -> None:
    steps = [
        {"amount": "40 mg", "days": 14, "pattern": "daily"},
        {"amount": "30 mg", "days": 7, "pattern": "every 2 days"},
        {"amount": "10 mg", "days": 3},
    ]
    result = preview_of(recipe={"method": "explicit", "steps": steps[:2]})
    assert [(step["amount_per_dose_day"], step["days"], step["pattern"]) for step in result["steps"]] == [
        ("40 mg", 14, "daily"),
        ("30 mg", 7, "every 2 days"),
    ]
    assert result["steps"][1]["dose_days"] == 4
    result = preview_of(recipe={"method": "explicit", "steps": steps[::2]})
    assert [step["pattern"] for step in result["steps"]] == ["daily", "daily"]


def test_an_amount_alone_goes_to_the_one_slot_that_is_left() -> None:
    result = preview_of(
        start=taken("20 mg", "20 mg"),
        recipe=recipe(
            "strength_ladder", first_drop=["morning"], tail=[{"amount": "10 mg", "days": 7, "pattern": "daily"}]
        ),
    )
    assert by_slot(result) == [{"noon": "20"}, {"noon": "10"}, {"noon": "10"}]


def test_an_amount_alone_goes_back_to_the_starts_only_slot() -> None:
    split = [{"slot": "morning", "amount": "20 mg"}, {"slot": "noon", "amount": "10 mg"}]
    steps: list[dict[str, Any]] = [{"take": split, "days": 7}, {"amount": "10 mg", "days": 7}]
    result = preview_of(recipe={"method": "explicit", "steps": steps})
    assert by_slot(result) == [{"morning": "20", "noon": "10"}, {"before breakfast": "10"}]


def test_an_amount_alone_follows_the_step_before_where_that_moved_to_another_slot() -> None:
    steps: list[dict[str, Any]] = [
        {"take": [{"slot": "bedtime", "amount": "20 mg"}], "days": 7},
        {"amount": "10 mg", "days": 7},
    ]
    assert by_slot(preview_of(recipe={"method": "explicit", "steps": steps})) == [{"bedtime": "20"}, {"bedtime": "10"}]
