"""What was written stays; what must move goes where hours apart and meals allow, and says why."""

from collections import Counter
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.day_places import USUAL_DAY, Places, slot_of
from protocols.domain.day_placing import place
from protocols.domain.day_taken import Placing, Taken, is_kept
from protocols.domain.dayplan_terms import Day
from protocols.domain.dose_form import FoodRule
from protocols.domain.slots import Slot

CLOCK = {
    "on-waking": "7:00",
    "before-breakfast": "7:00",
    "with-breakfast": "7:30",
    "before-lunch": "12:00",
    "with-lunch": "12:30",
    "afternoon": "15:30",
    "before-dinner": "18:00",
    "with-dinner": "18:30",
    "evening": "20:30",
    "bedtime": "22:30",
}
"""The usual day, put on the clock by hand."""


@dataclass(frozen=True)
class Hours:
    a_codes: tuple[str, ...]
    b_codes: tuple[str, ...]
    before_hours: Decimal | None
    after_hours: Decimal | None


def apart(a: str, b: str, before: float | None, after: float | None) -> Hours:
    sides = [None if hours is None else Decimal(str(hours)) for hours in (before, after)]
    return Hours((a,), (b,), *sides)


def taken(
    code: str, *written: str, fixed: bool = False, food: FoodRule = FoodRule.UNKNOWN, before: int | None = None
) -> Taken:
    return Taken(code=code, name=code, written=written, is_fixed=fixed, food=food, minutes_before=before)


def clocks(placing: Placing, code: str, day: Day = USUAL_DAY) -> list[str]:
    return [Places(day).clock(minute) for minute in placing.minutes_of(code)]


def whys(placing: Placing, code: str) -> list[str]:
    return [each.why for each in placing.placed if each.code == code]


@pytest.mark.parametrize("slot", list(Slot))
def test_a_time_of_day_has_its_place_on_the_clock_of_the_usual_day(slot: Slot) -> None:
    places = Places(USUAL_DAY)
    assert places.clock(places.minute_of(slot)) == CLOCK[slot.value]


@pytest.mark.parametrize(
    ("written", "slot"),
    [("Before breakfast", Slot.BEFORE_BREAKFAST), ("morning", Slot.ON_WAKING), ("night", Slot.BEDTIME), ("any", None)],
)
def test_what_a_prescriber_typed_is_understood_or_left_as_it_is(written: str, slot: Slot | None) -> None:
    assert slot_of(written) is slot
    placing = place(USUAL_DAY, [taken("x", written, fixed=True)], [])
    assert placing.unplaced == (() if slot else (("x", "any"),))


def test_what_nothing_forbids_lies_where_it_was_written() -> None:
    placing = place(USUAL_DAY, [taken("enzymes", "with-lunch"), taken("zinc", "with-breakfast", "bedtime")], [])
    assert clocks(placing, "enzymes") == ["12:30"], "one time of day more, and what was written stays"
    assert clocks(placing, "zinc") == ["7:30", "22:30"]
    assert not placing.clashes
    assert not any(each.is_moved for each in placing.placed)


def test_magnesium_makes_room_for_levothyroxine() -> None:
    things = [
        taken("levothyroxine", "on-waking", fixed=True),
        taken("magnesium", "with-breakfast", food=FoodRule.ANY),
        taken("zinc", "bedtime"),
    ]
    placing = place(USUAL_DAY, things, [apart("levothyroxine", "magnesium", 4, 4)])
    assert clocks(placing, "levothyroxine") == ["7:00"]
    assert clocks(placing, "magnesium") == ["22:30"], "where something is taken already, four hours after 7:00"
    assert whys(placing, "magnesium") == ["four hours from levothyroxine"]
    assert is_kept(apart("levothyroxine", "magnesium", 4, 4), placing) is True


def test_with_a_meal_stays_with_a_meal_unless_the_catalogue_says_that_it_need_not() -> None:
    things = [
        taken("levothyroxine", "on-waking", fixed=True),
        taken("magnesium", "with-breakfast"),
        taken("zinc", "bedtime"),
    ]
    placing = place(USUAL_DAY, things, [apart("levothyroxine", "magnesium", 4, 4)])
    assert clocks(placing, "magnesium") == ["12:30"]


