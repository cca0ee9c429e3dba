"""Whoever watches the run: writes down how plans and people are, whenever something may have changed."""

from datetime import datetime

from clinics.models.receiving import Receiving
from gutclinic.simulator.evidence import Act, Evidence, HoldState, PersonState, PhaseState, PlanState
from gutclinic.simulator.home_notebook import home_states
from gutclinic.simulator.taper_evidence import TaperAct, TaperState
from gutclinic.simulator.taper_notebook import taper_state
from patients.models import Plan, PlanPhase, RecipientKind, Taper


def person_state(person: Receiving, *, is_reachable: bool) -> PersonState:
    return PersonState(
        zone=person.zone,
        quiet_starts=person.quiet_starts,
        quiet_ends=person.quiet_ends,
        message_time=person.message_time,
        is_reachable=is_reachable,
    )


class Notebook:
    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._revisions: dict[int, int] = {}
        self._taper_revisions: dict[int, int] = {}

    def meet(
        self, kind: RecipientKind, code: str, name: str, person: Receiving, *, is_reachable: bool, at: datetime
    ) -> None:
        """Write down how somebody can be reached from now on."""
        recipient = (kind.value, code)
        self.evidence.names[recipient] = name
        state = person_state(person, is_reachable=is_reachable)
        self.evidence.people.setdefault(recipient, []).append((at, state))

    def look(self, plan_id: int, *, at: datetime) -> PlanState:
        """How this plan is now; kept if it is not as it was."""
        plan = (
            Plan.objects.select_related("patient", "practitioner")
            .prefetch_related("phases", "holds__phase")
            .get(pk=plan_id)
        )
        state = PlanState(
            at=at,
            status=plan.status,
            starts_on=plan.starts_on,
            revision=plan.revision,
            phases={phase.key: _phase_state(phase) for phase in plan.phases.all()},
            holds=tuple(
                HoldState(hold.phase.key if hold.phase else "", hold.first_day, hold.resumed_on)
                for hold in plan.holds.all()
            ),
            transition_count=plan.transitions.filter(taper__isnull=True).count(),
            patient=self.evidence.person_at((RecipientKind.PATIENT.value, plan.patient.code), at),
            practitioner=self.evidence.person_at((RecipientKind.STAFF.value, plan.practitioner.code), at),
            homes=home_states(plan_id),
        )
        known = self.evidence.states.setdefault(plan_id, [])
        if not known or known[-1].differs_from(state):
            known.append(state)
        self._revisions[plan_id] = plan.revision
        return state

    def look_at_taper(self, taper_id: int, *, at: datetime) -> TaperState:
        """How this taper is now; kept if it is not as it was."""
        state = taper_state(taper_id, at=at)
        known = self.evidence.tapers.setdefault(taper_id, [])
        if not known or known[-1].differs_from(state):
            known.append(state)
        self._taper_revisions[taper_id] = state.revision
        return state

    def look_at_moved(self, *, at: datetime) -> None:
        """Look at every plan and taper that was moved since it was last looked at."""
        for plan_id, revision in Plan.objects.order_by("pk").values_list("pk", "revision"):
            if self._revisions.get(plan_id) != revision:
                self.look(plan_id, at=at)
        for taper_id, revision in Taper.objects.order_by("pk").values_list("pk", "revision"):
            if self._taper_revisions.get(taper_id) != revision:
                self.look_at_taper(taper_id, at=at)

    def write(self, act: Act) -> None:
        self.evidence.acts.append(act)

    def write_of_taper(self, act: TaperAct) -> None:
        self.evidence.taper_acts.append(act)


def _phase_state(phase: PlanPhase) -> PhaseState:
    return PhaseState(
        key=phase.key,
        status=phase.status,
        starts_on=phase.starts_on,
        ends_on=phase.ends_on,
        begins_at=phase.begins_at,
        anchor=phase.anchor,
        anchor_phase=phase.anchor_phase,
        offset_days=phase.offset_days,
        duration_days=phase.duration_days,
        starts_by_person=phase.starts_by_person,
    )
