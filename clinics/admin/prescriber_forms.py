"""What is asked about a prescriber: outside, and of a member of staff who is licensed."""

from collections.abc import Collection
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from clinics.admin import inputs
from clinics.admin.clinic_choice import ClinicChoiceForm
from clinics.models import Clinic, Prescriber, User
from clinics.services.prescribers import Particulars, PrescriberRefused

OUTSIDE: Final = [
    "name",
    "practice",
    "email",
    "fax",
    "telephone",
    "postal_address",
    "zone",
    "licence_register",
    "licence_number",
    "jurisdiction",
]
INSIDE: Final = ["name", "practice", "telephone", "licence_register", "licence_number", "jurisdiction"]
WIDGETS: Final = {models.EmailField: inputs.EmailInput, models.TextField: inputs.TextareaInput}


def _form_field(column: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    widget = inputs.ZoneInput if column.name == "zone" else WIDGETS.get(type(column), inputs.TextInput)
    return column.formfield(**kwargs | {"widget": widget()})


def _fields(names: Collection[str]) -> dict[str, forms.Field]:
    """The form's fields of these columns: words, lengths and checks stand in the model, once."""
    return forms.fields_for_model(Prescriber, fields=list(names), formfield_callback=_form_field)


class PrescriberForm(forms.Form):
    """The particulars that the services take."""

    names: Collection[str]

    @classmethod
    def shown(cls) -> list[str]:
        """The particulars that this form asks for."""
        return [name for name in [*cls.names, *cls.base_fields] if name in Particulars.__annotations__]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_fields(self.names))

    def particulars(self) -> Particulars:
        kept = {name: value for name, value in self.cleaned_data.items() if name in Particulars.__annotations__}
        return cast(Particulars, kept)

    def take(self, refusal: PrescriberRefused | ValidationError) -> None:
        """Show what a service refused, beside the field that it is about."""
        if isinstance(refusal, ValidationError):
            about = getattr(refusal, "error_dict", {})
            unknown = any(name not in self.fields for name in about)
            self.add_error(None, refusal.messages if unknown else refusal)
        else:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class OutsideForm(PrescriberForm):
    names = OUTSIDE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].required = False
        self.fields["zone"].help_text = "Where this person works; messages go out in their daytime."
        self.fields["email"].help_text = "Nothing is sent to it before a colleague has confirmed it."
        self.fields["fax"].help_text = "With the country code, for example +49 30 123456."


class InsideForm(PrescriberForm):
    names = INSIDE
    licensed_classes = forms.MultipleChoiceField(
        label="Licensed for",
        required=False,
        widget=inputs.CheckboxesInput(),
        help_text="For medicines of these classes this member of staff may sign inside the app.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = cast(forms.MultipleChoiceField, self.fields["licensed_classes"])
        classes.choices = list(settings.LICENSABLE_CLASSES.items())
        self.order_fields(["clinic", "user", *INSIDE, "licensed_classes"])


class NewOutsideForm(ClinicChoiceForm, OutsideForm):
    def __init__(self, *args: Any, clinics: Collection[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, clinics=clinics, **kwargs)
        if len(clinics) == 1:
            self.fields["zone"].initial = next(iter(clinics)).zone


class NewInsideForm(ClinicChoiceForm, InsideForm):
    user = forms.ModelChoiceField(
        User.objects.none(), label="Colleague", empty_label="Choose a colleague", widget=inputs.SelectInput()
    )

    def __init__(self, *args: Any, clinics: Collection[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, clinics=clinics, **kwargs)
        colleagues = User.objects.filter(
            is_active=True, memberships__clinic__in=clinics, memberships__ended_at__isnull=True
        )
        cast(forms.ModelChoiceField, self.fields["user"]).queryset = colleagues.distinct().order_by("name", "email")


class ConfirmForm(forms.Form):
    """seen: the address that was on the page, so that nobody confirms another one than they compared."""

    seen = forms.CharField(widget=forms.HiddenInput())
    register = forms.CharField(
        max_length=120,
        widget=inputs.TextInput(),
        help_text="Where you looked, for example the register of the medical chamber.",
    )
    number = forms.CharField(
        label="Number in that register", max_length=60, widget=inputs.TextInput(), help_text="As it stands there."
    )
    is_compared = forms.BooleanField(
        label="I have looked this up myself just now, and the address is right.", widget=inputs.CheckboxInput()
    )
