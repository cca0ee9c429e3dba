"""Another supplement in the place of one, in every plan that has it: previewed for each, confirmed for each.

What one plan would become is rehearsed: done, read, and taken back. So what is shown is what is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from clinics.actor import Actor
from clinics.domain.instants import civil_date, zone
from patients.models import Allergy, Finding, Order, Plan, SafetyCheck
from patients.models.condition import AllergyAnswer
from patients.models.order import OPEN_STANDINGS, OrderQuerySet
from patients.services.errors import InvalidRequest, Refused
from patients.services.orders.changing import change
from patients.services.orders.checking import unusual
from patients.services.orders.says import Says, says_of
from patients.services.orders.stock import at_home
from patients.services.orders.supply_words import units
from patients.services.orders.versions import begun_by
from patients.services.safety.assessing import reassess
from protocols.domain.amount import Amount
from protocols.domain.nutrients import nutrient_in_words
from protocols.domain.order_states import IllegalOrderMove, OrderStatus
from protocols.domain.swapping import Swap, SwapError, swap
from protocols.domain.titration import Titration, TitrationError
from protocols.models import Supplement
from protocols.models.content import EvidenceGrade

OVER = frozenset({OrderStatus.COMPLETED, OrderStatus.STOPPED, OrderStatus.ENTERED_IN_ERROR})
UNUSUAL: Final = ":unusual"
"""Ends what a page sends back of an amount that was shown as far from the usual: choosing it confirms it."""


class SwapReason(StrEnum):
    """Why another product takes its place."""

    DISCONTINUED = "discontinued"
    DEARER = "dearer"
    ALLERGEN = "allergen"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "discontinued": "It is no longer made",
            "dearer": "It has become dearer",
            "allergen": "It holds an allergen",
            "other": "Another reason",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One order as it was on the screen: the plan’s revision, the dose, and whether that was said to be unusual."""

    order: str
    revision: int
    dose: Amount
    is_unusual: bool = False

    def __str__(self) -> str:
        return f"{self.order}:{self.revision}:{self.dose}{UNUSUAL if self.is_unusual else ''}"

    @classmethod
    def parse(cls, text: str) -> "Chosen":
        """Raises `InvalidRequest` for what no page sends."""
        try:
            order, revision, dose = text.removesuffix(UNUSUAL).split(":", 2)
            return cls(order, int(revision), Amount.parse(dose), is_unusual=text.endswith(UNUSUAL))
        except ValueError as error:
            raise InvalidRequest("One of these could not be read. Look again, then choose.", field="plans") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPreview:
    """What the swap would be in one plan. problem: why it cannot be made here; else `chosen` is what to send back.

    reads: what the patient reads beside it then. unusual: the question about an amount that is far from the usual;
    whoever chooses it answers it. differences: of the two labels. allergens: what this patient’s record says of the new
    one. totals, appears, vanishes: what changes in the totals of a day and among the findings. left: what is at home of
    the old one; empty: not counted.
    """

    order: Order
    chosen: Chosen | None = None
    dose: Amount | None = None
    problem: str = ""
    reads: str = ""
    unusual: str = ""
    differences: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    appears: tuple[str, ...] = ()
    vanishes: tuple[str, ...] = ()
    left: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one plan. refused: why it stayed as it was; empty: it was swapped."""

    order: Order
    refused: str


def supplement_orders(*, clinics: Iterable[int], user: Any) -> OrderQuerySet:
    """The newest versions of open orders of supplements, in the running plans of these clinics that this user sees."""
    return (
        Order.objects.visible_to(user)
        .current()
        .filter(
            supplement__isnull=False,
            standing__in=OPEN_STANDINGS,
            plan__in=Plan.objects.running().filter(patient__clinic__in=list(clinics)),
        )
    )


def orders_with(product: Supplement, *, clinics: Iterable[int], user: Any) -> "QuerySet[Order]":
    """Those of them that are of this product, by the names of the patients."""
    rows = supplement_orders(clinics=clinics, user=user).filter(supplement=product).to_reckon()
    return rows.order_by("plan__patient__family_name", "plan__patient__given_name", "pk")


def preview_swap(order: Order, new: Supplement, *, by: Actor, at: datetime) -> SwapPreview:
    """What it would be in this plan. Nothing of it stays."""
    plan = order.plan
    today = civil_date(at, zone(plan.patient.zone))
    try:
        found = _equivalent(order, new)
        with transaction.atomic():
            # As the rules see it today: what stands in the rows may be of this morning.
            reassess(plan, at=at)
            before = _judged(plan)
            swapped = _swap(order, new, found, revision=plan.revision, by=by, at=at, today=today, amount_confirmed=True)
            odd = unusual(swapped)
            after = _judged(plan)
            transaction.set_rollback(True)
    except (Refused, SwapError, TitrationError, IllegalOrderMove) as refusal:
        return SwapPreview(order=order, problem=str(refusal))
    return SwapPreview(
        order=order,
        chosen=Chosen(order.code, plan.revision, found.dose, is_unusual=bool(odd)),
        dose=found.dose,
        reads=_reads_words(order, swapped),
        unusual=odd,
        differences=found.differences,
        allergens=tuple(_allergen_words(plan, new)),
        totals=tuple(_total_words(before.totals, after.totals)),
        appears=tuple(text for key, text in after.findings.items() if key not in before.findings),
        vanishes=tuple(text for key, text in before.findings.items() if key not in after.findings),
        left=_left_words(order, plan, today),
    )


def swap_in_plans(
    chosen: Iterable[Chosen],
    orders: "QuerySet[Order]",
    new: Supplement,
    *,
    reason: SwapReason,
    words: str = "",
    by: dict[int, Actor],
    at: datetime,
) -> list[Outcome]:
    """Swap in each plan that was chosen, each in a transaction of its own. orders: of which they may be.

    by: whoever acts, by the key of the clinic. A plan that was changed meanwhile is refused, and the others go on.
    Raises `InvalidRequest` where the reason says nothing.
    """
    because = words.strip()
    if reason is SwapReason.OTHER and not because:
        raise InvalidRequest("Write down why.", field="words")
    said = reason.label if not because else f"{reason.label}. {because}"
    by_code = {each.order: each for each in chosen}
    rows = orders.filter(code__in=by_code).select_related("plan__patient__clinic", "supplement")
    return [
        Outcome(order, _try(order, new, by_code[order.code], reason=said, by=by[order.plan.patient.clinic_id], at=at))
        for order in rows
    ]


def _try(order: Order, new: Supplement, chosen: Chosen, *, reason: str, by: Actor, at: datetime) -> str:
    today = civil_date(at, zone(order.plan.patient.zone))
    try:
        found = _equivalent(order, new)
        if found.dose != chosen.dose:
            raise Refused("Another dose comes out by now. Look at it again, then decide.")
        _swap(
            order,
            new,
            found,
            reason=reason,
            revision=chosen.revision,
            by=by,
            at=at,
            today=today,
            amount_confirmed=chosen.is_unusual,
        )
    except (Refused, SwapError, TitrationError, IllegalOrderMove) as refusal:
        return str(refusal)
    return ""


def _equivalent(order: Order, new: Supplement) -> Swap:
    amount, old = order.amount, order.supplement
    if amount is None or old is None:
        raise Refused("The amount is still to be decided: enter it first.")
    return swap(old.swappable(), amount, new.swappable())


def _swap(
    order: Order,
    new: Supplement,
    found: Swap,
    *,
    reason: str = "",
    revision: int,
    by: Actor,
    at: datetime,
    today: date,
    amount_confirmed: bool,
) -> Order:
    _refuse_what_is_ahead(order, today=today)
    before = says_of(order)
    says = replace(
        _in_words_of(new, order, before),
        supplement=new,
        name=new.name,
        amount=found.dose,
        titration=_titration(order, before, new, found),
    )
    return change(
        order,
        says=says,
        by=by,
        at=at,
        revision=revision,
        is_same_dose=True,
        reason=reason,
        amount_confirmed=amount_confirmed,
    )


def _in_words_of(new: Supplement, order: Order, before: Says) -> Says:
    """What the row of the old product said is said as the row of the new one does; what was written by hand stays."""
    old = order.supplement
    if old is None:
        return before
    if before.instructions.strip() == old.instruction.strip():
        before = replace(before, instructions=new.instruction)
    if before.source.strip() == old.source.strip():
        before = replace(before, source=new.source, evidence=EvidenceGrade(new.evidence or EvidenceGrade.NONE.value))
    return before


def _reads_words(order: Order, swapped: Order) -> str:
    """What the patient reads beside it then; empty where that is nothing, now and then."""
    if swapped.instructions != order.instructions:
        return f"“{swapped.instructions}”" if swapped.instructions else "Nothing any more."
    return (
        f"As before: “{order.instructions}” Change it if that is about the old product." if order.instructions else ""
    )


def _refuse_what_is_ahead(order: Order, *, today: date) -> None:
    """A dose that is ordered from a later day on is not brought forward to today."""
    first = order.first_day
    if order.replaces_id is None or (first is not None and first <= today):
        return
    versions = list(Order.objects.to_reckon().filter(plan=order.plan_id, key=order.key).order_by("number"))
    if begun_by(versions, today) is not None:
        raise Refused(f"From {first} on it is ordered otherwise already: change it by itself, and say from which day.")


def _titration(order: Order, before: Says, new: Supplement, found: Swap) -> tuple[dict[str, Any], ...]:
    """Its stages, each in the other product. Raises `SwapError` where one cannot be made."""
    if not before.titration or before.amount is None or order.supplement is None:
        return ()
    full = Titration.parse(list(before.titration), full=before.amount)
    old, other = order.supplement.swappable(), new.swappable()
    stages = [{"days": stage.days, "amount": str(swap(old, stage.amount, other).dose)} for stage in full.stages]
    return tuple(Titration.parse(stages, full=found.dose).as_json())


# --- What changes ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    findings: dict[tuple[str, str, str], str]
    totals: dict[str, dict[str, Any]]


def _judged(plan: Plan) -> _Judged:
    """What stands in the rows of this plan now."""
    check = SafetyCheck.objects.filter(plan=plan).first()
    standing = Finding.objects.filter(plan=plan).standing().order_by("rule", "pk")
    return _Judged(
        findings={(row.rule, row.part, row.text): row.text for row in standing},
        totals={} if check is None else {row["nutrient"]: row for row in check.totals},
    )


def _total_words(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> Iterable[str]:
    for nutrient in sorted({*before, *after}):
        old, new = before.get(nutrient), after.get(nutrient)
        was, now = (None if row is None else Amount.parse(row["amount"]).display() for row in (old, new))
        if was == now:
            continue
        over = " That is over the limit." if new is not None and new["is_over"] else ""
        limit = f" {new['limit_words']}" if new is not None and new["limit_words"] else ""
        yield f"{nutrient_in_words(nutrient)} a day: {was or 'none'} before, {now or 'none'} afterwards.{over}{limit}"


def _allergen_words(plan: Plan, new: Supplement) -> Iterable[str]:
    """What the record of this patient says of what is in it. Typed words are compared word by word, never guessed."""
    rows = list(Allergy.objects.standing().filter(patient=plan.patient_id))
    held = {*(new.allergens or []), *(row.substance for row in new.ingredients.all())}
    for row in rows:
        if row.answer == AllergyAnswer.ALLERGY.value and any(_names(row.substance, each) for each in held):
            yield f"An allergy is recorded: {row.substance}."
    if not rows or all(row.answer == AllergyAnswer.UNKNOWN.value for row in rows):
        yield "Allergies are not known: ask before it is swapped."


def _names(typed: str, held: str) -> bool:
    said, word = typed.casefold().split(), held.casefold().split()
    return any(said[at : at + len(word)] == word for at in range(len(said))) or any(
        word[at : at + len(said)] == said for at in range(len(word))
    )


def _left_words(order: Order, plan: Plan, today: date) -> str:
    for thing in at_home(plan, today=today):
        if any(each.pk == order.pk for each in thing.supply.orders) and thing.left is not None and thing.unit:
            return f"{units(thing.left, thing.unit)} left of the old one, as far as was counted."
    return ""
