"""Angela takes zinc carnosine from a bottle: one capsule with breakfast from the first day of Remove, 28 days."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinics.actor import Actor, ActorKind
from clinics.models import Clinic, Prescriber
from patients.models import Order, OrderStock, Patient, Plan
from patients.services.orders.stock import count_stock
from protocols.models import Ingredient, Supplement
from tests.fixtures.personae import NOON

Write = Callable[..., Order]
Counts = Callable[..., OrderStock]


def make_supplement(name: str, clinic: Clinic | None, *, unit: str = "{capsule}", **fields: Any) -> Supplement:
    """One unit holds 75 mg, in which doses may be written."""
    made = Supplement.objects.create(
        name=name,
        clinic=clinic,
        unit=unit,
        **(
            {
                "supplement_class": "mucosa",
                "source": "A test.",
                "created_at": NOON,
                "created_by_kind": "system",
                "created_by_code": "system",
            }
            | fields
        ),
    )
    Ingredient.objects.create(
        supplement=made, position=0, substance=name.lower(), amount_value=75, amount_unit="mg", is_leading=True
    )
    return made


@pytest.fixture
def zinc(clinic: Clinic) -> Supplement:
    return make_supplement("Zinc carnosine", clinic, package_sizes=[60, 120])


@pytest.fixture
def write(plan: Plan) -> Write:
    """Put an order into the running plan, as its rows are: write("zinc", zinc, until="repair", pattern=...)."""

    def put(key: str, supplement: Supplement | None, phase: str = "remove", *, until: str = "", **fields: Any) -> Order:
        first = plan.phases.get(key=phase)
        said: dict[str, Any] = {
            "name": key.capitalize(),
            "item_kind": "supplement",
            "pattern": "daily",
            "times_of_day": ["with-breakfast"],
            "amount_value": Decimal(75),
            "amount_unit": "mg",
            "evidence": "weak",
            "source": "A test.",
        }
        return Order.objects.create(
            plan=plan,
            key=key,
            supplement=supplement,
            first_phase=first,
            last_phase=plan.phases.get(key=until) if until else first,
            **(said | fields),
        )

    return put


@pytest.fixture
def zinc_order(write: Write, zinc: Supplement) -> Order:
    return write("zinc", zinc)


@pytest.fixture
def herself(angela: Patient) -> Actor:
    return Actor(kind=ActorKind.PATIENT, code=angela.code)


@pytest.fixture
def counts(herself: Actor) -> Counts:
    """She counts on that day of the plan: counts(order, 20, 1)."""

    def count(order: Order, number: int | str, day: int = 1, *, is_all: bool = True) -> OrderStock:
        return count_stock(order, count=Decimal(number), is_all=is_all, by=herself, at=on_day(day))

    return count


@pytest.fixture
def outside(dr_price: Prescriber) -> Actor:
    return Actor(kind=ActorKind.PRESCRIBER, code=dr_price.code, clinic_code=dr_price.clinic.code)


def on_day(number: int) -> datetime:
    """Noon of that day of the plan."""
    return NOON + timedelta(days=number - 1)
