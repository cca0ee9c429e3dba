"""What is said of a preference that was not followed, and of each place in the timetable."""

from datetime import time

from protocols.domain.dayplan import plan_day
from protocols.domain.dayplan_terms import Day, DayIntake, Food
from tests.domain.days import USUAL, apart, taken

LEVOTHYROXINE = taken("levothyroxine", food=Food.WITHOUT)


def test_a_place_that_is_too_close_to_something_and_would_cost_a_further_time() -> None:
    omeprazole = taken("omeprazole", before=("breakfast", 30))
    intakes = [LEVOTHYROXINE, omeprazole, taken("magnesium", prefer="breakfast"), taken("glutamine", 3)]
    timetable = plan_day(USUAL, intakes, [apart("levothyroxine", "magnesium", 4, 4)])
    assert [each.why for each in timetable.moved] == [
        "magnesium moved from breakfast (07:30) to 11:00: at least 4 hours from levothyroxine (07:00); "
        "to follow it would cost a further time of day."
    ]


def test_a_place_that_nothing_but_the_number_of_times_stands_against() -> None:
    timetable = plan_day(
        USUAL, [taken("a", prefer="dinner"), taken("b", prefer="lunch"), taken("c", prefer="lunch")], []
    )
    assert [(each.id, each.place, each.why) for each in timetable.moved] == [
        ("a", "dinner", "a moved from dinner (18:30) to 12:30: to follow it would cost another preference.")
    ]
    timetable = plan_day(USUAL, [taken("a", prefer="dinner"), taken("b", before=("lunch", 30))], [])
    assert [each.why for each in timetable.moved] == [
        "a moved from dinner (18:30) to 12:00: to follow it would cost a further time of day."
    ]


def test_a_place_that_its_own_food_rule_forbids() -> None:
    timetable = plan_day(USUAL, [taken("a", food=Food.WITHOUT, prefer="dinner")], [])
    assert [each.why for each in timetable.moved] == [
        "a moved from dinner (18:30) to 07:00: it is taken without food, at least 30 minutes before and 2 hours after "
        "any meal."
    ]


def test_a_place_that_can_never_be() -> None:
    fixed = DayIntake(id="timed", fixed=(time(21),))
    timetable = plan_day(USUAL, [taken("a", prefer="bedtime"), fixed], [apart("timed", "a", 2, 4)])
    assert [each.why for each in timetable.moved] == [
        "a moved from bedtime (22:30) to 07:00: at least 4 hours before or 2 hours after timed (21:00)."
    ]


def test_a_place_that_its_own_gap_forbids() -> None:
    day = Day(time(8), time(20), {"lunch": time(13, 15)})
    timetable = plan_day(day, [taken("a", 4, prefer="lunch")], [])
    assert [each.why for each in timetable.moved] == [
        "a moved from lunch (13:15) to 08:00, 12:00, 16:00 and 20:00: its own times lie at least 4 hours apart."
    ]


def test_each_intake_says_why_it_is_where_it_is() -> None:
    timetable = plan_day(
        USUAL,
        [LEVOTHYROXINE, taken("magnesium", prefer="bedtime"), taken("glutamine", 3), taken("c", food=Food.WITH)],
        [apart("levothyroxine", "magnesium", 2, 4)],
    )
    said = {
        each.id: (
            [f"{at:%H:%M}" for at in each.at],
            [(reason.because.value, reason.text, reason.ids) for reason in each.reasons],
        )
        for each in timetable.explained
    }
    assert list(said) == ["levothyroxine", "magnesium", "glutamine", "c"]
    at, reasons = said["magnesium"]
    levothyroxine_at = said["levothyroxine"][0][0]
    assert at == ["22:30"]
    assert reasons[:2] == [
        (
            "spacing",
            f"at least 4 hours before or 2 hours after levothyroxine ({levothyroxine_at})",
            ("levothyroxine",),
        ),
        ("preference", "preferred at bedtime (22:30)", ()),
    ]
    assert reasons[2] == ("joined", "at 22:30 together with glutamine", ("glutamine",))
    assert ("gap", "at least 4 hours apart", ()) in said["glutamine"][1]
    assert said["c"][1][0] == ("food", "at a meal", ())


def test_a_fixed_time_says_that_it_is_fixed() -> None:
    timetable = plan_day(USUAL, [DayIntake(id="timed", fixed=(time(21),))], [])
    assert [(each.because.value, each.text) for each in timetable.explained[0].reasons] == [("fixed", "fixed at 21:00")]
