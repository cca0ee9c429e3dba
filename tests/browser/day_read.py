"""What each account of a day says, read from the outside: the patient’s page, the sheet of paper, her calendar."""

import re
from dataclasses import dataclass
from datetime import date, datetime

import recurring_ical_events
from icalendar import Calendar
from playwright.sync_api import Page

CLOCK = re.compile(r"(\d{1,2}):(\d{2}) · (.+)")


@dataclass(frozen=True, slots=True)
class Read:
    """One time of the day. minute: since midnight. items: name and dose, as they stand there."""

    minute: int
    place: str
    items: tuple[tuple[str, str], ...]

    @property
    def clock(self) -> str:
        return f"{self.minute // 60}:{self.minute % 60:02}"


def of_page(page: Page) -> list[Read]:
    found = []
    for article in page.get_by_role("region", name="Today", exact=True).get_by_role("article").all():
        head = CLOCK.fullmatch(article.get_by_role("heading").first.inner_text())
        if head is None:
            continue
        items = []
        for line in article.locator("li:has(.item-name)").all():
            dose = line.locator(".amount")
            items.append((line.locator(".item-name").inner_text(), dose.inner_text() if dose.count() else ""))
        found.append(Read(60 * int(head[1]) + int(head[2]), head[3], tuple(items)))
    return found


def on_paper(day: list[Read]) -> list[str]:
    """The words that a sheet of this day has to hold, time by time."""
    return [
        text
        for each in day
        for text in (
            f"{each.clock} {each.place} {each.items[0][0]}",
            *(" – ".join(filter(None, item)) for item in each.items),
        )
    ]


def of_feed(content: bytes, *, on: date) -> list[tuple[str, str]]:
    """The events of that day: their clock, and their title."""
    events = []
    for event in recurring_ical_events.of(Calendar.from_ical(content)).at(on):
        begins = event["DTSTART"].dt
        if isinstance(begins, datetime):
            events.append((f"{begins.hour}:{begins:%M}", str(event["summary"])))
    return sorted(events, key=lambda each: tuple(map(int, each[0].split(":"))))


def minutes_of(day: list[Read]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in day:
        for name, _ in each.items:
            found.setdefault(name, []).append(each.minute)
    return found
