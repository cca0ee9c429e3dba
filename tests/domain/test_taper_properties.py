"""Hundreds of random recipes: whatever they are, what must never break holds, or they are refused with a sentence."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from protocols.domain.taper_error import TaperError
from protocols.domain.taper_preview import preview
from tests.domain.tapers import LADDER, laid_out

SLOTS = ("morning", "noon", "evening")
strength_sets = st.sampled_from(
    [(10,), (10, 20, 40), (5, 10), (2, 5, 10), (15, 30), (1, 4, 6), (25, 50), (3, 7), (4,), (1,)]
)
patterns = st.sampled_from(
    ["daily", "daily", "every 2 days", "every 3 days", "weekdays mon,thu", "weekdays sun", "as needed"]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    strengths = draw(strength_sets)
    halves = draw(st.booleans())
    grain = Decimal(min(strengths)) / (2 if halves else 1)

    def amount(least: int, most: int) -> str:
        return f"{(grain * draw(st.integers(least, most))).normalize():f} mg"

    def entry() -> dict[str, Any]:
        return {"amount": amount(1, 6), "days": draw(st.integers(1, 40)), "pattern": draw(patterns)}

    count = draw(st.integers(1, 3))
    method = draw(
        st.sampled_from(["strength_ladder", "fixed_amount", "percent_of_start", "percent_of_current", "explicit"])
    )
    recipe: dict[str, Any] = {"method": method}
    if method == "explicit":
        recipe["steps"] = [entry() for _ in range(draw(st.integers(1, 5)))]
    else:
        recipe["days_per_step"] = draw(st.integers(1, 40))
        if draw(st.booleans()):
            recipe["floor"] = amount(1, 8)
        if draw(st.booleans()):
            recipe["first_drop"] = list(draw(st.permutations(SLOTS[:count])))[: draw(st.integers(0, count - 1))]
    if method == "fixed_amount":
        recipe["amount"] = amount(1, 6)
    if method.startswith("percent"):
        recipe["percent"] = draw(st.sampled_from([5, 10, "12.5", 20, 25, "33.3", 50, 90]))
    if draw(st.integers(0, 3)):
        recipe["round"] = draw(st.sampled_from(["down", "down", "none"]))
    if draw(st.booleans()):
        recipe["hold_start_days"] = draw(st.integers(0, 30))
    if draw(st.booleans()):
        recipe["tail"] = [entry() for _ in range(draw(st.integers(0, 2)))]
    return {
        **LADDER,
        "class": "other",
        "strengths": [f"{strength} mg" for strength in draw(st.permutations(strengths))],
        "splittable": "half" if halves else "no",
        "start": [{"slot": slot, "amount": amount(1, 12)} for slot in SLOTS[:count]],
        "recipe": recipe,
        "starts_on": draw(st.dates(date(2024, 1, 1), date(2032, 12, 31))).isoformat(),
    }


def milligrams(text: str) -> Fraction:
    return Fraction(text.removesuffix(" mg"))


def day_average(step: dict[str, Any]) -> Fraction:
    """The nominal daily average, worked out from the words of the result alone."""
    pattern = step["pattern"]
    share = Fraction(1)
    if pattern == "as needed":
        share = Fraction(0)
    elif every := re.fullmatch(r"every (\d+) days", pattern):
        share = Fraction(1, int(every[1]))
    elif pattern != "daily":
        share = Fraction(len(pattern.split(",")), 7)
    return milligrams(step["amount_per_dose_day"]) * share


def makeable(strengths: list[Fraction], halves: bool, wanted: Fraction) -> bool:
    """Whether some sum of pieces is `wanted`, grown piece by piece from nothing."""
    pieces = strengths + ([strength / 2 for strength in strengths] if halves else [])
    reached, edge = {Fraction(0)}, {Fraction(0)}
    while edge:
        edge = {one + piece for one in edge for piece in pieces if one + piece <= wanted} - reached
        reached |= edge
    return wanted in reached


def previewed(written: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return preview(written)
    except TaperError as error:
        refusal = error
    assert refusal.code
    assert refusal.text.endswith(".")
    event(f"refused: {refusal.code}")
    return None


@settings(max_examples=400)
@given(documents())
def test_the_average_daily_dose_never_rises(written: dict[str, Any]) -> None:
    result = previewed(written)
    if result is None:
        return
    event(f"built by {written['recipe']['method']}")
    averages = [sum((milligrams(one["amount"]) for one in written["start"]), Fraction(0))]
    averages += [day_average(step) for step in result["steps"]]
    assert averages == sorted(averages, reverse=True)
    assert 1 <= len(result["steps"]) <= 200


@settings(max_examples=400)
@given(documents())
def test_dates_are_contiguous_and_every_pattern_counts_from_its_step(written: dict[str, Any]) -> None:
    result = previewed(written)
    if result is None:
        return
    expected = date.fromisoformat(written["starts_on"])
    last_dose = None
    for number, step in enumerate(result["steps"], start=1):
        first, last = date.fromisoformat(step["from"]), date.fromisoformat(step["to"])
        assert (step["number"], first) == (number, expected)
        assert (last - first).days + 1 == step["days"]
        days = [first + timedelta(days=n) for n in range(step["days"])]
        pattern = step["pattern"]
        if pattern.startswith("every"):
            days = days[:: int(pattern.split()[1])]
        elif pattern.startswith("weekdays"):
            days = [day for day in days if day.strftime("%a").lower() in pattern]
        elif pattern == "as needed":
            days = []
        assert step["dose_days"] == len(days)
        last_dose = days[-1] if days else last_dose
        expected = last + timedelta(days=1)
    assert date.fromisoformat(result["ends_on"]) == expected - timedelta(days=1)
    assert result["last_dose_on"] == (last_dose.isoformat() if last_dose else None)
    assert result["days"] == sum(step["days"] for step in result["steps"])


@settings(max_examples=300)
@given(documents())
def test_every_dose_is_made_of_strengths_that_exist(written: dict[str, Any]) -> None:
    result = previewed(written)
    if result is None:
        return
    halves = written["splittable"] == "half"
    strengths = [milligrams(strength) for strength in written["strengths"]]
    for step in result["steps"]:
        whole = Fraction(0)
        for dose in step["take"]:
            made = Fraction(0)
            for units in dose["units"]:
                assert units["strength"] in written["strengths"]
                count = Fraction(units["count"])
                assert count > 0
                assert (count * (2 if halves else 1)).denominator == 1
                made += milligrams(units["strength"]) * count
            assert makeable(strengths, halves, made)
            whole += made
        assert milligrams(step["amount_per_dose_day"]) == whole


@settings(max_examples=300)
@given(documents())
def test_what_is_dispensed_is_the_sum_over_all_days(written: dict[str, Any]) -> None:
    result = previewed(written)
    if result is None:
        return
    one = laid_out(written)
    counts: dict[str, Decimal] = {}
    total = Decimal(0)
    for number in range(result["days"] + 3):
        for dose in one.take_on(one.first_day + timedelta(days=number)):
            total += dose.amount.value
            for units in dose.units:
                counts[str(units.strength)] = counts.get(str(units.strength), Decimal(0)) + units.count
    given_out = {dispensed["strength"]: Decimal(dispensed["count"]) for dispensed in result["dispense"]}
    assert given_out == counts
    assert list(given_out) == sorted(given_out, key=milligrams, reverse=True)
    assert milligrams(result["total"]) == Fraction(total)
    for dispensed in result["dispense"]:
        exact = Decimal(dispensed["count"])
        if exact == exact.to_integral_value():
            assert "whole" not in dispensed
        else:
            assert Decimal(dispensed["whole"]) == exact + Decimal("0.5")
    assert milligrams(result["total"]) == sum((milligrams(step["total"]) for step in result["steps"]), Fraction(0))


@settings(max_examples=200)
@given(documents(), st.randoms(use_true_random=False))
def test_a_spoiled_document_is_refused_with_a_sentence_or_still_makes_sense(
    written: dict[str, Any], chance: Any
) -> None:
    """One value anywhere is replaced by what does not belong there."""
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in pairs:
            places.append((value, key))
            walk(inner)

    walk(written)
    container, key = chance.choice(places)
    container[key] = chance.choice(
        [
            None,
            True,
            0,
            -1,
            10_000,
            "",
            "0 mg",
            "-5 mg",
            "7 mg",
            "10 {capsule}",
            [],
            {},
            [[]],
            "x" * 300,
            Decimal("2.5"),
        ]
    )
    previewed(written)
