"""“How many have you got?”: counted per strength, and said in time when it will not be enough."""

from decimal import Decimal

import pytest

from clinics.actor import Actor, for_system
from patients.models import Supply, Taper
from patients.services.tapers import looking_after
from patients.services.tapers.holding import hold
from tests.fixtures.tapers import on_day
from tests.portal.reading import forms_of
from tests.portal.visits import VisitOn


def counted() -> list[tuple[str, Decimal, bool]]:
    return [(str(row.strength), row.count, row.is_all) for row in Supply.objects.all()]


def test_every_strength_of_the_schedule_is_asked_for(visit: VisitOn) -> None:
    page = visit(1)
    asked = [form.fields["strength"] for form in forms_of(page.html()) if "strength" in form.fields]
    assert asked == ["20 mg", "10 mg"]
    assert "How many have you got?" in page.text()


def test_a_count_is_written_down_and_said(visit: VisitOn) -> None:
    text = visit(1).send("supply/", strength="20 mg", count="28")
    assert counted() == [("20 mg", Decimal(28), True)]
    assert "28 counted on Monday 11 January. Enough to the end of your steps." in text


def test_a_shortage_is_said_a_week_before_and_not_sooner(visit: VisitOn) -> None:
    """20 capsules of 20 mg last from day 1 through day 20; 28 are needed. Day 21 is Sunday 31 January."""
    page = visit(1)
    text = page.send("supply/", strength="20 mg", count="20")
    assert "Enough until Saturday 30 January." in text
    sentence = "Your capsules of 20 mg are not enough from Sunday 31 January on: 8 are missing."
    assert sentence not in visit(13).text("today")
    for path in ("today", ""):
        assert sentence in visit(14).text(path)
    assert "not enough today: 8 are missing" in visit(21).text("today")


def test_a_new_count_takes_the_place_of_the_old_one(visit: VisitOn) -> None:
    visit(14).send("supply/", strength="20 mg", count="10")
    assert "not enough" in visit(18).text("today")
    visit(18).send("supply/", strength="20 mg", count="30")
    assert "not enough" not in visit(18).text("today")
    assert len(counted()) == 2


def test_held_it_is_said_too_though_nobody_knows_how_long_it_has_to_last(visit: VisitOn, by: Actor) -> None:
    page = visit(1)
    page.send("supply/", strength="20 mg", count="28")
    hold(page.taper, reason="Travelling", by=by, at=on_day(20), revision=Taper.objects.get().revision)
    assert "not enough" not in visit(21).text("today")
    sentence = "Your capsules of 20 mg are not enough from Monday 8 February on. Ask for a new prescription in time."
    assert sentence in visit(22).text("today")


def test_whoever_has_left_the_schedule_is_not_told_to_get_more(visit: VisitOn) -> None:
    visit(1).send("supply/", strength="20 mg", count="20")
    assert "not enough" in visit(15).text("today")
    visit(15).send("use/", kind="stopped")
    for path in ("today", ""):
        assert "not enough" not in visit(16).text(path)


def test_what_nobody_counted_is_not_called_missing(visit: VisitOn) -> None:
    for number in (1, 27, 60):
        assert "not enough" not in visit(number).text("today")


def test_a_double_tap_counts_once(visit: VisitOn) -> None:
    page = visit(1)
    for _ in range(3):
        page.send("supply/", strength="20 mg", count="28")
    assert len(counted()) == 1
    page.send("supply/", strength="20 mg", count="27")
    page.send("supply/", strength="20 mg", count="28")
    assert len(counted()) == 3, "counted again, and again"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"strength": "20 mg", "count": ""}, "Write how many you have, such as 28."),
        ({"strength": "20 mg", "count": "many"}, "Write how many you have, such as 28."),
        ({"strength": "20 mg", "count": "-1"}, "The number of units is from 0 to 10,000, whole or with a half."),
        ({"strength": "20 mg", "count": "NaN"}, "The number of units is from 0 to 10,000, whole or with a half."),
        ({"strength": "20 mg", "count": "1.3"}, "The number of units is from 0 to 10,000, whole or with a half."),
        ({"strength": "20 mg", "count": "1e9"}, "The number of units is from 0 to 10,000, whole or with a half."),
        ({"strength": "40 mg", "count": "3"}, "This strength is not part of the schedule."),
        ({"strength": "twenty", "count": "3"}, "This strength is not part of the schedule."),
        ({"strength": "20 mg", "count": "3", "day": "2027-01-10"}, "The day has changed"),
    ],
)
def test_what_cannot_be_counted_is_said_in_a_sentence(visit: VisitOn, fields: dict[str, str], sentence: str) -> None:
    assert sentence in visit(1).send("supply/", **fields)
    assert counted() == []


def test_half_a_unit_is_counted_as_people_write_it(visit: VisitOn) -> None:
    text = visit(1).send("supply/", strength="20 mg", count="12,5")
    assert "12.5 counted" in text


def test_after_the_last_step_nothing_is_counted_any_more(visit: VisitOn, taper: Taper) -> None:
    for first in (1, 29, 57, 85):
        visit(first).send("use/", kind="changed")
    looking_after.look_after(taper, by=for_system(), at=on_day(113))
    assert "How many have you got?" not in visit(113).text()
