"""Substances and limits as small as tests need them, written here by hand and not read from the shipped files."""

from decimal import Decimal
from typing import Any

from protocols.domain.amount import Amount, Unit
from protocols.domain.nutrients import TakenAmount
from protocols.domain.sources import Mark
from protocols.domain.substances import Basis, Group, Substance, Substances, Usual
from protocols.domain.upper_limits import Counts, Limit, Limits

KNOWN = Substances(
    [
        Substance(name="magnesium", other_names=("Mg",), nutrient="magnesium", is_salt=False),
        Substance(name="magnesium oxide", nutrient="magnesium", is_salt=True, fraction=Decimal("0.603")),
        Substance(name="magnesium bisglycinate", nutrient="magnesium", is_salt=True, fraction=Decimal("0.141")),
        Substance(name="magnesium glycinate", nutrient="magnesium", is_salt=True),
        Substance(name="zinc", nutrient="zinc", is_salt=False),
        Substance(name="zinc carnosine", nutrient="zinc", is_salt=True, fraction=Decimal("0.226")),
        Substance(
            name="vitamin d",
            other_names=("Vitamin D3", "cholecalciferol"),
            nutrient="vitamin d",
            is_salt=False,
            ug_per_iu=Decimal("0.025"),
            usual=Usual(None, Amount.parse("100 ug")),
        ),
        Substance(name="vitamin e", nutrient="vitamin e", is_salt=False),
        Substance(name="potassium", nutrient="potassium", is_salt=False),
        Substance(name="vitamin k", nutrient="vitamin k", is_salt=False),
        Substance(
            name="glutamine",
            other_names=("L-glutamine",),
            usual=Usual(Amount.parse("5 g"), Amount.parse("5 g")),
        ),
        Substance(name="glutathione", usual=Usual(Amount.parse("250 mg"), Amount.parse("1000 mg"))),
        Substance(name="ibuprofen", other_names=("Motrin", "Advil")),
        Substance(name="betaine hydrochloride", other_names=("betaine HCl",)),
    ],
    [
        Group(key="nsaid", words="anti-inflammatory medicines", members=("ibuprofen", "Naproxen")),
        Group(key="bleeding", words="what makes bleeding likelier", members=("warfarin",), includes=("nsaid",)),
    ],
)


def limit(nutrient: str, amount: str | None, *, unit: str = "mg", mark: Mark = Mark.PRIMARY, **more: Any) -> Limit:
    read = Amount.parse(amount) if amount else None
    values: dict[str, Any] = {
        "first_age": 19,
        "counts": Counts.ALL,
        "basis": "all of it",
        "version": "DRI",
        "year": 2011,
    }
    return Limit(
        nutrient=nutrient,
        amount=read,
        unit=read.unit if read else Unit(unit),
        cite="A table",
        mark=mark,
        **{**values, **more},
    )


LIMITS = Limits(
    [
        limit("magnesium", "350 mg", counts=Counts.SUPPLEMENTS, year=1997),
        limit("zinc", "40 mg"),
        limit("vitamin d", "100 ug"),
        limit("vitamin e", "1000 mg"),
        limit("vitamin k", None, unit="ug"),
        limit("copper", "10 mg", mark=Mark.REMEMBERED),
    ]
)


def taken(
    typed: str, amount: str | None, times: int | str | None = 1, *, basis: str | None = None, **more: Any
) -> TakenAmount:
    return TakenAmount(
        typed=typed,
        substance=KNOWN.find(typed),
        amount=Amount.parse(amount) if amount else None,
        times_per_day=None if times is None else Decimal(times),
        basis=Basis(basis) if basis else None,
        **more,
    )
