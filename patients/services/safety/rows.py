"""Findings as rows: one for each rule and set of facts, for ever. Its status comes and goes with the facts.

What somebody decided about these facts counts again when they come back, so that nobody is asked twice. It does not
count where the rule weighs more by now, or where an override is no longer that prescriber’s to give. A warning sign
that comes back is another one, with nothing in it that tells them apart: it is asked about each time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q

from clinics.actor import ActorKind
from patients.models import (
    Finding,
    FindingChange,
    FindingStatus,
    Order,
    OrderHold,
    Plan,
    SafetyCheck,
)
from patients.services.safety.judging import Judged, Standing
from patients.services.safety.reach import goes_beyond
from patients.services.safety.responsible import Responsible
from protocols.domain.safety import Spacing
from protocols.domain.safety_rules import Severity

_SAID: Final = (
    *("severity", "about", "subjects", "stops", "text", "patient_text", "cite", "year", "mark", "rule_version"),
    *("spacing", "proposal"),
)
"""What a rule says of the facts. Whoever decides saw it."""
_WRITTEN: Final = (
    *(*_SAID, "first_day", "status", "resolved_at", "revision"),
    *("decision", "decided_at", "decided_because", "decided_by_kind", "decided_by_code", "decided_by_user"),
    *("decided_by_prescriber", "said_through", "said_on"),
)
GRAVER_NOW: Final = "The rule weighs more than when this was decided."
STOPPED_BY_FINDING: Final = "A finding stopped it."
BACK_NOW: Final = "It was over, and is there again."
MORE_HOURS_NOW: Final = "The rule asks for more hours than when this was decided."
OTHERS_NOW: Final = "Something else is taken, or more of it, than when this was decided."
NOT_THEIRS_NOW: Final = "What is stopped has changed: this override does not reach it."


@dataclass(frozen=True, slots=True)
class InLine:
    """rows: all findings of the plan, as they are now. is_any_moved: one was opened, resolved or decided no more.

    is_any_stopped_or_let_go: of the orders; then their days lie otherwise than when they were judged.
    """

    rows: list[Finding]
    is_any_stopped_or_let_go: bool
    is_any_moved: bool


def bring_in_line(plan: Plan, judged: Judged, *, orders: Sequence[Order], today: date, at: datetime) -> InLine:
    """Write what is new, what has come back and what is over, and stop exactly the orders that are to be stopped.

    The plan is locked. orders: all of it, with their phases.
    """
    rows = list(Finding.objects.filter(plan=plan).order_by("rule", "part", "pk").select_for_update(of=("self",)))
    for finding in rows:
        finding.plan = plan
    known = {(row.rule, row.part, row.facts_key): row for row in rows}
    responsible = Responsible(plan)
    lines: list[FindingChange] = []
    new: list[Finding] = []
    changed: list[Finding] = []
    for standing in judged.standing:
        found = standing.found
        row = known.pop((found.rule, found.part, found.facts_key), None)
        if row is None:
            row = Finding(
                plan=plan,
                rule=found.rule,
                part=found.part,
                facts_key=found.facts_key,
                first_day=standing.first_day,
                opened_at=at,
                **_said(standing),
            )
            new.append(row)
            lines.append(line(row, FindingStatus.OPEN, at=at, before=""))
        elif _adjust(row, standing, responsible, lines, today=today, at=at):
            changed.append(row)
    over = [row for row in known.values() if row.status != FindingStatus.RESOLVED.value]
    for row in over:
        _resolve(row, lines, at=at)
    Finding.objects.bulk_create(new)
    Finding.objects.bulk_update([*changed, *over], _WRITTEN)
    FindingChange.objects.bulk_create(lines)
    rows += new
    is_any_stopped_or_let_go = stop_orders_by([row for row in rows if _stops(row)], orders, today=today)
    return InLine(rows, is_any_stopped_or_let_go, is_any_moved=bool(lines))


def resolve_all(plan: Plan, *, today: date, at: datetime) -> None:
    """The plan does not run: nothing of it stands, nothing is stopped, and nothing is looked at."""
    if not SafetyCheck.objects.filter(plan=plan).update(looks_at=None):
        return
    lines: list[FindingChange] = []
    rows = list(Finding.objects.filter(plan=plan).standing().select_for_update(of=("self",)))
    for row in rows:
        _resolve(row, lines, at=at)
    Finding.objects.bulk_update(rows, ["status", "resolved_at", "revision"])
    FindingChange.objects.bulk_create(lines)
    for order in plan.orders.filter(is_blocked=True):
        let_go(order, today=today)


def stop_orders(plan: Plan, *, today: date) -> bool:
    """Stop the orders that an open BLOCK stops; let go of all others.

    A BLOCK that begins later stops what begins with it or after it by then, and what is taken already from that day.
    Whether any was stopped or let go.
    """
    blocks = list(Finding.objects.filter(plan=plan).undecided().filter(severity=Severity.BLOCK.value))
    concerned = {code for row in blocks for code in row.stops}
    orders = plan.orders.filter(Q(code__in=concerned) | Q(is_blocked=True)).select_related("first_phase", "last_phase")
    return stop_orders_by(blocks, orders, today=today)


def _stops(row: Finding) -> bool:
    return row.status == FindingStatus.OPEN.value and row.severity == Severity.BLOCK.value


def stop_orders_by(blocks: Sequence[Finding], orders: Iterable[Order], *, today: date) -> bool:
    """The same of rows that were read already. blocks: every open one. orders: with their phases."""
    is_any_changed = False
    for order in orders:
        begins = max(today, order.first_day or today)
        is_stopped = any(order.code in row.stops and row.first_day <= begins for row in blocks)
        if is_stopped != order.is_blocked:
            is_any_changed = True
            let_go(order, today=today) if order.is_blocked else _stop(order, begins=begins)
        elif is_stopped and order.blocked_since is not None and begins < order.blocked_since:
            # Its phase began sooner than it was planned to.
            _stop(order, begins=begins)
            is_any_changed = True
    return is_any_changed


def _stop(order: Order, *, begins: date) -> None:
    order.is_blocked, order.blocked_since = True, begins
    order.save(update_fields=["is_blocked", "blocked_since"])


def let_go(order: Order, *, today: date) -> None:
    """It may be taken again from today; the days on which it was not stay days on which it rested.

    A rest of no day is written too: what is at home may have become too little while nobody reckoned with it. Later
    versions that go on raising the dose remember it.
    """
    if order.blocked_since is not None:
        first = min(order.blocked_since, today)
        later = Order.objects.filter(plan_id=order.plan_id, key=order.key, number__gt=order.number)
        for row in [order, *later.filter(raised_from__isnull=False)]:
            OrderHold.objects.create(order=row, first_day=first, resumed_on=today, reason=STOPPED_BY_FINDING)
    order.is_blocked, order.blocked_since = False, None
    order.save(update_fields=["is_blocked", "blocked_since"])


def line(
    row: Finding, to: FindingStatus, *, at: datetime, before: str | None = None, reason: str = "", **by: Any
) -> FindingChange:
    """One line of its history; by the software unless said otherwise."""
    said: dict[str, Any] = {"by_kind": ActorKind.SYSTEM.value, "by_code": ActorKind.SYSTEM.value} | by
    return FindingChange(
        finding=row,
        from_status=row.status if before is None else before,
        to_status=to.value,
        reason=reason,
        at=at,
        **said,
    )


def forget_decision(row: Finding) -> None:
    row.decision = row.decided_because = row.decided_by_kind = row.decided_by_code = row.said_through = ""
    row.decided_at = row.decided_by_user = row.decided_by_prescriber = row.said_on = None


def _adjust(
    row: Finding,
    standing: Standing,
    responsible: Responsible,
    lines: list[FindingChange],
    *,
    today: date,
    at: datetime,
) -> bool:
    """Change this row as its facts now have it; whether anything changed."""
    was_standing = row.status != FindingStatus.RESOLVED.value
    said = _said(standing)
    was_about, hours = list(row.subjects), row.spacing
    weighs_more = standing.found.severity.rank < Severity(row.severity).rank
    is_said_anew = any(getattr(row, name) != value for name, value in said.items())
    before = [getattr(row, name) for name in _WRITTEN]
    since = row.first_day if was_standing and row.first_day <= standing.first_day == today else standing.first_day
    if was_standing and not is_said_anew and since == row.first_day and not row.decision:
        return False
    for name, value in said.items():
        setattr(row, name, value)
    row.first_day = since
    has_returned = not was_standing and _is_asked_each_time(row)
    why = _decision_lost(
        row, weighs_more, responsible, has_returned=has_returned, was_about=was_about, hours=hours, today=today
    )
    if why:
        forget_decision(row)
    after = row.standing_status
    if row.status != after.value:
        lines.append(line(row, after, at=at, reason=why))
    if is_said_anew or row.status != after.value:
        row.revision += 1
    row.status, row.resolved_at = after.value, None
    return before != [getattr(row, name) for name in _WRITTEN]


def _is_asked_each_time(row: Finding) -> bool:
    """What is about no order and no medicine has the same codes each time; and a BLOCK is reviewed whenever it comes.

    An override is the word of its prescriber, which reaches as far as what it was said about.
    """
    is_stop = row.severity == Severity.BLOCK.value and row.decision == FindingStatus.ACKNOWLEDGED.value
    return is_stop or not row.subjects


GONE_NOW: Final = "Who overrode it has ended here, or is not licensed for it any more."


def _decision_lost(
    row: Finding,
    weighs_more: bool,
    responsible: Responsible,
    *,
    has_returned: bool,
    was_about: list[str],
    hours: dict[str, Any] | None,
    today: date,
) -> str:
    """Why what was decided does not count any more; empty: it does. was_about, hours: as they stood until now."""
    if row.decision and weighs_more:
        return GRAVER_NOW
    if row.decision and has_returned:
        return BACK_NOW
    if row.decision and _is_more_apart(hours, row.spacing):
        return MORE_HOURS_NOW
    if row.decision and goes_beyond(row, was_about, plan=responsible.plan, today=today):
        return OTHERS_NOW
    if row.decision == FindingStatus.OVERRIDDEN.value and not responsible.still_overrides(row):
        return GONE_NOW if responsible.is_of_its_prescriber(row) else NOT_THEIRS_NOW
    return ""


def _is_more_apart(before: dict[str, Any] | None, now: dict[str, Any] | None) -> bool:
    if before is None or now is None:
        return False
    return any(
        before[side] is not None and (now[side] is None or Decimal(now[side]) > Decimal(before[side]))
        for side in ("before_hours", "after_hours")
    )


def _resolve(row: Finding, lines: list[FindingChange], *, at: datetime) -> None:
    lines.append(line(row, FindingStatus.RESOLVED, at=at))
    row.status, row.resolved_at = FindingStatus.RESOLVED.value, at
    row.revision += 1


def _said(standing: Standing) -> dict[str, Any]:
    found = standing.found
    return {
        "severity": found.severity.value,
        "about": list(found.about),
        "subjects": list(found.codes),
        "stops": list(found.stops),
        "text": found.text,
        "patient_text": found.patient_text,
        "cite": found.cite,
        "year": found.year,
        "mark": found.mark.value,
        "rule_version": str(found.rule_version),
        "spacing": None if found.spacing is None else _apart(found.spacing),
        "proposal": standing.proposal,
    }


def _apart(spacing: Spacing) -> dict[str, Any]:
    return {
        "a": spacing.a,
        "b": spacing.b,
        "a_codes": list(spacing.a_codes),
        "b_codes": list(spacing.b_codes),
        "before_hours": None if spacing.before_hours is None else str(spacing.before_hours),
        "after_hours": None if spacing.after_hours is None else str(spacing.after_hours),
    }
