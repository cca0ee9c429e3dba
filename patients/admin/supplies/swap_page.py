"""Swapping a product: choose what is replaced and by what, look at every plan that has it, and confirm each."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinics.admin.desk import actor_in, at_of, clinics_with, desk_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.services.errors import Refused
from patients.services.orders.swapping import (
    Chosen,
    SwapReason,
    orders_with,
    preview_swap,
    supplement_orders,
    swap_in_plans,
)
from protocols.models import Supplement

TITLE = "Swap a product"
ROWS = 10
"""Each row is a rehearsal of its own, so a page shows few."""


def swap_page(admin: ScopedAdmin, request: HttpRequest) -> HttpResponse:
    """Without a product: which are taken. With one: its replacement is chosen. With both: every plan that has it."""
    clinics = desk_of(request).clinics_where(Act.MOVE_PLAN)
    if not clinics:
        raise Http404
    old, new = _product(request, "from"), _product(request, "to")
    if request.method == "POST" and old is not None and new is not None:
        return _swap(request, old, new, clinics)
    context: dict[str, Any] = {"old": old, "new": new}
    if old is None:
        context["taken"] = _taken(request, clinics)
    elif new is None:
        offered = Supplement.objects.available_to(clinics).exclude(pk=old.pk).prefetch_related("ingredients")
        context["choices"] = _same_first(old, offered)
    else:
        context |= _rows(request, old, new, clinics)
    return admin.page(
        request,
        "admin/patients/supplies/swap.html",
        title=TITLE,
        trail=admin.trail_to(None, TITLE),
        reasons=list(SwapReason),
        back=reverse("admin:patients_plan_changelist"),
        **context,
    )


def swap_lead(request: HttpRequest, product: Supplement) -> tuple[str, str] | None:
    """From the page of a product to the plans that have it, for whoever may move one of them."""
    clinics = desk_of(request).clinics_where(Act.MOVE_PLAN)
    if not clinics or not orders_with(product, clinics=clinics, user=request.user).exists():
        return None
    return "Swap it in the plans that have it", f"{reverse('admin:patients_plan_swap')}?from={product.code}"


def _taken(request: HttpRequest, clinics: list[int]) -> list[tuple[Supplement, int]]:
    """What is taken in running plans, with in how many, by name."""
    orders = supplement_orders(clinics=clinics, user=request.user)
    counts = dict(orders.order_by().values_list("supplement").annotate(Count("plan", distinct=True)))
    return [(product, counts[product.pk]) for product in Supplement.objects.filter(pk__in=counts)]


def _same_first(old: Supplement, offered: Iterable[Supplement]) -> list[Supplement]:
    """Products for the same substance come first; in each half by name."""
    leading = old.contents().leading
    return sorted(offered, key=lambda each: (each.contents().leading != leading, str(each).casefold()))


def _rows(request: HttpRequest, old: Supplement, new: Supplement, clinics: list[int]) -> dict[str, Any]:
    at = at_of(request)
    actors = {clinic.pk: actor_in(request, clinic) for clinic in clinics_with(request, Act.MOVE_PLAN)}
    orders = orders_with(old, clinics=clinics, user=request.user).select_related("plan__patient__clinic", "supplement")
    page = Paginator(orders, ROWS).get_page(request.GET.get("page"))
    rows = [preview_swap(order, new, by=actors[order.plan.patient.clinic_id], at=at) for order in page.object_list]
    return {"rows": rows, "page": page}


def _swap(request: HttpRequest, old: Supplement, new: Supplement, clinics: list[int]) -> HttpResponse:
    here = f"{reverse('admin:patients_plan_swap')}?from={old.code}&to={new.code}"
    actors = {clinic.pk: actor_in(request, clinic) for clinic in clinics_with(request, Act.MOVE_PLAN)}
    try:
        chosen = [Chosen.parse(text) for text in request.POST.getlist("plans")[:ROWS]]
        reason = next((each for each in SwapReason if each.value == request.POST.get("reason")), None)
        if not chosen or reason is None:
            raise Refused("Choose at least one plan, and say why.")
        outcomes = swap_in_plans(
            chosen,
            orders_with(old, clinics=clinics, user=request.user),
            new,
            reason=reason,
            words=request.POST.get("words", "")[:500],
            by=actors,
            at=at_of(request),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(here)
    done = [outcome for outcome in outcomes if not outcome.refused]
    for outcome in outcomes:
        if outcome.refused:
            messages.error(request, f"{outcome.order.plan.patient.full_name}: {outcome.refused}")
    if len(outcomes) < len(chosen):
        messages.error(request, "Some of them have no such order any more. Look again.")
    if done:
        messages.success(request, f"Swapped in {len(done)} plan{'s' * (len(done) > 1)}.")
    return redirect(here)


def _product(request: HttpRequest, name: str) -> Supplement | None:
    """The product with the code in the address; 404 for one that this user does not see."""
    code = request.GET.get(name, "")
    if not code:
        return None
    found = Supplement.objects.visible_to(request.user).prefetch_related("ingredients").filter(code=code).first()
    if found is None:
        raise Http404
    return found
