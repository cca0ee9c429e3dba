"""The form of a clinic's own supplement, for a new one and for a new version: its facts, and a row per ingredient."""

from collections.abc import Collection
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList

from clinics.admin import inputs
from clinics.models import Clinic
from protocols.domain.amount import MAX_DECIMALS, MAX_DIGITS, Amount, Unit
from protocols.domain.contents import COUNTED, MASSES
from protocols.domain.substances import Basis
from protocols.domain.supplements import Allergen
from protocols.models import Supplement
from protocols.models.catalogue_rows import labelled
from protocols.services.supplement_checks import MOST_INGREDIENTS, IngredientLine
from protocols.services.supplements import FACTS, ingredients_of

EMPTY_ROWS: Final = 4
MORE: Final = "more"
"""The button that shows further empty rows, with what was typed so far."""
NOTHING: Final = ("", "–")
GROUPS_BEFORE: Final = [
    ("What it is", ["clinic", "name", "brand", "supplement_class", "product_code"]),
    ("How it is made", ["form", "unit", "may_be_halved", "package_sizes", "allergens", "label_read"]),
]
GROUPS_AFTER: Final = [
    ("How it is taken", ["food", "minutes_before_meal", "instruction"]),
    ("What stands behind it", ["evidence", "source"]),
]
WIDGETS: Final = {
    "minutes_before_meal": inputs.IntegerInput,
    "instruction": inputs.TextareaInput,
    "source": inputs.TextareaInput,
} | dict.fromkeys(("supplement_class", "form", "unit", "may_be_halved", "food", "evidence"), inputs.SelectInput)
_OWN_FIELDS: Final = ("package_sizes", "allergens")


class IngredientForm(forms.Form):
    substance = forms.CharField(
        label="Ingredient",
        max_length=120,
        required=False,
        widget=inputs.TextInput({"list": "substances", "autocomplete": "off"}),
    )
    amount = forms.DecimalField(
        label="Amount in one unit",
        required=False,
        max_digits=MAX_DIGITS,
        decimal_places=MAX_DECIMALS,
        widget=inputs.DecimalInput(),
    )
    unit = forms.ChoiceField(
        label="Unit",
        required=False,
        choices=[NOTHING, *((unit.value, unit.label) for unit in Unit)],
        widget=inputs.SelectInput(),
    )
    basis = forms.ChoiceField(
        label="It counts",
        required=False,
        choices=[NOTHING, *((basis.value, basis.label) for basis in Basis)],
        widget=inputs.SelectInput(),
    )
    leads = forms.BooleanField(label="Doses are written in it", required=False, widget=inputs.CheckboxInput())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        amount, unit = cleaned.get("amount"), cleaned.get("unit")
        if "amount" in self.errors:
            return cleaned
        if (amount is None) != (not unit):
            self.add_error("amount", "An amount needs a number and a unit, or neither: not known.")
        elif amount is not None and amount <= 0:
            self.add_error("amount", "More than 0, or empty: not known.")
        if not cleaned.get("substance") and (amount is not None or unit or cleaned.get("leads")):
            self.add_error("substance", "Write its name, or leave the row empty.")
        return cleaned

    @property
    def line(self) -> IngredientLine | None:
        """What was entered; None for an empty row."""
        data = self.cleaned_data
        if not data.get("substance"):
            return None
        amount = None if data["amount"] is None else Amount(data["amount"], Unit(data["unit"]))
        basis = Basis(data["basis"]) if data["basis"] else None
        return IngredientLine(data["substance"], amount, basis, data["leads"])


IngredientRows = forms.formset_factory(
    IngredientForm, extra=0, max_num=MOST_INGREDIENTS, absolute_max=MOST_INGREDIENTS, validate_max=True
)


