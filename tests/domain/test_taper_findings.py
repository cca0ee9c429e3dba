"""What a schedule should be looked at for: large cuts, cuts that rounding enlarged, empty steps, seams."""

from typing import Any

import pytest

from protocols.domain.taper_preview import preview
from tests.domain.tapers import codes_of, document, preview_of, tablets, taken


def explicit(*steps: tuple[str, int, str], **more: Any) -> dict[str, Any]:
    written = [{"amount": amount, "days": days, "pattern": pattern} for amount, days, pattern in steps]
    return {"method": "explicit", "steps": written, **more}


@pytest.mark.parametrize(
    ("amount", "expected"), [("30 mg", []), ("31 mg", []), ("29 mg", [("large_cut", 1)]), ("1 mg", [("large_cut", 1)])]
)
def test_more_than_a_quarter_at_once_is_a_large_cut(amount: str, expected: list[tuple[str, int]]) -> None:
    assert codes_of(preview_of(**tablets("1 mg"), recipe=explicit((amount, 7, "daily")))) == expected


@pytest.mark.parametrize("medicine_class", ["PPI", "H2RA"])
def test_an_acid_suppressant_has_no_large_cut(medicine_class: str) -> None:
    result = preview_of(medicine_class=medicine_class, recipe=explicit(("10 mg", 7, "daily")))
    assert codes_of(result) == []


@pytest.mark.parametrize("medicine_class", ["corticosteroid", "SSRI", "benzodiazepine", "opioid", "other"])
def test_every_other_class_has(medicine_class: str) -> None:
    result = preview_of(medicine_class=medicine_class, recipe=explicit(("10 mg", 7, "daily")))
    assert codes_of(result) == [("large_cut", 1)]
    assert result["findings"][0]["severity"] == "WARN"
    assert result["findings"][0]["text"] == (
        "Step 1 goes from 40 mg to 10 mg a day on average, more than 25 % less at once."
    )


def test_cuts_are_compared_by_daily_averages() -> None:
    """Every other day is half: 40 a day, then 30 every 2 days, then 12 daily (a fifth less than 15)."""
    recipe = explicit(("40 mg", 7, "daily"), ("30 mg", 8, "every 2 days"), ("12 mg", 7, "daily"))
    assert codes_of(preview_of(**tablets("1 mg"), recipe=recipe)) == [("large_cut", 2)]


def test_a_dropped_time_of_day_is_a_cut_like_any_other() -> None:
    recipe = {"method": "fixed_amount", "amount": "10 mg", "days_per_step": 7, "first_drop": ["noon"]}
    result = preview_of(**tablets("10 mg"), start=taken("40 mg", "20 mg"), recipe=recipe)
    # 60 → 40 → 30 → 20 → 10: a third, a quarter, a third, a half.
    assert codes_of(result) == [("large_cut", 1), ("large_cut", 3), ("large_cut", 4)]


def test_stopping_is_never_a_finding() -> None:
    assert codes_of(preview_of(**tablets("40 mg"), recipe=explicit(("40 mg", 7, "daily")))) == []


def percent(points: str, *strengths: str, start: list[dict[str, str]] | None = None, **more: Any) -> dict[str, Any]:
    recipe = {"method": "percent_of_current", "percent": points, "days_per_step": 7, "round": "down", **more}
    return preview_of(medicine_class="H2RA", strengths=list(strengths), start=start or taken("40 mg"), recipe=recipe)


def test_rounding_that_enlarges_a_cut_by_more_than_five_points_is_said() -> None:
    # Asked 20 %, that is 32 mg. 30 mg is 25 %: five points more, which is not over five. 29 mg is 27.5 %.
    assert codes_of(percent("20", "30 mg", "40 mg", floor="30 mg")) == []
    result = percent("20", "29 mg", "40 mg", floor="29 mg")
    assert codes_of(result) == [("rounded_cut", 1)]
    assert result["findings"][0] == {
        "code": "rounded_cut",
        "severity": "WARN",
        "step": 1,
        "text": "Step 1 would be 32 mg a day on average. Rounding makes it 29 mg: "
        "the cut is more than 5 points larger than asked.",
    }


def test_points_are_of_the_dose_taken_before() -> None:
    """From 20 mg, 18 asked and 15 made are 15 points; from 40, 36 asked and 35 made are two and a half."""
    result = percent("10", "5 mg", floor="15 mg")
    # 40 → 36 → 35 (2.5) → 31.5 → 30 (4.3) → 27 → 25 (6.7) → 22.5 → 20 (10) → 18 → 15 (15)
    assert codes_of(result) == [("rounded_cut", 3), ("rounded_cut", 4), ("rounded_cut", 5)]


