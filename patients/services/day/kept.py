"""Which hours apart the timetable of a plan keeps, so that nobody has to be told of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from clinics.domain.instants import civil_date, zone
from patients.models import Plan
from patients.services.day.apart import HoursApart
from patients.services.day.things import Life, life_of
from patients.services.day.timetable import placing_on
from protocols.domain.day_taken import is_kept


def kept_spacings(plan: Plan, spacing: Sequence[HoursApart], *, at: datetime) -> frozenset[str]:
    """The codes of the findings whose hours lie between all times of both, today and when the later of them begins.

    What has no time in the day, such as medicine for when it is needed, keeps no hours from anything: it is not in it.
    """
    today = civil_date(at, zone(plan.patient.zone))
    life = replace(life_of(plan.patient, plan, today=today), apart=list(spacing))
    days = _days(life, spacing, today=today)
    placings = [placing_on(life, on=day) for day in days]
    kept = []
    for entry in spacing:
        answers = [answer for placing in placings if (answer := is_kept(entry, placing)) is not None]
        if answers and all(answers):
            kept.append(entry.finding)
    return frozenset(kept)


def _days(life: Life, spacing: Sequence[HoursApart], *, today: date) -> list[date]:
    """Today, and the later first days of what these findings are about."""
    codes = {code for entry in spacing for code in (*entry.a_codes, *entry.b_codes)}
    begins = [order.first_day for order in life.orders if order.code in codes]
    begins += [use.since for use in life.uses if use.code in codes]
    begins += [each.course.first_day for each in life.tapers if each.course is not None and each.taper.code in codes]
    return sorted({today, *(day for day in begins if day is not None and day > today)})
