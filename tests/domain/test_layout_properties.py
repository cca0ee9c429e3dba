"""Layouts of every shape, against a checker that knows nothing of the code under test."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from protocols.domain.layout import AnchorKind, LayoutError, PhaseSpec, Window, lay_out

START = date(2025, 3, 3)
KEYS = ("a", "b", "c", "d", "e", "f")
Days = tuple[int, int | None]


class Broken(Exception):
    """The checker found what a layout must not have."""


def checked(specs: Sequence[PhaseSpec], fixed: Mapping[str, Window]) -> dict[str, Days]:
    """First and last day of every phase, as numbers counted from the plan's first day.

    Goes round the phases until nothing new can be placed; whatever then is left over waits for itself.
    """
    anchored = {one.key: one.anchor_phase for one in specs}
    placed: set[str] = set()
    for _ in specs:
        placed |= {key for key, anchor in anchored.items() if anchor is None or anchor in placed}
    if len(placed) < len(specs):
        raise Broken("circle")

    known: dict[str, Days] = {}
    for key, window in fixed.items():
        last = None if window.last is None else window.last.toordinal() - START.toordinal()
        known[key] = (window.first.toordinal() - START.toordinal(), last)
    for _ in specs:
        for one in specs:
            if one.key in known or (one.anchor_phase is not None and one.anchor_phase not in known):
                continue
            origin: int | None = 0
            if one.anchor_phase is not None:
                origin = known[one.anchor_phase][0 if one.anchor is AnchorKind.PHASE_START else 1]
            if origin is None:
                raise Broken("open")
            first = origin + one.offset_days
            if first < 0:
                raise Broken("early")
            known[one.key] = (first, None if one.duration_days is None else first + one.duration_days - 1)
    return known


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[PhaseSpec], dict[str, Window]]:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    specs = []
    for key in keys:
        anchor = draw(st.sampled_from(AnchorKind))
        specs.append(
            PhaseSpec(
                key=key,
                anchor=anchor,
                anchor_phase=None if anchor is AnchorKind.PLAN_START else draw(st.sampled_from(keys)),
                offset_days=draw(st.integers(min_value=-20, max_value=120)),
                duration_days=draw(st.one_of(st.none(), st.integers(min_value=1, max_value=100))),
            )
        )
    windows = st.builds(
        lambda first, length: Window(
            date.fromordinal(START.toordinal() + first),
            None if length is None else date.fromordinal(START.toordinal() + first + length),
        ),
        st.integers(min_value=0, max_value=90),
        st.one_of(st.none(), st.integers(min_value=0, max_value=90)),
    )
    return specs, draw(st.dictionaries(st.sampled_from(keys), windows, max_size=2))


@given(layouts())
def test_every_layout_is_the_checkers_or_is_refused_with_it(
    layout: tuple[list[PhaseSpec], dict[str, Window]],
) -> None:
    specs, fixed = layout
    try:
        expected = checked(specs, fixed)
    except Broken as broken:
        event(str(broken))
        with pytest.raises(LayoutError) as error:
            lay_out(specs, plan_start=START, fixed=fixed)
        assert (error.value.field or "").startswith("phases[")
        return
    event("laid out")
    laid_out = lay_out(specs, plan_start=START, fixed=fixed)
    assert list(laid_out) == [one.key for one in specs]
    as_numbers = {
        key: (
            window.first.toordinal() - START.toordinal(),
            None if window.last is None else window.last.toordinal() - START.toordinal(),
        )
        for key, window in laid_out.items()
    }
    assert as_numbers == expected


@given(layouts(), st.integers(min_value=-2000, max_value=2000))
def test_moving_the_plan_moves_every_phase_by_as_much(
    layout: tuple[list[PhaseSpec], dict[str, Window]], days: int
) -> None:
    specs, _ = layout
    try:
        here = lay_out(specs, plan_start=START)
    except LayoutError:
        return
    there = lay_out(specs, plan_start=date.fromordinal(START.toordinal() + days))
    for key in here:
        assert (there[key].first - here[key].first).days == days
        assert there[key].days == here[key].days


@given(layouts())
def test_keeping_what_was_laid_out_changes_nothing(
    layout: tuple[list[PhaseSpec], dict[str, Window]],
) -> None:
    specs, _ = layout
    try:
        first_time = lay_out(specs, plan_start=START)
    except LayoutError:
        return
    kept = {specs[0].key: first_time[specs[0].key]}
    assert lay_out(specs, plan_start=START, fixed=kept) == first_time
    assert lay_out(specs, plan_start=START, fixed=first_time) == first_time
