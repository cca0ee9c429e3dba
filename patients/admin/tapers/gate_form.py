"""The gates while a taper is drawn up: what the record says, and what the practitioner knows beyond it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from protocols.domain.gate import Gate
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gates import GATES, INDICATION

ANSWERS = [(Answer.UNKNOWN.value, "Not known"), (Answer.NO.value, "No"), (Answer.YES.value, "Yes")]


@dataclass(frozen=True, slots=True)
class GateRow:
    """One question. recorded: what the record says of it; the fields are there while it says nothing."""

    gate: Gate
    recorded: GateAnswer
    answer: BoundField | None = None
    source: BoundField | None = None


class GateForm(forms.Form):
    """recorded: every gate as the record answers it. Only what it leaves unknown is asked here."""

    asked_source = forms.CharField(
        label="How you know what you answer here",
        required=False,
        max_length=160,
        widget=inputs.TextInput(),
        help_text="For every answer that has no source of its own, for example “the patient, in person”.",
    )
    asked_on = forms.DateField(label="As of", widget=inputs.DateInput())

    def __init__(self, *args: Any, recorded: Iterable[GateAnswer], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.recorded = {answer.gate: answer for answer in recorded if answer.gate != INDICATION.id}
        self.asked = [gate for gate, answer in self.recorded.items() if answer.answer is Answer.UNKNOWN]
        self.initial.setdefault("asked_on", today)
        for gate in self.asked:
            self.fields[gate] = forms.ChoiceField(
                label=GATES[gate].question, choices=ANSWERS, initial=Answer.UNKNOWN.value, widget=forms.RadioSelect()
            )
            self.fields[f"{gate}-source"] = forms.CharField(
                label="Known from", required=False, max_length=160, widget=inputs.TextInput()
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for gate in self.asked:
            if cleaned.get(gate) not in {None, Answer.UNKNOWN.value} and not self._source(gate):
                self.add_error(f"{gate}-source", "Say how you know, here or once for all above.")
        if (asked_on := cleaned.get("asked_on")) and asked_on > self.today:
            self.add_error("asked_on", "That day has not come yet.")
        return cleaned

    def answers(self) -> tuple[GateAnswer, ...]:
        """What was answered here. The form is valid."""
        return tuple(
            GateAnswer(
                gate=gate,
                answer=Answer(self.cleaned_data[gate]),
                source=self._source(gate),
                as_of=self.cleaned_data["asked_on"],
            )
            for gate in self.asked
            if self.cleaned_data[gate] != Answer.UNKNOWN.value
        )

    def rows(self) -> Iterator[GateRow]:
        """Every gate in its order, with its fields where it has some."""
        for gate, recorded in self.recorded.items():
            fields = (self[gate], self[f"{gate}-source"]) if gate in self.asked else ()
            yield GateRow(GATES[gate], recorded, *fields)

    def own_field(self, gate: str) -> str | None:
        """Where a refusal about this gate stands; None where nothing is asked about it."""
        return gate if gate in self.fields else None

    def _source(self, gate: str) -> str:
        own: str = self.cleaned_data.get(f"{gate}-source", "")
        return own.strip() or str(self.cleaned_data.get("asked_source", "")).strip()


def as_answered(answers: Iterable[GateAnswer]) -> dict[str, Any]:
    """What the form holds for answers that were given before."""
    held: dict[str, Any] = {}
    for answer in answers:
        held |= {answer.gate: answer.answer.value, f"{answer.gate}-source": answer.source}
        if answer.as_of:
            held["asked_on"] = answer.as_of
    return held
