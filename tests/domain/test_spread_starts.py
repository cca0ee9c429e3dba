"""One change at a time, against days by hand and every possible schedule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.spread_starts import ChangeKind, PlannedChange, Shift, Spread, spread

FIRST = date(2027, 1, 11)


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def start(
    code: str,
    number: int,
    *,
    latest: int | None = None,
    together: str = "",
    kind: ChangeKind = ChangeKind.START,
    is_movable: bool = True,
    is_lived: bool = False,
) -> PlannedChange:
    return PlannedChange(
        code=code,
        label=code.capitalize(),
        kind=kind,
        day=day(number),
        together=together,
        is_movable=is_movable,
        latest=None if latest is None else day(latest),
        is_lived=is_lived,
    )


def step(code: str, number: int) -> PlannedChange:
    return start(code, number, kind=ChangeKind.TAPER_STEP)


def days(found: Spread) -> dict[str, int]:
    return {code: (on - FIRST).days + 1 for code, on in found.days.items()}


def test_three_days_apart_is_no_clash() -> None:
    found = spread([start("zinc", 1), start("phgg", 4), start("glutamine", 7)])
    assert (found.clashes, found.shifts, found.stuck, found.is_whole) == ((), (), (), True)


def test_what_begins_on_one_day_is_spread_in_the_given_order() -> None:
    found = spread([start("zinc", 1), start("phgg", 1), start("glutamine", 1)])
    assert days(found) == {"zinc": 1, "phgg": 4, "glutamine": 7}
    (clash,) = found.clashes
    assert (clash.codes, clash.day) == (("zinc", "phgg", "glutamine"), day(1))
    assert clash.proposed == found.shifts == (Shift("phgg", day(1), day(4)), Shift("glutamine", day(1), day(7)))
    assert clash.stuck == ()
    assert found.is_whole


def test_a_signed_step_never_moves_and_what_begins_near_it_gives_way() -> None:
    found = spread([start("zinc", 13), step("step 2", 15), step("step 3", 29)])
    assert days(found) == {"zinc": 18, "step 2": 15, "step 3": 29}
    assert found.clashes[0].codes == ("zinc", "step 2")


def test_two_that_may_not_move_are_said_and_stay() -> None:
    found = spread([start("antibiotic", 14, is_movable=False), step("step 2", 15)])
    assert (found.shifts, found.stuck, found.is_whole) == ((), (), False)
    assert (found.clashes[0].proposed, found.clashes[0].stuck) == ((), ())


def test_what_was_lived_is_kept_away_from_and_never_a_clash_of_its_own() -> None:
    lived = [start("a", 1, is_lived=True), start("b", 2, is_lived=True)]
    found = spread([*lived, start("c", 3)])
    assert days(found) == {"a": 1, "b": 2, "c": 5}
    assert spread(lived).clashes == ()
    assert spread(lived).is_whole


def test_what_belongs_together_is_one_change_and_moves_as_one() -> None:
    changes = [
        step("step 2", 1),
        start("enzymes", 1, together="meals"),
        start("hcl", 1, together="meals"),
        start("glutamine", 2, together="glutamine"),
        start("glutamine half", 5, together="glutamine", kind=ChangeKind.TITRATION_STEP),
        start("glutamine full", 8, together="glutamine", kind=ChangeKind.TITRATION_STEP),
    ]
    found = spread(changes)
    assert days(found) == {
        "step 2": 1,
        "enzymes": 4,
        "hcl": 4,
        "glutamine": 7,
        "glutamine half": 10,
        "glutamine full": 13,
    }
    assert spread(changes[1:3]).clashes == ()


def test_a_start_with_its_later_steps_finds_a_place_for_all_of_them() -> None:
    """Signed steps on days 5 and 12: from day 1 the second would meet day 4, from 8 the first is free, the last not."""
    slow = [
        start("slow", 1, together="slow"),
        start("half", 4, together="slow", kind=ChangeKind.TITRATION_STEP),
        start("full", 7, together="slow", kind=ChangeKind.TITRATION_STEP),
    ]
    assert days(spread([step("a", 5), step("b", 12), *slow]))["slow"] == 15


def test_the_order_is_kept_past_a_start_that_needs_more_room() -> None:
    """Zinc could stay on day 8, and would then come before what was to begin first."""
    slow = [
        start("slow", 1, together="slow"),
        start("half", 4, together="slow", kind=ChangeKind.TITRATION_STEP),
        start("full", 7, together="slow", kind=ChangeKind.TITRATION_STEP),
    ]
    found = days(spread([step("a", 5), step("b", 12), *slow, start("zinc", 8)]))
    assert (found["slow"], found["full"], found["zinc"]) == (15, 21, 24)
    latest = days(spread([step("a", 5), step("b", 12), *slow, start("zinc", 8, latest=20)]))
    assert (latest["slow"], latest["zinc"]) == (15, 8)


def test_what_belongs_to_a_signed_step_stays_with_it() -> None:
    found = spread([step("step 2", 1), start("famotidine", 1), start("rescue", 1)])
    assert days(found) == {"step 2": 1, "famotidine": 4, "rescue": 7}
    tied = [replace(step("step 2", 1), together="taper"), start("famotidine", 1, together="taper"), start("rescue", 1)]
    assert days(spread(tied)) == {"step 2": 1, "famotidine": 1, "rescue": 4}


def test_nothing_is_proposed_outside_its_window_and_what_cannot_fit_is_named() -> None:
    found = spread([step("step 2", 5), start("zinc", 4, latest=7)])
    assert (found.shifts, found.stuck, found.is_whole) == ((), ("zinc",), False)
    assert (found.clashes[0].proposed, found.clashes[0].stuck) == ((), ("zinc",))
    assert spread([step("step 2", 5), start("zinc", 4, latest=8)]).days["zinc"] == day(8)


def test_the_others_keep_away_from_what_cannot_fit() -> None:
    found = spread([step("step 2", 5), start("zinc", 4, latest=7), start("phgg", 1), start("glutamine", 2)])
    assert days(found) == {"step 2": 5, "zinc": 4, "phgg": 1, "glutamine": 8}
    assert found.stuck == ("zinc",)


def test_what_has_a_fixed_day_of_its_own_keeps_it() -> None:
    found = spread([start("zinc", 1), start("phgg", 2, latest=2)])
    assert days(found) == {"zinc": 5, "phgg": 2}
    assert found.is_whole


def test_the_least_days_can_be_other_than_three() -> None:
    assert days(spread([start("a", 1), start("b", 1)], least_days=7)) == {"a": 1, "b": 8}
    assert spread([start("a", 1), start("b", 2)], least_days=1).is_whole


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="same code"):
        spread([start("a", 1), start("a", 2)])
    with pytest.raises(ValueError, match="at least one day apart"):
        spread([], least_days=0)
    assert spread([]).is_whole


@pytest.mark.parametrize(("kind", "label"), [("start", "Start"), ("titration-step", "Titration step")])
def test_kinds_have_words(kind: str, label: str) -> None:
    assert ChangeKind(kind).label == label


@st.composite
def many(draw: st.DrawFn, *, most: int = 7, alone: bool = False) -> list[PlannedChange]:
    kinds = st.sampled_from([ChangeKind.START, ChangeKind.START, ChangeKind.CHALLENGE, ChangeKind.TAPER_STEP])
    found = []
    for position in range(draw(st.integers(0, most))):
        number = draw(st.integers(1, 14))
        found.append(
            start(
                f"c{position}",
                number,
                kind=draw(kinds),
                latest=draw(st.none() | st.integers(number, number + 12)),
                is_movable=draw(st.sampled_from([True, True, False])),
                is_lived=draw(st.sampled_from([False, False, False, True])),
                together="" if alone else draw(st.sampled_from(["", "", "x", "y"])),
            )
        )
    return found


def too_close(changes: Sequence[PlannedChange], on: dict[str, date], least_days: int) -> list[tuple[str, str]]:
    return [
        (one.code, other.code)
        for one, other in combinations(changes, 2)
        if not (one.together and one.together == other.together)
        and not (one.is_lived and other.is_lived)
        and abs((on[one.code] - on[other.code]).days) < least_days
    ]


@given(changes=many(), least_days=st.integers(1, 5))
def test_proposals_are_later_within_windows_and_never_of_what_stays(
    changes: list[PlannedChange], least_days: int
) -> None:
    found = spread(changes, least_days=least_days)
    for change in changes:
        after = found.days[change.code]
        assert after >= change.day
        if change.kind is ChangeKind.TAPER_STEP or change.is_lived or not change.is_movable:
            assert after == change.day
        if change.latest is not None:
            assert after <= max(change.day, change.latest)
    for one, other in combinations(changes, 2):
        if one.together and one.together == other.together:
            assert found.days[one.code] - one.day == found.days[other.code] - other.day
    left = too_close(changes, dict(found.days), least_days)
    assert found.is_whole == (not left)
    assert set(found.stuck) <= {code for pair in left for code in pair}
    now = {change.code: change.day for change in changes}
    in_clashes = {code for pair in too_close(changes, now, least_days) for code in pair}
    assert {code for clash in found.clashes for code in clash.codes} == in_clashes


@given(changes=many(), least_days=st.integers(1, 5))
def test_proposing_again_proposes_nothing_new(changes: list[PlannedChange], least_days: int) -> None:
    found = spread(changes, least_days=least_days)
    again = spread([replace(change, day=found.days[change.code]) for change in changes], least_days=least_days)
    assert again.shifts == ()
    assert again.stuck == found.stuck
    assert not found.is_whole or again.clashes == ()


def a_schedule_exists(changes: Sequence[PlannedChange], least_days: int) -> bool:
    """Whether any schedule has no clash, moves only later, stays in the windows and keeps the order."""
    ways = []
    for change in changes:
        stays = change.kind is ChangeKind.TAPER_STEP or change.is_lived or not change.is_movable
        last = change.day if stays else change.latest or change.day + timedelta(days=8 * len(changes))
        ways.append([change.day + timedelta(days=by) for by in range((last - change.day).days + 1)])
    moving = sorted((n for n, way in enumerate(ways) if len(way) > 1), key=lambda n: changes[n].day)
    for choice in product(*ways):
        on = {change.code: chosen for change, chosen in zip(changes, choice, strict=True)}
        in_order = all(choice[one] <= choice[other] for one, other in pairwise(moving))
        if in_order and not too_close(changes, on, least_days):
            return True
    return False


@given(changes=many(most=4, alone=True).filter(lambda found: sum(c.latest is None for c in found) <= 1))
def test_if_any_schedule_in_order_has_no_clash_it_is_found(changes: list[PlannedChange]) -> None:
    if a_schedule_exists(changes, 3):
        assert spread(changes).is_whole
