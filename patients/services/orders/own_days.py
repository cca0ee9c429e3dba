"""Days of their own that orders have, where the plan around them moves: a course keeps its length, as phases do.

Else a course of ten days would be over before its phase begins, and stand as completed although nobody took it; or go
on for twenty, where its phase begins ten days early. All of it is reckoned here, once, when a move has set its dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from patients.models import Order, Plan, PlanPhase
from patients.models.order import OPEN_STANDINGS
from patients.services.orders.counting import counted_anew

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """The whole plan rested from `first_day` for so many days; today it goes on."""

    first_day: date
    days: int


def move_with_draft(plan: Plan, *, days: int) -> None:
    """The draft begins so many days later (or earlier, below 0): what has days of its own does too."""
    shift = timedelta(days=days)
    for order in Order.objects.filter(plan=plan, standing__in=OPEN_STANDINGS, taper_tie=""):
        order.starts_on = order.starts_on and order.starts_on + shift
        order.ends_on = order.ends_on and order.ends_on + shift
        order.save(update_fields=["starts_on", "ends_on"])


def move_own_days(
    plan: Plan, phases: Mapping[str, PlanPhase], *, today: date, zone: ZoneInfo, rest: Rest | None
) -> None:
    """Move what orders say of their days. phases: as they are about to be saved, by key; the rows still say what was.

    What has not begun keeps its length; a first day of its own stays, as long as its phase has begun by then. After a
    rest of the whole plan (`rest`) what was still ahead then comes so much later, and what runs ends so much later.
    Days that were lived stay; and so do the days that were named in the rest, whatever would have gone on beyond them.
    What hangs on a taper moves with that.
    """
    rows = Order.objects.to_reckon().filter(plan=plan, taper_tie="").order_by("key", "number")
    for _, found in groupby(rows, key=lambda row: row.key):
        versions = list(found)
        # Nothing is left of what was stopped, in no version of it.
        if versions[-1].standing in OPEN_STANDINGS:
            _Versions(versions, today=today, zone=zone, rest=rest).move({phase.pk: phase for phase in phases.values()})


class _Versions:
    """All versions of one order, in their order, under a move of their plan."""

    def __init__(self, rows: Sequence[Order], *, today: date, zone: ZoneInfo, rest: Rest | None) -> None:
        self.rows, self.today, self.zone, self.rest = rows, today, zone, rest
        self.first_days = {row.pk: row.first_day for row in rows}
        self.has_window = {row.pk: row.window is not None for row in rows}
        self.has_begun = {row.pk: not row.phases() or not row.phases()[0].is_planned for row in rows}

    def move(self, phases: Mapping[int, PlanPhase]) -> None:
        columns = ["starts_on", "ends_on", "counted_from", "raised_from"]
        said = {row.pk: [getattr(row, name) for name in columns] for row in self.rows}
        for row in self.rows:
            row.first_phase, row.last_phase = phases[row.first_phase_id], phases[row.last_phase_id]
            self._move_first_day(row)
        for row in self.rows:
            self._move_last_day(row)
        if self.rest is not None:
            self._end_before_the_next()
        for number, row in enumerate(self.rows):
            self._count_from_where_it_begins(row, self.rows[:number])
        for row in self.rows:
            if said[row.pk] != [getattr(row, name) for name in columns]:
                row.save(update_fields=columns)

    def _move_first_day(self, row: Order) -> None:
        rest = self.rest
        if rest is None or row.starts_on is None or self._was_written_in_it(row):
            return
        if row.starts_on > rest.first_day:
            row.starts_on += timedelta(days=rest.days)

    def _move_last_day(self, row: Order) -> None:
        before, after, rest = self.first_days[row.pk], row.first_day, self.rest
        if row.ends_on is None:
            return
        if row.is_current and not self.has_begun[row.pk]:
            if self.has_window[row.pk] and row.phases() and before is not None and after is not None:
                row.ends_on += after - before
        elif rest is not None and row.ends_on >= rest.first_day:
            row.ends_on += timedelta(days=self._days_lost(row, rest))

    def _days_lost(self, row: Order, rest: Rest) -> int:
        """On how many days of the rest it would have been taken, as it was said."""
        if not self._was_written_in_it(row):
            return rest.days
        firsts = [each.first_day for each in self.rows if each.window is not None]
        begins = min((day for day in firsts if day is not None), default=self.today)
        return min(rest.days, max(0, (self.today - begins).days))

    def _was_written_in_it(self, row: Order) -> bool:
        if self.rest is None or row.written_at is None:
            return False
        return row.written_at.astimezone(self.zone).date() > self.rest.first_day

    def _end_before_the_next(self) -> None:
        """Each version ends on the eve of the first day of every later one that counts: one of them is taken."""
        next_begins: date | None = None
        for row in reversed(self.rows):
            if next_begins is not None and (row.ends_on is None or row.ends_on >= next_begins):
                row.ends_on = next_begins - _ONE_DAY
            if row.window is not None:
                next_begins = row.window.first if next_begins is None else min(next_begins, row.window.first)

    def _count_from_where_it_begins(self, row: Order, earlier: Sequence[Order]) -> None:
        """Stages, and “every 2 days”, that are counted from the first day of an earlier version move with that."""
        begins, begun = row.first_day, self.first_days[row.pk]
        if begins is None or begun is None:
            return
        moved = {self.first_days[each.pk]: each.first_day for each in earlier}
        if row.raised_from is not None:
            row.raised_from = min(moved.get(row.raised_from) or row.raised_from, begins)
        if row.counted_from is None or all(before == after for before, after in (moved | {begun: begins}).items()):
            return
        source = moved.get(row.counted_from) if row.counted_from <= begun else None
        if source is not None:
            row.counted_from = min(source, begins)
        else:
            row.counted_from = counted_anew(earlier, row.pattern, day=begins, today=self.today)
