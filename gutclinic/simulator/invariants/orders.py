"""What must be so of orders on every day on which somebody looked at them, reckoned apart from the software."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.order_evidence import ApartSeen, OrderDay

DECIDED = frozenset({"acknowledged", "overridden"})
HOUR = Decimal(60)


def what_is_stopped_is_not_due(seen: Seen) -> Iterator[Violation]:
    """Neither what a finding blocks, nor what is held, stopped, left out or replaced."""
    for day in seen.evidence.order_days:
        for order in day.orders:
            is_held = any(first <= day.on and (until is None or day.on < until) for first, until in order.held)
            is_over = order.ends_on is not None and order.ends_on < day.on
            if order.is_due and (order.is_blocked or order.standing != "open" or is_held or is_over):
                text = f"{order.key}, version {order.number}, is due on {day.on}."
                yield Violation("what is stopped is not due", seen.where(day.plan_id), text)


def one_version_counts_a_day(seen: Seen) -> Iterator[Violation]:
    for day in seen.evidence.order_days:
        due = Counter(order.key for order in day.orders if order.is_due)
        for key in sorted(key for key, times in due.items() if times > 1):
            text = f"{due[key]} versions of {key} are due on {day.on}."
            yield Violation("one version of an order a day", seen.where(day.plan_id), text)


def every_dose_stands_once(seen: Seen) -> Iterator[Violation]:
    """What is due stands on the printed day, each of its times once, and nothing of the plan’s orders besides."""
    for day in seen.evidence.order_days:
        codes = {order.code for order in day.orders}
        due = Counter((order.code, slot) for order in day.orders if order.is_due for slot in order.slots)
        stands = Counter((code, slot) for code, slot, _ in day.printed if code in codes)
        stands.update((code, slot) for code, slot in day.beside if code in codes)
        if due != stands:
            text = f"On {day.on} {(due - stands).total()} doses are missing and {(stands - due).total()} too many."
            yield Violation("every dose stands once", seen.where(day.plan_id), text)


def hours_are_kept(seen: Seen) -> Iterator[Violation]:
    """Where the timetable says that it keeps hours, they lie between the printed times."""
    for day in seen.evidence.order_days:
        minutes = _minutes(day)
        for apart in day.apart:
            if apart.is_kept and any(
                not _is_far(a, b, apart)
                for code, a in minutes
                if code in apart.a
                for other, b in minutes
                if other in apart.b and other != code
            ):
                text = f"On {day.on} two things that are hours apart stand too close."
                yield Violation("hours apart are kept", seen.where(day.plan_id), text)


def findings_are_what_the_rules_say(seen: Seen) -> Iterator[Violation]:
    for day in seen.evidence.order_days:
        stands = {(finding.rule, finding.part, finding.facts) for finding in day.findings}
        if stands != day.found:
            missing = ", ".join(sorted(rule for rule, _, _ in day.found - stands)) or "none"
            besides = ", ".join(sorted(rule for rule, _, _ in stands - day.found)) or "none"
            text = f"On {day.on} these are missing: {missing}; and these stand besides: {besides}."
            yield Violation("findings are what the rules say", seen.where(day.plan_id), text)


def nothing_is_asked_twice(seen: Seen) -> Iterator[Violation]:
    """What was decided about a set of facts is decided whenever the same facts come back. Nobody takes it back here."""
    decided: set[str] = set()
    for day in seen.evidence.order_days:
        for finding in day.findings:
            if finding.status in DECIDED:
                decided.add(finding.code)
            elif finding.code in decided:
                text = f"{finding.rule} was decided, and is asked about again on {day.on}."
                yield Violation("nothing is asked twice", seen.where(day.plan_id), text)


def doses_count_once(seen: Seen) -> Iterator[Violation]:
    for day in seen.evidence.order_days:
        for (key, on, slot), times in sorted(day.recorded.items()):
            if times > 1:
                text = f"{key} of {on}, {slot}, counts {times} times."
                yield Violation("one dose counts once", seen.where(day.plan_id), text)


def _minutes(day: OrderDay) -> list[tuple[str, int]]:
    """The printed times in minutes from midnight; a bedtime after midnight comes after all others."""
    found: list[tuple[str, int]] = []
    last = 0
    for code, _, clock in day.printed:
        hours, minutes = clock.split(":")
        minute = int(hours) * 60 + int(minutes)
        while minute < last:
            minute += 24 * 60
        last = minute
        found.append((code, minute))
    return found


def _is_far(a: int, b: int, apart: ApartSeen) -> bool:
    """Whether a comes long enough before b, or long enough after it."""
    is_before = apart.before is not None and b - a >= apart.before * HOUR
    return is_before or (apart.after is not None and a - b >= apart.after * HOUR)
