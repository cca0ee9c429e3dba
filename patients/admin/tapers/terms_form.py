"""The rest of what is signed, and what the request says around it."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from clinics.admin import inputs
from clinics.models import Clinic, Prescriber
from patients.admin.prescriber_choice import PrescriberChoice
from patients.admin.tapers.entry_form import DAILY, PATTERNS
from patients.admin.tapers.fields import SuggestingInput
from patients.models import MedicineUse, Plan, TaperVersion
from patients.services.tapers.drawing_up import COVERING_FIELDS, Covering
from patients.services.tapers.entered import entered_start_pattern
from protocols.domain.pattern import Pattern, PatternError
from protocols.domain.ready_recipes import READY_RECIPES
from protocols.domain.terms import (
    RESCUE_THRESHOLD_DAYS,
    RESCUE_WITHIN_DAYS,
    AlertRoute,
    Permissions,
    Rescue,
    Terms,
)
from protocols.models import Medicine
from protocols.models.content import choices

PERMISSIONS = ("automatic_hold_at_threshold", "automatic_hold_at_red_flag", "equivalents")
BEGINS_IN = timedelta(days=7)
"""The planned first day that is proposed: time for a signature."""


NOBODY_SIGNS = (
    "Choose who signs it. Without anybody who signs there is no schedule with dates: give the patient a letter for "
    "a doctor instead."
)


class WhoForm(forms.Form):
    """Medicine, prescriber and days."""

    medicine = forms.ModelChoiceField(
        Medicine.objects.none(),
        label="Form that is taken during the taper",
        to_field_name="code",
        empty_label=None,
        widget=inputs.SelectInput(),
        help_text="Only forms of the same medicine whose strengths are known.",
    )
    prescriber = PrescriberChoice(
        Prescriber.objects.none(),
        label="Who signs it",
        error_messages={"required": NOBODY_SIGNS},
        to_field_name="code",
        empty_label="Nobody yet",
        widget=inputs.SelectInput(),
        help_text="Whoever prescribes this medicine.",
    )
    start_pattern = forms.CharField(
        label="How often it is taken now", required=False, max_length=60, widget=SuggestingInput(PATTERNS)
    )
    planned_first_day = forms.DateField(label="Planned first day", widget=inputs.DateInput())
    latest_first_day = forms.DateField(
        label="Latest first day",
        required=False,
        widget=inputs.DateInput(),
        help_text="Past it, this version can no longer be signed. Empty: 28 days after the planned one.",
    )

    def __init__(
        self,
        *args: Any,
        medicines: "QuerySet[Medicine]",
        clinic: Clinic,
        keeps: Prescriber | None = None,
        **kwargs: Any,
    ) -> None:
        """keeps: whose agreement a later version goes on from; then there is no other choice."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["medicine"]).queryset = medicines
        prescribers = Prescriber.objects.open().filter(clinic=clinic).order_by("name", "code")
        choice = cast(forms.ModelChoiceField, self.fields["prescriber"])
        choice.queryset = prescribers if keeps is None else Prescriber.objects.filter(pk=keeps.pk)
        if keeps is not None:
            choice.empty_label = None

    def clean_start_pattern(self) -> Pattern:
        try:
            return Pattern.parse(self.cleaned_data["start_pattern"] or DAILY)
        except PatternError as error:
            raise forms.ValidationError(str(error)) from error


