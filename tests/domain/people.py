"""People as the gates see them: short ways to write facts down."""

from datetime import date
from typing import Any

from protocols.domain.facts import ConditionFact, MedicineFact, PersonFacts
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gates import ASKED, answers_from
from protocols.domain.medicines import MedicineClass

TODAY = date(2027, 1, 4)
ASKED_ON = date(2026, 12, 30)


def condition(code: str, *, present: bool = True, as_of: date = date(2026, 5, 1), source: str = "A letter") -> Any:
    return ConditionFact(code=code, is_present=present, as_of=as_of, source=source)


def medicine(
    substance: str,
    medicine_class: MedicineClass | None,
    *,
    since: date | None = date(2026, 1, 1),
    until: date | None = None,
    as_of: date = date(2026, 11, 1),
    source: str = "The patient says so",
) -> MedicineFact:
    return MedicineFact(
        substance=substance, medicine_class=medicine_class, since=since, until=until, as_of=as_of, source=source
    )


def person(*medicines: MedicineFact, complete: bool = False, **facts: Any) -> PersonFacts:
    """Somebody on the day of the tests; `complete`: the list of medicines was said to be all, five days before."""
    return PersonFacts(on=TODAY, medicines=medicines, medicines_complete_as_of=ASKED_ON if complete else None, **facts)


def answer_to(gate: str, facts: PersonFacts, **taper: Any) -> GateAnswer:
    """What the record says to one gate about a taper of omeprazole of which nothing else is known."""
    known = {"tapered_substance": "omeprazole", "tapered_since": None, "red_flags_open": None, "indication": ""}
    answers = answers_from(facts, **{**known, **taper})
    assert [answer.gate for answer in answers] == [each.id for each in ASKED]
    return next(answer for answer in answers if answer.gate == gate)


def given(gate: str, answer: str, *, source: str = "dr_price", as_of: date | None = TODAY) -> GateAnswer:
    """An answer that somebody gave."""
    return GateAnswer(gate=gate, answer=Answer(answer), source=source, as_of=as_of)


def all_answered(answer: str = "no") -> list[GateAnswer]:
    return [given(gate.id, answer) for gate in ASKED]
