"""One taper as it stands on today’s page, and at the top of its own: the day, the question, and what is to be said."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from clinics.domain.instants import civil_date, zone
from patients.models import Taper
from patients.portal.tapers.day import MedicineDay, day_of_medicine
from patients.portal.tapers.diary import written_today
from patients.portal.tapers.notes import notes_of
from patients.portal.tapers.reading import Reading, reading_of
from patients.portal.tapers.rebound import Rebound, rebound_of
from patients.portal.tapers.rescue import RescuePlan, rescue_plan_of
from patients.portal.tapers.supply import shortage_sentences
from patients.portal.tapers.use import Use, use_of
from patients.portal.tapers.warning import OpenWarning, open_warnings
from patients.services.progress import day_in_words
from patients.services.tapers.told import Reach, reach_of


@dataclass(frozen=True)
class Card:
    """reading None: what is stored is not what was signed, and nothing of it is shown.

    today: the civil date, or on a page of the day lived, up to a bedtime after midnight, the one before.
    """

    taper: Taper
    today: date
    at: datetime
    reading: Reading | None

    @property
    def anchor(self) -> str:
        return f"medicine-{self.taper.code}"

    @property
    def ended_words(self) -> str:
        """“ended on 3 March”; how, stands on its page."""
        ended_on = self.taper.ended_on
        return "ended" if ended_on is None else f"ended on {day_in_words(ended_on, self.today)}"

    @cached_property
    def reach(self) -> Reach:
        """Whether her prescriber hears what she says."""
        return reach_of(self.taper, at=self.at)

    @cached_property
    def day(self) -> MedicineDay | None:
        return None if self.reading is None else day_of_medicine(self.reading)

    @cached_property
    def use(self) -> Use | None:
        """None also after midnight: an answer belongs to the civil date, and this page does not speak of it yet."""
        if self.reading is None or self.today != _civil_date(self.taper, self.at):
            return None
        return use_of(self.reading, reach=lambda: self.reach)

    @cached_property
    def rebound(self) -> Rebound | None:
        return None if self.reading is None else rebound_of(self.reading)

    @cached_property
    def rescue(self) -> RescuePlan | None:
        return None if self.reading is None else rescue_plan_of(self.reading)

    @cached_property
    def written_today(self) -> str:
        return "" if self.reading is None else written_today(self.reading)

    @cached_property
    def notes(self) -> list[str]:
        return [] if self.reading is None else notes_of(self.reading)

    @cached_property
    def shortages(self) -> list[str]:
        return [] if self.reading is None else shortage_sentences(self.reading)

    @cached_property
    def warnings(self) -> list[OpenWarning]:
        """Warning signs that nobody has cleared: they stand before everything else."""
        return open_warnings(self.taper, today=self.today, reach=lambda: self.reach)


def card_of(taper: Taper, *, at: datetime, today: date | None = None) -> Card:
    """Load the taper by `shown`. today: the day that the page is of; None: the civil date."""
    today = today or _civil_date(taper, at)
    return Card(taper, today, at, reading_of(taper, today=today))


def _civil_date(taper: Taper, at: datetime) -> date:
    return civil_date(at, zone(taper.plan.patient.zone))
