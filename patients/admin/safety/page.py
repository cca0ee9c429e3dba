"""One finding on one page: what was found and where that was read, what was decided, and all that became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinics.actor import ActorKind
from clinics.admin.changes import local_words
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.models import Prescriber
from clinics.roles import Act
from patients.admin.plan_page import Button
from patients.admin.safety.deciding import own_prescriber
from patients.admin.safety.words import said_how, shown_of_row
from patients.admin.standing import today_of
from patients.models import Door, Finding, FindingChange, FindingStatus
from patients.services.day.rhythm import rhythm_of
from patients.services.safety.deciding import may_be_acknowledged, who_may_override
from patients.services.safety.one_change import ONE_CHANGE
from protocols.domain import safety
from protocols.domain.safety_rules import Severity
from protocols.models.catalogue import CONSULT

BECAME: Final = {
    ("", "open"): "found it",
    ("resolved", "open"): "found it again",
    ("resolved", "acknowledged"): "found it again, as it was acknowledged",
    ("resolved", "overridden"): "found it again, as it was overridden",
    ("open", "acknowledged"): "acknowledged it",
    ("open", "overridden"): "let it be taken all the same",
    ("acknowledged", "open"): "opened it again",
    ("overridden", "open"): "opened it again",
}
BUILT_IN: Final = {*(rule.id for rule, _ in safety.BUILT_IN), ONE_CHANGE}
"""Rules of no pack. They have no page of their own, and no clinic switches them off."""
OVER: Final = "saw that it is not so any more"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of its history. how: how a prescriber’s word came."""

    when: str
    who: str
    what: str
    why: str
    how: str


def finding_page(admin: ScopedAdmin, request: HttpRequest, finding: Finding) -> HttpResponse:
    patient = finding.plan.patient
    clock = zone(patient.clinic.zone)
    shown = shown_of_row(finding, today=today_of(patient, at_of(request)))
    may = who_may_override(finding) if finding.status != FindingStatus.RESOLVED.value else []
    decides = admin.may(request, Act.DECIDE_FINDING, finding)
    return admin.page(
        request,
        "admin/patients/finding.html",
        title=admin.title_of(finding),
        trail=admin.trail_to(finding),
        finding=finding,
        shown=shown,
        stands=_stands(finding),
        stops=list(finding.plan.orders.filter(code__in=finding.stops).values_list("name", flat=True)),
        tapers=[
            (taper.reduces.name, reverse("admin:patients_taper_change", args=[taper.code]))
            for taper in finding.plan.tapers.select_related("reduces")
            if {taper.code, taper.rescue_code} & set(finding.subjects)
        ],
        apart=_apart(finding),
        patient_address=reverse("admin:patients_patient_change", args=[patient.code]),
        plan_address=reverse("admin:patients_plan_change", args=[finding.plan.code]),
        rule_address=reverse("admin:protocols_safetyrulereview_rule", args=[finding.rule])
        if finding.rule not in BUILT_IN
        else "",
        changes_address=reverse("admin:patients_plan_changes", args=[finding.plan.code]) if shown.is_of_changes else "",
        who_decides=_who_decides(finding, [prescriber for prescriber, _ in may], decides=decides),
        buttons=list(_buttons(admin, request, finding, [prescriber for prescriber, _ in may], decides=decides)),
        decided_by=_decided_by(finding, clock),
        history=_history(finding, clock),
        consult=CONSULT,
    )


def _stands(finding: Finding) -> str:
    if finding.status == FindingStatus.OPEN.value and finding.is_kept:
        is_guess = rhythm_of(finding.plan.patient).is_assumed
        return f"The timetable keeps these hours{', if the assumed times of this patient’s day are so' * is_guess}"
    if finding.status == FindingStatus.OPEN.value and finding.severity == Severity.INFO.value:
        return "To be known: nobody has to decide"
    return {
        "open": "Open: somebody decides",
        "acknowledged": "Acknowledged",
        "overridden": "Overridden by the prescriber",
        "resolved": "Not so any more",
    }[finding.status]


