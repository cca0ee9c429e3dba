"""One move of an order on one screen: what is asked, what becomes of its days, and doing it once that is confirmed.

What is confirmed is what was shown: if it would come out otherwise by now, it is shown again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.orders.forms import OrderMoveForm
from patients.admin.orders.rows import OrderRow, row_of
from patients.admin.safety.section import SafetySection, previewed
from patients.admin.standing import today_of
from patients.models import Order, Plan
from patients.services.errors import InvalidRequest, PlanChanged, Refused
from patients.services.orders.errors import UnusualAmount
from patients.services.orders.says import says_of
from patients.services.orders.times_today import slots_due, times_words
from patients.services.safety.assessing import preview
from protocols.domain.layout import LayoutError
from protocols.domain.order_states import IllegalOrderMove


@dataclass(frozen=True, slots=True)
class Outcome:
    """The versions of one order, as they stand now and as they would."""

    before: list[OrderRow]
    after: list[OrderRow]
    safety: SafetySection
    """What the rules would find of the whole plan then."""
    today: str = ""
    """What other times of day mean for the dose of today."""

    @property
    def fingerprint(self) -> str:
        """Equal for equal outcomes: whoever confirms sends back the one that was on the screen."""
        rows = [
            [row.order.number, row.words, row.now, row.full, row.when, row.first, row.last, _said(row.order)]
            for row in self.after
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming:
    """form: makes the form from what was sent (None before), and whether an unusual amount is asked about."""

    admin: ScopedAdmin
    request: HttpRequest
    plan: Plan
    order: Order | None
    form: Callable[[Any, bool], OrderMoveForm]
    service: Callable[..., Order]
    title: str
    words: str
    submit: str
    done: str
    back: str
    is_grave: bool = False
    shows_first: bool = True
    """Whether the outcome is known before anything is entered."""
    first_arguments: dict[str, Any] = field(default_factory=dict)

    def answer(self) -> HttpResponse:
        posted = self.request.method == "POST"
        asks = "amount_confirmed" in self.request.POST or "_asks" in self.request.POST
        form = self.form(self.request.POST if posted else None, asks)
        try:
            if posted and form.is_valid():
                return self._try(form)
            return self._show(form, self._first_outcome())
        except (IllegalOrderMove, Refused) as refusal:
            # The order is no longer what this page was opened for: look at it first.
            messages.error(self.request, str(refusal))
            return redirect(self.back)

    def _run(self, arguments: dict[str, Any], *, revision: int) -> Callable[[], Order]:
        by, at = self.admin.actor(self.request, self.plan), at_of(self.request)
        subject = self.order or self.plan
        return lambda: self.service(subject, by=by, at=at, revision=revision, **arguments)

    def _first_outcome(self) -> Outcome | None:
        if not self.shows_first:
            return None
        try:
            return self._rehearsed(self._run(self.first_arguments, revision=self.plan.revision))
        except InvalidRequest:
            return None

    def _rehearsed(self, run: Callable[[], Order]) -> Outcome:
        today = today_of(self.plan.patient, at_of(self.request))
        with transaction.atomic():
            before = [] if self.order is None else versions_of(self.order, today=today)
            times = set() if self.order is None else slots_due(self.plan, self.order.key, day=today)
            moved = run()
            words = times_words(self.plan, moved.key, before=times, day=today)
            after = versions_of(moved, today=today)
            plan = Plan.objects.select_related("patient__clinic").get(pk=self.plan.pk)
            safety = previewed(preview(plan, at=at_of(self.request)), today=today)
            transaction.set_rollback(True)
        return Outcome(before, after, safety, words)

    def _try(self, form: OrderMoveForm) -> HttpResponse:
        run = self._run(form.arguments(), revision=form.cleaned_data["revision"])
        confirmed = "_confirm" in self.request.POST
        try:
            outcome = self._rehearsed(run)
            if confirmed and form.cleaned_data["shown"] == outcome.fingerprint:
                run()
                messages.success(self.request, self.done)
                return redirect(self.back)
        except UnusualAmount as refusal:
            again = self.form(self.request.POST, True)
            again.is_valid()
            again.add_error("amount_confirmed", str(refusal))
            return self._show(again, None)
        except (InvalidRequest, LayoutError) as refusal:
            form.add_error(form.own_field(refusal.field or ""), str(refusal))
            return self._show(form, self._first_outcome())
        except PlanChanged as refusal:
            form.add_error(None, str(refusal))
            return self._show(form, self._first_outcome(), revision=self.plan.revision)
        return self._show(form, outcome, shown_again=confirmed)

    def _show(
        self,
        form: OrderMoveForm,
        outcome: Outcome | None,
        *,
        shown_again: bool = False,
        revision: int | None = None,
    ) -> HttpResponse:
        return self.admin.page(
            self.request,
            "admin/patients/order_move.html",
            title=self.title,
            trail=self.admin.trail_to(self.plan, self.title),
            words=self.words,
            submit=self.submit,
            is_grave=self.is_grave,
            form=form,
            revision=form["revision"].value() if revision is None else revision,
            outcome=outcome,
            shown_again=shown_again,
            asks_confirmation="amount_confirmed" in form.fields,
            back=self.back,
        )


def _said(order: Order) -> list[str]:
    """All that it says, so that nothing is confirmed that was not on the screen."""
    said = [*says_of(order).columns().values(), order.raised_from, order.counted_from]
    return [str(getattr(value, "pk", value)) for value in said]


def versions_of(order: Order, *, today: date) -> list[OrderRow]:
    """Every version of it as it stands, the first one first."""
    rows = Order.objects.to_reckon().select_related("prescriber", "medicine", "supplement", "taper__reduces")
    return [row_of(row, today=today) for row in rows.filter(plan=order.plan_id, key=order.key).order_by("number")]
