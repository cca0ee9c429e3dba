"""Saying when the day begins, when meals are and when it ends: by the patient herself, or by staff for her."""

from datetime import datetime, time

from django.db import transaction

from clinics.actor import Actor, ActorKind, require
from clinics.roles import Act
from patients.models import DayRhythm, Patient
from patients.services.day.reminding import follow_day
from patients.services.day.rhythm import MEALS
from patients.services.errors import InvalidRequest
from patients.services.record_history import stamp_history
from patients.services.safety.assessing import reassess_all_of
from protocols.domain.dayplan_terms import Day
from protocols.domain.dayplan_times import DayTimes

LONGEST_DAY_HOURS = 22
SHORTEST_DAY_HOURS = 4


@transaction.atomic
def set_rhythm(
    patient: Patient,
    *,
    wakes_at: time,
    breakfast_at: time | None,
    lunch_at: time | None,
    dinner_at: time | None,
    sleeps_at: time,
    by: Actor,
    at: datetime,
) -> DayRhythm:
    """Write it down; the row before it stays in the history. A meal that is None is not eaten.

    Raises `InvalidRequest` with the field for a day that cannot be.
    """
    locked = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic").get(pk=patient.pk)
    if by.kind is not ActorKind.PATIENT or by.code != locked.code:
        require(by, Act.EDIT_PATIENT, clinic=locked.clinic)
    said = {"breakfast": breakfast_at, "lunch": lunch_at, "dinner": dinner_at}
    _check(wakes_at, sleeps_at, {name: said[name] for name in MEALS})
    rhythm = DayRhythm.objects.filter(patient=locked).first() or DayRhythm(patient=locked)
    rhythm.wakes_at, rhythm.sleeps_at = wakes_at, sleeps_at
    rhythm.breakfast_at, rhythm.lunch_at, rhythm.dinner_at = breakfast_at, lunch_at, dinner_at
    rhythm.said_at, rhythm.said_by_kind, rhythm.said_by_code = at, by.kind.value, by.code
    stamp_history(rhythm, by=by, at=at)
    rhythm.save()
    # Another rhythm may keep other hours apart.
    reassess_all_of(locked, at=at)
    follow_day(locked, at=at)
    return rhythm


def _check(wakes_at: time, sleeps_at: time, meals: dict[str, time | None]) -> None:
    if wakes_at == sleeps_at:
        raise InvalidRequest(
            "Getting up and going to bed are at the same time. Correct one of them.", field="sleeps_at"
        )
    eaten = {name: at for name, at in meals.items() if at is not None}
    times = DayTimes(Day(wakes_at, sleeps_at, eaten), ())
    if times.sleep - times.wake > LONGEST_DAY_HOURS * 60:
        raise InvalidRequest(
            f"That leaves less than {24 - LONGEST_DAY_HOURS} hours of sleep. Is one of the two times wrong?",
            field="sleeps_at",
        )
    if times.sleep - times.wake < SHORTEST_DAY_HOURS * 60:
        raise InvalidRequest(
            f"That is a day of less than {SHORTEST_DAY_HOURS} hours. Is one of the two times wrong?", field="sleeps_at"
        )
    earlier: tuple[str, int] | None = None
    for name, minute in times.meals.items():
        if not times.is_awake(minute):
            raise InvalidRequest(
                f"{name.capitalize()} lies between going to bed and getting up. Correct it, or leave it empty.",
                field=f"{name}_at",
            )
        if earlier is not None and minute <= earlier[1]:
            raise InvalidRequest(
                f"{name.capitalize()} comes after {earlier[0]}. Correct one of them, or leave one empty.",
                field=f"{name}_at",
            )
        earlier = (name, minute)
