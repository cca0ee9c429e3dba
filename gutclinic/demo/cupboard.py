"""What the clinic of the demonstration adds to the shipped catalogue, and where it says that things are sold."""

from datetime import datetime
from typing import Final

from clinics.actor import Actor
from clinics.models import Clinic
from protocols.domain.amount import Amount
from protocols.domain.substances import Basis
from protocols.models import FinancialInterest, Supplement
from protocols.services.purchase_places import name_place
from protocols.services.supplement_checks import IngredientLine
from protocols.services.supplements import add_supplement

OWN_MAGNESIUM: Final = "Magnesium bisglycinate"
# Made up, like the label it comes from.
PACKAGES: Final = [60, 120]


def fill_cupboard(clinic: Clinic, *, by: Actor, at: datetime) -> None:
    """A supplement of the clinic’s own, which it sells itself, and a shipped one, from which it earns nothing."""
    own = add_supplement(
        clinic=clinic,
        facts={
            "name": OWN_MAGNESIUM,
            "brand": "Lindenhof",
            "supplement_class": "mineral",
            "form": "capsule",
            "unit": "{capsule}",
            "package_sizes": PACKAGES,
            "instruction": "Swallow it with a glass of water.",
            "source": "Its label",
        },
        ingredients=[
            IngredientLine("magnesium bisglycinate", amount=Amount.parse("100 mg"), basis=Basis.ELEMENTAL, leads=True)
        ],
        by=by,
        at=at,
    )
    places = (
        (own, "At our own desk", FinancialInterest.SELLS),
        (own, "Any pharmacy, for one like it", FinancialInterest.NONE),
        (shipped_supplement("phgg-powder"), "Any pharmacy", FinancialInterest.NONE),
    )
    for supplement, where, interest in places:
        name_place(supplement, clinic=clinic, where=where, financial_interest=interest.value, by=by, at=at)


def shipped_supplement(key: str) -> Supplement:
    return Supplement.objects.current().get(clinic__isnull=True, key=key)


def own_supplement(clinic: Clinic, name: str) -> Supplement:
    return Supplement.objects.current().get(clinic=clinic, name=name)
