"""The private calendar: whole days that calendar programs read, and titles that say nothing of health."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import recurring_ical_events
from icalendar import Calendar, Event

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import CalendarFeed, Patient, Taper, UseKind
from patients.services.tapers import calendar_feed, holding, stopping, using
from patients.services.tapers.calendar_feed import feed_bytes
from patients.services.tapers.own_calendar import choose_detail, make_feed
from protocols.domain import medicines
from protocols.models.catalogue import CONSULT
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import FIRST_DAY, on_day

YEAR = (date(2027, 1, 1), date(2028, 1, 1))
TELLING = ("omeprazole", "capsule", "mg", "dose", "taper", "medicine", "gut", "clinic", "lindenhof", "angela", "price")


@pytest.fixture
def feed(angela: Patient) -> CalendarFeed:
    return make_feed(angela, by=acting_patient(angela), at=NOON)


@pytest.fixture
def detailed(feed: CalendarFeed, angela: Patient) -> CalendarFeed:
    return choose_detail(feed, shows_detail=True, by=acting_patient(angela))


def day(number: int) -> date:
    """The taper’s day `number`; 1 is FIRST_DAY."""
    return FIRST_DAY + timedelta(days=number - 1)


def events_of(content: bytes) -> list[Event]:
    """What a calendar program shows in that year, in order."""
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(*YEAR)
    return sorted(found, key=lambda event: event["DTSTART"].dt)


def titles_of(content: bytes) -> dict[date, str]:
    return {event["DTSTART"].dt: str(event["SUMMARY"]) for event in events_of(content)}


def test_it_has_the_days_on_which_something_changes_and_the_dose_days_between_days_off(
    taper: Taper, feed: CalendarFeed
) -> None:
    titles = titles_of(feed_bytes(feed, at=NOON))
    alternate = [day(number) for number in range(57, 85, 2)]
    twice_a_week = [day(number) for number in range(85, 113) if day(number).weekday() in {0, 3}]
    assert list(titles) == [day(1), day(29), *alternate, *twice_a_week, day(113)]
    changes = [on for on, title in titles.items() if title == "Your plan: a new step begins"]
    assert changes == [day(1), day(29), day(57), day(85)]
    assert titles.pop(day(113)) == "Your plan: the steps are over"
    assert set(titles.values()) == {"Your plan: a new step begins", "Your plan: today’s step"}


def test_nothing_in_it_tells_what_somebody_takes(taper: Taper, feed: CalendarFeed) -> None:
    text = feed_bytes(feed, at=NOON).decode().lower()
    opaque = "".join(line for line in text.splitlines() if not line.startswith("uid:"))
    assert [word for word in TELLING if word in opaque] == []
    assert taper.code.lower() not in text
    assert feed.patient.code.lower() not in text


def test_with_detail_it_says_what_to_take(taper: Taper, detailed: CalendarFeed) -> None:
    content = feed_bytes(detailed, at=NOON)
    titles = titles_of(content)
    assert titles[day(1)] == "Omeprazole, step 1: one capsule of 20 mg before breakfast, every day"
    assert titles[day(59)] == "Omeprazole: one capsule of 10 mg before breakfast"
    assert titles[day(85)] == "Omeprazole, step 4: one capsule of 10 mg before breakfast, on Mondays and Thursdays"
    assert titles[day(113)] == "Omeprazole: the steps are over, no dose any more"
    assert all(CONSULT in str(event["DESCRIPTION"]) for event in events_of(content))
    last = next(event for event in events_of(content) if event["DTSTART"].dt == day(109))
    assert str(last["DESCRIPTION"]).startswith("The last dose.")


def test_a_controlled_medicine_is_never_named(
    taper: Taper, detailed: CalendarFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(medicines.MedicineClass, "is_controlled", property(lambda self: True))
    # Permissions that a controlled medicine may not have were signed here; only the naming is looked at.
    monkeypatch.setattr("protocols.domain.terms.Terms.__post_init__", lambda self: None)
    assert set(titles_of(feed_bytes(detailed, at=NOON)).values()) == {
        "Your plan: a new step begins",
        "Your plan: today’s step",
        "Your plan: the steps are over",
    }


def test_it_is_a_calendar_as_the_standard_says(taper: Taper, detailed: CalendarFeed) -> None:
    content = feed_bytes(detailed, at=NOON)
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert any(line.startswith(b" ") for line in lines)
    calendar = Calendar.from_ical(content)
    assert {key: str(calendar[key]) for key in ("VERSION", "METHOD", "X-WR-CALNAME")} == {
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
        "X-WR-CALNAME": "Your plan",
    }
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in content
    events = calendar.walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(events) == 25
    for event in events:
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1)
        assert event["DTSTAMP"].dt == NOON
        assert "RRULE" not in event
        assert (str(event["CLASS"]), str(event["TRANSP"])) == ("PRIVATE", "TRANSPARENT")
        assert calendar.errors == event.errors == []


def test_a_name_with_every_sign_of_the_format_stays_one_title(
    taper: Taper, detailed: CalendarFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "A;b,c\\d\r\nBEGIN:VEVENT\nSUMMARY:x 😀" + "ü" * 200
    terms = taper.versions.get().signature.terms()
    named = replace(terms, medicine=replace(terms.medicine, name=hostile))
    monkeypatch.setattr(calendar_feed, "signed_terms", lambda version: named)
    content = feed_bytes(detailed, at=NOON)
    titles = titles_of(content)
    assert len(titles) == 25
    assert all(title.startswith("A;b,c\\d") and "ü" * 200 in title for title in titles.values())
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_the_same_step_stays_the_same_event_when_it_moves(taper: Taper, feed: CalendarFeed, by: Actor) -> None:
    def steps(content: bytes) -> dict[str, tuple[date, int]]:
        return {
            str(event["UID"]): (event["DTSTART"].dt, event["SEQUENCE"])
            for event in events_of(content)
            if "new step" in str(event["SUMMARY"])
        }

    before = steps(feed_bytes(feed, at=NOON))
    holding.hold(taper, reason="Travelling", by=by, at=on_day(30), revision=taper.revision)
    taper.refresh_from_db()
    holding.resume(taper, by=by, at=on_day(37), revision=taper.revision)
    after = steps(feed_bytes(feed, at=on_day(37)))
    assert before.keys() == after.keys()
    moved = {uid: (after[uid][0] - before[uid][0]).days for uid in before}
    assert sorted(moved.values()) == [0, 0, 7, 7]
    assert all(after[uid][1] > before[uid][1] for uid in before)


def test_it_says_when_the_taper_last_changed(taper: Taper, feed: CalendarFeed, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(30), revision=taper.revision)
    events = events_of(feed_bytes(feed, at=on_day(31)))
    assert {event["LAST-MODIFIED"].dt for event in events} == {on_day(30)}
    assert {event["DTSTAMP"].dt for event in events} == {on_day(31)}
    titles = {event["DTSTART"].dt: str(event["SUMMARY"]) for event in events}
    assert titles == {
        day(1): "Your plan: a new step begins",
        day(29): "Your plan: a new step begins",
        day(30): "Your plan: today’s step stays for now",
    }


def test_held_between_days_off_it_reaches_four_weeks_ahead(taper: Taper, feed: CalendarFeed, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(60), revision=taper.revision)
    titles = titles_of(feed_bytes(feed, at=on_day(61)))
    assert max(titles) == day(89)
    assert [on for on in titles if on > day(61)] == [day(number) for number in range(63, 91, 2)]


def test_once_she_has_left_the_schedule_it_goes_on_about_it_no_more(
    taper: Taper, feed: CalendarFeed, angela: Patient
) -> None:
    using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(40))
    assert list(titles_of(feed_bytes(feed, at=on_day(40)))) == [day(1), day(29)]
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(41))
    content = feed_bytes(feed, at=on_day(42))
    assert len(titles_of(content)) == 25
    assert {event["LAST-MODIFIED"].dt for event in events_of(content)} == {on_day(41)}


def test_a_taper_that_was_revoked_asks_her_to_look(taper: Taper, feed: CalendarFeed, price: Actor) -> None:
    stopping.revoke(taper, instruction="Stay on 20 mg.", by=price, at=on_day(10))
    titles = titles_of(feed_bytes(feed, at=on_day(10)))
    assert titles == {
        day(1): "Your plan: a new step begins",
        day(10): "Your plan has changed: please look at your page",
    }


def test_revoked_in_a_later_step_no_day_is_called_the_last_dose(
    taper: Taper, detailed: CalendarFeed, price: Actor
) -> None:
    """She was told to go on taking it: day 65 was only the last before the prescriber spoke."""
    stopping.revoke(taper, instruction="Go back to 40 mg every day.", by=price, at=on_day(66))
    events = events_of(feed_bytes(detailed, at=on_day(66)))
    assert [event["DTSTART"].dt for event in events][-2:] == [day(65), day(66)]
    assert not any("last dose" in str(event["DESCRIPTION"]) or "no dose" in str(event["SUMMARY"]) for event in events)


def test_before_a_signature_it_is_empty(sent_taper: Taper, feed: CalendarFeed) -> None:
    assert events_of(feed_bytes(feed, at=NOON)) == []


def test_what_was_entered_in_error_is_not_in_it(taper: Taper, feed: CalendarFeed, by: Actor) -> None:
    stopping.enter_in_error(taper, reason="Another patient.", by=by, at=on_day(2), revision=taper.revision)
    assert events_of(feed_bytes(feed, at=on_day(2))) == []


def test_altered_bytes_are_shown_to_nobody(
    taper: Taper, detailed: CalendarFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patients.models.signing.sha256_of", lambda content: "another")
    titles = titles_of(feed_bytes(detailed, at=on_day(5)))
    assert titles == {day(5): "Your plan: please look at your page"}


def test_a_stranger_has_nothing_of_hers(taper: Taper, ben: Patient) -> None:
    other = make_feed(ben, by=acting_patient(ben), at=NOON)
    assert events_of(feed_bytes(other, at=NOON)) == []


def test_it_is_read_in_few_queries_however_much_she_reports(
    taper: Taper, feed: CalendarFeed, angela: Patient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(1, 6):
        using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(number))
    loaded = CalendarFeed.objects.select_related("patient").get(pk=feed.pk)
    with django_assert_max_num_queries(8):
        feed_bytes(loaded, at=on_day(6))
