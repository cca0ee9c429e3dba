"""What is asked about a medicine that a patient takes: only its name is needed, the rest may be unknown."""

from typing import Any, cast

from django import forms

from clinics.admin import inputs
from clinics.models import Prescriber
from patients.admin.record_forms import NOT_KNOWN, RecordForm
from patients.models import MedicineUse
from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from protocols.models import Medicine
from protocols.models.content import choices

BOUGHT, BY_SOMEBODY = "bought", "somebody"


class MedicineForm(RecordForm):
    medicine = forms.ChoiceField(label="Medicine", required=False, widget=inputs.SelectInput())
    name = forms.CharField(
        label="Its name, if it is not in the list", required=False, max_length=120, widget=inputs.TextInput()
    )
    medicine_class = forms.ChoiceField(
        label="Its class, if it is not in the list",
        required=False,
        choices=[NOT_KNOWN, *choices(MedicineClass)],
        widget=inputs.SelectInput(),
        help_text="Checks before a taper look at the class. While it is not known, they say so.",
    )
    amount = forms.DecimalField(
        label="How much each time", required=False, widget=inputs.DecimalInput(), max_digits=15, decimal_places=6
    )
    unit = forms.ChoiceField(
        label="Unit", required=False, choices=[NOT_KNOWN, *choices(Unit)], widget=inputs.SelectInput()
    )
    pattern = forms.CharField(
        label="How often",
        required=False,
        max_length=60,
        widget=inputs.TextInput(),
        help_text="daily · every 2 days · weekdays mon,thu · as needed. Empty: not known.",
    )
    times_of_day = forms.MultipleChoiceField(
        label="At which times of day", required=False, choices=choices(Slot), widget=inputs.CheckboxesInput()
    )
    directions = forms.CharField(
        label="Directions",
        required=False,
        max_length=200,
        widget=inputs.TextInput(),
        help_text="What the fields above cannot say, for example two different amounts.",
    )
    since = forms.DateField(
        label="First day", required=False, widget=inputs.DateInput(), help_text="Leave empty if not known."
    )
    until = forms.DateField(
        label="Last day", required=False, widget=inputs.DateInput(), help_text="Empty: it is still taken."
    )
    indication = forms.CharField(
        label="Why it is taken", required=False, max_length=200, widget=inputs.TextInput(), help_text="In words."
    )
    indication_code = forms.CharField(
        label="ICD-10-CM code of the reason", required=False, max_length=20, widget=inputs.TextInput()
    )
    prescribed_by = forms.ChoiceField(label="Who prescribes it", required=False, widget=inputs.SelectInput())
    service_fields = {
        "amount_value": "amount",
        "amount_unit": "unit",
        "prescriber": "prescribed_by",
        "is_bought_without_prescription": "prescribed_by",
    }

    def build(self) -> None:
        use = cast(MedicineUse | None, self.entry)
        self.medicines = {row.code: row for row in Medicine.objects.available_to([self.clinic])}
        self.prescribers = {row.code: row for row in Prescriber.objects.open().filter(clinic=self.clinic)}
        if use is not None and use.medicine is not None:
            self.medicines.setdefault(use.medicine.code, use.medicine)
        if use is not None and use.prescriber is not None:
            self.prescribers.setdefault(use.prescriber.code, use.prescriber)
        offered = [(code, str(row)) for code, row in self.medicines.items()]
        cast(forms.ChoiceField, self.fields["medicine"]).choices = [("", "Not in the list"), *offered]
        cast(forms.ChoiceField, self.fields["prescribed_by"]).choices = [
            NOT_KNOWN,
            (BOUGHT, "Nobody: bought without a prescription"),
            (BY_SOMEBODY, "Prescribed, by whom is not known"),
            *((code, row.name) for code, row in self.prescribers.items()),
        ]

    def said_by(self, entry: MedicineUse) -> dict[str, Any]:  # type: ignore[override]
        listed = entry.medicine is not None
        prescribed_by = {True: BOUGHT, False: BY_SOMEBODY, None: ""}[entry.is_bought_without_prescription]
        return {
            "medicine": entry.medicine.code if entry.medicine else "",
            "name": "" if listed else entry.name,
            "medicine_class": "" if listed else entry.medicine_class,
            "amount": entry.amount.value if entry.amount else None,
            "unit": entry.amount_unit,
            "prescribed_by": entry.prescriber.code if entry.prescriber else prescribed_by,
            **{
                name: getattr(entry, name)
                for name in ("pattern", "times_of_day", "directions", "since", "until", "indication", "indication_code")
            },
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("medicine") and (cleaned.get("name") or cleaned.get("medicine_class")):
            self.add_error("medicine", "Choose it here, or name it below, not both.")
        elif not cleaned.get("medicine") and not cleaned.get("name"):
            self.add_error("medicine", "Choose the medicine, or write its name below.")
        value, unit = cleaned.get("amount"), cleaned.get("unit")
        cleaned["dose"] = None
        if (value is None) != (not unit) and not self.has_error("amount"):
            self.add_error("amount", "An amount needs a number and a unit, or neither.")
        elif value is not None and unit:
            try:
                cleaned["dose"] = Amount(value, Unit(unit))
            except AmountError as error:
                self.add_error("amount", str(error))
        return cleaned

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        by = chosen["prescribed_by"]
        medicine = self.medicines.get(chosen["medicine"])
        return {
            "medicine": medicine,
            "name": chosen["name"],
            "medicine_class": MedicineClass(chosen["medicine_class"]) if chosen["medicine_class"] else None,
            "amount": chosen["dose"],
            "pattern": chosen["pattern"],
            "times_of_day": [Slot(name) for name in chosen["times_of_day"]],
            "directions": chosen["directions"],
            "since": chosen["since"],
            "until": chosen["until"],
            "indication": chosen["indication"],
            "indication_code": chosen["indication_code"],
            "prescriber": self.prescribers.get(by),
            "is_bought_without_prescription": {BOUGHT: True, "": None}.get(by, False),
        }
