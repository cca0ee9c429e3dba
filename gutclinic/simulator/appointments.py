"""When something happens in somebody’s life: by the practitioner’s hours, by the patient’s, or at any time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from clinics.models import User
from gutclinic.simulator.clock import Clock
from patients.models import Patient


@dataclass(slots=True)
class Appointments:
    """rng: draws everything that is left open, so that the same seed makes the same appointments."""

    practitioner: User
    patient: Patient
    rng: Random
    clock: Clock

    @property
    def today(self) -> date:
        """The date where the patient lives."""
        return self.clock.at.astimezone(ZoneInfo(self.patient.zone)).date()

    def in_days(self, least: int, most: int | None = None) -> datetime:
        """Some days on, within the practitioner's working hours."""
        zone = ZoneInfo(self.practitioner.zone)
        day = self.clock.at.astimezone(zone).date() + timedelta(days=self.rng.randint(least, most or least))
        return self._wall(day, zone, self.rng.randint(8, 17))

    def on_day(self, day: date, *, hour: int) -> datetime:
        """At that hour where the patient lives."""
        return self._wall(day, ZoneInfo(self.patient.zone), hour)

    def in_hours(self, least: int, most: int) -> datetime:
        """At any time of day or night."""
        return self.clock.at + timedelta(seconds=self.rng.randint(least * 3600, most * 3600))

    def _wall(self, day: date, zone: ZoneInfo, hour: int) -> datetime:
        wall = time(hour, self.rng.randrange(60), self.rng.randrange(1, 60))
        return max(datetime.combine(day, wall, zone).astimezone(UTC), self.clock.at + timedelta(minutes=1))
