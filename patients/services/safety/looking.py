"""What the clock and a new edition of the rules bring about: plans are put before the rules again, a few at a time.

Each morning of the patient a plan is looked at because dates have come. When the shipped rules or a clinic’s decisions
about them change, all running plans of that clinic are looked at once, as a round whose progress is kept.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet

from clinics.models import Clinic
from patients.models import Plan, SafetyCheck, SafetyRound
from patients.reminders.isolation import each
from patients.reminders.planning import replan_as_a_whole
from patients.services.safety.assessing import reassess
from protocols.services.rule_reviews import knowledge_of

BATCH: Final = 25
"""Plans that one sweep looks at for each of the two reasons."""
AGAIN_AFTER: Final = timedelta(minutes=15)
"""A plan that breaks waits so long, and stops no other."""


def look_at_plans(*, at: datetime) -> int:
    """Look at the plans whose morning has come, and go on with the rounds of new editions; how many plans it were."""
    looked_at = 0
    try:
        due = SafetyCheck.objects.filter(looks_at__lte=at).select_related("plan").order_by("looks_at", "pk")
        looked_at += each(
            list(due[:BATCH]),
            lambda check: _look(check.plan, at=at),
            what="a plan to be put before the rules",
            on_error=lambda check, error: wait(check.plan, at=at),
        )
    finally:
        looked_at += each(
            list(open_rounds(at=at)), lambda found: _go_on(found, at=at) > 0, what="a round of safety rules"
        )
    return looked_at


def open_rounds(*, at: datetime) -> Iterator[SafetyRound]:
    """Of each clinic the round of its present edition, if that is not finished. A new edition begins one."""
    newest: dict[int, SafetyRound] = {}
    for known in SafetyRound.objects.order_by("clinic", "started_at", "pk"):
        newest[known.clinic_id] = known
    for clinic in Clinic.objects.order_by("pk"):
        edition = knowledge_of(clinic).version
        found = newest.get(clinic.pk)
        if found is None or found.edition != edition:
            found = _begin(clinic, edition, at=at)
        if found.finished_at is None:
            yield found


def _begin(clinic: Clinic, edition: str, *, at: datetime) -> SafetyRound:
    """Where an earlier edition has come back, its round begins anew."""
    plans = _stale(clinic, edition).count()
    found, _ = SafetyRound.objects.update_or_create(
        clinic=clinic,
        edition=edition,
        defaults={"plans": plans, "done": 0, "failed": 0, "cursor": 0, "started_at": at, "finished_at": None},
    )
    return found


def _go_on(found: SafetyRound, *, at: datetime) -> int:
    """Look at the next plans of this round. Whoever else goes on with it meanwhile counts none of them twice."""
    plans = list(_stale(found.clinic, found.edition).filter(pk__gt=found.cursor).order_by("pk")[:BATCH])
    if not plans:
        SafetyRound.objects.filter(pk=found.pk).update(finished_at=at)
        return 0

    def look(plan: Plan) -> bool:
        _look(plan, at=at)
        return _count(found, plan, "done")

    def on_error(plan: Plan, error: Exception) -> None:
        wait(plan, at=at)
        _count(found, plan, "failed")

    return each(plans, look, what="a plan to be put before the rules", on_error=on_error)


@transaction.atomic
def _look(plan: Plan, *, at: datetime) -> bool:
    reassess(plan, at=at)
    if plan.findings.waiting().exists():
        # What goes on waiting is said again each week, and the next of these days has come nearer.
        replan_as_a_whole(Plan.objects.select_related("patient__clinic").get(pk=plan.pk), at=at)
    return True


def _count(found: SafetyRound, plan: Plan, name: str) -> bool:
    ahead = SafetyRound.objects.filter(pk=found.pk, cursor__lt=plan.pk)
    return ahead.update(cursor=plan.pk, **{name: F(name) + 1}) == 1


def wait(plan: Plan, *, at: datetime) -> None:
    """Look at this plan again in a while."""
    check, _ = SafetyCheck.objects.get_or_create(plan=plan, defaults={"checked_at": at, "edition": ""})
    SafetyCheck.objects.filter(pk=check.pk).update(looks_at=at + AGAIN_AFTER)


def _stale(clinic: Clinic, edition: str) -> "QuerySet[Plan]":
    return Plan.objects.running().filter(patient__clinic=clinic).exclude(safety_check__edition=edition)
