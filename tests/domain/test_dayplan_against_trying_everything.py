"""Any small day: the timetable is the best of all, and what contradicts is a smallest set of requirements."""

from datetime import time
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.domain.dayplan import Timetable, plan_day
from protocols.domain.dayplan_terms import BeforeMeal, Day, DayIntake, Food, Spacing
from tests.domain.days import Requirement, Tried, minute, taken

HOURS = ["0", "0.5", "1", "1.5", "2", "3"]


@st.composite
def small_days(draw: st.DrawFn) -> tuple[Day, list[DayIntake], list[Spacing]]:
    """Some two waking hours, up to four intakes and four spacings: few enough to try everything out."""
    wake = draw(st.sampled_from([time(7), time(7, 10), time(22)]))
    minutes = draw(st.sampled_from([120, 155]))
    names = draw(st.lists(st.sampled_from(["breakfast", "lunch", "dinner"]), unique=True, max_size=2))
    meals = {name: at(wake, draw(st.sampled_from([0, 30, 45, 90, 120]))) for name in names}
    intakes = [
        draw(intakes_of(f"intake {number}", names, twice=number < 2)) for number in range(draw(st.integers(1, 4)))
    ]
    spacing = []
    for _ in range(draw(st.integers(0, 4)) if len(intakes) > 1 else 0):
        a, b = draw(st.permutations([intake.id for intake in intakes]))[:2]
        sides = st.sampled_from([None, *HOURS])
        spacing.append(Spacing(a=a, b=b, before_hours=draw(sides.map(hours)), after_hours=draw(sides.map(hours))))
    return Day(wake, at(wake, minutes), meals), intakes, spacing


@st.composite
def intakes_of(draw: st.DrawFn, id_: str, meals: list[str], *, twice: bool) -> DayIntake:
    times = draw(st.sampled_from([1, 1, 2] if twice else [1]))
    food = draw(st.sampled_from([Food.ANY, Food.ANY, Food.WITH, Food.WITHOUT]))
    places = draw(st.lists(st.sampled_from([*meals, "wake", "bedtime"]), unique=True, max_size=times))
    before = None
    if meals and times == 1 and food is not Food.WITH and draw(st.booleans()):
        before = BeforeMeal(draw(st.sampled_from(meals)), draw(st.sampled_from([15, 30, 50])))
    gap = draw(st.sampled_from(HOURS))
    return taken(id_, times, food=food, gap=gap, prefer=tuple(places), before_meal=before)


def at(wake: time, minutes: int) -> time:
    hour, rest = divmod((minute(wake) + minutes) % 1440, 60)
    return time(hour, rest)


def hours(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def placed(tried: Tried, timetable: Timetable) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(tried.in_day(each.at) for each in timetable.times if intake.id in each.take) for intake in tried.intakes
    )


@settings(max_examples=150)
@given(small_days())
def test_the_timetable_is_the_best_of_all_and_contradictions_are_smallest(
    found: tuple[Day, list[DayIntake], list[Spacing]],
) -> None:
    day, intakes, spacing = found
    tried = Tried(day, intakes, spacing)
    timetable = plan_day(day, intakes, spacing)
    requirements = tried.requirements()
    expected: list[tuple[Requirement, ...]] = []
    while (smallest := tried.smallest_conflict(requirements)) is not None:
        expected.append(smallest)
        requirements = [each for each in requirements if each not in smallest]
    sets: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
    for conflict in timetable.conflicts:
        sets.setdefault(conflict.set, []).append((conflict.rule.value, conflict.ids))
    assert list(sets.values()) == [[(rule, ids_of(tried, (rule, n))) for rule, n in each] for each in expected]
    assert placed(tried, timetable) == tried.best(requirements)


def ids_of(tried: Tried, requirement: Requirement) -> tuple[str, ...]:
    rule, position = requirement
    if rule == "spacing":
        return (tried.spacing[position].a, tried.spacing[position].b)
    return (tried.intakes[position].id,)
