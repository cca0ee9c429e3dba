"""What a patient has at home of each product that a plan orders: all orders and versions of it, and every count."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q

from clinics.domain.instants import civil_date, zone
from patients.models.history import Transition
from patients.models.order import Order, OrderStock
from patients.models.plan import Plan
from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import COUNTED, ProductContents
from protocols.domain.dose_count import CountedProduct
from protocols.domain.order_states import OrderStanding
from protocols.domain.phases import PhaseStatus
from protocols.domain.running_low import NotedCount, low_on
from protocols.domain.titration import Titration
from protocols.domain.units_needed import Counted, Use
from protocols.domain.window import Window
from protocols.models.content import ItemKind

TAKEN_KINDS = [kind.value for kind in ItemKind if kind.is_taken]
NEVER_TAKEN = [OrderStanding.LEFT_OUT.value, OrderStanding.ENTERED_IN_ERROR.value]
WHAT_DECIDES_USE = (
    "amount_value",
    "amount_unit",
    "pattern",
    "times_of_day",
    "titration",
    "supplement_id",
    "medicine_id",
)
LASTS_LONGER = ["continue", "tie", "change"]
"""Moves of an order after which it is taken for longer, or sooner; of a taper every one may be."""
WHAT_DECIDES_DAYS = frozenset(
    {"first_phase", "last_phase", "starts_on", "ends_on", "starts_after_days", "taper_tie", "taper_tie_days"}
)
"""What a change says of them, as its history names it."""
_COUNTED_ALONE = COUNTED | {Unit.G}
_ONE_DAY = timedelta(days=1)
_LOOKED_AT = timedelta(days=90)


@dataclass(frozen=True)
class HomeSupply:
    """One product in one plan. orders: every version of every order of it, oldest first, at least one.

    moves: those of the plan’s orders and tapers after which something may be taken sooner, or for longer.
    """

    plan: Plan
    orders: tuple[Order, ...]
    moves: tuple[Transition, ...] = ()
    written_first: Order | None = None
    """The first order of it ever, although it may have been left out or entered in error since."""

    @property
    def root(self) -> Order:
        """The version that was written first: it stands for all of them, whatever is changed later."""
        return self.orders[0]

    @property
    def subject(self) -> Order:
        """What its reminders go by: it stays, whatever becomes of the order, so that nothing is told twice."""
        return self.written_first or self.root

    @property
    def current(self) -> list[Order]:
        """The newest versions, of orders that still stand."""
        return [order for order in self.orders if order.is_current and order.is_standing and _is_in_plan(order)]

    @property
    def name(self) -> str:
        name = (self.current or list(self.orders))[-1].name
        return name if self.strength is None else f"{name}, {self.strength.display()}"

    @cached_property
    def stocks(self) -> list[OrderStock]:
        """Every count, in the order in which they were written down."""
        return sorted(
            (stock for order in self.orders for stock in order.stocks.all()), key=lambda row: (row.recorded_at, row.pk)
        )

    @property
    def counts(self) -> list[Counted]:
        """The counts in the unit in which the product is counted; others say nothing of it."""
        return [each.counted for each in self.noted]

    @cached_property
    def noted(self) -> list[NotedCount]:
        return [
            NotedCount(Counted(row.count, row.on, row.is_all), row.noted_on)
            for row in self.stocks
            if self.unit is not None and row.unit == self.unit.value
        ]

    @cached_property
    def product(self) -> CountedProduct:
        """How a dose of it is counted; an order without a product is counted in the unit of its amount."""
        order = self.orders[-1]
        if order.medicine is not None:
            return order.medicine.counted(strength=self.strength)
        if order.supplement is not None:
            return order.supplement.counted()
        amount = order.amount
        unit = amount.unit if amount is not None and amount.unit in _COUNTED_ALONE else None
        return CountedProduct(contents=ProductContents(name=order.name, counted_in=unit, holds=()))

    @cached_property
    def strength(self) -> Amount | None:
        """By which strength a medicine in several is counted: the one that makes its first dose in one piece.

        Whatever is changed later, earlier counts stay counts of that strength. None: it has no several, or none fits.
        """
        medicine, first = self.orders[-1].medicine, self.root.amount
        if medicine is None or first is None or len(medicine.amounts) < 2:
            return None
        return None if medicine.contents(strength=first).counted_in is None else first

    @property
    def unit(self) -> Unit | None:
        """What it is reckoned in; None where nobody can say: none of several strengths, an amount in mg."""
        return self.product.contents.counted_in

    @property
    def is_countable(self) -> bool:
        """Whether somebody can count or weigh it at home. Nobody counts units of vitamin D, or CFU."""
        return self.unit in _COUNTED_ALONE

    def uses(self, *, lived_on: bool = False, today: date | None = None) -> tuple[Use, ...]:
        """How all orders of it take from the supply.

        lived_on: without the ends that only phases plan. today: those ends count no more once they are behind it,
        since a phase is lived until a person finishes it.
        """
        return tuple(self._use(order, lived_on=lived_on, today=today) for order in self.orders)

    def _use(self, order: Order, *, lived_on: bool, today: date | None) -> Use:
        full = order.amount
        window = self._window(order, lived_on=lived_on, today=today)
        # A hold that is on says nothing of days so far ahead that nobody looks at them one by one.
        through = (today or max((each.on for each in self.counts), default=order.plan.starts_on)) + _LOOKED_AT
        return Use(
            window=window,
            pattern=order.parsed_pattern,
            times_per_day=max(1, len(order.slots)),
            titration=None if full is None else Titration.parse(order.titration, full=full),
            product=self.product,
            holds=tuple(order.rests(through=through)),
            counted_from=order.counted_from,
            raised_from=order.raised_from,
        )

    def _window(self, order: Order, *, lived_on: bool, today: date | None) -> Window | None:
        window = order.window
        if window is None or not _is_in_plan(order):
            return None
        last = window.last
        if order.pk in self._replaced_from:
            eve = self._replaced_from[order.pk] - _ONE_DAY
            last = eve if last is None else min(last, eve)
        elif order.is_standing and order.is_current and not _is_end_known(order):
            is_behind = last is not None and today is not None and last < today
            last = None if lived_on or is_behind else last
        elif not order.is_standing and last is None:
            return None
        if last is not None and self._is_ordered_anew(order, last):
            last -= _ONE_DAY
        return None if last is not None and last < window.first else Window(window.first, last)

    def _is_ordered_anew(self, order: Order, day: date) -> bool:
        """Whether it was stopped on that day and ordered again from it: then those doses are of the new one."""
        is_stopped = order.standing == OrderStanding.STOPPED.value
        return is_stopped and any(other.pk > order.pk and other.first_day == day for other in self.orders)

    @cached_property
    def _replaced_from(self) -> dict[int, date]:
        """For each version that another of the same product has replaced: the first day of that one."""
        first_days = {order.replaces_id: order.first_day for order in self.orders if order.replaces_id is not None}
        return {key: day for key, day in first_days.items() if day is not None}

    @property
    def changed_on(self) -> date | None:
        """The patient’s date on which it last became known that more is taken of it, or for longer; None: never.

        An order was written or changed; it, one of its phases or the plan was resumed; a finding no longer stops it;
        its phases came sooner or end later, it was let go on after them, or its taper was moved.
        """
        where = zone(self.plan.patient.zone)
        known = {civil_date(at, where) for at in self._written_anew()}
        known |= {civil_date(row.at, where) for row in self.moves if self._concerns(row)}
        for order in (each for each in self.current if not each.follows_taper_alone):
            known |= {day for day in (order.first_phase.more_since, order.last_phase.more_since) if day is not None}
        return max(known | set(self._resumed()), default=None)

    def _written_anew(self) -> Iterator[datetime]:
        by_key = {order.pk: order for order in self.orders}
        for order in self.orders:
            before = by_key.get(order.replaces_id or 0)
            if order.written_at is None:
                continue
            # Without one before it of this product, it was ordered anew, or another product was swapped for this.
            if before is None or any(getattr(order, name) != getattr(before, name) for name in WHAT_DECIDES_USE):
                yield order.written_at

    def _resumed(self) -> Iterator[date]:
        for order in self.orders:
            phases = {None, order.first_phase_id, order.last_phase_id}
            for own in order.holds.all():
                if own.resumed_on is not None:
                    yield own.resumed_on
            for hold in order.plan.holds.all():
                if hold.phase_id in phases and hold.resumed_on is not None and hold.window is not None:
                    yield hold.resumed_on

    def _concerns(self, row: Transition) -> bool:
        """Whether this move made one of its orders last longer, or may have."""
        if row.taper_id is not None:
            return any(order.taper_id == row.taper_id for order in self.orders)
        is_of_days = row.move != "change" or not WHAT_DECIDES_DAYS.isdisjoint(row.details["changed"])
        return is_of_days and any(order.pk == row.order_id for order in self.orders)

    @cached_property
    def low_on(self) -> date | None:
        """The day on which it is said that it runs low; None where that is not said."""
        if not self.current or not self.noted:
            return None
        return low_on(self.noted, self.uses(), lived_on=self.uses(lived_on=True), changed_on=self.changed_on)


def home_supplies(plans: Collection[Plan], *, counted_alone: bool = False) -> dict[int, list[HomeSupply]]:
    """Of each plan, by its key, what is taken of it, in the order of its first order; in a few queries for all.

    counted_alone: only plans in which somebody has counted anything; where there is none, that is one query.
    """
    wanted = [plan.pk for plan in plans]
    if counted_alone and wanted:
        wanted = list(
            OrderStock.objects.filter(order__plan__in=wanted).values_list("order__plan", flat=True).distinct()
        )
    if not wanted:
        return {}
    rows = (
        Order.objects.filter(plan__in=wanted, item_kind__in=TAKEN_KINDS)
        .to_reckon()
        .select_related("supplement", "medicine")
        .prefetch_related("stocks", "supplement__ingredients", "medicine__ingredients", "medicine__strengths")
        .order_by("plan", "pk")
    )
    own = {plan.pk: plan for plan in plans}
    found: dict[int, dict[tuple[object, ...], list[Order]]] = defaultdict(lambda: defaultdict(list))
    for order in rows:
        found[order.plan_id][_product_key(order)].append(order)
    moves: dict[int, list[Transition]] = defaultdict(list)
    longer = Q(move__in=LASTS_LONGER, order__isnull=False) | Q(taper__isnull=False)
    for row in Transition.objects.filter(longer, plan__in=wanted):
        moves[row.plan_id].append(row)
    return {
        key: [
            HomeSupply(plan=own[key], orders=taken, moves=tuple(moves[key]), written_first=orders[0])
            for orders in by_product.values()
            if (taken := tuple(order for order in orders if order.standing not in NEVER_TAKEN))
        ]
        for key, by_product in found.items()
    }


def supply_of_order(order: Order, supplies: Sequence[HomeSupply]) -> HomeSupply | None:
    """The one that this version is part of."""
    return next((supply for supply in supplies if any(each.pk == order.pk for each in supply.orders)), None)


def _product_key(order: Order) -> tuple[object, ...]:
    """A revised row is the same bottle, as long as the product is called so and one unit of it holds as much."""
    item = order.supplement or order.medicine
    return ("order", order.key) if item is None else (type(item), item.clinic_id, item.contents())


def _is_in_plan(order: Order) -> bool:
    """Whether anything of it is left: a phase that was left out takes its orders along."""
    return bool(order.phases()) or order.follows_taper_alone


def _is_end_known(order: Order) -> bool:
    """Whether its last day is no mere plan: somebody said it, its taper did, or its phase was finished."""
    phases = order.phases()
    return order.is_end_said or (bool(phases) and phases[-1].status == PhaseStatus.COMPLETED.value)
