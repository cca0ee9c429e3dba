"""What was entered to draw a version up, kept beside it as a document, so that a draft opens as it was left."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from patients.models import TaperVersion
from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.pattern import Pattern
from protocols.domain.slots import Slot

_DAILY = Pattern.daily()


class Asks(StrEnum):
    """What a version asks its prescriber for."""

    REDUCTION = "reduction"
    STEP_BACK = "step-back"
    EXTENSION = "extension"
    RECIPE = "recipe"


def entered_document(
    *,
    recipe: Mapping[str, Any],
    start: tuple[tuple[Slot, Amount], ...],
    answers: tuple[GateAnswer, ...],
    start_pattern: Pattern = _DAILY,
    asks: Asks = Asks.REDUCTION,
) -> dict[str, Any]:
    """Plain JSON. recipe: as `preview_taper` reads it. start_pattern: how often `start` is taken."""
    return {
        "recipe": dict(recipe),
        "start": [{"slot": slot.value, "amount": str(amount)} for slot, amount in start],
        "start_pattern": str(start_pattern),
        "asks": asks.value,
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


def entered_start_pattern(version: TaperVersion) -> Pattern:
    """How often that was taken."""
    return Pattern.parse(version.entered.get("start_pattern", str(_DAILY)))


def asked_for(version: TaperVersion) -> Asks:
    """What this version asks its prescriber for."""
    return Asks(version.entered.get("asks", Asks.REDUCTION.value))
