"""Who may look after a plan: the practitioners of the patient's clinic."""

from django.db.models import QuerySet

from clinics.models import Clinic, Membership, User
from clinics.roles import Act
from patients.services.errors import InvalidRequest


def practitioners_of(clinic: Clinic) -> "QuerySet[User]":
    """Everybody who may treat patients of this clinic today."""
    memberships = Membership.objects.open().filter(clinic=clinic).that_may(Act.MOVE_PLAN)
    return User.objects.filter(is_active=True, pk__in=memberships.values("user"))


def require_practitioner(user: User, clinic: Clinic) -> None:
    """Refuse whoever does not treat patients of this clinic."""
    if not practitioners_of(clinic).filter(pk=user.pk).exists():
        raise InvalidRequest("Choose a practitioner of the patient’s clinic.", field="practitioner")
