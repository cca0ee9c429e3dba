"""Gate G8, line by line: what is taken, what else is known, whether the list is complete, and the answer."""

from datetime import date
from typing import Any

import pytest

from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.medicines import MedicineClass
from tests.domain.people import ASKED_ON, TODAY, answer_to, condition, medicine, person

IBUPROFEN = medicine("ibuprofen", MedicineClass.NSAID)
NAPROXEN = medicine("naproxen", MedicineClass.NSAID)
ASPIRIN = medicine("aspirin", MedicineClass.ANTIPLATELET)
ASPIRIN_AS_NSAID = medicine("Acetylsalicylic acid", MedicineClass.NSAID)
CLOPIDOGREL = medicine("clopidogrel", MedicineClass.ANTIPLATELET)
APIXABAN = medicine("apixaban", MedicineClass.ANTICOAGULANT)
PREDNISONE = medicine("prednisone", MedicineClass.CORTICOSTEROID)
SERTRALINE = medicine("sertraline", MedicineClass.SSRI)
OMEPRAZOLE = medicine("omeprazole", MedicineClass.PPI)
NOBODY_KNOWS = medicine("white tablets", None)
ENDED = medicine("clopidogrel", MedicineClass.ANTIPLATELET, until=date(2027, 1, 3))
TO_COME = medicine("clopidogrel", MedicineClass.ANTIPLATELET, since=date(2027, 1, 5))

# Born on these days she is 64 and 65 on 4 January 2027.
IS_64, IS_65 = date(1962, 1, 5), date(1962, 1, 4)


def facts(*medicines: Any, complete: bool, born: date | None = None, has: tuple[str, ...] = ()) -> Any:
    return person(*medicines, complete=complete, birth_date=born, conditions=tuple(condition(code) for code in has))


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize(
    ("medicines", "born", "has", "if_incomplete", "if_complete"),
    [
        # Nothing that makes bleeding likelier.
        ([], None, (), "unknown", "no"),
        ([OMEPRAZOLE, SERTRALINE, PREDNISONE], IS_65, ("K25.9",), "unknown", "no"),
        ([ENDED, TO_COME], IS_65, (), "unknown", "no"),
        ([NOBODY_KNOWS], None, (), "unknown", "unknown"),
        ([], None, ("Z79.1",), "unknown", "unknown"),
        ([], IS_65, ("Z79.82",), "unknown", "unknown"),
        ([], None, ("Z79.01", "Z79.02"), "unknown", "unknown"),
        # One of them and no risk in the record: a complete list is no answer to the rest.
        ([IBUPROFEN], None, (), "unknown", "unknown"),
        ([ASPIRIN], IS_64, (), "unknown", "unknown"),
        ([CLOPIDOGREL, SERTRALINE], None, ("K21.9",), "unknown", "unknown"),
        ([APIXABAN, ENDED], IS_64, (), "unknown", "unknown"),
        ([IBUPROFEN, medicine(" Ibuprofen", MedicineClass.NSAID)], None, (), "unknown", "unknown"),
        ([ASPIRIN, ASPIRIN_AS_NSAID], None, (), "unknown", "unknown"),
        # One of them with a risk.
        ([IBUPROFEN], IS_65, (), "yes", "yes"),
        ([ASPIRIN], IS_65, (), "yes", "yes"),
        ([IBUPROFEN], None, ("K25.9",), "yes", "yes"),
        ([CLOPIDOGREL], None, ("K28.7",), "yes", "yes"),
        ([APIXABAN], None, ("Z87.11",), "yes", "yes"),
        ([IBUPROFEN], None, ("K92.2",), "yes", "yes"),
        ([IBUPROFEN, PREDNISONE], None, (), "yes", "yes"),
        ([IBUPROFEN, NAPROXEN], None, (), "yes", "yes"),
        ([IBUPROFEN, ASPIRIN], None, (), "yes", "yes"),
        ([NAPROXEN, APIXABAN], None, (), "yes", "yes"),
        # Two against clotting, by themselves.
        ([ASPIRIN, CLOPIDOGREL], None, (), "yes", "yes"),
        ([ASPIRIN_AS_NSAID, APIXABAN], IS_64, (), "yes", "yes"),
        ([CLOPIDOGREL, APIXABAN, NOBODY_KNOWS], None, (), "yes", "yes"),
    ],
)
def test_the_bleeding_gate(
    medicines: list[Any],
    born: date | None,
    has: tuple[str, ...],
    if_incomplete: str,
    if_complete: str,
    *,
    complete: bool,
) -> None:
    said = answer_to("G8", facts(*medicines, complete=complete, born=born, has=has))
    assert said.answer == (if_complete if complete else if_incomplete)
    if said.answer is Answer.UNKNOWN:
        assert said == GateAnswer(gate="G8", answer=Answer.UNKNOWN)
    elif said.answer is Answer.NO:
        assert said.as_of == ASKED_ON
    else:
        assert said.as_of == (TODAY if born == IS_65 else date(2026, 11, 1))


@pytest.mark.parametrize(
    ("known", "source"),
    [
        (facts(ASPIRIN, CLOPIDOGREL, complete=True), "aspirin and clopidogrel"),
        (
            facts(IBUPROFEN, PREDNISONE, complete=False, born=IS_65, has=("K26.4",)),
            "ibuprofen, with age 65, a past or present ulcer (K26.4), a past or present bleed (K26.4), "
            "a corticosteroid (prednisone)",
        ),
        (facts(IBUPROFEN, NAPROXEN, complete=False), "ibuprofen and naproxen, with a second such medicine"),
        (
            facts(ASPIRIN_AS_NSAID, APIXABAN, complete=False),
            "Acetylsalicylic acid and apixaban, with a second such medicine",
        ),
        (facts(complete=True), "The complete list of medicines has none of them"),
    ],
)
def test_the_answer_says_why(known: Any, source: str) -> None:
    assert answer_to("G8", known).source == source


@pytest.mark.parametrize("code", ["K25.9", "K26.3", "K27.7", "K28.9", "Z87.11"])
def test_an_ulcer_that_was_looked_for_and_is_not_there_is_no_risk(code: str) -> None:
    known = person(IBUPROFEN, complete=True, conditions=(condition(code, present=False),))
    assert answer_to("G8", known).answer is Answer.UNKNOWN


def test_a_yes_is_as_new_as_the_newest_of_its_reasons() -> None:
    known = person(
        medicine("ibuprofen", MedicineClass.NSAID, as_of=date(2026, 2, 1)),
        conditions=(condition("K25.9", as_of=date(2026, 3, 1)), condition("K26.9", as_of=date(2020, 3, 1))),
    )
    said = answer_to("G8", known)
    assert (said.as_of, said.source) == (date(2026, 3, 1), "ibuprofen, with a past or present ulcer (K25.9)")
