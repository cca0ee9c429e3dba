"""Who did something: written beside every act, in words that outlive the account."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from clinics.models import Membership
from clinics.roles import MAY, Act, Role

if TYPE_CHECKING:
    from clinics.models import Clinic, Prescriber, User


class ActorKind(StrEnum):
    STAFF = "staff"
    PATIENT = "patient"
    PRESCRIBER = "prescriber"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, and in which capacity at that time.

    kind, code: what is stored, non-null, beside any foreign key. roles, clinic_code: what the person was then.
    """

    kind: ActorKind
    code: str
    roles: frozenset[Role] = frozenset()
    clinic_code: str = ""
    user_id: int | None = None

    @property
    def role_words(self) -> str:
        return ", ".join(role.label for role in Role if role in self.roles)


class NotAllowed(PermissionDenied):
    """This actor may not do that here. The sentence says who could."""


def staff_in(clinic: "Clinic", user: "User") -> Actor:
    """This user as a member of staff of this clinic, with the roles held now (perhaps none)."""
    roles = Membership.objects.of(user).filter(clinic=clinic).values_list("role", flat=True)
    return Actor(
        kind=ActorKind.STAFF,
        code=user.code,
        roles=frozenset(Role(role) for role in roles),
        clinic_code=clinic.code,
        user_id=user.pk,
    )


def acting_prescriber(prescriber: "Prescriber", *, user: "User | None" = None) -> Actor:
    """This prescriber, answering a request to sign. user: the login of one who signs inside the app; else None.

    No role of the clinic comes with it: `require` lets no prescriber through.
    """
    return Actor(
        kind=ActorKind.PRESCRIBER,
        code=prescriber.code,
        clinic_code=prescriber.clinic.code,
        user_id=None if user is None else user.pk,
    )


def for_system() -> Actor:
    """Work without a user. Only tasks, reminders and commands may begin here; a test lists the callers."""
    return Actor(kind=ActorKind.SYSTEM, code="system")


def require(by: Actor, act: Act, *, clinic: "Clinic") -> None:
    """Refuse unless this actor may do this in this clinic.

    The role is the one held in *that* clinic: being a practitioner elsewhere does not count. The system is never let
    through here; what it may do, it does in services that say so.
    """
    if by.kind is ActorKind.STAFF and by.clinic_code == clinic.code and by.roles & MAY[act]:
        return
    who = " or ".join(role.label.lower() for role in Role if role in MAY[act])
    raise NotAllowed(f"You may not {act.value}. Ask a {who} of this clinic.")
