"""The steps of a proposal as a table that its prescriber edits: days, pattern, and how much at which time of day.

Adding a step and leaving one out are taps that only draw the table anew.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from patients.services.tapers.editing import EditedStep
from protocols.domain.amount import Amount, AmountError
from protocols.domain.dose_words import pattern_in_words, slot_in_words
from protocols.domain.makeable import doses_up_to
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.product import Product
from protocols.domain.recipe_terms import LONGEST_STEP_DAYS, MOST_STEPS
from protocols.domain.terms import Terms

MOST_CHOICES = 60
"""More doses than this are typed, not chosen."""
_PATTERNS = (
    Pattern.daily(),
    Pattern.every(2),
    Pattern.every(3),
    Pattern.every(4),
    Pattern.on_weekdays([0, 2, 4]),
    Pattern.on_weekdays([0, 3]),
    Pattern.as_needed(),
)
_FIELD = re.compile(r"recipe\.steps\[(\d+)\](?:\.(\w+)(?:\[(\d+)\])?)?")


class StepForm(forms.Form):
    """One step. slots: the times of day at which something may be taken."""

    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_STEP_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "Say how many days."},
    )

    def __init__(self, *args: Any, slots: Sequence[str], doses: Any, patterns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self._slots = slots
        self.fields["pattern"] = forms.ChoiceField(choices=patterns)
        for number, slot in enumerate(slots):
            label = slot_in_words(slot).capitalize()
            self.fields[f"take-{number}"] = (
                forms.CharField(label=label, required=False, max_length=40)
                if doses is None
                else forms.ChoiceField(label=label, choices=doses, required=False)
            )

    @property
    def takes(self) -> list[forms.BoundField]:
        return [self[f"take-{number}"] for number in range(len(self._slots))]

    def take_field(self, position: int) -> str:
        """The field of the dose that stands at this place among those that are taken."""
        filled = [number for number in range(len(self._slots)) if self.cleaned_data.get(f"take-{number}")]
        return f"take-{filled[position] if position < len(filled) else 0}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        take = []
        for number, slot in enumerate(self._slots):
            typed = cleaned.get(f"take-{number}", "")
            try:
                take += [(slot, Amount.parse(typed))] if typed else []
            except AmountError as error:
                self.add_error(f"take-{number}", str(error))
        if not take and not self.errors:
            self.add_error("take-0", "Choose a dose, or leave this step out.")
        return cleaned | {"take": tuple(take)}


class StepTable(forms.BaseFormSet):
    """All steps, in their order."""

    def edits(self) -> tuple[EditedStep, ...]:
        """The steps as they stand in the table; it is valid."""
        return tuple(
            EditedStep(
                take=form.cleaned_data["take"],
                pattern=Pattern.parse(form.cleaned_data["pattern"]),
                days=form.cleaned_data["days"],
            )
            for form in self.forms
        )

    def refuse(self, field: str, sentence: str) -> bool:
        """Put what a service refused beside the step it is about; False if it is about none."""
        found = _FIELD.match(field)
        if found is None or int(found[1]) >= len(self.forms):
            return False
        form = self.forms[int(found[1])]
        form.add_error(found[2] if found[2] in {"days", "pattern"} else form.take_field(int(found[3] or 0)), sentence)
        return True

    def rows(self) -> list[dict[str, str]]:
        """What stands in the table now, right or wrong."""
        return [{name: self.data.get(form.add_prefix(name), "") for name in form.fields} for form in self.forms]


def step_table(
    terms: Terms, product: Product, *, data: QueryDict | None = None, rows: Sequence[Mapping[str, Any]] | None = None
) -> StepTable:
    """The table: as it was filled in, with these rows, or as it was proposed."""
    slots = _slots(terms)
    made = forms.formset_factory(
        StepForm,
        formset=StepTable,
        extra=0,
        max_num=MOST_STEPS,
        absolute_max=MOST_STEPS + 1,
        validate_max=True,
        min_num=1,
        validate_min=True,
    )
    choices = {
        "slots": slots,
        "doses": _doses(terms, product),
        "patterns": _patterns(terms, product.medicine_class),
    }
    initial = _proposed(terms, slots) if rows is None else list(rows)
    table = made(data, initial=None if data is not None else initial, prefix="step", form_kwargs=choices)
    assert isinstance(table, StepTable)
    return table


def changed_rows(rows: list[dict[str, str]], tap: str) -> list[dict[str, str]]:
    """The rows after a tap: “add-2” repeats the second step beneath it, “drop-2” leaves it out; the last one stays."""
    act, _, number = tap.partition("-")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(rows):
        return rows
    place = int(number)
    if act == "add" and len(rows) < MOST_STEPS:
        return [*rows[:place], dict(rows[place - 1]), *rows[place:]]
    if act == "drop" and len(rows) > 1:
        return [*rows[: place - 1], *rows[place:]]
    return rows


def _slots(terms: Terms) -> list[str]:
    """Every time of day of the proposal, in its order."""
    doses = [*terms.starting_doses, *(dose for step in terms.steps for dose in step.doses)]
    return list(dict.fromkeys(dose.slot for dose in doses))


def _doses(terms: Terms, product: Product) -> list[tuple[str, str]] | None:
    """What may be chosen at one time of day: up to what is taken in a whole day now or in any step. None: too many."""
    taken = [*([terms.taken_before] if terms.taken_before else []), *terms.steps]
    most = max(step.amount_per_dose_day for step in taken)
    found = doses_up_to(product, most, most=MOST_CHOICES)
    if found is None:
        return None
    return [("", "nothing"), *((str(dose), dose.display()) for dose in reversed(found))]


def _patterns(terms: Terms, medicine_class: MedicineClass) -> list[tuple[str, str]]:
    every = dict.fromkeys((*_PATTERNS, *(step.pattern for step in terms.steps)))
    return [(str(pattern), pattern_in_words(pattern)) for pattern in every if medicine_class.permits(pattern)]


def _proposed(terms: Terms, slots: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for step in terms.steps:
        row: dict[str, Any] = {"days": step.days, "pattern": str(step.pattern)}
        amounts = {dose.slot: str(dose.amount) for dose in step.doses}
        rows.append(row | {f"take-{number}": amounts.get(slot, "") for number, slot in enumerate(slots)})
    return rows
