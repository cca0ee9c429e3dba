"""The timetable of a patient’s day: when everything stands, why there, what was moved, and what does not fit.

It is reckoned over all that is open in that stretch of days, also what is not due on this very one, so that times stay
the same from day to day. Then it shows what is due. Nothing of it is stored.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import instant
from patients.models import Patient, Plan
from patients.services.day.keeping_from import keeps_from
from patients.services.day.rhythm import Rhythm
from patients.services.day.things import Kind, Life, Thing, life_of
from patients.services.day.twice import WrittenTwice, written_twice
from protocols.domain.day_places import Places, slot_of
from protocols.domain.day_reasons import in_a_sentence
from protocols.domain.day_taken import Placing
from protocols.domain.dayplan_times import MINUTES, clock
from protocols.domain.dose_words import joined, slot_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class DayItem:
    """One dose. written: its time of day as it was written; with the code it names this dose for good.

    where: where it stands, in a sentence. why: why it stands elsewhere than it was written; empty if it does not.
    twice: where else it is written down, in a sentence; empty if it stands in one place. is_against_meals: where it
    stands its own rule of meals is broken, and the box above says so.
    """

    thing: Thing
    written: str
    where: str = ""
    why: str = ""
    twice: str = ""
    is_against_meals: bool = False

    @property
    def dose(self) -> str:
        return self.thing.doses.get(self.written, self.thing.dose)

    @property
    def is_moved(self) -> bool:
        return bool(self.why)

    @property
    def written_words(self) -> str:
        return slot_in_words(self.written)

    @property
    def key(self) -> str:
        return f"{self.thing.code}.{self.written}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTime:
    """One time of the day. minute: from midnight before waking, and on beyond 1,440. name: “breakfast”."""

    minute: int
    clock: str
    name: str
    items: tuple[DayItem, ...]

    def instant(self, on: date, home: ZoneInfo) -> datetime:
        """When that is, for a waking day that begins on this civil date."""
        return instant(on + timedelta(days=self.minute // MINUTES), clock(self.minute), home)

    @property
    def planned(self) -> tuple[DayItem, ...]:
        """What the plan says; it can be ticked."""
        return tuple(item for item in self.items if item.thing.kind is Kind.ORDER)

    @property
    def besides(self) -> tuple[DayItem, ...]:
        """What others prescribe, or what comes down: it stands here and is not ticked here."""
        return tuple(item for item in self.items if item.thing.kind is not Kind.ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClash:
    """Something that the day cannot keep. ask: whose prescriptions these are, where not the clinic’s own."""

    text: str
    codes: tuple[str, ...]
    ask: tuple[str, ...]
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTable:
    """untimed: due, with a time of day that no clock knows, or with none at all though it is taken.

    all_day: done, due, and bound to no time. not_today: with the next day of each. is_unclear: something that was
    signed cannot be read, so the day is not whole. keeps_from: by code, of what has no time, the hours that lie between
    it and other things, a sentence each. is_proven: no better day was left untried.
    """

    on: date
    rhythm: Rhythm
    times: tuple[DayTime, ...]
    untimed: tuple[DayItem, ...]
    all_day: tuple[Thing, ...]
    as_needed: tuple[Thing, ...]
    not_today: tuple[tuple[Thing, date], ...]
    clashes: tuple[DayClash, ...]
    is_unclear: bool
    keeps_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_proven: bool = True

    @property
    def is_rhythm_assumed(self) -> bool:
        return self.rhythm.is_assumed

    @property
    def is_empty(self) -> bool:
        return not (self.times or self.untimed or self.all_day)

    @property
    def items(self) -> Iterator[DayItem]:
        return (item for time in self.times for item in time.items)

    @property
    def moved(self) -> list[str]:
        """A sentence for each thing that was moved: “Magnesium is at bedtime: four hours from levothyroxine.”"""
        by_code: dict[str, list[DayItem]] = {}
        for item in self.items:
            if item.is_moved:
                by_code.setdefault(item.thing.code, []).append(item)
        return [_moved(items) for items in by_code.values()]

    @property
    def clashes_today(self) -> list[DayClash]:
        return [clash for clash in self.clashes if clash.is_today]


def timetable_of(whose: Plan | Patient, *, on: date) -> DayTable:
    """Of this plan and all else its patient takes; of a patient: with the plan that runs, if one does.

    on: the civil date on which she gets up, where she lives.
    """
    if isinstance(whose, Plan):
        return table_on(life_of(whose.patient, whose), on=on)
    return table_on(life_of(whose, running_plan(whose)), on=on)


def running_plan(patient: Patient) -> Plan | None:
    """The plan that she lives in, if any."""
    plan = Plan.objects.filter(patient=patient).running().order_by("starts_on", "pk").last()
    if plan is not None:
        plan.patient = patient
    return plan


def table_on(life: Life, *, on: date) -> DayTable:
    """The same from what was read already. No query."""
    things = life.things_on(on)
    placing = life.placing_of(things)
    by_code = {thing.code: thing for thing in things}
    twice = written_twice(things)
    said = _Twice({thing.code: each.at_its_line for each in twice for thing in each.things}, _hidden(twice))
    due = [thing for thing in things if thing.is_due and not thing.is_as_needed]
    times = tuple(_times(placing, {thing.code: thing for thing in due}, Places(life.rhythm.day), said))
    return DayTable(
        on=on,
        rhythm=life.rhythm,
        times=times,
        untimed=tuple(_untimed(due, said)),
        all_day=tuple(thing for thing in due if _is_all_day(thing)),
        as_needed=tuple(thing for thing in things if thing.is_as_needed),
        not_today=tuple((thing, thing.next_on) for thing in things if thing.next_on is not None),
        clashes=(*(_of_twice(each) for each in twice), *_clashes(placing, by_code, life.rhythm)),
        is_unclear=life.is_unclear,
        keeps_from=keeps_from(life.apart, by_code, times_of=_clocks(times)),
        is_proven=placing.is_proven,
    )


def placing_on(life: Life, *, on: date) -> Placing:
    """Where all doses of that stretch of days lie, whether due on this one or not."""
    return life.placing_of(life.things_on(on))


@dataclass(frozen=True, slots=True)
class _Twice:
    """at_lines: by code, what is said where something stands. hidden: doses that another line stands for."""

    at_lines: Mapping[str, str]
    hidden: frozenset[tuple[str, str]]

    def at(self, code: str) -> str:
        return self.at_lines.get(code, "")


def _hidden(twice: Iterable[WrittenTwice]) -> frozenset[tuple[str, str]]:
    return frozenset(dose for each in twice for dose in each.hidden)


def _times(placing: Placing, by_code: dict[str, Thing], places: Places, twice: _Twice) -> Iterator[DayTime]:
    by_minute: dict[int, list[DayItem]] = {}
    against = {code for clash in placing.clashes if clash.is_of_meals for code in clash.codes}
    for each in placing.placed:
        thing = by_code.get(each.code)
        if thing is not None and (each.code, each.written) not in twice.hidden:
            where = places.where(each.minute)
            item = DayItem(
                thing=thing,
                written=each.written,
                where=where,
                why=each.why,
                twice=twice.at(each.code),
                is_against_meals=each.code in against,
            )
            by_minute.setdefault(each.minute, []).append(item)
    for minute, items in sorted(by_minute.items()):
        yield DayTime(minute=minute, clock=places.clock(minute), name=places.name(minute), items=tuple(items))


def _clocks(times: Iterable[DayTime]) -> dict[str, list[str]]:
    """By code: when it is taken on this day, as it stands above it."""
    found: dict[str, list[str]] = {}
    for time in times:
        for item in time.items:
            found.setdefault(item.thing.code, []).append(time.clock)
    return found


def _is_all_day(thing: Thing) -> bool:
    """What is done at no hour. What is swallowed has one, even where nobody has said it."""
    return thing.kind is Kind.ORDER and not thing.written and not thing.is_taken


def _untimed(due: Iterable[Thing], twice: _Twice) -> Iterator[DayItem]:
    for thing in due:
        said = twice.at(thing.code)
        if not thing.written and not _is_all_day(thing) and (thing.code, "") not in twice.hidden:
            yield DayItem(thing=thing, written="", twice=said)
        for written in thing.written:
            if slot_of(written) is None and (thing.code, written) not in twice.hidden:
                yield DayItem(thing=thing, written=written, twice=said)


def _of_twice(each: WrittenTwice) -> DayClash:
    things = each.things
    return DayClash(
        text=each.sentence,
        codes=tuple(thing.code for thing in things),
        ask=tuple(dict.fromkeys(thing.prescriber for thing in things if thing.prescriber)),
        is_today=any(thing.is_due for thing in things),
    )


def _clashes(placing: Placing, by_code: dict[str, Thing], rhythm: Rhythm) -> Iterator[DayClash]:
    for clash in placing.clashes:
        if clash.is_of_meals and rhythm.is_assumed:
            # Nobody has said when she eats: to warn of a guess would only frighten. She is asked for her times.
            continue
        things = [by_code[code] for code in clash.codes]
        yield DayClash(
            text=clash.text,
            codes=clash.codes,
            ask=tuple(dict.fromkeys(thing.prescriber for thing in things if thing.prescriber)),
            is_today=all(thing.is_due for thing in things),
        )


def _moved(items: list[DayItem]) -> str:
    name = items[0].thing.name
    where = joined(dict.fromkeys(item.where for item in items))
    why = " and ".join(dict.fromkeys(item.why for item in items))
    return f"{name[:1].upper()}{name[1:]} is {where}: {why}.{which_counts(items[0])}"


def which_counts(item: DayItem) -> str:
    """What stands behind where something was moved to, if instructions with it may say another time.

    Not where the move breaks what its product needs of meals: then she is told to ask.
    """
    order = item.thing.order
    has_more = order is not None and order.instructions.strip() and not item.is_against_meals
    return " This time counts, whatever its instructions say of meals." if has_more else ""


def moved_in_full(item: DayItem) -> str:
    """For staff: with where it was written. “At bedtime instead of with breakfast: four hours from levothyroxine.”"""
    text = f"{item.where} instead of {item.written_words}: {item.why}."
    return text[:1].upper() + text[1:]


def named(things: Iterable[Thing]) -> str:
    """Their names as they stand in a sentence."""
    return joined(dict.fromkeys(in_a_sentence(thing.name) for thing in things))
