"""Moves of any schedule: what was lived stays, and nothing that was left is lost."""

from datetime import date, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from protocols.domain.taper import DatedStep, Dose, Schedule, Step, schedule
from protocols.domain.taper_error import TaperError
from protocols.domain.taper_moves import Change, extend, hold, remaining_steps, resume, step_back, stop
from protocols.domain.window import Window
from tests.domain.tapers import MONDAY, step

DAY = timedelta(days=1)
AMOUNTS = ("80 mg", "60 mg", "40 mg", "30 mg", "20 mg", "10 mg")
patterns = st.sampled_from(["daily", "every 2 days", "every 3 days", "weekdays mon,thu", "as needed"])
lengths = st.integers(1, 12)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    count = draw(st.integers(1, 5))
    steps = [step(amount, draw(lengths), draw(patterns)) for amount in AMOUNTS[:count]]
    if draw(st.booleans()):
        steps[0] = step(AMOUNTS[0], draw(lengths), draw(patterns), lived_days=draw(st.integers(1, 20)))
    starts = draw(st.lists(st.integers(0, 40), max_size=3))
    holds = [Window(MONDAY + n * DAY, MONDAY + (n + draw(st.integers(0, 6))) * DAY) for n in starts]
    return schedule(steps, first_day=MONDAY, holds=holds)


def some_day(one: Schedule, where: float) -> date:
    """A day of the schedule, from its first (0) to its last (1)."""
    assert one.ends_on is not None
    return one.first_day + round((one.ends_on - one.first_day).days * where) * DAY


def lived(one: Schedule, before: date) -> list[tuple[Dose, ...]]:
    days = (before - one.first_day).days
    return [one.take_on(one.first_day + n * DAY) for n in range(days)]


def what_is_left(steps: tuple[Step, ...]) -> list[tuple[tuple[Dose, ...], str, int]]:
    return [(one.doses, str(one.pattern), one.days) for one in steps]


def check(change: Change, day: date) -> None:
    """What every move keeps: lived days, dates without a gap, numbers in order."""
    assert lived(change.after, day) == lived(change.before, day)
    expected = change.before.first_day
    for number, dated in enumerate(change.after.steps, start=1):
        assert (dated.number, dated.first) == (number, expected)
        if dated.last is None:
            assert number == len(change.after.steps)
            break
        assert dated.last >= dated.first
        expected = dated.last + DAY


def held_days_by_hand(dated: DatedStep, before: date) -> int:
    days = (before - dated.first).days
    return sum(any(window.contains(dated.first + n * DAY) for window in dated.held) for n in range(days))


places = st.floats(0, 1)


@settings(max_examples=300)
@given(schedules(), places, st.integers(0, 40))
def test_hold_and_resume_keep_all_that_was_left(one: Schedule, where: float, days: int) -> None:
    first = some_day(one, where)
    held = hold(one, first=first)
    check(held, first)
    assert held.after.is_open
    back = resume(held.after, on=first + days * DAY)
    check(back, first + days * DAY)
    assert lived(back.after, first) == lived(one, first)
    dated = one.on(first)
    assert dated is not None
    left = dated.step.days - ((first - dated.first).days - held_days_by_hand(dated, first))
    expected = [(dated.step.doses, str(dated.step.pattern), left)]
    expected += [(each.step.doses, str(each.step.pattern), each.step.days) for each in one.steps[dated.number :]]
    assert what_is_left(remaining_steps(one, first)) == expected
    assert what_is_left(back.remaining) == expected


@settings(max_examples=200)
@given(schedules(), places, st.integers(1, 30))
def test_a_hold_of_so_many_days_moves_the_end_by_as_many(one: Schedule, where: float, days: int) -> None:
    first = some_day(one, where)
    last = first + (days - 1) * DAY
    change = hold(one, first=first, last=last)
    check(change, first)
    held = Window(first, last)
    # Days of an earlier hold that the new one covers count once.
    covered = {
        one.first_day + n * DAY
        for dated in one.steps
        for window in dated.held
        if window.last is not None
        for n in range((window.first - one.first_day).days, (window.last - one.first_day).days + 1)
        if held.contains(one.first_day + n * DAY)
    }
    assert one.ends_on is not None
    assert change.after.ends_on is not None
    moved = (change.after.ends_on - one.ends_on).days
    if not any(dated.held for dated in one.steps):
        assert moved == days
    assert moved >= days - len(covered) >= 0


@settings(max_examples=200)
@given(schedules(), places)
def test_what_is_left_begins_anew_as_if_nothing_had_happened(one: Schedule, where: float) -> None:
    """The remaining steps from a day on, as a version of their own, take on every day what the whole would."""
    day = some_day(one, where)
    holds = [window for dated in one.steps for window in dated.held]
    rest = schedule(remaining_steps(one, day), first_day=day, holds=holds)
    assert rest.ends_on == one.ends_on
    assert one.ends_on is not None
    for n in range((one.ends_on - day).days + 3):
        assert rest.take_on(day + n * DAY) == one.take_on(day + n * DAY)


@settings(max_examples=200)
@given(schedules(), places, st.integers(1, 50))
def test_extending_adds_its_days_and_no_other(one: Schedule, where: float, days: int) -> None:
    day = some_day(one, where)
    change = extend(one, day=day, days=days)
    check(change, day)
    before, after = one.on(day), change.after.on(day)
    assert before is not None
    assert after is not None
    assert after.step.days == before.step.days + days
    assert after.step.doses == before.step.doses
    assert [each.step for each in change.after.steps[after.number :]] == [
        each.step for each in one.steps[before.number :]
    ]


@settings(max_examples=200)
@given(schedules(), places)
def test_stepping_back_is_the_only_way_up(one: Schedule, where: float) -> None:
    day = some_day(one, where)
    current = one.on(day)
    assert current is not None
    try:
        change = step_back(one, day=day)
    except TaperError as error:
        event(error.code)
        assert current.number == 1
        return
    check(change, day)
    back = change.after.on(day)
    assert back is not None
    assert back.first == day
    assert back.step.doses == one.steps[current.number - 2].step.doses
    assert change.after.on(day - DAY) is not None
    doses = [each.step.doses for each in change.after.steps if each.first >= day]
    assert doses == [each.step.doses for each in one.steps[current.number - 2 :]]
    assert all(step.lived_days == 0 for step in change.remaining)


@settings(max_examples=200)
@given(schedules(), places)
def test_after_stopping_nothing_is_taken(one: Schedule, where: float) -> None:
    day = some_day(one, where)
    change = stop(one, day=day)
    check(change, day)
    assert change.after.ends_on == (None if day == one.first_day else day - DAY)
    assert all(not change.after.take_on(day + n * DAY) for n in range(60))


@settings(max_examples=200)
@given(schedules(), places)
def test_differences_name_exactly_the_steps_whose_dates_change(one: Schedule, where: float) -> None:
    change = hold(one, first=some_day(one, where))
    before = {dated.number: (dated.first, dated.last) for dated in one.steps}
    after = {dated.number: (dated.first, dated.last) for dated in change.after.steps}
    changed = [number for number in before if before[number] != after.get(number, (None, None))]
    assert [(each.first_before, each.last_before) for each in change.differences] == [
        before[number] for number in changed
    ]
    assert [(each.first_after, each.last_after) for each in change.differences] == [
        after.get(number, (None, None)) for number in changed
    ]
