"""What is asked about conditions and allergies, and whether anything else is taken."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from patients.admin.record_forms import NOT_KNOWN, RecordForm
from patients.models import Allergy, AllergyAnswer, MedicineReview, Presence, ReviewAnswer, Severity
from protocols.models.content import choices
from protocols.services.condition_codes import search_conditions


class ConditionForm(RecordForm):
    """By code. Words find one: what was looked for comes in the form, because an address would be written into logs."""

    words = forms.CharField(
        label="Search by words",
        required=False,
        max_length=100,
        widget=inputs.TextInput({"autocomplete": "off"}),
        help_text="For example “reflux”, “Barrett” or “IBS”; the titles of the codes are American English.",
    )
    found = forms.ChoiceField(label="Found", required=False, widget=forms.RadioSelect())
    icd10cm_code = forms.CharField(
        label="ICD-10-CM code",
        required=False,
        max_length=20,
        widget=inputs.TextInput({"autocomplete": "off"}),
        help_text="If you know it, for example K21.00. One that was chosen above counts instead.",
    )
    presence = forms.ChoiceField(label="Is it there", choices=choices(Presence), widget=inputs.SelectInput())
    onset_on = forms.DateField(
        label="Since", required=False, widget=inputs.DateInput(), help_text="Leave empty if not known."
    )
    resolved_on = forms.DateField(
        label="Until", required=False, widget=inputs.DateInput(), help_text="Empty: not known, or not over."
    )
    detail = forms.CharField(
        label="Detail",
        required=False,
        widget=inputs.TextareaInput(),
        help_text="What the code does not say, for example “Los Angeles grade B”.",
    )

    def build(self) -> None:
        rows = search_conditions(self.searched)
        cast(forms.ChoiceField, self.fields["found"]).choices = [(row.code, f"{row.code} {row.title}") for row in rows]
        if not rows:
            del self.fields["found"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("found") and not cleaned.get("icd10cm_code"):
            self.add_error("icd10cm_code", "Search for the condition and choose a code, or type one.")
        return cleaned

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return {
            "icd10cm_code": chosen.get("found") or chosen["icd10cm_code"],
            "presence": Presence(chosen["presence"]),
            "onset_on": chosen["onset_on"],
            "resolved_on": chosen["resolved_on"],
            "detail": chosen["detail"],
        }

    def shown_fields(self) -> Iterator[BoundField]:
        return (field for field in super().shown_fields() if field.name not in {"words", "found"})


class AllergyForm(RecordForm):
    answer = forms.ChoiceField(label="What is known", choices=choices(AllergyAnswer), widget=inputs.SelectInput())
    substance = forms.CharField(
        label="Substance",
        required=False,
        max_length=120,
        widget=inputs.TextInput(),
        help_text="What must not be given, for example aspirin.",
    )
    reaction = forms.CharField(
        label="Reaction", required=False, max_length=200, widget=inputs.TextInput(), help_text="What happened."
    )
    severity = forms.ChoiceField(
        label="How bad it was", required=False, choices=[NOT_KNOWN, *choices(Severity)], widget=inputs.SelectInput()
    )

    def said_by(self, entry: Allergy) -> dict[str, Any]:  # type: ignore[override]
        return {name: getattr(entry, name) for name in ("answer", "substance", "reaction", "severity")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = any(cleaned.get(name) for name in ("substance", "reaction", "severity"))
        if cleaned.get("answer") == AllergyAnswer.ALLERGY.value and not cleaned.get("substance"):
            self.add_error("substance", "Name the substance, or choose that none is known.")
        elif cleaned.get("answer") != AllergyAnswer.ALLERGY.value and named:
            self.add_error("answer", "This says that none is named: choose an allergy, or empty the fields below.")
        return cleaned

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return {
            "answer": AllergyAnswer(chosen["answer"]),
            "substance": chosen["substance"],
            "reaction": chosen["reaction"],
            "severity": Severity(chosen["severity"]) if chosen["severity"] else None,
        }


class ReviewForm(RecordForm):
    answer = forms.ChoiceField(
        label="Is anything else taken",
        choices=choices(ReviewAnswer),
        widget=forms.RadioSelect(),
        help_text="Supplements and what is bought without a prescription too. Without a complete answer, whatever is "
        "not on the list is unknown to every check.",
    )

    def said_by(self, entry: MedicineReview) -> dict[str, Any]:  # type: ignore[override]
        return {"answer": entry.answer}

    def values(self) -> dict[str, Any]:
        return {"answer": ReviewAnswer(self.cleaned_data["answer"])}
