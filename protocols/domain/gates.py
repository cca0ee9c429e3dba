"""The gates of a taper, put together: what still stops it, what is asked of the prescriber, and what may be lifted.

Everything else about gates is reached from here: the list, and what the record says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from protocols.domain.facts import PersonFacts
from protocols.domain.gate import Gate, Lifting
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_evidence import answers_from, approval_answer, indication_answer
from protocols.domain.gate_list import APPROVAL, ASKED, GATES, INDICATION
from protocols.domain.medicines import MedicineClass

__all__ = [
    "APPROVAL",
    "ASKED",
    "GATES",
    "INDICATION",
    "LONGEST_REASON",
    "AnsweredGate",
    "Gate",
    "GateError",
    "Lifting",
    "answered",
    "answers_from",
    "approval_answer",
    "lift",
    "open_stops",
    "overlay",
    "questions_for_prescriber",
    "two_active",
    "unanswered",
    "with_indication",
]

LONGEST_REASON: Final = 500
"""So many characters may say why a prescriber goes on although the answer is yes, through whichever door."""

_REFUSED_LIFTS: Final = {
    Lifting.REVIEW: "A warning sign is not lifted: it is cleared once a clinician has looked into it.",
    Lifting.RESOLVED: "This is not lifted: the prescriber signs the version, and the reason is written down.",
    Lifting.NOT_NEEDED: "This stops nothing, so there is nothing to lift.",
}


class GateError(ValueError):
    """A gate cannot be answered or lifted like this. The text is a sentence; `gate` is its identifier."""

    def __init__(self, sentence: str, *, gate: str) -> None:
        super().__init__(sentence)
        self.gate = gate


@dataclass(frozen=True, slots=True)
class AnsweredGate:
    """A gate with how it stands, so that a page can print both."""

    gate: Gate
    answer: GateAnswer

    @property
    def is_open_stop(self) -> bool:
        """Whether it keeps a taper from starting: a hard stop that is unknown, or yes and not properly lifted."""
        if not self.gate.is_hard or self.answer.answer is Answer.NO:
            return False
        is_lifted = self.gate.lifting is Lifting.PRESCRIBER and _is_reason(self.answer.lifted_because)
        return self.answer.answer is Answer.UNKNOWN or not is_lifted

    @property
    def is_question(self) -> bool:
        """Whether the prescriber is asked: what is unknown, what is to be asked first, and a missing indication."""
        if self.answer.answer is Answer.UNKNOWN:
            return True
        return self.answer.answer is Answer.YES and (not self.gate.is_hard or self.gate is INDICATION)


def answered(answers: Iterable[GateAnswer]) -> tuple[AnsweredGate, ...]:
    """Every gate but G10, in order, with its answer; unknown where there is none.

    Raises `GateError` for a gate that does not exist, that has two answers, or that nobody answers.
    """
    by_gate: dict[str, GateAnswer] = {}
    for answer in answers:
        _require_asked(answer.gate)
        if answer.gate in by_gate:
            raise GateError(f"{answer.gate} is answered twice: keep one answer.", gate=answer.gate)
        by_gate[answer.gate] = answer
    return tuple(
        AnsweredGate(gate, by_gate.get(gate.id) or GateAnswer(gate=gate.id, answer=Answer.UNKNOWN)) for gate in ASKED
    )


def open_stops(answers: Iterable[GateAnswer]) -> tuple[AnsweredGate, ...]:
    """The hard stops that keep a taper from starting. While there is one, it does not start.

    G10 is not among them: it asks for the signature, and only the signed bytes answer that. A taper starts when there
    is no open stop here and its version is signed.
    """
    return tuple(each for each in answered(answers) if each.is_open_stop)


def unanswered(answers: Iterable[GateAnswer]) -> tuple[AnsweredGate, ...]:
    """All that is unknown, hard stops first."""
    return tuple(each for each in answered(answers) if each.answer.answer is Answer.UNKNOWN)


def questions_for_prescriber(answers: Iterable[GateAnswer]) -> tuple[AnsweredGate, ...]:
    """What the prescriber is asked, in order: all that is unknown, what is asked first, and a missing indication."""
    return tuple(each for each in answered(answers) if each.is_question)


def overlay(record_answers: Iterable[GateAnswer], given_answers: Iterable[GateAnswer]) -> tuple[GateAnswer, ...]:
    """The record's answers with what people answered on top, for every gate but G10, in order.

    A given answer settles what is unknown, and a given yes counts over the record's no: it is the careful one. A given
    “unknown” changes nothing. Several people may have answered one gate; they count in their order.

    Raises `GateError` where a given no contradicts a yes (that is corrected in the record, or lifted, and neither
    happens unseen), where a given answer has no source or date or comes lifted, and for G10 and G11.
    """
    standing = {each.gate.id: each.answer for each in answered(record_answers)}
    for given in given_answers:
        _require_answerable(given)
        before = standing[given.gate]
        if given.answer is Answer.NO and before.answer is Answer.YES:
            raise GateError(
                f"{given.gate} is answered yes already. Correct that answer where it comes from if it is wrong. "
                f"If it is right: {GATES[given.gate].lifting.label.lower()}.",
                gate=given.gate,
            )
        settles = given.answer is not Answer.UNKNOWN and before.answer is Answer.UNKNOWN
        if settles or (given.answer is Answer.YES and before.answer is Answer.NO):
            standing[given.gate] = given
    return tuple(standing.values())


def with_indication(answers: Iterable[GateAnswer], *, indication: str, source: str, on: date) -> tuple[GateAnswer, ...]:
    """The answers with G11 as it stands now that the indication was written, or taken away: its only way to a no.

    source: who wrote it. Raises `GateError` without one.
    """
    if not source.strip():
        raise GateError("Say who wrote the indication.", gate=INDICATION.id)
    written = indication_answer(indication, source=source, on=on)
    return tuple(written if each.gate is INDICATION else each.answer for each in answered(answers))


def lift(answer: GateAnswer, *, by_prescriber: bool, reason: str) -> GateAnswer:
    """The answer, still yes, with the reason for which its prescriber goes on.

    Raises `GateError` unless it is G1 to G8, answered yes, not lifted yet, lifted by the prescriber, with a reason in
    words.
    """
    _require_known(answer.gate)
    lifting = GATES[answer.gate].lifting
    if lifting is not Lifting.PRESCRIBER:
        raise GateError(_REFUSED_LIFTS[lifting], gate=answer.gate)
    if not by_prescriber:
        raise GateError("Only the prescriber may lift this: ask for it in the request.", gate=answer.gate)
    if answer.answer is Answer.UNKNOWN:
        raise GateError("This is unknown: answer it with yes or no first.", gate=answer.gate)
    if answer.answer is Answer.NO:
        raise GateError("This is answered no, so there is nothing to lift.", gate=answer.gate)
    if answer.is_lifted:
        raise GateError("This is lifted already, with a reason.", gate=answer.gate)
    if not _is_reason(reason):
        raise GateError("Say in words why you go on although the answer is yes.", gate=answer.gate)
    return replace(answer, lifted_because=reason.strip())


def two_active(facts: PersonFacts, medicine_class: MedicineClass) -> tuple[str, ...]:
    """The medicines of this class taken that day if they are more than one, by name; else empty.

    A taper cannot start while two PPIs, or two H2 blockers, are taken. One medicine in two strengths is one.
    """
    names = {fact.substance.strip().casefold(): fact.substance.strip() for fact in facts.medicines_of([medicine_class])}
    return tuple(names[key] for key in sorted(names)) if len(names) > 1 else ()


def _is_reason(text: str) -> bool:
    """Marks, figures and spaces alone say nothing."""
    return any(character.isalpha() for character in text)


def _require_known(gate: str) -> None:
    if gate not in GATES:
        raise GateError(f"There is no gate “{gate}”: use one of {', '.join(GATES)}.", gate=gate)


def _require_asked(gate: str) -> None:
    _require_known(gate)
    if gate == APPROVAL.id:
        raise GateError("Nobody answers G10: the prescriber’s signature resolves it.", gate=gate)


def _require_answerable(given: GateAnswer) -> None:
    _require_asked(given.gate)
    if given.gate == INDICATION.id:
        raise GateError("Write the reason for which the medicine is taken: that answers G11.", gate=given.gate)
    if given.is_lifted:
        raise GateError(f"{given.gate} is answered first and lifted afterwards.", gate=given.gate)
    if given.answer is not Answer.UNKNOWN and not (given.source.strip() and given.as_of):
        raise GateError(f"Say who answers {given.gate}, and as of which day.", gate=given.gate)
