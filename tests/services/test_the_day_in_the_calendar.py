"""The times of her day in her private calendar: only if she asks for them, and naming nothing unless she says so."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar, Event

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber
from patients.actor import acting_patient
from patients.models import CalendarFeed, Patient, Plan, SourceKind, Taper
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.day.timetable import timetable_of
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers.calendar_feed import feed_bytes
from patients.services.tapers.own_calendar import choose_detail, choose_times, make_feed, renew_feed
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_medicine
from tests.portal.conftest import AddOrder, add_order

__all__ = ["add_order"]

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def she(angela: Patient) -> Actor:
    return acting_patient(angela)


@pytest.fixture
def feed(angela: Patient, she: Actor) -> CalendarFeed:
    return choose_times(make_feed(angela, by=she, at=NOON), shows_times=True, by=she)


def events_of(feed: CalendarFeed, *, at: datetime = NOON) -> list[Event]:
    """The timed ones, as a calendar program shows them."""
    content = feed_bytes(feed, at=at)
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(date(2027, 1, 1), date(2027, 12, 31))
    return sorted(
        (event for event in found if isinstance(event["DTSTART"].dt, datetime)), key=lambda event: event["DTSTART"].dt
    )


def test_unless_she_asks_for_times_there_are_none(plan: Plan, angela: Patient, she: Actor) -> None:
    feed = make_feed(angela, by=she, at=NOON)
    assert not feed.shows_times
    assert events_of(feed) == []


def test_the_times_of_two_weeks_stand_where_the_page_has_them(
    plan: Plan, feed: CalendarFeed, add_order: AddOrder
) -> None:
    add_order(plan, name="Zinc", times_of_day=["with-breakfast", "bedtime"])
    add_order(plan, name="Iron", pattern="every 2 days", times_of_day=["with-breakfast"])
    expected = []
    for ahead in range(14):
        on = TODAY + timedelta(days=ahead)
        for each in timetable_of(plan, on=on).times:
            wall = datetime.combine(on, time.fromisoformat(each.clock.zfill(5)), tzinfo=BERLIN)
            count = len(each.items)
            expected.append((wall, f"Your plan: {count} thing{'s' if count > 1 else ''} at {each.clock}"))
    events = events_of(feed)
    assert [(event["DTSTART"].dt, str(event["SUMMARY"])) for event in events] == expected
    assert len(events) == 14 * 3
    assert {str(event["DTSTART"].params["TZID"]) for event in events} == {"Europe/Berlin"}
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_nothing_in_it_tells_what_she_takes_unless_she_says_so(
    plan: Plan, feed: CalendarFeed, add_order: AddOrder, she: Actor
) -> None:
    add_order(plan, name="Zinc", times_of_day=["bedtime"])
    assert b"Zinc" not in feed_bytes(feed, at=NOON)
    choose_detail(feed, shows_detail=True, by=she)
    feed.refresh_from_db()
    assert "22:30: Zinc 1 capsule" in [str(event["SUMMARY"]) for event in events_of(feed)]


def test_what_may_be_controlled_is_counted_and_never_named(
    clinic: Clinic, angela: Patient, feed: CalendarFeed, she: Actor, by: Actor, dr_price: Prescriber
) -> None:
    """Of a class that is controlled, or of which nobody knows the class."""
    choose_detail(feed, shows_detail=True, by=she)
    feed.refresh_from_db()
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    for substance, kind in (("diazepam", "benzodiazepine"), ("omeprazole", "PPI")):
        add_medicine(
            angela,
            medicine=make_medicine(clinic, substance, kind),
            pattern="daily",
            times_of_day=[Slot.BEDTIME],
            source=source,
            by=by,
            at=NOON,
        )
    add_medicine(angela, name="Secret", pattern="daily", times_of_day=[Slot.BEDTIME], source=source, by=by, at=NOON)
    assert {str(event["SUMMARY"]) for event in events_of(feed)} == {"22:30: Omeprazole and 2 more"}


def test_a_breakfast_at_another_hour_is_the_same_event(
    plan: Plan, feed: CalendarFeed, angela: Patient, she: Actor, add_order: AddOrder
) -> None:
    add_order(plan, name="Zinc")
    before = {str(event["UID"]): event["DTSTART"].dt for event in events_of(feed)}
    set_rhythm(
        angela,
        wakes_at=time(8),
        breakfast_at=time(9),
        lunch_at=time(13),
        dinner_at=time(19),
        sleeps_at=time(23),
        by=she,
        at=NOON,
    )
    after = {str(event["UID"]): event["DTSTART"].dt for event in events_of(feed)}
    assert before.keys() == after.keys()
    assert {at.astimezone(BERLIN).time() for at in after.values()} == {time(9), time(21)}


def test_bed_after_midnight_lies_on_the_next_date_and_clocks_that_change_are_followed(
    plan: Plan, feed: CalendarFeed, angela: Patient, she: Actor, add_order: AddOrder
) -> None:
    """From 25 March; on 28 March the clocks of Berlin skip 2:00 to 3:00."""
    add_order(plan, name="Zinc", times_of_day=["bedtime"], last="rebalance")
    set_rhythm(
        angela,
        wakes_at=time(10),
        breakfast_at=None,
        lunch_at=None,
        dinner_at=None,
        sleeps_at=time(2, 30),
        by=she,
        at=NOON,
    )
    at = datetime(2027, 3, 25, 11, tzinfo=BERLIN)
    late = [event for event in events_of(feed, at=at) if event["SUMMARY"].endswith((" 2:30", " 3:30"))][:4]
    shown = [event["DTSTART"].dt.astimezone(BERLIN).strftime("%d %H:%M") for event in late]
    assert shown == ["26 02:30", "27 02:30", "28 03:30", "29 02:30"]
    # And the title says when it really is.
    assert [str(event["SUMMARY"])[-4:] for event in late] == ["2:30", "2:30", "3:30", "2:30"]


def test_an_unsigned_step_is_not_in_it(sent_taper: Taper, feed: CalendarFeed, she: Actor) -> None:
    choose_detail(feed, shows_detail=True, by=she)
    feed.refresh_from_db()
    titles = {str(event["SUMMARY"]) for event in events_of(feed)}
    assert "7:00: Omeprazole 40 mg" in titles
    assert not any("20 mg" in title for title in titles)


def test_the_choice_goes_along_to_a_new_address(feed: CalendarFeed, she: Actor) -> None:
    assert renew_feed(feed, by=she, at=NOON).shows_times


def test_more_days_and_things_cost_no_more_queries(
    plan: Plan,
    feed: CalendarFeed,
    add_order: AddOrder,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    def count() -> int:
        fresh = CalendarFeed.objects.select_related("patient").get(pk=feed.pk)
        with django_assert_max_num_queries(16) as queries:
            feed_bytes(fresh, at=NOON)
        return len(queries)

    few = count()
    for number in range(5):
        add_order(plan, name=f"Thing {number}", times_of_day=["bedtime"])
    assert count() == few
