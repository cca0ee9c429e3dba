"""Choosing who prescribes: by name and practice, as people know each other."""

from django import forms

from clinics.models import Prescriber


class PrescriberChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Prescriber) -> str:
        where = "signs here" if obj.is_inside else obj.practice
        return f"{obj.name} ({where})" if where else obj.name
