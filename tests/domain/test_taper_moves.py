"""Hold, resume, extend, step back, stop: the new future beside the old one."""

from datetime import date, timedelta

import pytest

from protocols.domain.taper import Schedule, Upcoming, schedule
from protocols.domain.taper_error import TaperError
from protocols.domain.taper_moves import Change, Effect, extend, hold, remaining_steps, resume, step_back, stop
from protocols.domain.window import Window
from tests.domain.tapers import MONDAY, day_by_day, step

STEPS = [step("40 mg", 4), step("20 mg", 4), step("10 mg", 4, "every 2 days")]


def day(number: int) -> date:
    """Day 1 is the first day of the taper."""
    return MONDAY + timedelta(days=number - 1)


def plain(*holds: tuple[int, int | None]) -> Schedule:
    windows = [Window(day(first), None if last is None else day(last)) for first, last in holds]
    return schedule(STEPS, first_day=MONDAY, holds=windows)


def spans(one: Schedule) -> list[tuple[int, int | None]]:
    """First and last day of each step, as numbers."""
    return [
        ((dated.first - MONDAY).days + 1, None if dated.last is None else (dated.last - MONDAY).days + 1)
        for dated in one.steps
    ]


def told(change: Change) -> list[tuple[str, Effect, tuple[int | None, ...]]]:
    """The dose, the effect, and first and last day before and after, of each difference."""
    found = []
    for one in change.differences:
        days = (one.first_before, one.last_before, one.first_after, one.last_after)
        numbers = tuple(None if each is None else (each - MONDAY).days + 1 for each in days)
        found.append((f"{one.step.amount_per_dose_day.value:f}", one.effect, numbers))
    return found


def refused(code: str, field: str) -> pytest.RaisesExc[TaperError]:
    return pytest.RaisesExc(TaperError, check=lambda error: (error.code, error.field) == (code, field))


def test_a_hold_lengthens_its_step_and_shifts_the_later_ones() -> None:
    change = hold(plain(), first=day(6), last=day(8))
    assert spans(change.after) == [(1, 4), (5, 11), (12, 15)]
    assert told(change) == [
        ("20", Effect.LENGTHENED, (5, 8, 5, 11)),
        ("10", Effect.MOVED, (9, 12, 12, 15)),
    ]
    assert change.before == plain()
    assert day_by_day(change.after, 16) == ["40"] * 4 + ["20"] * 7 + ["10", "0", "10", "0", "0"]


def test_a_hold_without_an_end_leaves_the_later_steps_waiting() -> None:
    change = hold(plain(), first=day(6))
    assert spans(change.after) == [(1, 4), (5, None)]
    assert change.after.waiting == (STEPS[2],)
    assert told(change) == [
        ("20", Effect.LENGTHENED, (5, 8, 5, None)),
        ("10", Effect.WAITING, (9, 12, None, None)),
    ]


def test_resuming_gives_every_step_its_dates_again() -> None:
    change = resume(plain((6, None)), on=day(10))
    assert change.after == plain((6, 9))
    assert spans(change.after) == [(1, 4), (5, 12), (13, 16)]
    assert told(change) == [
        ("20", Effect.DATED, (5, None, 5, 12)),
        ("10", Effect.DATED, (None, None, 13, 16)),
    ]


def test_resuming_on_the_first_day_of_a_hold_undoes_it() -> None:
    assert resume(plain((6, None)), on=day(6)).after == plain()
    assert resume(plain((2, 3), (6, 9)), on=day(6)).after == plain((2, 3))


def test_resuming_before_the_planned_last_day_of_a_hold_shortens_it() -> None:
    change = resume(plain((6, 9)), on=day(7))
    assert change.after == plain((6, 6))
    assert told(change) == [("20", Effect.SHORTENED, (5, 12, 5, 9)), ("10", Effect.MOVED, (13, 16, 10, 13))]


def test_a_hold_inside_another_changes_nothing() -> None:
    change = hold(plain((6, None)), first=day(8), last=day(9))
    assert change.after == plain((6, None))
    assert change.differences == ()


def test_only_what_is_held_can_be_resumed() -> None:
    with refused("not_on_hold", "on"):
        resume(plain((6, 8)), on=day(9))
    with refused("not_on_hold", "on"):
        resume(plain(), on=day(2))


def test_a_hold_ends_on_its_first_day_or_later_and_lies_in_the_taper() -> None:
    with refused("hold_ends_early", "last"):
        hold(plain(), first=day(6), last=day(5))
    with refused("outside", "day"):
        hold(plain(), first=day(13))
    with refused("outside", "day"):
        hold(plain(), first=day(0))


def test_extending_makes_the_step_of_that_day_longer() -> None:
    change = extend(plain((2, 3)), day=day(8), days=7)
    assert spans(change.after) == [(1, 6), (7, 17), (18, 21)]
    assert told(change) == [("20", Effect.LENGTHENED, (7, 10, 7, 17)), ("10", Effect.MOVED, (11, 14, 18, 21))]
    # One of its eleven days is lived.
    assert change.remaining == (step("20 mg", 10, lived_days=1), STEPS[2])


def test_a_step_is_extended_by_a_day_or_more_and_never_past_two_years() -> None:
    for days in (0, -1, 731, 727):
        with refused("days_out_of_range", "days"):
            extend(plain(), day=day(1), days=days)
    assert spans(extend(plain(), day=day(1), days=726).after)[0] == (1, 730)


