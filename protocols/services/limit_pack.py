"""Reading the upper limits: the whole file, or a refusal with every fault, its line and its place."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from protocols.domain.amount import Amount, Unit
from protocols.domain.sources import Mark
from protocols.domain.upper_limits import Counts, Limit, Limits, find_overlap
from protocols.services.fact_sources import fact_source
from protocols.services.pack_checks import amount_of
from protocols.services.pack_files import UPPER_LIMITS
from protocols.services.pack_lines import PackLines, read_pack_and_lines, refuse
from protocols.services.pack_table import Table
from protocols.services.substance_pack import check_heading

SEXES: Final = ("female", "male")
OLDEST: Final = 120


def read_upper_limits(folder: Path | None = None) -> Limits:
    """Every row of upper_limits.toml, disabled ones too. Raises `PackError`, and nothing was loaded."""
    file_name, content, lines = read_pack_and_lines(UPPER_LIMITS, folder)
    return limits_of(content, lines=lines, file_name=file_name)


def limits_of(content: Mapping[str, Any], *, lines: PackLines, file_name: str) -> Limits:
    """Check everything. Raises `PackError` with every problem, one sentence each, with file, line and place."""
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    check_heading(pack, UPPER_LIMITS)
    rows = [_limit(table) for table in pack.tables("limits")]
    if not rows:
        pack.complain("limits", "There is no limit here: without any, no total could be compared.")
    pack.close()
    _check_units(rows, problems)
    if not problems and (place := find_overlap(rows)) is not None:
        problems[f"limits[{place}].first_age"] = (
            f"Another limit of {rows[place].nutrient} holds for the same people: say the ages of each."
        )
    refuse(problems, file_name=file_name, lines=lines, named=lambda path: _named(path, rows))
    return Limits(rows)


def _limit(table: Table) -> Limit:
    amount, unit = _amount(table)
    first_age, last_age = table.whole("first_age"), table.whole("last_age")
    if first_age is None:
        table.complain("first_age", "Say from which age it holds: it is unknown for anybody younger.")
    for key, age in (("first_age", first_age), ("last_age", last_age)):
        if age is not None and not 0 <= age <= OLDEST:
            table.complain(key, f"An age is 0 to {OLDEST} completed years.")
    if first_age is not None and last_age is not None and last_age < first_age:
        table.complain("last_age", "The last age is no less than the first.")
    sex = table.text("sex", optional=True) or None
    if sex is not None and sex not in SEXES:
        table.complain("sex", f"“{sex}” is unknown here. Use one of: {', '.join(SEXES)}; or leave it out for both.")
    year = table.whole("year")
    if year is None or not 1900 <= year <= 2100:
        table.complain("year", "Say the year of this limit, as in 2011: old and new ones differ.")
    source = fact_source(table)
    return Limit(
        nutrient=table.text("nutrient"),
        unit=unit,
        amount=amount,
        counts=table.choice("counts", Counts) or Counts.ALL,
        first_age=first_age or 0,
        last_age=last_age,
        sex=sex,
        pregnant=table.yes_if_known("pregnant"),
        basis=table.text("basis"),
        version=table.text("version"),
        year=year or 0,
        cite=source.cite if source is not None else "",
        mark=source.mark if source is not None else Mark.REMEMBERED,
    )


def _amount(table: Table) -> tuple[Amount | None, Unit]:
    """The limit and its unit; no amount where the source says that none is set."""
    amount, none_set = amount_of(table, "amount"), table.yes("none_set")
    written = table.text("unit", optional=True)
    if none_set == bool(table.text("amount", optional=True)):
        table.complain("amount", "Give an amount, or “none_set = true” where the source says that none is set.")
    if none_set:
        if written not in {Unit.UG, Unit.MG, Unit.G}:
            table.complain("unit", "Without an amount, say in which unit totals are written: g, mg or ug.")
            return None, Unit.MG
        return None, Unit(written)
    if written:
        table.complain("unit", "The amount has its unit: leave this out.")
    if amount is None:
        return None, Unit.MG
    if amount.micrograms is None:
        table.complain("amount", "A limit is in g, mg or ug.")
    return amount, amount.unit


def _check_units(rows: list[Limit], problems: dict[str, str]) -> None:
    units: dict[str, Unit] = {}
    for place, row in enumerate(rows):
        if units.setdefault(row.nutrient, row.unit) is not row.unit:
            problems.setdefault(
                f"limits[{place}].amount", f"Another limit of {row.nutrient} is in {units[row.nutrient]}: use one unit."
            )


def _named(path: str, rows: list[Limit]) -> str:
    """The path with the nutrient beside its number, so that it is found in a long file."""
    found = re.match(r"limits\[([0-9]+)\]", path)
    if found is None or not rows[int(found[1])].nutrient:
        return path
    return f"{found[0]} “{rows[int(found[1])].nutrient}”{path[found.end() :]}"
