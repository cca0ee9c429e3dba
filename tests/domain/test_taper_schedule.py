"""A schedule lays steps on civil dates, and says what is taken on each of them."""

from datetime import date, timedelta

import pytest

from protocols.domain.amount import Amount
from protocols.domain.taper import Schedule, Upcoming, schedule
from protocols.domain.taper_error import TaperError
from protocols.domain.window import Window
from tests.domain.tapers import MONDAY, document, fives_document, laid_out, step

DAY = timedelta(days=1)


def dates(one: Schedule) -> list[tuple[date, date | None]]:
    return [(dated.first, dated.last) for dated in one.steps]


def taken_days(one: Schedule, first: date, days: int) -> str:
    """ "x" for a day on which something is taken, "." for one without."""
    return "".join("x" if one.take_on(first + n * DAY) else "." for n in range(days))


def test_steps_follow_each_other_over_a_leap_day_and_the_ends_of_months() -> None:
    one = schedule([step("20 mg", 30), step("10 mg", 2), step("10 mg", 29)], first_day=date(2028, 1, 30))
    assert dates(one) == [
        (date(2028, 1, 30), date(2028, 2, 28)),
        (date(2028, 2, 29), date(2028, 3, 1)),
        (date(2028, 3, 2), date(2028, 3, 30)),
    ]
    assert schedule([step("20 mg", 30), step("10 mg", 2)], first_day=date(2027, 1, 30)).ends_on == date(2027, 3, 2)


def test_every_second_day_counts_from_the_first_day_of_the_step() -> None:
    one = schedule([step("10 mg", 7, "every 2 days"), step("10 mg", 7, "every 2 days")], first_day=MONDAY)
    assert taken_days(one, MONDAY, 15) == "x.x.x.xx.x.x.x."
    assert [dated.dose_days for dated in one.steps] == [4, 4]


def test_a_step_that_continues_an_earlier_version_goes_on_counting() -> None:
    one = schedule([step("10 mg", 6, "every 3 days", lived_days=4)], first_day=MONDAY)
    # Days 0 and 3 were dose days, so 6 and 9 are: the third and the sixth of these.
    assert taken_days(one, MONDAY, 6) == "..x..x"


def test_weekdays_are_those_of_the_calendar() -> None:
    one = schedule([step("10 mg", 14, "weekdays mon,thu")], first_day=MONDAY + DAY)
    taken = [MONDAY + n * DAY for n in range(16) if one.take_on(MONDAY + n * DAY)]
    assert taken == [date(2027, 1, 7), date(2027, 1, 11), date(2027, 1, 14), date(2027, 1, 18)]


def test_the_whole_is_the_sum_of_its_steps() -> None:
    one = schedule([step("20 mg", 3), step("10 mg", 4, "every 2 days")], first_day=MONDAY)
    assert (one.days, one.ends_on, one.last_dose_on) == (7, date(2027, 1, 10), date(2027, 1, 9))
    assert one.total == Amount.parse("80 mg")
    dispensed = one.dispense()
    assert dispensed is not None
    assert [given.as_json() for given in dispensed] == [
        {"strength": "20 mg", "count": "3"},
        {"strength": "10 mg", "count": "2"},
    ]


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        # 3.5 + 3 + 2.5 + 2 tablets of 10 mg, and without the last.
        ("20 mg", {"strength": "10 mg", "count": "11"}),
        ("30 mg", {"strength": "10 mg", "count": "6.5", "whole": "7"}),
    ],
)
def test_a_fractional_count_says_how_many_whole_units_to_hand_out(floor: str, expected: dict[str, str]) -> None:
    dispensed = laid_out(fives_document(days=1, floor=floor)).dispense()
    assert dispensed is not None
    assert [given.as_json() for given in dispensed] == [expected]


def test_a_liquid_has_no_whole_units() -> None:
    written = document(
        "strengths",
        medicine_class="other",
        liquid={"concentration": "20 mg/mL", "step": "0.1 mL"},
        recipe={"method": "explicit", "steps": [{"amount": "10 mg", "days": 3}]},
    )
    dispensed = laid_out(written).dispense()
    assert dispensed is not None
    assert [given.as_json() for given in dispensed] == [{"strength": "20 mg/mL", "count": "1.5", "unit": "mL"}]


def test_a_day_lies_in_one_step_or_in_none() -> None:
    one = schedule([step("20 mg", 2), step("10 mg", 2)], first_day=MONDAY)
    found = [one.on(MONDAY + n * DAY) for n in range(-1, 5)]
    assert [None if dated is None else dated.number for dated in found] == [None, 1, 1, 2, 2, None]
    assert one.take_on(MONDAY - DAY) == one.take_on(MONDAY + 4 * DAY) == ()


