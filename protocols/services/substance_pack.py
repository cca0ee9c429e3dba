"""Reading what is known of substances: the whole file, or a refusal with every fault, its line and its place."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from protocols.domain.amount import ACTIVITIES, Unit
from protocols.domain.substances import Substance, SubstanceError, Substances, Usual
from protocols.services.fact_sources import check_sources
from protocols.services.pack_checks import amount_of
from protocols.services.pack_files import SUBSTANCES
from protocols.services.pack_lines import PackLines, read_pack_and_lines, refuse
from protocols.services.pack_table import Table

EDITION: Final = re.compile(r"[0-9]{4}-[0-9]{2}(\.[0-9]+)?")
WIDEST_RANGE: Final = 100
"""A usual amount from 1 mg to 1 g says nothing about units."""

_DECIMAL: Final = re.compile(r"[0-9]\.[0-9]{1,6}")


class Fact(StrEnum):
    """What of a substance needs a source. Names claim nothing: they are what people type."""

    FRACTION = "fraction"
    IU = "iu"
    ACTIVITIES = "activities"
    USUAL = "usual"
    CODES = "codes"


def read_substances(folder: Path | None = None) -> tuple[Substance, ...]:
    """Everything in substances.toml, in its order. Raises `PackError`, and nothing was loaded."""
    file_name, content, lines = read_pack_and_lines(SUBSTANCES, folder)
    return substances_of(content, lines=lines, file_name=file_name)


def substances_of(content: Mapping[str, Any], *, lines: PackLines, file_name: str) -> tuple[Substance, ...]:
    """Check everything. Raises `PackError` with every problem, one sentence each, with file, line and place."""
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    check_heading(pack, SUBSTANCES)
    items = [_substance(table) for table in pack.tables("substances")]
    if not items:
        pack.complain("substances", "There is no substance here: without any, nothing could be checked.")
    pack.close()
    _check_nutrients(items, problems)
    if not problems:
        try:
            Substances(items)
        except SubstanceError as error:
            problems[error.place] = str(error)
    refuse(problems, file_name=file_name, lines=lines, named=lambda path: _named(path, items))
    return tuple(items)


def check_heading(pack: Table, key: str) -> str:
    """The key and the edition of a knowledge pack; the edition."""
    if pack.text("key") != key:
        pack.complain("key", f"The key follows the file’s name: it is “{key}”.")
    edition = pack.text("version")
    if not EDITION.fullmatch(edition):
        pack.complain("version", "An edition is a year and a month, as in “2026-11”; a second one is “2026-11.2”.")
    return edition


def _substance(table: Table) -> Substance:
    name = table.text("name")
    if name != " ".join(name.lower().split()):
        table.complain("name", "The canonical name is written in lower case, with single spaces.")
    nutrient, is_salt = table.text("nutrient", optional=True) or None, table.yes_if_known("salt")
    if (nutrient is None) != (is_salt is None):
        table.complain("salt", "Say both: the nutrient, and whether this is a compound of it. Or neither.")
    fraction = _decimal(table, "fraction")
    if fraction is not None and not is_salt:
        table.complain(
            "fraction", "Only a compound has a part that is the nutrient: say “salt = true”, or leave it out."
        )
    if fraction is not None and not 0 < fraction < 1:
        table.complain("fraction", "The part of a compound lies between 0 and 1, as in “0.603”.")
    ug_per_iu = _decimal(table, "ug_per_iu")
    if ug_per_iu is not None and (nutrient is None or is_salt):
        table.complain("ug_per_iu", "Only a bare nutrient converts from IU.")
    elif ug_per_iu is not None and not ug_per_iu:
        table.complain("ug_per_iu", "One IU is more than zero µg.")
    item = Substance(
        name=name,
        other_names=tuple(table.texts("other_names", optional=True)),
        nutrient=nutrient,
        is_salt=is_salt,
        fraction=fraction,
        ug_per_iu=ug_per_iu,
        activities=_activities(table),
        usual=_usual(table),
        rxnorm=_code(table),
    )
    said = {
        Fact.FRACTION: item.fraction is not None,
        Fact.IU: item.ug_per_iu is not None,
        Fact.ACTIVITIES: bool(item.activities),
        Fact.USUAL: item.usual is not None,
        Fact.CODES: bool(item.rxnorm),
    }
    check_sources(table, Fact, [fact for fact, is_said in said.items() if is_said])
    return item


def _decimal(table: Table, key: str) -> Decimal | None:
    """A part, written as text so that it stays exact; None where it is left out."""
    text = table.text(key, optional=True)
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        table.complain(key, "Write a decimal in quotation marks, as in “0.603”.")
        return None
    return Decimal(text)


def _activities(table: Table) -> tuple[Unit, ...]:
    known = sorted([*ACTIVITIES, Unit.USP, Unit.UNIT], key=lambda unit: unit.value)
    found: list[Unit] = []
    for number, word in enumerate(table.texts("activities", optional=True)):
        if word in known:
            found.append(Unit(word))
        else:
            table.complain(f"activities[{number}]", f"“{word}” is no activity. Use some of: {', '.join(known)}.")
    return tuple(found)


def _usual(table: Table) -> Usual | None:
    inner = table.table("usual")
    if inner is None:
        return None
    inner.text("most")
    least, most = amount_of(inner, "least"), amount_of(inner, "most")
    inner.close()
    for key, amount in (("least", least), ("most", most)):
        if amount is not None and amount.micrograms is None:
            inner.complain(key, "A usual amount is in g, mg or ug.")
            return None
    if most is None or not most.value or (least is not None and not least.value):
        return None
    if least is not None and least.micrograms is not None and most.micrograms is not None:
        if most.micrograms < least.micrograms:
            inner.complain("most", "The most is no less than the least.")
        elif least.micrograms * WIDEST_RANGE < most.micrograms:
            inner.complain("most", f"A range of more than 1 to {WIDEST_RANGE} says nothing about units: leave it out.")
    return Usual(least, most)


def _code(table: Table) -> str:
    code = table.text("rxnorm", optional=True)
    if code and not re.fullmatch(r"[0-9]{1,8}", code):
        table.complain("rxnorm", "An RxNorm code is a number of up to eight digits, in quotation marks.")
    return code


def _check_nutrients(items: list[Substance], problems: dict[str, str]) -> None:
    """Every nutrient has a bare form, so that whoever types its name is understood."""
    bare = {item.nutrient for item in items if item.is_salt is False}
    for place, item in enumerate(items):
        if item.nutrient is not None and item.nutrient not in bare:
            problems.setdefault(
                f"substances[{place}].nutrient",
                f"“{item.nutrient}” has no bare form in this file: check its spelling, or add it with “salt = false”.",
            )


def _named(path: str, items: list[Substance]) -> str:
    """The path with the substance's own name beside its number, so that it is found in a long file."""
    found = re.match(r"substances\[([0-9]+)\]", path)
    if found is None or not items[int(found[1])].name:
        return path
    return f"{found[0]} “{items[int(found[1])].name}”{path[found.end() :]}"
