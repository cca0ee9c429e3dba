"""What is not to be taken now because the clinic is checking it, as a patient reads it: calm, and without jargon."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.models import Finding, FindingSeverity, MedicineUse, Order, Plan, Taper
from patients.portal.words import paragraphs
from protocols.domain.dose_words import joined
from protocols.models.catalogue import CONSULT


@dataclass(frozen=True, slots=True)
class Stopped:
    """One order. sentences: why it is not taken now, in the clinic’s plain words.

    is_prescribed: nobody leaves such a medicine out without asking.
    """

    name: str
    is_prescribed: bool
    sentences: tuple[str, ...]


def stopped_now(plan: Plan, *, user: Any, today: date) -> list[Stopped]:
    """Orders that would be taken by now, and that a finding stops. One query where nothing is stopped."""
    orders = Order.objects.visible_to(user).filter(plan=plan, is_blocked=True).select_related("first_phase")
    waiting = [order for order in orders.select_related("last_phase") if _is_due_by(order, today)]
    if not waiting:
        return []
    findings = list(
        Finding.objects.filter(plan=plan).undecided().filter(severity=FindingSeverity.BLOCK.value, first_day__lte=today)
    )
    names = _names(plan, {code for finding in findings for code in finding.subjects}, user=user)
    return [_of(order, [each for each in findings if order.code in each.stops], names) for order in waiting]


def _is_due_by(order: Order, today: date) -> bool:
    first, last = order.first_day, order.last_day
    return order.is_standing and first is not None and first <= today and (last is None or today <= last)


def _of(order: Order, findings: list[Finding], names: dict[str, tuple[str, bool]]) -> Stopped:
    others = dict.fromkeys(
        names[code] for finding in findings for code in finding.subjects if code != order.code and code in names
    )
    beside = joined(name for name, _ in others)
    checking = f"your clinic is checking this{f' together with {beside}' if beside else ''}."
    # What is prescribed is not simply left out: whoever prescribes it says what to do until then.
    first = "Ask your prescriber or us before you take or leave it" if order.is_prescribed else "Not now"
    sentences = [f"{first}: {checking}"]
    sentences += dict.fromkeys(text for finding in findings for text in paragraphs(finding.patient_text))
    is_medicine = order.is_prescribed or any(prescription for _, prescription in others)
    return Stopped(order.name, order.is_prescribed, (*sentences, *((CONSULT,) if is_medicine else ())))


def _names(plan: Plan, codes: set[str], *, user: Any) -> dict[str, tuple[str, bool]]:
    """What these codes stand for, as the patient knows it, and whether it is a medicine."""
    orders = Order.objects.visible_to(user).filter(plan=plan, code__in=codes)
    uses = MedicineUse.objects.visible_to(user).filter(patient=plan.patient_id, code__in=codes)
    tapers = Taper.objects.visible_to(user).filter(plan=plan, code__in=codes).select_related("reduces")
    return (
        {order.code: (order.name, order.is_prescribed) for order in orders}
        | {use.code: (use.name, True) for use in uses}
        | {taper.code: (taper.reduces.name, True) for taper in tapers}
    )
