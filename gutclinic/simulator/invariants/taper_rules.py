"""Each kind of reminder about a taper: how late it may go, and when; and one call for it. Written out anew."""

from datetime import date, datetime
from typing import Final, NamedTuple

PRESCRIBER: Final = "prescriber"


class TaperRule(NamedTuple):
    """late_days: how many days after its date, or after the instant it arose at, it may still go.

    outlives_plan: called for when the plan was completed or revoked, too.
    """

    late_days: int
    goes_at_once: bool = False
    goes_at_night: bool = False
    outlives_plan: bool = False


TAPER_RULES: Final = {
    "signature-request": TaperRule(2, goes_at_once=True),
    "signature-again": TaperRule(2),
    "signature-wanted": TaperRule(3, goes_at_once=True),
    "signature-fax": TaperRule(1),
    "signature-telephone": TaperRule(7),
    "signature-closed": TaperRule(7),
    "prescriber-calls": TaperRule(7, goes_at_once=True),
    "prescriber-answered": TaperRule(7, goes_at_once=True),
    "confirmation-missing": TaperRule(7),
    "taper-starts": TaperRule(0),
    "step-coming": TaperRule(0),
    "step-changes": TaperRule(0),
    "taper-over": TaperRule(2),
    "taper-review": TaperRule(7),
    "held-by-itself": TaperRule(3, goes_at_once=True),
    "hold-long": TaperRule(6),
    "diary-gap": TaperRule(2),
    "use-unknown": TaperRule(7),
    "use-left": TaperRule(3, goes_at_once=True),
    "supply-short": TaperRule(6),
    "red-flag": TaperRule(7, goes_at_once=True, goes_at_night=True, outlives_plan=True),
    "red-flag-not-taken-on": TaperRule(7, goes_at_once=True, goes_at_night=True, outlives_plan=True),
    "rescue-threshold": TaperRule(3, goes_at_once=True),
    "bleeding-risk": TaperRule(3, goes_at_once=True),
    "prescriber-not-reached": TaperRule(3, outlives_plan=True),
    "prescriber-not-alerted": TaperRule(7, goes_at_once=True, goes_at_night=True, outlives_plan=True),
}


def plan_statuses(kind: str) -> frozenset[str]:
    """In which statuses of its plan this is called for at all."""
    running = {"active", "on-hold"}
    return frozenset(running | {"completed", "revoked"} if TAPER_RULES[kind].outlives_plan else running)


class TaperCall(NamedTuple):
    """about: the code of what it is about. arose_at: when it arose, of what goes at once."""

    kind: str
    on: date
    recipient: str
    about: str
    arose_at: datetime | None = None
