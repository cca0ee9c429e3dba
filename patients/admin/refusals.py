"""What a service refuses, said beside the field that it is about; above the form where the form has no such field."""

from django import forms

from patients.services.errors import InvalidRequest


def add_refusal(form: forms.BaseForm, refusal: InvalidRequest) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
