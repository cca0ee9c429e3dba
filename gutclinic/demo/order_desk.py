"""Orders at the practitioner’s desk: added, changed, counted, and what is found of them decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from clinics.models import Prescriber
from gutclinic.demo.desk import Desk
from patients.actor import acting_patient
from patients.models import Door, Finding, Order, Plan
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.says import Says, of_medicine, of_supplement, says_of
from patients.services.orders.stock import count_stock
from patients.services.safety.deciding import Word, acknowledge, file_override
from protocols.domain.safety_rules import Severity
from protocols.models import Medicine, Supplement


def newest(plan: Plan, key: str) -> Order:
    """The version of this order that counts last."""
    return plan.orders.current().get(key=key)


def order(desk: Desk, plan: Plan, item: Supplement | Medicine, *, phases: tuple[str, str], **says: Any) -> Order:
    """Order something of the catalogue, from the first of these phases to the last. says: the rest of what it says."""
    first, last = (desk.phase(plan, key) for key in phases)
    start = of_supplement if isinstance(item, Supplement) else of_medicine
    written: Says = replace(start(item, first_phase=first, last_phase=last), **says)  # type: ignore[arg-type]
    return add(plan, says=written, by=desk.by, at=desk.clock.at, revision=desk.revision(plan))


def say_otherwise(desk: Desk, plan: Plan, key: str, *, reason: str = "", **says: Any) -> Order:
    """Change an order of this plan; as long as it is a draft, what is filled in is changed."""
    asked = newest(plan, key)
    written = replace(says_of(asked), **says)
    return change(asked, says=written, by=desk.by, at=desk.clock.at, revision=desk.revision(plan), reason=reason)


def count(desk: Desk, plan: Plan, key: str, units: int, *, on: date) -> None:
    """The patient says how much of it there is at home."""
    by = acting_patient(plan.patient)
    count_stock(newest(plan, key), count=Decimal(units), is_all=True, on=on, by=by, at=desk.clock.at)


def go_on_knowingly(desk: Desk, plan: Plan, reasons: Mapping[str, str]) -> None:
    """Acknowledge what is open of these rules, each for its reason. Nothing of it stops an order."""
    for finding in Finding.objects.undecided().filter(plan=plan, rule__in=reasons).order_by("pk"):
        if finding.severity != Severity.BLOCK.value and not finding.is_kept:
            reason = reasons[finding.rule]
            acknowledge(finding, reason=reason, by=desk.by, at=desk.clock.at, revision=finding.revision)


def write_override_down(desk: Desk, finding: Finding, prescriber: Prescriber, *, words: str, today: date) -> None:
    """What this prescriber said on the telephone, read back."""
    word = Word(prescriber=prescriber.code, reason=words, door=Door.TELEPHONE, said_on=today, is_read_back=True)
    file_override(finding, word, by=desk.by, at=desk.clock.at, revision=finding.revision)
