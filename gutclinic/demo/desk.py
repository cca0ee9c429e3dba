"""The practitioner's desk: what is done at it, through the services that the pages use, at the time of the story."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from clinics.actor import Actor
from clinics.domain.instants import civil_date, instant, zone
from clinics.models import Clinic, User
from gutclinic.demo.amounts import AMOUNTS, ANY_OTHER_AMOUNT
from gutclinic.demo.timeline import Clock
from patients.models import ContactPoint, Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from patients.services.assign import assign
from patients.services.people import save_contact_point, save_patient
from patients.services.portal_access import accept_portal_invitation, invite_patient
from protocols.domain.amount import Amount
from protocols.models import TemplateVersion

REVIEWED: Final = "Reviewed together. What no software can judge was talked through."


@dataclass(frozen=True, slots=True)
class Desk:
    """One practitioner in one clinic. `until` is the end of the story: the day the demonstration is built."""

    clinic: Clinic
    version: TemplateVersion
    practitioner: User
    by: Actor
    clock: Clock
    until: datetime

    # --- Days -----------------------------------------------------------------------------------------------

    def today(self, where: str) -> date:
        """The day it is, at the end of the story, in this zone."""
        return civil_date(self.until, zone(where))

    def on(self, day: date, where: str, *, minute: int = 0) -> datetime:
        """An instant of office hours at which it is that day where the patient lives too."""
        at = instant(day, time(10, minute), zone(self.clinic.zone))
        if civil_date(at, zone(where)) < day:
            at += timedelta(hours=6, minutes=30)
        return at

    # --- People ---------------------------------------------------------------------------------------------

    def receive(self, patient: Patient, *, email: str = "", reminders: bool = True, portal: bool = False) -> Patient:
        """Write the record, the address with the consent to use it, and let the patient accept the invitation."""
        patient.clinic = self.clinic
        save_patient(patient, by=self.by, at=self.clock.at)
        if email:
            contact = ContactPoint(patient=patient, value=email, messages_allowed=reminders)
            save_contact_point(contact, by=self.by, at=self.clock.at)
        if portal:
            invitation, secret = invite_patient(patient, email=email, by=self.by, at=self.clock.at)
            accept_portal_invitation(invitation.code, secret, at=self.clock.at)
            patient.refresh_from_db()
        return patient

    # --- Plans ----------------------------------------------------------------------------------------------

    def assign(self, patient: Patient, *, starts_on: date) -> Plan:
        return assign(
            patient,
            self.version,
            starts_on=starts_on,
            practitioner=self.practitioner,
            request_key=f"demonstration-{patient.code}-{starts_on}",
            by=self.by,
            at=self.clock.at,
        )

    def activate(self, plan: Plan) -> Plan:
        """Decide the open amounts and let the plan begin."""
        amounts = {
            order.code: Amount.parse(AMOUNTS.get(order.key, ANY_OTHER_AMOUNT))
            for order in plan.orders.all()
            if order.needs_amount
        }
        return plan_moves.activate(plan, by=self.by, at=self.clock.at, revision=self.revision(plan), amounts=amounts)

    def revision(self, plan: Plan) -> int:
        """What a practitioner has on the screen who has just opened the plan."""
        plan.refresh_from_db()
        return plan.revision

    def phase(self, plan: Plan, key: str) -> PlanPhase:
        return plan.phases.select_related("plan").get(key=key)

    def finish(self, plan: Plan, key: str, *, reason: str = REVIEWED, pull_forward: bool = False) -> None:
        """Complete a phase and sign off what is the practitioner's to sign off."""
        phase = self.phase(plan, key)
        to_sign = [criterion.key for criterion in phase.criteria.all() if criterion.kind == "sign_off"]
        phase_moves.complete(
            phase,
            by=self.by,
            at=self.clock.at,
            revision=self.revision(plan),
            reason=reason,
            pull_forward=pull_forward,
            signed_off=to_sign,
        )
