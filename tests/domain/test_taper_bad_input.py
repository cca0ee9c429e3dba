"""Every input that cannot be is refused with its code, the path of what to change, and a sentence."""

from typing import Any

import pytest

from protocols.domain.taper_error import TaperError
from protocols.domain.taper_preview import preview
from tests.domain.tapers import LADDER, document, tablets, taken

LADDER_RECIPE = LADDER["recipe"]
FIXED = {"method": "fixed_amount", "amount": "10 mg", "days_per_step": 7}
PERCENT = {"method": "percent_of_start", "percent": 25, "days_per_step": 7}
LIQUID = {"concentration": "20 mg/mL", "step": "0.1 mL"}
WEIGHT_ALONE = {**LIQUID, "concentration": "20 mg"}
HALVED_LIQUID = {"liquid": LIQUID, "splittable": "half", "medicine_class": "other"}


def ladder(*leave_out: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in {**LADDER_RECIPE, **more}.items() if key not in leave_out}


def steps(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"method": "explicit", "steps": list(entries), **more}


def step(**more: Any) -> dict[str, Any]:
    return {"amount": "20 mg", "days": 7, "pattern": "daily", **more}


def refused(written: object, code: str, field: str) -> TaperError:
    with pytest.raises(TaperError) as caught:
        preview(written)
    error = caught.value
    assert (error.code, error.field) == (code, field), str(error)
    assert str(error)[-1] == "."
    assert error.text == str(error)
    return error


@pytest.mark.parametrize("key", ["medicine", "class", "form", "start", "recipe", "starts_on"])
def test_what_every_document_needs(key: str) -> None:
    refused(document(key), "missing", key)


@pytest.mark.parametrize("value", [None, [], "taper", 7, True])
def test_a_document_is_an_object(value: object) -> None:
    refused(value, "not_an_object", "")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"dose": "20 mg"}, "unknown_key", "dose"),
        ({"medicine": ""}, "empty", "medicine"),
        ({"medicine": 7}, "not_text", "medicine"),
        ({"medicine": "x" * 201}, "text_too_long", "medicine"),
        ({"form": None}, "not_text", "form"),
        ({"medicine_class": "ppi"}, "unknown_value", "class"),
        ({"medicine_class": "NSAID"}, "unknown_value", "class"),
        ({"splittable": "yes"}, "unknown_value", "splittable"),
        ({"splittable": False}, "not_text", "splittable"),
        ({"splittable": "half"}, "never_halved", "splittable"),
        ({"starts_on": "2027-02-29"}, "not_a_date", "starts_on"),
        ({"starts_on": "20270104"}, "not_a_date", "starts_on"),
        ({"starts_on": "2027-W01-1"}, "not_a_date", "starts_on"),
        ({"starts_on": "4.1.2027"}, "not_a_date", "starts_on"),
        ({"starts_on": "9999-12-01"}, "date_out_of_range", "starts_on"),
        ({"recipe": []}, "not_an_object", "recipe"),
        ({"start": {}}, "not_a_list", "start"),
    ],
)
def test_the_document_itself(changes: dict[str, Any], code: str, field: str) -> None:
    refused(document(**changes), code, field)


