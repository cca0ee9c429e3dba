"""One taper, told five times: `preview_taper`, letter, calendar, feed and course say the same of every single day."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar

from patients.actor import acting_patient
from patients.models import Patient, Taper
from patients.models.taper_course import course_of
from patients.services.tapers.calendar_feed import feed_bytes
from patients.services.tapers.calendar_sheet import calendar_pdf, calendar_sheet
from patients.services.tapers.letter import letter_pdf
from patients.services.tapers.own_calendar import make_feed
from patients.services.tapers.request_page import request_content
from protocols.domain.taper_preview import preview
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, PPI_1D

DAYS = [FIRST_DAY + timedelta(days=number) for number in range(-7, 126)]

# Written out by hand from the published schedule: milligrams of every day, from the first to a week after the last.
BY_HAND = dict(
    zip(
        DAYS,
        [0] * 7 + [20] * 28 + [10] * 28 + [10, 0] * 14 + [10, 0, 0, 10, 0, 0, 0] * 4 + [0] * 14,
        strict=True,
    )
)


@pytest.fixture
def previewed() -> dict[str, Any]:
    return preview(
        {
            "medicine": "omeprazole",
            "class": "PPI",
            "form": "delayed-release capsule",
            "splittable": "no",
            "strengths": ["10 mg", "20 mg", "40 mg"],
            "start": [{"slot": "before breakfast", "amount": "40 mg"}],
            "recipe": PPI_1D,
            "starts_on": FIRST_DAY.isoformat(),
        }
    )


def of_preview(previewed: dict[str, Any]) -> dict[date, int]:
    """Milligrams by day, worked out from the document alone."""
    found = dict.fromkeys(DAYS, 0)
    for step in previewed["steps"]:
        first, last = date.fromisoformat(step["from"]), date.fromisoformat(step["to"])
        units = [units for dose in step["take"] for units in dose["units"]]
        milligrams = sum(Decimal(each["strength"].removesuffix(" mg")) * Decimal(each["count"]) for each in units)
        for number in range((last - first).days + 1):
            on = first + timedelta(days=number)
            takes = {
                "daily": True,
                "every 2 days": number % 2 == 0,
                "weekdays mon,thu": on.strftime("%a") in {"Mon", "Thu"},
            }[step["pattern"]]
            found[on] = int(milligrams) if takes else 0
    return found


def of_calendar(taper: Taper) -> dict[date, int]:
    """Milligrams by day, read from the words in the cells."""
    found = dict.fromkeys(DAYS, 0)
    for page in calendar_sheet(taper, today=TODAY).pages:
        for number, cell in enumerate(cell for week in page.weeks for cell in week):
            words = [dose.words for dose in cell.doses]
            assert bool(words) != (cell.said == "No dose today")
            found[page.first + timedelta(days=number)] = sum(
                {"one capsule of 20 mg": 20, "one capsule of 10 mg": 10}[said] for said in words
            )
    return found


def of_course(taper: Taper) -> dict[date, int]:
    course = course_of(taper)
    return {on: sum(int(dose.amount.value) for dose in course.doses_on(on)) for on in DAYS}


def test_course_calendar_and_preview_say_the_same_of_every_day(taper: Taper, previewed: dict[str, Any]) -> None:
    assert of_preview(previewed) == BY_HAND
    assert of_course(taper) == BY_HAND
    assert of_calendar(taper) == BY_HAND
    assert sum(BY_HAND.values()) == 1060


def test_the_letter_says_the_steps_and_totals_of_the_preview(taper: Taper, previewed: dict[str, Any]) -> None:
    content = request_content(taper.versions.get(), today=TODAY)
    assert [(step.first.isoformat(), step.last.isoformat(), step.dose_days, step.total) for step in content.steps] == [
        (step["from"], step["to"], step["dose_days"], step["total"]) for step in previewed["steps"]
    ]
    assert [{"strength": line.strength, "count": line.quantity} for line in content.prescriptions] == previewed[
        "dispense"
    ]
    totals = {fact.label: fact.words for fact in content.totals}
    assert (totals["Days"], totals["Total"]) == (str(previewed["days"]), previewed["total"])
    words = Pdf(letter_pdf(content)).words
    for step in content.steps:
        assert f"28 {step.doses[0].words} before breakfast ({step.doses[0].figures})" in words
        assert f"{step.per_dose_day} {step.total}" in words


def test_the_printed_calendar_has_as_many_doses_as_are_dispensed(taper: Taper, previewed: dict[str, Any]) -> None:
    words = Pdf(calendar_pdf(calendar_sheet(taper, today=TODAY))).words
    printed = {strength: str(words.count(f"☐ one capsule of {strength}")) for strength in ("20 mg", "10 mg")}
    assert printed == {units["strength"]: units["count"] for units in previewed["dispense"]}


def test_the_feed_has_an_event_on_each_dose_day_between_days_off(taper: Taper, angela: Patient) -> None:
    feed = make_feed(angela, shows_detail=True, by=acting_patient(angela), at=NOON)
    calendar = Calendar.from_ical(feed_bytes(feed, at=NOON))
    titles = {event["DTSTART"].dt: str(event["SUMMARY"]) for event in calendar.walk("VEVENT")}
    tail = [on for on, milligrams in BY_HAND.items() if milligrams and on >= FIRST_DAY + timedelta(days=56)]
    assert titles.pop(FIRST_DAY + timedelta(days=112)) == "Omeprazole: the steps are over, no dose any more"
    assert [on for on in titles if on >= FIRST_DAY + timedelta(days=56)] == tail
    strengths = Counter("20 mg" if "20 mg" in title else "10 mg" for title in titles.values())
    assert strengths == {"20 mg": 1, "10 mg": 1 + 14 + 8}
    assert all(BY_HAND[on] == (20 if "20 mg" in title else 10) for on, title in titles.items())
