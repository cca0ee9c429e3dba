"""What a patient has at home: counting it, and until when it lasts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from clinics.actor import Actor, ActorKind, NotAllowed, require
from clinics.domain.instants import civil_date, zone
from clinics.roles import Act
from patients.models import Intake, Order, OrderStock, Patient, Plan
from patients.models.order_supply import HomeSupply, home_supplies, supply_of_order
from patients.reminders.planning import replan_orders
from patients.services.errors import InvalidRequest, Refused
from protocols.domain.amount import Unit
from protocols.domain.dose_count import PIECES, DoseCountError
from protocols.domain.order_states import OrderStatus
from protocols.domain.run_out import ADHERENCE_DAYS, Adherence, RecordedDay, RunOut, adherence, run_out
from protocols.domain.running_low import since_last_count
from protocols.domain.shopping import ShoppingItem
from protocols.domain.units_needed import Counted, Use, units_left

MOST_UNITS = 10_000
COUNTED_AT_MOST_DAYS_AGO = 14
SAME_TAP = timedelta(minutes=2)
"""The same package added twice within this time is one package: a double tap, or a request sent again."""
CANNOT_BE_COUNTED = "It cannot be counted yet: the clinic chooses its product and its strength first."
OVER = frozenset({OrderStatus.COMPLETED, OrderStatus.STOPPED, OrderStatus.ENTERED_IN_ERROR})
_ONE_DAY = timedelta(days=1)
_LOOKED_BACK = timedelta(days=400)


@dataclass(frozen=True)
class AtHome:
    """One product, today. left: units before today’s doses if all was taken as planned; None: not counted, or not
    countable. run_out: when it ends, as planned and as recorded."""

    supply: HomeSupply
    left: Decimal | None
    run_out: RunOut
    uses: tuple[Use, ...]
    counts: tuple[Counted, ...]

    @property
    def code(self) -> str:
        return self.supply.root.code

    @property
    def unit(self) -> Unit | None:
        return self.supply.unit

    @property
    def counted_in(self) -> str:
        """What is counted, in words: “tablets of 20 mg”; empty where nobody can count it at home."""
        if self.unit is None or not self.supply.is_countable:
            return ""
        strength = self.supply.strength
        return self.unit.label if strength is None else f"{self.unit.label} of {strength.display()}"

    def shopping_item(self) -> ShoppingItem | None:
        """For the list of what to buy; None where it is counted in nothing."""
        if self.unit is None:
            return None
        product = self.supply.orders[-1].supplement
        return ShoppingItem(
            code=self.code,
            label=self.supply.name,
            unit=self.unit,
            uses=self.uses,
            counts=self.counts,
            package_sizes=() if product is None else tuple(product.package_sizes),
        )


def count_stock(
    order: Order,
    *,
    count: Decimal,
    is_all: bool,
    unit: Unit | None = None,
    on: date | None = None,
    by: Actor,
    at: datetime,
) -> OrderStock:
    """Record units of what this order takes: all there is at home, or what came on top, before the doses of that day.

    unit: as it was typed; None: as the product is counted. The count is of the product: it stands for every later
    version of the order that is of the same one. The same thing sent twice counts once.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update(no_key=True).get(pk=order.plan_id)
        plan.patient = Patient.objects.select_related("clinic").get(pk=plan.patient_id)
        _require_part_in(plan, by=by)
        today = civil_date(at, zone(plan.patient.zone))
        supply = supply_of_order(order, home_supplies([plan]).get(plan.pk, []))
        current = _still_taken(plan, supply, order, today=today)
        assert supply is not None
        day = on or today
        _check(supply, count=count, unit=unit, day=day, today=today)
        same = _sent_before(supply.stocks, count=count, is_all=is_all, on=day, by=by, at=at)
        if same is not None:
            return same
        assert supply.unit is not None
        row = OrderStock.objects.create(
            order=current,
            count=count,
            unit=supply.unit.value,
            is_all=is_all,
            on=day,
            recorded_at=at,
            noted_on=today,
            by_kind=by.kind.value,
            by_code=by.code,
        )
        replan_orders(plan, at=at)
        return row


def at_home(plan: Plan, *, today: date) -> list[AtHome]:
    """Everything that the plan has taken now or later, in its order; a number of queries that does not grow."""
    supplies = [supply for supply in home_supplies([plan]).get(plan.pk, []) if _is_taken_yet(supply, today)]
    uses = {supply.root.pk: supply.uses(today=today) for supply in supplies}
    days = {supply.root.pk: _lived_days(uses[supply.root.pk], today=today) for supply in supplies}
    earliest = min((day for each in days.values() for day in each), default=today)
    taken = _taken(plan, since=earliest, before=today)
    return [
        _reckoned(supply, uses[supply.root.pk], _adherence(supply, days[supply.root.pk], taken, today), today=today)
        for supply in supplies
    ]


