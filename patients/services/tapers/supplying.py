"""What she has at home: written down by her or by the clinic, and compared with the schedule in time."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from clinics.actor import Actor, ActorKind, NotAllowed
from clinics.roles import Act
from patients.models import Supply, Taper
from patients.models.taper_course import course_of
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.tapering import tapering
from protocols.domain.amount import Amount
from protocols.domain.supply import Shortage, shortages
from protocols.domain.taper_days import SUPPLY_SAID_BEFORE_DAYS

MOST_UNITS = 10_000


def record_supply(
    taper: Taper, *, strength: Amount, count: Decimal, is_all: bool, on: date | None = None, by: Actor, at: datetime
) -> Supply:
    """Record units of one strength: all that she has, or what came on top, before the dose of that day.

    The same count of all, made twice for one day, is one count.
    """
    with tapering(taper, by=by, at=at, revision=None, act=Act.MANAGE_TAPER) as move:
        if by.kind not in {ActorKind.PATIENT, ActorKind.STAFF}:
            raise NotAllowed("Only the patient, or the clinic for her, records this.")
        if not move.taper.is_running:
            raise Refused("This taper is not running.")
        day = on or move.today
        if not move.today - timedelta(days=14) <= day <= move.today:
            raise InvalidRequest("Choose today, or a day of the last two weeks.", field="on")
        if not count.is_finite() or not 0 <= count <= MOST_UNITS or count * 2 % 1:
            raise InvalidRequest("The number of units is from 0 to 10,000, whole or with a half.", field="count")
        if strength not in strengths_of(move.taper):
            raise InvalidRequest("This strength is not part of the schedule.", field="strength")
        own = move.taper.supplies.filter(strength_value=strength.value, strength_unit=strength.unit.value)
        last: Supply | None = own.last()
        if is_all and last is not None and (last.is_all, last.on, last.count) == (True, day, count):
            return last
        return Supply.objects.create(
            taper=move.taper,
            strength_value=strength.value,
            strength_unit=strength.unit.value,
            count=count,
            is_all=is_all,
            on=day,
            recorded_at=at,
            by_kind=by.kind.value,
            by_code=by.code,
        )


def strengths_of(taper: Taper) -> list[Amount]:
    """Every strength that the schedule takes, or that stands in for one, highest first."""
    course = course_of(taper)
    doses = [dose for step in (*(each.step for each in course.steps), *course.waiting) for dose in step.doses]
    found = {units.strength for dose in doses for units in dose.units if not units.per_ml}
    found |= {
        units.strength for leg in course.legs for swap in leg.substituted for units in swap.units if not units.per_ml
    }
    return sorted(found, reverse=True)


def shortages_of(taper: Taper, *, today: date) -> tuple[Shortage, ...]:
    """Where what she has ends before the schedule does; nothing is said of what nobody recorded."""
    return shortages(course_of(taper), [row.stock for row in taper.supplies.all()], today=today)


def shortages_to_say(taper: Taper, *, today: date) -> tuple[Shortage, ...]:
    """Those that begin within a week."""
    until = today + timedelta(days=SUPPLY_SAID_BEFORE_DAYS)
    return tuple(each for each in shortages_of(taper, today=today) if each.short_on <= until)
