"""The findings of one plan on its page: what stands, or of a draft what would be found."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import at_of
from patients.admin.safety.groups import FindingGroup, grouped
from patients.admin.safety.words import TotalRow, not_checked_words, shown_of_preview, shown_of_row, totals_of
from patients.admin.standing import today_of
from patients.models import Finding, Plan, SafetyCheck
from patients.services.day.rhythm import rhythm_of
from patients.services.safety.assessing import preview
from patients.services.safety.judging import Judged
from protocols.domain.phases import PlanStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetySection:
    """is_preview: nothing of it stands yet. open_count: findings that wait for somebody.

    changes_address: the page that spreads what changes; empty where there is none yet.
    is_kept_by_guess: hours are kept by times of getting up, meals and bed that nobody has said.
    """

    groups: list[FindingGroup]
    totals: list[TotalRow]
    not_checked: list[str]
    is_preview: bool
    open_count: int
    changes_address: str = ""
    is_kept_by_guess: bool = False


def section_of(request: HttpRequest, plan: Plan) -> SafetySection | None:
    """None for a plan that is over: nothing of it stands any more."""
    today = today_of(plan.patient, at_of(request))
    changes_address = reverse("admin:patients_plan_changes", args=[plan.code])
    if plan.status == PlanStatus.DRAFT.value:
        found = previewed(preview(plan, at=at_of(request)), today=today)
        return replace(found, changes_address=changes_address)
    if not plan.is_running:
        return None
    rows = list(Finding.objects.filter(plan=plan).standing())
    shown = [shown_of_row(row, today=today, address=address_of(row.code)) for row in rows]
    check = SafetyCheck.objects.filter(plan=plan).first()
    return SafetySection(
        groups=grouped(shown),
        totals=totals_of(check.totals) if check is not None else [],
        not_checked=not_checked_words(check.not_checked) if check is not None else [],
        is_preview=False,
        open_count=sum(each.is_to_be_decided for each in shown),
        changes_address=changes_address,
        is_kept_by_guess=any(each.is_kept for each in shown) and rhythm_of(plan.patient).is_assumed,
    )


def previewed(judged: Judged, *, today: date) -> SafetySection:
    """What would be found, as forms and drafts show it."""
    shown = shown_of_preview(judged, today=today)
    return SafetySection(
        groups=grouped(shown),
        totals=totals_of(judged.totals),
        not_checked=not_checked_words(judged.not_checked),
        is_preview=True,
        open_count=len(shown),
    )


def address_of(code: str, page: str = "change", *more: Any) -> str:
    return reverse(f"admin:patients_finding_{page}", args=[code, *more])
