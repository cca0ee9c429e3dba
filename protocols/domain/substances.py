"""What is taken, by name: one canonical name for each substance, whatever people type, and what it holds.

A magnesium salt is not magnesium: 500 mg of the oxide hold 301.5 mg. What nobody has read is None and stays unknown; it
is never guessed from a similar name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from protocols.domain.amount import Amount, Unit


class Basis(StrEnum):
    """What an amount counts: the compound as a whole, or the nutrient in it."""

    SALT = "salt"
    ELEMENTAL = "elemental"

    @property
    def label(self) -> str:
        return {"salt": "the compound", "elemental": "the nutrient in it"}[self.value]


class SubstanceError(ValueError):
    """What is known of substances contradicts itself. `place`: the path of what to correct, as in `substances[3]`."""

    def __init__(self, sentence: str, *, place: str) -> None:
        super().__init__(sentence)
        self.place = place


@dataclass(frozen=True, slots=True)
class Usual:
    """The amounts at one time that a source names. least: None where only the most was read."""

    least: Amount | None
    most: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """One substance. An empty text and None say that nobody has read it."""

    name: str
    """Canonical, in lower case: "magnesium oxide"."""
    other_names: tuple[str, ...] = ()
    """What people type for it: brands and spellings."""
    groups: frozenset[str] = frozenset()
    """Every group that names it, itself or through another group."""
    nutrient: str | None = None
    """The daily total that it counts towards; None: none."""
    is_salt: bool | None = None
    """True: a compound that holds the nutrient. False: the bare nutrient. None: it holds none."""
    fraction: Decimal | None = None
    """The part of a compound that is the nutrient, by weight. None: unknown."""
    ug_per_iu: Decimal | None = None
    """Only where a source says so; no other substance converts from IU."""
    activities: tuple[Unit, ...] = ()
    """The units of activity that a label may state for this enzyme; empty: it is none, or nobody has read them."""
    usual: Usual | None = None
    rxnorm: str = ""

    @property
    def default_basis(self) -> Basis | None:
        """What an amount counts if nobody says it: a compound counts as such, a bare nutrient as itself."""
        if self.is_salt is None:
            return None
        return Basis.SALT if self.is_salt else Basis.ELEMENTAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Substances that rules look at together."""

    key: str
    words: str = ""
    members: tuple[str, ...] = ()
    """As typed: any name of a substance. One that is not known otherwise is a substance by this name alone."""
    includes: tuple[str, ...] = ()
    """Other groups, whose members are members here too."""


class Substances:
    """All substances and the groups they are in. Nothing changes after it is made.

    Raises `SubstanceError` when a name stands for two substances, or a group includes itself or an unknown one.
    """

    def __init__(self, items: Iterable[Substance], groups: Sequence[Group] = ()) -> None:
        known: dict[str, Substance] = {}
        named: dict[str, str] = {}
        for place, item in enumerate(items):
            _name(item, f"substances[{place}].name", known, named)
        for place, group in enumerate(groups):
            for number, member in enumerate(group.members):
                if _found(member, named) is None:
                    item = Substance(name=" ".join(member.lower().split()))
                    _name(item, f"groups[{place}].members[{number}]", known, named)
        members = _members(groups, named)
        of: dict[str, set[str]] = {name: set() for name in known}
        for key, names in members.items():
            for name in names:
                of[name].add(key)
        self._by_name = MappingProxyType(
            {name: replace(item, groups=frozenset(of[name])) for name, item in known.items()}
        )
        self._named = MappingProxyType(named)
        self._members = MappingProxyType(members)
        self._groups = MappingProxyType({group.key: group for group in groups})

    def __iter__(self) -> Iterator[Substance]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, typed: str) -> Substance | None:
        """The substance of this name, brand or spelling; None: not known here. Never a similar one.

        Capitals, spaces, hyphens, dots and accents make no difference. Words in brackets count where they belong to a
        name ("magnesium (oxide)") and are passed over where they do not ("magnesium (as glycinate)").
        """
        name = _found(typed, self._named)
        return self._by_name[name] if name is not None else None

    def knows_group(self, group: str) -> bool:
        return group in self._groups

    def members(self, group: str) -> tuple[str, ...]:
        """Canonical names, in the order of the file. Raises `KeyError` for a group that is not known."""
        return self._members[group]

    def words_of(self, group: str) -> str:
        """The group in words for people. Raises `KeyError` for a group that is not known."""
        return self._groups[group].words

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self._groups)


def spelling(typed: str) -> str:
    """What of a typed name counts when names are compared: letters and digits."""
    plain = unicodedata.normalize("NFKD", typed).casefold()
    return "".join(character for character in plain if character.isalnum())


def _name(item: Substance, place: str, known: dict[str, Substance], named: dict[str, str]) -> None:
    if item.name in known:
        raise SubstanceError(f"“{item.name}” stands there twice: say it once.", place=place)
    known[item.name] = item
    for number, name in enumerate((item.name, *item.other_names)):
        where = f"{place.removesuffix('.name')}.other_names[{number - 1}]" if number else place
        key = spelling(name)
        if not key:
            raise SubstanceError(f"“{name}” has no letter: write a name.", place=where)
        if key in named:
            raise SubstanceError(f"“{name}” already stands for {named[key]}: one name is one substance.", place=where)
        named[key] = item.name


def _found(typed: str, named: Mapping[str, str]) -> str | None:
    return named.get(spelling(typed)) or named.get(spelling(_without_brackets(typed)))


def _without_brackets(typed: str) -> str:
    depth, kept = 0, []
    for character in typed:
        depth += character in "(["
        if not depth:
            kept.append(character)
        depth -= character in ")]" and depth > 0
    return "".join(kept)


def _members(groups: Sequence[Group], named: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    by_key: dict[str, Group] = {}
    for place, group in enumerate(groups):
        if group.key in by_key:
            raise SubstanceError(f"The group “{group.key}” stands there twice.", place=f"groups[{place}].key")
        by_key[group.key] = group
    for place, group in enumerate(groups):
        for number, key in enumerate(group.includes):
            if key not in by_key:
                raise SubstanceError(
                    f"There is no group “{key}”: check its spelling.", place=f"groups[{place}].includes[{number}]"
                )
    return {
        group.key: tuple(dict.fromkeys(_all_members(group, by_key, named, f"groups[{place}].includes", ())))
        for place, group in enumerate(groups)
    }


def _all_members(
    group: Group, by_key: Mapping[str, Group], named: Mapping[str, str], place: str, above: tuple[str, ...]
) -> list[str]:
    if group.key in above:
        raise SubstanceError(f"The group “{group.key}” includes itself: take one of the two out.", place=place)
    found = [name for member in group.members if (name := _found(member, named)) is not None]
    for key in group.includes:
        found += _all_members(by_key[key], by_key, named, place, (*above, group.key))
    return found
