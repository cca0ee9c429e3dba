"""Every status of a taper met by every move: what is legal is exactly what this page lists."""

import pytest

from protocols.domain.taper_states import (
    TAPER_TRANSITIONS,
    IllegalTaperMove,
    TaperMove,
    TaperStatus,
    VersionStatus,
    legal_taper_moves,
    next_taper_status,
)

PAGE = """
draft              propose         awaiting-signature
awaiting-signature withdraw        draft
awaiting-signature start           active
active             revise          active
held               revise          active
watching           revise          active
active             hold            held
held               resume          active
active             watch           watching
held               watch           watching
watching           complete        completed
draft              stop            stopped
awaiting-signature stop            stopped
active             stop            stopped
held               stop            stopped
watching           stop            stopped
active             revoke          stopped
held               revoke          stopped
watching           revoke          stopped
draft              enter-in-error  entered-in-error
awaiting-signature enter-in-error  entered-in-error
active             enter-in-error  entered-in-error
held               enter-in-error  entered-in-error
watching           enter-in-error  entered-in-error
completed          enter-in-error  entered-in-error
stopped            enter-in-error  entered-in-error
"""
LEGAL = {(before, move): after for before, move, after in (line.split() for line in PAGE.strip().splitlines())}
PAIRS = [(move, status, LEGAL.get((status.value, move.value))) for move in TaperMove for status in TaperStatus]


def test_the_page_names_only_what_exists() -> None:
    assert len(PAIRS) == 11 * 8
    assert sum(after is not None for *_, after in PAIRS) == len(LEGAL) == 26


@pytest.mark.parametrize(("move", "status", "after"), PAIRS)
def test_every_move_from_every_status(move: TaperMove, status: TaperStatus, after: str | None) -> None:
    if after is None:
        with pytest.raises(IllegalTaperMove) as refused:
            next_taper_status(move, status)
        assert (refused.value.move, refused.value.status) == (move, status)
        assert move not in legal_taper_moves(status)
    else:
        reached = next_taper_status(move, status)
        assert isinstance(reached, TaperStatus)
        assert reached.value == after
        assert move in legal_taper_moves(status)


@pytest.mark.parametrize("status", TaperStatus)
def test_legal_moves_are_the_moves_that_succeed(status: TaperStatus) -> None:
    assert list(legal_taper_moves(status)) == [move for move, before, after in PAIRS if before is status and after]


def test_every_move_has_its_line_in_the_table() -> None:
    assert list(TAPER_TRANSITIONS) == list(TaperMove)


def test_the_table_cannot_be_changed_from_outside() -> None:
    with pytest.raises(TypeError):
        TAPER_TRANSITIONS[TaperMove.HOLD] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        TAPER_TRANSITIONS[TaperMove.HOLD][TaperStatus.DRAFT] = TaperStatus.ACTIVE  # type: ignore[index]


def test_the_plain_text_of_a_row_moves_too() -> None:
    reached = next_taper_status("hold", "active")  # type: ignore[arg-type]
    assert reached is TaperStatus.HELD
    assert TaperMove.HOLD in legal_taper_moves("active")  # type: ignore[arg-type]
    with pytest.raises(IllegalTaperMove, match="A taper that is held cannot be held"):
        next_taper_status("hold", "held")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="on-hold"):
        next_taper_status(TaperMove.HOLD, "on-hold")  # type: ignore[arg-type]


def test_nothing_starts_without_having_waited_for_a_signature() -> None:
    assert [status for status in TaperStatus if TaperMove.START in legal_taper_moves(status)] == [
        TaperStatus.AWAITING_SIGNATURE
    ]


def test_what_has_ended_is_never_opened_again() -> None:
    for status in (TaperStatus.COMPLETED, TaperStatus.STOPPED):
        assert legal_taper_moves(status) == (TaperMove.ENTER_IN_ERROR,)
    assert legal_taper_moves(TaperStatus.ENTERED_IN_ERROR) == ()


@pytest.mark.parametrize(
    ("move", "status", "sentence"),
    [
        (TaperMove.START, TaperStatus.DRAFT, "A taper that is draft cannot be started."),
        (TaperMove.PROPOSE, TaperStatus.ACTIVE, "A taper that is active cannot be sent for signature."),
        (TaperMove.WITHDRAW, TaperStatus.HELD, "A taper that is held cannot be taken back."),
        (TaperMove.REVISE, TaperStatus.STOPPED, "A taper that is stopped cannot be given a new version."),
        (TaperMove.HOLD, TaperStatus.WATCHING, "A taper that is watching cannot be held."),
        (TaperMove.RESUME, TaperStatus.ACTIVE, "A taper that is active cannot be resumed."),
        (TaperMove.WATCH, TaperStatus.STOPPED, "A taper that is stopped cannot be watched."),
        (TaperMove.COMPLETE, TaperStatus.ACTIVE, "A taper that is active cannot be completed."),
        (TaperMove.STOP, TaperStatus.COMPLETED, "A taper that is completed cannot be stopped."),
        (TaperMove.REVOKE, TaperStatus.AWAITING_SIGNATURE, "A taper that is awaiting signature cannot be revoked."),
        (
            TaperMove.ENTER_IN_ERROR,
            TaperStatus.ENTERED_IN_ERROR,
            "A taper that is entered in error cannot be marked as entered in error.",
        ),
    ],
)
def test_a_refusal_is_a_sentence(move: TaperMove, status: TaperStatus, sentence: str) -> None:
    assert str(IllegalTaperMove(move, status)) == sentence


def test_statuses_and_moves_have_words() -> None:
    assert [status.label for status in TaperStatus] == [
        "Draft",
        "Awaiting signature",
        "Active",
        "Held",
        "Watching",
        "Completed",
        "Stopped",
        "Entered in error",
    ]
    assert [status.label for status in VersionStatus] == [
        "Draft",
        "Proposed",
        "In force",
        "Superseded",
        "Declined",
        "Expired",
        "Withdrawn",
        "Revoked",
    ]
    assert [move.label for move in TaperMove] == [
        "Send for signature",
        "Take the request back",
        "Start",
        "Put the new version in force",
        "Hold at today’s dose",
        "Resume",
        "Watch after the last step",
        "Complete",
        "Stop",
        "Revoke",
        "Mark as entered in error",
    ]


def test_what_is_open_keeps_the_plan_open_and_what_runs_is_seen_by_the_patient() -> None:
    assert [status.value for status in TaperStatus if status.is_open] == [
        "draft",
        "awaiting-signature",
        "active",
        "held",
        "watching",
    ]
    assert [status.value for status in TaperStatus if status.is_running] == ["active", "held", "watching"]
