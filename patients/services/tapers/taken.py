"""Everything else that a patient takes, as a prescriber reads it; and whether anybody knows if that is all."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from patients.models import MedicineReview, MedicineUse, Order, Patient, Plan, ReviewAnswer
from patients.services.documents.printable import day
from patients.services.tapers.request_content import TakenLine
from protocols.domain.amount import Amount
from protocols.domain.dose_words import joined, pattern_in_words, slot_in_words
from protocols.domain.pattern import Pattern
from protocols.domain.phases import PlanStatus
from protocols.domain.slots import Slot
from protocols.models.content import ItemKind

NOT_KNOWN = "not known"


def taken_besides(patient: Patient, *, plan: Plan | None, reduces: MedicineUse, on: date) -> tuple[TakenLine, ...]:
    """What the record says is taken that day apart from `reduces`, then what the clinic’s own plan gives."""
    uses = MedicineUse.objects.standing().filter(
        Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on), patient=patient
    )
    others = uses.exclude(pk=reduces.pk).select_related("prescriber").order_by("substance", "since", "pk")
    return (*map(use_line, others), *_orders(plan, on=on))


def completeness(patient: Patient, *, on: date) -> str:
    """Whether the list is complete, in a sentence. Unless somebody asked and said so, the rest is unknown."""
    reviews = MedicineReview.objects.standing().filter(patient=patient, as_of__lte=on)
    review = reviews.newest_first().first()
    if review is None or review.answer == ReviewAnswer.NOT_ASKED.value:
        return "Nobody has asked whether this is all: what is not listed is unknown."
    if review.answer == ReviewAnswer.INCOMPLETE.value:
        return f"Asked on {day(review.as_of)}, but it is not certain that this is all."
    return f"Asked on {day(review.as_of)}: the list of what else is taken is complete."


def use_line(use: MedicineUse) -> TakenLine:
    """One row of the record."""
    bought = "bought without prescription" if use.is_bought_without_prescription else NOT_KNOWN
    return TakenLine(
        name=use.name,
        how=how_taken(use),
        since=day(use.since) if use.since else NOT_KNOWN,
        reason=use.indication or NOT_KNOWN,
        prescriber=use.prescriber.name if use.prescriber else bought,
        source=f"{use.source_words}, {day(use.as_of)}",
    )


def how_taken(use: MedicineUse) -> str:
    """“20 mg each time, every day, before breakfast”; what is not known is said to be."""
    said = _how(use.amount, use.parsed_pattern, use.slots)
    return ", ".join([*said, use.directions]) if use.directions else ", ".join(said)


def _how(amount: Amount | None, pattern: Pattern | None, slots: list[Slot]) -> list[str]:
    return [
        f"{amount.display()} each time" if amount else "amount not known",
        pattern_in_words(pattern) if pattern else "how often is not known",
        *([joined(slot_in_words(slot.value) for slot in slots)] if slots else []),
    ]


def _orders(plan: Plan | None, *, on: date) -> Iterator[TakenLine]:
    if plan is None or plan.status != PlanStatus.ACTIVE.value:
        return
    orders = plan.orders.to_reckon().select_related("prescriber")
    versions = list(orders)
    for order in versions:
        if ItemKind(order.item_kind).is_taken and order.is_open_on(on):
            # A version that was replaced before its first day was never taken.
            windows = [window for row in versions if row.key == order.key and (window := row.window) is not None]
            began = min((window.first for window in windows), default=None)
            yield _order_line(order, on=on, since=began)


def _order_line(order: Order, *, on: date, since: date | None) -> TakenLine:
    """With the dose of that day, and since when it is taken in any version."""
    return TakenLine(
        name=order.name,
        how=", ".join(_how(order.amount_on(on), order.parsed_pattern, order.slots)),
        since=day(since) if since else NOT_KNOWN,
        reason=NOT_KNOWN,
        prescriber=order.prescriber.name if order.prescriber else "the clinic’s plan",
        source="the clinic’s plan",
    )
