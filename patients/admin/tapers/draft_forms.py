"""Everything that is entered to draw a taper up, as one: several forms on one page, and one draft of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from clinics.models import Prescriber
from patients.admin.tapers.entry_form import EntryFormSet
from patients.admin.tapers.gate_form import GateForm
from patients.admin.tapers.recipe_form import NO_STEPS, OTHER_WAY, WORKED_OUT, RecipeForm, in_order
from patients.admin.tapers.start_form import StartFormSet
from patients.admin.tapers.terms_form import CoveringForm, TermsForm, WhoForm
from patients.models import MedicineUse, Plan
from patients.services.errors import InvalidRequest
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.gates import gates_for
from protocols.domain.ready_recipes import ReadyRecipe, recipes_for
from protocols.domain.recipe_terms import Method
from protocols.domain.terms import AlertRoute
from protocols.models import Medicine
from protocols.models.enabling import that_may_be_tapered_in

MORE: Final = "_more"
ROWS_MORE: Final = 3
_ENTRY: Final = re.compile(
    r"recipe\.(?P<list>tail|steps)\[(?P<step>\d+)\](?:\.take\[(?P<taken>\d+)\])?(?:\.(?P<name>\w+))?"
)
_START: Final = re.compile(r"start\[(?P<row>\d+)\](?:\.(?P<name>\w+))?")
_DROP: Final = re.compile(r"recipe\.first_drop(?:\[(?P<row>\d+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the forms hold before anything is typed, by form; rows for the three lists."""

    forms: Mapping[str, Mapping[str, Any]]
    start: list[dict[str, Any]]
    tail: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


