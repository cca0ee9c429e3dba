"""Whether something is taken in the way that a rule asks about: how much, since when, with what, by which route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from protocols.domain.amount import Amount, AmountError, UnitMismatch
from protocols.domain.rule_terms import Comparison, Daily, HowMuch, Per, Span, Taking
from protocols.domain.safety_courses import Course, courses
from protocols.domain.safety_doses import bound_of, most_together
from protocols.domain.safety_facts import Situation, Taken
from protocols.domain.safety_things import NOTHING_ELSE, Combination, DailyAmount, Facts


def ways_of_taking(asked: Taking, facts: Facts) -> list[Combination]:
    """A combination for each substance that is taken so, or may be."""
    found = []
    asks_how_long = asked.for_at_least is not None or asked.for_more_than is not None
    since = courses(facts, asked) if asks_how_long else {}
    for name, entries in facts.things.items():
        is_certain = facts.is_asked_about(name, asked)
        if not is_certain and not facts.may_be_asked_about(name, asked):
            continue
        held: list[tuple[int, tuple[str, ...]]] = []
        unknown: list[tuple[int, tuple[str, ...]]] = []
        for place, taken in entries:
            missing = _missing(asked, taken, facts.situation, since.get(place))
            if missing is None:
                continue
            if not is_certain:
                missing = (*missing, f"what {taken.substance} is")
            (unknown if missing else held).append((place, missing))
        chosen = held or unknown
        if chosen:
            found.append(
                Combination(
                    names=frozenset({name}),
                    entries=frozenset(place for place, _ in chosen),
                    values=frozenset() if asked.how_much is None else _amounts(facts, (place for place, _ in chosen)),
                    unknown=tuple(dict.fromkeys(word for _, missing in chosen for word in missing)),
                )
            )
    if asked.how_much is not None and all(each.unknown for each in found):
        found = together(asked, asked.how_much, facts) or found
    if not found and not facts.situation.taken_complete:
        return [Combination(unknown=(NOTHING_ELSE,))]
    return found


def together(asked: Taking, how_much: HowMuch, facts: Facts) -> list[Combination]:
    """Everything that is taken so, beside its amount, as one combination: if all of it comes to so much together."""
    plain = replace(asked, how_much=None)
    places = [
        (place, name, taken)
        for name, entries in facts.things.items()
        if facts.is_asked_about(name, asked)
        for place, taken in entries
        if _missing(plain, taken, facts.situation, None) == ()
    ]
    bound = bound_of(how_much, facts.situation)
    if len(places) < 2 or bound is None:
        return []
    most = most_together(how_much, (taken for _, _, taken in places))
    if not how_much.comparison.holds(most, bound):
        return []
    return [
        Combination(
            names=frozenset(name for _, name, _ in places),
            entries=frozenset(place for place, _, _ in places),
            values=frozenset({f"together {most}"}),
        )
    ]


def daily_total(asked: Daily, facts: Facts) -> list[Combination]:
    """One combination of everything that adds to it, if it comes to so much, or may."""
    daily = facts.daily.get(asked.nutrient) if asked.nutrient is not None else _sum_of(asked, facts)
    if daily is None or not daily.entries:
        return []
    found = Combination(names=daily.names, entries=daily.entries, values=frozenset({f"{asked.words} {daily.amount}"}))
    unknown = replace(found, values=frozenset(), unknown=daily.unknown)
    if daily.amount is None:
        return [unknown]
    try:
        holds = asked.comparison.holds(daily.amount.to(asked.amount.unit).value, asked.amount.value)
    except UnitMismatch:
        return [replace(found, unknown=(f"{asked.words} in {asked.amount.unit.label}",))]
    # What is still to be added can only make it more.
    if asked.comparison in {Comparison.MORE, Comparison.AT_LEAST}:
        return [found] if holds else [unknown] if daily.unknown else []
    return [] if not holds else [unknown] if daily.unknown else [found]


def is_taken_on(taken: Taken, on: date | None) -> bool | None:
    """Whether it is taken that day. Without a day nobody can say whether a last day has come: None."""
    if on is None:
        return True if taken.until is None else None
    return (taken.first_day is None or taken.first_day <= on) and (taken.until is None or on <= taken.until)


def _sum_of(asked: Daily, facts: Facts) -> DailyAmount | None:
    """Amounts of these substances as they are, added up."""
    total = Amount(Decimal(0), asked.amount.unit)
    names, entries, unknown = set(), set(), []
    perhaps: dict[int, str] = {}
    for name, things in facts.things.items():
        for place, taken in things if name in asked.names else ():
            is_taken = False if taken.is_local else is_taken_on(taken, facts.situation.on)
            if is_taken is None:
                perhaps[place] = name
            if not is_taken:
                continue
            names.add(name)
            entries.add(place)
            try:
                total += _of_a_day(taken).to(asked.amount.unit)
            except (_Unknown, AmountError) as error:
                fact = error.fact if isinstance(error, _Unknown) else f"amount of {taken.substance}"
                unknown.append(fact)
    if perhaps:
        unknown.append("on")
    return DailyAmount(total, frozenset(names or perhaps.values()), frozenset(entries or perhaps), tuple(unknown))


class _Unknown(Exception):
    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


def _of_a_day(taken: Taken) -> Amount:
    if taken.amount is None:
        raise _Unknown(f"amount of {taken.substance}")
    if taken.times_per_day is None:
        raise _Unknown(f"times_per_day of {taken.substance}")
    return taken.amount * taken.times_per_day


def _missing(asked: Taking, taken: Taken, situation: Situation, course: Course | None) -> tuple[str, ...] | None:
    """What would have to be known for this to be taken so; empty if it is; None if it is not."""
    unknown: list[str] = []
    for holds, fact in _questions(asked, taken, situation, course):
        if holds is False:
            return None
        if holds is None:
            unknown.append(fact)
    return tuple(unknown)


def _amounts(facts: Facts, places: Iterable[int]) -> frozenset[str]:
    """How much each of these is: a decision about one amount says nothing of another."""
    found = (facts.situation.taken[place] for place in places)
    return frozenset(f"{each.substance.casefold()} {each.amount} {each.times_per_day}" for each in found)


def _questions(
    asked: Taking, taken: Taken, situation: Situation, course: Course | None
) -> Iterator[tuple[bool | None, str]]:
    """Each question that this asks, with its answer and the fact that the answer hangs on."""
    name = taken.substance
    if asked.is_oral_only:
        yield not taken.is_elsewhere, "route"
    elif asked.needs_systemic_route:
        yield taken.is_systemic, f"route of {name}"
    else:
        yield not taken.is_local, "route"
    yield _is_taken(asked, taken, situation), "on"
    if asked.is_tapering:
        yield taken.tapering is True, "tapering"
    if asked.changed_within is not None:
        yield from _changed(asked.changed_within, taken, situation)
    for span, is_more in ((asked.for_at_least, False), (asked.for_more_than, True)):
        if span is not None:
            yield from _long_enough(span, is_more, taken, situation, course)
    if asked.with_meal is not None:
        yield None if taken.with_meal is None else taken.with_meal == asked.with_meal, f"with_meal of {name}"
    if asked.times_a_day is not None:
        comparison, number = asked.times_a_day
        times = taken.times_per_day
        yield None if times is None else comparison.holds(times, Decimal(number)), f"times_per_day of {name}"
    if asked.how_much is not None:
        yield from _enough(asked.how_much, taken, situation)


def _is_taken(asked: Taking, taken: Taken, situation: Situation) -> bool | None:
    """Whether it is taken that day, or was stopped so recently that the rule still counts it."""
    on = situation.on
    if on is None:
        return is_taken_on(taken, on)
    if taken.first_day is not None and taken.first_day > on:
        return False
    if taken.until is None or taken.until >= on:
        return True
    if asked.stopped_less_than is not None:
        return asked.stopped_less_than.after(taken.until) > on
    span = asked.stopped_within or asked.changed_within
    return span is not None and span.after(taken.until) >= on


def _changed(span: Span, taken: Taken, situation: Situation) -> Iterator[tuple[bool | None, str]]:
    """Reduced, stopped or started lately. That it was stopped lately is known already if it is not taken any more."""
    on = situation.on
    if taken.tapering is True or (on is not None and taken.until is not None and taken.until < on):
        return
    if taken.since is None:
        yield None, f"since of {taken.substance}"
    elif on is None:
        yield None, "on"
    else:
        yield span.after(taken.since) >= on, "since"


def _long_enough(
    span: Span, is_more: bool, taken: Taken, situation: Situation, course: Course | None
) -> Iterator[tuple[bool | None, str]]:
    """However many entries it is written in: what went on from one to the next was taken all the time."""
    on = situation.on
    since = taken.since if course is None else course.since
    if since is None:
        yield None, f"since of {taken.substance}"
    elif on is None:
        yield None, "on"
    else:
        reached = span.after(since)
        is_reached = reached < on if is_more else reached <= on
        is_open = course is not None and course.may_be_longer
        yield None if not is_reached and is_open else is_reached, f"since of {taken.substance}" if is_open else "since"


def _enough(how_much: HowMuch, taken: Taken, situation: Situation) -> Iterator[tuple[bool | None, str]]:
    limit = how_much.amount
    amount = taken.amount
    if amount is None:
        yield None, f"amount of {taken.substance}"
        return
    try:
        value = amount.to(limit.unit).value
    except UnitMismatch:
        yield None, f"amount of {taken.substance} in {limit.unit.label}"
        return
    if how_much.per is Per.DAY:
        if taken.times_per_day is None:
            yield None, f"times_per_day of {taken.substance}"
            return
        value *= taken.times_per_day
    bound = bound_of(how_much, situation)
    if bound is None:
        yield None, "weight"
        return
    yield how_much.comparison.holds(value, bound), "amount"
