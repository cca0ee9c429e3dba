"""What is asked about a result: of a test of the list, or of the clinic's own."""

from typing import Any

from django import forms

from clinics.admin import inputs
from patients.admin.record_forms import RecordForm
from patients.models import Comparator, LabResult, LabStatus
from protocols.domain.labs import LABS, lab_test
from protocols.models.content import choices

OWN = "own"
UNITS = sorted({unit for test in LABS for unit in test.units})
ANSWERS = sorted({answer for test in LABS for answer in test.answers})


class LabForm(RecordForm):
    test = forms.ChoiceField(
        label="Test",
        choices=[
            ("", "Choose a test"),
            *((test.code, f"{test.title} ({test.code})") for test in LABS),
            (OWN, "Another test, with a code of your own"),
        ],
        widget=inputs.SelectInput(),
    )
    own_code = forms.CharField(
        label="Your code for it",
        required=False,
        max_length=20,
        widget=inputs.TextInput(),
        help_text="Only for another test: a letter first, no spaces, as in stool-zonulin.",
    )
    own_title = forms.CharField(
        label="Its name", required=False, max_length=120, widget=inputs.TextInput(), help_text="Only for another test."
    )
    status = forms.ChoiceField(
        label="How it stands", choices=choices(LabStatus), initial=LabStatus.FINAL.value, widget=inputs.SelectInput()
    )
    collected_on = forms.DateField(
        label="Sample taken on",
        required=False,
        widget=inputs.DateInput(),
        help_text="Empty only while it is not taken yet, or if nobody knows.",
    )
    comparator = forms.ChoiceField(
        label="The number", required=False, choices=choices(Comparator), widget=inputs.SelectInput()
    )
    value = forms.DecimalField(
        label="Result as a number", required=False, widget=inputs.DecimalInput(), max_digits=15, decimal_places=6
    )
    unit = forms.CharField(
        label="Unit",
        required=False,
        max_length=20,
        widget=inputs.TextInput(),
        help_text=f"As the laboratory writes it, in UCUM: {', '.join(UNITS)}.",
    )
    text = forms.CharField(
        label="Result as a word",
        required=False,
        max_length=200,
        widget=inputs.TextInput(),
        help_text=f"{', '.join(ANSWERS).capitalize()}; for another test, any words.",
    )
    service_fields = {"title": "own_title"}

    def said_by(self, entry: LabResult) -> dict[str, Any]:  # type: ignore[override]
        listed = lab_test(entry.lab_code) is not None
        return {
            "test": entry.lab_code if listed else OWN,
            "own_code": "" if listed else entry.lab_code,
            "own_title": "" if listed else entry.title,
            **{name: getattr(entry, name) for name in ("status", "collected_on", "comparator", "unit", "text")},
            "value": None if entry.value is None else f"{entry.value.normalize():f}",
        }

    def asked_for(self, awaited: LabResult) -> dict[str, Any]:
        """What the form begins with when the result of an awaited test is entered."""
        said = self.said_by(awaited)
        return {name: said[name] for name in ("test", "own_code", "own_title", "collected_on")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("test") != OWN and (cleaned.get("own_code") or cleaned.get("own_title")):
            self.add_error("test", "Choose “Another test”, or empty the two fields below.")
        return cleaned

    def own_field(self, service_field: str) -> str | None:
        if service_field == "lab_code":
            return "own_code" if self.cleaned_data.get("test") == OWN else "test"
        return super().own_field(service_field)

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        is_own = chosen["test"] == OWN
        has_number = chosen["value"] is not None
        return {
            "lab_code": chosen["own_code"] if is_own else chosen["test"],
            "title": chosen["own_title"] if is_own else "",
            "status": LabStatus(chosen["status"]),
            "collected_on": chosen["collected_on"],
            "value": chosen["value"],
            "comparator": Comparator(chosen["comparator"] or Comparator.EQUAL.value) if has_number else None,
            "unit": chosen["unit"].strip(),
            "text": chosen["text"].strip().lower() if not is_own else chosen["text"].strip(),
        }
