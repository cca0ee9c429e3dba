"""What a prescriber fills in before agreeing: what is asked, why to go on in spite of a stop, and the indication.

Whether it is enough to sign is decided by the services; here it is only read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from patients.services.errors import InvalidRequest
from patients.services.tapers.errors import GatesOpen
from patients.services.tapers.request_content import GateLine, RequestContent
from patients.services.tapers.signing import Agreement
from protocols.domain.gate import Lifting
from protocols.domain.gate_answers import Answer
from protocols.domain.gate_list import GATES
from protocols.domain.gates import LONGEST_REASON

LONGEST_TEXT = 1000


@dataclass(frozen=True)
class GateQuestion:
    """One gate with its fields. answer: None where the answer is known. reason: None where nobody may go on."""

    line: GateLine
    answer: BoundField | None
    reason: BoundField | None


class AgreementForm(forms.Form):
    """The fields follow from what the request leaves open."""

    indication = forms.CharField(
        label="What is this medicine taken for?",
        help_text="The request does not say it. Without an indication nothing can be agreed.",
        max_length=200,
        required=False,
    )
    text = forms.CharField(
        label="Anything to add (optional)",
        help_text="The clinic reads it. It is not part of what you sign.",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, content: RequestContent, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}), use_required_attribute=False)
        self.label_suffix = ""
        self._gates = [gate for gate in (*content.asked, *content.known) if gate.is_asked or gate.wants_lifting]
        if content.indication:
            del self.fields["indication"]
        for gate in self._gates:
            if gate.is_asked:
                self.fields[f"answer-{gate.gate}"] = _answer_field(gate)
            if GATES[gate.gate].lifting is Lifting.PRESCRIBER:
                self.fields[f"reason-{gate.gate}"] = _reason_field(gate)
        self.order_fields(["indication", *(name for name in self.fields if "-" in name), "text"])

    @property
    def questions(self) -> list[GateQuestion]:
        return [
            GateQuestion(gate, self._bound(f"answer-{gate.gate}"), self._bound(f"reason-{gate.gate}"))
            for gate in self._gates
        ]

    def agreement(self) -> Agreement:
        """What was filled in; the form is valid."""
        cleaned = self.cleaned_data
        answers = {
            gate.gate: Answer(cleaned[f"answer-{gate.gate}"] or "unknown") for gate in self._gates if gate.is_asked
        }
        return Agreement(
            answers=answers,
            lifted={gate.gate: reason for gate in self._gates if (reason := cleaned.get(f"reason-{gate.gate}"))},
            indication=cleaned.get("indication", ""),
            text=cleaned["text"],
        )

    def refuse(self, refused: Exception, sentence: str) -> None:
        """Put what a service refused beside what is to be changed, or above all if no field of this form is meant."""
        names = [name for name in self._named(refused) if name in self.fields]
        if isinstance(refused, GatesOpen):
            for name in names:
                is_answer = name.startswith("answer-")
                self.add_error(name, "Answer this with yes or no." if is_answer else "Say why you go on nevertheless.")
            self.add_error(None, sentence)
        else:
            self.add_error(names[0] if names else None, sentence)

    def _named(self, refused: Exception) -> list[str]:
        if isinstance(refused, GatesOpen):
            return [self._open_field(gate) for gate in refused.gates]
        if isinstance(refused, InvalidRequest) and refused.field.startswith("gates."):
            gate = refused.field.removeprefix("gates.")
            return [f"reason-{gate}", f"answer-{gate}"]
        return [refused.field] if isinstance(refused, InvalidRequest) else []

    def _open_field(self, gate: str) -> str:
        """What keeps this gate open: its answer while that is unknown, else the reason to go on."""
        name = f"answer-{gate}"
        is_answered = name not in self.fields or self.cleaned_data.get(name) == Answer.YES.value
        return f"reason-{gate}" if is_answered else name

    def _bound(self, name: str) -> BoundField | None:
        return self[name] if name in self.fields else None


def _answer_field(gate: GateLine) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gate.question,
        choices=[(answer.value, answer.label) for answer in Answer],
        initial=Answer.UNKNOWN.value,
        required=False,
        widget=forms.RadioSelect,
    )


def _reason_field(gate: GateLine) -> forms.CharField:
    label = "If yes: why you go on nevertheless" if gate.is_asked else "Why you go on nevertheless"
    return forms.CharField(
        label=label, max_length=LONGEST_REASON, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
