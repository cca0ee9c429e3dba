"""A dose in words: letter, calendar, feed and pages say it in the same ones.

Once in words and once in figures (“one capsule of 20 mg”, “1 × 20 mg”), because a fax may spoil either. `form` is
always the form in words, as the signed terms hold it: “delayed-release capsule”.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Unit
from protocols.domain.pattern import Pattern, PatternKind
from protocols.domain.product import Units
from protocols.domain.slots import Slot
from protocols.domain.taper_steps import Dose

_COUNTED: Final = (Unit.CAPSULE, Unit.TABLET, Unit.PACKET)
_HALF: Final = Decimal("0.5")
_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def joined(words: Iterable[str]) -> str:
    """“a”, “a and b”, “a, b and c”; empty for none."""
    *others, last = list(words) or [""]
    return f"{', '.join(others)} and {last}" if others else last


_WHEN: Final = {
    "morning": "in the morning",
    "noon": "at noon",
    "afternoon": "in the afternoon",
    "evening": "in the evening",
    "night": "at night",
    "bedtime": "at bedtime",
}


def slot_in_words(slot: str) -> str:
    """As it stands in a sentence: “before breakfast”, “at bedtime”. A dose names it by its key, or as it was typed."""
    words = slot.replace("-", " ") if slot in set(Slot) else slot
    return _WHEN.get(words.casefold().strip(), words)


def pattern_in_words(pattern: Pattern) -> str:
    """As it stands after what is taken: “every day”, “every 2 days”, “on Mondays and Thursdays”, “as needed”."""
    words = pattern.display()
    return f"on {words}" if pattern.kind is PatternKind.WEEKDAYS else words


def noun(form: str, *, one: bool) -> str:
    """What is counted of a form in words: “capsule”, “tablets”; “units” where the form does not say it."""
    words = form.casefold().split()
    for unit in _COUNTED:
        if unit.label_of_one in words:
            return unit.label_of_one if one else unit.label
    return "unit" if one else "units"


def strength_in_words(units: Units) -> str:
    """“20 mg”; “20 mg/mL” of a liquid."""
    return f"{units.strength.display()}/mL" if units.per_ml else units.strength.display()


def counted(count: Decimal, form: str) -> str:
    """In figures, without the strength: “1 capsule”, “half a tablet”, “1½ tablets”."""
    if count == _HALF:
        return f"half a {noun(form, one=True)}"
    return f"{_figures(count)} {noun(form, one=count == 1)}"


def units_in_words(units: Units, form: str) -> str:
    """“one capsule of 20 mg”, “half a tablet of 5 mg”, “2.5 mL of 20 mg/mL”. What stands in says its own form."""
    if units.per_ml:
        return f"{units.count:f} mL of {strength_in_words(units)}{f' ({units.form})' if units.form else ''}"
    count, form = units.count, units.form or form
    if count == _HALF:
        number = "half a"
    elif count % 1 == _HALF:
        number = f"{_number(Decimal(int(count)))} and a half"
    else:
        number = _number(count)
    return f"{number} {noun(form, one=count <= 1)} of {strength_in_words(units)}"


def units_in_figures(units: Units) -> str:
    """“1 × 20 mg”, “½ × 5 mg”, “1½ × 5 mg”, “2.5 mL (20 mg/mL)”."""
    if units.per_ml:
        return f"{units.count:f} mL ({strength_in_words(units)})"
    number = "½" if units.count == _HALF else _figures(units.count)
    return f"{number} × {strength_in_words(units)}"


def taken_in_words(units: Sequence[Units], form: str) -> str:
    """“one capsule of 20 mg and two capsules of 10 mg”."""
    return joined(units_in_words(each, form) for each in units)


def taken_in_figures(units: Sequence[Units]) -> str:
    """“1 × 20 mg + 2 × 10 mg”."""
    return " + ".join(units_in_figures(each) for each in units)


def dose_in_words(dose: Dose, form: str) -> str:
    """“one capsule of 20 mg before breakfast”."""
    return f"{taken_in_words(dose.units, form)} {slot_in_words(dose.slot)}"


def _figures(count: Decimal) -> str:
    return f"{int(count)}½" if count % 1 == _HALF else f"{count:f}"


def _number(count: Decimal) -> str:
    return _NUMBERS[int(count)] if count == count.to_integral_value() and count < len(_NUMBERS) else f"{count:f}"