def _reckoned(supply: HomeSupply, uses: tuple[Use, ...], share: Adherence, *, today: date) -> AtHome:
    counts = since_last_count([each for each in supply.counts if each.on <= today])
    try:
        left = units_left(counts, uses, before=today)
    except DoseCountError:
        left = None
    found = run_out(counts, uses, today=today, adherence=share)
    return AtHome(supply=supply, left=left, run_out=found, uses=uses, counts=tuple(counts))


def _is_taken_yet(supply: HomeSupply, today: date) -> bool:
    return any(order.status_on(today) not in OVER for order in supply.current)


def _lived_days(uses: Sequence[Use], *, today: date) -> dict[date, int]:
    """The last days before today on which something was due, with how many doses; what was on hold is no such day."""
    first = min((use.window.first for use in uses if use.window is not None), default=today)
    day, found = today - _ONE_DAY, dict[date, int]()
    while day >= max(first, today - _LOOKED_BACK) and len(found) < ADHERENCE_DAYS:
        planned = sum(use.times_per_day for use in uses if use.is_dose_day(day))
        if planned:
            found[day] = planned
        day -= _ONE_DAY
    return found


def _taken(plan: Plan, *, since: date, before: date) -> Counter[tuple[int, date]]:
    rows = Intake.objects.standing().filter(order__plan=plan, taken_on__gte=since, taken_on__lt=before)
    return Counter(rows.values_list("order_id", "taken_on"))


def _adherence(supply: HomeSupply, days: dict[date, int], taken: Counter[tuple[int, date]], today: date) -> Adherence:
    recorded = []
    for day, planned in days.items():
        count = sum(taken[order.pk, day] for order in supply.orders)
        recorded.append(RecordedDay(day, planned, count or None))
    return adherence(recorded, today=today)


# --- What is refused -----------------------------------------------------------------------------------------


def _require_part_in(plan: Plan, *, by: Actor) -> None:
    if by.kind is ActorKind.PATIENT:
        if by.code != plan.patient.code:
            raise NotAllowed("This is somebody else’s plan.")
        return
    if by.kind is not ActorKind.STAFF:
        raise NotAllowed("Only the patient, or the clinic for her, records this.")
    require(by, Act.MOVE_PLAN, clinic=plan.patient.clinic)


def _still_taken(plan: Plan, supply: HomeSupply | None, order: Order, *, today: date) -> Order:
    """The version to which the count is written."""
    if not plan.is_running:
        raise Refused("This plan is not running, so nothing of it is counted.")
    current = [] if supply is None else [each for each in supply.current if each.status_on(today) not in OVER]
    if not current:
        raise Refused("This is no longer taken, so it is not counted any more.")
    return next((each for each in current if each.key == order.key), current[-1])


def _check(supply: HomeSupply, *, count: Decimal, unit: Unit | None, day: date, today: date) -> None:
    own = supply.unit
    if own is None or not supply.is_countable:
        raise InvalidRequest(CANNOT_BE_COUNTED, field="count")
    if unit is not None and unit is not own:
        raise InvalidRequest(f"This is counted in {own.label}, not in {unit.label}: count it so.", field="unit")
    if day > today:
        raise InvalidRequest("That day has not come yet: choose today, or a day before it.", field="on")
    if day < today - timedelta(days=COUNTED_AT_MOST_DAYS_AGO):
        raise InvalidRequest("Choose today, or a day of the last two weeks.", field="on")
    if not count.is_finite() or not 0 <= count <= MOST_UNITS:
        raise InvalidRequest("The number is from 0 to 10,000.", field="count")
    least = Decimal("0.5") if own in PIECES else Decimal("0.01")
    if count % least:
        words = "whole, or with a half" if own in PIECES else "with at most two decimals"
        raise InvalidRequest(f"The number of {own.label} is {words}.", field="count")


def _sent_before(
    stocks: Sequence[OrderStock], *, count: Decimal, is_all: bool, on: date, by: Actor, at: datetime
) -> OrderStock | None:
    if not stocks:
        return None
    last = stocks[-1]
    if (last.is_all, last.on, last.count) != (is_all, on, count):
        return None
    return last if is_all or (last.by_code == by.code and at - last.recorded_at <= SAME_TAP) else None
