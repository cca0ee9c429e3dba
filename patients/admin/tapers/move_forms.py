"""What each move of a taper asks, and what of it the service is told."""

from datetime import date, timedelta
from typing import Any

from django import forms

from clinics.admin import inputs
from patients.models import Taper, TaperEnd

STAND_IN = "To see the dates."
BY_STAFF = (
    TaperEnd.PATIENTS_CHOICE,
    TaperEnd.SYMPTOMS,
    TaperEnd.REACTION,
    TaperEnd.PREGNANCY,
    TaperEnd.NEW_REASON_TO_TAKE,
    TaperEnd.TRANSFERRED,
    TaperEnd.LOST,
    TaperEnd.CLINIC_ENDED_CARE,
    TaperEnd.DIED,
)
"""Why a clinic stops a taper; the others come about by themselves, or by the prescriber."""
NEEDS_DAYS = timedelta(days=3)
"""So long a signature is given time by default before a later version would begin."""


class TaperMoveForm(forms.Form):
    """A move that may say why. The revision says what was on the screen, `shown` which dates."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    shown = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())
    reason = forms.CharField(required=False, widget=inputs.TextareaInput(), help_text="Written into the history.")

    def __init__(self, *args: Any, taper: Taper, today: date, **kwargs: Any) -> None:
        self.taper, self.today = taper, today
        super().__init__(*args, **kwargs)
        self.initial["revision"] = taper.revision
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def arguments(self) -> dict[str, Any]:
        """What the service is told. The form is valid."""
        return {"reason": self.cleaned_data["reason"]}

    def first_arguments(self) -> dict[str, Any]:
        """For the preview before anything was entered: stand-ins where dates do not depend on it."""
        return {"reason": STAND_IN}

    def shown_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"revision", "shown"}]


class WithReasonForm(TaperMoveForm):
    """Not without saying why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


class StopForm(TaperMoveForm):
    end = forms.ChoiceField(
        label="Why it ends",
        choices=[("", "Choose a reason"), *((end.value, end.label) for end in BY_STAFF)],
        widget=inputs.SelectInput(),
    )
    instruction = forms.CharField(
        label="What the patient is to do now, to be read in the portal",
        required=False,
        widget=inputs.TextareaInput(),
        help_text="For example whom to call before anything changes. Needed once any step was to be seen there.",
    )

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return super().arguments() | {"end": TaperEnd(said["end"]), "instruction": said["instruction"]}

    def first_arguments(self) -> dict[str, Any]:
        return super().first_arguments() | {"end": TaperEnd.PATIENTS_CHOICE, "instruction": STAND_IN}


class RevisionForm(TaperMoveForm):
    """A later version: from when it would begin."""

    first_day = forms.DateField(
        label="From which day",
        widget=inputs.DateInput(),
        help_text="Tomorrow at the earliest; leave time for the signature.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why now, for the prescriber"
        self.fields["reason"].help_text = "Stands in the request. Of the version before none is carried over."
        self.initial["first_day"] = self.today + NEEDS_DAYS

    def chosen_day(self) -> date:
        said: date = self.cleaned_data["first_day"] if self.is_bound else self.initial["first_day"]
        return said


class ExtensionForm(RevisionForm):
    days = forms.IntegerField(
        label="How many days longer the step of that day lasts", initial=14, widget=inputs.IntegerInput()
    )
