"""What comes after the last dose of an acid suppressant: a window of weeks, counted from the day that was real."""

from dataclasses import dataclass
from datetime import date

from patients.models import UseKind
from patients.portal.tapers.reading import Reading
from patients.portal.words import day_in_full
from patients.services.tapers.last_dose import last_dose_of
from protocols.domain.red_flags import (
    REBOUND_CITATION,
    REBOUND_FOR_PATIENTS,
    REBOUND_MARK,
    WATCH_TO_DAY,
    ReboundWindow,
    rebound_window,
)

EXPECTED = "expected in this time"
WORTH_A_CALL = "can still be expected; tell your clinic"
# NHS Highland, guidance TAM213 (2018): whoever has symptoms for more than three weeks after stopping sees a doctor.
CALL = "If it is strong, or goes on for more than three weeks, call your clinic: then we look at it together."
_COUNTED_FROM_HER_DAY = {
    UseKind.STOPPED: "you stopped",
    UseKind.FASTER: "you went faster",
    UseKind.NO_SUPPLY: "you had none left",
}
AFTER_LAST_DOSE = "after your last dose"


@dataclass(frozen=True, slots=True)
class Rebound:
    """window None: nobody can say yet when the last dose will be. since: what its days are counted from, in words."""

    text: str
    counted_from: str
    window: ReboundWindow | None
    today: date
    since: str = AFTER_LAST_DOSE
    call: str = CALL
    source: str = f"{REBOUND_CITATION} ({REBOUND_MARK.label})"

    @property
    def day_number(self) -> int | None:
        """1 on the day after the last dose; None outside the window."""
        return None if self.window is None else self.window.day_number(self.today)

    @property
    def day_words(self) -> str:
        return f"day {self.day_number} of {WATCH_TO_DAY}" if self.day_number else ""

    @property
    def onset_words(self) -> str:
        """“Wednesday 5 May to Sunday 16 May”."""
        assert self.window is not None
        return f"{day_in_full(self.window.onset_from, self.today)} to {day_in_full(self.window.onset_to, self.today)}"

    @property
    def until_words(self) -> str:
        assert self.window is not None
        return day_in_full(self.window.watch_until, self.today)

    def label_of(self, on: date) -> str:
        """What is said of symptoms of that day; empty outside the window. Nothing here is ever called a relapse."""
        if self.window is None or not self.window.contains(on):
            return ""
        return WORTH_A_CALL if self.window.may_be_called_relapse(on, reviewed=False) else EXPECTED


def rebound_of(reading: Reading) -> Rebound | None:
    """None for what does not suppress acid, and once the taper has ended: what she takes then is not known here."""
    if not reading.taper.is_running or not reading.terms.medicine.medicine_class.is_acid_suppressant:
        return None
    last = last_dose_of(reading.taper, reading.course, today=reading.today)
    if last is None:
        counted = "When your last dose will be is not known yet, so these weeks have no dates yet."
        return Rebound(REBOUND_FOR_PATIENTS, counted, None, reading.today)
    window = rebound_window(last.on)
    if last.word is None:
        verb = "was" if last.on < reading.today else "is"
        counted = f"Counted from the last dose of your steps, which {verb} on {day_in_full(last.on, reading.today)}."
        return Rebound(REBOUND_FOR_PATIENTS, counted, window, reading.today)
    kind = UseKind(last.word.kind)
    since = day_in_full(last.word.since, reading.today)
    counted = f"Counted from the day on which {_COUNTED_FROM_HER_DAY[kind]}, {since}."
    # Whoever went faster still takes something: nobody knows a last dose.
    days_since = AFTER_LAST_DOSE if kind is UseKind.STOPPED else f"since {_COUNTED_FROM_HER_DAY[kind]}"
    return Rebound(REBOUND_FOR_PATIENTS, counted, window, reading.today, since=days_since)
