"""Where phases lie, by hand-computed calendars, and every layout that is refused with its field."""

import pickle
from datetime import date

import pytest

from protocols.domain.layout import AnchorKind, LayoutError, PhaseSpec, Window, check_plan_start, lay_out

START = date(2025, 3, 3)
PLAN_START, PHASE_START, PHASE_END = AnchorKind.PLAN_START, AnchorKind.PHASE_START, AnchorKind.PHASE_END


def spec(
    key: str,
    anchor: AnchorKind = PLAN_START,
    anchor_phase: str | None = None,
    offset_days: int = 0,
    duration_days: int | None = 28,
) -> PhaseSpec:
    return PhaseSpec(
        key=key,
        anchor=anchor,
        anchor_phase=anchor_phase,
        offset_days=offset_days,
        duration_days=duration_days,
    )


def refused(*specs: PhaseSpec, plan_start: date = START, fixed: dict[str, Window] | None = None) -> LayoutError:
    with pytest.raises(LayoutError, match=r"\.$") as error:
        lay_out(specs, plan_start=plan_start, fixed=fixed or {})
    return error.value


def test_five_overlapping_phases_by_hand() -> None:
    laid_out = lay_out(
        [
            spec("remove"),
            spec("replace", PHASE_START, "remove", 14, 56),
            spec("re-inoculate", PHASE_END, "remove", 1, 28),
            spec("repair", PHASE_END, "re-inoculate", -6, 56),
            spec("rebalance", PLAN_START, None, 7, None),
        ],
        plan_start=START,
    )
    assert laid_out == {
        "remove": Window(date(2025, 3, 3), date(2025, 3, 30)),
        "replace": Window(date(2025, 3, 17), date(2025, 5, 11)),
        "re-inoculate": Window(date(2025, 3, 31), date(2025, 4, 27)),
        "repair": Window(date(2025, 4, 21), date(2025, 6, 15)),
        "rebalance": Window(date(2025, 3, 10), None),
    }
    assert list(laid_out) == ["remove", "replace", "re-inoculate", "repair", "rebalance"]


def test_a_phase_may_hang_on_one_listed_later() -> None:
    laid_out = lay_out([spec("second", PHASE_END, "first", 1, 1), spec("first", duration_days=1)], plan_start=START)
    assert laid_out == {
        "second": Window(date(2025, 3, 4), date(2025, 3, 4)),
        "first": Window(START, START),
    }
    assert list(laid_out) == ["second", "first"]


def test_offset_zero_from_an_end_is_the_last_day_itself() -> None:
    laid_out = lay_out([spec("one", duration_days=10), spec("two", PHASE_END, "one", 0, 1)], plan_start=START)
    assert laid_out["two"].first == laid_out["one"].last == date(2025, 3, 12)


def test_a_leap_day_counts() -> None:
    laid_out = lay_out([spec("one", duration_days=2)], plan_start=date(2028, 2, 28))
    assert laid_out["one"].last == date(2028, 2, 29)


def test_a_started_phase_keeps_its_window_and_moves_those_that_hang_on_it() -> None:
    kept = Window(date(2025, 3, 8), date(2025, 4, 20))
    laid_out = lay_out([spec("one"), spec("two", PHASE_END, "one", 1)], plan_start=START, fixed={"one": kept})
    assert laid_out["one"] is kept
    assert laid_out["two"].first == date(2025, 4, 21)


def test_a_kept_window_can_give_an_open_phase_its_end() -> None:
    specs = [spec("one", duration_days=None), spec("two", PHASE_END, "one", 1, 7)]
    assert refused(*specs).field == "phases[1].anchor"
    kept = {"one": Window(START, date(2025, 3, 9))}
    assert lay_out(specs, plan_start=START, fixed=kept)["two"] == Window(date(2025, 3, 10), date(2025, 3, 16))


def test_a_kept_window_without_an_end_holds_back_what_waits_for_it() -> None:
    error = refused(spec("one"), spec("two", PHASE_END, "one", 1), fixed={"one": Window(START, None)})
    assert error.field == "phases[1].anchor"
    assert "no fixed end" in str(error)


def test_a_protocol_without_phases_is_refused() -> None:
    error = refused()
    assert error.field == "phases"
    assert str(error) == "A protocol needs at least one phase: add one."


@pytest.mark.parametrize("days", [0, -1, 731, 10**9, True, 2.5])
def test_a_phase_of_zero_or_too_many_days_is_refused(days: int) -> None:
    assert refused(spec("one"), spec("two", duration_days=days)).field == "phases[1].duration_days"


@pytest.mark.parametrize("days", [1, 730])
def test_the_shortest_and_longest_phase_are_laid_out(days: int) -> None:
    assert lay_out([spec("one", duration_days=days)], plan_start=START)["one"].days == days


@pytest.mark.parametrize("offset", [-366, 731, 10**9, False, 0.5])
def test_an_offset_beyond_its_limits_is_refused(offset: int) -> None:
    assert refused(spec("one"), spec("two", PHASE_START, "one", offset)).field == "phases[1].offset_days"


