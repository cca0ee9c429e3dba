"""Where a clinic says that a supplement is sold, always with what the clinic earns from it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinics.actor import Actor, require
from clinics.models import Clinic
from clinics.roles import Act
from protocols.models import FinancialInterest, PurchasePlace, Supplement
from protocols.services.supplement_checks import SupplementRefused


@transaction.atomic
def name_place(
    supplement: Supplement, *, clinic: Clinic, where: str, financial_interest: str, by: Actor, at: datetime
) -> PurchasePlace:
    """Say that it is sold there. The supplement is shipped, or this clinic’s own.

    Raises `NotAllowed`, `SupplementRefused`, and `ValidationError` by field, as for a place that is named already.
    """
    require(by, Act.PUBLISH_TEMPLATE, clinic=clinic)
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    stored = Supplement.objects.select_for_update().get(pk=supplement.pk)
    if stored.clinic_id not in (None, clinic.pk) or stored.is_retired:
        raise SupplementRefused("This is offered no more. Open the list: what is offered now stands there.")
    if financial_interest not in FinancialInterest.values:
        raise ValidationError({"financial_interest": "Say what the clinic earns from it, even if it is nothing."})
    place = PurchasePlace(
        clinic=clinic,
        supplement=stored,
        where=" ".join(where.split()),
        financial_interest=financial_interest,
        said_at=at,
        said_by_code=by.code,
    )
    place.full_clean()
    place.save()
    return place


@transaction.atomic
def end_place(place: PurchasePlace, *, by: Actor, at: datetime) -> PurchasePlace:
    """Name it no more; the row stays. Ending it again changes nothing. Raises `NotAllowed`."""
    stored = PurchasePlace.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=place.pk)
    require(by, Act.PUBLISH_TEMPLATE, clinic=stored.clinic)
    if stored.ended_at is None:
        stored.ended_at, stored.ended_by_code = at, by.code
        stored.save(update_fields=["ended_at", "ended_by_code"])
    return stored


def move_places(new: Supplement) -> None:
    """What was said of the version that this one replaces holds of this one."""
    if new.replaces_id is not None:
        PurchasePlace.objects.standing().filter(supplement=new.replaces_id).update(supplement=new)
