"""“What I have at home”: what is left of each thing, until when it lasts, and what to buy."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinics.domain.paper import Paper
from patients.actor import acting_patient
from patients.models import Order, Plan
from patients.portal.own_page import own_page, sign_in_first
from patients.portal.records import Record, own_record, plan_to_show
from patients.portal.typed import count_of, day_of
from patients.portal.words import day_in_full
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

_SPELT_OUT: Final = {"g": "grams", "mL": "millilitres (mL)"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing at home. unit: what she counts it in; empty where she cannot.

    counted: when it was last counted, or added to; empty where nobody did.
    """

    code: str
    name: str
    unit: str
    words: SupplyWords
    counted: str


@never_cache
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing is written."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:at-home", args=[code]))
    record = own_record(request.user, code)
    context = own_page(record, at=timezone.now())
    plan, today = _running_plan(record, request), context["today"]
    if plan is not None:
        things = at_home(plan, today=today)
        days = _days(request)
        context |= {
            "things": [_thing(each, today=today) for each in things],
            "sheet": shopping_sheet(plan, today=today, days=days, things=things),
            "days": days,
            "choices": DAYS,
            "papers": sorted(
                ((paper, paper.label) for paper in Paper), key=lambda pair: pair[0] != record.patient.clinic.paper
            ),
        }
    return render(request, "portal/at_home.html", context)


@never_cache
def count(request: HttpRequest, code: str) -> HttpResponse:
    """What was counted, or came on top."""
    back = reverse("portal:at-home", args=[code])
    if not request.user.is_authenticated:
        return sign_in_first(back)
    record = own_record(request.user, code)
    if request.method != "POST":
        return redirect(back)
    at = timezone.now()
    try:
        anchor = _count(request, record, at=at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    messages.success(request, "Thank you. It is written down.")
    return redirect(f"{back}#thing-{anchor}")


@never_cache
@require_safe
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """The shopping list as PDF."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:at-home", args=[code]))
    record = own_record(request.user, code)
    at = timezone.now()
    plan, today = _running_plan(record, request), own_page(record, at=at)["today"]
    if plan is None:
        raise Http404
    try:
        paper = Paper(request.GET.get("paper", record.patient.clinic.paper))
    except ValueError as error:
        raise Http404 from error
    sheet = shopping_sheet(plan, today=today, days=_days(request))
    response = HttpResponse(shopping_pdf(sheet, paper=paper, at=at), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{shopping_file_name(sheet)}"'
    return response


def _count(request: HttpRequest, record: Record, *, at: datetime) -> str:
    plan = _running_plan(record, request)
    order = (
        None if plan is None else Order.objects.visible_to(request.user).filter(plan=plan, code=_text(request)).first()
    )
    if order is None:
        raise InvalidRequest("This is not in your plan any more. Look again.", field="order")
    how = request.POST.get("how", "")
    if how not in {"all", "more"}:
        raise InvalidRequest("Say whether this is all you have, or came on top.", field="how")
    today = own_page(record, at=at)["today"]
    if day_of(request.POST.get("day", "")) != today:
        raise InvalidRequest("The day has changed since this page was opened. Look again, then tap once more.")
    count_stock(
        order,
        count=count_of(request.POST.get("count", ""), field="count"),
        is_all=how == "all",
        by=acting_patient(record.patient),
        at=at,
    )
    return order.code


def _text(request: HttpRequest) -> str:
    return request.POST.get("order", "")[:20]


def _running_plan(record: Record, request: HttpRequest) -> Plan | None:
    plan = plan_to_show(record.patient, user=request.user)
    return plan if plan is not None and plan.is_running else None


def _days(request: HttpRequest) -> int:
    said = request.GET.get("days", "")
    return int(said) if said in {str(days) for days in DAYS} else USUAL_DAYS


def _thing(found: AtHome, *, today: date) -> Thing:
    last = max(found.supply.stocks, key=lambda row: (row.on, row.recorded_at, row.pk), default=None)
    counted = ""
    if last is not None:
        what = "counted" if last.is_all else "added"
        counted = f"{plain(last.count)} {what} on {day_in_full(last.on, today)}"
    return Thing(
        code=found.code,
        name=found.supply.name,
        unit=_SPELT_OUT.get(found.counted_in, found.counted_in),
        words=supply_words(found, today=today),
        counted=counted,
    )
