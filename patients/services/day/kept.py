"""Which hours apart the timetable of a plan keeps, so that nobody has to be told of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import product

from clinics.domain.instants import civil_date, zone
from patients.models import Plan
from patients.services.day.apart import HoursApart
from patients.services.day.things import Life, ReadAlready, life_of
from patients.services.day.timetable import placing_on
from protocols.domain.day_taken import Placing, is_kept


def kept_spacings(
    plan: Plan,
    spacing: Sequence[HoursApart],
    *,
    at: datetime,
    before: frozenset[str] = frozenset(),
    read: ReadAlready | None = None,
) -> frozenset[str]:
    """The codes of the findings whose hours lie between all times of both, today and when the later of them begins.

    What has no time in the day, such as medicine for when it is needed, keeps no hours from anything: it is not in it.
    before: those that were kept until now. While one of the two rests, nothing is taken too close: they stay so.
    read: the rows that the day is put together from, where they were loaded already.
    """
    today = civil_date(at, zone(plan.patient.zone))
    life = replace(life_of(plan.patient, plan, today=today, read=read), apart=list(spacing))
    days = _days(life, spacing, today=today)
    seen = [({thing.code for thing in life.things_on(day)}, placing_on(life, on=day)) for day in days]
    resting = _resting(life, seen[0][0], today=today)
    kept = []
    for entry in spacing:
        answers = [_is_kept(entry, open_, placing) for open_, placing in seen if _meet(entry, open_)]
        rests = entry.finding in before and any(resting.intersection(side) for side in (entry.a_codes, entry.b_codes))
        if all(answers) if answers else rests:
            kept.append(entry.finding)
    return frozenset(kept)


def _meet(entry: HoursApart, open_: set[str]) -> bool:
    """What stands on both sides, such as a product that holds both, does not meet itself."""
    return any(a != b for a, b in product(open_.intersection(entry.a_codes), open_.intersection(entry.b_codes)))


def _is_kept(entry: HoursApart, open_: set[str], placing: Placing) -> bool:
    """Something that is open that day and has no time in it keeps no hours."""
    both = open_.intersection((*entry.a_codes, *entry.b_codes))
    return all(placing.minutes_of(code) for code in both) and is_kept(entry, placing) is True


def _resting(life: Life, open_: set[str], *, today: date) -> set[str]:
    """Orders that have begun and are not taken today: on hold, with their plan, or stopped by a finding."""
    begun = {order.code for order in life.orders if order.first_day is not None and order.first_day <= today}
    return begun - open_


def _days(life: Life, spacing: Sequence[HoursApart], *, today: date) -> list[date]:
    """Today, and the later first days of what these findings are about."""
    codes = {code for entry in spacing for code in (*entry.a_codes, *entry.b_codes)}
    begins = [order.first_day for order in life.orders if order.code in codes]
    begins += [use.since for use in life.uses if use.code in codes]
    begins += [each.course.first_day for each in life.tapers if each.course is not None and each.taper.code in codes]
    return sorted({today, *(day for day in begins if day is not None and day > today)})
