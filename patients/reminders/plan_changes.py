"""What the clinic changed in a plan, as its patient is told of it: which moves count, and which days are left.

Everything follows from the history. Not told: what another reminder tells her of (a phase or a taper that starts), what
she did herself or the software did by its dates, what was undone on the same day, and what was entered in error.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final, TypedDict

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, Subquery, Value

from clinics.actor import ActorKind
from clinics.domain.instants import civil_date, zone
from patients.models import Plan, Transition

LOOKS_BACK: Final = timedelta(days=8)
"""So long before the newest change others may still be on their way to her."""
_OF_ORDERS: Final = ("add", "change", "stop", "hold", "resume", "move-start", "continue")
_OF_PHASES: Final = ("extend", "hold", "resume", "skip")
_OF_TAPERS: Final = ("hold", "resume", "stop")
_OF_PLANS: Final = ("hold", "resume")
_IN_ERROR: Final = "entered-in-error"

_AS_WAS: Final = Q(from_status=F("to_status"))
"""A line of history that moved nothing."""
_TOLD: Final = (
    Q(order__isnull=False, move__in=_OF_ORDERS)
    | Q(phase__isnull=False, move__in=_OF_PHASES)
    | Q(taper__isnull=False, move__in=_OF_TAPERS) & ~_AS_WAS
    | Q(taper__isnull=False, move="revise")
    | Q(to_status=_IN_ERROR)
    | Q(phase__isnull=True, taper__isnull=True, order__isnull=True, move__in=_OF_PLANS)
)
_BY_THE_CLINIC: Final = (ActorKind.STAFF.value, ActorKind.PRESCRIBER.value)


class Move(TypedDict):
    """One line of the history."""

    plan_id: int
    phase_id: int | None
    taper_id: int | None
    order__key: str | None
    move: str
    from_status: str
    to_status: str
    at: datetime


def changed_days(plans: Collection[Plan]) -> dict[int, list[date]]:
    """The days of the clinic on which each of these plans was changed, and its patient was not there since.

    plans: with clinic and what is heard of their patients.
    """
    begun = {plan.pk: plan for plan in plans if plan.activated_at is not None}
    moves = Transition.objects.filter(
        _TOLD, plan__in=begun, by_kind__in=_BY_THE_CLINIC, at__gte=F("plan__activated_at")
    )
    newest = moves.filter(plan=OuterRef("plan")).order_by("-at").values("at")[:1]
    since = ExpressionWrapper(Subquery(newest) - Value(LOOKS_BACK), DateTimeField())
    rows: dict[tuple[int, date], list[Move]] = defaultdict(list)
    lately = moves.filter(at__gte=since).order_by("at", "pk")
    for row in lately.values("plan_id", "phase_id", "taper_id", "order__key", "move", "from_status", "to_status", "at"):
        home = zone(begun[row["plan_id"]].patient.clinic.zone)
        rows[row["plan_id"], civil_date(row["at"], home)].append(Move(**row))
    every = [row for of_day in rows.values() for row in of_day]
    errors = {(row["plan_id"], *_part(row)) for row in every if row["to_status"] == _IN_ERROR}
    found: dict[int, list[date]] = defaultdict(list)
    for (key, on), of_day in rows.items():
        if any(_is_unseen(row, begun[key]) for row in _standing(of_day) if (key, *_part(row)) not in errors):
            found[key].append(on)
    return found


def _is_unseen(row: Move, plan: Plan) -> bool:
    """What came with the plan itself she was never told otherwise."""
    heard = getattr(plan.patient, "heard", None)
    seen: list[datetime | None] = [plan.activated_at, None if heard is None else heard.heard_at]
    return all(at is None or row["at"] > at for at in seen)


def _standing(of_day: Iterable[Move]) -> list[Move]:
    """The changes of one day, without those of parts that were as before when it was over."""
    parts: dict[tuple[int | None, int | None, str | None], list[Move]] = defaultdict(list)
    for row in of_day:
        parts[_part(row)].append(row)
    return [row for rows in parts.values() if not _is_undone(rows) for row in rows]


def _part(row: Move) -> tuple[int | None, int | None, str | None]:
    """Which part of the plan it is about: all versions of one order are one."""
    return row["phase_id"], row["taper_id"], row["order__key"]


def _is_undone(rows: list[Move]) -> bool:
    first, last = rows[0], rows[-1]
    rested = {row["move"] for row in rows} == {"hold", "resume"} and first["from_status"] == last["to_status"]
    return rested or (first["move"] == "add" and last["move"] == "stop")
