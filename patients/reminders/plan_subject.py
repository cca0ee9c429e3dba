"""A plan as a whole, as its reminders look at it: what is heard of its patient, and what waits for a decision."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F, Max, Q, prefetch_related_objects

from patients.models import Finding, FindingChange, FindingStatus, Plan
from patients.reminders.plan_changes import changed_days


@dataclass(frozen=True, slots=True)
class FindingSet:
    """Findings of one plan that were opened together, of which one at least waits for a decision.

    code: of the first of them, whatever has become of that. opened_at: when they were found, or found again.
    """

    code: str
    opened_at: datetime


@dataclass(frozen=True)
class PlanSubject:
    """One plan, with its patient, what is heard of her, and what waits in it, the oldest first.

    checked_on: the day, by UTC, on which it was put before the safety rules last. changed_on: the days of the clinic on
    which it was changed, and she has not seen it since.
    """

    plan: Plan
    waiting: list[FindingSet] = field(default_factory=list)
    checked_on: date | None = None
    changed_on: list[date] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.plan.code

    @property
    def silent_from(self) -> date | None:
        """The day on which its patient counts as silent, unless she is heard from before."""
        patient = self.plan.patient
        heard = getattr(patient, "heard", None)
        return None if heard is None else heard.written(patient).silent_from


def plan_subjects_of(plans: Collection[Plan]) -> dict[int, PlanSubject]:
    """These plans by their keys, read in a few queries for all of them."""
    if not plans:
        return {}
    prefetch_related_objects(list(plans), "patient__heard", "patient__clinic")
    waiting, checked = _waiting(plans)
    changed = changed_days(plans)
    return {
        plan.pk: PlanSubject(plan, waiting.get(plan.pk, []), checked.get(plan.pk), changed.get(plan.pk, []))
        for plan in plans
    }


def _waiting(plans: Collection[Plan]) -> tuple[dict[int, list[FindingSet]], dict[int, date]]:
    """What waits in each, the oldest first, and when each of those was looked at."""
    opened = Q(changes__to_status=FindingStatus.OPEN.value)
    rows = list(
        Finding.objects.filter(plan__in=plans)
        .waiting()
        .order_by()
        .values("plan_id", opened=Max("changes__at", filter=opened), checked=F("plan__safety_check__checked_at"))
        .distinct()
    )
    if not rows:
        return {}, {}
    together = FindingChange.objects.filter(
        finding__plan__in={row["plan_id"] for row in rows},
        to_status=FindingStatus.OPEN.value,
        at__in={row["opened"] for row in rows},
    ).order_by("finding_id")
    first: dict[tuple[int, datetime], str] = {}
    for plan, at, code in together.values_list("finding__plan", "at", "finding__code"):
        first.setdefault((plan, at), code)
    found: dict[int, list[FindingSet]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["opened"]):
        found[row["plan_id"]].append(FindingSet(first[row["plan_id"], row["opened"]], row["opened"]))
    return found, {row["plan_id"]: row["checked"].date() for row in rows if row["checked"] is not None}
