"""What she has at home, per strength, and what is said in time when it will not be enough."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from patients.models import Supply
from patients.portal.tapers.reading import Reading
from patients.portal.tapers.use import left_since
from patients.portal.words import day_in_full
from patients.services.tapers.supplying import shortages_of, shortages_to_say, strengths_of
from protocols.domain.amount import Amount
from protocols.domain.dose_words import noun
from protocols.domain.supply import Shortage
from protocols.domain.taper_states import TaperStatus


@dataclass(frozen=True, slots=True)
class StrengthAtHome:
    """One strength of the schedule. counted: the last count in words; empty where nobody has counted yet."""

    strength: Amount
    label: str
    counted: str
    count: str
    lasts: str

    @property
    def key(self) -> str:
        """As the form sends it: “20 mg”."""
        return str(self.strength)


def supply_of(reading: Reading) -> list[StrengthAtHome]:
    """One for each strength of the schedule, highest first; none of a liquid, and none once nothing is to be taken."""
    if reading.status not in {TaperStatus.ACTIVE, TaperStatus.HELD}:
        return []
    short = {shortage.strength: shortage for shortage in shortages_of(reading.taper, today=reading.today)}
    supplies = list(reading.taper.supplies.all())
    return [_strength(strength, reading, supplies, short.get(strength)) for strength in strengths_of(reading.taper)]


def shortage_sentences(reading: Reading) -> list[str]:
    """What is said a week before it runs out, and not only then when it is empty.

    Nothing to whoever has left the schedule: it would be a nudge to go on.
    """
    if not reading.taper.is_running or left_since(reading) is not None:
        return []
    return [_sentence(shortage, reading) for shortage in shortages_to_say(reading.taper, today=reading.today)]


def _strength(strength: Amount, reading: Reading, supplies: list[Supply], shortage: Shortage | None) -> StrengthAtHome:
    label = f"{noun(reading.form, one=False).capitalize()} of {strength.display()}"
    last = max(
        (row for row in supplies if row.strength == strength), key=lambda row: (row.on, row.recorded_at), default=None
    )
    if last is None:
        return StrengthAtHome(strength, label, "", "", "")
    what = "counted" if last.is_all else "added"
    return StrengthAtHome(
        strength,
        label,
        counted=f"{_plain(last.count)} {what} on {day_in_full(last.on, reading.today)}",
        count=_plain(last.count) if last.is_all and last.on == reading.today else "",
        lasts=f"Enough until {_eve(shortage.short_on, reading.today)}." if shortage else _enough(reading),
    )


def _enough(reading: Reading) -> str:
    """While a step is held nobody knows how long it has to last."""
    return "" if reading.course.ends_on is None else "Enough to the end of your steps."


def _sentence(shortage: Shortage, reading: Reading) -> str:
    units = noun(reading.form, one=False)
    when = day_in_full(shortage.short_on, reading.today)
    on = "today" if shortage.short_on == reading.today else f"from {when} on"
    how_many = "" if shortage.missing is None else f": {_plain(shortage.missing)} are missing"
    return (
        f"Your {units} of {shortage.strength.display()} are not enough {on}{how_many}. "
        "Ask for a new prescription in time."
    )


def _eve(day: date, today: date) -> str:
    return day_in_full(date.fromordinal(day.toordinal() - 1), today) if day > today else "now"


def _plain(count: Decimal) -> str:
    """“28”, “12.5”."""
    return f"{count.normalize():f}"