def test_stepping_back_lives_the_step_before_again_then_the_current_one_anew() -> None:
    change = step_back(plain(), day=day(7))
    assert spans(change.after) == [(1, 4), (5, 6), (7, 10), (11, 14), (15, 18)]
    assert [dated.number for dated in change.after.steps] == [1, 2, 3, 4, 5]
    assert day_by_day(change.after, 18) == ["40"] * 4 + ["20"] * 2 + ["40"] * 4 + ["20"] * 4 + ["10", "0"] * 2
    assert change.remaining == (STEPS[0], STEPS[1], STEPS[2])
    assert told(change) == [
        ("20", Effect.SHORTENED, (5, 8, 5, 6)),
        ("40", Effect.ADDED, (None, None, 7, 10)),
        ("20", Effect.ADDED, (None, None, 11, 14)),
        ("10", Effect.MOVED, (9, 12, 15, 18)),
    ]


def test_stepping_back_on_the_first_day_of_a_step_only_puts_the_one_before_in_front() -> None:
    change = step_back(plain(), day=day(5))
    assert spans(change.after) == [(1, 4), (5, 8), (9, 12), (13, 16)]
    assert told(change) == [
        ("20", Effect.MOVED, (5, 8, 9, 12)),
        ("40", Effect.ADDED, (None, None, 5, 8)),
        ("10", Effect.MOVED, (9, 12, 13, 16)),
    ]


def test_stepping_back_ends_a_hold_and_keeps_the_days_that_were_held() -> None:
    change = step_back(plain((6, None)), day=day(9))
    assert spans(change.after) == [(1, 4), (5, 8), (9, 12), (13, 16), (17, 20)]
    assert change.after.steps[1].held == (Window(day(6), day(8)),)
    assert not change.after.waiting
    assert told(change)[-1] == ("10", Effect.DATED, (None, None, 17, 20))


def test_from_the_first_step_one_goes_back_only_to_an_earlier_version() -> None:
    with refused("first_step", "day"):
        step_back(plain(), day=day(2))
    change = step_back(plain(), day=day(2), previous=step("40 mg", 14, lived_days=14))
    assert change.remaining == (step("40 mg", 28), *STEPS)


def test_a_step_that_continues_an_earlier_version_is_lived_again_as_a_whole() -> None:
    one = schedule([step("20 mg", 10, lived_days=18), step("10 mg", 28)], first_day=MONDAY)
    assert step_back(one, day=day(15)).remaining == (step("20 mg", 28), step("10 mg", 28))
    change = step_back(one, day=day(2), previous=step("40 mg", 28))
    assert change.remaining == (step("40 mg", 28), step("20 mg", 28), step("10 mg", 28))
    long = schedule([step("20 mg", 700, lived_days=100), step("10 mg", 28)], first_day=MONDAY)
    assert step_back(long, day=day(701)).remaining[0].days == 730


def test_stopping_ends_the_schedule_the_day_before() -> None:
    change = stop(plain(), day=day(7))
    assert spans(change.after) == [(1, 4), (5, 6)]
    assert change.after.ends_on == day(6)
    assert change.remaining == ()
    assert told(change) == [
        ("20", Effect.SHORTENED, (5, 8, 5, 6)),
        ("10", Effect.REMOVED, (9, 12, None, None)),
    ]
    assert change.after.next_change_after(day(6)) == Upcoming(day(7), None)


def test_stopping_before_the_first_day_leaves_nothing() -> None:
    for first_without in (day(-5), day(1)):
        change = stop(plain((6, None)), day=first_without)
        assert change.after.steps == ()
        assert change.after.waiting == ()
        assert [effect for _, effect, _ in told(change)] == [Effect.REMOVED] * 3
    with refused("outside", "day"):
        stop(plain(), day=day(13))


def test_stopping_a_held_taper_keeps_the_days_that_were_held() -> None:
    change = stop(plain((6, None)), day=day(20))
    assert spans(change.after) == [(1, 4), (5, 19)]
    assert change.after.steps[1].held == (Window(day(6), day(19)),)
    assert day_by_day(change.after, 21) == ["40"] * 4 + ["20"] * 15 + ["0"] * 2


def test_what_is_left_from_a_day_on() -> None:
    one = plain((6, 8))
    assert remaining_steps(one, day(-3)) == remaining_steps(one, day(1)) == tuple(STEPS)
    assert remaining_steps(one, day(2)) == (step("40 mg", 3, lived_days=1), *STEPS[1:])
    # Of the second step days 5, 9, 10 and 11 count; on day 9 four of its dates have gone by, three of them held.
    for held in (6, 7, 8, 9):
        assert remaining_steps(one, day(held)) == (step("20 mg", 3, lived_days=held - 5), STEPS[2])
    assert remaining_steps(one, day(12)) == (STEPS[2],)
    assert remaining_steps(one, day(15)) == (step("10 mg", 1, "every 2 days", lived_days=3),)
    assert remaining_steps(one, day(16)) == ()
    assert remaining_steps(plain((6, None)), day(300)) == (step("20 mg", 3, lived_days=295), STEPS[2])


def test_a_step_that_was_ended_early_moves_no_more() -> None:
    after = step_back(plain(), day=day(7)).after
    with refused("cut_short", "day"):
        hold(after, first=day(6))
    assert spans(hold(after, first=day(8), last=day(8)).after) == [(1, 4), (5, 6), (7, 11), (12, 15), (16, 19)]


def test_a_later_version_is_no_longer_than_a_schedule_may_be() -> None:
    long = [step("40 mg", 730), step("20 mg", 730), step("10 mg", 730), step("10 mg", 730, "every 2 days")]
    one = schedule([*long, step("10 mg", 730, "every 3 days"), step("10 mg", 11, "every 4 days")], first_day=MONDAY)
    with refused("too_long", ""):
        step_back(one, day=day(731))
