"""The form of a clinic's own medicine, for a new one and for a new version alike."""

import re
from collections.abc import Collection
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError

from clinics.admin import inputs
from clinics.models import Clinic
from protocols.domain.amount import Amount, AmountError
from protocols.models import Medicine
from protocols.services.medicines import FACTS, Strength, strengths_of

STRENGTH: Final = re.compile(r"(?P<amount>[0-9.]+\s+\S+)(?:\s+(?P<rxnorm>[0-9]+))?")
GROUPS: Final = [
    ("What it is", ["clinic", "name", "substance", "medicine_class", "is_rescue", "prescription_only"]),
    ("How it is made", ["form", "release", "strengths", "may_be_halved"]),
    ("If it is measured in mL", ["liquid_value", "liquid_unit", "liquid_step_ml"]),
    ("How it is taken", ["food", "minutes_before_meal", "instruction"]),
    ("What stands behind it", ["evidence", "source", "rxnorm_ingredient_code"]),
]
WIDGETS: Final = {
    "is_rescue": inputs.CheckboxInput,
    "liquid_value": inputs.DecimalInput,
    "liquid_step_ml": inputs.DecimalInput,
    "minutes_before_meal": inputs.IntegerInput,
    "instruction": inputs.TextareaInput,
    "source": inputs.TextareaInput,
} | dict.fromkeys(
    ("medicine_class", "form", "release", "may_be_halved", "liquid_unit", "food", "prescription_only", "evidence"),
    inputs.SelectInput,
)


class MedicineForm(forms.Form):
    clinic = forms.ModelChoiceField(Clinic.objects.none(), widget=inputs.SelectInput(), empty_label=None)
    strengths = forms.CharField(
        required=False,
        widget=inputs.TextareaInput(),
        help_text="One a line, as in “10 mg”. Its RxNorm code may follow: “10 mg 199119”. Empty: not known, "
        "and then it cannot be tapered.",
    )

    def __init__(self, *args: Any, clinics: Collection[Clinic], medicine: Medicine | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        widgets = {name: WIDGETS.get(name, inputs.TextInput)() for name in FACTS}
        self.fields |= forms.fields_for_model(Medicine, fields=FACTS, widgets=widgets)
        field = cast(forms.ModelChoiceField, self.fields["clinic"])
        field.queryset = Clinic.objects.filter(pk__in=[clinic.pk for clinic in clinics])
        if len(clinics) == 1:
            field.initial, field.required = next(iter(clinics)), False
            field.widget = forms.HiddenInput()
        if medicine is not None:
            self.initial = {name: getattr(medicine, name) for name in FACTS} | {
                "strengths": "\n".join(f"{each.amount} {each.rxnorm}".strip() for each in strengths_of(medicine))
            }
            if (liquid := medicine.liquid) is not None:
                # As they are written, not as the database pads them.
                self.initial["liquid_value"] = f"{liquid.concentration_per_ml.value:f}"
                self.initial["liquid_step_ml"] = f"{liquid.step_ml:f}"

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    def clean_clinic(self) -> Clinic:
        return self.cleaned_data["clinic"] or self.fields["clinic"].initial

    def clean_strengths(self) -> list[Strength]:
        lines = [line.strip() for line in self.cleaned_data["strengths"].splitlines() if line.strip()]
        return [_strength(line) for line in lines]

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}

    def refuse(self, refusal: ValidationError) -> None:
        """Show what the service says at the fields that it concerns."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal.messages)
            return
        for name, messages in refusal.message_dict.items():
            field = {"liquid": "liquid_value"}.get(name, name)
            self.add_error(field if field in self.fields else None, messages)


def _strength(line: str) -> Strength:
    written = STRENGTH.fullmatch(line)
    try:
        return Strength(Amount.parse(written["amount"] if written else line), (written and written["rxnorm"]) or "")
    except AmountError as error:
        raise ValidationError(str(error)) from error
