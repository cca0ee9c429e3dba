"""What a clinic may taper beyond PPIs and H2 blockers: its licensed prescriber enables it by name, and ends that."""

from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, ActorKind, NotAllowed, require
from clinics.models import Clinic, Prescriber
from clinics.roles import Act
from clinics.services.licences import licensed_for
from protocols.domain.medicines import MedicineClass
from protocols.models import EnabledSubstance, Medicine
from protocols.services.medicines import MedicineRefused


class NotLicensed(NotAllowed):
    """Only a member of staff who may sign for this class enables a medicine of it."""

    def __init__(self, medicine_class: MedicineClass) -> None:
        super().__init__(
            f"You may not enable this medicine for tapers. A member of staff who is licensed to sign for this class "
            f"of medicines ({medicine_class.label}) does it."
        )


@transaction.atomic
def enable_for_taper(medicine: Medicine, *, clinic: Clinic, by: Actor, at: datetime) -> EnabledSubstance:
    """Let medicines of this ingredient and class become tapers in this clinic. Enabling twice changes nothing.

    Raises `NotLicensed`, and `MedicineRefused` for what this clinic is not offered or what needs no enabling.
    """
    medicine_class = MedicineClass(medicine.medicine_class)
    prescriber = _licence_of(by, clinic=clinic, medicine_class=medicine_class)
    if prescriber is None:
        raise NotLicensed(medicine_class)
    if medicine_class.is_acid_suppressant:
        raise MedicineRefused("PPIs and H2 blockers may be tapered in every clinic: there is nothing to enable.")
    if not Medicine.objects.available_to([clinic]).filter(pk=medicine.pk).exists():
        raise MedicineRefused(
            "This medicine is not offered in this clinic. Open the list: what is offered stands there."
        )
    # Two who enable at once take turns here, and the second finds what the first has written.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    found = _in_force(medicine, clinic=clinic)
    if found is not None:
        return found
    return EnabledSubstance.objects.create(
        clinic=clinic,
        substance=medicine.substance,
        medicine_class=medicine.medicine_class,
        prescriber_code=prescriber.code,
        enabled_at=at,
        enabled_by_kind=by.kind.value,
        enabled_by_code=by.code,
    )


@transaction.atomic
def disable_for_taper(medicine: Medicine, *, clinic: Clinic, by: Actor, at: datetime) -> EnabledSubstance | None:
    """Let no new taper of this ingredient and class begin. None if nothing was enabled.

    Where nobody is licensed for the class any more, a practitioner may do it: otherwise it could never be ended.
    """
    medicine_class = MedicineClass(medicine.medicine_class)
    if _licence_of(by, clinic=clinic, medicine_class=medicine_class) is None:
        if _anybody_licensed(clinic, medicine_class):
            raise NotLicensed(medicine_class)
        require(by, Act.PUBLISH_TEMPLATE, clinic=clinic)
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    found = _in_force(medicine, clinic=clinic)
    if found is not None:
        found.ended_at, found.ended_by_kind, found.ended_by_code = at, by.kind.value, by.code
        found.save(update_fields=["ended_at", "ended_by_kind", "ended_by_code"])
    return found


def _in_force(medicine: Medicine, *, clinic: Clinic) -> EnabledSubstance | None:
    rows = EnabledSubstance.objects.in_force()
    return rows.filter(clinic=clinic, substance=medicine.substance, medicine_class=medicine.medicine_class).first()


def _licence_of(by: Actor, *, clinic: Clinic, medicine_class: MedicineClass) -> Prescriber | None:
    """The entry of this actor as a prescriber of this clinic, if it permits to sign for this class today."""
    if by.kind is not ActorKind.STAFF or by.clinic_code != clinic.code:
        return None
    entries = Prescriber.objects.open().inside().filter(clinic=clinic, user__code=by.code)
    return next((entry for entry in entries if licensed_for(entry, medicine_class.value)), None)


def _anybody_licensed(clinic: Clinic, medicine_class: MedicineClass) -> bool:
    entries = Prescriber.objects.open().inside().filter(clinic=clinic)
    return any(licensed_for(entry, medicine_class.value) for entry in entries)
