"""Changing a patient's particulars. Zone and times decide when reminders are due, so they take the plan along."""

from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.instants import day_begins, zone
from clinics.roles import Act
from patients.models import ContactPoint, Patient, Plan, PlanPhase
from patients.reminders.planning import replan
from patients.services.record_history import stamp_history


@transaction.atomic
def save_patient(patient: Patient, *, by: Actor, at: datetime) -> Patient:
    """Write a new or changed record; what is pending is dated anew in the zone it now has."""
    require(by, Act.EDIT_PATIENT, clinic=patient.clinic)
    patient.full_clean()
    stamp_history(patient, by=by, at=at)
    patient.save()
    _follow(patient, at=at)
    return patient


@transaction.atomic
def save_contact_point(contact: ContactPoint, *, by: Actor, at: datetime) -> ContactPoint:
    """Write an address and the consent to use it; what is owed follows."""
    require(by, Act.EDIT_PATIENT, clinic=contact.patient.clinic)
    contact.full_clean()
    stamp_history(contact, by=by, at=at)
    contact.save()
    _follow(contact.patient, at=at)
    return contact


@transaction.atomic
def end_contact_point(contact: ContactPoint, *, by: Actor, at: datetime) -> ContactPoint:
    """Use this address no more. The row stays."""
    contact.ended_at = at
    return save_contact_point(contact, by=by, at=at)


def _follow(patient: Patient, *, at: datetime) -> None:
    for plan in Plan.objects.select_for_update(of=("self",)).filter(patient=patient).running():
        plan.patient = patient
        for phase in plan.phases.filter(begins_at__isnull=False):
            begins_at = day_begins(phase.starts_on, zone(patient.zone))
            PlanPhase.objects.filter(pk=phase.pk).update(begins_at=begins_at)
        replan(plan, at=at)