def _apart(finding: Finding) -> str:
    said = finding.spacing
    if not said:
        return ""
    ways = [
        f"{said[key].rstrip('0').rstrip('.') if '.' in said[key] else said[key]} hours {words}"
        for key, words in (("before_hours", "before"), ("after_hours", "after"))
        if said[key] is not None
    ]
    return f"{said['a']}: {' or '.join(ways)} {said['b']}"


def _who_decides(finding: Finding, may: list[Prescriber], *, decides: bool) -> str:
    if finding.status != FindingStatus.OPEN.value:
        return ""
    if may_be_acknowledged(finding):
        if decides and finding.severity == Severity.BLOCK.value:
            return "It stops no order. Once it has been reviewed, acknowledge it and write what came of it."
        return "" if decides else "A practitioner of this clinic decides about it."
    cleared = f"is cleared by {_way_out(finding)}"
    if not may:
        return f"Nobody overrides this. It {cleared}."
    names = " or ".join(prescriber.name for prescriber in may)
    return f"It {cleared}, or overridden by {names}, who prescribes the medicine."


def _way_out(finding: Finding) -> str:
    """What ends it: that depends on what it stops. A hold keeps the taper as it is, and ends nothing."""
    if finding.plan.orders.filter(code__in=finding.stops).exists():
        return "changing the order"
    if finding.plan.tapers.filter(code__in=finding.stops).exists():
        return "stopping the taper or what is taken beside it"
    if any(taper.rescue_code in finding.stops for taper in finding.plan.tapers.all()):
        return "another rescue medicine, signed anew, or by stopping the taper or what is taken beside it"
    return "a change of what is taken"


def _buttons(
    admin: ScopedAdmin, request: HttpRequest, finding: Finding, may: list[Prescriber], *, decides: bool
) -> Iterator[Button]:
    def button(words: str, page: str, *, first: bool = False, grave: bool = False) -> Button:
        return Button(words, admin.address_of(finding, page), first, grave, "this finding")

    if finding.is_decided and decides:
        yield button("Take the decision back", "withdraw")
    if finding.status != FindingStatus.OPEN.value or finding.is_kept:
        return
    if may_be_acknowledged(finding):
        if decides:
            yield button("Acknowledge", "acknowledge", first=True)
        return
    if own_prescriber(request, finding) is not None:
        yield button("Override", "own_override", grave=True)
    if decides and any(not prescriber.is_inside for prescriber in may):
        yield button("Write down the prescriber’s word", "file_override", grave=True)


def _decided_by(finding: Finding, clock: ZoneInfo) -> str:
    if finding.decided_at is None:
        return ""
    name = str(finding.decided_by_user) if finding.decided_by_user else finding.decided_by_code
    when = local_words(finding.decided_at, clock)
    prescriber = finding.decided_by_prescriber
    if prescriber is None:
        return f"{name}, {when}"
    return f"{prescriber.name} ({said_how(finding)}); written down by {name}, {when}"


def _history(finding: Finding, clock: ZoneInfo) -> list[Entry]:
    changes = list(finding.changes.select_related("by_user"))
    names = dict(
        Prescriber.objects.filter(code__in=[row.details.get("prescriber", "") for row in changes]).values_list(
            "code", "name"
        )
    )
    return [
        Entry(
            when=local_words(row.at, clock),
            who=_who(row),
            what=OVER
            if row.to_status == FindingStatus.RESOLVED.value
            else BECAME.get((row.from_status, row.to_status), row.to_status),
            why=row.reason,
            how=_how(row, names),
        )
        for row in reversed(changes)
    ]


def _who(row: FindingChange) -> str:
    if row.by_kind == ActorKind.SYSTEM.value:
        return "gutclinic, by itself,"
    return str(row.by_user) if row.by_user else row.by_code


def _how(row: FindingChange, names: dict[str, str]) -> str:
    said = row.details
    if not said.get("said_through"):
        return ""
    return f"{names.get(said['prescriber'], '')}: {Door(said['said_through']).label}, {said['said_on']}"
