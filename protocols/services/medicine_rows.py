"""From what the pack of medicines holds to rows that are ready to be saved, or all the reasons why not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from protocols.domain.dose_form import DoseForm, FoodRule, Halving, Release
from protocols.domain.medicines import MedicineClass
from protocols.models import Medicine
from protocols.models.content import EvidenceGrade
from protocols.services.catalogue_sources import best_reading, sources_of
from protocols.services.medicine_checks import problems_of
from protocols.services.medicines import Strength
from protocols.services.pack_checks import amount_of, check_row, refuse_twins
from protocols.services.pack_files import MEDICINES, PackError
from protocols.services.pack_table import Table

EDITION: Final = re.compile(r"[0-9]{4}-[0-9]{2}(\.[0-9]+)?")
# Where the columns of a row come from in the file.
KEYS: Final = {
    "key": "key",
    "substance": "substance",
    "name": "name",
    "liquid_value": "liquid",
    "liquid_unit": "liquid",
    "liquid_step_ml": "liquid",
    "minutes_before_meal": "minutes_before_meal",
    "rxnorm_ingredient_code": "rxnorm",
}


class Fact(StrEnum):
    """What a source is given for. Everything that a medicine says has a source that is given for it."""

    CLASS = "class"
    FORM = "form"
    STRENGTHS = "strengths"
    CODES = "codes"
    HALVING = "halving"
    MEALS = "meals"
    RESCUE = "rescue"
    PRESCRIPTION = "prescription"
    EVIDENCE = "evidence"


MUST_BE_READ: Final = frozenset({Fact.STRENGTHS, Fact.CODES})
"""What no choice of our own may stand behind."""


# Unsaved rows cannot say what they are called.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MedicineRow:
    """One checked medicine, unsaved, with its strengths."""

    medicine: Medicine
    strengths: list[Strength]


def medicine_rows_of(content: Mapping[str, Any], *, file_name: str) -> tuple[str, list[MedicineRow]]:
    """Check everything; the edition, and the rows. Raises `PackError` with every problem, one sentence each."""
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    if pack.text("key") != MEDICINES:
        pack.complain("key", f"The key follows the file’s name: it is “{MEDICINES}”.")
    edition = pack.text("version")
    if not EDITION.fullmatch(edition):
        pack.complain("version", "An edition is a year and a month, as in “2026-11”; a second one is “2026-11.2”.")
    rows = [_row(table, edition) for table in pack.tables("medicines")]
    keys = [row.medicine.key for row in rows]
    refuse_twins(keys, "medicines", problems)
    if not rows:
        pack.complain("medicines", "There is no medicine here: a pack without any would retire all of them.")
    pack.close()
    if problems:
        raise PackError([f"{file_name}, {_named(path, keys)}: {sentence}" for path, sentence in problems.items()])
    return edition, rows


def _row(table: Table, edition: str) -> MedicineRow:
    medicine = Medicine(
        key=table.text("key"),
        pack_version=edition,
        substance=table.text("substance"),
        name=table.prose("name"),
        medicine_class=table.choice("class", MedicineClass) or "",
        form=table.choice("form", DoseForm, optional=True) or "",
        release=table.choice("release", Release, optional=True) or "",
        may_be_halved=table.choice("halving", Halving, optional=True) or Halving.UNKNOWN,
        food=table.choice("food", FoodRule, optional=True) or FoodRule.UNKNOWN,
        minutes_before_meal=table.whole("minutes_before_meal"),
        instruction=table.prose("instruction", optional=True),
        is_rescue=table.yes("rescue"),
        rxnorm_ingredient_code=_code(table),
        prescription_only=table.yes_if_known("prescription_only"),
        evidence=table.choice("evidence", EvidenceGrade, optional=True) or "",
    )
    for name in ("medicine_class", "form", "release", "may_be_halved", "food", "evidence"):
        setattr(medicine, name, str(getattr(medicine, name)))
    strengths = list(_strengths(table))
    _liquid(table, medicine)
    check_row(table, medicine, KEYS)
    if medicine.substance != table.text("substance"):
        table.complain("substance", "The ingredient is written in lower case, with single spaces.")
    if medicine.medicine_class:
        for field, sentence in problems_of(medicine, [strength.amount for strength in strengths]).items():
            table.complain({"may_be_halved": "halving"}.get(field, field), sentence)
    _sources(table, medicine, strengths)
    return MedicineRow(medicine=medicine, strengths=strengths)


def _strengths(table: Table) -> Iterator[Strength]:
    for inner in table.tables("strengths"):
        inner.text("amount")
        amount = amount_of(inner, "amount")
        if amount is not None and amount.value:
            yield Strength(amount, _code(inner))


def _liquid(table: Table, medicine: Medicine) -> None:
    liquid = table.table("liquid")
    if liquid is None:
        return
    for key in ("per_ml", "step"):
        liquid.text(key)
    per_ml, step = amount_of(liquid, "per_ml"), amount_of(liquid, "step")
    if per_ml is not None:
        medicine.liquid_value, medicine.liquid_unit = per_ml.value, per_ml.unit.value
    if step is not None and step.unit.value != "mL":
        liquid.complain("step", "The step of a measure is in mL.")
    elif step is not None:
        medicine.liquid_step_ml = step.value
    liquid.close()


def _code(table: Table) -> str:
    """An RxNorm code; empty where it is left out, because nobody has checked one."""
    code = table.text("rxnorm", optional=True)
    if code and not re.fullmatch(r"[0-9]{1,8}", code):
        table.complain("rxnorm", "An RxNorm code is a number of up to eight digits, in quotation marks.")
    return code


def _sources(table: Table, medicine: Medicine, strengths: list[Strength]) -> None:
    """The citations, and how well the row as a whole was read: by its strengths, or its class where it has none."""
    medicine.source, read = sources_of(table, Fact, said=_said(medicine, strengths), must_be_read=MUST_BE_READ)
    basis = Fact.STRENGTHS if strengths or medicine.liquid_value else Fact.CLASS
    medicine.mark = best_reading(read, basis).value


def _said(medicine: Medicine, strengths: list[Strength]) -> list[Fact]:
    """The kinds of facts that this medicine says anything of."""
    said = {
        Fact.CLASS: True,
        Fact.FORM: bool(medicine.form or medicine.release),
        Fact.STRENGTHS: bool(strengths or medicine.liquid_value),
        Fact.CODES: bool(medicine.rxnorm_ingredient_code or any(strength.rxnorm for strength in strengths)),
        Fact.HALVING: medicine.may_be_halved != Halving.UNKNOWN.value,
        Fact.MEALS: bool(medicine.food != FoodRule.UNKNOWN.value or medicine.instruction),
        Fact.RESCUE: medicine.is_rescue,
        Fact.PRESCRIPTION: medicine.prescription_only is not None,
        Fact.EVIDENCE: bool(medicine.evidence),
    }
    return [fact for fact, is_said in said.items() if is_said]


def _named(path: str, keys: list[str]) -> str:
    """The path with the medicine's own key beside its number, so that it is found in a long file."""
    found = re.match(r"medicines\[([0-9]+)\]", path)
    if found is None or not keys[int(found[1])]:
        return path
    return f"{found[0]} “{keys[int(found[1])]}”{path[found.end() :]}"
