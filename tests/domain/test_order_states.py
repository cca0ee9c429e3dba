"""Every standing and status of an order met by every move: what is legal is exactly what this page lists."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.order_states import (
    ORDER_TRANSITIONS,
    IllegalOrderMove,
    OrderMove,
    OrderStanding,
    OrderStatus,
    StopReason,
    legal_order_moves,
    next_standing,
    status_on,
)
from protocols.domain.phases import PhaseStatus
from protocols.domain.window import Window

PAGE = """
open     planned   hold            held
open     active    hold            held
open     held      hold            held
held     planned   resume          open
held     active    resume          open
held     held      resume          open
open     planned   change          open
open     active    change          open
open     held      change          open
held     planned   change          held
held     active    change          held
held     held      change          held
open     planned   stop            stopped
open     active    stop            stopped
open     held      stop            stopped
held     planned   stop            stopped
held     active    stop            stopped
held     held      stop            stopped
open     planned   leave-out       left-out
"""
LEGAL = {(standing, status, move): after for standing, status, move, after in map(str.split, PAGE.strip().splitlines())}
LEGAL |= {
    (standing, status, "enter-in-error"): "entered-in-error"
    for standing in ("open", "held", "stopped", "left-out")
    for status in ("planned", "active", "held", "stopped", "completed")
}
TRIPLES = [
    (move, standing, status, LEGAL.get((standing.value, status.value, move.value)))
    for move in OrderMove
    for standing in OrderStanding
    for status in OrderStatus
]
FIRST = date(2027, 1, 11)
LAST = FIRST + timedelta(days=27)
WINDOW = Window(FIRST, LAST)
PLANNED, ACTIVE, ON_HOLD, COMPLETED, SKIPPED, IN_ERROR = PhaseStatus


@pytest.mark.parametrize(("move", "standing", "status", "after"), TRIPLES)
def test_every_move_from_every_standing_and_status(
    move: OrderMove, standing: OrderStanding, status: OrderStatus, after: str | None
) -> None:
    assert (move in legal_order_moves(standing, status=status)) == (after is not None)
    if after is None:
        with pytest.raises(IllegalOrderMove) as refused:
            next_standing(move, standing, status=status)
        assert (refused.value.move, refused.value.standing, refused.value.status) == (move, standing, status)
    else:
        assert next_standing(move, standing, status=status).value == after


def test_every_move_has_its_line_in_the_table_which_cannot_be_changed() -> None:
    assert list(ORDER_TRANSITIONS) == list(OrderMove)
    with pytest.raises(TypeError):
        ORDER_TRANSITIONS[OrderMove.HOLD] = {}  # type: ignore[index]


def test_the_plain_texts_of_rows_will_do() -> None:
    assert next_standing("hold", "open", status="active") is OrderStanding.HELD  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="on-hold"):
        next_standing(OrderMove.HOLD, "on-hold", status=OrderStatus.ACTIVE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("move", "standing", "status", "sentence"),
    [
        ("stop", "open", "completed", "An order that is completed cannot be stopped."),
        ("hold", "held", "held", "An order that is held cannot be put on hold."),
        ("change", "left-out", "stopped", "An order that is left out cannot be changed."),
        ("leave-out", "open", "active", "An order that is active cannot be left out."),
        ("resume", "open", "held", "This order rests because its phase is on hold: resume the phase instead."),
        (
            "enter-in-error",
            "entered-in-error",
            "entered-in-error",
            "An order that is entered in error cannot be marked as entered in error.",
        ),
    ],
)
def test_a_refusal_is_a_sentence(move: str, standing: str, status: str, sentence: str) -> None:
    assert str(IllegalOrderMove(OrderMove(move), OrderStanding(standing), OrderStatus(status))) == sentence


def status(
    standing: OrderStanding = OrderStanding.OPEN,
    *phases: PhaseStatus,
    day: date = FIRST,
    window: Window | None = WINDOW,
    is_end_said: bool = False,
) -> str:
    return status_on(standing, window=window, day=day, phases=phases, is_end_said=is_end_said).value


def test_it_is_planned_until_its_phase_and_its_own_first_day_have_come() -> None:
    assert status(OrderStanding.OPEN, PLANNED) == "planned"
    assert status(OrderStanding.OPEN, ACTIVE, day=FIRST - timedelta(days=1)) == "planned"
    assert status(OrderStanding.OPEN, ACTIVE) == "active"


def test_what_waits_for_a_taper_is_planned() -> None:
    assert status(OrderStanding.OPEN, ACTIVE, window=None) == "planned"
    assert status(OrderStanding.HELD, window=None) == "held"


def test_a_phase_past_its_planned_last_day_is_still_lived() -> None:
    late = LAST + timedelta(days=1)
    assert status(OrderStanding.OPEN, ACTIVE, day=late) == "active"
    assert status(OrderStanding.OPEN, COMPLETED, day=late) == "completed"
    assert status(OrderStanding.OPEN, COMPLETED, day=LAST) == "active"
    assert status(OrderStanding.OPEN, ACTIVE, day=late, is_end_said=True) == "completed"
    assert status(OrderStanding.OPEN, COMPLETED, day=late, window=Window(FIRST, None)) == "active"


def test_it_rests_with_its_phase_unless_its_other_phase_runs() -> None:
    assert status(OrderStanding.OPEN, ON_HOLD) == "held"
    assert status(OrderStanding.OPEN, COMPLETED, ON_HOLD) == "held"
    assert status(OrderStanding.OPEN, ON_HOLD, PLANNED) == "held"
    assert status(OrderStanding.OPEN, ON_HOLD, ACTIVE) == "active"
    assert status(OrderStanding.OPEN, COMPLETED, PLANNED) == "active"


def test_what_was_skipped_does_not_count() -> None:
    assert status(OrderStanding.OPEN, SKIPPED, ACTIVE) == "active"
    assert status(OrderStanding.OPEN, ACTIVE, SKIPPED, day=LAST + timedelta(days=1)) == "active"
    assert status(OrderStanding.OPEN, SKIPPED) == "stopped"
    assert status(OrderStanding.OPEN, SKIPPED, IN_ERROR) == "stopped"


def test_an_order_tied_to_a_taper_follows_its_window_alone() -> None:
    assert status(day=FIRST - timedelta(days=1), is_end_said=True) == "planned"
    assert status(day=LAST, is_end_said=True) == "active"
    assert status(day=LAST + timedelta(days=1), is_end_said=True) == "completed"


def test_what_a_person_paused_is_held_until_it_is_over() -> None:
    assert status(OrderStanding.HELD, ACTIVE, is_end_said=True) == "held"
    assert status(OrderStanding.HELD, ACTIVE, day=LAST + timedelta(days=1), is_end_said=True) == "completed"


phase_statuses = st.lists(st.sampled_from(PhaseStatus), max_size=2)


@given(
    standing=st.sampled_from(OrderStanding),
    phases=phase_statuses,
    days=st.integers(-40, 60),
    length=st.none() | st.integers(0, 40),
    is_end_said=st.booleans(),
)
def test_only_what_is_open_and_begun_is_ever_taken(
    standing: OrderStanding, phases: list[PhaseStatus], days: int, length: int | None, is_end_said: bool
) -> None:
    window = Window(FIRST, None if length is None else FIRST + timedelta(days=length))
    found = status(standing, *phases, day=FIRST + timedelta(days=days), window=window, is_end_said=is_end_said)
    if found == "active":
        assert standing is OrderStanding.OPEN
        assert days >= 0
        assert not (is_end_said and length is not None and days > length)
    if not standing.is_open:
        assert found in {"stopped", "entered-in-error"}


def test_standings_moves_and_reasons_have_words() -> None:
    assert [standing.label for standing in OrderStanding] == ["Open", "Held", "Stopped", "Left out", "Entered in error"]
    assert [status.label for status in OrderStatus] == [
        "Planned",
        "Active",
        "Held",
        "Stopped",
        "Completed",
        "Entered in error",
    ]
    assert [move.label for move in OrderMove] == [
        "Put on hold",
        "Resume",
        "Change",
        "Stop",
        "Leave out",
        "Mark as entered in error",
    ]
    assert [move.value for move in OrderMove if move.needs_reason] == ["stop", "enter-in-error"]
    assert [reason.label for reason in StopReason] == [
        "Finished",
        "Patient’s choice",
        "Reaction",
        "Allergy",
        "Interaction",
        "Pregnancy",
        "No longer needed",
        "Not available",
        "The prescriber’s word",
        "Other",
    ]
    assert [reason for reason in StopReason if reason.needs_words] == [StopReason.OTHER]
