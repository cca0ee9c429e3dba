"""How it goes down: a recipe that is offered by name, or an own one by a method with its own fields."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from patients.admin.tapers.fields import AmountField
from protocols.domain.product import Product
from protocols.domain.ready_recipes import READY_RECIPES, recipes_for
from protocols.domain.recipe_terms import Method, Rounding

WAYS: Final = {
    Method.STRENGTH_LADDER: "Own: strength by strength, each time the next lower one",
    Method.FIXED_AMOUNT: "Own: the same amount less each step",
    Method.PERCENT_OF_START: "Own: a percentage of the starting dose less each step",
    Method.PERCENT_OF_CURRENT: "Own: a percentage of the current dose less each step",
    Method.EXPLICIT: "Own: every step written out",
}
WORKED_OUT: Final = frozenset(WAYS) - {Method.EXPLICIT}
BELONGS: Final[Mapping[str, frozenset[Method]]] = {
    "days_per_step": WORKED_OUT,
    "amount": frozenset({Method.FIXED_AMOUNT}),
    "percent": frozenset({Method.PERCENT_OF_START, Method.PERCENT_OF_CURRENT}),
    "floor": WORKED_OUT,
}
"""Which ways each field belongs to; what is not named here belongs to all of them."""
NEEDED: Final[Mapping[str, tuple[frozenset[Method], str]]] = {
    "days_per_step": (WORKED_OUT, "Say how many days each step lasts."),
    "amount": (BELONGS["amount"], "Say by how much each step is less than the one before."),
    "percent": (BELONGS["percent"], "Say by how many percent each step is less."),
}
"""What the way that was chosen cannot do without, and how it is asked for."""
NO_STEPS: Final = "Write out at least one step."
OTHER_WAY: Final = "This belongs to another way of going down: empty it, or choose that way."


class RecipeForm(forms.Form):
    """The way and its fields. The steps that are written out stand in rows of their own."""

    way = forms.ChoiceField(label="Recipe", widget=inputs.SelectInput())
    days_per_step = forms.IntegerField(label="Days per step", required=False, widget=inputs.IntegerInput())
    amount = AmountField(label="Less each step", help_text="Off the daily dose, as in “5 mg”.")
    percent = forms.DecimalField(label="Percent less each step", required=False, widget=inputs.DecimalInput())
    floor = AmountField(
        label="Lowest daily dose", help_text="Here the steps end; what follows is written below. Empty: down to none."
    )
    hold_start_days = forms.IntegerField(
        label="First stay at today’s dose for",
        required=False,
        widget=inputs.IntegerInput(),
        help_text="Days. Empty: the first step is the first reduction.",
    )
    rounds_down = forms.BooleanField(
        label="Round down a dose that the strengths cannot make",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="If not, such a dose is refused and the nearest ones are named.",
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        self.product = product
        super().__init__(*args, **kwargs)
        ready = [(recipe.key, recipe.name) for recipe in recipes_for(product)]
        own = [(method.value, words) for method, words in WAYS.items()]
        cast(forms.ChoiceField, self.fields["way"]).choices = [*ready, *own]
        for name in ("amount", "floor"):
            strengths = [str(strength) for strength in product.strengths]
            self.fields[name].widget.suggestions = strengths

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, ways in BELONGS.items():
            if cleaned.get(name) not in {None, ""} and self.method not in ways:
                self.add_error(name, OTHER_WAY)
        for name, (ways, words) in NEEDED.items():
            if self.method in ways and cleaned.get(name) is None and not self.has_error(name):
                self.add_error(name, words)
        return cleaned

    def own_fields(self) -> Iterator[tuple[BoundField, str]]:
        """The fields of an own recipe, each with the ways that it belongs to, as the page names them."""
        for name, ways in BELONGS.items():
            yield self[name], in_order(ways)
        yield self["rounds_down"], in_order(WAYS)

    @property
    def method(self) -> Method | None:
        """The way, if it is an own one."""
        way = self.cleaned_data.get("way", "")
        return Method(way) if way in set(Method) else None

    def document(
        self, *, steps: list[dict[str, Any]], tail: list[dict[str, Any]], first_drop: list[str]
    ) -> dict[str, Any]:
        """The recipe as `preview_taper` reads it. The form is valid."""
        said = self.cleaned_data
        shared = {"hold_start_days": said["hold_start_days"]} if said["hold_start_days"] is not None else {}
        if self.method is None:
            # With drops first and the starting dose held, the published recipe begins after them.
            dropped = {"first_drop": first_drop} if first_drop else {}
            return READY_RECIPES[said["way"]].document(self.product) | shared | dropped
        found: dict[str, Any] = {"method": self.method.value} | shared
        if said["rounds_down"]:
            found["round"] = Rounding.DOWN.value
        if self.method is Method.EXPLICIT:
            return found | {"steps": steps}
        for name in ("days_per_step", "amount", "percent", "floor"):
            if said[name] is not None:
                found[name] = said[name] if name == "days_per_step" else _plain(said[name])
        if first_drop:
            found["first_drop"] = first_drop
        return found | ({"tail": tail} if tail else {})


def in_order(ways: Collection[Method]) -> str:
    """The ways as one text, for the page that shows only what belongs to the chosen one."""
    return " ".join(method.value for method in WAYS if method in ways)


def as_chosen(document: Mapping[str, Any], product: Product) -> dict[str, Any]:
    """What the form holds for this recipe: the one of that name if it is exactly that one."""
    own = {name: value for name, value in document.items() if name not in {"hold_start_days", "first_drop"}}
    way = next((recipe.key for recipe in recipes_for(product) if recipe.document(product) == own), "")
    if way:
        return {"way": way, "hold_start_days": document.get("hold_start_days")}
    return {
        "way": document["method"],
        "rounds_down": document.get("round") == Rounding.DOWN.value,
        **{name: document.get(name) for name in (*BELONGS, "hold_start_days")},
    }


def _plain(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
