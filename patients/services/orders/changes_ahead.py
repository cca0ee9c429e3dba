"""What changes in a plan in the coming time, what of it comes too close together, and which day is proposed.

Orders begin, rise step by step and are changed; tapers step down as signed, which is never moved. What was lived stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import Order, Plan, Taper
from patients.models.order_supply import WHAT_DECIDES_USE
from patients.models.taper_course import COURSE_ROWS, course_of
from patients.services.safety.reading import TakenRows, read_rests
from protocols.domain.course import CourseStep
from protocols.domain.dose_changes import dose_changes
from protocols.domain.order_states import OrderStanding, OrderStatus
from protocols.domain.order_window import LONGEST_WAIT_DAYS
from protocols.domain.spread_starts import LEAST_DAYS_APART, ChangeKind, PlannedChange, Shift, Spread, spread
from protocols.domain.taper_states import TaperStatus
from protocols.domain.terms import TermsError
from protocols.domain.titration import Titration
from protocols.models.content import ItemKind

CHANGES_SOMETHING = [ItemKind.SUPPLEMENT.value, ItemKind.MEDICINE.value, ItemKind.DIET.value]
"""Kinds of orders to which a reaction may point. A test or a practice is none."""


@dataclass(frozen=True)
class OneMove:
    """An order that would give way. is_possible follows from the spread: the day lies within its window."""

    order: Order
    before: date
    after: date


@dataclass(frozen=True)
class PlanClash:
    """Changes too close to each other, by day, the first of them on `day`.

    shifts: the days proposed, of steps of a slow start too. moves: the same of orders. stuck: codes of the changes that
    may move and find no free day. In sentences: `clash_words`.
    """

    day: date
    changes: tuple[PlannedChange, ...]
    shifts: tuple[Shift, ...]
    moves: tuple[OneMove, ...]
    stuck: tuple[str, ...]

    @property
    def first_day_count(self) -> int:
        """How many change on its first day itself."""
        return sum(change.day == self.day for change in self.changes)


@dataclass(frozen=True)
class ChangesAhead:
    """changes: all of them, by day. found: what the rule says of them. orders: by the codes of their starts.

    subjects: by the code of a change, that of its order or taper. names: what it is, whichever version says so: the
    first change of an order, the second one, a step of either.
    """

    changes: tuple[PlannedChange, ...]
    found: Spread
    orders: dict[str, Order]
    subjects: dict[str, str]
    names: dict[str, str]

    @property
    def clashes(self) -> list[PlanClash]:
        by_code = {change.code: change for change in self.changes}
        return [
            PlanClash(
                day=clash.day,
                changes=tuple(by_code[code] for code in clash.codes),
                shifts=clash.proposed,
                moves=tuple(
                    OneMove(self.orders[shift.code], shift.before, shift.after)
                    for shift in clash.proposed
                    if shift.code in self.orders
                ),
                stuck=clash.stuck,
            )
            for clash in self.found.clashes
        ]

    @property
    def moves(self) -> list[OneMove]:
        """Every order that would begin on another day, by that day."""
        return [
            OneMove(self.orders[shift.code], shift.before, shift.after)
            for shift in self.found.shifts
            if shift.code in self.orders
        ]

    @property
    def most_on_one_day(self) -> tuple[date, int] | None:
        """The first of the days on which most things begin, and how many; None while no two do."""
        days = [change.day for change in self.changes if not change.is_lived]
        if len(set(days)) == len(days):
            return None
        most = max(days, key=lambda day: (days.count(day), -day.toordinal()))
        return most, days.count(most)


def changes_ahead(plan: Plan, *, on: date, rows: TakenRows | None = None) -> ChangesAhead:
    """What changes from a few days before `on`, with what is proposed. Reads only; a draft has not begun anything.

    rows: of this plan, where they were read already. Of them only what rested is read, once for all of its orders.
    """
    orders, tapers = _stored(plan) if rows is None else _of_rows(plan, rows)
    versions = {order.pk: order for order in orders}
    starts: dict[str, Order] = {}
    changes: list[PlannedChange] = []
    subjects: dict[str, str] = {}
    names: dict[str, str] = {}
    standing = [order for order in orders if order.is_standing and (order.phases() or order.follows_taper_alone)]
    which = _which_change(standing, versions)
    for order in standing:
        for change in _of_order(order, _taken_before(order, versions), starts, plan=plan, on=on):
            changes.append(change)
            subjects[change.code] = order.code
            step = change.code.removeprefix(order.code).removeprefix("-") or "start"
            names[change.code] = f"order {order.key}, change {which[order.code]}, {step}"
    for taper in tapers:
        for change in _of_taper(taper, on=on):
            changes.append(change)
            subjects[change.code], names[change.code] = taper.code, f"taper {change.code}"
    near = on - timedelta(days=LEAST_DAYS_APART - 1)
    kept = sorted((change for change in changes if change.day >= near), key=lambda change: change.day)
    return ChangesAhead(tuple(kept), spread(kept), starts, subjects, names)


def clashes_of(plan: Plan, *, on: date) -> list[PlanClash]:
    """Everything that comes too close together, with the days proposed."""
    return changes_ahead(plan, on=on).clashes


def _stored(plan: Plan) -> tuple[list[Order], list[Taper]]:
    # Earlier versions too: they go on being raised until the newest begins.
    orders = plan.orders.filter(item_kind__in=CHANGES_SOMETHING).to_reckon().select_related("medicine")
    tapers = plan.tapers.exclude(status=TaperStatus.ENTERED_IN_ERROR.value).select_related("reduces")
    return (
        list(orders.order_by("first_phase__position", "key", "number")),
        list(tapers.prefetch_related(*COURSE_ROWS)),
    )


def _of_rows(plan: Plan, rows: TakenRows) -> tuple[list[Order], list[Taper]]:
    """The same of what was read already: what nobody signed brings no change."""
    read_rests(rows)
    return (
        [order for order in rows.orders if order.item_kind in CHANGES_SOMETHING],
        [taper for taper in rows.tapers if taper.plan_id == plan.pk],
    )


def _taken_before(order: Order, versions: dict[int, Order]) -> Order | None:
    """The version that this one goes on from. One that ended before it began was never taken."""
    before = versions.get(order.replaces_id or 0)
    while before is not None and before.window is None:
        before = versions.get(before.replaces_id or 0)
    return before


def _of_order(
    order: Order, before: Order | None, starts: dict[str, Order], *, plan: Plan, on: date
) -> Iterator[PlannedChange]:
    window, together = order.window, order.counts_as or f"order {order.code}"
    if window is None:
        return
    has_begun = plan.activated_at is not None and window.first <= on
    is_movable = not has_begun and may_be_moved(order, on=on)
    if is_movable:
        starts[order.code] = order
    if _is_change(order, before):
        yield PlannedChange(
            code=order.code,
            label=order.name if before is None else f"{order.name} (changed)",
            kind=ChangeKind.START,
            day=window.first,
            together=together,
            is_movable=is_movable,
            latest=latest_start(order),
            is_lived=has_begun,
        )
    full = order.amount
    if full is None or not order.titration:
        return
    holds = order.rests(through=max(on, window.first))
    since = order.raised_from or window.first
    rises = Titration.parse(order.titration, full=full).rises_on(first_day=since, holds=holds)
    for number, day in enumerate(rises, start=1):
        if window.first <= day and (window.last is None or day <= window.last):
            yield PlannedChange(
                code=f"{order.code}-{number}",
                label=f"{order.name}, step {number + 1}",
                kind=ChangeKind.TITRATION_STEP,
                day=day,
                together=together,
                is_movable=is_movable,
                latest=window.last,
                is_lived=plan.activated_at is not None and day <= on,
            )


def _which_change(orders: Sequence[Order], versions: dict[int, Order]) -> dict[str, int]:
    """By code of a version: with which change of its order it goes on, the first one being 1. Words change nothing."""
    found: dict[str, int] = {}
    of_key: dict[str, int] = {}
    for order in sorted(orders, key=lambda each: each.number):
        begins = order.window is not None and _is_change(order, _taken_before(order, versions))
        found[order.code] = of_key[order.key] = of_key.get(order.key, 0) + begins
    return found


def _is_change(order: Order, before: Order | None) -> bool:
    """Whether anything is different from its first day on: a version may only have other words."""
    is_raised_anew = bool(order.titration) and order.raised_from is None
    return (
        before is None
        or is_raised_anew
        or any(getattr(order, name) != getattr(before, name) for name in WHAT_DECIDES_USE)
    )


def may_be_moved(order: Order, *, on: date) -> bool:
    """Whether the clinic may let it begin on a later day: not begun, its own to decide, and with no taper to follow."""
    is_planned = order.plan.activated_at is None or order.status_on(on) is OrderStatus.PLANNED
    is_open = order.standing == OrderStanding.OPEN.value
    is_own = not order.is_prescribed and not order.needs_prescriber
    is_only_version = order.replaces_id is None and order.is_current
    return is_planned and is_open and not order.taper_tie and is_own and is_only_version


def latest_start(order: Order) -> date | None:
    """The last day on which it may begin: its own last day, and a year after its phase has begun."""
    phase = (order.phases() or [order.first_phase])[0]
    return min(day for day in (order.last_day, phase.starts_on + timedelta(days=LONGEST_WAIT_DAYS)) if day is not None)


def _of_taper(taper: Taper, *, on: date) -> Iterator[PlannedChange]:
    try:
        steps: Sequence[CourseStep] = dose_changes(course_of(taper))
    except TermsError:
        # Nothing of it may be shown until that is cleared up.
        return
    for step in steps:
        yield PlannedChange(
            code=f"{taper.code}-{step.version}-{step.number}",
            label=f"{taper.reduces.name}, next step",
            kind=ChangeKind.TAPER_STEP,
            day=step.first,
            is_lived=step.first <= on,
        )
