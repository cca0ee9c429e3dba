"""When an order is taken, against dates counted by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.order_window import OrderWindow, TaperDates, Tie, order_window
from protocols.domain.supplements import TaperTie
from protocols.domain.window import Window

PLAN = Window(date(2027, 1, 11), date(2027, 7, 25))
REMOVE = Window(date(2027, 1, 11), date(2027, 2, 7))
REPAIR = Window(date(2027, 2, 8), date(2027, 5, 2))
TAPER = TaperDates(
    first=date(2027, 1, 18), last_dose_on=date(2027, 4, 11), watched_through=date(2027, 7, 4)
)  # 84 days of watching
DURING, WATCHING = Tie(TaperTie.DURING), Tie(TaperTie.WHILE_WATCHED)
HCL = Tie(TaperTie.AFTER, after_days=56)


def window(
    *,
    plan: Window = PLAN,
    last_phase: Window = REPAIR,
    starts_after_days: int = 0,
    starts_on: date | None = None,
    ends_on: date | None = None,
    tie: Tie | None = None,
    taper: TaperDates | None = TAPER,
) -> OrderWindow:
    return order_window(
        plan=plan,
        first_phase=REMOVE,
        last_phase=last_phase,
        starts_after_days=starts_after_days,
        starts_on=starts_on,
        ends_on=ends_on,
        tie=tie,
        taper=taper,
    )


def test_it_lasts_from_its_first_phase_to_the_end_of_its_last() -> None:
    assert window() == OrderWindow(window=Window(date(2027, 1, 11), date(2027, 5, 2)))


def test_it_begins_days_after_its_phase() -> None:
    assert window(starts_after_days=10).window == Window(date(2027, 1, 21), date(2027, 5, 2))


def test_a_first_day_that_was_said_wins_over_the_phase() -> None:
    found = window(starts_after_days=3, starts_on=date(2027, 2, 1))
    assert found == OrderWindow(window=Window(date(2027, 2, 1), date(2027, 5, 2)))


def test_a_last_day_that_was_said_wins_over_the_phase() -> None:
    found = window(last_phase=REMOVE, ends_on=date(2027, 3, 1))
    assert found == OrderWindow(window=Window(REMOVE.first, date(2027, 3, 1)), is_end_said=True)


def test_during_the_taper_it_is_taken_from_its_first_day_to_its_last_dose() -> None:
    found = window(tie=DURING)
    assert found == OrderWindow(window=Window(date(2027, 1, 18), date(2027, 4, 11)), is_end_said=True)


def test_rescue_medicine_stays_until_the_watch_ends() -> None:
    assert window(tie=WATCHING).window == Window(date(2027, 1, 18), date(2027, 7, 4))


def test_what_comes_after_counts_from_the_day_of_the_last_dose() -> None:
    """56 days after 11 April: 30 April is day 19, 31 May day 50, 6 June day 56."""
    rebalance = Window(date(2027, 5, 3), date(2027, 7, 25))
    assert window(tie=HCL, last_phase=rebalance) == OrderWindow(window=Window(date(2027, 6, 6), date(2027, 7, 25)))


def test_what_comes_after_can_have_its_own_last_day() -> None:
    rebalance = Window(date(2027, 5, 3), None)
    found = window(tie=HCL, last_phase=rebalance, ends_on=date(2027, 6, 12))
    assert found == OrderWindow(window=Window(date(2027, 6, 6), date(2027, 6, 12)), is_end_said=True)


@given(days=st.integers(-7, 40))
def test_it_moves_when_the_taper_moves(days: int) -> None:
    by = timedelta(days=days)
    assert TAPER.last_dose_on is not None
    assert TAPER.watched_through is not None
    moved = TaperDates(
        first=TAPER.first + by, last_dose_on=TAPER.last_dose_on + by, watched_through=TAPER.watched_through + by
    )
    endless = Window(PLAN.first, None)
    for tie in (DURING, WATCHING, HCL):
        before = window(tie=tie, plan=endless, last_phase=endless).window
        after = window(tie=tie, plan=endless, last_phase=endless, taper=moved).window
        assert before is not None
        assert after is not None
        assert after.first - before.first == by
        if before.last is not None:
            assert after.last == before.last + by


@pytest.mark.parametrize("tie", [DURING, WATCHING, HCL])
def test_it_waits_while_the_taper_has_no_dates(tie: Tie) -> None:
    found = window(tie=tie, taper=None)
    assert (found.window, found.problem) == (None, "")
    assert found.waits == "It waits for the taper, which has no dates until it is signed."


def test_while_a_step_is_held_the_end_is_open_and_what_comes_after_waits() -> None:
    held = TaperDates(first=TAPER.first, last_dose_on=None, watched_through=None)
    endless = Window(PLAN.first, None)
    assert window(tie=DURING, taper=held, plan=endless).window == Window(TAPER.first, None)
    assert window(tie=DURING, taper=held).window == Window(TAPER.first, PLAN.last)
    assert "held" in window(tie=HCL, taper=held).waits


def test_a_tie_is_made_shorter_by_a_last_day_and_never_longer() -> None:
    shorter = window(tie=DURING, ends_on=date(2027, 3, 1)).window
    assert shorter == Window(TAPER.first, date(2027, 3, 1))
    assert window(tie=DURING, ends_on=date(2027, 6, 1)).window == Window(TAPER.first, TAPER.last_dose_on)
    assert window(tie=DURING, starts_on=date(2027, 2, 1)).window == Window(date(2027, 2, 1), TAPER.last_dose_on)
    assert window(tie=DURING, starts_on=date(2027, 1, 12)).window == Window(TAPER.first, TAPER.last_dose_on)


def test_the_plan_cuts_what_was_reckoned_and_its_end_is_nobodys_word() -> None:
    short = Window(date(2027, 1, 25), date(2027, 5, 30))
    found = window(tie=WATCHING, plan=short)
    assert found == OrderWindow(window=short, is_end_said=False, is_clipped=True)
    assert window(plan=Window(PLAN.first, date(2027, 3, 1))).is_clipped


@pytest.mark.parametrize(
    ("arguments", "field", "problem"),
    [
        (
            {"ends_on": date(2027, 1, 10)},
            "ends_on",
            "2027-01-10 comes before the order’s first day, 2027-01-11: choose a later one.",
        ),
        (
            {"starts_after_days": 120},
            "starts_after_days",
            "The order would begin on 2027-05-11, after its last day, 2027-05-02",
        ),
        (
            {"starts_on": date(2027, 5, 11)},
            "starts_on",
            "The order would begin on 2027-05-11, after its last day, 2027-05-02",
        ),
        (
            {"tie": HCL, "plan": Window(PLAN.first, date(2027, 5, 30)), "last_phase": PLAN},
            "taper_tie",
            "The order would lie outside the plan, 2027-01-11 to 2027-05-30",
        ),
        ({"starts_after_days": -1}, "starts_after_days", "-1 days after its phase has begun is not possible"),
        ({"starts_after_days": 366}, "starts_after_days", "366 days after its phase has begun is not possible"),
        ({"tie": DURING, "starts_after_days": 3}, "starts_after_days", "What hangs on a taper begins with it"),
        ({"tie": Tie(TaperTie.AFTER)}, "taper_tie_days", "What comes after a taper, and only that"),
        ({"tie": Tie(TaperTie.DURING, 3)}, "taper_tie_days", "What comes after a taper, and only that"),
        ({"tie": Tie(TaperTie.AFTER, 366)}, "taper_tie_days", "366 days after the last dose is not possible"),
    ],
)
def test_what_cannot_be_is_a_sentence_with_the_place(arguments: dict[str, object], field: str, problem: str) -> None:
    found = window(**arguments)  # type: ignore[arg-type]
    assert (found.window, found.waits, found.field) == (None, "", field)
    assert found.problem.startswith(problem)


def test_a_first_day_outside_the_plan_is_said_and_the_window_cut() -> None:
    found = window(starts_on=date(2027, 1, 2))
    assert found.window == Window(PLAN.first, date(2027, 5, 2))
    assert found.field == "starts_on"
    assert found.problem.startswith("2027-01-02 lies outside the plan")


def test_a_last_day_outside_the_plan_is_said_and_the_window_stays() -> None:
    """So that a plan which was made shorter does not lose an order that is being taken."""
    found = window(plan=Window(PLAN.first, date(2027, 3, 1)), ends_on=date(2027, 3, 9))
    assert found.window == Window(PLAN.first, date(2027, 3, 1))
    assert not found.is_end_said
    assert found.field == "ends_on"
    assert found.problem == "2027-03-09 lies outside the plan, 2027-01-11 to 2027-03-01: choose a day within it."
    endless = window(plan=Window(date(2027, 3, 1), None), ends_on=date(2027, 2, 9))
    assert endless.window is None
    assert "which begins on 2027-03-01" in endless.problem


days = st.integers(0, 200).map(lambda number: PLAN.first + timedelta(days=number))


@given(
    ties=st.sampled_from([None, DURING, WATCHING, HCL]),
    offset=st.integers(0, 60),
    starts_on=st.none() | days,
    ends_on=st.none() | days,
    first=days,
    course=st.integers(0, 60),
)
def test_a_window_lies_in_the_plan_and_nothing_is_silent(
    ties: Tie | None, offset: int, starts_on: date | None, ends_on: date | None, first: date, course: int
) -> None:
    last_dose = first + timedelta(days=course)
    taper = TaperDates(first=first, last_dose_on=last_dose, watched_through=last_dose + timedelta(days=84))
    found = window(tie=ties, starts_after_days=0 if ties else offset, starts_on=starts_on, ends_on=ends_on, taper=taper)
    if found.window is None:
        assert bool(found.problem) != bool(found.waits)
        return
    assert found.window.first >= PLAN.first
    assert found.window.last is not None
    assert PLAN.last is not None
    assert found.window.last <= PLAN.last
    assert ends_on is None or found.window.last <= ends_on
