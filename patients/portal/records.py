"""Whose pages these are. The portal is for patients alone: staff look at a patient in the admin."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404

from patients.models import Patient, Plan
from patients.portal.tapers.shown import shown_tapers
from patients.services.progress import with_progress
from protocols.domain.phases import PlanStatus


@dataclass(frozen=True, slots=True)
class Record:
    """One of the user's own records, whether there are others to go to, and whether a taper of it was ever signed."""

    patient: Patient
    has_others: bool
    has_tapers: bool


def own_record(user: Any, code: str) -> Record:
    """The record with this code, if this user is the patient. Anybody else gets a 404, whatever they see elsewhere."""
    tapers = shown_tapers(user).filter(plan__patient=OuterRef("pk"))
    own = Patient.objects.visible_to(user).filter(user=user).select_related("clinic__hours", "heard")
    records = {patient.code: patient for patient in own.annotate(has_tapers=Exists(tapers))}
    if code not in records:
        raise Http404
    patient = records[code]
    return Record(patient, has_others=len(records) > 1, has_tapers=patient.has_tapers)


def plan_to_show(patient: Patient, *, user: Any) -> Plan | None:
    """The plan that runs, or else the one that ended last; None if none was ever begun.

    A draft is nobody's plan yet, and one that was given up before it was activated never was. What was entered in
    error is hidden also from a patient who works in this clinic and could see it in the admin.
    """
    begun = Plan.objects.visible_to(user).filter(activated_at__isnull=False, patient=patient)
    plans = with_progress(begun).exclude(status=PlanStatus.ENTERED_IN_ERROR.value)
    plan = max(plans, key=lambda plan: (plan.is_running, plan.ended_on or plan.starts_on), default=None)
    if plan is not None:
        plan.patient = patient
    return plan