def test_what_a_signature_or_another_prescriber_fixed_never_moves() -> None:
    """Both are fixed, half an hour apart: that is said, and neither is moved."""
    things = [taken("Iron", "with-breakfast", fixed=True), taken("Levothyroxine", "on-waking", fixed=True)]
    placing = place(USUAL_DAY, things, [apart("Levothyroxine", "Iron", 4, 4)])
    assert (clocks(placing, "Levothyroxine"), clocks(placing, "Iron")) == (["7:00"], ["7:30"])
    assert [clash.text for clash in placing.clashes] == [
        "Levothyroxine and iron are meant four hours apart, and this day has no place for that."
    ]
    assert [clash.codes for clash in placing.clashes] == [("Levothyroxine", "Iron")]
    assert is_kept(apart("Levothyroxine", "Iron", 4, 4), placing) is False


def test_what_moves_alone_finds_a_meal_and_not_an_hour_that_nobody_lives_by() -> None:
    things = [taken("levothyroxine", "on-waking", fixed=True), taken("magnesium", "before-breakfast", "bedtime")]
    placing = place(USUAL_DAY, things, [apart("levothyroxine", "magnesium", 4, 4)])
    assert clocks(placing, "magnesium") == ["12:30", "22:30"]


def test_of_two_that_the_clinic_wrote_only_one_moves() -> None:
    things = [taken("iron", "with-breakfast"), taken("zinc", "with-breakfast"), taken("fish oil", "with-lunch")]
    placing = place(USUAL_DAY, things, [apart("iron", "zinc", 2, 2)])
    assert sum(each.is_moved for each in placing.placed) == 1
    assert {clocks(placing, "iron")[0], clocks(placing, "zinc")[0]} == {"7:30", "12:30"}


def test_sides_count_apart() -> None:
    """Two hours before or six after, as for a quinolone: 18:30 with the minerals at 12:30 is exactly six after."""
    things = [taken("ciprofloxacin", "on-waking", "with-dinner", fixed=True), taken("zinc", "with-breakfast")]
    placing = place(USUAL_DAY, things, [apart("ciprofloxacin", "zinc", 2, 6)])
    (zinc,) = placing.minutes_of("zinc")
    assert all(zinc - minute >= 2 * 60 or minute - zinc >= 6 * 60 for minute in (7 * 60, 18 * 60 + 30))
    assert whys(placing, "zinc") == ["two hours after or six hours before ciprofloxacin"]


def test_a_side_that_nobody_stated_is_never_good_enough() -> None:
    things = [taken("a", "on-waking", fixed=True), taken("b", "bedtime", fixed=True)]
    assert is_kept(apart("a", "b", None, 4), place(USUAL_DAY, things, [])) is False
    assert is_kept(apart("a", "b", 4, None), place(USUAL_DAY, things, [])) is True


def test_what_is_not_in_the_day_is_neither_kept_nor_broken() -> None:
    placing = place(USUAL_DAY, [taken("a", "on-waking", fixed=True), taken("b", "any")], [])
    assert is_kept(apart("a", "b", 4, 4), placing) is None
    assert is_kept(apart("a", "nothing", 4, 4), placing) is None


def test_an_afternoon_and_an_evening_join_a_time_that_is_there_anyway() -> None:
    alone = place(USUAL_DAY, [taken("calm", "afternoon"), taken("magnesium", "evening")], [])
    assert (clocks(alone, "calm"), clocks(alone, "magnesium")) == (["15:30"], ["20:30"])
    things = [taken("calm", "afternoon"), taken("magnesium", "evening"), taken("enzymes", "with-lunch", "with-dinner")]
    joined = place(USUAL_DAY, things, [])
    assert (clocks(joined, "calm"), clocks(joined, "magnesium")) == (["12:30"], ["18:30"])
    assert not any(each.is_moved for each in joined.placed), "an afternoon says no hour"


def test_what_is_taken_on_an_empty_stomach_leaves_its_meal() -> None:
    placing = place(USUAL_DAY, [taken("iron", "with-lunch", food=FoodRule.WITHOUT), taken("x", "bedtime")], [])
    assert clocks(placing, "iron") == ["22:30"]
    assert whys(placing, "iron") == ["on an empty stomach"]


def test_what_is_taken_with_a_meal_finds_one() -> None:
    things = [taken("vitamin D", "bedtime", food=FoodRule.WITH), taken("enzymes", "with-dinner", food=FoodRule.WITH)]
    placing = place(USUAL_DAY, things, [])
    assert clocks(placing, "vitamin D") == ["18:30"]
    assert whys(placing, "vitamin D") == ["with a meal"]


def test_minutes_before_a_meal_are_those_of_the_product() -> None:
    assert clocks(place(USUAL_DAY, [taken("x", "before-lunch", before=45)], []), "x") == ["11:45"]


