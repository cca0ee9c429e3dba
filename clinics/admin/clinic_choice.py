"""For which clinic a form is filled in: asked of whoever works in several, and of nobody else."""

from collections.abc import Collection
from typing import Any, cast

from django import forms

from clinics.admin import inputs
from clinics.models import Clinic


class ClinicChoiceForm(forms.Form):
    """clinics: those in which this may be done, at least one. `cleaned_data["clinic"]` is always one of them."""

    clinic = forms.ModelChoiceField(Clinic.objects.none(), widget=inputs.SelectInput(), empty_label=None)

    def __init__(self, *args: Any, clinics: Collection[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["clinic"])
        field.queryset = Clinic.objects.filter(pk__in=[clinic.pk for clinic in clinics])
        if len(clinics) == 1:
            field.initial, field.required = next(iter(clinics)), False
            field.widget = forms.HiddenInput()

    def clean_clinic(self) -> Clinic:
        return self.cleaned_data["clinic"] or self.fields["clinic"].initial
