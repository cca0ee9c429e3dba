"""A day in which nothing fits: what contradicts is named, and everything is still taken."""

from datetime import time

from protocols.domain.dayplan import Timetable, plan_day
from protocols.domain.dayplan_terms import Day, Food
from tests.domain.days import USUAL, apart, shown, taken


def named(timetable: Timetable) -> list[tuple[int, str, str]]:
    return [(each.set, each.rule.value, " ".join(each.ids)) for each in timetable.conflicts]


def test_more_times_than_their_gap_has_room_for() -> None:
    timetable = plan_day(USUAL, [taken("glutamine", 6)], [])
    assert named(timetable) == [(1, "gap", "glutamine")]
    assert timetable.conflicts[0].text == "glutamine, 6 times a day, must be taken at least 4 hours apart."
    assert [at for at, _ in shown(timetable)] == ["07:00", "07:30", "08:00", "08:30", "09:00", "09:30"]


def test_more_times_with_food_than_there_are_meals() -> None:
    timetable = plan_day(USUAL, [taken("enzymes", 4, food=Food.WITH)], [])
    assert named(timetable) == [(1, "food", "enzymes")]
    assert timetable.conflicts[0].text == "enzymes must be taken at a meal."
    assert [at for at, _ in shown(timetable)] == ["07:00", "11:00", "15:00", "19:00"]


def test_with_food_in_a_day_without_meals() -> None:
    timetable = plan_day(Day(time(7), time(22)), [taken("enzymes", food=Food.WITH)], [])
    assert named(timetable) == [(1, "food", "enzymes")]


def test_two_that_are_tied_to_one_meal_and_must_lie_apart() -> None:
    intakes = [taken("a", before=("breakfast", 30)), taken("b", before=("breakfast", 15)), taken("c")]
    timetable = plan_day(USUAL, intakes, [apart("c", "a", 4, 4), apart("a", "b", 2, 6)])
    assert named(timetable) == [(1, "food", "a"), (1, "food", "b"), (1, "spacing", "a b")]
    assert timetable.conflicts[2].text == "a must be at least 2 hours before or 6 hours after b."
    assert {"a", "b", "c"} == {id_ for each in timetable.times for id_ in each.take}


def test_the_smallest_of_several_contradictions_is_named_first() -> None:
    intakes = [
        taken("a", before=("breakfast", 30)),
        taken("b", before=("breakfast", 15)),
        taken("c", 9),
        taken("d"),
    ]
    timetable = plan_day(USUAL, intakes, [apart("a", "b", 2, 2), apart("d", "c", None, None)])
    assert named(timetable) == [
        (1, "gap", "c"),
        (2, "spacing", "d c"),
        (3, "food", "a"),
        (3, "food", "b"),
        (3, "spacing", "a b"),
    ]


def test_of_two_smallest_contradictions_the_first_in_the_list_is_named() -> None:
    # a before b before c before a: any of the three may give way, none of two would do.
    intakes = [taken("a"), taken("b"), taken("c")]
    ring = [apart("a", "b", 1, None), apart("b", "c", 1, None), apart("c", "a", 1, None)]
    timetable = plan_day(USUAL, intakes, [*ring, apart("c", "b", 1, None)])
    assert named(timetable) == [(1, "spacing", "b c"), (1, "spacing", "c b")]
    timetable = plan_day(USUAL, intakes, ring)
    assert named(timetable) == [(1, "spacing", "a b"), (1, "spacing", "b c"), (1, "spacing", "c a")]


def test_five_that_all_lie_four_hours_apart_do_not_fit_into_a_day() -> None:
    # 07:00 to 22:30 holds four of them; every one of the ten distances is needed to keep the fifth out.
    names = "abcde"
    spacing = [apart(x, y, 4, 4) for i, x in enumerate(names) for y in names[i + 1 :]]
    timetable = plan_day(USUAL, [taken(name) for name in names], spacing)
    assert [each.ids for each in timetable.conflicts] == [(each.a, each.b) for each in spacing]
    assert plan_day(USUAL, [taken(name) for name in names], spacing[1:]).conflicts == ()


def test_what_gave_way_is_said_where_each_intake_is_explained() -> None:
    timetable = plan_day(USUAL, [taken("glutamine", 6)], [])
    reasons = timetable.explained[0].reasons
    assert [(each.because.value, each.text) for each in reasons] == [
        ("conflict", "could not be kept: at least 4 hours apart")
    ]
