"""Where the signed-in person works, and as what: read once per request, asked by every page of the workspace."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import MAY, Act, Role


class Desk:
    """The clinics of one user, with the roles held in each. roles: by clinic id."""

    def __init__(self, user: object) -> None:
        self.roles: dict[int, set[Role]] = {}
        for clinic_id, role in Membership.objects.of(user).values_list("clinic_id", "role"):
            self.roles.setdefault(clinic_id, set()).add(Role(role))

    def clinics_where(self, act: Act) -> list[int]:
        """The ids of the clinics where this act is allowed."""
        return [clinic_id for clinic_id, roles in self.roles.items() if roles & MAY[act]]

    def may(self, act: Act, *, clinic_id: int | None = None) -> bool:
        """Whether this is allowed in that clinic; without one, whether it is allowed in any."""
        where = self.clinics_where(act)
        return bool(where) if clinic_id is None else clinic_id in where


def desk_of(request: HttpRequest) -> Desk:
    """The desk of this request's user. One query, however often it is asked."""
    desk: Desk | None = getattr(request, "_desk", None)
    if desk is None:
        desk = Desk(request.user)
        request._desk = desk  # type: ignore[attr-defined]
    return desk


def at_of(request: HttpRequest) -> datetime:
    """The instant of this request. The clock is read once, however many rows ask what day it is."""
    at: datetime | None = getattr(request, "_at", None)
    if at is None:
        at = timezone.now()
        request._at = at  # type: ignore[attr-defined]
    return at


def signed_in(request: HttpRequest) -> User:
    """Who is signed in. The workspace's pages are behind its sign-in, so there is somebody."""
    assert isinstance(request.user, User)
    return request.user


def actor_in(request: HttpRequest, clinic: Clinic) -> Actor:
    """Who acts, with the roles as the database has them now."""
    return staff_in(clinic, signed_in(request))


def clinics_with(request: HttpRequest, act: Act) -> "Iterable[Clinic]":
    """The clinics in which this act is offered, by name."""
    return Clinic.objects.filter(pk__in=desk_of(request).clinics_where(act))


# What the sidebar asks before it shows an item; UNFOLD names these by their dotted path.


def sees_patients(request: HttpRequest) -> bool:
    return desk_of(request).may(Act.SEE_PATIENTS)


def manages_staff(request: HttpRequest) -> bool:
    return desk_of(request).may(Act.MANAGE_STAFF)
