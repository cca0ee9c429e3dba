"""The gates of a version, as rows that letter and page show: what is known, and what the prescriber is asked."""

from collections.abc import Iterable

from patients.services.tapers.request_content import GateLine
from protocols.domain.gate import Gate, Lifting
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_list import GATES, INDICATION


def gate_lines(answers: Iterable[GateAnswer]) -> tuple[GateLine, ...]:
    """All that are questions about the patient. The indication has a place of its own on the page."""
    named = ((GATES[answer.gate], answer) for answer in answers)
    return tuple(_gate(gate, answer) for gate, answer in named if gate is not INDICATION)


def _gate(gate: Gate, answer: GateAnswer) -> GateLine:
    is_yes = answer.answer is Answer.YES
    return GateLine(
        gate=gate.id,
        kind=gate.label,
        question=gate.question,
        why=gate.why,
        citation=gate.citation,
        answer=answer.answer,
        source=answer.source,
        as_of=answer.as_of,
        is_hard=gate.is_hard,
        is_asked=answer.answer is Answer.UNKNOWN,
        wants_lifting=is_yes and gate.lifting is Lifting.PRESCRIBER and not answer.is_lifted,
        lifted_because=answer.lifted_because,
    )
