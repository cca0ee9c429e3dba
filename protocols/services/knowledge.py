"""All that is known of substances and their dangers, read from the shipped packs without a database."""

import hashlib
from functools import lru_cache
from pathlib import Path

from protocols.domain.medicines import MedicineClass
from protocols.domain.rule_words import Vocabulary
from protocols.domain.safety_rules import Knowledge
from protocols.domain.safety_things import Kinds
from protocols.domain.substances import Substances
from protocols.services.group_pack import EVERY_MEDICINE, Grouped, read_groups
from protocols.services.limit_pack import read_upper_limits
from protocols.services.pack_files import (
    CATALOGUE,
    KNOWLEDGE,
    MEDICINES,
    SUPPLEMENTS,
    PackError,
    read_pack,
    read_pack_text,
)
from protocols.services.rule_pack import read_rules
from protocols.services.substance_pack import read_substances


@lru_cache(maxsize=1)
def shipped_knowledge() -> Knowledge:
    """The shipped edition, read once. Raises `PackError` with every fault of the first faulty file."""
    return read_knowledge()


def canonical_name(typed: str) -> str:
    """Of a substance that is known its one name, whatever was typed for it; else what was typed, in lower case."""
    found = shipped_knowledge().substances.find(typed)
    return typed.strip().casefold() if found is None else found.name


def read_knowledge(folder: Path | None = None) -> Knowledge:
    """What the packs in this folder say. Raises `PackError`, and nothing of it counts."""
    medicines = _medicines(folder)
    items = read_substances(folder)
    grouped = read_groups(items, medicines, folder)
    substances = grouped.substances
    edition, rules = read_rules(_vocabulary(grouped), folder)
    # A name that is only understood is checked by nothing: the catalogue, and what adds to a total, are what counts.
    named = {name for name, _ in medicines} | _of_supplements(folder)
    listed = {found.name for name in named if (found := substances.find(name)) is not None}
    listed |= {item.name for item in items if item.nutrient is not None}
    return Knowledge(
        version=f"{edition} {_digest(folder)}",
        substances=substances,
        rules=rules,
        limits=read_upper_limits(folder),
        listed=frozenset(listed),
        kinds=_kinds(medicines, substances),
    )


def _kinds(medicines: list[tuple[str, MedicineClass]], substances: Substances) -> Kinds:
    """The names of each class, and of every medicine: the group “medicine” names them all."""
    classes: dict[str, set[str]] = {}
    for typed, medicine_class in medicines:
        found = substances.find(typed)
        if found is not None and medicine_class is not MedicineClass.OTHER:
            classes.setdefault(medicine_class.value, set()).add(found.name)
    every = frozenset(substances.members(EVERY_MEDICINE)) if substances.knows_group(EVERY_MEDICINE) else frozenset()
    return Kinds({word: frozenset(names) for word, names in classes.items()}, every)


def _vocabulary(grouped: Grouped) -> Vocabulary:
    substances = grouped.substances

    def names(word: str) -> frozenset[str]:
        if substances.knows_group(word):
            return frozenset(substances.members(word))
        found = substances.find(word)
        return frozenset() if found is None else frozenset({found.name})

    holding: dict[str, set[str]] = {}
    for item in substances:
        if item.nutrient is not None:
            holding.setdefault(item.nutrient, set()).add(item.name)
    return Vocabulary(
        substances=names,
        nutrients={nutrient: frozenset(held_by) for nutrient, held_by in holding.items()},
        conditions=grouped.conditions,
    )


def _medicines(folder: Path | None) -> list[tuple[str, MedicineClass]]:
    """Each substance of the shipped medicines with its class. The rest of that file is checked where it is loaded."""
    file_name, content = read_pack(MEDICINES, folder)
    found: dict[tuple[str, MedicineClass], None] = {}
    for place, row in enumerate(content.get("medicines", [])):
        try:
            found[row["substance"], MedicineClass(row["class"])] = None
        except (KeyError, TypeError, ValueError) as error:
            raise PackError(
                [f"{file_name}, medicines[{place}]: this says no substance and class. Correct it and try again."]
            ) from error
    return list(found)


def _of_supplements(folder: Path | None) -> set[str]:
    """Every shipped supplement and its ingredients, by name. What the file says is checked where it is loaded."""
    file_name, content = read_pack(SUPPLEMENTS, folder)
    try:
        rows = content["supplements"]
        ingredients = {line["substance"] for row in rows for line in row["ingredients"]}
        return ingredients | {row["key"] for row in rows} | {row["name"] for row in rows}
    except (KeyError, TypeError) as error:
        raise PackError([f"{file_name}: not every supplement says what it holds. Correct it and try again."]) from error


def _digest(folder: Path | None) -> str:
    digest = hashlib.sha256()
    for key in (*CATALOGUE, *KNOWLEDGE):
        content = read_pack_text(key, folder)[1].encode()
        digest.update(f"{key} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
