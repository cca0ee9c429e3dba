"""Changing a patient's particulars. Zone and times decide when reminders are due, so they take the plan along."""

from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.instants import day_begins, zone
from clinics.roles import Act
from patients.models import ContactPoint, Patient, Plan, PlanPhase
from patients.reminders.planning import replan
from patients.services.day.reminding import follow_day
from patients.services.errors import InvalidRequest
from patients.services.record_history import stamp_history
from patients.services.tapers.looking import look_again_at

# The login comes and goes by invitation alone; a form that was opened before that must not take it away again.
NOT_BY_FORM = {"id", "code", "clinic", "user"}
PARTICULARS = [field.name for field in Patient._meta.concrete_fields if field.name not in NOT_BY_FORM]


@transaction.atomic
def save_patient(patient: Patient, *, by: Actor, at: datetime) -> Patient:
    """Write a new or changed record; what is pending is dated anew in the zone it now has."""
    if patient._state.adding:
        require(by, Act.EDIT_PATIENT, clinic=patient.clinic)
        patient.full_clean()
        stamp_history(patient, by=by, at=at)
        patient.save()
        return patient
    stored = _locked(patient.pk, by=by)
    if patient.clinic_id != stored.clinic_id:
        raise InvalidRequest(
            "A record stays in the clinic it was made in. Make a new one in the other clinic.", field="clinic"
        )
    patient.user_id = stored.user_id
    patient.full_clean()
    stamp_history(patient, by=by, at=at)
    patient.save(update_fields=PARTICULARS)
    _follow(patient, at=at)
    return patient


@transaction.atomic
def save_contact_point(contact: ContactPoint, *, by: Actor, at: datetime) -> ContactPoint:
    """Write an address and the consent to use it; what is owed follows.

    Another address, or consent that is given anew, is no longer the one that was refused.
    """
    patient = _locked(contact.patient_id, by=by)
    stored = ContactPoint.objects.filter(pk=contact.pk).first()
    if stored is not None and stored.patient_id != patient.pk:
        raise InvalidRequest("An address stays with its patient. End it here, and write it down there.")
    if stored is not None:
        is_new = stored.value != contact.value or (contact.messages_allowed and not stored.messages_allowed)
        contact.stopped_at = None if is_new else stored.stopped_at
        contact.stopped_because = "" if is_new else stored.stopped_because
    contact.full_clean()
    stamp_history(contact, by=by, at=at)
    contact.save()
    _follow(patient, at=at)
    return contact


def _locked(patient_id: int, *, by: Actor) -> Patient:
    """The record as it stands, locked before its plan as everywhere, for somebody who may change it."""
    stored = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    require(by, Act.EDIT_PATIENT, clinic=stored.clinic)
    return stored


@transaction.atomic
def end_contact_point(contact: ContactPoint, *, by: Actor, at: datetime) -> ContactPoint:
    """Use this address no more. The row stays."""
    contact.ended_at = at
    return save_contact_point(contact, by=by, at=at)


@transaction.atomic
def use_again(contact: ContactPoint, *, by: Actor, at: datetime) -> ContactPoint:
    """Somebody says that this address takes messages again; what is owed follows."""
    patient = _locked(contact.patient_id, by=by)
    stored = ContactPoint.objects.get(pk=contact.pk, patient=patient)
    stored.stopped_at, stored.stopped_because = None, ""
    stamp_history(stored, by=by, at=at)
    stored.save(update_fields=["stopped_at", "stopped_because"])
    _follow(patient, at=at)
    return stored


def _follow(patient: Patient, *, at: datetime) -> None:
    for plan in (
        Plan.objects.select_for_update(of=("self",), no_key=True).filter(patient=patient).running().order_by("pk")
    ):
        plan.patient = patient
        for phase in plan.phases.filter(begins_at__isnull=False):
            begins_at = day_begins(phase.starts_on, zone(patient.zone))
            PlanPhase.objects.filter(pk=phase.pk).update(begins_at=begins_at)
        look_again_at(plan, at=at)
        replan(plan, at=at)
    follow_day(patient, at=at)
