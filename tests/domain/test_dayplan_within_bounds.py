"""Days made to be hard end after a fixed number of steps, always alike, and say so."""

import pytest

from protocols.domain import dayplan_conflicts
from protocols.domain.dayplan import Timetable, plan_day
from protocols.domain.dayplan_best import best
from protocols.domain.dayplan_document import timetable_as_json
from protocols.domain.dayplan_problem import Problem
from protocols.domain.dayplan_terms import DayIntake, Spacing
from protocols.domain.dayplan_times import DayTimes
from protocols.domain.dayplan_work import Work, WorkSpent
from tests.domain.days import USUAL, Tried, apart, shown, taken
from tools.bench_dayplan import DAY
from tools.hard_days import HARD, all_apart


def all_three_hours_apart(number: int) -> tuple[list[DayIntake], list[Spacing]]:
    return all_apart([taken(f"intake {each}") for each in range(number)], lambda _: "3")


def keeps_what_it_does_not_give_up(timetable: Timetable, intakes: list[DayIntake], spacing: list[Spacing]) -> bool:
    tried = Tried(DAY, intakes, spacing)
    placed = tuple(
        tuple(tried.in_day(each.at) for each in timetable.times if intake.id in each.take) for intake in intakes
    )
    gone = {(each.rule.value, each.ids) for each in timetable.conflicts}
    return (
        [len(minutes) for minutes in placed] == [intake.times_per_day for intake in intakes]
        and all(("spacing", (each.a, each.b)) in gone or tried.spacing_allows(each, placed) for each in spacing)
        and all(
            (("food", (intake.id,)) in gone or all(tried.food_allows(intake, at) for at in minutes))
            and (("gap", (intake.id,)) in gone or tried.gap_allows(intake, minutes))
            for intake, minutes in zip(intakes, placed, strict=True)
        )
    )


@pytest.mark.parametrize("number", [6, 7, 12])
def test_many_that_lie_three_hours_apart_are_decided_for_good(number: int) -> None:
    # 07:00 to 22:30 holds six of them; each of the 21 distances among seven is needed to keep the seventh out.
    intakes, spacing = all_three_hours_apart(number)
    timetable = plan_day(USUAL, intakes, spacing)
    assert timetable.is_proven
    first = {f"intake {each}" for each in range(7)}
    assert [each.ids for each in timetable.conflicts] == [
        (each.a, each.b) for each in spacing if number > 6 and {each.a, each.b} <= first
    ]
    assert "proven" not in timetable_as_json(timetable)


def test_twelve_that_lie_as_far_apart_as_they_can_each_have_their_time() -> None:
    intakes, spacing = all_apart([taken(f"intake {each}") for each in range(12)], lambda _: "1")
    timetable = plan_day(USUAL, intakes, spacing)
    assert shown(timetable) == [(f"{7 + each:02}:00", f"intake {each}") for each in range(12)]
    assert timetable.is_proven


@pytest.mark.parametrize(("family", "size"), [(3, 12), (4, 12), (5, 70)])
def test_a_day_that_takes_too_many_steps_keeps_its_rules_and_is_said_not_to_be_proven(family: int, size: int) -> None:
    intakes, spacing = HARD[family].day(size)
    timetable = plan_day(DAY, intakes, spacing)
    assert not timetable.is_proven
    assert timetable_as_json(timetable)["proven"] is False
    assert keeps_what_it_does_not_give_up(timetable, intakes, spacing)


def test_the_best_that_was_found_is_kept_when_the_work_is_spent() -> None:
    intakes = [taken("a", 3), taken("b", prefer="bedtime"), taken("c")]
    spacing = [apart("a", "c", 1, 2)]
    problem = Problem(DayTimes(USUAL, intakes), intakes, spacing)
    ends = [best(problem, Work(steps)) for steps in range(0, 3000, 50)]
    assert [end.is_proven for end in ends] == sorted(end.is_proven for end in ends)
    assert ends[0] == (None, False)
    assert ends[-1].placing is not None
    assert ends == [best(problem, Work(steps)) for steps in range(0, 3000, 50)]


FOUR = [taken("a", 6), taken("b"), taken("c", before=("lunch", 30)), taken("d", before=("lunch", 15))]
"""The gap of `a` is impossible by itself, and so are `c` and `d` together."""
BETWEEN = [apart("c", "d", 2, 2), apart("a", "b", 1, 1)]


def test_without_a_proof_nothing_of_what_is_named_could_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dayplan_conflicts, "STEPS_OF_A_PROOF", 0)
    timetable = plan_day(USUAL, FOUR, BETWEEN)
    assert [(each.set, each.rule.value, each.ids) for each in timetable.conflicts] == [
        (1, "gap", ("a",)),
        (2, "food", ("c",)),
        (2, "food", ("d",)),
        (2, "spacing", ("c", "d")),
    ]
    assert not timetable.is_proven


def test_where_nothing_can_be_reduced_what_fits_beside_the_rest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dayplan_conflicts, "_smallest_sets", too_much)
    timetable = plan_day(USUAL, FOUR, BETWEEN)
    assert [(each.rule.value, each.ids) for each in timetable.conflicts] == [("gap", ("a",)), ("spacing", ("c", "d"))]
    assert not timetable.is_proven
    monkeypatch.setattr(dayplan_conflicts, "STEPS_OF_A_CONFLICT", 0)
    timetable = plan_day(USUAL, FOUR, BETWEEN)
    assert len(timetable.conflicts) == 5
    assert {id_ for each in timetable.times for id_ in each.take} == {"a", "b", "c", "d"}


def too_much(_: Problem) -> dayplan_conflicts.Clash:
    raise WorkSpent


def test_what_is_kept_back_for_later_is_there_later() -> None:
    work = Work(10)
    with pytest.raises(WorkSpent), work.at_most(3):
        work.step(4)
    work.step(6)
    with pytest.raises(WorkSpent):
        work.step(1)
