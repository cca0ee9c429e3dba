"""What each account of a taper says of every day, read from the outside: a page, a PDF, a calendar file, a command.

Every reader gives the same shape: for each civil date that the account covers, the units of that day as figures
(“1 × 20 mg”), or nothing for a day without a dose. Nothing here asks the code under test to count anything.
"""

import re
from calendar import month_abbr, month_name
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from icalendar import Calendar

Days = dict[date, str]

EVERY_DAY, ALTERNATE, TWICE_A_WEEK = "every day", "every 2 days", "on Mondays and Thursdays"
OF_COMMAND = {"daily": EVERY_DAY, "every 2 days": ALTERNATE, "weekdays mon,thu": TWICE_A_WEEK}

_CAPSULE = r"one capsule of (\d+ mg) before breakfast"
_OFTEN = rf"({EVERY_DAY}|{ALTERNATE}|{TWICE_A_WEEK})"
_DAY = r"(\d{1,2} [A-Z][a-z]+ \d{4})"
_LETTER_STEP = re.compile(rf"\d+ {_DAY} – {_DAY} \d+ {_CAPSULE} \((1 × \d+ mg)\) {_OFTEN}: (\d+) dose days")
_CELL = re.compile(r"(\d{1,2} [A-Z][a-z]{2})((?: · (?:Step \d+ begins|On hold|The last dose))*) ")
_PRINTED_DOSE = re.compile(r"before breakfast: ☐ one capsule of (\d+ mg)(?= |$)")
_STEP_EVENT = re.compile(rf"Omeprazole, step \d+: {_CAPSULE}, {_OFTEN}")
_DAY_EVENT = re.compile(rf"Omeprazole: {_CAPSULE}")
_ADMIN_DAYS = re.compile(r"[A-Z][a-z]{2} (\d{1,2} [A-Z][a-z]{2} \d{4}) –\s*[A-Z][a-z]{2} (\d{1,2} [A-Z][a-z]{2} \d{4})")
_ADMIN_STEP = re.compile(rf"{_CAPSULE}, {_OFTEN}\s*(1 × \d+ mg) before breakfast")
_PORTAL_STEP = re.compile(rf"One capsule of (\d+ mg) before breakfast, {_OFTEN}")


def spread(first: date, last: date, units: str, often: str) -> Days:
    """One step as days, counted from its first."""
    found = {}
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        takes = {EVERY_DAY: True, ALTERNATE: number % 2 == 0, TWICE_A_WEEK: on.weekday() in {0, 3}}[often]
        found[on] = units if takes else ""
    return found


def of_command(previewed: dict[str, Any]) -> Days:
    """What `preview_taper` printed."""
    found: Days = {}
    for step in previewed["steps"]:
        [dose] = step["take"]
        [units] = dose["units"]
        assert dose["slot"] == "before breakfast"
        first, last = date.fromisoformat(step["from"]), date.fromisoformat(step["to"])
        found |= spread(first, last, f"{units['count']} × {units['strength']}", OF_COMMAND[step["pattern"]])
    return found


def of_letter(words: str) -> Days:
    """The table of steps in the letter."""
    found: Days = {}
    for first, last, strength, figures, often, dose_days in _LETTER_STEP.findall(words):
        assert figures == f"1 × {strength}"
        step = spread(_long(first), _long(last), figures, often)
        assert sum(bool(units) for units in step.values()) == int(dose_days)
        found |= step
    return found


def of_sheet(pages: Iterable[str]) -> Days:
    """The printed calendar, cell by cell, as far as a cell is of a day of the schedule."""
    found: Days = {}
    for words in pages:
        years = re.search(rf"{_DAY} – {_DAY}", words)
        assert years is not None
        on = _long(years[1])
        _, label, *cells = _CELL.split(words.partition(" Sunday ")[2])
        cells = [label, *cells]
        for shown, _, said in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
            assert shown == f"{on.day} {on:%b}", f"{shown} where {on} should be."
            doses = _PRINTED_DOSE.findall(said)
            if said.startswith("No dose today"):
                assert not doses
                found[on] = ""
            elif doses:
                assert len(doses) == 1
                found[on] = f"1 × {doses[0]}"
            else:
                assert said.startswith(("not begun yet", "No dose any more")), said
            on += timedelta(days=1)
        assert on == _long(years[2]) + timedelta(days=1)
    return found


def of_feed(content: bytes, *, until: date) -> Days:
    """The private calendar with detail: a step of every day is one event, of other steps each dose day is one.

    until: the last day of the schedule, which a calendar without an event on it cannot know.
    """
    events = Calendar.from_ical(content).walk("VEVENT")
    titles = {event["DTSTART"].dt: str(event["SUMMARY"]) for event in events if "stays" not in str(event["SUMMARY"])}
    no_dose = {event["DTSTART"].dt for event in events if "No dose today" in str(event["DESCRIPTION"])}
    found: Days = {}
    daily = ""
    for number in range((until - min(titles)).days + 1):
        on = min(titles) + timedelta(days=number)
        begins = _STEP_EVENT.fullmatch(titles.get(on, ""))
        takes = _DAY_EVENT.fullmatch(titles.get(on, ""))
        assert begins or takes or on not in titles, titles[on]
        found[on] = daily
        if begins:
            daily = f"1 × {begins[1]}" if begins[2] == EVERY_DAY else ""
            found[on] = "" if on in no_dose else f"1 × {begins[1]}"
        if takes:
            found[on] = f"1 × {takes[1]}"
    return found


def of_step_table(rows: Iterable[tuple[str, str]], *, year: int) -> Days:
    """The table on the patient's page of steps: when, and what. year: of all its dates."""
    found: Days = {}
    for when, what in rows:
        first, _, last = when.partition(" – ")
        said = _PORTAL_STEP.fullmatch(what)
        assert said is not None, what
        found |= spread(_short(f"{first} {year}"), _short(f"{last or first} {year}"), f"1 × {said[1]}", said[2])
    return found


def of_admin_table(rows: Iterable[tuple[str, str]]) -> Days:
    """A table of steps in the workspace: the cell of its days, and that of what is taken."""
    found: Days = {}
    for days, taken in rows:
        dates, step = _ADMIN_DAYS.search(days), _ADMIN_STEP.search(taken)
        assert dates is not None, days
        assert step is not None, taken
        assert step[3] == f"1 × {step[1]}"
        found |= spread(_short(dates[1]), _short(dates[2]), step[3], step[2])
    return found


def of_portal_day(words: str) -> str:
    """The patient's page of one day: its picture in words, or that there is nothing to take."""
    shown = re.search(r"Picture: one capsule of (\d+ mg)", words)
    if shown is None:
        assert "No omeprazole today" in words, words
        return ""
    assert f"One capsule of {shown[1]}" in words, words
    return f"1 × {shown[1]}"


def _long(words: str) -> date:
    """“11 January 2027”."""
    number, month, year = words.split()
    return date(int(year), list(month_name).index(month), int(number))


def _short(words: str) -> date:
    """“11 Jan 2027”."""
    number, month, year = words.split()
    return date(int(year), list(month_abbr).index(month), int(number))