@pytest.mark.parametrize(
    ("leave_out", "changes", "code", "field"),
    [
        ((), {"strengths": []}, "missing", "strengths"),
        ((), {"strengths": "10 mg"}, "not_a_list", "strengths"),
        ((), {"strengths": ["10 mg", 20]}, "not_text", "strengths[1]"),
        ((), {"strengths": ["10 mg", "-20 mg"]}, "not_an_amount", "strengths[1]"),
        ((), {"strengths": ["10 mg", "0 mg"]}, "not_positive", "strengths[1]"),
        ((), {"strengths": ["10 mg", "20 ug"]}, "wrong_unit", "strengths[1]"),
        ((), {"strengths": ["10 mg", "20 {tablet}"]}, "wrong_unit", "strengths[1]"),
        ((), {"strengths": ["10 mg", "10.0 mg"]}, "twice", "strengths[1]"),
        ((), {"strengths": ["10 mg", "20 milligram"]}, "not_an_amount", "strengths[1]"),
        ((), {"strengths": ["10 mg", "1.0000001 mg"]}, "not_an_amount", "strengths[1]"),
        ((), {"strengths": [f"{n} mg" for n in range(1, 22)]}, "too_many_strengths", "strengths"),
        ((), {"strengths": ["10 mg"] * 1001}, "too_many", "strengths"),
        (("strengths",), {}, "strengths_or_liquid", "strengths"),
        ((), {"liquid": LIQUID}, "strengths_or_liquid", "strengths"),
        (("strengths",), {"liquid": "20 mg/mL"}, "not_an_object", "liquid"),
        (("strengths",), {"liquid": {"step": "0.1 mL"}}, "missing", "liquid.concentration"),
        (("strengths",), {"liquid": {"concentration": "20 mg/mL"}}, "missing", "liquid.step"),
        (("strengths",), {"liquid": {**LIQUID, "bottle": "1"}}, "unknown_key", "liquid.bottle"),
        (("strengths",), {"liquid": WEIGHT_ALONE}, "not_a_concentration", "liquid.concentration"),
        (("strengths",), {"liquid": {**LIQUID, "concentration": "x/mL"}}, "not_an_amount", "liquid.concentration"),
        (("strengths",), {"liquid": {**LIQUID, "concentration": "0 mg/mL"}}, "not_positive", "liquid.concentration"),
        (("strengths",), {"liquid": {**LIQUID, "step": "2 mg"}}, "wrong_unit", "liquid.step"),
        (("strengths",), {"liquid": {**LIQUID, "step": "0 mL"}}, "not_positive", "liquid.step"),
        (("strengths",), HALVED_LIQUID, "never_halved", "splittable"),
        (("strengths",), {"liquid": LIQUID}, "no_ladder", "recipe.method"),
        ((), {"strengths": ["999.999999 mg", "0.000007 mg"], "start": taken("7777 mg")}, "too_fine", "strengths"),
    ],
)  # fmt: skip
def test_the_product(leave_out: tuple[str, ...], changes: dict[str, Any], code: str, field: str) -> None:
    refused(document(*leave_out, **changes), code, field)


@pytest.mark.parametrize(
    ("start", "code", "field"),
    [
        ([], "missing", "start"),
        ([7], "not_an_object", "start[0]"),
        ([{"amount": "40 mg"}], "missing", "start[0].slot"),
        ([{"slot": "noon"}], "missing", "start[0].amount"),
        ([{"slot": " ", "amount": "40 mg"}], "empty", "start[0].slot"),
        ([{"slot": "n" * 61, "amount": "40 mg"}], "slot_too_long", "start[0].slot"),
        ([{"slot": "be\nfore", "amount": "40 mg"}], "slot_unwritable", "start[0].slot"),
        ([{"slot": "noon", "amount": "40 mg", "unit": "mg"}], "unknown_key", "start[0].unit"),
        ([{"slot": "noon", "amount": 40}], "not_text", "start[0].amount"),
        ([{"slot": "noon", "amount": "40"}], "not_an_amount", "start[0].amount"),
        ([{"slot": "noon", "amount": "-40 mg"}], "not_an_amount", "start[0].amount"),
        ([{"slot": "noon", "amount": "0 mg"}], "not_positive", "start[0].amount"),
        ([{"slot": "noon", "amount": "0.04 g"}], "wrong_unit", "start[0].amount"),
        ([{"slot": "noon", "amount": "45 mg"}], "not_makeable", "start[0].amount"),
        ([{"slot": "noon", "amount": "9999999999999999 mg"}], "not_an_amount", "start[0].amount"),
        (taken("20 mg", "15 mg"), "not_makeable", "start[1].amount"),
        ([*taken("20 mg"), {"slot": "Morning ", "amount": "20 mg"}], "slot_twice", "start[1].slot"),
        ([{"slot": f"slot {n}", "amount": "10 mg"} for n in range(13)], "too_many_slots", "start"),
        (taken("999999999999990 mg", "999999999999990 mg"), "amount_out_of_range", "start"),
    ],
)  # fmt: skip
def test_what_is_taken_now(start: object, code: str, field: str) -> None:
    refused(document(start=start), code, field)


