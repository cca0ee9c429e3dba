"""Intakes that ask the same: only one arrangement of them is searched, and it is still the best of all."""

from datetime import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.domain.dayplan import plan_day
from protocols.domain.dayplan_terms import Day, DayIntake, Food, Spacing
from tests.domain.days import USUAL, Requirement, Tried, apart, shown, taken
from tests.domain.test_dayplan_against_trying_everything import ids_of, placed

SHORT = Day(time(7), time(9), {"breakfast": time(8)})
FOODS = [Food.ANY, Food.ANY, Food.WITHOUT]
HOURS = [(0.5, 0.5), (1, 1), (1.5, 1.5), (0.5, 1), (2, None)]


@st.composite
def days_of_equals(draw: st.DrawFn) -> tuple[list[DayIntake], list[Spacing]]:
    """Two or three that differ in places alone, all or none of them apart, and one or two that lie apart from all."""
    food = draw(st.sampled_from([Food.ANY, Food.ANY, Food.WITHOUT, Food.WITH]))
    place = st.sampled_from([(), (), ("wake",), ("bedtime",), ("breakfast",)])
    equals = [taken(f"equal {n}", food=food, prefer=draw(place)) for n in range(draw(st.integers(2, 3)))]
    others = [
        taken(f"other {n}", draw(st.integers(1, 2)), gap="0.5") for n in range(draw(st.integers(0, 4 - len(equals))))
    ]
    between, around = draw(st.sampled_from([None, *HOURS])), draw(st.sampled_from([None, *HOURS]))
    spacing = [apart(a.id, b.id, *between) for a, b in combinations(equals, 2) if between]
    spacing += [apart(a.id, b.id, *around) for a in equals for b in others if around]
    return draw(st.permutations([*equals, *others])), draw(st.permutations(spacing))


@st.composite
def days_with_riders(draw: st.DrawFn) -> tuple[list[DayIntake], list[Spacing]]:
    """Two or three that never meet a distance among themselves, and one from which each keeps one of its own."""
    some = [
        taken(
            f"some {n}",
            draw(st.integers(1, 2)),
            gap=draw(st.sampled_from(["0.5", "1"])),
            food=draw(st.sampled_from(FOODS)),
        )
        for n in range(draw(st.integers(2, 3)))
    ]
    beside = taken("beside", prefer=draw(st.sampled_from([(), ("breakfast",), ("bedtime",)])))
    spacing = [apart(each.id, "beside", *draw(st.sampled_from(HOURS))) for each in some if draw(st.integers(0, 3))]
    return draw(st.permutations([*some, beside])), spacing


@settings(max_examples=120)
@given(days_of_equals() | days_with_riders())
def test_of_equals_the_timetable_and_the_contradictions_are_the_first_of_all(
    found: tuple[list[DayIntake], list[Spacing]],
) -> None:
    intakes, spacing = found
    tried = Tried(SHORT, intakes, spacing)
    timetable = plan_day(SHORT, intakes, spacing)
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
    assert timetable.is_proven


@given(st.permutations(list(combinations(range(5), 2))), st.sets(st.integers(0, 9), max_size=3))
def test_of_those_that_are_all_joined_the_first_in_input_order_give_way(
    pairs: list[tuple[int, int]], left_out: set[int]
) -> None:
    # 07:00 to 09:00 holds three times that lie an hour apart: four intakes that all lie apart are too many.
    pairs = [pair for number, pair in enumerate(pairs) if number not in left_out]
    spacing = [apart(f"{a}", f"{b}", 1, 1) for a, b in pairs]
    fours = [
        [number for number, pair in enumerate(pairs) if set(pair) <= set(four)] for four in combinations(range(5), 4)
    ]
    first = min((four for four in fours if len(four) == 6), default=[])
    timetable = plan_day(SHORT, [taken(f"{n}") for n in range(5)], spacing)
    named = [each.ids for each in timetable.conflicts if each.set == 1]
    assert named == [(f"{pairs[number][0]}", f"{pairs[number][1]}") for number in first]
    assert timetable.is_proven


@pytest.mark.parametrize(("r", "h"), [((3, 3), (1, 1)), ((1, 1), (3, 3)), ((1, 3), (3, 1)), ((3, 1), (2, 3))])
def test_what_is_taken_along_still_keeps_its_own_distance(r: tuple[int, int], h: tuple[int, int]) -> None:
    # Both on waking, and the third once it is far enough from the one that asks for more.
    timetable = plan_day(USUAL, [taken("r"), taken("h"), taken("c")], [apart("r", "c", *r), apart("h", "c", *h)])
    assert shown(timetable) == [("07:00", "r h"), ("10:00", "c")]
