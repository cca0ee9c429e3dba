"""Setting when somebody of a clinic reads, and the numbers to call otherwise; and asking whether somebody reads now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.instants import zone
from clinics.domain.staffed import Reading, StaffedTimes, StaffedWeek, reading_at
from clinics.models import Clinic, EmergencyNumber, StaffedHours, StaffedStretch
from clinics.roles import Act
from clinics.services.staffing_errors import StaffingRefused, require_as_shown

MOST_NUMBERS = 10
MOST_EXCEPTIONS = 100
_DIALLED = re.compile(r"[+(]?[0-9][0-9 ()/.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberToCall:
    """A number, and for whom or what it is."""

    number: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """What a clinic says of itself: whether somebody reads now, and whom to call, the emergency numbers in order."""

    reading: Reading
    numbers: tuple[EmergencyNumber, ...]


def set_staffed_hours(
    clinic: Clinic,
    *,
    week: StaffedWeek,
    numbers: Sequence[NumberToCall],
    shown: str | None = None,
    by: Actor,
    at: datetime,
) -> StaffedHours:
    """Say from now on when somebody reads, and whom to call otherwise. What stood before stays as history.

    shown: the code of the edition that was on the screen, empty for none; None for whoever saw no page of it.
    """
    _check_numbers(numbers)
    if len(week.exceptions) > MOST_EXCEPTIONS:
        raise StaffingRefused(f"Write down {MOST_EXCEPTIONS} single dates at most.", field="exceptions")
    with transaction.atomic():
        locked = Clinic.objects.select_for_update().get(pk=clinic.pk)
        require(by, Act.MANAGE_STAFF, clinic=locked)
        require_as_shown(locked.hours, shown)
        edition = StaffedHours.objects.create(clinic=clinic, set_at=at, by_kind=by.kind.value, by_code=by.code)
        StaffedStretch.objects.bulk_create(
            [
                *(_stretch(edition, each, weekday=day) for day, times in week.weekly.items() for each in times),
                *(
                    _stretch(edition, each, on=day)
                    for day, times in week.exceptions.items()
                    for each in (times or (None,))
                ),
            ]
        )
        EmergencyNumber.objects.bulk_create(
            EmergencyNumber(edition=edition, position=place, number=each.number.strip(), words=each.words.strip())
            for place, each in enumerate(numbers)
        )
        Clinic.objects.filter(pk=locked.pk).update(hours=edition)
    return edition


def reachable(clinic: Clinic, *, at: datetime) -> Reachable:
    """Whether somebody of this clinic reads at this instant, and whom to call. What nobody has set is unknown."""
    edition = clinic.hours
    if edition is None:
        return Reachable(reading=Reading(is_read=None), numbers=())
    return Reachable(
        reading=reading_at(edition.week, at, zone(clinic.zone)),
        numbers=tuple(edition.numbers.all()),
    )


def _stretch(edition: StaffedHours, times: StaffedTimes | None, **day: object) -> StaffedStretch:
    begins, ends = (None, None) if times is None else (times.begins, times.ends)
    return StaffedStretch(edition=edition, begins=begins, ends=ends, **day)


def _check_numbers(numbers: Sequence[NumberToCall]) -> None:
    if len(numbers) > MOST_NUMBERS:
        raise StaffingRefused(f"Write down {MOST_NUMBERS} numbers at most.", field="numbers")
    for each in numbers:
        if not _DIALLED.fullmatch(each.number.strip()) or len(each.number.strip()) > 40:
            raise StaffingRefused(
                f"“{each.number}” is no number that can be dialled. Write it like 112, or +49 30 123456.",
                field="numbers",
            )
        if not each.words.strip():
            raise StaffingRefused(
                f"Write behind {each.number.strip()} whom one reaches there, such as “ambulance”.", field="numbers"
            )
        if len(each.words.strip()) > 120:
            raise StaffingRefused(f"Write at most 120 signs behind {each.number.strip()}.", field="numbers")
