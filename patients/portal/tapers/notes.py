"""What a message led her here for: a week without a word, or a review after the last step. Nobody is blamed."""

from collections.abc import Iterator
from datetime import timedelta

from patients.portal.tapers.reading import Reading
from patients.reminders.silence import silent_from
from protocols.domain.taper_days import REVIEWED_AFTER_DAYS
from protocols.domain.taper_states import TaperStatus

SILENT = "We have not heard from you for a while. How are you? A line in your diary is enough, or call us."
REVIEW = "{weeks} weeks have passed since your last step. Your practitioner looks back on it with you: how are you?"
_SAID_FOR = timedelta(days=7)


def notes_of(reading: Reading) -> list[str]:
    """In sentences; mostly none."""
    return list(_notes(reading))


def _notes(reading: Reading) -> Iterator[str]:
    ends_on, today = reading.course.ends_on, reading.today
    if reading.status is TaperStatus.WATCHING and ends_on is not None:
        for days in REVIEWED_AFTER_DAYS:
            if ends_on + timedelta(days=days) <= today < ends_on + timedelta(days=days) + _SAID_FOR:
                yield REVIEW.format(weeks={4: "Four", 12: "Twelve"}[days // 7])
                return
    silent = silent_from(reading.taper, reading.course)
    if silent is not None and silent <= today:
        yield SILENT
