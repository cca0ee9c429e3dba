"""What is known about a person: age, and what is taken, which is unknown unless somebody asked."""

from datetime import date
from typing import Any

import pytest

from protocols.domain.facts import MedicineFact, PersonFacts
from protocols.domain.medicines import MedicineClass

ON = date(2027, 1, 4)
NSAIDS = [MedicineClass.NSAID, MedicineClass.ANTIPLATELET]


def medicine(medicine_class: MedicineClass | None, **dates: date | None) -> MedicineFact:
    fields: dict[str, Any] = {"since": None, "until": None} | dates
    return MedicineFact(substance="it", medicine_class=medicine_class, as_of=ON, source="", **fields)


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(1972, 1, 4), 55), (date(1972, 1, 5), 54), (date(1972, 2, 29), 54), (ON, 0), (None, None)],
)
def test_age_is_completed_years(born: date | None, age: int | None) -> None:
    assert PersonFacts(on=ON, birth_date=born).age == age


def test_a_leap_day_birthday_is_kept_in_march() -> None:
    assert PersonFacts(on=date(2027, 2, 28), birth_date=date(1972, 2, 29)).age == 54
    assert PersonFacts(on=date(2027, 3, 1), birth_date=date(1972, 2, 29)).age == 55


@pytest.mark.parametrize(
    ("listed", "complete", "answer"),
    [
        ([], None, None),
        ([], ON, False),
        ([medicine(MedicineClass.NSAID)], None, True),
        ([medicine(MedicineClass.NSAID)], ON, True),
        ([medicine(MedicineClass.PPI)], None, None),
        ([medicine(MedicineClass.PPI)], ON, False),
        ([medicine(None)], ON, None),
        ([medicine(None), medicine(MedicineClass.ANTIPLATELET)], None, True),
        ([medicine(None, until=date(2027, 1, 3))], ON, False),
        ([medicine(MedicineClass.NSAID, until=date(2027, 1, 3))], ON, False),
        ([medicine(MedicineClass.NSAID, until=ON)], ON, True),
        ([medicine(MedicineClass.NSAID, since=date(2027, 1, 5))], ON, False),
        ([medicine(MedicineClass.NSAID, since=ON)], ON, True),
    ],
)
def test_no_is_said_only_of_a_complete_list(
    listed: list[MedicineFact], complete: date | None, answer: bool | None
) -> None:
    facts = PersonFacts(on=ON, medicines=tuple(listed), medicines_complete_as_of=complete)
    assert facts.takes_any_of(NSAIDS) is answer


def test_medicines_of_a_class_are_those_taken_that_day() -> None:
    taken, ended = medicine(MedicineClass.NSAID, since=ON), medicine(MedicineClass.NSAID, until=date(2026, 12, 1))
    facts = PersonFacts(on=ON, medicines=(ended, taken, medicine(MedicineClass.PPI)))
    assert facts.medicines_of(NSAIDS) == [taken]
