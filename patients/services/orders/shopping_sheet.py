"""The shopping list of a plan: what to buy for the next so many days, and where, with what the clinic earns from it.

Places stand in the order of the alphabet. Nothing is ranked by what anybody earns.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from clinics.domain.paper import Paper
from patients.models import Plan
from patients.services.documents.printable import as_plain
from patients.services.documents.typesetting import pdf
from patients.services.orders.stock import CANNOT_BE_COUNTED, AtHome, at_home
from patients.services.orders.supply_words import packages_words, plain, units
from protocols.domain.shopping import ShoppingLine, shopping_list
from protocols.models import PurchasePlace

DAYS: Final = (7, 14, 28, 56)
"""For how many days a list may be made."""
USUAL_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Place:
    """Where the clinic says it is sold, and what the clinic earns from that."""

    where: str
    interest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBuy:
    """One thing. needed, missing, packages: in words. note: what is not in the numbers."""

    name: str
    needed: str
    missing: str
    packages: str
    note: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoppingSheet:
    """as_needed: taken only when needed, so nobody can say how much. not_counted: each with the reason."""

    patient_code: str
    first: date
    last: date
    days: int
    to_buy: tuple[ToBuy, ...]
    as_needed: tuple[ToBuy, ...]
    not_counted: tuple[tuple[str, str], ...]
    enough: tuple[str, ...]


def shopping_sheet(plan: Plan, *, today: date, days: int, things: list[AtHome] | None = None) -> ShoppingSheet:
    """things: what is at home, where that was read already. Raises `ShoppingError` for days out of range."""
    things = at_home(plan, today=today) if things is None else things
    by_code = {thing.code: thing for thing in things}
    items = [item for thing in things if (item := thing.shopping_item()) is not None]
    found = shopping_list(items, today=today, days=days)
    places = _places(plan, things)
    return ShoppingSheet(
        patient_code=plan.patient.code,
        first=found.first,
        last=found.last,
        days=days,
        to_buy=tuple(_to_buy(line, by_code[line.code], places[line.code]) for line in found.lines),
        as_needed=tuple(
            ToBuy(
                name=each.label,
                needed="as needed",
                missing="" if each.on_hand is None else f"{units(each.on_hand, each.unit)} when last counted",
                packages="",
                note="",
                places=places[each.code],
            )
            for each in found.as_needed
        ),
        not_counted=(
            *((each.label, each.why) for each in found.not_counted),
            *((thing.supply.name, CANNOT_BE_COUNTED) for thing in things if thing.unit is None),
        ),
        enough=tuple(by_code[code].supply.name for code in found.enough),
    )


def shopping_pdf(sheet: ShoppingSheet, *, paper: Paper, at: datetime) -> bytes:
    """The list on paper, to be ticked off. Equal lists of one day are equal bytes."""
    data: dict[str, Any] = as_plain(sheet)
    return pdf("shopping", data, at=at, paper=paper)


def shopping_file_name(sheet: ShoppingSheet) -> str:
    """It tells nobody what somebody takes."""
    return f"list-{sheet.patient_code}-{sheet.first.isoformat()}.pdf"


def _to_buy(line: ShoppingLine, thing: AtHome, places: tuple[Place, ...]) -> ToBuy:
    notes = []
    if line.on_hand is None and thing.counted_in:
        notes.append("Nobody has counted it, so all that is needed is on the list.")
    if line.is_also_as_needed:
        notes.append("What is taken as needed is not in these numbers.")
    if not line.packages:
        notes.append("The size of a package is not known.")
    return ToBuy(
        name=line.label,
        needed=_so_much(line.needed, line, thing),
        missing=_so_much(line.missing, line, thing),
        packages=packages_words(line.packages, line.unit),
        note=" ".join(notes),
        places=places,
    )


def _so_much(count: Decimal, line: ShoppingLine, thing: AtHome) -> str:
    """“30 capsules”; of what nobody can count the doses: “28 doses of 1000 IU”, or all of it, “29500 IU in all”."""
    if thing.counted_in:
        return units(count, line.unit)
    doses = {order.amount for order in thing.supply.current}
    dose = doses.pop() if len(doses) == 1 else None
    is_the_same = dose is not None and not any(order.titration for order in thing.supply.current)
    if dose is None or not is_the_same or dose.unit is not line.unit or count % dose.value:
        return f"{units(count, line.unit)} in all"
    number = count / dose.value
    return f"{plain(number)} {'dose' if number == 1 else 'doses'} of {dose.display()}"


def _places(plan: Plan, things: list[AtHome]) -> defaultdict[str, tuple[Place, ...]]:
    """By the code of each thing, in the order of the alphabet."""
    codes: dict[int, list[str]] = defaultdict(list)
    for thing in things:
        supplement = thing.supply.orders[-1].supplement_id
        if supplement is not None:
            codes[supplement].append(thing.code)
    rows = PurchasePlace.objects.standing().filter(clinic=plan.patient.clinic_id, supplement__in=codes)
    found: defaultdict[str, tuple[Place, ...]] = defaultdict(tuple)
    for row in sorted(rows, key=lambda row: (row.where.casefold(), row.pk)):
        for code in codes[row.supplement_id]:
            found[code] = (*found[code], Place(row.where, row.get_financial_interest_display()))
    return found
