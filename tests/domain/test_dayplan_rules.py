"""What each rule of a day does to its timetable."""

from datetime import time

import pytest

from protocols.domain.dayplan import plan_day
from protocols.domain.dayplan_terms import Day, DayIntake, Food
from tests.domain.days import USUAL, apart, shown, taken

LEVOTHYROXINE = taken("levothyroxine", food=Food.WITHOUT)
OMEPRAZOLE = taken("omeprazole", before=("breakfast", 30))


def test_the_example_of_a_day() -> None:
    timetable = plan_day(
        USUAL,
        [LEVOTHYROXINE, OMEPRAZOLE, taken("magnesium", prefer="bedtime"), taken("glutamine", 3)],
        [apart("levothyroxine", "magnesium", 4, 4)],
    )
    assert shown(timetable) == [
        ("07:00", "levothyroxine omeprazole glutamine"),
        ("11:00", "glutamine"),
        ("22:30", "magnesium glutamine"),
    ]
    assert timetable.moved == ()
    assert timetable.conflicts == ()


def test_nothing_taken_is_an_empty_day() -> None:
    assert plan_day(USUAL, [], []).times == ()


def test_what_asks_for_nothing_is_taken_on_waking_together() -> None:
    assert shown(plan_day(USUAL, [taken("a"), taken("b")], [])) == [("07:00", "a b")]


def test_waking_and_bed_count_although_they_are_on_no_half_hour() -> None:
    day = Day(time(6, 50), time(22, 40))
    timetable = plan_day(day, [taken("a"), taken("b")], [apart("a", "b", "15.5", "15.5")])
    assert shown(timetable) == [("06:50", "a"), ("22:30", "b")]
    timetable = plan_day(day, [taken("a"), taken("b")], [apart("a", "b", "15.75", "15.75")])
    assert shown(timetable) == [("06:50", "a"), ("22:40", "b")]


def test_the_half_hours_are_counted_from_midnight() -> None:
    day = Day(time(6, 50), time(9))
    assert shown(plan_day(day, [taken("a", 3, gap="0.5")], [])) == [("06:50", "a"), ("07:30", "a"), ("08:00", "a")]


def test_with_food_is_at_a_meal() -> None:
    assert shown(plan_day(USUAL, [taken("a", 3, food=Food.WITH)], [])) == [
        ("07:30", "a"),
        ("12:30", "a"),
        ("18:30", "a"),
    ]


@pytest.mark.parametrize(
    ("breakfast", "at"), [("07:30", "07:00"), ("07:15", "09:30"), ("07:29", "09:30"), ("08:00", "07:00")]
)
def test_without_food_is_half_an_hour_before_and_two_hours_after_any_meal(breakfast: str, at: str) -> None:
    day = Day(time(7), time(22), {"breakfast": time.fromisoformat(breakfast)})
    assert shown(plan_day(day, [LEVOTHYROXINE], [])) == [(at, "levothyroxine")]


def test_two_hours_after_a_meal_is_late_enough_and_a_minute_less_is_not() -> None:
    day = Day(time(7), time(9), {"breakfast": time(7)})
    assert shown(plan_day(day, [LEVOTHYROXINE], [])) == [("09:00", "levothyroxine")]
    too_short = plan_day(Day(time(7), time(8, 59), {"breakfast": time(7)}), [LEVOTHYROXINE], [])
    assert [each.rule.value for each in too_short.conflicts] == ["food"]


def test_before_a_meal_is_to_the_minute_and_others_may_join() -> None:
    timetable = plan_day(USUAL, [taken("a", before=("lunch", 20)), taken("b", 2, gap=5)], [])
    assert shown(timetable) == [("07:00", "b"), ("12:10", "a b")]


def test_before_a_meal_and_without_food_must_both_hold() -> None:
    assert shown(plan_day(USUAL, [taken("a", food=Food.WITHOUT, before=("lunch", 45))], [])) == [("11:45", "a")]
    timetable = plan_day(USUAL, [taken("a", food=Food.WITHOUT, before=("lunch", 20))], [])
    assert [(each.ids, each.rule.value) for each in timetable.conflicts] == [(("a",), "food")]