def test_a_meal_that_comes_too_soon_is_said() -> None:
    early = Day(time(7), time(22), {"breakfast": time(7, 10)})
    placing = place(early, [taken("omeprazole", "before-breakfast", fixed=True)], [])
    assert clocks(placing, "omeprazole", early) == ["7:00"], "not before waking"
    assert [clash.text for clash in placing.clashes] == [
        "Omeprazole is meant 30 minutes before breakfast, and breakfast is sooner after waking."
    ]


def test_a_meal_that_is_not_eaten_is_said() -> None:
    fasting = Day(time(7), time(22, 30), {"lunch": time(12, 30), "dinner": time(18, 30)})
    placing = place(fasting, [taken("enzymes", "with-breakfast", fixed=True)], [])
    assert [clash.text for clash in placing.clashes] == ["Enzymes is meant with breakfast, and breakfast is not eaten."]
    assert clocks(placing, "enzymes", fasting) == ["7:30"], "where it usually would be"


def test_bed_after_midnight_belongs_to_the_same_day() -> None:
    late = Day(time(9), time(1), {"breakfast": time(10), "lunch": time(15), "dinner": time(20, 30)})
    things = [taken("magnesium", "bedtime"), taken("levothyroxine", "on-waking", fixed=True)]
    placing = place(late, things, [apart("levothyroxine", "magnesium", 4, 4)])
    assert [(each.code, each.minute) for each in placing.placed] == [("levothyroxine", 540), ("magnesium", 25 * 60)]
    assert clocks(placing, "magnesium", late) == ["1:00"]
    assert Places(late).name(25 * 60) == "bedtime"


def test_a_night_shift_keeps_the_order_of_its_day() -> None:
    night = Day(time(17), time(9), {"breakfast": time(18), "lunch": time(23), "dinner": time(5)})
    places = Places(night)
    minutes = [places.minute_of(slot) for slot in Slot]
    assert minutes == sorted(minutes)


@pytest.mark.parametrize(
    ("minute", "name", "where"),
    [
        (7 * 60, "on waking", "on waking"),
        (7 * 60 + 30, "breakfast", "with breakfast"),
        (11 * 60, "between breakfast and lunch", "at 11:00"),
        (12 * 60, "30 minutes before lunch", "at 12:00"),
        (21 * 60, "after dinner", "at 21:00"),
        (22 * 60, "", "at 22:00"),
        (22 * 60 + 30, "bedtime", "at bedtime"),
    ],
)
def test_a_time_is_named_as_people_live_it(minute: int, name: str, where: str) -> None:
    places = Places(USUAL_DAY)
    assert (places.name(minute), places.where(minute)) == (name, where)


FOODS = st.sampled_from([FoodRule.UNKNOWN, FoodRule.ANY, FoodRule.WITH, FoodRule.WITHOUT])
THINGS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([slot.value for slot in Slot]), min_size=1, max_size=3, unique=True),
        st.booleans(),
        FOODS,
    ),
    min_size=1,
    max_size=5,
)
PAIRS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([None, 1, 2, 4, 6]), st.sampled_from([1, 2, 4, 6])),
    max_size=3,
)


@given(THINGS, PAIRS)
def test_every_dose_lies_once_and_every_broken_hour_is_said(
    drawn: list[tuple[list[str], bool, FoodRule]], pairs: list[tuple[int, int, int | None, int]]
) -> None:
    things = [
        taken(f"t{number}", *written, fixed=fixed, food=food) for number, (written, fixed, food) in enumerate(drawn)
    ]
    known = len(things)
    entries = [
        apart(f"t{a}", f"t{b}", before, after) for a, b, before, after in pairs if a != b and a < known and b < known
    ]
    placing = place(USUAL_DAY, things, entries)
    doses = Counter((each.code, each.written) for each in placing.placed)
    assert doses == {(thing.code, written): 1 for thing in things for written in thing.written}
    at = {thing.code: placing.minutes_of(thing.code) for thing in things}
    for thing in things:
        if thing.is_fixed:
            where = {
                each.written: Places(USUAL_DAY).clock(each.minute) for each in placing.placed if each.code == thing.code
            }
            assert where == {written: CLOCK[written] for written in thing.written}
    said = {clash.codes for clash in placing.clashes if len(clash.codes) == 2}
    for entry in entries:
        (a,), (b,) = entry.a_codes, entry.b_codes
        kept = all(
            (entry.before_hours is not None and y - x >= entry.before_hours * 60)
            or (entry.after_hours is not None and x - y >= entry.after_hours * 60)
            for x in at[a]
            for y in at[b]
        )
        assert is_kept(entry, placing) is kept
        assert kept or (a, b) in said
    assert placing == place(USUAL_DAY, things, entries)
