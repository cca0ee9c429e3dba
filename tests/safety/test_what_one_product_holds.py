"""Hours apart of a product that holds both: kept where it lies apart from the other product."""

from collections.abc import Callable

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Finding
from protocols.domain.amount import Amount
from protocols.domain.substances import Basis
from protocols.models import Supplement
from protocols.services.supplement_checks import IngredientLine
from protocols.services.supplements import add_supplement
from tests.fixtures.personae import NOON
from tests.fixtures.supplements import OWN_SUPPLEMENT
from tests.safety.conftest import Write

HOLDS = [
    IngredientLine("ferrous bisglycinate", Amount.parse("10 mg"), Basis.ELEMENTAL, leads=True),
    IngredientLine("magnesium oxide", Amount.parse("50 mg"), Basis.SALT),
]


def multi(clinic: Clinic, by: Actor) -> Supplement:
    facts = OWN_SUPPLEMENT | {"name": "Iron with magnesium"}
    return add_supplement(clinic=clinic, facts=facts, ingredients=HOLDS, by=by, at=NOON)


def test_iron_with_magnesium_at_noon_and_magnesium_at_bedtime_lie_apart(
    order: Write, findings: Callable[[], list[Finding]], clinic: Clinic, by: Actor
) -> None:
    order("Iron with magnesium", supplement=multi(clinic, by), amount="1 {capsule}")
    assert [row for row in findings() if row.severity == "SPACE"] == []
    order("Magnesium oxide", amount="200 mg", times_of_day=["bedtime"])
    rows = [row for row in findings() if row.severity == "SPACE"]
    assert [(row.rule, row.is_kept) for row in rows] == [("R11", True)]
