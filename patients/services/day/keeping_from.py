"""What is to be known of a thing without a time: how long before or after others it may be taken."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from patients.services.day.apart import HoursApart
from patients.services.day.things import Thing
from protocols.domain.day_reasons import hours_in_words, in_a_sentence
from protocols.domain.dose_words import joined


def keeps_from(
    apart: Sequence[HoursApart], things: Mapping[str, Thing], *, times_of: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """By code, a sentence each: “At least four hours before or after levothyroxine (7:00).”

    things: all that are open, by code. times_of: by code, when it is taken on this day; what is not there has no time.
    """
    found: dict[str, list[str]] = {}
    for entry in apart:
        for own, others, before, after in (
            (entry.a_codes, entry.b_codes, entry.before_hours, entry.after_hours),
            (entry.b_codes, entry.a_codes, entry.after_hours, entry.before_hours),
        ):
            for code in own:
                if code not in things or not _has_no_time(things[code]):
                    continue
                for other in others:
                    if other in things and other != code:
                        named = _named(things[other], times_of.get(other, ()))
                        found.setdefault(code, []).append(_sentence(before, after, named))
    return {code: tuple(dict.fromkeys(sentences)) for code, sentences in found.items()}


def _has_no_time(thing: Thing) -> bool:
    return thing.is_as_needed or not thing.written


def _named(thing: Thing, clocks: Sequence[str]) -> str:
    name = in_a_sentence(thing.name)
    return f"{name} ({joined(clocks)})" if clocks else name


def _sentence(before: Decimal | None, after: Decimal | None, named: str) -> str:
    if before is None and after is None:
        return f"Ask before you take it together with {named}."
    if before == after and before is not None:
        return f"At least {hours_in_words(before)} before or after {named}."
    sides = [f"{hours_in_words(before)} before"] if before is not None else []
    sides += [f"{hours_in_words(after)} after"] if after is not None else []
    return f"At least {' or '.join(sides)} {named}."
