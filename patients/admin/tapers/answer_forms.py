"""What a prescriber answered, as staff write it down or as the prescriber enters it here: one form for all ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from patients.models import Door, PrescriberAnswerKind, TaperVersion
from patients.services.tapers.answering import ANSWERS
from patients.services.tapers.filing import LARGEST_SCAN, TOO_LARGE, Reply
from patients.services.tapers.signing import Agreement
from protocols.domain.gate import Gate, Lifting
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gates import INDICATION, LONGEST_REASON, answered

KINDS = [
    (kind.value, kind.label) for kind in PrescriberAnswerKind if kind in ANSWERS or kind is PrescriberAnswerKind.AGREE
]
GATE_ANSWERS = [("", "Not answered"), (Answer.NO.value, "No"), (Answer.YES.value, "Yes")]


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One gate that the prescriber is asked about, or may lift. recorded: how it stands in the request."""

    gate: Gate
    recorded: GateAnswer
    answer: BoundField | None
    lift: BoundField | None


class AnswerForm(forms.Form):
    """The answer, and what belongs to a yes. shown: the SHA-256 of the version that was on the screen."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput())
    kind = forms.ChoiceField(label="The answer", choices=[("", "Choose"), *KINDS], widget=inputs.SelectInput())
    text = forms.CharField(
        label="In the prescriber’s own words",
        required=False,
        widget=inputs.TextareaInput(),
        help_text="Edits, reasons, when to call: as it was written or said.",
    )
    indication = forms.CharField(
        label="What it was prescribed for", required=False, max_length=200, widget=inputs.TextInput()
    )
    indication_code = forms.CharField(
        label="ICD-10-CM code of it", required=False, max_length=20, widget=inputs.TextInput()
    )

    def __init__(self, *args: Any, version: TaperVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = version.terms()
        self.initial["shown"] = version.sha256
        self.asked = [
            each
            for each in answered(terms.gates)
            if each.gate is not INDICATION and _wants_an_answer(each.gate, each.answer)
        ]
        if terms.indication:
            del self.fields["indication"], self.fields["indication_code"]
        for each in self.asked:
            if each.answer.answer is Answer.UNKNOWN:
                self.fields[each.gate.id] = forms.ChoiceField(
                    label=each.gate.question, choices=GATE_ANSWERS, required=False, widget=forms.RadioSelect()
                )
            if each.gate.lifting is Lifting.PRESCRIBER:
                self.fields[f"{each.gate.id}-lift"] = forms.CharField(
                    label="If yes, and to go on all the same: why",
                    required=False,
                    max_length=LONGEST_REASON,
                    widget=inputs.TextInput(),
                )

    def rows(self) -> Iterator[AskedRow]:
        for each in self.asked:
            yield AskedRow(each.gate, each.answer, self._field(each.gate.id), self._field(f"{each.gate.id}-lift"))

    def _field(self, name: str) -> BoundField | None:
        return self[name] if name in self.fields else None

    @property
    def said(self) -> PrescriberAnswerKind:
        return PrescriberAnswerKind(self.cleaned_data["kind"])

    def agreement(self) -> Agreement:
        """What stands beside a yes. The form is valid."""
        said = self.cleaned_data
        return Agreement(
            answers={each.gate.id: Answer(said[each.gate.id]) for each in self.asked if said.get(each.gate.id)},
            lifted={each.gate.id: said[lift] for each in self.asked if said.get(lift := f"{each.gate.id}-lift")},
            indication=said.get("indication", ""),
            indication_code=said.get("indication_code", ""),
            text=said["text"],
        )

    def own_field(self, service_field: str) -> str | None:
        """The field at which a refusal of the service stands; None for the whole form."""
        name = service_field.removeprefix("gates.")
        for found in (name, f"{name}-lift"):
            if found in self.fields:
                return found
        return None


class ScanField(forms.FileField):
    """A paper that came back. What it is, the service says; how large it is, before it is read into memory."""

    widget = forms.FileInput({"class": "own-file", "accept": ".pdf,.png,.jpg,.jpeg"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "PDF, PNG or JPEG, at most 10 MB. Only the staff of this clinic can open it.")
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        scan = super().clean(data, initial)
        if scan and scan.size > LARGEST_SCAN:
            raise forms.ValidationError(TOO_LARGE)
        return scan


class WrittenDownForm(AnswerForm):
    """Written down by staff, with the version code that stands on every page."""

    version_code = forms.CharField(
        label="Version code",
        max_length=20,
        widget=inputs.TextInput({"autocomplete": "off"}),
        help_text="As it is printed at the foot of the page that was answered. It must be that of this version.",
    )
    answered_on = forms.DateField(label="Answered on", widget=inputs.DateInput())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["answered_on"] = today

    def leave_out_agreement(self) -> None:
        """For whoever may not put a version in force."""
        agree = PrescriberAnswerKind.AGREE.value
        self.fields["kind"].choices = [("", "Choose"), *(pair for pair in KINDS if pair[0] != agree)]  # type: ignore[attr-defined]

    def reply(self) -> Reply:
        """The form is valid."""
        return Reply(
            kind=self.said,
            version_code=self.cleaned_data["version_code"],
            answered_on=self.cleaned_data["answered_on"],
            agreement=self.agreement(),
            text=self.cleaned_data["text"],
        )


class PaperForm(WrittenDownForm):
    door = forms.ChoiceField(
        label="How it came back",
        choices=[(door.value, door.label) for door in (Door.FAX_OR_LETTER, Door.CARRIED)],
        widget=inputs.SelectInput(),
    )
    scan = ScanField(label="Scan of the paper")
    first = ("door", "version_code", "answered_on", "scan", "kind")


class CallForm(WrittenDownForm):
    is_read_back = forms.BooleanField(
        label="I read the version code and every step back, and the prescriber confirmed them",
        required=False,
        widget=inputs.CheckboxInput(),
    )
    first = ("version_code", "answered_on", "is_read_back", "kind")


class OwnAnswerForm(AnswerForm):
    """Of a prescriber who works here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = "In your own words", "Edits, reasons, when to call."


class ConfirmationForm(forms.Form):
    """The paper that follows an agreement by telephone."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    version_code = forms.CharField(
        label="Version code",
        max_length=20,
        widget=inputs.TextInput({"autocomplete": "off"}),
        help_text="As it is printed at the foot of the page.",
    )
    received_on = forms.DateField(label="Received on", widget=inputs.DateInput())
    scan = ScanField(label="Scan of the paper")


def _wants_an_answer(gate: Gate, answer: GateAnswer) -> bool:
    """Whether nobody knows, or the prescriber may go on in spite of a yes."""
    if answer.answer is Answer.UNKNOWN:
        return True
    return answer.answer is Answer.YES and gate.lifting is Lifting.PRESCRIBER and not answer.is_lifted
