"""What the record says to each gate: yes, no or unknown, with what says so and as of which day.

Unknown is never no. No comes only from a dated source: something that was looked for and is not there, a complete list
of medicines, a test, or what the taper itself says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from protocols.domain.bleeding_risk import bleeding_answer
from protocols.domain.facts import ConditionFact, PersonFacts
from protocols.domain.gate import Gate
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_codes import matches
from protocols.domain.gate_lab_evidence import awaited_tests_answer, h_pylori_answer
from protocols.domain.gate_list import APPROVAL, ASKED
from protocols.domain.medicines import MedicineClass

SHORTEST_USE_DAYS: Final = 28
"""Whoever has taken it for fewer days is asked about first."""


def answers_from(
    facts: PersonFacts,
    *,
    tapered_substance: str,
    tapered_since: date | None,
    red_flags_open: bool | None,
    indication: str,
) -> tuple[GateAnswer, ...]:
    """The record's answer to every gate but G10, in order, on the day `facts.on`.

    G10 is not among them: it asks about a version, and the signature resolves it. tapered_since: since when it is
    taken, as the taper says; None if it does not. red_flags_open: None if nobody has asked about warning signs.
    """
    of_its_own = (
        bleeding_answer(facts),
        _red_flags(red_flags_open, on=facts.on),
        indication_answer(indication, source="Written in the taper", on=facts.on),
        _short_use(facts, substance=tapered_substance, since=tapered_since),
        _pregnancy(facts),
        _steroid_and_nsaid(facts),
        h_pylori_answer(facts, tapered_since=tapered_since),
        awaited_tests_answer(facts),
    )
    answers = {answer.gate: answer for answer in of_its_own}
    return tuple(answers.get(gate.id) or _from_conditions(gate, facts.conditions) for gate in ASKED)


def indication_answer(indication: str, *, source: str, on: date) -> GateAnswer:
    """How G11 stands. Never unknown: what is written is all there is, and marks and spaces alone say nothing."""
    is_missing = not any(character.isalnum() for character in indication)
    return _said("G11", is_missing, "No reason is written in the taper" if is_missing else source, on)


def approval_answer(*, signed_by: str, signed_on: date | None) -> GateAnswer:
    """How G10 stands, to be shown beside the others: yes until a version is signed. signed_by: who signed, and how."""
    if signed_on is None:
        return GateAnswer(gate=APPROVAL.id, answer=Answer.YES, source="This version is not signed")
    return _said(APPROVAL.id, False, signed_by, signed_on)


def _unknown(gate: str) -> GateAnswer:
    return GateAnswer(gate=gate, answer=Answer.UNKNOWN)


def _said(gate: str, is_so: bool, source: str, as_of: date) -> GateAnswer:
    return GateAnswer(gate=gate, answer=Answer.YES if is_so else Answer.NO, source=source, as_of=as_of)


def _from_conditions(gate: Gate, conditions: Iterable[ConditionFact]) -> GateAnswer:
    """Any condition under the gate's codes is a yes, whatever else says that it is not there.

    No needs every code of `denied_by`, each with its source; a gate without them is asked.
    """
    present = [fact for fact in conditions if fact.is_present and matches(fact.code, gate.codes)]
    if present:
        newest = max(present, key=lambda fact: fact.as_of)
        return _said(gate.id, True, f"{newest.code}, {newest.source or 'in the record'}", newest.as_of)
    denials = [denial for code in gate.denied_by if (denial := _denial(code, conditions)) is not None]
    if not denials or len(denials) < len(gate.denied_by):
        return _unknown(gate.id)
    # All of it is known only as of the oldest of them.
    oldest = min(denials, key=lambda fact: fact.as_of)
    codes = ", ".join(gate.denied_by)
    return _said(gate.id, False, f"{codes} looked for and not there, {oldest.source}", oldest.as_of)


def _denial(code: str, conditions: Iterable[ConditionFact]) -> ConditionFact | None:
    """The newest fact that says, from a source, that exactly this code is not there."""
    absent = [
        fact for fact in conditions if not fact.is_present and fact.code.strip().upper() == code and fact.source.strip()
    ]
    return max(absent, key=lambda fact: fact.as_of, default=None)


def _red_flags(are_open: bool | None, *, on: date) -> GateAnswer:
    if are_open is None:
        return _unknown("G9")
    return _said("G9", are_open, "A warning sign is open" if are_open else "Asked, and no warning sign is open", on)


def _short_use(facts: PersonFacts, *, substance: str, since: date | None) -> GateAnswer:
    """Since when it is taken, as the taper says, or else the earliest day in the list of medicines."""
    as_of, source = facts.on, "as the taper says"
    if since is None:
        name = substance.strip().casefold()
        listed = [
            (fact.since, fact.as_of, fact.source)
            for fact in facts.medicines
            if fact.since is not None and fact.substance.strip().casefold() == name and fact.is_taken_on(facts.on)
        ]
        if not listed:
            return _unknown("A1")
        since, as_of, source = min(listed)
    is_short = (facts.on - since).days < SHORTEST_USE_DAYS
    return _said("A1", is_short, f"Taken since {since.isoformat()}, {source or 'in the record'}", as_of)


def _pregnancy(facts: PersonFacts) -> GateAnswer:
    said = facts.sources.get("is_pregnant")
    if facts.is_pregnant:
        return _said("A2", True, said.source if said else "In the record", said.as_of if said else facts.on)
    if facts.is_pregnant is None or said is None or not said.source.strip():
        return _unknown("A2")
    return _said("A2", False, said.source, said.as_of)


def _steroid_and_nsaid(facts: PersonFacts) -> GateAnswer:
    """Both make a yes. That one of the two is not taken makes a no."""
    classes = (MedicineClass.NSAID, MedicineClass.CORTICOSTEROID)
    takes = [facts.takes_any_of([each]) for each in classes]
    if all(takes):
        taken = facts.medicines_of(classes)
        names = " and ".join(sorted({fact.substance.strip() for fact in taken}, key=str.casefold))
        return _said("A3", True, names, max(fact.as_of for fact in taken))
    if False in takes and facts.medicines_complete_as_of is not None:
        return _said("A3", False, "The complete list of medicines does not have both", facts.medicines_complete_as_of)
    return _unknown("A3")
