"""What is not to be taken now because the clinic is checking it, as a patient reads it: calm, and without jargon."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.models import Finding, MedicineUse, Order, Plan, Taper
from patients.models.taper_course import signed_terms, signed_version_on
from patients.portal.words import paragraphs
from protocols.domain.dose_words import joined
from protocols.domain.safety_rules import Severity
from protocols.domain.terms import TermsError
from protocols.models.catalogue import CONSULT


@dataclass(frozen=True, slots=True)
class Stopped:
    """One order. sentences: why it is not taken now, in the clinic’s plain words.

    is_prescribed: nobody leaves such a medicine out without asking.
    """

    name: str
    is_prescribed: bool
    sentences: tuple[str, ...]


def stopped_now(plan: Plan, *, user: Any, today: date, tapers: Sequence[Taper] = ()) -> list[Stopped]:
    """Orders that would be taken by now, and that a finding stops; and of these tapers those that it concerns.

    One query where nothing is stopped.
    """
    findings = list(
        Finding.objects.filter(plan=plan).undecided().filter(severity=Severity.BLOCK.value, first_day__lte=today)
    )
    if not findings:
        return []
    orders = Order.objects.visible_to(user).filter(plan=plan, is_blocked=True).to_reckon()
    waiting = [order for order in orders if order.is_open_on(today, despite_findings=True)]
    names = _names(plan, {code for finding in findings for code in finding.subjects}, user=user)
    concerned = [(taper, own) for taper in tapers if (own := [each for each in findings if taper.code in each.stops])]
    for_need = [(each, own) for each in tapers if (own := [row for row in findings if each.rescue_code in row.stops])]
    return [
        *(_of(order, [each for each in findings if order.code in each.stops], names) for order in waiting),
        *(_of_taper(taper, own, names) for taper, own in concerned),
        *(_of_rescue(taper, own, names, today=today) for taper, own in for_need),
    ]


def _of(order: Order, findings: list[Finding], names: dict[str, tuple[str, bool]]) -> Stopped:
    # What is prescribed is not simply left out: whoever prescribes it says what to do until then.
    first = "Ask your prescriber or us before you take or leave it" if order.is_prescribed else "Not now"
    sentences, is_medicine = _said(order.code, findings, names, first=first)
    consult = (CONSULT,) if order.is_prescribed or is_medicine else ()
    return Stopped(order.name, order.is_prescribed, (*sentences, *consult))


def _of_taper(taper: Taper, findings: list[Finding], names: dict[str, tuple[str, bool]]) -> Stopped:
    """It goes on as it is signed until its prescriber has answered, and no further without asking."""
    first = "Ask your prescriber or us before you reduce it further"
    sentences, _ = _said(taper.code, findings, names, first=first)
    return Stopped(taper.reduces.name, True, (*sentences, CONSULT))


def _of_rescue(taper: Taper, findings: list[Finding], names: dict[str, tuple[str, bool]], *, today: date) -> Stopped:
    """It stays on her day, as it was signed: until its prescriber has answered she asks before she takes it."""
    version, name = signed_version_on(taper, today), ""
    if version is not None:
        with suppress(TermsError):
            name = signed_terms(version).rescue.medicine
    first = "Ask your prescriber or us before you take it"
    sentences, _ = _said(taper.rescue_code, findings, names, first=first)
    return Stopped(name or "Your rescue medicine", True, (*sentences, CONSULT))


def _said(
    code: str, findings: list[Finding], names: dict[str, tuple[str, bool]], *, first: str
) -> tuple[list[str], bool]:
    """The sentences about what has this code, and whether a medicine stands beside it."""
    others = dict.fromkeys(
        names[other] for finding in findings for other in finding.subjects if other != code and other in names
    )
    beside = joined(name for name, _ in others)
    sentences = [f"{first}: your clinic is checking this{f' together with {beside}' if beside else ''}."]
    sentences += dict.fromkeys(text for finding in findings for text in paragraphs(finding.patient_text))
    return sentences, any(prescription for _, prescription in others)


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
