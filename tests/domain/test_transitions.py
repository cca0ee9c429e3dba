"""Every status met by every move: what is legal is exactly what this page lists."""

import pickle

import pytest

from protocols.domain.phases import (
    TRANSITIONS,
    EndReason,
    IllegalTransition,
    Move,
    PhaseKind,
    PhaseMove,
    PhaseStatus,
    PlanMove,
    PlanStatus,
    Status,
    legal_moves,
    next_status,
)

PLAN = """
draft     activate        active
active    hold            on-hold
on-hold   resume          active
draft     hand-over       draft
active    hand-over       active
on-hold   hand-over       on-hold
active    complete        completed
on-hold   complete        completed
draft     revoke          revoked
active    revoke          revoked
on-hold   revoke          revoked
draft     enter-in-error  entered-in-error
active    enter-in-error  entered-in-error
on-hold   enter-in-error  entered-in-error
completed enter-in-error  entered-in-error
revoked   enter-in-error  entered-in-error
"""
PHASE = """
planned   start     active
planned   extend    planned
active    extend    active
on-hold   extend    on-hold
active    hold      on-hold
on-hold   resume    active
active    complete  completed
on-hold   complete  completed
planned   skip      skipped
"""


def _legal(page: str) -> dict[tuple[str, str], str]:
    rows = [line.split() for line in page.strip().splitlines()]
    return {(before, move): after for before, move, after in rows}


PAIRS: list[tuple[Move, Status, str | None]] = [
    *((move, status, _legal(PLAN).get((status.value, move.value))) for move in PlanMove for status in PlanStatus),
    *((move, status, _legal(PHASE).get((status.value, move.value))) for move in PhaseMove for status in PhaseStatus),
]


def test_the_pages_name_only_what_exists() -> None:
    assert len(PAIRS) == 7 * 6 + 6 * 6
    assert sum(after is not None for _, _, after in PAIRS) == len(_legal(PLAN)) + len(_legal(PHASE)) == 25


@pytest.mark.parametrize(("move", "status", "after"), PAIRS)
def test_every_move_from_every_status(move: Move, status: Status, after: str | None) -> None:
    if after is None:
        with pytest.raises(IllegalTransition) as refused:
            next_status(move, status)  # type: ignore[arg-type]
        assert (refused.value.move, refused.value.status) == (move, status)
        assert move not in legal_moves(status)
    else:
        reached = next_status(move, status)  # type: ignore[arg-type]
        assert reached.value == after
        assert type(reached) is type(status)
        assert move in legal_moves(status)


@pytest.mark.parametrize("status", [*PlanStatus, *PhaseStatus])
def test_legal_moves_are_the_moves_that_succeed(status: Status) -> None:
    assert list(legal_moves(status)) == [m for m, s, after in PAIRS if s is status and after is not None]


def test_the_one_table_holds_both_sets_of_moves() -> None:
    # PlanMove.HOLD and PhaseMove.HOLD are both "hold": as bare strings they would share one entry.
    assert list(TRANSITIONS) == [*PlanMove, *PhaseMove]
    assert len(set(TRANSITIONS)) == 13
    assert TRANSITIONS[PlanMove.COMPLETE] is not TRANSITIONS[PhaseMove.COMPLETE]


def test_the_table_cannot_be_changed_from_outside() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[PlanMove.HOLD] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        TRANSITIONS[PlanMove.HOLD][PlanStatus.DRAFT] = PlanStatus.ACTIVE  # type: ignore[index]


def test_a_move_equals_its_own_text_and_no_other_move() -> None:
    assert PlanMove("hold") is PlanMove.HOLD
    assert PlanMove.HOLD == "hold"
    assert PhaseMove.HOLD == "hold"
    assert PlanMove.HOLD != PhaseMove.HOLD
    assert f"{PlanMove.ENTER_IN_ERROR}" == "enter-in-error"


def test_the_plain_text_of_a_status_moves_too() -> None:
    assert next_status(PlanMove.HOLD, "active") is PlanStatus.ON_HOLD  # type: ignore[call-overload]
    with pytest.raises(IllegalTransition):
        next_status(PhaseMove.HOLD, "completed")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="revoked"):
        next_status(PhaseMove.HOLD, "revoked")  # type: ignore[call-overload]


def test_a_plans_move_does_not_take_a_phases_status() -> None:
    with pytest.raises(TypeError):
        next_status(PlanMove.HOLD, PhaseStatus.ACTIVE)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        next_status(PhaseMove.HOLD, PlanStatus.ACTIVE)  # type: ignore[call-overload]


def test_plain_text_is_too_little_to_ask_for_legal_moves() -> None:
    with pytest.raises(TypeError, match="PlanStatus or a PhaseStatus"):
        legal_moves("active")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("move", "status", "sentence"),
    [
        (PhaseMove.HOLD, PhaseStatus.COMPLETED, "A completed phase cannot be put on hold."),
        (PhaseMove.START, PhaseStatus.ACTIVE, "An active phase cannot be started."),
        (PhaseMove.SKIP, PhaseStatus.ON_HOLD, "A phase on hold cannot be skipped."),
        (PhaseMove.EXTEND, PhaseStatus.SKIPPED, "A skipped phase cannot be extended."),
        (PlanMove.ACTIVATE, PlanStatus.REVOKED, "A revoked plan cannot be activated."),
        (PlanMove.RESUME, PlanStatus.ENTERED_IN_ERROR, "A plan entered in error cannot be resumed."),
        (
            PlanMove.ENTER_IN_ERROR,
            PlanStatus.ENTERED_IN_ERROR,
            "A plan entered in error cannot be marked as entered in error.",
        ),
    ],
)
def test_a_refusal_is_a_sentence(move: Move, status: Status, sentence: str) -> None:
    refusal = IllegalTransition(move, status)
    assert str(refusal) == sentence
    again = pickle.loads(pickle.dumps(refusal))
    assert (str(again), again.move, again.status) == (sentence, move, status)


def test_every_refusal_can_be_said() -> None:
    for move, status, after in PAIRS:
        if after is None:
            assert str(IllegalTransition(move, status)).endswith(".")


def test_the_words_for_people() -> None:
    assert [kind.label for kind in PhaseKind] == ["Remove", "Replace", "Re-inoculate", "Repair", "Rebalance"]
    assert [status.label for status in PlanStatus] == [
        "Draft",
        "Active",
        "On hold",
        "Completed",
        "Revoked",
        "Entered in error",
    ]
    assert [status.label for status in PhaseStatus] == [
        "Planned",
        "Active",
        "On hold",
        "Completed",
        "Skipped",
        "Entered in error",
    ]
    assert [reason.label for reason in EndReason] == [
        "Finished",
        "Patient’s choice",
        "Reaction",
        "Pregnancy",
        "Transferred",
        "Lost to follow-up",
        "Clinic ended care",
        "Died",
    ]
    assert [move.label for move in PhaseMove] == [
        "Start",
        "Extend",
        "Put on hold",
        "Resume",
        "Complete",
        "Skip",
    ]
    assert PlanMove.ENTER_IN_ERROR.label == "Mark as entered in error"
