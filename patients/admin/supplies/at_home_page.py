"""What a patient has at home, for the clinic: the same as she sees, and a count written down for her."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.paper import Paper
from clinics.roles import Act
from patients.admin.standing import today_of
from patients.models import Plan
from patients.services.errors import InvalidRequest, Refused
from patients.services.orders.shopping_sheet import (
    DAYS,
    USUAL_DAYS,
    shopping_file_name,
    shopping_pdf,
    shopping_sheet,
)
from patients.services.orders.stock import AtHome, at_home, count_stock
from patients.services.orders.supply_words import SupplyWords, plain, supply_words

TITLE = "What is at home"


class CountForm(forms.Form):
    order = forms.ChoiceField(label="What was counted", widget=inputs.SelectInput())
    count = forms.DecimalField(
        label="How many", min_value=0, decimal_places=2, max_digits=9, widget=inputs.DecimalInput()
    )
    how = forms.ChoiceField(
        label="That is",
        choices=[("all", "all there is at home"), ("more", "on top of the rest")],
        widget=forms.RadioSelect(),
        initial="all",
    )
    on = forms.DateField(
        label="On which day",
        help_text="Before what was taken that day.",
        widget=inputs.DateInput(),
    )

    def __init__(self, *args: Any, things: list[AtHome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(thing.code, f"{thing.supply.name} ({thing.counted_in})") for thing in things if thing.counted_in]
        cast(forms.ChoiceField, self.fields["order"]).choices = choices


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    words: SupplyWords
    counted: str
    counted_by: str


def at_home_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    """Looking, and the list on paper, are for everybody of the clinic; counting for whoever moves plans."""
    at = at_of(request)
    today, may_count = today_of(plan.patient, at), admin.may(request, Act.MOVE_PLAN, plan) and plan.is_running
    things = at_home(plan, today=today)
    said = request.GET.get("days", "")
    days = int(said) if said in {str(each) for each in DAYS} else USUAL_DAYS
    sheet = shopping_sheet(plan, today=today, days=days, things=things)
    if "print" in request.GET:
        content = shopping_pdf(sheet, paper=Paper(plan.patient.clinic.paper), at=at)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{shopping_file_name(sheet)}"'
        return response
    form = CountForm(request.POST or None, things=things, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            _count(admin, request, plan, form)
        except Refused as refusal:
            field = refusal.field if isinstance(refusal, InvalidRequest) and refusal.field in form.fields else None
            form.add_error(field, str(refusal))
        else:
            messages.success(request, "It is written down.")
            return redirect(admin.address_of(plan, "at_home"))
    return admin.page(
        request,
        "admin/patients/supplies/at_home.html",
        title=TITLE,
        trail=admin.trail_to(plan, TITLE),
        plan=plan,
        rows=[_row(thing, plan, request) for thing in things],
        sheet=sheet,
        days=days,
        choices=DAYS,
        form=form if may_count and any(thing.unit is not None for thing in things) else None,
        back=admin.address_of(plan),
    )


def _count(admin: ScopedAdmin, request: HttpRequest, plan: Plan, form: CountForm) -> None:
    order = plan.orders.get(code=form.cleaned_data["order"])
    count_stock(
        order,
        count=Decimal(form.cleaned_data["count"]),
        is_all=form.cleaned_data["how"] == "all",
        on=form.cleaned_data["on"],
        by=admin.actor(request, plan),
        at=at_of(request),
    )


def _row(thing: AtHome, plan: Plan, request: HttpRequest) -> Row:
    words = supply_words(thing, today=today_of(plan.patient, at_of(request)))
    last = max(thing.supply.stocks, key=lambda row: (row.on, row.recorded_at, row.pk), default=None)
    if last is None:
        return Row(thing.supply.name, words, "", "")
    counted = f"{plain(last.count)} {'counted' if last.is_all else 'added'} on {last.on.day} {last.on:%b %Y}"
    return Row(thing.supply.name, words, counted, "the patient" if last.by_kind == "patient" else "the clinic")
