"""When a patient gets up, eats and goes to bed, as said, or as assumed until somebody says it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clinics.domain.instants import civil_date, zone
from patients.models import DayRhythm, Patient
from patients.models.rhythm import USUAL
from protocols.domain.dayplan_terms import Day

MEALS = ("breakfast", "lunch", "dinner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Wall-clock times where the patient lives. A meal that is None is not eaten. Bed may be after midnight."""

    wakes_at: time
    breakfast_at: time | None
    lunch_at: time | None
    dinner_at: time | None
    sleeps_at: time
    is_assumed: bool

    @property
    def day(self) -> Day:
        meals = {name: at for name in MEALS if (at := getattr(self, f"{name}_at")) is not None}
        return Day(self.wakes_at, self.sleeps_at, meals)

    @property
    def ends_after_midnight(self) -> bool:
        return self.sleeps_at < self.wakes_at


ASSUMED = Rhythm(**USUAL, is_assumed=True)


def rhythm_of(patient: Patient) -> Rhythm:
    """As she, or the clinic for her, has said it; else the usual day, which says of itself that it is assumed."""
    said = DayRhythm.objects.filter(patient=patient).first()
    if said is None:
        return ASSUMED
    return Rhythm(**{name: getattr(said, name) for name in USUAL}, is_assumed=False)


def day_lived(patient: Patient, rhythm: Rhythm, *, at: datetime) -> date:
    """The civil date on which the waking day of this instant began; up to a bedtime after midnight, the one before."""
    home = zone(patient.zone)
    today = civil_date(at, home)
    is_still_up = rhythm.ends_after_midnight and at.astimezone(home).time() <= rhythm.sleeps_at
    return today - timedelta(days=1) if is_still_up else today
