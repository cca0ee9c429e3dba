"""What is to be taken or done today, by the clock of this patient’s day; one tap records one time, or one thing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinics.domain.instants import civil_date, zone
from patients.models import Intake, Order, Patient, Plan, Taper
from patients.portal.words import day_in_full, evidence_words, lines, paragraphs
from patients.services.day.rhythm import day_lived
from patients.services.day.things import Kind, Thing, life_of
from patients.services.day.timetable import DayItem, DayTable, DayTime, table_on, which_counts
from protocols.domain.dose_words import joined
from protocols.domain.phases import PlanStatus
from protocols.domain.slots import Slot
from protocols.models.content import ItemKind

NEW_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing as a patient reads it. key: names the dose where it can be ticked. moved: why it stands elsewhere."""

    thing: Thing
    amount: str
    key: str = ""
    recorded_at: datetime | None = None
    is_new: bool = False
    """Begun in these days: what is to be known about it stands open, later it is a tap away."""
    moved: str = ""
    twice: str = ""
    """Where else it is written down, if it is."""
    keeps_from: tuple[str, ...] = ()
    """Of what has no time: the hours that lie between it and other things."""

    @property
    def name(self) -> str:
        return self.thing.name

    @property
    def is_recorded(self) -> bool:
        return self.recorded_at is not None

    @property
    def order(self) -> Order | None:
        return self.thing.order

    @property
    def instructions(self) -> list[str]:
        if self.order is not None:
            said = [*self.keeps_from, *paragraphs(self.order.instructions), self._whose]
        else:
            said = [self._how, *self.keeps_from, self._whose]
        return [words for words in said if words]

    @property
    def evidence(self) -> str:
        """Of a medicine whoever prescribes it speaks: what the catalogue knows of it grades no trial of it."""
        if self.order is None or self.order.item_kind == ItemKind.MEDICINE.value:
            return ""
        return evidence_words(self.order.evidence)

    @property
    def sources(self) -> list[str]:
        return lines(self.order.source) if self.order is not None else []

    @property
    def pattern(self) -> str:
        """When it is not every day."""
        return self.thing.pattern

    @property
    def card(self) -> str:
        """Where the card of a medicine that comes down stands on the same page."""
        is_step = self.thing.kind is Kind.TAPER and bool(self.thing.doses)
        return f"medicine-{self.thing.code}" if is_step else ""

    @property
    def verb(self) -> str:
        return "took" if self.thing.is_taken else "did"

    @property
    def _how(self) -> str:
        how = self.thing.how
        return f"{how[:1].upper()}{how[1:]}{'' if how.endswith(('.', '!', '?')) else '.'}" if how else ""

    @property
    def _whose(self) -> str:
        return f"Prescribed by {self.thing.prescriber}." if self.thing.prescriber else ""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Everything that belongs to one time of this day. items: of the plan, to be ticked. besides: of others."""

    time: DayTime
    items: list[Item]
    besides: list[Item]
    zone: ZoneInfo

    @property
    def anchor(self) -> str:
        return f"{self.time.minute // 60:02}{self.time.minute % 60:02}"

    @property
    def label(self) -> str:
        """As it is said of a button: “7:30, breakfast”."""
        return ", ".join(words for words in (self.time.clock, self.time.name) if words)

    @property
    def recorded_words(self) -> str:
        """When the last of it was recorded, by the clock where the patient lives: “08:12”; empty if nothing was."""
        instants = [item.recorded_at for item in self.items if item.recorded_at is not None]
        return f"{max(instants).astimezone(self.zone):%H:%M}" if instants else ""

    @property
    def is_recorded(self) -> bool:
        return bool(self.items) and all(item.is_recorded for item in self.items)

    @property
    def is_partly_recorded(self) -> bool:
        return not self.is_recorded and any(item.is_recorded for item in self.items)

    @property
    def is_single(self) -> bool:
        """Whether the one button says all that can be said."""
        return len(self.items) == 1

    @property
    def moved(self) -> list[str]:
        items = [*self.besides, *self.items]
        return list(dict.fromkeys(words for item in items for words in (item.moved, item.twice) if words))

    @property
    def keys(self) -> str:
        return " ".join(item.key for item in self.items)

    @property
    def open_keys(self) -> str:
        return " ".join(item.key for item in self.items if not item.is_recorded)

    @property
    def button(self) -> str:
        """What the tap says. What is only done is not taken; what others prescribe is not recorded here."""
        verb = " or ".join(sorted({item.verb for item in self.items}, reverse=True))
        if self.besides:
            return f"I {verb} what is from my plan"
        return f"I {verb} this" if self.is_single else f"I {verb} these"


@dataclass(frozen=True, slots=True)
class Today:
    """times: by the clock. untimed: due at no hour that a clock knows. all_day: nothing to tap, since it has no time.

    as_needed: what no day plans. past_midnight: what is said while it is still the day before.
    """

    table: DayTable
    times: list[TimeOfDay]
    untimed: list[Item]
    all_day: list[Item]
    as_needed: list[Item]
    not_today: list[tuple[str, str]]
    past_midnight: str

    @property
    def day(self) -> date:
        return self.table.on

    @property
    def is_empty(self) -> bool:
        return self.table.is_empty

    @property
    def is_shown(self) -> bool:
        """Whether anything at all is to be said of this day."""
        return not self.is_empty or bool(self.as_needed or self.not_today)

    @property
    def clashes(self) -> list[str]:
        return list(dict.fromkeys(clash.text for clash in self.table.clashes_today))

    @property
    def ask(self) -> str:
        """Whom to ask about what does not fit: “us”, “us or Dr Price”."""
        prescribers = dict.fromkeys(name for clash in self.table.clashes_today for name in clash.ask)
        return " or ".join(["us", *prescribers])

    @property
    def rhythm_words(self) -> str:
        """“up at 7:00, breakfast at 7:30, lunch at 12:30, dinner at 18:30, bed at 22:30”."""
        rhythm = self.table.rhythm
        said = [
            ("up", rhythm.wakes_at),
            ("breakfast", rhythm.breakfast_at),
            ("lunch", rhythm.lunch_at),
            ("dinner", rhythm.dinner_at),
            ("bed", rhythm.sleeps_at),
        ]
        return joined(f"{what} at {at.hour}:{at:%M}" for what, at in said if at is not None)


def today_of(patient: Patient, plan: Plan | None, *, tapers: Sequence[Taper], user: Any, at: datetime) -> Today:
    """As many queries as ever, however much there is. user: whose eyes these are; tapers: as `tapers_to_show`."""
    life = life_of(patient, plan, tapers=tapers)
    day = day_lived(patient, life.rhythm, at=at)
    table = table_on(life, on=day)
    recorded = _recorded(plan, user=user, day=day)
    home = zone(patient.zone)
    seen: set[str] = set()
    return Today(
        table=table,
        times=[
            TimeOfDay(
                time,
                items=[_item(item, recorded, day=day, seen=seen) for item in time.planned],
                besides=[_item(item, recorded, day=day, seen=seen) for item in time.besides],
                zone=home,
            )
            for time in table.times
        ],
        untimed=[
            replace(_item(item, recorded, day=day, seen=seen), keeps_from=table.keeps_from.get(item.thing.code, ()))
            for item in table.untimed
        ],
        all_day=[_of_thing(thing, day) for thing in table.all_day],
        as_needed=[
            replace(_of_thing(thing, day), keeps_from=table.keeps_from.get(thing.code, ())) for thing in table.as_needed
        ],
        not_today=[(thing.name, day_in_full(following, day)) for thing, following in table.not_today],
        past_midnight=_past_midnight(day, civil_date(at, home), table),
    )


def _recorded(plan: Plan | None, *, user: Any, day: date) -> dict[tuple[str, str], datetime]:
    """By the key of the order, which its versions share, and the time of day as it was written."""
    if plan is None or plan.status != PlanStatus.ACTIVE.value:
        return {}
    standing = Intake.objects.visible_to(user).standing().filter(order__plan=plan, taken_on=day)
    return {(key, slot): at for key, slot, at in standing.values_list("order__key", "slot", "recorded_at")}


def _item(item: DayItem, recorded: dict[tuple[str, str], datetime], *, day: date, seen: set[str]) -> Item:
    """What is known about it stands with the first of its times."""
    thing = item.thing
    is_repeated = thing.code in seen
    seen.add(thing.code)
    return Item(
        thing,
        amount=item.dose,
        key=item.key if thing.kind is Kind.ORDER else "",
        recorded_at=recorded.get((thing.order.key, item.written)) if thing.order is not None else None,
        is_new=not is_repeated and _is_new(thing, day),
        moved=_moved(item) if item.is_moved else "",
        twice=f"{_name(thing)}: {item.twice[:1].lower()}{item.twice[1:]}" if item.twice else "",
    )


def _moved(item: DayItem) -> str:
    return f"{_name(item.thing)} is {item.where}: {item.why}.{which_counts(item)}"


def _name(thing: Thing) -> str:
    return f"{thing.name[:1].upper()}{thing.name[1:]}"


def _of_thing(thing: Thing, day: date) -> Item:
    return Item(thing, amount=thing.dose, is_new=_is_new(thing, day))


def _is_new(thing: Thing, day: date) -> bool:
    first = thing.order.first_day if thing.order is not None else None
    return first is not None and day - first < NEW_FOR


def _past_midnight(day: date, today: date, table: DayTable) -> str:
    if day == today:
        return ""
    bed = table.rhythm.sleeps_at
    return f"It is past midnight. Until you go to bed, at {bed.hour}:{bed:%M}, this is still {day:%A}’s day."


def doses_of(text: str) -> Iterator[tuple[str, Slot]]:
    """The doses of “ABCDEFGHJK.with-breakfast KLMNPQRSTU.bedtime”. Raises `ValueError` for anything else."""
    for key in text.split():
        code, _, slot = key.partition(".")
        yield code, Slot(slot)
