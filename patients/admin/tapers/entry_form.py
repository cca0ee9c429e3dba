"""Steps that are written out, a row each: of an own recipe, or after the steps that a method works out."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from clinics.admin import inputs
from patients.admin.tapers.fields import SLOTS, AmountField, SuggestingInput

PATTERNS = ("daily", "every 2 days", "every 3 days", "weekdays mon,thu", "weekdays mon,wed,fri", "as needed")
DAILY = "daily"


class EntryForm(forms.Form):
    """A dose, how often, and for how long. Without the last two it is another time of day of the step above."""

    amount = AmountField(label="Dose")
    slot = forms.ChoiceField(
        label="Time of day", choices=[("", "The one that is left"), *SLOTS], required=False, widget=inputs.SelectInput()
    )
    pattern = forms.CharField(label="How often", required=False, max_length=60, widget=SuggestingInput(PATTERNS))
    days = forms.IntegerField(label="Days", required=False, widget=inputs.IntegerInput())

    @property
    def goes_on(self) -> bool:
        """Whether it belongs to the step of the row above."""
        return self.cleaned_data.get("days") is None and not self.cleaned_data.get("pattern")


class BaseEntryFormSet(BaseFormSet):
    """Rows, and the steps they make. rows_of_steps: by step, the rows that it came from."""

    def clean(self) -> None:
        self.rows_of_steps: list[list[EntryForm]] = []
        for row in self.forms:
            said = row.cleaned_data if row.is_valid() else {}
            if not any(said.get(name) not in {None, ""} for name in ("amount", "slot", "pattern", "days")):
                continue
            if row.goes_on and self.rows_of_steps:
                self.rows_of_steps[-1].append(row)
                continue
            self.rows_of_steps.append([row])
            if said.get("days") is None:
                row.add_error("days", "Say for how many days.")
        for rows in self.rows_of_steps:
            self._check(rows)

    def _check(self, rows: list[EntryForm]) -> None:
        for row in rows:
            if row.cleaned_data.get("amount") is None and not row.has_error("amount"):
                row.add_error("amount", "Say how much is taken. To stop, end the list: it needs no row.")
            if len(rows) > 1 and not row.cleaned_data.get("slot"):
                row.add_error("slot", "This step has several rows: say at which time of day.")

    def document(self) -> list[dict[str, Any]]:
        """As `preview_taper` reads it. The rows are valid."""
        return [self._entry(rows) for rows in self.rows_of_steps]

    def _entry(self, rows: list[EntryForm]) -> dict[str, Any]:
        first = rows[0].cleaned_data
        entry = {"pattern": first["pattern"] or DAILY, "days": first["days"]}
        if not first["slot"]:
            return entry | {"amount": str(first["amount"])}
        taken = [row.cleaned_data for row in rows]
        return entry | {"take": [{"slot": said["slot"], "amount": str(said["amount"])} for said in taken]}

    def row_of(self, step: int, taken: int = 0) -> EntryForm | None:
        """The row of this step of the document, and of this time of day in it."""
        if step >= len(self.rows_of_steps) or taken >= len(self.rows_of_steps[step]):
            return None
        return self.rows_of_steps[step][taken]


EntryFormSet = formset_factory(EntryForm, formset=BaseEntryFormSet, extra=2)


def as_written(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that say these entries of a document."""
    rows = []
    for entry in entries:
        whole = {"pattern": entry.get("pattern", DAILY), "days": entry["days"]}
        taken = entry.get("take") or [{"slot": "", "amount": entry["amount"]}]
        rows += [each | (whole if position == 0 else {}) for position, each in enumerate(taken)]
    return rows
