"""Moving a plan or a phase: the page that asks, shows what will become of the dates, and does it once it is confirmed.

What is confirmed is what was shown: if the dates would come out otherwise than on the screen, they are shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin import move_forms as forms
from patients.admin.safety.activating import before_activation
from patients.admin.sentences import change_words
from patients.admin.standing import today_of
from patients.admin.supplies.changes_page import crowded_words
from patients.models import Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from patients.services.errors import InvalidRequest, PlanChanged, Refused
from patients.services.rehearsal import Rehearsal, rehearse
from protocols.domain.layout import LayoutError
from protocols.domain.phases import (
    IllegalTransition,
    PhaseMove,
    PhaseStatus,
    PlanMove,
    PlanStatus,
    legal_moves,
    next_status,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a move is offered. words: what it does. done: what is said afterwards."""

    service: Callable[..., object]
    form: type[forms.MoveForm]
    words: str
    done: str
    is_grave: bool = False


PLAN_MOVES: dict[PlanMove, Offer] = {
    PlanMove.ACTIVATE: Offer(
        plan_moves.activate,
        forms.ActivateForm,
        "The plan begins: the patient sees it in the portal, and reminders are sent from now on.",
        "The plan is active.",
    ),
    PlanMove.HOLD: Offer(
        plan_moves.hold,
        forms.MoveForm,
        "The whole plan rests from today. Nothing is sent, nothing starts, and no day counts until it is resumed.",
        "The plan is on hold.",
    ),
    PlanMove.RESUME: Offer(
        plan_moves.resume,
        forms.MoveForm,
        "The plan goes on from today. What is open ends later by the days it rested, and what is planned starts later.",
        "The plan goes on.",
    ),
    PlanMove.HAND_OVER: Offer(
        plan_moves.hand_over,
        forms.HandOverForm,
        "Another practitioner of the clinic looks after this plan, and is told each morning what is due.",
        "The plan is handed over.",
    ),
    PlanMove.COMPLETE: Offer(
        plan_moves.complete,
        forms.EndForm,
        "The plan is done: open phases end today, planned ones are left out, and nothing more is sent.",
        "The plan is completed.",
    ),
    PlanMove.REVOKE: Offer(
        plan_moves.revoke,
        forms.RevokeForm,
        "The plan stops before it is done: open phases end today, planned ones are left out, and nothing more is sent.",
        "The plan is revoked.",
        is_grave=True,
    ),
    PlanMove.ENTER_IN_ERROR: Offer(
        plan_moves.enter_in_error,
        forms.WithReasonForm,
        "The plan should never have been there. The patient no longer sees it; the history keeps it. "
        "This cannot be taken back.",
        "The plan is marked as entered in error.",
        is_grave=True,
    ),
}
PHASE_MOVES: dict[PhaseMove, Offer] = {
    PhaseMove.START: Offer(
        phase_moves.start,
        forms.MoveForm,
        "This phase begins today. What is counted from it moves with it.",
        "It has begun.",
    ),
    PhaseMove.EXTEND: Offer(
        phase_moves.extend,
        forms.ExtendForm,
        "This phase lasts longer. What is counted from its end moves later.",
        "It lasts longer now.",
    ),
    PhaseMove.HOLD: Offer(
        phase_moves.hold,
        forms.MoveForm,
        "This phase rests from today; the others go on. The days do not count until it is resumed.",
        "It is on hold.",
    ),
    PhaseMove.RESUME: Offer(
        phase_moves.resume,
        forms.MoveForm,
        "This phase goes on from today, and ends later by the days it rested.",
        "It goes on.",
    ),
    PhaseMove.COMPLETE: Offer(
        phase_moves.complete,
        forms.FinishForm,
        "This phase is finished. Decide what becomes of its orders.",
        "It is finished.",
    ),
    PhaseMove.SKIP: Offer(phase_moves.skip, forms.SkipForm, "This phase is left out of the plan.", "It is left out."),
}


def plan_moves_of(plan: Plan) -> list[PlanMove]:
    """The moves that this plan's status allows."""
    return list(legal_moves(PlanStatus(plan.status)))


def phase_moves_of(phase: PlanPhase) -> list[PhaseMove]:
    """The moves that this phase's status, and its plan's, allow."""
    plan_status = PlanStatus(phase.plan.status)
    moves = legal_moves(PhaseStatus(phase.status))
    if phase.duration_days is None:
        moves = tuple(move for move in moves if move is not PhaseMove.EXTEND)
    if plan_status is PlanStatus.DRAFT:
        return [move for move in moves if move in {PhaseMove.EXTEND, PhaseMove.SKIP}]
    return list(moves) if plan_status is PlanStatus.ACTIVE else []


