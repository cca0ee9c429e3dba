"""What every move has in common: the locked plan, the check of role and revision, the new dates, the history.

A move runs inside `moving(...)`. It finds the plan and all that hangs on it loaded once, changes phases in memory,
records each change of status, and leaves; on the way out planned phases are laid out anew, everything is saved and
the reminders follow, in the same transaction. Whatever goes wrong, nothing is half-written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from clinics.actor import Actor, ActorKind, require
from clinics.domain.instants import civil_date, day_begins, zone
from clinics.roles import Act
from patients.models import Hold, Order, Patient, Plan, PlanPhase, Taper, Transition
from patients.reminders.planning import replan
from patients.services.errors import PlanChanged
from patients.services.orders.own_days import Rest, move_own_days, move_with_draft
from patients.services.safety.assessing import reassess
from protocols.domain.layout import AnchorKind, Window, last_day, lay_out
from protocols.domain.phases import EndReason, PhaseMove, PhaseStatus, PlanMove, PlanStatus, next_status


class Moving:
    """One plan under the hands of one mover. phases: by key, in their order; today: the patient's civil date."""

    def __init__(self, plan: Plan, *, by: Actor, at: datetime) -> None:
        self.plan = plan
        self.by = by
        self.at = at
        self.zone = zone(plan.patient.zone)
        self.today = civil_date(at, self.zone)
        # Prefetched, so that every phase shares this plan object and its holds.
        prefetch_related_objects([plan], "phases", "holds")
        self.phases: dict[str, PlanPhase] = {phase.key: phase for phase in plan.phases.all()}
        self._windows = {key: phase.window for key, phase in self.phases.items()}
        self._were_planned = {key: phase.is_planned for key, phase in self.phases.items()}
        self._is_moving_dates = False
        self._rest: Rest | None = None
        self._are_own_days_moved = False

    def phase(self, phase: PlanPhase) -> PlanPhase:
        """The locked row of this phase."""
        return self.phases[phase.key]

    def planned(self) -> list[PlanPhase]:
        return [phase for phase in self.phases.values() if phase.is_planned]

    def started(self) -> list[PlanPhase]:
        return [phase for phase in self.phases.values() if phase.is_open]

    # --- Statuses -------------------------------------------------------------------------------------------

    def set_plan(
        self,
        move: PlanMove,
        *,
        reason: str = "",
        end_reason: EndReason | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        before = PlanStatus(self.plan.status)
        self.plan.status = next_status(move, before).value
        self._record(move.value, before.value, self.plan.status, None, reason, end_reason, details)

    def set_phase(
        self,
        move: PhaseMove,
        phase: PlanPhase,
        *,
        reason: str = "",
        end_reason: EndReason | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        before = PhaseStatus(phase.status)
        phase.status = next_status(move, before).value
        self._record(move.value, before.value, phase.status, phase, reason, end_reason, details)

    def _record(
        self,
        move: str,
        before: str,
        after: str,
        phase: PlanPhase | None,
        reason: str,
        end_reason: EndReason | None,
        details: dict[str, Any] | None,
    ) -> None:
        record(
            self.plan,
            phase=phase,
            move=move,
            from_status=before,
            to_status=after,
            reason=reason,
            end_reason=end_reason,
            details=details,
            by=self.by,
            at=self.at,
        )

    # --- Days on hold ---------------------------------------------------------------------------------------

    def open_hold(self, phase: PlanPhase | None) -> None:
        Hold.objects.create(plan=self.plan, phase=phase, first_day=self.today)
        self._reload_holds()

    def close_hold(self, phase: PlanPhase | None) -> int:
        """End the hold today, and say how many days it lasted. What is open ends that much later."""
        self.move_dates()
        hold = Hold.objects.get(plan=self.plan, phase=phase, resumed_on__isnull=True)
        hold.resumed_on = max(self.today, hold.first_day)
        hold.save(update_fields=["resumed_on"])
        self._reload_holds()
        for started in self.started():
            self.lengthen(started)
        return (hold.resumed_on - hold.first_day).days

    def _reload_holds(self) -> None:
        self.plan._prefetched_objects_cache.pop("holds", None)  # type: ignore[attr-defined]
        prefetch_related_objects([self.plan], "holds")

    def lengthen(self, phase: PlanPhase) -> None:
        """The last day of a started phase, from its first day, its length and the days it was on hold."""
        if phase.duration_days is not None:
            phase.ends_on = last_day(phase.starts_on, duration_days=phase.duration_days, holds=phase.held_windows())

    def end_phase(
        self,
        phase: PlanPhase,
        *,
        on: date | None = None,
        reason: str,
        end_reason: EndReason | None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """End a started phase on that day (today unless said), and the hold that it may be in."""
        if any(hold.phase_id == phase.pk and hold.is_open for hold in self.plan.holds.all()):
            self.close_hold(phase)
        planned_end = phase.ends_on
        phase.ends_on = max(on or self.today, phase.starts_on)
        dates = {"planned_last_day": str(planned_end or ""), "last_day": phase.ends_on.isoformat()}
        self.set_phase(PhaseMove.COMPLETE, phase, reason=reason, end_reason=end_reason, details=dates | (details or {}))

    # --- Dates ----------------------------------------------------------------------------------------------

    def move_dates(self) -> None:
        """A person moves dates with this: phases that begin sooner or end later for it say so, since more is taken.

        What moves only because an overdue phase is still lived says nothing anew.
        """
        self._is_moving_dates = True

    def move_own_days(self) -> None:
        """Move the days that orders have of their own: once, when all dates are set."""
        is_moved = self._rest is not None or any(
            phase.starts_on != self._windows[key].first or phase.is_planned != self._were_planned[key]
            for key, phase in self.phases.items()
        )
        if is_moved and not self._are_own_days_moved:
            move_own_days(self.plan, self.phases, today=self.today, zone=self.zone, rest=self._rest)
        self._are_own_days_moved = True

    def _note_more(self) -> None:
        for phase in self.phases.values():
            before = self._windows[phase.key]
            is_sooner = phase.starts_on < before.first
            is_later = before.last is not None and (phase.ends_on is None or phase.ends_on > before.last)
            if (phase.is_open or phase.is_planned) and (is_sooner or is_later):
                phase.more_since = self.today

    def anchor_date(self, phase: PlanPhase) -> date | None:
        """The date a planned phase is counted from; None if that phase has no end yet."""
        if phase.anchor == AnchorKind.PLAN_START.value:
            return self.plan.starts_on
        other = self.phases[phase.anchor_phase]
        return other.starts_on if phase.anchor == AnchorKind.PHASE_START.value else other.ends_on

    def keep_dates(self, phases: list[PlanPhase]) -> None:
        """Count these planned phases from where their anchors now are, so that they stay on the dates they have."""
        for phase in phases:
            anchor = self.anchor_date(phase)
            if anchor is not None:
                phase.offset_days = (phase.starts_on - anchor).days

    def close_plan_hold(self) -> int:
        """End the hold of the whole plan today: what is open ends, and what is planned starts, that much later.

        What is counted from something that moved by itself needs nothing more; the rest is counted from later on.
        """
        rested_from = self.plan.holds.get(phase__isnull=True, resumed_on__isnull=True).first_day
        anchors = {phase.key: self.anchor_date(phase) for phase in self.planned()}
        days = self.close_hold(None)
        self._rest = Rest(rested_from, days)
        for phase in self.planned():
            phase.starts_on += timedelta(days=days)
            if phase.ends_on is not None:
                phase.ends_on += timedelta(days=days)
        for phase in self.planned():
            before, after = anchors[phase.key], self.anchor_date(phase)
            if before is not None and after is not None:
                phase.offset_days += days - (after - before).days
        return days

    def take_out(self, phase: PlanPhase, *, pull_forward: bool) -> None:
        """Count from what a phase left out was counted from, so that the chain holds without it.

        Its followers keep their dates, or take its place.
        """
        for follower in self.planned():
            if follower.anchor_phase != phase.key:
                continue
            if pull_forward:
                from_end = follower.anchor == AnchorKind.PHASE_END.value
                follower.offset_days += phase.offset_days - (1 if from_end else 0)
            follower.anchor, follower.anchor_phase = phase.anchor, phase.anchor_phase
            if not pull_forward:
                self.keep_dates([follower])

    def begin_draft_on(self, starts_on: date) -> None:
        """Another first day for a draft. What was left out moves along, since others may be counted from it."""
        days = starts_on - self.plan.starts_on
        move_with_draft(self.plan, days=days.days)
        self._are_own_days_moved = True
        self.plan.starts_on = starts_on
        for phase in self.phases.values():
            phase.starts_on += days
            if phase.ends_on is not None:
                phase.ends_on += days
        self.lay_out_planned()

    def lay_out_planned(self) -> None:
        """New dates for what is still planned. Started phases keep their start; lived days are never rewritten."""
        is_draft = self.plan.status == PlanStatus.DRAFT.value
        windows = lay_out(
            [phase.spec() for phase in self.phases.values()],
            plan_start=self.plan.starts_on,
            fixed=self._kept_windows(),
            earliest=None if is_draft else self.today,
            living=not is_draft,
        )
        for phase in self.planned():
            window: Window = windows[phase.key]
            phase.starts_on, phase.ends_on = window.first, window.last

    def _kept_windows(self) -> dict[str, Window]:
        """Of what has begun; also of a phase whose day has come, and which only the sweep has not reached yet."""
        kept = {phase.key: phase.window for phase in self.phases.values() if not phase.is_planned}
        for phase in self.planned():
            if phase.begins_at is not None and phase.begins_at <= self.at:
                self.lengthen(phase)
                kept[phase.key] = phase.window
        return kept

    def waits_for(self, phase: PlanPhase) -> PlanPhase | None:
        """The phase that must move before this planned one can start by itself, if any.

        A phase counted from another does not start before that one has; counted from its end, not while it is on
        hold, since the end is then unknown.
        """
        if phase.anchor == AnchorKind.PLAN_START.value:
            return None
        other = self.phases[phase.anchor_phase]
        held_end = phase.anchor == AnchorKind.PHASE_END.value and other.status == PhaseStatus.ON_HOLD.value
        return other if other.is_planned or held_end else None

    def schedule_starts(self) -> None:
        """When the sweep is to start each planned phase; never, while a person or another phase must act first."""
        for phase in self.phases.values():
            by_itself = (
                self.plan.status == PlanStatus.ACTIVE.value
                and phase.is_planned
                and not phase.starts_by_person
                and self.waits_for(phase) is None
            )
            phase.begins_at = day_begins(phase.starts_on, self.zone) if by_itself else None

    def finish(self) -> None:
        is_open = self.plan.status in {PlanStatus.DRAFT.value, PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value}
        # The sweep only does what the dates say, and plans nothing anew, however late it comes.
        if is_open and self.by.kind is not ActorKind.SYSTEM:
            self.lay_out_planned()
        if self._is_moving_dates:
            self._note_more()
        self.move_own_days()
        self.schedule_starts()
        PlanPhase.objects.bulk_update(
            self.phases.values(),
            [
                *("status", "starts_on", "ends_on", "begins_at", "more_since"),
                *("anchor", "anchor_phase", "offset_days", "duration_days"),
            ],
        )
        self.plan.revision += 1
        self.plan.save(
            update_fields=["status", "practitioner", "starts_on", "activated_at", "ended_on", "end_reason", "revision"]
        )
        reassess(self.plan, at=self.at)
        replan(self.plan, at=self.at)


@contextmanager
def moving(plan: Plan, *, by: Actor, at: datetime, revision: int | None) -> Iterator[Moving]:
    """Lock the plan, check who moves it and that it is still what was on the screen, then save what was changed.

    revision: what the mover saw; None only for the system, which decides on the locked row itself.
    """
    with transaction.atomic():
        locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        # Read once the lock is ours: joined to the locking query, a patient changed meanwhile would come as he was.
        locked.patient = Patient.objects.select_related("clinic").get(pk=locked.patient_id)
        if by.kind is not ActorKind.SYSTEM:
            require(by, Act.MOVE_PLAN, clinic=locked.patient.clinic)
        if revision is not None and revision != locked.revision:
            raise PlanChanged
        move = Moving(locked, by=by, at=at)
        yield move
        move.finish()


def record(
    plan: Plan,
    *,
    phase: PlanPhase | None = None,
    taper: Taper | None = None,
    order: Order | None = None,
    move: str,
    from_status: str,
    to_status: str,
    reason: str = "",
    end_reason: EndReason | None = None,
    details: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Transition:
    """One line of the append-only history."""
    return Transition.objects.create(
        plan=plan,
        phase=phase,
        taper=taper,
        order=order,
        move=move,
        from_status=from_status,
        to_status=to_status,
        reason=reason,
        end_reason=end_reason.value if end_reason else "",
        details=details or {},
        at=at,
        by_kind=by.kind.value,
        by_code=by.code,
        by_roles=by.role_words,
        by_clinic=by.clinic_code,
        by_user_id=by.user_id,
    )
