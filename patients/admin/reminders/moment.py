"""The earlier moment that somebody asks about, as it was typed: a wall time where the recipient lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinics.domain.instants import instant, zone
from patients.reminders.ledger_words import instant_words

TO_ITS_END = timedelta(minutes=1) - timedelta(microseconds=1)
"""A moment is typed to the minute, and pages tell instants to the minute: all that they tell of it belongs to it."""
NO_MOMENT = "That is no date and time. Type them like 2027-01-15T09:00."
NOT_YET = "That moment has not come yet, so this is how it stands now."


@dataclass(frozen=True, slots=True)
class Moment:
    """at: the instant asked about; None for now. typed: as the field shows it again. words: as people say it.

    remark: what is to be said about what was typed, if anything.
    """

    at: datetime | None = None
    typed: str = ""
    words: str = ""
    remark: str = ""


NOW = Moment()


def moment_of(typed: str, *, zone_name: str, now: datetime) -> Moment:
    """What this text means on the clocks of that zone. What is no moment, or not over yet, is now, and says so.

    Of a time that comes twice, the first; one that clocks skip is later by what they skip.
    """
    if not typed.strip():
        return NOW
    where = zone(zone_name)
    try:
        wall = datetime.fromisoformat(typed.strip()).replace(second=0, microsecond=0)
        begins = instant(wall.date(), wall.timetz(), where)
        at = begins + TO_ITS_END
        found = begins.astimezone(where)
    except (ValueError, OverflowError):
        return Moment(remark=NO_MOMENT)
    shown = wall.strftime("%Y-%m-%dT%H:%M")
    if begins > now:
        return Moment(typed=shown, remark=NOT_YET)
    if at >= now:
        return Moment(typed=shown)
    remark = ""
    if found.replace(tzinfo=None, fold=0) != wall:
        remark = f"The clocks skipped {wall:%H:%M} on that day: this is {found:%H:%M}."
    elif found.utcoffset() != found.replace(fold=1).utcoffset():
        remark = f"The clocks showed {wall:%H:%M} twice on that day: this is the first time."
    return Moment(at, shown, instant_words(begins, zone_name), remark)
