"""Who is called in turn about a warning sign that nobody has taken on: setting the order, and asking for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.models import Clinic, EscalationOrder, EscalationStep, Membership, User
from clinics.roles import Act, Role
from clinics.services.cover import say_that_it_changed
from clinics.services.staffing_errors import StaffingRefused, require_as_shown


@dataclass(frozen=True, slots=True)
class InTurn:
    """Those of a clinic who may be called, as they work there now. order: as it was set. admins: longest here first."""

    order: tuple[User, ...]
    admins: tuple[User, ...]


@transaction.atomic
def set_escalation_order(
    clinic: Clinic, *, people: Sequence[User], shown: str | None = None, by: Actor, at: datetime
) -> EscalationOrder:
    """Say who is called in turn from now on. Where it is empty, only the admins of the clinic are.

    shown: the code of the order that was on the screen, empty for none; None for whoever saw no page of it.
    """
    locked = Clinic.objects.select_for_update().get(pk=clinic.pk)
    require(by, Act.MANAGE_STAFF, clinic=locked)
    require_as_shown(EscalationOrder.objects.in_force(locked), shown)
    if len({person.pk for person in people}) < len(people):
        raise StaffingRefused("Somebody stands in this list twice. Everybody is called once.")
    working = set(Membership.objects.open().filter(clinic=locked, user__is_active=True).values_list("user", flat=True))
    for person in people:
        if person.pk not in working:
            raise StaffingRefused(f"{person} does not work here.")
    order = EscalationOrder.objects.create(clinic=locked, set_at=at, by_kind=by.kind.value, by_code=by.code)
    EscalationStep.objects.bulk_create(
        EscalationStep(order=order, position=place, user=person) for place, person in enumerate(people)
    )
    say_that_it_changed(locked, at=at)
    return order


def in_turn(clinic: Clinic) -> InTurn:
    """Whom to call here now. Whoever has left since the order was set is passed over."""
    working: dict[int, User] = {}
    admins: list[User] = []
    memberships = Membership.objects.open().filter(clinic=clinic, user__is_active=True).select_related("user")
    for membership in memberships.order_by("started_at", "pk"):
        working[membership.user_id] = membership.user
        if membership.role == Role.CLINIC_ADMIN.value:
            admins.append(membership.user)
    order = EscalationOrder.objects.in_force(clinic)
    steps = [] if order is None else list(order.steps.all())
    return InTurn(order=tuple(working[step.user_id] for step in steps if step.user_id in working), admins=tuple(admins))