def plan_move_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan, name: str) -> HttpResponse:
    try:
        move = PlanMove(name)
    except ValueError as error:
        raise Http404 from error
    return _Page(admin, request, plan, None, PLAN_MOVES[move], move.label, move).answer()


def phase_move_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan, code: str, name: str) -> HttpResponse:
    phase = next((phase for phase in plan.phases.all() if phase.code == code), None)
    if phase is None or name not in set(PhaseMove):
        raise Http404
    move = PhaseMove(name)
    return _Page(admin, request, plan, phase, PHASE_MOVES[move], f"{phase.title}: {move.label.lower()}", move).answer()


@dataclass(frozen=True, slots=True)
class _Page:
    """One move on one screen."""

    admin: ScopedAdmin
    request: HttpRequest
    plan: Plan
    phase: PlanPhase | None
    offer: Offer
    title: str
    move: PlanMove | PhaseMove

    def answer(self) -> HttpResponse:
        posted = self.request.method == "POST"
        today = today_of(self.plan.patient, at_of(self.request))
        form = self.offer.form(self.request.POST if posted else None, plan=self.plan, phase=self.phase, today=today)
        try:
            if not posted:
                return self._show(form, self._first_rehearsal(form))
            if form.is_valid():
                return self._try(form)
            return self._show(form, self._first_rehearsal(form))
        except (IllegalTransition, Refused) as refusal:
            # The plan is no longer what this page was opened for: look at it first.
            messages.error(self.request, str(refusal))
            return redirect(self.admin.address_of(self.plan))

    def _run(self, arguments: dict[str, Any], *, revision: int) -> Callable[[], object]:
        by = self.admin.actor(self.request, self.plan)
        subject = self.phase or self.plan
        return partial(self.offer.service, subject, by=by, at=at_of(self.request), revision=revision, **arguments)

    def _first_rehearsal(self, form: forms.MoveForm) -> Rehearsal | None:
        self._require_legal()
        try:
            return rehearse(self.plan, self._run(form.first_arguments(), revision=self.plan.revision))
        except (InvalidRequest, LayoutError):
            return None

    def _require_legal(self) -> None:
        if isinstance(self.move, PlanMove):
            next_status(self.move, PlanStatus(self.plan.status))
        else:
            assert self.phase is not None
            next_status(self.move, PhaseStatus(self.phase.status))

    def _try(self, form: forms.MoveForm) -> HttpResponse:
        run = self._run(form.arguments(), revision=form.cleaned_data["revision"])
        confirmed = "_confirm" in self.request.POST
        try:
            rehearsal = rehearse(self.plan, run)
            if confirmed and form.cleaned_data["shown"] == rehearsal.fingerprint:
                run()
                return self.admin.done(self.request, self.plan, self._done_words())
        except (InvalidRequest, LayoutError) as refusal:
            form.add_error(form.own_field(refusal.field or ""), str(refusal))
            return self._show(form, self._first_rehearsal(form))
        except PlanChanged as refusal:
            # What was typed stays; the plan and its dates are shown as they are now, and decided upon once more.
            rehearsal_now = self._first_rehearsal(form)
            form.add_error(None, str(refusal))
            return self._show(form, rehearsal_now, revision=self.plan.revision)
        return self._show(form, rehearsal, shown_again=confirmed)

    def _done_words(self) -> str:
        return self.offer.done if self.phase is None else f"{self.phase.title}: {self.offer.done.lower()}"

    def _show(
        self,
        form: forms.MoveForm,
        rehearsal: Rehearsal | None,
        *,
        shown_again: bool = False,
        revision: int | None = None,
    ) -> HttpResponse:
        return self.admin.page(
            self.request,
            "admin/patients/move.html",
            title=self.title,
            trail=self.admin.trail_to(self.plan, self.title),
            plan=self.plan,
            phase=self.phase,
            offer=self.offer,
            submit=self.move.label,
            form=form,
            # What was on the screen when the form was opened, not what has become of the plan since.
            revision=form["revision"].value() if revision is None else revision,
            rehearsal=rehearsal,
            changes=[] if rehearsal is None else [change_words(change) for change in rehearsal.changes],
            shown_again=shown_again,
            safety=before_activation(self.request, self.plan, form),
            crowded=self._crowded_words(),
            back=self.admin.address_of(self.plan),
        )

    def _crowded_words(self) -> str:
        """How much would begin on one day, before the plan is activated."""
        if self.move is not PlanMove.ACTIVATE:
            return ""
        return crowded_words(self.plan, today=today_of(self.plan.patient, at_of(self.request)))
