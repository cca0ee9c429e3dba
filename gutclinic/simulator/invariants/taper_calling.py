"""What a taper calls for: the design’s table of its reminders, written out anew."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from gutclinic.simulator.invariants.calling import PATIENT, STAFF
from gutclinic.simulator.invariants.reckoning import changes, ends_on, lived_steps, signed_document
from gutclinic.simulator.taper_evidence import TaperState, UseState, VersionState

PRESCRIBER: Final = "prescriber"
RUNNING: Final = frozenset({"active", "held", "watching"})
LEAVING: Final = frozenset({"stopped", "faster", "back-up", "no-supply"})
BY_ITSELF: Final = frozenset({"rescue-threshold", "use-unknown", "confirmation-missing"})
FOLLOWED: Final = frozenset({"signature-request", "use-left", "red-flag", "bleeding-risk"})


class TaperRule(NamedTuple):
    """late_days: how many days after its date, or after the instant it arose at, it may still go."""

    late_days: int
    goes_at_once: bool = False
    goes_at_night: bool = False


TAPER_RULES: Final = {
    "signature-request": TaperRule(2, goes_at_once=True),
    "signature-again": TaperRule(2),
    "signature-fax": TaperRule(1),
    "signature-telephone": TaperRule(7),
    "signature-closed": TaperRule(7),
    "prescriber-calls": TaperRule(7, goes_at_once=True),
    "prescriber-answered": TaperRule(7, goes_at_once=True),
    "confirmation-missing": TaperRule(7),
    "taper-starts": TaperRule(0),
    "step-coming": TaperRule(1),
    "step-changes": TaperRule(0),
    "taper-over": TaperRule(2),
    "taper-review": TaperRule(7),
    "held-by-itself": TaperRule(3, goes_at_once=True),
    "hold-long": TaperRule(6),
    "diary-gap": TaperRule(2),
    "use-unknown": TaperRule(7),
    "use-left": TaperRule(3, goes_at_once=True),
    "red-flag": TaperRule(7, goes_at_once=True, goes_at_night=True),
    "rescue-threshold": TaperRule(3, goes_at_once=True),
    "bleeding-risk": TaperRule(3, goes_at_once=True),
    "prescriber-not-reached": TaperRule(3),
}


class TaperCall(NamedTuple):
    """about: the code of what it is about. arose_at: when it arose, of what goes at once."""

    kind: str
    on: date
    recipient: str
    about: str
    arose_at: datetime | None = None


Told = Collection[tuple[str, str, date]]
"""Kind, subject and date of what its prescriber was sent."""


def taper_calls(state: TaperState, plan_status: str, told: Told) -> list[TaperCall]:
    """Everything that this taper, as it is, calls for."""
    if plan_status not in {"active", "on-hold"} or state.status == "entered-in-error":
        return []
    found = [call for calls in _CALLS for call in calls(state)]
    found = [call for call in found if call.recipient != PRESCRIBER or _is_told_apart(state, call)]
    not_reached = [
        TaperCall("prescriber-not-reached", _days_after(call.on, 1), STAFF, call.about)
        for call in found
        if call.recipient == PRESCRIBER and call.kind in FOLLOWED and (call.kind, call.about, call.on) not in told
    ]
    return found + not_reached


def _is_told_apart(state: TaperState, call: TaperCall) -> bool:
    """A practitioner who prescribes it too hears of what happened once, as practitioner."""
    is_asked = call.kind in {"signature-request", "signature-again"}
    return is_asked or state.prescriber_user_code != state.practitioner_code


# --- On the way to a signature ------------------------------------------------------------------------------


def _asked(state: TaperState) -> Iterator[TaperCall]:
    """While nobody has answered: the link at once and again on day 3; the fax on day 5, the telephone on day 7."""
    version = state.version("proposed")
    if version is None or version.answers:
        return
    open_requests = [request for request in version.requests if request.is_open]
    for request in open_requests:
        if request.door == "link":
            yield TaperCall("signature-request", request.made_on, PRESCRIBER, request.code, request.made_at)
            yield TaperCall("signature-again", _days_after(request.made_on, 3), PRESCRIBER, request.code)
    if not open_requests or state.prescriber_user_code:
        return
    first = min(request.made_on for request in version.requests)
    for kind, door, days in (("signature-fax", "fax-or-letter", 5), ("signature-telephone", "telephone", 7)):
        if all(request.door != door for request in open_requests):
            yield TaperCall(kind, _days_after(first, days), STAFF, version.code)


def _closed(state: TaperState) -> Iterator[TaperCall]:
    for version in state.versions:
        if version.requests and version.status in {"proposed", "expired"}:
            first = min(request.made_on for request in version.requests)
            yield TaperCall("signature-closed", _days_after(first, 21), STAFF, version.code)


def _answered(state: TaperState) -> Iterator[TaperCall]:
    """Whoever wrote the answer down knows it."""
    for version in state.versions:
        for answer in version.answers:
            if answer.by_code != state.practitioner_code:
                kind = "prescriber-calls" if answer.kind == "call-me" else "prescriber-answered"
                yield TaperCall(kind, answer.answered_on, STAFF, answer.code, answer.at)


def _confirmation(state: TaperState) -> Iterator[TaperCall]:
    newest = _newest_signed(state)
    if newest is None or newest.signature is None or state.status not in RUNNING:
        return
    if newest.signature.written_due_on is not None and not newest.signature.is_confirmed:
        yield TaperCall("confirmation-missing", newest.signature.written_due_on, STAFF, newest.code)


# --- Its dates ----------------------------------------------------------------------------------------------


def _dates(state: TaperState) -> Iterator[TaperCall]:
    """The first day, each change three days before and on its day, the first day without, and the reviews after it."""
    steps = lived_steps(state)
    if not steps or state.status not in {"active", "watching"}:
        return
    over = ends_on(state, steps)
    left = _left_version(state)
    if state.status == "active":
        yield TaperCall("taper-starts", steps[0].first, PATIENT, state.code)
        for step in changes(steps)[1:]:
            if step.version > left:
                yield TaperCall("step-coming", _days_after(step.first, -3), PATIENT, state.code)
                yield TaperCall("step-changes", step.first, PATIENT, state.code)
    if over is None:
        return
    if steps[-1].version > left:
        if state.status == "active":
            yield TaperCall("step-coming", _days_after(over, -2), PATIENT, state.code)
        yield TaperCall("taper-over", _days_after(over, 1), PATIENT, state.code)
    for weeks in (4, 12):
        for recipient in (PATIENT, STAFF):
            yield TaperCall("taper-review", _days_after(over, 7 * weeks), recipient, state.code)


def _holds(state: TaperState) -> Iterator[TaperCall]:
    if state.status != "held":
        return
    for hold in (hold for version in state.versions for hold in version.holds if hold.resumed_on is None):
        for day_of_hold in (21, 28):
            yield TaperCall("hold-long", _days_after(hold.first_day, day_of_hold - 1), STAFF, state.code)
        if hold.reason in BY_ITSELF:
            yield TaperCall("held-by-itself", hold.first_day, STAFF, state.code, hold.at)


# --- What she takes and feels -------------------------------------------------------------------------------


def _silence(state: TaperState) -> Iterator[TaperCall]:
    """Seven days after her last word, or after the first day; not once the twelve weeks after the last are over."""
    steps = lived_steps(state)
    if not steps or state.status not in RUNNING:
        return
    words = [
        *(_word(entry.on, entry.recorded_at) for entry in state.diary),
        *(_word(report.since, report.reported_at) for report in state.uses),
        *(flag.on for flag in state.flags),
    ]
    on = _days_after(max([steps[0].first, *words]), 7)
    over = ends_on(state, steps)
    if over is None or on <= _days_after(over, 84):
        for recipient in (PATIENT, STAFF):
            yield TaperCall("diary-gap", on, recipient, state.code)


def _word(about: date, written_at: datetime) -> date:
    """What was written of a day longer ago counts for the day of writing."""
    written_on = written_at.date()
    return about if abs((written_on - about).days) <= 1 else written_on


def _unknown(state: TaperState) -> Iterator[TaperCall]:
    """Three days after each change of which she has said nothing, unless she is off the schedule altogether."""
    if state.status not in RUNNING or _leaving(state) is not None:
        return
    for step in changes(lived_steps(state)):
        if not any((report.version, report.step) >= step.place for report in state.uses):
            yield TaperCall("use-unknown", _days_after(step.first, 3), STAFF, state.code)


def _left(state: TaperState) -> Iterator[TaperCall]:
    left = _leaving(state)
    if state.status in RUNNING and left is not None:
        for recipient in (STAFF, PRESCRIBER):
            yield TaperCall("use-left", left.since, recipient, left.code, left.reported_at)


def _flags(state: TaperState) -> Iterator[TaperCall]:
    """By email to the prescriber only where that was signed."""
    newest = _newest_signed(state)
    by_email = newest is not None and _signed(newest)["alert_route"] == "email"
    for flag in state.flags:
        if not flag.is_cleared:
            yield TaperCall("red-flag", flag.on, STAFF, flag.code, flag.reported_at)
            if by_email:
                yield TaperCall("red-flag", flag.on, PRESCRIBER, flag.code, flag.reported_at)


def _rescue(state: TaperState) -> Iterator[TaperCall]:
    """On the day that reached the signed threshold since the last hold ended; once for each run of such days."""
    newest = _newest_signed(state)
    if newest is None or state.status not in {"active", "watching"}:
        return
    rescue = _signed(newest)["rescue"]
    within = timedelta(days=rescue["within_days"])
    resumed = [hold.resumed_on for version in state.versions for hold in version.holds if hold.resumed_on]
    since = max(resumed, default=date.min)
    written = {entry.on: entry.recorded_at for entry in state.diary if entry.rescue_doses and entry.on >= since}
    reached = [
        day
        for day in sorted(written)
        if sum(day - within < other <= day for other in written) >= rescue["threshold_days"]
    ]
    runs = [day for place, day in enumerate(reached) if place == 0 or day - reached[place - 1] > within]
    if runs:
        on = runs[-1]
        arose_at = max(at for day, at in written.items() if on - within < day <= on)
        yield TaperCall("rescue-threshold", on, STAFF, state.code, arose_at)


def _risks(state: TaperState) -> Iterator[TaperCall]:
    """Of which the prescriber did not know when signing."""
    newest = _newest_signed(state)
    if newest is None or newest.signature is None or state.status not in RUNNING:
        return
    for risk in state.risks:
        if risk.recorded_at > newest.signature.signed_at:
            for recipient in (STAFF, PRESCRIBER):
                yield TaperCall("bleeding-risk", risk.as_of, recipient, risk.code, risk.recorded_at)


_CALLS: Final[tuple[Callable[[TaperState], Iterator[TaperCall]], ...]] = (
    *(_asked, _closed, _answered, _confirmation, _dates, _holds),
    *(_silence, _unknown, _left, _flags, _rescue, _risks),
)


def _newest_signed(state: TaperState) -> VersionState | None:
    return next((version for version in reversed(state.versions) if version.signature is not None), None)


def _signed(version: VersionState) -> dict[str, Any]:
    assert version.signature is not None
    return signed_document(version.signature.content)


def _leaving(state: TaperState) -> UseState | None:
    """The first of the newest words that all say the same, if by them she is off the schedule."""
    if not state.uses or state.uses[-1].kind not in LEAVING:
        return None
    left = newest = state.uses[-1]
    for report in reversed(state.uses):
        if (report.kind, report.version) != (newest.kind, newest.version):
            break
        left = report
    return left


def _left_version(state: TaperState) -> int:
    """Up to which version nothing is announced any more, since she left it; 0 for none."""
    left = _leaving(state)
    return left.version if left else 0


def _days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)