class TermsForm(forms.Form):
    """Indication, rescue plan, alert and permissions."""

    indication = forms.CharField(
        label="What it was prescribed for",
        required=False,
        max_length=200,
        widget=inputs.TextInput(),
        help_text="Empty: the prescriber is asked, and must say it before signing.",
    )
    indication_code = forms.CharField(
        label="ICD-10-CM code of it", required=False, max_length=20, widget=inputs.TextInput(), help_text="As in K21.9."
    )
    rescue_medicine = forms.CharField(label="Rescue medicine", max_length=120, widget=SuggestingInput())
    rescue_directions = forms.CharField(label="How it is taken", required=False, widget=inputs.TextareaInput())
    threshold_days = forms.IntegerField(
        label="Days with rescue medicine at which the dose is held", widget=inputs.IntegerInput()
    )
    within_days = forms.IntegerField(label="within so many days", widget=inputs.IntegerInput())
    alert_route = forms.ChoiceField(
        label="How the prescriber hears of a warning sign", choices=choices(AlertRoute), widget=inputs.SelectInput()
    )
    automatic_hold_at_threshold = forms.BooleanField(
        label="Hold the dose by itself once rescue medicine was needed so often",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="If not, a hold is proposed to you.",
    )
    automatic_hold_at_red_flag = forms.BooleanField(
        label="Hold the dose by itself when a warning sign is reported", required=False, widget=inputs.CheckboxInput()
    )
    equivalents = forms.BooleanField(
        label="Allow other strengths of the same medicine that make the same dose",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="As in 2 × 10 mg for 20 mg, when the pharmacy has not got one.",
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rescue = Medicine.objects.available_to([clinic]).filter(is_rescue=True)
        names = sorted({name[:1].upper() + name[1:] for name in rescue.values_list("name", flat=True)})
        self.fields["rescue_medicine"].widget.suggestions = names

    def rescue(self) -> Rescue:
        said = self.cleaned_data
        return Rescue(
            medicine=said["rescue_medicine"].strip(),
            directions=said["rescue_directions"].strip(),
            threshold_days=said["threshold_days"],
            within_days=said["within_days"],
        )

    def permissions(self) -> Permissions:
        return Permissions(**{name: self.cleaned_data[name] for name in PERMISSIONS})


class CoveringForm(forms.Form):
    """What stands around it for the prescriber to read; it is not part of what is signed."""

    reason = forms.CharField(label="Why now", required=False, widget=inputs.TextareaInput())
    alternatives = forms.CharField(label="Alternatives", required=False, widget=inputs.TextareaInput())
    source = forms.CharField(label="Evidence", required=False, widget=inputs.TextareaInput())
    monitored_by = forms.CharField(label="Who monitors", required=False, widget=inputs.TextareaInput())
    call = forms.CharField(label="Whom to call", required=False, widget=inputs.TextareaInput())

    def covering(self) -> Covering:
        return Covering(**{name: self.cleaned_data[name] for name in COVERING_FIELDS})


def first_terms(plan: Plan, use: MedicineUse, *, today: date) -> dict[str, dict[str, Any]]:
    """What the forms hold when a taper is drawn up for the first time."""
    clinic, practitioner = plan.patient.clinic, plan.practitioner.name
    ready = next((recipe for recipe in READY_RECIPES.values() if use.known_class in recipe.classes), None)
    return {
        "who": {
            "prescriber": use.prescriber.code if use.prescriber and use.prescriber.ended_at is None else None,
            "medicine": use.medicine.code if use.medicine else None,
            "planned_first_day": today + BEGINS_IN,
            "start_pattern": use.pattern or DAILY,
        },
        "terms": {
            "indication": use.indication,
            "indication_code": use.indication_code,
            "rescue_medicine": ready.rescue if ready else "",
            "threshold_days": RESCUE_THRESHOLD_DAYS,
            "within_days": RESCUE_WITHIN_DAYS,
            "alert_route": AlertRoute.TELEPHONE.value,
            "automatic_hold_at_red_flag": True,
            "equivalents": True,
        },
        "covering": {
            "source": f"{ready.rule}\n{ready.source}" if ready else "",
            "monitored_by": f"{practitioner}, {clinic.name}",
            "call": " ".join(filter(None, [clinic.name, clinic.telephone])),
        },
    }


def said_terms(version: TaperVersion, terms: Terms, *, prescriber: Prescriber, medicine: Medicine) -> dict[str, Any]:
    """What the forms hold for a version that was drawn up before."""
    return {
        "who": {
            "prescriber": prescriber.code,
            "medicine": medicine.code,
            "planned_first_day": terms.planned_first_day,
            "latest_first_day": terms.latest_first_day,
            "start_pattern": str(entered_start_pattern(version)),
        },
        "terms": {
            "indication": terms.indication,
            "indication_code": terms.indication_code,
            "rescue_medicine": terms.rescue.medicine,
            "rescue_directions": terms.rescue.directions,
            "threshold_days": terms.rescue.threshold_days,
            "within_days": terms.rescue.within_days,
            "alert_route": terms.alert_route.value,
            **{name: getattr(terms.permissions, name) for name in PERMISSIONS},
        },
        "covering": {name: getattr(version, name) for name in COVERING_FIELDS},
    }
