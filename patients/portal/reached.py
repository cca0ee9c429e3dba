"""When somebody of the clinic reads what she writes, and whom to call otherwise, in words. Nothing is promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import civil_date, zone
from clinics.models import EmergencyNumber
from clinics.services.staffed_hours import Reachable, reachable
from patients.models import Patient
from patients.portal.words import day_in_full

ANY_NUMBER = "your local emergency number"
"""What is said where the clinic has not written down the numbers of its place."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What stands on every page of hers. numbers: to call first; empty where the clinic has entered none.

    is_read: whether somebody reads now, as far as is known: where it is not, she is told whom to call.
    """

    is_read: bool
    sentence: str
    numbers: tuple[EmergencyNumber, ...]
    any_number: str = ANY_NUMBER


def reached(patient: Patient, *, at: datetime) -> Reached:
    """How it stands at this instant, by the clock of the patient."""
    found = reachable(patient.clinic, at=at)
    return Reached(
        is_read=found.reading.is_read is True,
        sentence=_sentence(found, name=patient.clinic.name, at=at, where=zone(patient.zone)),
        numbers=found.numbers,
    )


def _sentence(found: Reachable, *, name: str, at: datetime, where: ZoneInfo) -> str:
    reading = found.reading
    if reading.is_read is None:
        return f"It is not known at what hours somebody at {name} reads what you write."
    if reading.is_read and reading.until is None:
        return f"Somebody at {name} reads what you write by day and by night."
    if reading.is_read and reading.until is not None:
        return f"Somebody at {name} reads what you write now, {_until(reading.until, at, where)} by your clock."
    if reading.next_from is None:
        return f"Nobody at {name} reads what you write now, and it is not known when somebody does again."
    return (
        f"Nobody at {name} reads what you write now. Somebody does again {_from(reading.next_from, at, where)} "
        "by your clock."
    )


def _until(ends: datetime, at: datetime, where: ZoneInfo) -> str:
    today, last = civil_date(at, where), civil_date(ends - timedelta(minutes=1), where)
    wall = f"{ends.astimezone(where):%H:%M}"
    if last == today:
        return f"until {'midnight' if wall == '00:00' else wall}"
    return f"until {wall} on {day_in_full(civil_date(ends, where), today)}"


def _from(begins: datetime, at: datetime, where: ZoneInfo) -> str:
    today, day = civil_date(at, where), civil_date(begins, where)
    wall = f"{begins.astimezone(where):%H:%M}"
    return f"today from {wall}" if day == today else f"on {day_in_full(day, today)} from {wall}"
