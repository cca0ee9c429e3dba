"""What was entered to draw a version up, kept beside it as a document, so that a draft opens as it was left."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from patients.models import TaperVersion
from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.slots import Slot


def entered_document(
    *,
    recipe: Mapping[str, Any],
    start: tuple[tuple[Slot, Amount], ...],
    answers: tuple[GateAnswer, ...],
) -> dict[str, Any]:
    """Plain JSON. recipe: as `preview_taper` reads it."""
    return {
        "recipe": dict(recipe),
        "start": [{"slot": slot.value, "amount": str(amount)} for slot, amount in start],
        "answers": answers_document(answers),
    }


def answers_document(answers: tuple[GateAnswer, ...]) -> list[dict[str, Any]]:
    return [
        {
            "gate": answer.gate,
            "answer": answer.answer.value,
            "source": answer.source,
            "as_of": answer.as_of.isoformat() if answer.as_of else None,
        }
        for answer in answers
    ]


def entered_answers(version: TaperVersion) -> tuple[GateAnswer, ...]:
    """What the practitioner answered beyond the record."""
    return tuple(
        GateAnswer(
            gate=answer["gate"],
            answer=Answer(answer["answer"]),
            source=answer["source"],
            as_of=date.fromisoformat(answer["as_of"]) if answer["as_of"] else None,
        )
        for answer in version.entered.get("answers", [])
    )


def entered_start(version: TaperVersion) -> tuple[tuple[Slot, Amount], ...]:
    """What was taken when it was drawn up, per time of day."""
    return tuple((Slot(dose["slot"]), Amount.parse(dose["amount"])) for dose in version.entered.get("start", []))
