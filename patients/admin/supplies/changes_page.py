"""One change at a time: what changes when, what comes too close together, and the days that are proposed instead.

Some of the proposals, or all, are accepted at once. What is confirmed is what was shown: each of them says its day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.standing import today_of
from patients.admin.supplies.changes_drawing import draw_changes
from patients.models import Plan
from patients.services.errors import PlanChanged, Refused
from patients.services.orders.changes_ahead import ChangesAhead, changes_ahead
from patients.services.orders.clash_words import clash_words
from patients.services.orders.starting_later import move_starts, rehearse_starts
from patients.services.progress import day_and_weekday
from protocols.domain.layout import LayoutError
from protocols.domain.phases import PlanStatus

OPEN = frozenset({PlanStatus.DRAFT, PlanStatus.ACTIVE, PlanStatus.ON_HOLD})
TITLE = "One change at a time"


class MovesForm(forms.Form):
    """Each choice is “code=day”: what was on the screen is what is done."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    moves = forms.MultipleChoiceField(
        label="Let these begin later",
        widget=inputs.CheckboxesInput(),
        error_messages={
            "required": "Choose at least one of them.",
            "invalid_choice": "Another day is proposed by now. Look at it again, then choose.",
        },
    )

    def __init__(self, *args: Any, found: ChangesAhead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                f"{move.order.code}={move.after.isoformat()}",
                f"{move.order.name}: {day_and_weekday(move.after)} instead of {day_and_weekday(move.before)}",
            )
            for move in found.moves
        ]
        cast(forms.MultipleChoiceField, self.fields["moves"]).choices = choices
        self.fields["moves"].initial = [value for value, _ in choices]

    def chosen(self) -> dict[str, date]:
        pairs = (each.split("=") for each in self.cleaned_data["moves"])
        return {code: date.fromisoformat(day) for code, day in pairs}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One day of the table: what changes on it, and whether that is too close to something else."""

    day: date
    labels: list[str]
    is_lived: bool
    is_clash: bool


def changes_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    """Looking is for everybody of the clinic; moving is for whoever moves plans."""
    today, may_move = today_of(plan.patient, at_of(request)), admin.may(request, Act.MOVE_PLAN, plan)
    found = changes_ahead(plan, on=today)
    posted = request.method == "POST"
    form = MovesForm(request.POST if posted else None, found=found, initial={"revision": plan.revision})
    preview: ChangesAhead | None = None
    if posted and form.is_valid():
        said: dict[str, Any] = {"to": form.chosen(), "revision": form.cleaned_data["revision"]}
        said |= {"by": admin.actor(request, plan), "at": at_of(request)}
        try:
            if "_confirm" in request.POST:
                move_starts(plan, **said)
                messages.success(request, "They begin later now.")
                return redirect(admin.address_of(plan, "changes"))
            preview = rehearse_starts(plan, on=today, **said)
        except (Refused, LayoutError) as refusal:
            if isinstance(refusal, PlanChanged):
                data = request.POST.copy()
                data["revision"] = str(plan.revision)
                form = MovesForm(data, found=found)
            form.add_error(None, str(refusal))
    shown = preview or found
    clashing = {change.code for clash in shown.clashes for change in clash.changes}
    return admin.page(
        request,
        "admin/patients/supplies/changes.html",
        title=TITLE,
        trail=admin.trail_to(plan, TITLE),
        plan=plan,
        drawing=draw_changes(shown.changes, clashing=clashing, today=today),
        rows=_rows(shown, clashing),
        clashes=[clash_words(clash) for clash in found.clashes],
        left=None if preview is None else [clash_words(clash) for clash in preview.clashes],
        form=form if may_move and found.moves and PlanStatus(plan.status) in OPEN else None,
        is_preview=preview is not None,
        may_move=may_move,
        back=admin.address_of(plan),
    )


def _rows(found: ChangesAhead, clashing: set[str]) -> list[ChangeRow]:
    by_day: dict[date, ChangeRow] = {}
    for change in found.changes:
        row = by_day.get(change.day, ChangeRow(change.day, [], is_lived=True, is_clash=False))
        by_day[change.day] = ChangeRow(
            change.day,
            [*row.labels, change.label],
            is_lived=row.is_lived and change.is_lived,
            is_clash=row.is_clash or change.code in clashing,
        )
    return list(by_day.values())


def crowded_words(plan: Plan, *, today: date) -> str:
    """“5 things begin on Mon 18 Jan 2027.”; empty where everything has a day of its own."""
    most = changes_ahead(plan, on=today).most_on_one_day
    return "" if most is None else f"{most[1]} things change on {day_and_weekday(most[0])}."
