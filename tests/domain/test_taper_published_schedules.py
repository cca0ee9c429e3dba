"""Schedules that others have published, day by day and total by total, against tables written by hand."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from protocols.domain.recipe_methods import percent_less
from protocols.domain.taper_preview import preview
from tests.domain.tapers import by_slot, codes_of, day_by_day, document, doses_of, laid_out, tablets


def test_omeprazole_40_mg_goes_down_in_112_days() -> None:
    written = document(
        recipe={
            "method": "strength_ladder",
            "days_per_step": 28,
            "tail": [
                {"pattern": "every 2 days", "amount": "10 mg", "days": 28},
                {"pattern": "weekdays mon,thu", "amount": "10 mg", "days": 28},
            ],
        }
    )
    week_of_mondays_and_thursdays = ["10", "0", "0", "10", "0", "0", "0"]
    assert day_by_day(laid_out(written), 120) == (
        ["20"] * 28 + ["10"] * 28 + ["10", "0"] * 14 + week_of_mondays_and_thursdays * 4 + ["0"] * 8
    )
    result = preview(written)
    assert [(step["from"], step["to"], step["days"], step["dose_days"], step["total"]) for step in result["steps"]] == [
        ("2027-01-04", "2027-01-31", 28, 28, "560 mg"),
        ("2027-02-01", "2027-02-28", 28, 28, "280 mg"),
        ("2027-03-01", "2027-03-28", 28, 14, "140 mg"),
        ("2027-03-29", "2027-04-25", 28, 8, "80 mg"),
    ]
    assert (result["days"], result["total"]) == (112, "1060 mg")
    assert (result["ends_on"], result["last_dose_on"]) == ("2027-04-25", "2027-04-22")
    assert result["dispense"] == [{"strength": "20 mg", "count": "28"}, {"strength": "10 mg", "count": "50"}]
    assert result["findings"] == []


def test_a_pack_of_methylprednisolone_is_21_tablets_in_six_days() -> None:
    slots = ("before breakfast", "after lunch", "after dinner", "bedtime")
    tablets_by_day = [(2, 1, 1, 2), (1, 1, 1, 2), (1, 1, 1, 1), (1, 1, 0, 1), (1, 0, 0, 1), (1, 0, 0, 0)]
    takes = [
        [{"slot": slot, "amount": f"{4 * count} mg"} for slot, count in zip(slots, day, strict=True) if count]
        for day in tablets_by_day
    ]
    written = document(
        medicine="methylprednisolone",
        medicine_class="corticosteroid",
        form="tablet",
        strengths=["4 mg"],
        start=takes[0],
        recipe={"method": "explicit", "steps": [{"days": 1, "pattern": "daily", "take": take} for take in takes]},
    )
    result = preview(written)
    assert day_by_day(laid_out(written), 7) == ["24", "20", "16", "12", "8", "4", "0"]
    assert result["steps"][0]["take"] == [
        {"slot": "before breakfast", "units": [{"strength": "4 mg", "count": "2"}]},
        {"slot": "after lunch", "units": [{"strength": "4 mg", "count": "1"}]},
        {"slot": "after dinner", "units": [{"strength": "4 mg", "count": "1"}]},
        {"slot": "bedtime", "units": [{"strength": "4 mg", "count": "2"}]},
    ]
    assert by_slot(result)[4:] == [{"before breakfast": "4", "bedtime": "4"}, {"before breakfast": "4"}]
    assert (result["days"], result["total"]) == (6, "84 mg")
    assert result["dispense"] == [{"strength": "4 mg", "count": "21"}]
    # 12 to 8 and 8 to 4 are more than a quarter; 16 to 12 is a quarter.
    assert codes_of(result) == [("large_cut", 5), ("large_cut", 6)]


def test_prednisone_of_unstated_strength_is_counted_in_tablets_for_three_weeks() -> None:
    by_day = [12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 2, 1]
    lengths: dict[int, int] = {}
    for count in by_day:
        lengths[count] = lengths.get(count, 0) + 1
    written = document(
        medicine="prednisone",
        medicine_class="corticosteroid",
        form="tablet",
        strengths=["1 {tablet}"],
        start=[{"slot": "after breakfast", "amount": "12 {tablet}"}],
        recipe={
            "method": "explicit",
            "steps": [{"amount": f"{count} {{tablet}}", "days": days} for count, days in lengths.items()],
        },
    )
    result = preview(written)
    assert day_by_day(laid_out(written), 22) == [str(count) for count in by_day] + ["0"]
    assert (result["days"], result["total"]) == (21, "150 {tablet}")
    assert result["dispense"] == [{"strength": "1 {tablet}", "count": "150"}]
    assert codes_of(result) == [("large_cut", 11), ("large_cut", 12)]


def fives(**changes: Any) -> dict[str, Any]:
    return document(
        start=[{"slot": "morning", "amount": "40 mg"}],
        recipe={"method": "fixed_amount", "amount": "5 mg", "days_per_step": 7, "hold_start_days": 7},
        **changes,
    )


def test_five_milligrams_a_week_off_40_mg_need_half_tablets() -> None:
    written = fives(**tablets("10 mg", halves=True))
    result = preview(written)
    by_week = ["40", "35", "30", "25", "20", "15", "10", "5"]
    assert day_by_day(laid_out(written), 57) == [mg for mg in by_week for _ in range(7)] + ["0"]
    counts = [step["take"][0]["units"] for step in result["steps"]]
    assert counts == [
        [{"strength": "10 mg", "count": count}] for count in ["4", "3.5", "3", "2.5", "2", "1.5", "1", "0.5"]
    ]
    assert (result["days"], result["total"]) == (56, "1260 mg")
    assert result["dispense"] == [{"strength": "10 mg", "count": "126"}]


def test_a_rapid_opioid_taper_has_eleven_active_days() -> None:
    by_day = [180, 135, 90, 45, 30, 30, 30, 15, 15, 15, 15, 0]
    written = document(
        medicine="morphine",
        medicine_class="opioid",
        form="tablet",
        strengths=["15 mg", "30 mg"],
        start=[{"slot": "morning", "amount": "180 mg"}],
        recipe={
            "method": "explicit",
            "steps": [
                {"amount": f"{mg} mg", "days": days, "pattern": "daily"}
                for mg, days in [(180, 1), (135, 1), (90, 1), (45, 1), (30, 3), (15, 4)]
            ],
        },
    )
    result = preview(written)
    assert day_by_day(laid_out(written), 12) == [str(mg) for mg in by_day]
    assert (result["days"], result["total"]) == (11, "600 mg")
    assert (result["ends_on"], result["last_dose_on"]) == ("2027-01-14", "2027-01-14")
    # 6, 4 + 1, 3, 1 + 1, three of 30; four of 15.
    assert result["dispense"] == [{"strength": "30 mg", "count": "17"}, {"strength": "15 mg", "count": "6"}]
    assert codes_of(result) == [("large_cut", step) for step in (3, 4, 5, 6)]


def test_diazepam_40_mg_goes_down_in_29_stages_of_a_week() -> None:
    stages = [38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    written = document(
        medicine="diazepam",
        medicine_class="benzodiazepine",
        form="tablet",
        splittable="half",
        strengths=["2 mg", "5 mg", "10 mg"],
        start=[{"slot": "bedtime", "amount": "40 mg"}],
        recipe={
            "method": "fixed_amount",
            "amount": "2 mg",
            "days_per_step": 7,
            "floor": "20 mg",
            "tail": [{"pattern": "daily", "amount": f"{mg} mg", "days": 7} for mg in range(19, 0, -1)],
        },
    )
    result = preview(written)
    assert doses_of(result) == [f"{mg} mg" for mg in stages]
    assert day_by_day(laid_out(written), 204) == [str(mg) for mg in stages for _ in range(7)] + ["0"]
    assert (result["days"], result["total"]) == (203, "3360 mg")
    units = {step["amount_per_dose_day"]: step["take"][0]["units"] for step in result["steps"]}
    assert units["38 mg"] == [
        {"strength": "10 mg", "count": "3"},
        {"strength": "5 mg", "count": "1"},
        {"strength": "2 mg", "count": "1.5"},
    ]
    assert units["7 mg"] == [{"strength": "5 mg", "count": "1"}, {"strength": "2 mg", "count": "1"}]
    assert units["1 mg"] == [{"strength": "2 mg", "count": "0.5"}]
    # 4 to 3 is a quarter; 3 to 2 and 2 to 1 are more.
    assert codes_of(result) == [("large_cut", 28), ("large_cut", 29)]


def test_a_quarter_off_the_most_recent_dose_follows_the_published_curve() -> None:
    published = [
        *("50", "37.5", "28.13", "21.09", "15.82", "11.87", "8.90", "6.67"),
        *("5.01", "3.75", "2.82", "2.11", "1.58", "1.19", "0.89"),
    ]
    taken = {"morning": Fraction(50)}
    for stated in published:
        exact = Decimal(taken["morning"].numerator) / Decimal(taken["morning"].denominator)
        assert exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) == Decimal(stated)
        taken = percent_less(taken, Decimal(25))


def test_the_published_tables_add_up_by_themselves() -> None:
    """The totals above, added up without the code under test."""
    assert 28 * 20 + 28 * 10 + 14 * 10 + 8 * 10 == 1060
    assert sum((24, 20, 16, 12, 8, 4)) == 4 * 21 == 84
    assert 7 * sum(range(5, 41, 5)) == 1260
    assert sum([180, 135, 90, 45, 30, 30, 30, 15, 15, 15, 15]) == 600
    assert 7 * (sum(range(20, 39, 2)) + sum(range(1, 20))) == 3360
    assert (date(2027, 4, 25) - date(2027, 1, 4)).days + 1 == 112
