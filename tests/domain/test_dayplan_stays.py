"""A timetable does not change for the sake of something that fits into it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.domain.dayplan import plan_day
from protocols.domain.dayplan_terms import Day, DayIntake, Spacing
from tests.domain.days import taken
from tests.domain.test_dayplan_against_trying_everything import small_days
from tools.bench_dayplan import DAY, KINDS, day_drawn


@settings(max_examples=60)
@given(small_days(), st.data())
def test_what_asks_for_nothing_leaves_every_other_time_as_it_was(
    found: tuple[Day, list[DayIntake], list[Spacing]], data: st.DataObject
) -> None:
    day, intakes, spacing = found
    before = plan_day(day, intakes, spacing)
    position = data.draw(st.integers(0, len(intakes)))
    after = plan_day(day, [*intakes[:position], taken("further"), *intakes[position:]], spacing)
    assert {each.id: each.at for each in after.explained if each.id != "further"} == {
        each.id: each.at for each in before.explained
    }
    assert [each.at for each in after.times] == [each.at for each in before.times]


def test_a_full_day_stays_as_it_was() -> None:
    intakes, spacing = day_drawn(1, KINDS[1])
    before = plan_day(DAY, intakes, spacing)
    after = plan_day(DAY, [*intakes, taken("further")], spacing)
    assert [each.at for each in after.explained[:-1]] == [each.at for each in before.explained]
