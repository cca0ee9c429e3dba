"""What each act does to the dates: computed from the plan before it, and compared with the plan after it."""

from collections.abc import Iterator
from datetime import date, timedelta

from gutclinic.simulator.evidence import Act, PhaseState, PlanState
from gutclinic.simulator.invariants.dates import anchor_date, last_lived, last_of
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import local


def acts_move_what_they_should(seen: Seen) -> Iterator[Violation]:
    """Every act that was done on a running plan left each planned phase on the day that follows from the act alone."""
    for act in seen.evidence.acts:
        before, after = act.before, act.after
        if act.refusal or before is None or before.status not in {"active", "on-hold"}:
            continue
        if after.status not in {"active", "on-hold"}:
            continue
        expected = _expected_days(act, before)
        for key, phase in after.phases.items():
            if phase.status == "planned" and phase.starts_on != expected[key]:
                text = (
                    f"“{act.name}” {act.phase} {dict(act.details)} at {act.at} moved it "
                    f"from {before.phases[key].starts_on} to {phase.starts_on}; {expected[key]} was due."
                )
                yield Violation("acts move what they should", seen.where(act.plan_id, key), text)
        yield from _moved_phase(seen, act, before)


def _expected_days(act: Act, before: PlanState) -> dict[str, date]:
    """The first day that each phase should have after the act, by hand."""
    after = act.after
    today = local(act.at, after.patient.zone).date()
    rested = timedelta(days=_rested(act, before) if act.name == "resume-plan" else 0)
    days: dict[str, date] = {}

    def first_day(key: str) -> date:
        if key not in days:
            was = before.phases[key]
            if after.phases[key].status != "planned":
                days[key] = after.phases[key].starts_on
            elif after.revision == before.revision or _is_due(was, act):
                days[key] = was.starts_on
            else:
                days[key] = max(today, wanted(was))
        return days[key]

    def wanted(phase: PhaseState) -> date:
        follows = phase.anchor_phase != "" and phase.anchor_phase == act.phase
        if act.name == "complete" and follows and phase.anchor == "phase-end" and not act.details["pull_forward"]:
            return phase.starts_on if before.phases[act.phase].status != "on-hold" else as_if_resumed(phase)
        if act.name == "skip" and follows:
            return in_place_of(phase, before.phases[act.phase])
        return counted_from(phase) + timedelta(days=phase.offset_days)

    def counted_from(phase: PhaseState) -> date:
        if phase.anchor == "plan-start":
            return before.starts_on + rested
        anchor = after.phases[phase.anchor_phase]
        if anchor.status != "planned":
            # What rested with the plan, and everything that hangs on it, goes on that much later.
            state = before if act.name == "resume-plan" else after
            counted = anchor_date(state, phase)
            assert counted is not None  # a template with such an anchor cannot be published
            return counted + rested
        first = first_day(anchor.key)
        last = last_of(first, anchor.duration_days) if phase.anchor == "phase-end" else first
        assert last is not None
        return last

    def as_if_resumed(phase: PhaseState) -> date:
        """Where it would have come, had the resting phase been resumed today rather than finished."""
        last = last_lived(after, before.phases[act.phase])
        assert last is not None
        return max(today, last + timedelta(days=phase.offset_days))

    def in_place_of(phase: PhaseState, left_out: PhaseState) -> date:
        """What was counted from a phase left out takes its place, or stays as far from what that was counted from."""
        if not act.details["pull_forward"]:
            anchored_on = anchor_date(before, left_out)
            assert anchored_on is not None
            return phase.starts_on + (counted_from(left_out) - anchored_on)
        from_its_end = 1 if phase.anchor == "phase-end" else 0
        return counted_from(left_out) + timedelta(days=left_out.offset_days + phase.offset_days - from_its_end)

    for key in after.phases:
        first_day(key)
    return days


def _is_due(phase: PhaseState, act: Act) -> bool:
    """Its day has begun, and only the sweep has not come yet: it keeps its day."""
    return phase.begins_at is not None and phase.begins_at <= act.at


def _rested(act: Act, before: PlanState) -> int:
    """How many days the plan lay on hold, until today."""
    hold = next(hold for hold in before.holds if not hold.phase and hold.resumed_on is None)
    return max((local(act.at, act.after.patient.zone).date() - hold.first_day).days, 0)


def _moved_phase(seen: Seen, act: Act, before: PlanState) -> Iterator[Violation]:
    """What the act does to the phase that it is about."""
    if not act.phase:
        return
    was, now = before.phases[act.phase], act.after.phases[act.phase]
    today = local(act.at, act.after.patient.zone).date()
    expected: tuple[object, ...] = ()
    found: tuple[object, ...] = ()
    match act.name:
        case "start":
            expected = ("active", today, last_of(today, was.duration_days))
            found = (now.status, now.starts_on, now.ends_on)
        case "extend":
            days = act.details["days"]
            assert isinstance(days, int)
            expected = (was.status, (was.duration_days or 0) + days)
            found = (now.status, now.duration_days)
        case "hold":
            expected = ("on-hold", was.starts_on, was.ends_on)
            found = (now.status, now.starts_on, now.ends_on)
        case "complete":
            expected = ("completed", was.starts_on, act.details["on"])
            found = (now.status, now.starts_on, now.ends_on)
        case "skip":
            expected, found = ("skipped", was.starts_on), (now.status, now.starts_on)
    if found != expected:
        text = f"“{act.name}” at {act.at} made it {found}; {expected} was due."
        yield Violation("acts move what they should", seen.where(act.plan_id, act.phase), text)