@pytest.mark.parametrize(
    ("recipe", "code", "field"),
    [
        ({}, "missing", "recipe.method"),
        (ladder(method="ladder"), "unknown_value", "recipe.method"),
        (ladder(colour="red"), "unknown_key", "recipe.colour"),
        (ladder("days_per_step"), "missing", "recipe.days_per_step"),
        (ladder(days_per_step=0), "days_out_of_range", "recipe.days_per_step"),
        (ladder(days_per_step=-7), "days_out_of_range", "recipe.days_per_step"),
        (ladder(days_per_step=731), "days_out_of_range", "recipe.days_per_step"),
        (ladder(days_per_step=10_000), "days_out_of_range", "recipe.days_per_step"),
        (ladder(days_per_step="28"), "not_an_integer", "recipe.days_per_step"),
        (ladder(days_per_step=True), "not_an_integer", "recipe.days_per_step"),
        (ladder(days_per_step=None), "not_an_integer", "recipe.days_per_step"),
        (ladder(hold_start_days=-1), "days_out_of_range", "recipe.hold_start_days"),
        (ladder(hold_start_days=731), "days_out_of_range", "recipe.hold_start_days"),
        (ladder(hold_start_days="7"), "not_an_integer", "recipe.hold_start_days"),
        (ladder(round="up"), "unknown_value", "recipe.round"),
        # Keys of another method, by name.
        (ladder(amount="10 mg"), "unknown_key", "recipe.amount"),
        (ladder(percent=25), "unknown_key", "recipe.percent"),
        (ladder(steps=[]), "unknown_key", "recipe.steps"),
        ({**FIXED, "percent": 25}, "unknown_key", "recipe.percent"),
        ({**PERCENT, "amount": "10 mg"}, "unknown_key", "recipe.amount"),
        (steps(step(), days_per_step=7), "unknown_key", "recipe.days_per_step"),
        (steps(step(), first_drop=[]), "unknown_key", "recipe.first_drop"),
        (steps(step(), floor="10 mg"), "unknown_key", "recipe.floor"),
        (steps(step(), percent=25), "unknown_key", "recipe.percent"),
        # What a method needs.
        ({"method": "fixed_amount", "days_per_step": 7}, "missing", "recipe.amount"),
        ({"method": "percent_of_start", "days_per_step": 7}, "missing", "recipe.percent"),
        ({"method": "percent_of_current", "percent": 25}, "missing", "recipe.days_per_step"),
        ({"method": "explicit"}, "missing", "recipe.steps"),
        (steps(), "missing", "recipe.steps"),
        # Amounts and percentages.
        ({**FIXED, "amount": "0 mg"}, "not_positive", "recipe.amount"),
        ({**FIXED, "amount": "-5 mg"}, "not_an_amount", "recipe.amount"),
        ({**FIXED, "amount": "1 {capsule}"}, "wrong_unit", "recipe.amount"),
        ({**FIXED, "amount": "5 mg"}, "not_makeable", "recipe.amount"),
        ({**PERCENT, "percent": 0}, "percent_out_of_range", "recipe.percent"),
        ({**PERCENT, "percent": -25}, "percent_out_of_range", "recipe.percent"),
        ({**PERCENT, "percent": 100}, "percent_out_of_range", "recipe.percent"),
        ({**PERCENT, "percent": "25 %"}, "not_a_number", "recipe.percent"),
        ({**PERCENT, "percent": "-25"}, "not_a_number", "recipe.percent"),
        ({**PERCENT, "percent": True}, "not_a_number", "recipe.percent"),
        ({**PERCENT, "percent": 0.25}, "not_a_number", "recipe.percent"),
        ({**PERCENT, "percent": "0.0000001"}, "percent_too_fine", "recipe.percent"),
        ({**PERCENT, "percent": 10}, "not_makeable", "recipe.percent"),
        # Floor and drops.
        (ladder(floor="0 mg"), "not_positive", "recipe.floor"),
        (ladder(floor="15 mg"), "not_makeable", "recipe.floor"),
        (ladder(floor="10 ug"), "wrong_unit", "recipe.floor"),
        (ladder(floor="50 mg"), "floor_too_high", "recipe.floor"),
        (ladder(first_drop="noon"), "not_a_list", "recipe.first_drop"),
        (ladder(first_drop=[7]), "not_text", "recipe.first_drop[0]"),
        (ladder(first_drop=["noon"]), "unknown_slot", "recipe.first_drop[0]"),
        (ladder(first_drop=["before breakfast"]), "nothing_left", "recipe.first_drop"),
    ],
)  # fmt: skip
def test_the_recipe(recipe: object, code: str, field: str) -> None:
    refused(document(recipe=recipe), code, field)


