"""A plan whose orders a test names itself, and short words for what stands in it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Finding, MedicineUse, Order, Patient, Plan, SourceKind
from patients.services import record
from patients.services.record import Source
from patients.services.safety.assessing import reassess
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from tests.fixtures.personae import NOON, TODAY

SOURCE = Source(kind=SourceKind.DOCUMENT, as_of=TODAY, note="The pharmacy’s list")
Write = Callable[..., Order]
Take = Callable[..., MedicineUse]


@pytest.fixture
def order(plan: Plan) -> Write:
    """Put an order into the plan, without asking the rules: order("Betaine HCl", "remove", amount="650 mg")."""

    def write(name: str, phase: str = "remove", *, amount: str = "", until: str = "", **fields: Any) -> Order:
        first = plan.phases.get(key=phase)
        said: dict[str, Any] = {"times_of_day": ["with-lunch"], "pattern": "daily", "item_kind": "supplement"}
        if amount:
            parsed = Amount.parse(amount)
            said |= {"amount_value": parsed.value, "amount_unit": parsed.unit.value}
        return Order.objects.create(
            plan=plan,
            key=name.lower().replace(" ", "-"),
            name=name,
            first_phase=first,
            last_phase=plan.phases.get(key=until) if until else first,
            evidence="weak",
            source="A test.",
            **(said | fields),
        )

    return write


@pytest.fixture
def takes(angela: Patient, by: Actor) -> Take:
    """Write into Angela's record that she takes this: takes("Ibuprofen", MedicineClass.NSAID)."""

    def write(name: str, medicine_class: MedicineClass | None = None, **fields: Any) -> MedicineUse:
        return record.add_medicine(
            angela, name=name, medicine_class=medicine_class, source=SOURCE, by=by, at=NOON, **fields
        )

    return write


@pytest.fixture
def findings(plan: Plan) -> Callable[[], list[Finding]]:
    """What stands in the plan after it was put before the rules."""

    def read() -> list[Finding]:
        reassess(plan, at=NOON)
        return list(plan.findings.standing().order_by("rule", "part", "pk"))

    return read


@pytest.fixture
def betaine_and_ibuprofen(order: Write, takes: Take, findings: Callable[[], list[Finding]]) -> Finding:
    """A BLOCK on something that the clinic gives: betaine HCl while ibuprofen is taken."""
    order("Betaine HCl", amount="650 mg")
    takes("Ibuprofen", MedicineClass.NSAID, since=date(2026, 1, 1))
    return next(row for row in findings() if row.rule == "R01")


def rules(rows: list[Finding]) -> set[str]:
    return {row.rule for row in rows}


@pytest.fixture
def prescribed(order: Write, dr_price: Prescriber) -> Write:
    """An order of a medicine that dr_price prescribes."""

    def write(name: str, phase: str = "remove", **fields: Any) -> Order:
        return order(name, phase, item_kind="medicine", prescribed_by="prescriber", prescriber=dr_price, **fields)

    return write
