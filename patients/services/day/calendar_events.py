"""The times of a patient’s day as events of her private calendar, for the coming two weeks.

A title says how many things, and never which, unless she has chosen detail; a controlled medicine is never named.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.crypto import salted_hmac
from icalendar import Event

from clinics.domain.instants import zone
from patients.models import CalendarFeed
from patients.services.day.rhythm import day_lived, rhythm_of
from patients.services.day.things import life_of
from patients.services.day.timetable import DayTime, running_plan, table_on, which_counts
from protocols.domain.dose_words import joined
from protocols.models.catalogue import CONSULT

DAYS_AHEAD: Final = 14
LASTS: Final = timedelta(minutes=15)
_LOOK: Final = "Your page says what they are."


def timed_events(feed: CalendarFeed, *, at: datetime) -> Iterator[Event]:
    """One event for each time of each day, today’s included. All is read once, however many days there are."""
    patient = feed.patient
    home = zone(patient.zone)
    first = day_lived(patient, rhythm_of(patient), at=at)
    life = life_of(patient, running_plan(patient), today=first)
    for on in (first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        names: dict[str, int] = {}
        for time in table_on(life, on=on).times:
            number = names[time.name] = names.get(time.name, 0) + 1
            yield _event(feed, time, on=on, number=number, home=home, at=at)


def _event(feed: CalendarFeed, time: DayTime, *, on: date, number: int, home: ZoneInfo, at: datetime) -> Event:
    begins = time.instant(on, home)
    # At an hour that the clocks skip it is later: the title says when the event really is.
    clock = f"{begins.astimezone(home):%-H:%M}"
    event = Event()
    # By its place in her day and not by the clock: breakfast at another hour is the same event, moved.
    event.add("uid", _opaque(f"{feed.patient.code}\0{on}\0{time.name}\0{number}"))
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", begins.astimezone(home))
    event.add("dtend", (begins + LASTS).astimezone(home))
    event.add("summary", _title(time, clock, shows_detail=feed.shows_detail))
    event.add("description", _description(time) if feed.shows_detail else _LOOK)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _title(time: DayTime, clock: str, *, shows_detail: bool) -> str:
    count = len(time.items)
    if shows_detail:
        named = [f"{item.thing.name} {item.dose}".strip() for item in time.items if item.thing.is_nameable]
        if named:
            others = [f"{count - len(named)} more"] if len(named) < count else []
            return f"{clock}: {joined([*named, *others])}"
    return f"Your plan: {count} {'thing' if count == 1 else 'things'} at {clock}"


def _description(time: DayTime) -> str:
    """Of what the title names: on which days it is taken, if not daily, and how."""
    lines = []
    for item in time.items:
        thing = item.thing
        how = " ".join(thing.order.instructions.split()) if thing.order is not None else thing.how
        said = "; ".join(words for words in (f"only {thing.pattern}" if thing.pattern else "", how) if words)
        more = " ".join(words for words in (which_counts(item).strip() if item.is_moved else "", item.twice) if words)
        said = f"{said.rstrip('.')}. {more}" if said and more else said or more
        if said and thing.is_nameable:
            lines.append(f"{thing.name}: {said}")
    return "\n".join([*lines, CONSULT])


def _opaque(what: str) -> str:
    """The same for the same place of the same day always, and telling nobody what it is."""
    return salted_hmac("gutclinic.day", what, algorithm="sha256").hexdigest()[:40]
