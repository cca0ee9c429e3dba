"""What can be written on a prescription: directions, quantity and days’ supply, strength by strength."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.prescription import Prescription, prescriptions
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Schedule, Step, schedule
from protocols.domain.terms import SignedMedicine
from protocols.domain.window import Window
from tests.domain.tapers import LADDER, MONDAY, document, laid_out

TAIL: list[dict[str, Any]] = [
    {"pattern": "every 2 days", "amount": "10 mg", "days": 28},
    {"pattern": "weekdays mon,thu", "amount": "10 mg", "days": 28},
]


def of(dated: Schedule, *, name: str = "omeprazole", form: str = "delayed-release capsule") -> tuple[Prescription, ...]:
    medicine = SignedMedicine(
        substance=name, name=name, form=form, release="delayed", medicine_class=MedicineClass.OTHER
    )
    return prescriptions(dated, medicine)


def dose(slot: str, *counted: tuple[str, str]) -> Dose:
    return Dose(slot, tuple(Units(Amount.parse(strength), Decimal(count)) for count, strength in counted))


def steps(*made: tuple[list[Dose], str, int]) -> Schedule:
    return schedule(
        [Step(tuple(doses), Pattern.parse(pattern), days) for doses, pattern, days in made], first_day=MONDAY
    )


def test_omeprazole_40_mg_is_prescribed_in_two_strengths() -> None:
    dated = laid_out(document(recipe=LADDER["recipe"] | {"tail": TAIL}))
    assert [line.text for line in of(dated)] == [
        "Omeprazole 20 mg delayed-release capsule. Take 1 capsule before breakfast for 28 days. "
        "Quantity 28. Days’ supply 28.",
        "Omeprazole 10 mg delayed-release capsule. Begin on day 29 of these steps. "
        "Take 1 capsule before breakfast for 28 days, "
        "then 1 capsule before breakfast every 2 days for 28 days, "
        "then 1 capsule before breakfast on Mondays and Thursdays for 28 days. Quantity 50. Days’ supply 84.",
    ]
    assert [(line.first_day, line.last_day) for line in of(dated)] == [
        (date(2027, 1, 4), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2027, 4, 25)),
    ]


def test_the_quantity_is_what_is_counted_day_by_day() -> None:
    dated = laid_out(document(recipe=LADDER["recipe"] | {"tail": TAIL}))
    counted: Counter[str] = Counter()
    for number in range(200):
        for one in dated.take_on(MONDAY + timedelta(days=number)):
            for units in one.units:
                counted[units.strength.display()] += int(units.count)
    assert {line.strength: line.quantity for line in of(dated)} == {
        strength: str(count) for strength, count in counted.items()
    }


def test_a_strength_beside_another_says_so() -> None:
    together = [dose("with breakfast", ("1", "20 mg"), ("1", "5 mg")), dose("bedtime", ("2", "5 mg"))]
    twenty, five = of(steps((together, "daily", 7)), name="prednisone", form="tablet")
    assert twenty.directions == "Take 1 tablet (with the 5 mg) with breakfast for 7 days."
    assert five.directions == "Take 1 tablet (with the 20 mg) with breakfast and 2 tablets at bedtime for 7 days."
    assert (twenty.quantity, five.quantity) == ("7", "21")


def test_days_without_a_strength_are_said_and_not_supplied() -> None:
    dated = steps(
        ([dose("evening", ("1", "5 mg"))], "daily", 7),
        ([dose("evening", ("1", "1 mg"))], "daily", 1),
        ([dose("evening", ("1", "5 mg"))], "daily", 2),
    )
    five, one = of(dated, form="tablet")
    assert five.directions == (
        "Take 1 tablet in the evening for 7 days, then none of this strength for 1 day, "
        "then 1 tablet in the evening for 2 days."
    )
    assert (five.quantity, five.days_supply) == ("9", 9)
    assert one.directions == "Begin on day 8 of these steps. Take 1 tablet in the evening for 1 day."


def test_halves_are_handed_out_as_whole_units() -> None:
    (line,) = of(steps(([dose("evening", ("0.5", "5 mg"))], "daily", 7)), form="tablet")
    assert line.directions == "Take half a tablet in the evening for 7 days."
    assert (line.quantity, line.taken) == ("4", "3.5")


def test_what_is_taken_as_needed_alone_has_no_quantity() -> None:
    (line,) = of(steps(([dose("evening", ("1", "5 mg"))], "as needed", 14)), form="tablet")
    assert line.quantity is None
    assert line.text.endswith("as needed for 14 days. Quantity as the prescriber decides. Days’ supply 14.")


def test_a_liquid_is_handed_out_in_millilitres() -> None:
    measured = Dose("bedtime", (Units(Amount.parse("4 mg"), Decimal("2.5"), per_ml=True),))
    (line,) = of(steps(([measured], "every 2 days", 4)), name="famotidine", form="oral liquid")
    assert line.text == (
        "Famotidine 4 mg/mL oral liquid. Take 2.5 mL at bedtime every 2 days for 4 days. Quantity 5 mL. Days’ supply 4."
    )


def test_an_open_hold_leaves_the_quantity_unknown() -> None:
    step = Step((dose("evening", ("1", "5 mg")),), Pattern.daily(), 7)
    with pytest.raises(ValueError, match="nobody knows how much"):
        of(schedule([step], first_day=MONDAY, holds=[Window(MONDAY, None)]))