def test_the_next_change_is_the_next_step_or_the_end() -> None:
    one = schedule([step("20 mg", 2), step("10 mg", 2)], first_day=MONDAY)
    assert one.next_change_after(MONDAY - DAY) == Upcoming(MONDAY, one.steps[0])
    assert one.next_change_after(MONDAY) == Upcoming(MONDAY + 2 * DAY, one.steps[1])
    assert one.next_change_after(MONDAY + 2 * DAY) == Upcoming(MONDAY + 4 * DAY, None)
    assert one.next_change_after(MONDAY + 3 * DAY) == Upcoming(MONDAY + 4 * DAY, None)
    assert one.next_change_after(MONDAY + 4 * DAY) is None


def test_days_on_hold_lengthen_their_step_and_shift_the_later_ones() -> None:
    held = [Window(MONDAY + 2 * DAY, MONDAY + 4 * DAY), Window(MONDAY + 8 * DAY, MONDAY + 8 * DAY)]
    one = schedule([step("20 mg", 4), step("10 mg", 4)], first_day=MONDAY, holds=held)
    assert dates(one) == [(MONDAY, MONDAY + 6 * DAY), (MONDAY + 7 * DAY, MONDAY + 11 * DAY)]
    assert [dated.held for dated in one.steps] == [(held[0],), (held[1],)]
    assert (one.days, one.total) == (12, Amount.parse("190 mg"))


def test_a_hold_keeps_the_dose_and_the_count_of_the_pattern() -> None:
    held = [Window(MONDAY + 3 * DAY, MONDAY + 5 * DAY)]
    one = schedule([step("20 mg", 6, "every 2 days"), step("10 mg", 2)], first_day=MONDAY, holds=held)
    assert taken_days(one, MONDAY, 12) == "x.x.x.x.xxx."


def test_holds_that_overlap_count_each_day_once() -> None:
    held = [Window(MONDAY + DAY, MONDAY + 3 * DAY), Window(MONDAY + 2 * DAY, MONDAY + 4 * DAY)]
    one = schedule([step("20 mg", 2), step("10 mg", 1)], first_day=MONDAY, holds=held)
    assert dates(one) == [(MONDAY, MONDAY + 5 * DAY), (MONDAY + 6 * DAY, MONDAY + 6 * DAY)]


@pytest.mark.parametrize(
    "hold",
    [
        Window(MONDAY - 9 * DAY, MONDAY - DAY),
        Window(MONDAY + 4 * DAY, MONDAY + 9 * DAY),
        Window(MONDAY + 4 * DAY, None),
    ],
)
def test_a_hold_outside_the_taper_moves_nothing(hold: Window) -> None:
    steps = [step("20 mg", 2), step("10 mg", 2)]
    assert schedule(steps, first_day=MONDAY, holds=[hold]) == schedule(steps, first_day=MONDAY)


def test_a_hold_that_began_before_the_first_day_counts_from_it() -> None:
    one = schedule([step("20 mg", 2)], first_day=MONDAY, holds=[Window(MONDAY - 5 * DAY, MONDAY + DAY)])
    assert dates(one) == [(MONDAY, MONDAY + 3 * DAY)]


def test_while_a_hold_is_on_nobody_knows_the_end() -> None:
    steps = [step("20 mg", 4), step("10 mg", 4, "every 2 days"), step("10 mg", 4)]
    held = [Window(MONDAY + DAY, MONDAY + 2 * DAY), Window(MONDAY + 7 * DAY, None)]
    one = schedule(steps, first_day=MONDAY, holds=held)
    assert dates(one) == [(MONDAY, MONDAY + 5 * DAY), (MONDAY + 6 * DAY, None)]
    assert one.waiting == (steps[2],)
    assert one.is_open
    assert (one.days, one.ends_on, one.last_dose_on, one.total, one.dispense()) == (None, None, None, None, None)
    assert one.next_change_after(MONDAY) == Upcoming(MONDAY + 6 * DAY, one.steps[1])
    assert one.next_change_after(MONDAY + 6 * DAY) is None
    # The dose goes on, in its pattern, for as long as it takes.
    assert taken_days(one, MONDAY + 6 * DAY, 9) == "x.x.x.x.x"
    assert one.on(MONDAY + 400 * DAY) == one.steps[1]


def test_no_steps_are_an_empty_schedule() -> None:
    one = schedule([], first_day=MONDAY)
    assert (one.days, one.ends_on, one.last_dose_on, one.total, one.dispense()) == (0, None, None, None, ())
    assert one.next_change_after(MONDAY) is None


def test_a_schedule_past_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(TaperError) as caught:
        schedule([step("20 mg", 3)], first_day=date(9999, 12, 30))
    assert (caught.value.code, caught.value.field) == ("date_out_of_range", "starts_on")
