"""What a prescriber reads when something cannot be done: the refusals of the services, for somebody outside."""

from datetime import datetime

from clinics.domain.instants import zone
from clinics.models import Prescriber
from patients.services.tapers.errors import (
    HoldTooLong,
    OtherVersion,
    RecordChanged,
    RedFlagOpen,
    TooLateToSign,
    TwoOfOneClass,
)
from protocols.domain.terms import LONGEST_HOLD_DAYS

_CALL = "choose “Please call me”, or call the clinic. Nothing was recorded."
_IN_OTHER_WORDS = {
    RecordChanged: "The patient’s record says something else by now than this version does, so it cannot be signed as "
    f"it is: {_CALL}",
    TwoOfOneClass: "The patient’s record shows two medicines of this kind, and it has to be cleared up first which of "
    f"them is taken: {_CALL}",
    TooLateToSign: f"The latest first day of this version has passed, so it cannot be signed any more: {_CALL}",
    HoldTooLong: f"It has been held for more than {LONGEST_HOLD_DAYS} days, which is what you signed. The clinic draws "
    "up a new version for you to sign; until then the dose stays as it is.",
    RedFlagOpen: "A warning sign is open. The clinic records first what its review found; until then the dose stays.",
    OtherVersion: "This is not the version that waits for your answer any more. Nothing was recorded. Look at the page "
    "again, or open the newest message from the clinic.",
}


def in_words(refused: Exception) -> str:
    """The sentence of this refusal, for somebody who cannot open the clinic’s workspace."""
    return _IN_OTHER_WORDS.get(type(refused), str(refused))


def clock(instant: datetime, prescriber: Prescriber) -> str:
    """“14:32”, where the prescriber is."""
    return f"{instant.astimezone(zone(prescriber.zone)):%H:%M}"


def when(instant: datetime, prescriber: Prescriber) -> str:
    """“4 January 2027, 14:32”, where the prescriber is."""
    there = instant.astimezone(zone(prescriber.zone))
    return f"{there.day} {there:%B %Y, %H:%M}"