@pytest.mark.parametrize("offset", [-365, 730])
def test_the_widest_offsets_are_laid_out(offset: int) -> None:
    late = spec("late", offset_days=400)
    shifted = lay_out([late, spec("two", PHASE_START, "late", offset)], plan_start=START)
    assert (shifted["two"].first - shifted["late"].first).days == offset


def test_a_repeated_key_is_refused() -> None:
    assert refused(spec("one"), spec("two"), spec("one")).field == "phases[2].key"


def test_an_anchor_that_is_no_phase_is_refused() -> None:
    error = refused(spec("one"), spec("two", PHASE_END, "gone", 1))
    assert error.field == "phases[1].anchor_phase"
    assert "gone" in str(error)


def test_an_anchor_to_a_phase_must_name_it() -> None:
    assert refused(spec("one", PHASE_START, None)).field == "phases[0].anchor_phase"


def test_an_anchor_to_the_plan_names_no_phase() -> None:
    assert refused(spec("one"), spec("two", PLAN_START, "one")).field == "phases[1].anchor_phase"


def test_an_anchor_of_no_known_kind_is_refused() -> None:
    assert refused(spec("one", "full-moon")).field == "phases[0].anchor"  # type: ignore[arg-type]


def test_plain_text_of_a_row_names_an_anchor_too() -> None:
    laid_out = lay_out(
        [spec("one", "plan-start", None, 3), spec("two", "phase-start", "one", 4)],  # type: ignore[arg-type]
        plan_start=START,
    )
    assert [window.first.day for window in laid_out.values()] == [6, 10]


def test_phases_that_wait_for_each_other_are_refused_and_named() -> None:
    error = refused(
        spec("free"),
        spec("one", PHASE_END, "three", 1),
        spec("two", PHASE_END, "one", 1),
        spec("three", PHASE_START, "two", 1),
    )
    assert error.field == "phases[1].anchor_phase"
    assert "“one” → “three” → “two” → “one”" in str(error)


def test_a_phase_that_waits_for_itself_is_refused() -> None:
    assert refused(spec("one", PHASE_START, "one", 1)).field == "phases[0].anchor_phase"


def test_a_circle_is_refused_even_where_started_phases_break_it() -> None:
    kept = {"one": Window(START, date(2025, 3, 9))}
    specs = (spec("one", PHASE_END, "two", 1), spec("two", PHASE_END, "one", 1))
    assert refused(*specs, fixed=kept).field == "phases[0].anchor_phase"


def test_a_phase_before_the_plan_is_refused() -> None:
    error = refused(spec("one", offset_days=5), spec("two", PHASE_START, "one", -6))
    assert error.field == "phases[1].offset_days"
    assert "2025-03-02" in str(error)
    assert lay_out([spec("one", offset_days=5), spec("two", PHASE_START, "one", -5)], plan_start=START)


def test_a_window_for_a_phase_that_does_not_exist_is_refused() -> None:
    assert refused(spec("one"), fixed={"gone": Window(START, None)}).field == "fixed"


def test_a_date_beyond_the_calendar_is_refused_with_a_sentence() -> None:
    assert refused(spec("one", duration_days=28), plan_start=date(9999, 12, 20)).field == "phases[0].offset_days"


def test_a_very_long_chain_is_laid_out() -> None:
    chain = [spec("phase-0", duration_days=1)]
    chain += [spec(f"phase-{n}", PHASE_END, f"phase-{n - 1}", 1, 1) for n in range(1, 2000)]
    assert lay_out(chain[::-1], plan_start=START)["phase-1999"].first.toordinal() - START.toordinal() == 1999


def test_a_refusal_survives_a_queue() -> None:
    error = pickle.loads(pickle.dumps(refused()))
    assert (str(error), error.field) == ("A protocol needs at least one phase: add one.", "phases")


TODAY = date(2025, 6, 1)


@pytest.mark.parametrize("starts_on", [date(2023, 6, 2), date(2025, 1, 1), TODAY, date(2026, 6, 1)])
def test_a_plan_may_start_in_the_last_two_years_or_the_next_one(starts_on: date) -> None:
    check_plan_start(starts_on, today=TODAY)


@pytest.mark.parametrize(
    ("starts_on", "words"),
    [
        (date(2023, 6, 1), "more than two years ago"),
        (date(25, 6, 1), "more than two years ago"),
        (date(2026, 6, 2), "more than a year ahead"),
        (date(2205, 6, 1), "more than a year ahead"),
    ],
)
def test_a_plan_start_years_off_is_refused(starts_on: date, words: str) -> None:
    with pytest.raises(LayoutError, match=words) as error:
        check_plan_start(starts_on, today=TODAY)
    assert error.value.field == "starts_on"
    assert "Check the year" in str(error.value)


def test_a_living_plan_may_have_been_carried_beyond_a_template_s_limits() -> None:
    far = PhaseSpec(key="far", anchor=AnchorKind.PLAN_START, anchor_phase=None, offset_days=900, duration_days=28)
    with pytest.raises(LayoutError, match="no offset"):
        lay_out([far], plan_start=date(2027, 1, 4))
    assert lay_out([far], plan_start=date(2027, 1, 4), living=True)["far"].first == date(2029, 6, 22)