class DraftForms:
    """The forms of one draft. data: None while nothing was sent. keeps: the prescriber of a later version."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        plan: Plan,
        use: MedicineUse,
        medicine: Medicine | None,
        today: date,
        held: Held,
        keeps: Prescriber | None = None,
    ) -> None:
        self.plan, self.use = plan, use
        clinic = plan.patient.clinic
        recorded = gates_for(plan.patient, reduces=use, indication="", given=(), on=today)
        medicines = medicines_for(plan, use)
        first = medicine or medicines.first()
        assert first is not None  # whoever opens the page has looked: `medicines_for`
        data = with_more_rows(data)
        self.data = data

        def initial(name: str) -> dict[str, Any]:
            return dict(held.forms.get(name, {}))

        self.who = WhoForm(data, prefix="who", initial=initial("who"), medicines=medicines, clinic=clinic, keeps=keeps)
        self.recipe = RecipeForm(data, prefix="recipe", initial=initial("recipe"), product=self._product(first))
        self.gates = GateForm(data, prefix="gates", initial=initial("gates"), recorded=recorded, today=today)
        self.terms = TermsForm(data, prefix="terms", initial=initial("terms"), clinic=clinic)
        self.covering = CoveringForm(data, prefix="covering", initial=initial("covering"))
        self.start: Any = StartFormSet(data, prefix="start", initial=held.start)
        self.tail: Any = EntryFormSet(data, prefix="tail", initial=held.tail)
        self.steps: Any = EntryFormSet(data, prefix="steps", initial=held.steps)
        self.refusals: list[str] = []

    def _product(self, first: Medicine) -> Any:
        """Of the form that is chosen, since a recipe by name goes by its strengths."""
        self_chosen = self.data.get("who-medicine") if self.data else None
        chosen = medicines_for(self.plan, self.use).filter(code=self_chosen).first() if self_chosen else None
        return (chosen or first).product()

    @property
    def ready(self) -> tuple[ReadyRecipe, ...]:
        """What is offered by name, to be explained on the page."""
        return recipes_for(self.recipe.product)

    @property
    def worked_out(self) -> str:
        """The ways after whose steps others may be written."""
        return in_order(WORKED_OUT)

    # --- Reading --------------------------------------------------------------------------------------------

    @property
    def all(self) -> list[forms.Form]:
        return [self.who, self.recipe, self.gates, self.terms, self.covering]

    def is_valid(self) -> bool:
        # Every part is looked at, so that everything that is wrong is said at once.
        parts: list[Any] = [*self.all, self.start, self.tail, self.steps]
        valid = [part.is_valid() for part in parts]
        if all(valid):
            self._check_ways()
        return all(valid) and not self.has_errors()

    def has_errors(self) -> bool:
        rows = [row for part in (self.start, self.tail, self.steps) for row in part.forms]
        return bool(self.refusals) or any(part.errors for part in (*self.all, *rows))

    def _check_ways(self) -> None:
        method = self.recipe.method
        for rows, fits in ((self.tail, method in WORKED_OUT), (self.steps, method is Method.EXPLICIT)):
            row = rows.row_of(0)
            if row is not None and not fits:
                row.add_error("amount", OTHER_WAY)
        if method is Method.EXPLICIT and self.steps.row_of(0) is None:
            self.steps.forms[0].add_error("amount", NO_STEPS)
        if method is Method.EXPLICIT and (first := self.start.row_that_goes_first(0)):
            first.add_error("goes_first", "Where every step is written out, write this one out too.")

    def draft(self) -> Draft:
        """What was entered. The forms are valid."""
        who, terms = self.who.cleaned_data, self.terms.cleaned_data
        return Draft(
            reduces=self.use,
            medicine=who["medicine"],
            prescriber=who["prescriber"],
            start=self.start.start(),
            start_pattern=who["start_pattern"],
            recipe=self.recipe.document(
                steps=self.steps.document(), tail=self.tail.document(), first_drop=self.start.first_drop()
            ),
            planned_first_day=who["planned_first_day"],
            latest_first_day=who["latest_first_day"],
            indication=terms["indication"],
            indication_code=terms["indication_code"],
            answers=self.gates.answers(),
            rescue=self.terms.rescue(),
            alert_route=AlertRoute(terms["alert_route"]),
            permissions=self.terms.permissions(),
            covering=self.covering.covering(),
        )

    def hush(self) -> None:
        """Show what was typed without saying yet what is wrong: somebody only asked for more rows."""
        rows = [row for part in (self.start, self.tail, self.steps) for row in part.forms]
        for form in (*self.all, *rows):
            form._errors, form.cleaned_data = ErrorDict(), {}

    # --- Saying what is wrong -------------------------------------------------------------------------------

    def refuse(self, refusal: InvalidRequest) -> None:
        """Say it at the field that it is about; above the form if there is none."""
        form, name = self._place(refusal.field)
        if form is None or name not in form.fields:
            self.refusals.append(str(refusal))
        else:
            form.add_error(name, str(refusal))

    def _place(self, path: str) -> tuple[forms.Form | None, str]:
        if found := _ENTRY.fullmatch(path):
            rows = self.tail if found["list"] == "tail" else self.steps
            return rows.row_of(int(found["step"]), int(found["taken"] or 0)), _entry_field(found["name"])
        if found := _START.fullmatch(path):
            return self.start.row_of(int(found["row"])), found["name"] or "amount"
        if found := _DROP.fullmatch(path):
            return self.start.row_that_goes_first(int(found["row"] or 0)), "goes_first"
        if path.startswith("gates."):
            return self.gates, path.removeprefix("gates.")
        if path == "start":
            return self.start.forms[0], "slot"
        if path in {"recipe", "recipe.method"}:
            return self.recipe, "way"
        if path == "strengths":
            return self.who, "medicine"
        name = path.removeprefix("recipe.")
        name = {"round": "rounds_down", "steps": "way", "tail": "way"}.get(name, name)
        return next(((form, name) for form in self.all if name in form.fields), (None, ""))

    def sentences(self) -> list[str]:
        """Everything that is wrong, each with the name of its field: for a preview that has no fields of its own."""
        found = [*self.refusals]
        rows = [row for part in (self.start, self.tail, self.steps) for row in part.forms]
        for form in (*self.all, *rows):
            for name, errors in form.errors.items():
                label = form[name].label if name in form.fields else ""
                found += [f"{label}: {error}" if label else str(error) for error in errors]
        return found


def medicines_for(plan: Plan, use: MedicineUse) -> Any:
    """The forms of this medicine that may be chosen for a taper in the plan’s clinic."""
    return that_may_be_tapered_in(plan.patient.clinic).filter(substance=use.substance).prefetch_related("strengths")


def with_more_rows(data: QueryDict | None) -> QueryDict | None:
    """The same with three more rows of the list that was asked for."""
    if data is None or data.get(MORE) not in {"start", "tail", "steps"}:
        return data
    longer = data.copy()
    total = f"{data[MORE]}-TOTAL_FORMS"
    so_far = str(longer.get(total, ""))
    if so_far.isdecimal():
        longer[total] = str(int(so_far) + ROWS_MORE)
    return longer


def _entry_field(name: str | None) -> str:
    return name if name in {"days", "pattern", "slot"} else "amount"
