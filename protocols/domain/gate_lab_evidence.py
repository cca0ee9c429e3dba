"""What tests say to the questions about H. pylori and about tests that are still to come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from protocols.domain.facts import LabAnswerFact, MedicineFact, PersonFacts
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_codes import H_PYLORI_CODE, matches
from protocols.domain.labs import lab_test
from protocols.domain.medicines import MedicineClass

H_PYLORI_WASHOUT_DAYS: Final = 14
"""A negative H. pylori test counts only if no PPI was taken on this many days before it (NICE CG184)."""
H_PYLORI_TESTS: Final = frozenset({"17780-8"})
BREATH_TESTS: Final = frozenset({"74788-1", "74791-5", "56931-9", "56938-4"})
"""By LOINC. What a clinic's own codes mean is not known here, and the prescriber is asked."""
_POSITIVE: Final = frozenset({"positive", "detected"})
_NEGATIVE: Final = frozenset({"negative", "not detected"})


def h_pylori_answer(facts: PersonFacts, *, tapered_since: date | None) -> GateAnswer:
    """A5, whether the status is unknown: no where a condition says it, or a test that no PPI can have disturbed."""
    coded = [fact for fact in facts.conditions if matches(fact.code, [H_PYLORI_CODE]) and fact.source.strip()]
    if coded:
        newest = max(coded, key=lambda fact: fact.as_of)
        found = "present" if newest.is_present else "looked for and not there"
        source = f"{newest.code} {found}, {newest.source}"
        return GateAnswer(gate="A5", answer=Answer.NO, source=source, as_of=newest.as_of)
    tests = [fact for fact in facts.lab_answers if _settles(fact, facts, tapered_since=tapered_since)]
    if tests:
        latest = max(tests, key=lambda fact: fact.collected_on)
        source = f"{_title(latest.code)}: {latest.answer.strip()}"
        return GateAnswer(gate="A5", answer=Answer.NO, source=source, as_of=latest.collected_on)
    return GateAnswer(gate="A5", answer=Answer.UNKNOWN)


def awaited_tests_answer(facts: PersonFacts) -> GateAnswer:
    """A6: yes for a test that is listed as awaited. Never no: that none is listed does not say that none is to come."""
    awaited = [fact for fact in facts.pending_labs if fact.code in H_PYLORI_TESTS | BREATH_TESTS]
    if not awaited:
        return GateAnswer(gate="A6", answer=Answer.UNKNOWN)
    newest = max(awaited, key=lambda fact: fact.as_of)
    source = f"{_title(newest.code)} is awaited"
    return GateAnswer(gate="A6", answer=Answer.YES, source=source, as_of=newest.as_of)


def _title(code: str) -> str:
    test = lab_test(code)
    return f"{test.title} (LOINC {code})" if test else f"LOINC {code}"


def _settles(fact: LabAnswerFact, facts: PersonFacts, *, tapered_since: date | None) -> bool:
    """A positive test always does. A negative one may be the work of a PPI that was taken then."""
    answer = fact.answer.strip().casefold()
    if fact.code not in H_PYLORI_TESTS or answer not in _POSITIVE | _NEGATIVE:
        return False
    if answer in _POSITIVE:
        return True
    if tapered_since is None or tapered_since <= fact.collected_on:
        return False
    first = fact.collected_on - timedelta(days=H_PYLORI_WASHOUT_DAYS)
    ppis = [medicine for medicine in facts.medicines if medicine.medicine_class in {MedicineClass.PPI, None}]
    return not any(_may_have_been_taken(medicine, first, fact.collected_on) for medicine in ppis)


def _may_have_been_taken(fact: MedicineFact, first: date, last: date) -> bool:
    """Since nobody knows when may be at any time."""
    return (fact.since is None or fact.since <= last) and (fact.until is None or fact.until >= first)
