"""What an order says: everything about it that a practitioner writes, apart from what becomes of it."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from clinics.models import Prescriber
from patients.models import Order, PlanPhase
from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern, PatternError
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.models import Medicine, Supplement
from protocols.models.content import EvidenceGrade, ItemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """amount: each time; None: still to be decided. titration: as `Titration.parse` reads it; empty: none.

    starts_on, ends_on: days of its own; None: with its phases, or with the taper that it hangs on.
    """

    first_phase: PlanPhase
    last_phase: PlanPhase
    name: str
    item_kind: ItemKind
    amount: Amount | None
    pattern: str = "daily"
    times_of_day: tuple[Slot, ...] = ()
    titration: tuple[dict[str, Any], ...] = ()
    instructions: str = ""
    supplement: Supplement | None = None
    medicine: Medicine | None = None
    prescribed_by: PrescribedBy = PrescribedBy.CLINIC
    prescriber: Prescriber | None = None
    starts_after_days: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    counts_as: str = ""
    taper_tie: TaperTie | None = None
    taper_tie_days: int | None = None
    evidence: EvidenceGrade = EvidenceGrade.NONE
    source: str = ""

    def columns(self) -> dict[str, Any]:
        """As the columns of a row."""
        return {
            "first_phase": self.first_phase,
            "last_phase": self.last_phase,
            "name": self.name.strip(),
            "item_kind": self.item_kind.value,
            "amount_value": None if self.amount is None else self.amount.value,
            "amount_unit": "" if self.amount is None else self.amount.unit.value,
            "pattern": _written(self.pattern),
            "times_of_day": [slot.value for slot in Slot.ordered(self.times_of_day)],
            "titration": list(self.titration),
            "instructions": self.instructions.strip(),
            "supplement": self.supplement,
            "medicine": self.medicine,
            "prescribed_by": self.prescribed_by.value,
            "prescriber": self.prescriber,
            "starts_after_days": self.starts_after_days,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "counts_as": self.counts_as,
            "taper_tie": "" if self.taper_tie is None else self.taper_tie.value,
            "taper_tie_days": self.taper_tie_days,
            "evidence": self.evidence.value,
            "source": self.source.strip(),
        }


def says_of(order: Order) -> Says:
    """What this version says; a change is this with `dataclasses.replace`."""
    return Says(
        first_phase=order.first_phase,
        last_phase=order.last_phase,
        name=order.name,
        item_kind=ItemKind(order.item_kind),
        amount=order.amount,
        pattern=order.pattern,
        times_of_day=tuple(order.slots),
        titration=tuple(order.titration),
        instructions=order.instructions,
        supplement=order.supplement,
        medicine=order.medicine,
        prescribed_by=PrescribedBy(order.prescribed_by),
        prescriber=order.prescriber,
        starts_after_days=order.starts_after_days,
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        counts_as=order.counts_as,
        taper_tie=TaperTie(order.taper_tie) if order.taper_tie else None,
        taper_tie_days=order.taper_tie_days,
        evidence=EvidenceGrade(order.evidence),
        source=order.source,
    )


def differences(before: Says, after: Says) -> list[str]:
    """The names of what is said otherwise."""
    old, new = before.columns(), after.columns()
    changed = {name for name in old if old[name] != new[name]}
    if changed & {"amount_value", "amount_unit"}:
        changed.add("amount")
    return [field.name for field in fields(Says) if field.name in changed]


def of_supplement(supplement: Supplement, *, first_phase: PlanPhase, last_phase: PlanPhase) -> Says:
    """A supplement of the catalogue with what its row says; how much is still to be decided."""
    return Says(
        first_phase=first_phase,
        last_phase=last_phase,
        name=supplement.name,
        item_kind=ItemKind.SUPPLEMENT,
        amount=None,
        instructions=supplement.instruction,
        supplement=supplement,
        evidence=EvidenceGrade(supplement.evidence or EvidenceGrade.NONE.value),
        source=supplement.source,
    )


def of_medicine(medicine: Medicine, *, first_phase: PlanPhase, last_phase: PlanPhase) -> Says:
    """A medicine of the catalogue likewise. Who decides about it is still to be said.

    Only what is known to be sold without a prescription is taken to be bought; where nobody knows, it is prescribed.
    """
    is_bought = medicine.prescription_only is False
    return Says(
        first_phase=first_phase,
        last_phase=last_phase,
        name=medicine.name,
        item_kind=ItemKind.MEDICINE,
        amount=None,
        instructions=medicine.instruction,
        medicine=medicine,
        prescribed_by=PrescribedBy.OVER_THE_COUNTER if is_bought else PrescribedBy.PRESCRIBER,
        evidence=EvidenceGrade(medicine.evidence or EvidenceGrade.NONE.value),
        source=medicine.source,
    )


def _written(pattern: str) -> str:
    """In the one spelling of equal patterns; what is none stays, and is refused where the row is checked."""
    try:
        return str(Pattern.parse(pattern))
    except PatternError:
        return pattern
