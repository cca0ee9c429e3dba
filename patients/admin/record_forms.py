"""What every form of the record asks, and the plain facts of a person; what of it the service is told."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from clinics.models import Clinic
from patients.models import (
    Characteristic,
    CharacteristicKind,
    RecordEntry,
    Sex,
    SourceKind,
    WeightUnit,
)
from patients.services.record import Source, Weight
from protocols.models.content import choices

UNKNOWN, YES, NO = "unknown", "yes", "no"
NOT_KNOWN = ("", "Not known")


class RecordForm(forms.Form):
    """One fact and where it comes from. entry: the row that is corrected; then it also asks what was wrong.

    words: what is looked for, if anything.
    nonce: names this opening of the form, so that what is sent twice is written once.
    service_fields: where a refusal of the service about one of its arguments stands, if not at the field of that name.
    """

    nonce = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput())
    source_kind = forms.ChoiceField(
        label="Known from", choices=[("", "Choose a source"), *choices(SourceKind)], widget=inputs.SelectInput()
    )
    source_note = forms.CharField(
        label="Source in words",
        required=False,
        max_length=200,
        widget=inputs.TextInput(),
        help_text="Which document, whose letter, by telephone or in person.",
    )
    as_of = forms.DateField(
        label="As of", widget=inputs.DateInput(), help_text="The day on which it was so, or was said."
    )
    reason = forms.CharField(
        label="What was wrong",
        widget=inputs.TextareaInput(),
        help_text="The row that is corrected stays in the record as entered in error, with this reason.",
    )
    service_fields: ClassVar[dict[str, str]] = {}

    def __init__(
        self, *args: Any, clinic: Clinic, today: date, entry: Any = None, words: str = "", **kwargs: Any
    ) -> None:
        self.clinic, self.entry, self.searched = clinic, entry, words.strip()
        super().__init__(*args, **kwargs)
        self.initial.update(as_of=today)
        if entry is None:
            del self.fields["reason"]
        else:
            self.initial.update(self.said_by(entry))
            self.initial.update(source_kind=entry.source_kind, source_note=entry.source_note, as_of=entry.as_of)
        self.build()
        last = ["source_kind", "source_note", "as_of", "reason"]
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def build(self) -> None:
        """Add what depends on the clinic."""

    def said_by(self, entry: RecordEntry) -> dict[str, Any]:
        """What the fields hold for this row."""
        return {name: getattr(entry, name) for name in self.fields if hasattr(entry, name)}

    def values(self) -> dict[str, Any]:
        """What the service is told. The form is valid."""
        raise NotImplementedError

    def source(self) -> Source:
        chosen = self.cleaned_data
        return Source(kind=SourceKind(chosen["source_kind"]), as_of=chosen["as_of"], note=chosen["source_note"])

    def own_field(self, service_field: str) -> str | None:
        """The field of this form at which a refusal of the service stands; None for the whole form."""
        name = self.service_fields.get(service_field, service_field)
        return name if name in self.fields else None

    def shown_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if name != "nonce")


class SexForm(RecordForm):
    sex = forms.ChoiceField(
        label="Sex", choices=[("", "Choose"), *choices(Sex), (UNKNOWN, "Not known")], widget=inputs.SelectInput()
    )

    def said_by(self, entry: Characteristic) -> dict[str, Any]:  # type: ignore[override]
        return {"sex": entry.sex or UNKNOWN}

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data["sex"]
        return {"value": None if chosen == UNKNOWN else Sex(chosen)}


class YesOrNoForm(RecordForm):
    """Pregnancy and breastfeeding."""

    answer = forms.ChoiceField(
        label="On that day",
        choices=[("", "Choose"), (YES, "Yes"), (NO, "No"), (UNKNOWN, "Not known")],
        widget=inputs.SelectInput(),
    )

    def said_by(self, entry: Characteristic) -> dict[str, Any]:  # type: ignore[override]
        return {"answer": UNKNOWN if entry.is_so is None else YES if entry.is_so else NO}

    def values(self) -> dict[str, Any]:
        return {"value": {YES: True, NO: False, UNKNOWN: None}[self.cleaned_data["answer"]]}


class OrUnknownForm(RecordForm):
    """A value, or a tick that it is not known: one of the two. main: the field of the value."""

    main: ClassVar[str]
    is_unknown = forms.BooleanField(
        label="Not known",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="Somebody asked or looked, and does not know.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.has_error(self.main) and (cleaned.get(self.main) is None) != cleaned["is_unknown"]:
            self.add_error(self.main, "Enter it, or tick that it is not known.")
        return cleaned


class BirthDateForm(OrUnknownForm):
    main = "birth_date"
    birth_date = forms.DateField(label="Birth date", required=False, widget=inputs.DateInput())
    field_order = ("birth_date",)

    def values(self) -> dict[str, Any]:
        return {"value": self.cleaned_data["birth_date"]}


class WeightForm(OrUnknownForm):
    main = "weight"
    service_fields = {"weight_value": "weight"}
    weight = forms.DecimalField(
        label="Weight", required=False, widget=inputs.DecimalInput(), max_digits=7, decimal_places=3
    )
    unit = forms.ChoiceField(label="Unit", choices=choices(WeightUnit), widget=inputs.SelectInput())
    field_order = ("weight", "unit")

    def said_by(self, entry: Characteristic) -> dict[str, Any]:  # type: ignore[override]
        unit = entry.weight_unit or WeightUnit.KILOGRAM.value
        return {"weight": entry.weight_value, "unit": unit, "is_unknown": entry.is_unknown}

    def values(self) -> dict[str, Any]:
        value, unit = self.cleaned_data["weight"], self.cleaned_data["unit"]
        return {"value": None if value is None else Weight(value=value, unit=WeightUnit(unit))}


FORMS_OF_A_PERSON: dict[CharacteristicKind, type[RecordForm]] = {
    CharacteristicKind.SEX: SexForm,
    CharacteristicKind.BIRTH_DATE: BirthDateForm,
    CharacteristicKind.PREGNANCY: YesOrNoForm,
    CharacteristicKind.BREASTFEEDING: YesOrNoForm,
    CharacteristicKind.WEIGHT: WeightForm,
}
