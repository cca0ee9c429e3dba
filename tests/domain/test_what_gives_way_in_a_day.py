"""Meals give way before hours apart; nothing is moved nearer to anything than it was written."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.domain import day_placing
from protocols.domain.day_places import USUAL_DAY, Places, slot_of
from protocols.domain.day_placing import place
from protocols.domain.day_taken import Taken, is_kept
from protocols.domain.dayplan_terms import Day
from protocols.domain.dose_form import FoodRule
from tests.domain.test_where_a_dose_lies import apart, clocks, taken, whys

FASTING = Day(USUAL_DAY.wake, USUAL_DAY.sleep, {name: at for name, at in USUAL_DAY.meals.items() if name != "lunch"})


def test_minerals_leave_their_meals_before_they_come_near_levothyroxine() -> None:
    """Iron at lunch keeps two hours from nothing that stays at breakfast or lunch: so one goes to bed, none to 7:00."""
    things = [
        taken("levothyroxine", "on-waking", fixed=True),
        taken("iron", "with-breakfast"),
        taken("calcium", "with-breakfast", "with-dinner"),
        taken("zinc", "with-breakfast"),
    ]
    hours = [apart("levothyroxine", mineral, 4, 4) for mineral in ("iron", "calcium", "zinc")]
    hours += [apart("iron", "calcium", 2, 2), apart("iron", "zinc", 2, 2), apart("calcium", "zinc", 2, 2)]
    placing = place(USUAL_DAY, things, hours)
    assert [is_kept(entry, placing) for entry in hours] == [True] * 6
    assert not placing.clashes
    assert clocks(placing, "levothyroxine") == ["7:00"]


def test_a_day_that_keeps_all_hours_at_bedtime_is_found() -> None:
    things = [
        taken("ciprofloxacin", "with-breakfast", "with-dinner", fixed=True),
        taken("magnesium", "with-dinner"),
        taken("iron", "with-lunch"),
    ]
    hours = [apart("magnesium", "ciprofloxacin", None, 4), apart("magnesium", "iron", 2, 2)]
    placing = place(USUAL_DAY, things, hours)
    assert clocks(placing, "magnesium") == ["22:30"]
    assert not placing.clashes


def test_what_is_safe_as_it_was_written_is_not_moved_onto_what_it_keeps_from() -> None:
    """Calcium is for meals, and both meals are ciprofloxacin’s: it stays at bedtime, and that is said."""
    things = [
        taken("Ciprofloxacin", "with-breakfast", "with-dinner", fixed=True),
        taken("Calcium", "bedtime", food=FoodRule.WITH),
    ]
    placing = place(FASTING, things, [apart("Ciprofloxacin", "Calcium", 2, 4)])
    assert clocks(placing, "Calcium", FASTING) == ["22:30"]
    assert not any(each.is_moved for each in placing.placed)
    assert [clash.text for clash in placing.clashes] == [
        "Calcium is meant with meals, and this day has no place for that."
    ]


def test_what_cannot_keep_its_hours_stays_as_it_was_written_and_is_named() -> None:
    things = [
        taken("Levothyroxine", "on-waking", "bedtime", fixed=True),
        taken("Iron", "with-breakfast"),
        taken("Zinc", "with-breakfast"),
    ]
    placing = place(USUAL_DAY, things, [apart("Levothyroxine", "Iron", 12, 12), apart("Levothyroxine", "Zinc", 4, 4)])
    assert clocks(placing, "Iron") == ["7:30"]
    assert clocks(placing, "Zinc") == ["12:30"], "what can keep its hours does"
    assert [clash.codes for clash in placing.clashes] == [("Levothyroxine", "Iron")]


def test_the_hours_between_own_doses_give_way_to_two_at_least_and_that_is_named() -> None:
    things = [
        taken("Levothyroxine", "on-waking", fixed=True),
        taken("Doxycycline", "with-dinner", fixed=True),
        taken("Sucralfate", "on-waking", "with-lunch", "bedtime", food=FoodRule.ANY),
    ]
    placing = place(
        USUAL_DAY, things, [apart("Levothyroxine", "Sucralfate", 4, 4), apart("Doxycycline", "Sucralfate", 2, 2)]
    )
    minutes = placing.minutes_of("Sucralfate")
    assert all(later - earlier >= 120 for earlier, later in pairwise(minutes))
    assert all(minute >= 11 * 60 and abs(minute - 18 * 60 - 30) >= 120 for minute in minutes)
    nearest = min(later - earlier for earlier, later in pairwise(minutes))
    assert nearest >= 240 or any("between two of its times" in clash.text for clash in placing.clashes)


def test_four_doses_are_not_crowded_into_two_hours() -> None:
    """Levothyroxine and ciprofloxacin leave 11:00 to 16:30 and 20:30 to 22:30: two hours apart, four doses fit."""
    things = [
        taken("Levothyroxine", "on-waking", fixed=True),
        taken("Ciprofloxacin", "with-breakfast", "with-dinner", fixed=True),
        taken("Sucralfate", "before-breakfast", "before-lunch", "before-dinner", "bedtime"),
    ]
    placing = place(
        USUAL_DAY, things, [apart("Levothyroxine", "Sucralfate", 4, 4), apart("Ciprofloxacin", "Sucralfate", 2, 2)]
    )
    minutes = placing.minutes_of("Sucralfate")
    assert all(later - earlier >= 120 for earlier, later in pairwise(minutes))
    assert all(11 * 60 <= minute <= 16 * 60 + 30 or minute >= 20 * 60 + 30 for minute in minutes)
    assert [clash.text for clash in placing.clashes] == [
        "Sucralfate has only two hours between two of its times instead of four hours, "
        "so that it lies apart from the rest."
    ]


def test_what_does_not_even_fit_two_hours_apart_stays_as_it_was_written() -> None:
    things = [
        taken("Levothyroxine", "on-waking", fixed=True),
        taken("Ciprofloxacin", "with-breakfast", "with-dinner", fixed=True),
        taken("Sucralfate", "before-breakfast", "before-lunch", "before-dinner", "bedtime"),
    ]
    placing = place(
        USUAL_DAY, things, [apart("Levothyroxine", "Sucralfate", 4, 4), apart("Ciprofloxacin", "Sucralfate", 2, 6)]
    )
    assert clocks(placing, "Sucralfate") == ["7:00", "12:00", "18:00", "22:30"]
    assert {clash.codes for clash in placing.clashes} == {
        ("Levothyroxine", "Sucralfate"),
        ("Ciprofloxacin", "Sucralfate"),
    }


def test_a_reason_gives_hours_only_where_the_day_keeps_them() -> None:
    things = [
        taken("levothyroxine", "on-waking", fixed=True),
        taken("iron", "with-breakfast", fixed=True),
        taken("magnesium", "with-breakfast"),
    ]
    placing = place(
        USUAL_DAY, things, [apart("levothyroxine", "magnesium", 4, 4), apart("levothyroxine", "iron", 4, 4)]
    )
    assert whys(placing, "magnesium") == ["four hours from levothyroxine"]
    assert whys(placing, "iron") == [""]


def test_a_meal_that_is_not_eaten_is_not_said_of_a_dose_that_was_moved() -> None:
    late = Day(USUAL_DAY.wake, USUAL_DAY.sleep, {"lunch": USUAL_DAY.meals["lunch"]})
    placing = place(late, [taken("zinc", "with-breakfast", food=FoodRule.WITH)], [])
    assert clocks(placing, "zinc", late) == ["12:30"]
    assert not placing.clashes


def test_what_follows_from_meals_alone_says_so() -> None:
    placing = place(USUAL_DAY, [taken("esomeprazole", "before-breakfast", fixed=True, before=60)], [])
    assert [clash.is_of_meals for clash in placing.clashes] == [True]


MINERALS = ("iron", "zinc", "calcium", "magnesium")
TIMES = st.lists(
    st.sampled_from(["with-breakfast", "with-lunch", "with-dinner", "bedtime", "before-breakfast", "on-waking"]),
    min_size=1,
    max_size=3,
    unique=True,
)


@given(
    st.lists(TIMES, min_size=1, max_size=4),
    st.lists(st.sampled_from(list(FoodRule)), min_size=4, max_size=4),
    TIMES,
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([2, 4])), max_size=3),
    st.sampled_from([(4, 4), (2, 6), (None, 4)]),
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_moved_nearer_to_anything_than_it_was_written(
    drawn: list[list[str]],
    foods: list[FoodRule],
    fixed: list[str],
    pairs: list[tuple[int, int, int]],
    sides: tuple[float | None, float | None],
) -> None:
    things = [taken("drug", *fixed, fixed=True)]
    things += [taken(name, *written, food=food) for name, written, food in zip(MINERALS, drawn, foods, strict=False)]
    names = [thing.code for thing in things[1:]]
    hours = [apart("drug", name, *sides) for name in names]
    hours += [apart(MINERALS[a], MINERALS[b], h, h) for a, b, h in pairs if a != b and max(a, b) < len(names)]
    placing = place(USUAL_DAY, things, hours)
    places = Places(USUAL_DAY)

    def as_written(thing: Taken) -> list[int]:
        slots = [slot_of(written) for written in thing.written]
        return sorted(places.minute_of(slot) for slot in slots if slot is not None)

    before = {thing.code: as_written(thing) for thing in things}
    for entry in hours:
        (a,), (b,) = entry.a_codes, entry.b_codes
        now, was = (placing.minutes_of(a), placing.minutes_of(b)), (before[a], before[b])
        if not is_kept(entry, placing):
            assert _nearest(*now) >= _nearest(*was)
            assert any(clash.codes == (a, b) for clash in placing.clashes)
    for thing in things:
        own = placing.minutes_of(thing.code)
        nearest = min((later - earlier for earlier, later in pairwise(own)), default=1440)
        was_own = before[thing.code]
        meant = min((later - earlier for earlier, later in pairwise(was_own)), default=1440)
        assert nearest >= min(120, meant)


def _nearest(a: tuple[int, ...] | list[int], b: tuple[int, ...] | list[int]) -> int:
    return min(abs(x - y) for x, y in product(a, b))


def test_the_same_day_is_reckoned_once() -> None:
    things = [taken("levothyroxine", "on-waking", fixed=True), taken("iron", "with-breakfast")]
    first = place(USUAL_DAY, things, [apart("levothyroxine", "iron", 4, 4)])
    assert place(USUAL_DAY, list(things), [apart("levothyroxine", "iron", 4, 4)]) is first


def test_what_was_not_searched_to_the_end_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_placing, "MOST_DAYS_TRIED", 0)
    things = [taken("Levothyroxine", "on-waking", fixed=True), taken("Iron", "with-breakfast")]
    placing = place(USUAL_DAY, things, [apart("Levothyroxine", "Iron", 5, 5)])
    assert not placing.is_proven
    assert [clash.text for clash in placing.clashes] == [
        "Levothyroxine and iron are meant five hours apart, and we found no place for that in this day."
    ]
