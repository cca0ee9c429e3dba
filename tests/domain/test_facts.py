"""What is known about a person on a day: completed years, and what is taken. Unknown is never no."""

from dataclasses import replace
from datetime import date

import pytest

from protocols.domain.facts import MedicineFact, PersonFacts
from protocols.domain.medicines import MedicineClass
from tests.domain.people import ASKED_ON, TODAY, medicine, person

PPI, NSAID = MedicineClass.PPI, MedicineClass.NSAID


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1972, 3, 9), date(2027, 3, 8), 54),
        (date(1972, 3, 9), date(2027, 3, 9), 55),
        (date(1972, 3, 9), date(2027, 12, 31), 55),
        (date(1972, 12, 31), date(2027, 1, 1), 54),
        # Born on a leap day: a year older on the leap day, and on 1 March of other years.
        (date(2000, 2, 29), date(2027, 2, 28), 26),
        (date(2000, 2, 29), date(2027, 3, 1), 27),
        (date(2000, 2, 29), date(2028, 2, 28), 27),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2000, 2, 28), date(2028, 2, 28), 28),
        (date(2027, 1, 4), date(2027, 1, 4), 0),
        (date(1927, 1, 4), date(2027, 1, 4), 100),
        (None, date(2027, 1, 4), None),
    ],
)
def test_completed_years(born: date | None, on: date, age: int | None) -> None:
    assert PersonFacts(on=on, birth_date=born).age == age


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        (None, None, True),
        (date(2027, 1, 3), None, True),
        (TODAY, None, True),
        (date(2027, 1, 5), None, False),
        (None, date(2027, 1, 3), False),
        (None, TODAY, True),
        (None, date(2027, 1, 5), True),
        (TODAY, TODAY, True),
        (date(2026, 1, 1), date(2026, 12, 31), False),
    ],
)
def test_first_and_last_day_are_days_on_which_it_is_taken(since: date | None, until: date | None, taken: bool) -> None:
    assert medicine("omeprazole", PPI, since=since, until=until).is_taken_on(TODAY) is taken


def test_medicines_of_some_classes_are_those_taken_that_day_in_their_order() -> None:
    naproxen = medicine("naproxen", NSAID)
    omeprazole = medicine("omeprazole", PPI)
    facts = person(
        naproxen,
        medicine("ibuprofen", NSAID, until=date(2027, 1, 3)),
        medicine("white tablets", None),
        omeprazole,
    )
    assert facts.medicines_of([PPI, NSAID]) == [naproxen, omeprazole]
    assert facts.medicines_of(iter([PPI])) == [omeprazole]
    assert facts.medicines_of([]) == []
    assert [fact.substance for fact in replace(facts, on=date(2027, 1, 3)).medicines_of([NSAID])] == [
        "naproxen",
        "ibuprofen",
    ]


OMEPRAZOLE, IBUPROFEN = medicine("omeprazole", PPI), medicine("ibuprofen", NSAID)
NOBODY_KNOWS = medicine("white tablets", None)
NOBODY_KNOWS_ENDED = medicine("white tablets", None, until=date(2027, 1, 3))


@pytest.mark.parametrize(
    ("medicines", "if_incomplete", "if_complete"),
    [
        ((), None, False),
        ((OMEPRAZOLE,), None, False),
        ((IBUPROFEN,), True, True),
        ((IBUPROFEN, NOBODY_KNOWS), True, True),
        ((OMEPRAZOLE, NOBODY_KNOWS), None, None),
        ((NOBODY_KNOWS_ENDED,), None, False),
    ],
)
def test_that_nothing_of_a_class_is_taken_is_known_from_a_complete_list_alone(
    medicines: tuple[MedicineFact, ...], if_incomplete: bool | None, if_complete: bool | None
) -> None:
    assert person(*medicines).takes_any_of([NSAID]) is if_incomplete
    assert person(*medicines, complete=True).takes_any_of([NSAID]) is if_complete


def test_of_somebody_of_whom_nothing_is_known_nothing_is_known() -> None:
    nobody = PersonFacts(on=TODAY)
    assert (nobody.age, nobody.sex, nobody.is_pregnant, nobody.is_breastfeeding, nobody.weight) == (None,) * 5
    assert nobody.allergies is None
    assert nobody.takes_any_of(MedicineClass) is None
    assert nobody.sources == {}
    assert person(complete=True).medicines_complete_as_of == ASKED_ON
