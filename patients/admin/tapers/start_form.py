"""What is taken now, one row for each time of day; and which of them goes first."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from clinics.admin import inputs
from patients.admin.tapers.fields import SLOTS, AmountField
from patients.models import MedicineUse
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot


class StartForm(forms.Form):
    slot = forms.ChoiceField(
        label="Time of day", choices=[("", "Choose"), *SLOTS], required=False, widget=inputs.SelectInput()
    )
    amount = AmountField(label="How much")
    goes_first = forms.BooleanField(label="goes first", required=False, widget=inputs.CheckboxInput())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        slot, amount = cleaned.get("slot"), cleaned.get("amount")
        if slot and amount is None and not self.has_error("amount"):
            self.add_error("amount", "Say how much is taken then.")
        elif amount is not None and not slot and not self.has_error("slot"):
            self.add_error("slot", "Say at which time of day it is taken.")
        return cleaned


class BaseStartFormSet(BaseFormSet):
    """The filled rows, in their order."""

    def filled(self) -> Iterator[StartForm]:
        return (row for row in self.forms if row.cleaned_data.get("slot"))

    def start(self) -> tuple[tuple[Slot, Amount], ...]:
        """The rows are valid."""
        return tuple((Slot(row.cleaned_data["slot"]), row.cleaned_data["amount"]) for row in self.filled())

    def first_drop(self) -> list[str]:
        """The times of day that go first, the last listed of them before the others."""
        return [row.cleaned_data["slot"] for row in reversed(list(self.filled())) if row.cleaned_data["goes_first"]]

    def row_of(self, position: int) -> StartForm | None:
        """The row that the document's entry of this position came from."""
        return next((row for number, row in enumerate(self.filled()) if number == position), None)

    def row_that_goes_first(self, position: int) -> StartForm | None:
        """The row of this entry of `first_drop`."""
        marked = [row for row in reversed(list(self.filled())) if row.cleaned_data["goes_first"]]
        return marked[position] if position < len(marked) else None


StartFormSet = formset_factory(StartForm, formset=BaseStartFormSet, extra=1)


def as_recorded(use: MedicineUse) -> list[dict[str, Any]]:
    """What the record says is taken: one row for each time of day, or one with the amount alone."""
    amount = "" if use.amount is None else str(use.amount)
    return [{"slot": slot.value, "amount": amount} for slot in use.slots] or [{"slot": "", "amount": amount}]