def test_a_floor_is_not_a_rounded_cut() -> None:
    assert codes_of(percent("50", "35 mg", "40 mg", floor="35 mg")) == []


def test_rounding_that_ends_at_the_floor_is_said_like_any_other() -> None:
    """Asked 8.5 mg, above the floor: 2.125 and 6.375. Rounded, 0 and 5 are below it, and 7.5 mg is 25 % off, not 15."""
    start = taken("2.5 mg", "7.5 mg")
    assert codes_of(percent("15", "2.5 mg", floor="7.5 mg", start=start)) == [("rounded_cut", 1)]
    assert codes_of(percent("26", "2.5 mg", floor="7.5 mg", start=start)) == []


def test_a_written_step_that_is_rounded_is_said_too() -> None:
    result = preview_of(recipe=explicit(("37 mg", 7, "daily"), round="down"))
    assert codes_of(result) == [("rounded_cut", 1)]
    # As an average, 39 every 2 days rounded to 30 is 4.5 of 40: more than five points.
    assert codes_of(preview_of(recipe=explicit(("39 mg", 8, "every 2 days"), round="down"))) == [("rounded_cut", 1)]
    assert codes_of(preview_of(recipe=explicit(("34 mg", 8, "every 2 days"), round="down"))) == []


def test_a_step_without_a_dose_day_is_said() -> None:
    recipe = explicit(("40 mg", 7, "daily"), ("10 mg", 3, "weekdays fri,sun"), ("10 mg", 3, "weekdays fri"))
    result = preview_of(recipe=recipe)
    # From Monday to Wednesday, then from Thursday to Saturday.
    assert codes_of(result) == [("no_dose_in_step", 2)]
    assert result["findings"][0]["severity"] == "INFO"
    assert result["findings"][0]["text"] == "Nothing is taken in step 2: no day of it is one of “Fridays and Sundays”."


def test_more_on_a_day_when_needed_than_every_day_before_is_said() -> None:
    result = preview_of(recipe=explicit(("10 mg", 7, "daily"), ("40 mg", 7, "as needed")))
    assert codes_of(result) == [("more_when_needed", 2)]
    assert result["findings"][0]["severity"] == "WARN"
    assert "as needed, 40 mg on a day: more than the 10 mg on a day before it" in result["findings"][0]["text"]
    # The same amount, or less, is nothing to look at; the first step is compared with what is taken now, 40 mg.
    assert codes_of(preview_of(recipe=explicit(("10 mg", 7, "daily"), ("10 mg", 7, "as needed")))) == []
    assert codes_of(preview_of(recipe=explicit(("40 mg", 7, "as needed")))) == []


def test_a_step_taken_as_needed_is_not_empty() -> None:
    assert codes_of(preview_of(recipe=explicit(("10 mg", 7, "as needed")))) == []


@pytest.mark.parametrize(
    ("days", "before", "after", "seam"),
    [
        # Dose days are Monday to Sunday, the 1st, 3rd, 5th, 7th; the next step begins on a Monday.
        (7, "every 2 days", "weekdays mon,thu", True),
        (7, "every 2 days", "every 3 days", True),
        (8, "every 2 days", "every 3 days", False),
        (7, "every 2 days", "weekdays thu", False),
        (7, "weekdays sat,sun", "weekdays mon", True),
        # The same pattern begins anew: no seam of different patterns.
        (7, "every 2 days", "every 2 days", False),
        (7, "daily", "every 2 days", False),
        (7, "every 2 days", "as needed", False),
    ],
)
def test_two_patterns_that_meet_on_consecutive_days_are_a_seam(days: int, before: str, after: str, seam: bool) -> None:
    written = document(recipe=explicit(("40 mg", days, before), ("10 mg", 14, after)))
    assert codes_of(preview(written)) == ([("seam", 2)] if seam else [])


def test_findings_stand_in_the_order_of_the_steps() -> None:
    """On average 10, 20/7 and 10/7 mg a day, then 4/3, which is a small cut."""
    recipe = explicit(
        ("20 mg", 7, "every 2 days"),
        ("20 mg", 7, "weekdays mon"),
        ("10 mg", 2, "weekdays sat"),
        ("4 mg", 7, "every 3 days"),
    )
    result = preview_of(**tablets("2 mg"), recipe=recipe)
    assert codes_of(result) == [
        ("large_cut", 1),
        ("large_cut", 2),
        ("seam", 2),
        ("large_cut", 3),
        ("no_dose_in_step", 3),
    ]
