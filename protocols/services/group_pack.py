"""Reading the groups that rules look at: the whole file, or a refusal with every fault, its line and its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from protocols.domain.medicines import MedicineClass
from protocols.domain.rule_terms import ConditionGroup
from protocols.domain.sources import HowRead
from protocols.domain.substances import Group, Substance, SubstanceError, Substances
from protocols.services.pack_files import GROUPS
from protocols.services.pack_lines import read_pack_and_lines, refuse
from protocols.services.pack_table import Table
from protocols.services.substance_pack import check_heading

EVERY_MEDICINE: Final = "medicine"
"""The group that holds every shipped medicine, and all that is named in a group of medicines."""
_BEGINNING: Final = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True)
class Grouped:
    """All substances, in their groups; and the groups of conditions by their keys."""

    substances: Substances
    conditions: dict[str, ConditionGroup]


def read_groups(
    items: Sequence[Substance], medicines: Sequence[tuple[str, MedicineClass]], folder: Path | None = None
) -> Grouped:
    """Put these substances into the groups of groups.toml. Raises `PackError`, and nothing was loaded.

    medicines: each substance of the catalogue with its class; a class is a group of its own, “ppi”.
    """
    file_name, content, lines = read_pack_and_lines(GROUPS, folder)
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    check_heading(pack, GROUPS)
    groups = [_group(table, items, medicines) for table in pack.tables("groups")]
    conditions = [_conditions(table) for table in pack.tables("conditions")]
    pack.close()
    _refuse_twins([group.key for group in conditions], problems)
    groups += _classes(medicines, {group.key for group in groups})
    try:
        substances = Substances(items, groups)
    except SubstanceError as error:
        problems.setdefault(error.place, str(error))
    refuse(problems, file_name=file_name, lines=lines)
    return Grouped(substances, {group.key: group for group in conditions})


def _group(table: Table, items: Sequence[Substance], medicines: Sequence[tuple[str, MedicineClass]]) -> Group:
    members = list(table.texts("members", optional=True))
    nutrients = table.texts("nutrients", optional=True)
    classes = table.texts("classes", optional=True)
    key, includes = table.text("key"), table.texts("includes", optional=True)
    for number, nutrient in enumerate(nutrients):
        found = [item.name for item in items if item.nutrient == nutrient]
        if not found:
            table.complain(f"nutrients[{number}]", f"No substance holds “{nutrient}”: check its spelling.")
        members += found
    for number, name in enumerate(classes):
        if name not in list(MedicineClass):
            table.complain(f"classes[{number}]", f"“{name}” is no class. Use one of: {', '.join(MedicineClass)}.")
        members += [substance for substance, medicine_class in medicines if medicine_class == name]
    if table.yes_if_known("every_medicine"):
        members += [substance for substance, _ in medicines]
    if not members and not includes:
        table.complain("members", "A group without any member never matches: name some, or leave it out.")
    words = table.text("words")
    _check_sources(table)
    return Group(key=key, words=words, members=tuple(members), includes=tuple(includes))


def _conditions(table: Table) -> ConditionGroup:
    codes = table.texts("codes")
    for number, code in enumerate(codes):
        if not _BEGINNING.fullmatch(code):
            table.complain(f"codes[{number}]", f"“{code}” is not how a code of ICD-10-CM begins, as in K21.0.")
    if not codes:
        table.complain("codes", "A group without any code never matches: name some, or leave it out.")
    stays = tuple(table.texts("stays", optional=True))
    for number, code in enumerate(stays):
        if not code.startswith(tuple(codes)):
            table.complain(f"stays[{number}]", f"“{code}” is none of the codes of this group.")
    found = ConditionGroup(
        key=table.text("key"),
        words=table.text("words"),
        codes=tuple(codes),
        stays=stays,
        denied_by=tuple(table.texts("denied_by", optional=True)),
    )
    _check_sources(table)
    return found


def _check_sources(table: Table) -> None:
    count = 0
    for source in table.tables("sources"):
        source.text("cite")
        source.choice("read", HowRead)
        count += 1
    if not count:
        table.complain("sources", "Say where this comes from: at least one source.")


def _classes(medicines: Sequence[tuple[str, MedicineClass]], taken: set[str]) -> list[Group]:
    """A group for each class of the catalogue that groups.toml does not widen itself."""
    by_class: dict[MedicineClass, list[str]] = {}
    for substance, medicine_class in medicines:
        by_class.setdefault(medicine_class, []).append(substance)
    return [
        Group(key=each.value.casefold(), words=each.label, members=tuple(members))
        for each, members in by_class.items()
        if each.value.casefold() not in taken
    ]


def _refuse_twins(keys: list[str], problems: dict[str, str]) -> None:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            problems.setdefault(f"conditions[{place}].key", f"“{key}” stands there twice: give each its own key.")
