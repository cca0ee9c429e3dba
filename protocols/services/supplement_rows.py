"""From what the pack of supplements holds to rows that are ready to be saved, or all the reasons why not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from protocols.domain.amount import Unit
from protocols.domain.dose_form import DoseForm, FoodRule, Halving
from protocols.domain.substances import Basis
from protocols.domain.supplements import Allergen, SupplementClass
from protocols.models import Supplement
from protocols.models.content import EvidenceGrade
from protocols.services.catalogue_sources import best_reading, sources_of
from protocols.services.medicine_rows import EDITION
from protocols.services.pack_checks import amount_of, check_row, refuse_twins
from protocols.services.pack_files import SUPPLEMENTS
from protocols.services.pack_lines import PackLines, refuse
from protocols.services.pack_table import Table
from protocols.services.supplement_checks import IngredientLine, problems_of

# Where the columns of a row come from in the file.
KEYS: Final = {
    "key": "key",
    "name": "name",
    "supplement_class": "class",
    "unit": "unit",
    "allergens": "allergens",
    "minutes_before_meal": "minutes_before_meal",
    "package_sizes": "package_sizes",
    "product_code": "code",
}
_TOLD_AT: Final = {"may_be_halved": "halving"}


class Fact(StrEnum):
    """What a source is given for. Everything that a supplement says has a source that is given for it."""

    CLASS = "class"
    INGREDIENTS = "ingredients"
    FORM = "form"
    HALVING = "halving"
    MEALS = "meals"
    ALLERGENS = "allergens"
    CODES = "codes"
    EVIDENCE = "evidence"


# Unsaved rows cannot say what they are called.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SupplementRow:
    """One checked supplement, unsaved, with its ingredients."""

    supplement: Supplement
    ingredients: list[IngredientLine]


def supplement_rows_of(
    content: Mapping[str, Any], *, file_name: str, lines: PackLines
) -> tuple[str, list[SupplementRow]]:
    """Check everything; the edition, and the rows. Raises `PackError` with every problem, its line and its place."""
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    if pack.text("key") != SUPPLEMENTS:
        pack.complain("key", f"The key follows the file’s name: it is “{SUPPLEMENTS}”.")
    edition = pack.text("version")
    if not EDITION.fullmatch(edition):
        pack.complain("version", "An edition is a year and a month, as in “2026-11”; a second one is “2026-11.2”.")
    rows = [_row(table, edition) for table in pack.tables("supplements")]
    keys = [row.supplement.key for row in rows]
    refuse_twins(keys, "supplements", problems)
    if not rows:
        pack.complain("supplements", "There is no supplement here: a pack without any would retire all of them.")
    pack.close()
    refuse(problems, file_name=file_name, lines=lines, named=lambda path: _named(path, keys))
    return edition, rows


def _row(table: Table, edition: str) -> SupplementRow:
    supplement = Supplement(
        key=table.text("key"),
        pack_version=edition,
        name=table.prose("name"),
        supplement_class=str(table.choice("class", SupplementClass) or ""),
        form=str(table.choice("form", DoseForm, optional=True) or ""),
        unit=str(table.choice("unit", Unit) or ""),
        may_be_halved=str(table.choice("halving", Halving, optional=True) or Halving.UNKNOWN),
        food=str(table.choice("food", FoodRule, optional=True) or FoodRule.UNKNOWN),
        minutes_before_meal=table.whole("minutes_before_meal"),
        instruction=table.prose("instruction", optional=True),
        evidence=str(table.choice("evidence", EvidenceGrade) or ""),
        allergens=_allergens(table),
        product_code=table.text("code", optional=True),
    )
    ingredients = list(_ingredients(table))
    check_row(table, supplement, KEYS)
    for field, sentence in problems_of(supplement, ingredients).items():
        table.complain(_TOLD_AT.get(field, field), sentence)
    _sources(table, supplement, ingredients)
    return SupplementRow(supplement=supplement, ingredients=ingredients)


def _allergens(table: Table) -> list[str] | None:
    """As the label names them; None where the key is left out: nobody has read a label."""
    inner = table.texts_if_known("allergens")
    for name in inner or []:
        if name not in list(Allergen):
            table.complain("allergens", f"“{name}” is unknown here. Use some of: {', '.join(Allergen)}.")
    return inner


def _ingredients(table: Table) -> Iterator[IngredientLine]:
    for inner in table.tables("ingredients"):
        substance = inner.text("substance")
        amount = amount_of(inner, "amount")
        line = IngredientLine(
            substance,
            amount if amount is not None and amount.value else None,
            inner.choice("basis", Basis, optional=True),
            inner.yes("leads"),
        )
        if line.name != substance:
            inner.complain("substance", "An ingredient is written in lower case, with single spaces.")
        yield line


def _sources(table: Table, supplement: Supplement, ingredients: list[IngredientLine]) -> None:
    """The citations, and how well the row was read: by its amounts, or where these only count, by its evidence."""
    measured = [
        line for line in ingredients if line.amount is not None and not line.is_the_unit_itself(supplement.unit)
    ]
    said = {
        Fact.CLASS: True,
        Fact.INGREDIENTS: bool(measured),
        Fact.FORM: bool(supplement.form),
        Fact.HALVING: supplement.may_be_halved != Halving.UNKNOWN.value,
        Fact.MEALS: bool(supplement.food != FoodRule.UNKNOWN.value or supplement.instruction),
        Fact.ALLERGENS: supplement.allergens is not None,
        Fact.CODES: bool(supplement.product_code),
        Fact.EVIDENCE: bool(supplement.evidence),
    }
    supplement.source, read = sources_of(
        table,
        Fact,
        said=[fact for fact, is_said in said.items() if is_said],
        must_be_read={Fact.INGREDIENTS, Fact.CODES, Fact.ALLERGENS},
    )
    supplement.mark = best_reading(read, Fact.INGREDIENTS if measured else Fact.EVIDENCE).value


def _named(path: str, keys: list[str]) -> str:
    """The path with the supplement's own key beside its number, so that it is found in a long file."""
    found = re.match(r"supplements\[([0-9]+)\]", path)
    if found is None or not keys[int(found[1])]:
        return path
    return f"{found[0]} “{keys[int(found[1])]}”{path[found.end() :]}"