@pytest.mark.parametrize(
    ("entry", "code", "field"),
    [
        (7, "not_an_object", ""),
        (step(days=0), "days_out_of_range", ".days"),
        (step(days=10_000), "days_out_of_range", ".days"),
        (step(days=7.0), "not_an_integer", ".days"),
        ({"amount": "20 mg"}, "missing", ".days"),
        ({"days": 7}, "missing", ".amount"),
        (step(amount="0 mg"), "not_positive", ".amount"),
        (step(amount="-1 mg"), "not_an_amount", ".amount"),
        (step(amount="20 ug"), "wrong_unit", ".amount"),
        (step(amount="25 mg"), "not_makeable", ".amount"),
        (step(amount="80 mg"), "dose_rises", ".amount"),
        (step(pattern="every 1 days"), "not_a_pattern", ".pattern"),
        (step(pattern="every 91 days"), "not_a_pattern", ".pattern"),
        (step(pattern="weekdays monday"), "not_a_pattern", ".pattern"),
        (step(pattern=2), "not_text", ".pattern"),
        (step(note="with water"), "unknown_key", ".note"),
        (step(take=[]), "missing", ".take"),
        (step(take=taken("10 mg")), "take_differs", ".amount"),
        (step(take=taken("10 mg", "5 mg"), amount="15 mg"), "not_makeable", ".take[1].amount"),
        ({"days": 7, "take": taken("20 mg", "0 mg")}, "not_positive", ".take[1].amount"),
        ({"days": 7, "take": taken("20 mg", "10 g")}, "wrong_unit", ".take[1].amount"),
        ({"days": 7, "take": taken("40 mg", "10 mg")}, "dose_rises", ".take"),
        ({"days": 7, "take": [{"slot": "noon", "amount": "10 mg"}] * 2}, "slot_twice", ".take[1].slot"),
        ({"days": 7, "take": [{"slot": str(n), "amount": "10 mg"} for n in range(13)]}, "too_many_slots", ".take"),
    ],
)  # fmt: skip
def test_a_written_step_in_the_method_and_in_the_tail(entry: Any, code: str, field: str) -> None:
    refused(document(recipe=steps(step(), entry)), code, f"recipe.steps[1]{field}")
    held = {"method": "strength_ladder", "days_per_step": 7, "floor": "20 mg"}
    refused(document(recipe={**held, "tail": [entry]}), code, f"recipe.tail[0]{field}")


def test_several_slots_ask_how_much_is_taken_at_each() -> None:
    two = taken("20 mg", "20 mg")
    refused(document(start=two, recipe=steps(step())), "take_needed", "recipe.steps[0].take")
    refused(
        document(start=two, recipe=ladder(tail=[step(amount="10 mg")], floor="20 mg")),
        "take_needed",
        "recipe.tail[0].take",
    )
    refused(document(start=two, recipe=ladder(first_drop=["noon", "noon"])), "slot_twice", "recipe.first_drop[1]")
    refused(document(start=two, recipe=ladder(first_drop=["noon", "morning"])), "nothing_left", "recipe.first_drop")


def test_no_written_step_takes_more_than_the_one_before() -> None:
    every_second = step(amount="20 mg", pattern="every 2 days")
    refused(document(recipe=steps(step(amount="50 mg"))), "dose_rises", "recipe.steps[0].amount")
    refused(document(recipe=steps(every_second, step(amount="20 mg"))), "dose_rises", "recipe.steps[1].amount")
    refused(
        document(recipe=steps(every_second, step(amount="20 mg", pattern="weekdays mon,tue,wed,thu"))),
        "dose_rises",
        "recipe.steps[1].amount",
    )
    refused(document(recipe=steps(step(pattern="as needed"), every_second)), "dose_rises", "recipe.steps[1].amount")
    # As much is no rise: 20 every 2 days and 10 daily, 20 of 40 and 20.
    assert preview(document(recipe=steps(step(), every_second, step(amount="10 mg"))))["days"] == 21


def test_a_pattern_that_the_class_does_not_permit() -> None:
    not_daily = ["every 2 days", "every 3 days", "weekdays mon,thu", "as needed"]
    permitted = {
        "PPI": not_daily,
        "H2RA": not_daily,
        "other": not_daily,
        "corticosteroid": ["every 2 days"],
        "SSRI": [],
        "benzodiazepine": [],
        "opioid": [],
    }
    for medicine_class, patterns in permitted.items():
        for pattern in not_daily:
            tail = [step(amount="10 mg", pattern=pattern)]
            written = document(medicine_class=medicine_class, recipe=ladder(tail=tail))
            if pattern in patterns:
                assert preview(written)["steps"][-1]["pattern"] == pattern
            else:
                refused(written, "pattern_not_permitted", "recipe.tail[0].pattern")
        every_day = step(amount="10 mg", pattern="weekdays mon,tue,wed,thu,fri,sat,sun")
        assert (
            preview(document(medicine_class=medicine_class, recipe=steps(every_day)))["steps"][0]["pattern"] == "daily"
        )


