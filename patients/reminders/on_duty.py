"""Who looks after a plan on a civil date, the practitioner or whoever stands in; and who is called in turn.

Everything follows from rows: who works in the clinic, who stands in for whom, and the order of escalation.
"""

from datetime import date, datetime, timedelta
from functools import cached_property

from clinics.domain.escalation import called_in_turn
from clinics.domain.instants import civil_date, zone
from clinics.models import Clinic, Cover, Membership, User
from clinics.roles import MAY, Act, Role
from clinics.services.cover import covers_of
from clinics.services.escalation import InTurn, in_turn
from patients.models import Plan


class OnDuty:
    """The staff of one clinic as it is now, each thing read once."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic

    @cached_property
    def _memberships(self) -> list[Membership]:
        """Those who work here and can sign in, whoever has longest first."""
        here = Membership.objects.open().filter(clinic=self.clinic, user__is_active=True)
        return list(here.select_related("user").order_by("started_at", "pk"))

    @cached_property
    def _covers(self) -> list[Cover]:
        return covers_of(self.clinic)

    @cached_property
    def _in_turn(self) -> InTurn:
        return in_turn(self.clinic)

    def day_of(self, at: datetime) -> date:
        """The civil date of the clinic at this instant, by which cover is counted."""
        return civil_date(at, zone(self.clinic.zone))

    def member(self, code: str) -> User | None:
        """The member of staff with this code; None for whoever works here no more."""
        return next((each.user for each in self._memberships if each.user.code == code), None)

    def stand_in(self, person: User, *, on: date) -> User | None:
        """Who stands in for this person on this day, if anybody does who works here."""
        if self.clinic.covered_until is None or self.clinic.covered_until < on:
            return None
        return next((each.stand_in for each in self._covers if each.absent_id == person.pk and each.is_on(on)), None)

    def responsible(self, plan: Plan, *, on: date) -> User | None:
        """Who looks after this plan on this day: its practitioner; or whoever has practised here longest, if that
        person works here no more. For somebody who is away, whoever stands in. None where nobody practises.
        """
        practises = [Role(each.role) in MAY[Act.MOVE_PLAN] for each in self._memberships]
        longest = (each.user for each, may in zip(self._memberships, practises, strict=True) if may)
        person = self.member(plan.practitioner.code) or next(longest, None)
        return None if person is None else self.stand_in(person, on=on) or person

    def alerted(self, plan: Plan, *, on: date) -> User | None:
        """Who is told first of what cannot wait. Where nobody practises any more, it is whoever would be called next,
        and else whoever works here at all: a warning sign must reach somebody. None where nobody does.
        """
        told = self.responsible(plan, on=on)
        if told is not None:
            return told
        others = (*self._in_turn.order, *self._in_turn.admins, *(each.user for each in self._memberships))
        person = next(iter(others), None)
        return None if person is None else self.stand_in(person, on=on) or person

    def turns(self, plan: Plan, *, on: date) -> list[tuple[User, timedelta]]:
        """Who is called, and how long after the first was, about something in this plan that nobody takes on."""
        told = self.alerted(plan, on=on)
        if told is None:
            return []
        found = self._in_turn
        return called_in_turn(
            told, order=found.order, then=found.admins, stand_in=lambda person: self.stand_in(person, on=on)
        )