def test_before_a_meal_that_is_eaten_on_waking_cannot_be() -> None:
    day = Day(time(7), time(22), {"breakfast": time(7)})
    timetable = plan_day(day, [OMEPRAZOLE], [])
    assert [(each.ids, each.rule.value) for each in timetable.conflicts] == [(("omeprazole",), "food")]
    assert shown(timetable) == [("07:00", "omeprazole")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (2, 6, [("10:30", "a"), ("12:30", "b")]),
        (6, 2, [("10:30", "b"), ("12:30", "a")]),
        (None, 2, [("10:30", "b"), ("12:30", "a")]),
        (2, None, [("10:30", "a"), ("12:30", "b")]),
        (0, None, [("10:30", "a b")]),
        (0, 6, [("10:30", "a b")]),
        ("0.5", "1.75", [("10:30", "a"), ("11:00", "b")]),
    ],
)
def test_a_distance_has_two_sides(before: int | None, after: int | None, expected: list[tuple[str, str]]) -> None:
    day = Day(time(10, 30), time(12, 30))
    assert shown(plan_day(day, [taken("a"), taken("b")], [apart("a", "b", before, after)])) == expected


def test_a_distance_without_any_side_never_holds() -> None:
    timetable = plan_day(USUAL, [taken("a"), taken("b")], [apart("a", "b", None, None)])
    assert [(each.ids, each.rule.value, each.set) for each in timetable.conflicts] == [(("a", "b"), "spacing", 1)]
    assert shown(timetable) == [("07:00", "a b")]


def test_every_time_of_one_keeps_its_distance_from_every_time_of_the_other() -> None:
    timetable = plan_day(USUAL, [taken("a", 2), taken("b", 2)], [apart("a", "b", 2, 2)])
    assert shown(timetable) == [("07:00", "a"), ("09:00", "b"), ("11:00", "a"), ("13:00", "b")]


def test_a_distance_does_not_reach_into_the_next_day() -> None:
    day = Day(time(7), time(22, 30))
    timetable = plan_day(day, [taken("a"), taken("b")], [apart("a", "b", 15, 15)])
    assert shown(timetable) == [("07:00", "a"), ("22:00", "b")]


def test_times_of_one_intake_lie_four_hours_apart_unless_it_says_otherwise() -> None:
    assert [at for at, _ in shown(plan_day(USUAL, [taken("a", 4)], []))] == ["07:00", "11:00", "15:00", "19:00"]
    assert [at for at, _ in shown(plan_day(USUAL, [taken("a", 3, gap="2.5")], []))] == ["07:00", "09:30", "12:00"]
    assert [at for at, _ in shown(plan_day(USUAL, [taken("a", 2, gap=0)], []))] == ["07:00", "07:30"]


def test_bed_after_midnight_belongs_to_the_same_day() -> None:
    day = Day(time(9), time(1), {"dinner": time(0, 30)})
    timetable = plan_day(day, [taken("a", prefer="bedtime"), taken("b", food=Food.WITH)], [apart("a", "b", 0, "0.5")])
    assert shown(timetable) == [("00:30", "a b")]
    timetable = plan_day(day, [taken("a", prefer="bedtime"), taken("b", food=Food.WITH)], [apart("a", "b", 9, "0.5")])
    assert shown(timetable) == [("00:30", "b"), ("01:00", "a")]


def test_a_preference_counts_after_the_number_of_times_and_before_their_earliness() -> None:
    assert shown(plan_day(USUAL, [taken("a", prefer="bedtime"), taken("b")], [])) == [("22:30", "a b")]
    assert shown(plan_day(USUAL, [taken("a", prefer="bedtime"), taken("b", food=Food.WITH)], [])) == [("07:30", "a b")]


def test_most_preferences_win_over_earlier_ones_in_the_list() -> None:
    timetable = plan_day(USUAL, [taken("a", prefer="wake"), taken("b", prefer="lunch"), taken("c", prefer="lunch")], [])
    assert shown(timetable) == [("12:30", "a b c")]
    assert [each.id for each in timetable.moved] == ["a"]