@pytest.mark.parametrize(
    ("medicine_class", "told"),
    [("SSRI", "Write “daily”."), ("corticosteroid", "Write “daily” or “every 2 days”.")],
)
def test_it_is_said_which_patterns_are_permitted(medicine_class: str, told: str) -> None:
    tail = [step(amount="10 mg", pattern="every 3 days")]
    written = document(medicine_class=medicine_class, recipe=ladder(tail=tail))
    assert refused(written, "pattern_not_permitted", "recipe.tail[0].pattern").text.endswith(told)


def test_a_pattern_that_is_not_permitted_is_said_before_any_dose() -> None:
    """15 mg cannot be made of capsules, and 80 mg is more than is taken: both can be mended, the pattern cannot."""
    for amount in ("15 mg", "80 mg"):
        tail = [step(amount="10 mg"), step(amount=amount, pattern="every 2 days")]
        written = document(medicine_class="SSRI", recipe={**FIXED, "amount": "15 mg", "tail": tail})
        refused(written, "pattern_not_permitted", "recipe.tail[1].pattern")


def test_a_floor_that_the_slots_cannot_share() -> None:
    recipe = {**FIXED, "amount": "20 mg", "floor": "9 mg"}
    written = document(**tablets("6 mg", "9 mg", "10 mg"), start=taken("10 mg", "10 mg"), recipe=recipe)
    assert preview(written)["steps"][0]["take"][0]["slot"] == "morning"
    written = document(
        **tablets("6 mg", "10 mg", "20 mg"), start=taken("10 mg", "10 mg", "10 mg"), recipe={**recipe, "floor": "22 mg"}
    )
    refused(written, "floor_not_makeable", "recipe.floor")


def test_a_recipe_without_any_step() -> None:
    refused(document(start=taken("10 mg")), "no_steps", "recipe")
    refused(document(recipe=ladder(floor="40 mg")), "no_steps", "recipe")
    refused(document(recipe={**FIXED, "amount": "40 mg"}), "no_steps", "recipe")


def test_an_end_that_is_never_reached() -> None:
    slowly = {"method": "percent_of_current", "percent": 1, "days_per_step": 1, "round": "down"}
    written = document(**tablets("0.001 mg"), start=taken("1000 mg"), recipe=slowly)
    refused(written, "end_never_reached", "recipe")


def test_exactly_two_hundred_steps_are_possible() -> None:
    fixed = {"method": "fixed_amount", "amount": "1 mg", "days_per_step": 1}
    written = document(**tablets("1 mg"), start=taken("201 mg"), recipe=fixed)
    assert len(preview(written)["steps"]) == 200
    refused({**written, "recipe": {**fixed, "hold_start_days": 1}}, "end_never_reached", "recipe")
    tail = {**fixed, "tail": [step(amount="1 mg", days=1)]}
    refused({**written, "recipe": tail}, "too_many_steps", "recipe.tail[0].days")
    refused(document(recipe=steps(*[step()] * 201)), "too_many_steps", "recipe.steps")


def test_exactly_3660_days_are_possible() -> None:
    five = [step(days=730)] * 5
    assert preview(document(recipe=steps(*five, step(days=10))))["days"] == 3660
    refused(document(recipe=steps(*five, step(days=11))), "too_long", "recipe.steps[5].days")
    refused(document(recipe=ladder(tail=[*five, step(amount="10 mg")])), "dose_rises", "recipe.tail[0].amount")
    fixed = {"method": "fixed_amount", "amount": "1 mg", "days_per_step": 100}
    refused(document(**tablets("1 mg"), recipe=fixed), "too_long", "recipe.days_per_step")


def test_a_total_with_more_digits_than_an_amount_has() -> None:
    written = document(
        **tablets("1 mg"), start=taken("999999999999999 mg"), recipe=steps(step(amount="99999999999999 mg", days=730))
    )
    refused(written, "amount_out_of_range", "start")
