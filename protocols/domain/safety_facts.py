"""What safety rules are asked about: everything one person takes, and what is known of her on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern
from protocols.domain.substances import Basis
from protocols.domain.written_twice import Place

_BY_MOUTH: Final = frozenset({"oral", "by mouth", "po", "p.o.", "sublingual", "buccal", "enteral", "feeding tube"})
_LOCAL: Final = frozenset(
    {
        "topical", "cutaneous", "dermal", "skin", "on the skin", "inhaled", "inhalation", "nasal", "intranasal",
        "ophthalmic", "eye", "ocular", "otic", "ear", "auricular",
    }
)  # fmt: skip
_ELSEWHERE: Final = frozenset(
    {
        "intravenous", "iv", "i.v.", "intramuscular", "im", "i.m.", "subcutaneous", "sc", "s.c.", "injection",
        "parenteral", "transdermal", "patch", "vaginal", "rectal", "systemic", "infusion",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One ingredient of one thing that is taken, or was. None is unknown throughout, and never "no".

    code: the caller's own name for the thing; ingredients of one product share it. substance: as somebody typed it.
    amount: of this ingredient, at one time. since, until: the first and the last day; without `until` it is still
    taken. begins: where it goes on with what is taken since then, the first day of this part. tapering: whether it is
    being reduced; only True is known. pattern: on which days; None: every day. is_known_item: an entry of a catalogue
    knows it. is_medicine: it is kept as a medicine. times: the times of day, as words; empty: unknown.
    medicine_class: of which class, as its word; it says what a name that nobody knows does not. written_in: where that
    it is taken is written down; None: nowhere that is known.
    """

    substance: str
    code: str = ""
    amount: Amount | None = None
    times_per_day: Decimal | None = None
    basis: Basis | None = None
    with_meal: bool | None = None
    route: str | None = None
    since: date | None = None
    begins: date | None = None
    until: date | None = None
    tapering: bool | None = None
    phase: str | None = None
    pattern: Pattern | None = None
    is_known_item: bool = False
    is_medicine: bool = False
    times: frozenset[str] = frozenset()
    medicine_class: str = ""
    written_in: Place | None = None

    @property
    def first_day(self) -> date | None:
        return self.begins or self.since

    @property
    def is_local(self) -> bool:
        """Whether it is said to act where it is put: on the skin, in the eye, in the airways."""
        return _plain(self.route) in _LOCAL

    @property
    def is_systemic(self) -> bool | None:
        """Whether it reaches the whole body; None where no route is said, or none that is known here."""
        route = _plain(self.route)
        if route in _LOCAL:
            return False
        return True if route in _BY_MOUTH | _ELSEWHERE else None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is said to be taken by another way than the mouth."""
        return _plain(self.route) in _LOCAL | _ELSEWHERE - {"systemic"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """The newest result of one test. code: LOINC, or the clinic's own. value None: it is a word, or no plain number.

    is_known: False where a test was made and nobody knows its result.
    """

    code: str
    is_known: bool = True
    value: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One person on one day. None is unknown.

    conditions: ICD-10-CM codes of what she has or had; conditions_over: of those, what is over.
    conditions_complete: nothing else is there. conditions_absent: looked for and not there. labs None: nobody knows
    which results there are. taken_complete: nothing else is taken. weight: in a unit of mass. phases: the phases
    that run."""

    taken: tuple[Taken, ...]
    on: date | None = None
    age: int | None = None
    sex: str | None = None
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    weight: Amount | None = None
    conditions: frozenset[str] | None = None
    conditions_absent: frozenset[str] = frozenset()
    conditions_over: frozenset[str] = frozenset()
    conditions_complete: bool = True
    labs: tuple[LabResult, ...] | None = None
    phases: frozenset[str] | None = None
    taken_complete: bool = True


def _plain(route: str | None) -> str:
    return " ".join((route or "").casefold().split())
