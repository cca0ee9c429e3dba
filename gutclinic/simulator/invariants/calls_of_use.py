"""What calls for a reminder in what she says, takes and feels."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from gutclinic.simulator.invariants.calling import PATIENT, STAFF
from gutclinic.simulator.invariants.reckoning import changes, ends_on, lived_steps
from gutclinic.simulator.invariants.taper_rules import PRESCRIBER, TaperCall
from gutclinic.simulator.invariants.taper_seen import (
    RUNNING,
    days_after,
    leaving,
    left_version,
    newest_signed,
    signed_terms_of,
)
from gutclinic.simulator.taper_evidence import TaperState


def silence(state: TaperState) -> Iterator[TaperCall]:
    """Seven days after her last word, or after the first day; not once the twelve weeks after the last are over."""
    steps = lived_steps(state)
    if not steps or state.status not in RUNNING:
        return
    words = [
        *(_word(entry.on, entry.recorded_at) for entry in state.diary),
        *(_word(report.since, report.reported_at) for report in state.uses),
        *(flag.on for flag in state.flags),
    ]
    on = days_after(max([steps[0].first, *words]), 7)
    over = ends_on(state, steps)
    if over is None or on <= days_after(over, 84):
        for recipient in (PATIENT, STAFF):
            yield TaperCall("diary-gap", on, recipient, state.code)


def _word(about: date, written_at: datetime) -> date:
    """What was written of a day longer ago counts for the day of writing."""
    written_on = written_at.date()
    return about if abs((written_on - about).days) <= 1 else written_on


def use_unknown(state: TaperState) -> Iterator[TaperCall]:
    """Three days after each change of which she has said nothing, in a version that she has not left."""
    if state.status not in RUNNING:
        return
    for step in changes(lived_steps(state)):
        if step.version > left_version(state) and not any(
            (report.version, report.step) >= step.place for report in state.uses
        ):
            yield TaperCall("use-unknown", days_after(step.first, 3), STAFF, state.code)


def left_schedule(state: TaperState) -> Iterator[TaperCall]:
    left = leaving(state)
    if state.status in RUNNING and left is not None:
        for recipient in (STAFF, PRESCRIBER):
            yield TaperCall("use-left", left.since, recipient, left.code, left.reported_at)


def warning_signs(state: TaperState) -> Iterator[TaperCall]:
    """By email to the prescriber only where that was signed."""
    newest = newest_signed(state)
    by_email = newest is not None and signed_terms_of(newest)["alert_route"] == "email"
    for flag in state.flags:
        if not flag.is_cleared:
            yield TaperCall("red-flag", flag.on, STAFF, flag.code, flag.reported_at)
            if by_email:
                yield TaperCall("red-flag", flag.on, PRESCRIBER, flag.code, flag.reported_at)


def signs_not_taken_on(state: TaperState) -> Iterator[TaperCall]:
    """An hour after each that nobody has taken on: to the admin, who alone is called in the clinics of the run."""
    for flag in state.flags:
        if not flag.is_taken_on:
            arose_at = flag.reported_at + timedelta(hours=1)
            yield TaperCall("red-flag-not-taken-on", flag.on, STAFF, flag.code, arose_at)


def frequent_rescue(state: TaperState) -> Iterator[TaperCall]:
    """On the day that reached the signed threshold since the last hold or decision; once for each run of such days."""
    newest = newest_signed(state)
    if newest is None or state.status not in {"active", "watching"}:
        return
    rescue = signed_terms_of(newest)["rescue"]
    within = timedelta(days=rescue["within_days"])
    resumed = [hold.resumed_on for version in state.versions for hold in version.holds if hold.resumed_on]
    since = max(resumed, default=date.min)
    decided = state.rescue_decided_on or date.min
    written = {
        entry.on: entry.recorded_at
        for entry in state.diary
        if entry.rescue_doses and entry.on >= since and entry.on > decided
    }
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


def bleeding_risks(state: TaperState) -> Iterator[TaperCall]:
    """Written down after the clinic drew up what was signed last, so that it does not stand there."""
    newest = newest_signed(state)
    if newest is None or state.status not in RUNNING:
        return
    drawn_up = [each.drawn_up_at for each in state.versions if each.number <= newest.number and each.drawn_up_at]
    for risk in state.risks:
        if risk.recorded_at > drawn_up[-1]:
            for recipient in (STAFF, PRESCRIBER):
                yield TaperCall("bleeding-risk", risk.as_of, recipient, risk.code, risk.recorded_at)