class SupplementForm(forms.Form):
    clinic = forms.ModelChoiceField(Clinic.objects.none(), widget=inputs.SelectInput(), empty_label=None)
    package_sizes = forms.CharField(
        required=False, widget=inputs.TextInput(), help_text="How many units are in a package, as in “60, 120”."
    )
    label_read = forms.BooleanField(
        label="Its label was read for allergens",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="Without this nobody knows what is in it. With it, and nothing chosen above: the label names none.",
    )
    allergens = forms.MultipleChoiceField(
        label="Allergens that its label names",
        required=False,
        choices=labelled(Allergen),
        widget=inputs.CheckboxesInput(),
    )

    def __init__(
        self, data: Any = None, *, clinics: Collection[Clinic], supplement: Supplement | None = None, **kwargs: Any
    ) -> None:
        wants_more = data is not None and MORE in data
        super().__init__(None if wants_more else data, **kwargs)
        names = [name for name in FACTS if name not in _OWN_FIELDS]
        widgets = {name: WIDGETS.get(name, inputs.TextInput)() for name in names}
        self.fields |= forms.fields_for_model(Supplement, fields=names, widgets=widgets)
        self.fields["may_be_halved"].help_text = "Only tablets are cut in two."
        units = [(unit.value, unit.label_of_one) for unit in Unit if unit in COUNTED | MASSES]
        others = [(unit.value, unit.label) for unit in Unit if unit not in COUNTED | MASSES]
        cast(forms.ChoiceField, self.fields["unit"]).choices = [NOTHING, *units, *others]
        field = cast(forms.ModelChoiceField, self.fields["clinic"])
        field.queryset = Clinic.objects.filter(pk__in=[clinic.pk for clinic in clinics])
        if len(clinics) == 1:
            field.initial, field.required = next(iter(clinics)), False
            field.widget = forms.HiddenInput()
        rows: list[dict[str, Any]] = []
        if supplement is not None:
            self.initial = _facts_of(supplement)
            rows = [_row_of(line) for line in ingredients_of(supplement)]
        if wants_more:
            self.initial = {name: _typed(self.fields[name], data, name) for name in self.fields}
            sent = IngredientRows(data, prefix="ingredients")
            rows = [
                {name: _typed(field, data, row.add_prefix(name)) for name, field in row.fields.items()}
                for row in sent.forms
            ]
            rows = [row for row in rows if any(row.values())]
        rows += [{} for _ in range(min(EMPTY_ROWS, MOST_INGREDIENTS - len(rows)))]
        self.rows = IngredientRows(None if wants_more else data, prefix="ingredients", initial=rows)

    def is_valid(self) -> bool:
        # Both are asked, so that everything that is wrong is said at once.
        rows_are_valid = self.rows.is_valid()
        return super().is_valid() and rows_are_valid

    def groups_before(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in GROUPS_BEFORE]

    def groups_after(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in GROUPS_AFTER]

    def row_errors(self) -> ErrorList:
        """What is wrong with the ingredients as a whole."""
        return self.rows.non_form_errors()

    def clean_clinic(self) -> Clinic:
        return self.cleaned_data["clinic"] or self.fields["clinic"].initial

    def clean_package_sizes(self) -> list[int]:
        words = self.cleaned_data["package_sizes"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 6 for word in words):
            raise ValidationError("Write whole numbers of units, as in “60, 120”.")
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("label_read"):
            if cleaned.get("allergens"):
                self.add_error("label_read", "Say that its label was read, or choose no allergen.")
            cleaned["allergens"] = None
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}

    @property
    def ingredients(self) -> list[IngredientLine]:
        return [line for row in self.rows.forms if (line := row.line) is not None]

    def refuse(self, refusal: ValidationError) -> None:
        """Show what the service says at the fields that it concerns."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal.messages)
            return
        for name, messages in refusal.message_dict.items():
            if name == "ingredients":
                self.row_errors().extend(messages)
            else:
                self.add_error(name if name in self.fields else None, messages)


def _facts_of(supplement: Supplement) -> dict[str, Any]:
    facts = {name: getattr(supplement, name) for name in FACTS}
    return facts | {
        "package_sizes": ", ".join(str(size) for size in supplement.package_sizes),
        "allergens": supplement.allergens or [],
        "label_read": supplement.allergens is not None,
    }


def _row_of(line: IngredientLine) -> dict[str, Any]:
    return {
        "substance": line.substance,
        # As it is written, not as the database pads it.
        "amount": None if line.amount is None else f"{line.amount.value:f}",
        "unit": "" if line.amount is None else line.amount.unit.value,
        "basis": "" if line.basis is None else line.basis.value,
        "leads": line.leads,
    }


def _typed(field: forms.Field, data: Any, name: str) -> Any:
    """What was typed into this field, unchecked."""
    return field.widget.value_from_datadict(data, {}, name)
