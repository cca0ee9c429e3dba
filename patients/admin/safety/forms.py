"""What is typed when somebody decides about a finding. revision: what was on the screen."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from clinics.admin import inputs
from clinics.models import Prescriber
from patients.models import Door, Finding
from patients.services.safety.deciding import WRITTEN_DOWN, Word


class ReasonForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput())
    reason = forms.CharField(
        label="Why", widget=inputs.TextareaInput(), help_text="Others will read it, and it stays with the finding."
    )
    field_of_service: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = finding.revision


class WordForm(ReasonForm):
    """What a prescriber outside said, written down by a practitioner."""

    prescriber = forms.ChoiceField(label="Who said it", widget=inputs.SelectInput())
    door = forms.ChoiceField(
        label="How it was said",
        choices=[("", "Choose"), *((door.value, door.label) for door in WRITTEN_DOWN)],
        widget=inputs.SelectInput(),
    )
    said_on = forms.DateField(label="Said on", widget=inputs.DateInput())
    is_read_back = forms.BooleanField(
        label="By telephone: I spoke to the prescriber in person, and read it back",
        required=False,
        widget=inputs.CheckboxInput(),
    )
    field_order = ("revision", "prescriber", "reason", "door", "said_on", "is_read_back")

    def __init__(self, *args: Any, may: list[Prescriber], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "In the prescriber’s own words"
        self.fields["prescriber"].choices = [(each.code, each.name) for each in may]  # type: ignore[attr-defined]
        self.initial["said_on"] = today

    def word(self) -> Word:
        """The form is valid."""
        said = self.cleaned_data
        return Word(
            prescriber=said["prescriber"],
            reason=said["reason"],
            door=Door(said["door"]),
            said_on=said["said_on"],
            is_read_back=said["is_read_back"],
        )