def test_at_the_same_times_what_is_named_first_is_taken_first() -> None:
    first, second = taken("a"), taken("b")
    assert shown(plan_day(USUAL, [first, second], [apart("a", "b", 4, 4)])) == [("07:00", "a"), ("11:00", "b")]
    assert shown(plan_day(USUAL, [second, first], [apart("a", "b", 4, 4)])) == [("07:00", "b"), ("11:00", "a")]


def test_several_places_may_be_preferred_one_for_each_time() -> None:
    enzymes = taken("enzymes", 3, prefer=("breakfast", "lunch", "dinner"))
    timetable = plan_day(USUAL, [enzymes], [])
    assert shown(timetable) == [("07:30", "enzymes"), ("12:30", "enzymes"), ("18:30", "enzymes")]
    timetable = plan_day(USUAL, [enzymes, taken("d", prefer="wake")], [])
    # Three of the four can be followed either way: the earlier times decide.
    assert shown(timetable) == [("07:00", "enzymes d"), ("12:30", "enzymes"), ("18:30", "enzymes")]
    assert [(each.id, each.place) for each in timetable.moved] == [("enzymes", "breakfast")]


def test_a_wall_time_may_be_preferred() -> None:
    assert shown(plan_day(USUAL, [taken("a", prefer="20:10")], [])) == [("20:10", "a")]


def test_fixed_times_stay_and_others_move_around_them() -> None:
    fixed = DayIntake(id="timed", times_per_day=2, fixed=(time(21), time(9, 10)))
    timetable = plan_day(USUAL, [taken("a", prefer="wake"), fixed], [apart("a", "timed", 3, 3)])
    assert shown(timetable) == [("09:10", "timed"), ("12:30", "a"), ("21:00", "timed")]


def test_a_fixed_time_may_lie_in_the_night_and_nothing_else_does() -> None:
    early = DayIntake(id="early", fixed=(time(5),))
    late = DayIntake(id="late", fixed=(time(23, 30),))
    timetable = plan_day(USUAL, [early, late, taken("a")], [])
    assert shown(timetable) == [("05:00", "early"), ("07:00", "a"), ("23:30", "late")]


def test_two_fixed_times_that_are_too_close_name_their_distance() -> None:
    intakes = [DayIntake(id="a", fixed=(time(8),)), DayIntake(id="b", fixed=(time(9),))]
    timetable = plan_day(USUAL, intakes, [apart("a", "b", 2, 2)])
    assert [each.ids for each in timetable.conflicts] == [("a", "b")]
    assert shown(timetable) == [("08:00", "a"), ("09:00", "b")]


def test_something_unrelated_that_fits_existing_times_moves_nothing() -> None:
    intakes = [LEVOTHYROXINE, OMEPRAZOLE, taken("magnesium", prefer="bedtime"), taken("glutamine", 3)]
    spacing = [apart("levothyroxine", "magnesium", 4, 4)]
    before = shown(plan_day(USUAL, intakes, spacing))
    after = shown(plan_day(USUAL, [*intakes, taken("vitamin c", 2)], spacing))
    assert [(at, take.replace(" vitamin c", "")) for at, take in after] == before


def test_the_order_of_spacings_and_of_meals_changes_nothing() -> None:
    intakes = [LEVOTHYROXINE, taken("iron", 2), taken("zinc"), taken("calcium", 2, food=Food.WITH)]
    spacing = [apart("levothyroxine", "iron", 4, 4), apart("zinc", "iron", 2, 2), apart("calcium", "iron", 2, 2)]
    turned_meals = Day(USUAL.wake, USUAL.sleep, dict(reversed(list(USUAL.meals.items()))))
    expected = plan_day(USUAL, intakes, spacing)
    assert plan_day(turned_meals, intakes, spacing) == expected
    assert plan_day(USUAL, intakes, spacing[::-1]).times == expected.times
