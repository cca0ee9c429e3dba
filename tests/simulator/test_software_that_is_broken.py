"""The run finds faults in the software itself: each is broken on purpose, and what it broke is named."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from clinics.actor import for_system
from clinics.domain.instants import instant
from gutclinic.simulator.cast import Cast
from gutclinic.simulator.evidence import Rows
from gutclinic.simulator.invariants.all import judge
from gutclinic.simulator.run import run
from patients.models import Attempt, Reminder
from patients.reminders import delivery, phase_kinds, rechecking, recipients, wording
from patients.reminders.claim import Claim
from patients.services import moving, people, sweeping

Break = Callable[[pytest.MonkeyPatch], None]


def midnight_of_the_server(patch: pytest.MonkeyPatch) -> None:
    """A phase begins at midnight in UTC, wherever the patient lives."""
    patch.setattr(moving, "day_begins", lambda on, zone: datetime.combine(on, time(), UTC))


def no_history(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving, "record", lambda plan, **step: None)


def offsets_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving.Moving, "keep_dates", lambda self, phases: None)


def holds_lengthen_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving.Moving, "lengthen", lambda self, phase: None)


def no_reminder_follows_a_move(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving, "replan", lambda plan, at: None)


def no_reminder_follows_a_patient(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(people, "replan", lambda plan, at: None)


def nights_are_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recipients, "allowed_instant", lambda on, wall, zone, quiet: instant(on, wall, zone))
    patch.setattr(recipients, "next_allowed", lambda at, zone, quiet: at)


def nothing_is_checked_again(patch: pytest.MonkeyPatch) -> None:
    """What was put into an envelope goes, late or no longer true, if there is anybody to send it to."""
    verdict = rechecking._verdict

    def believe(reminder: Reminder, known: Any, *, is_tried: bool) -> Any:
        book = copy(known.book)
        book.at = min(book.at, reminder.too_late_at - timedelta(microseconds=1))
        recipient, status, reason = verdict(reminder, replace(known, book=book), is_tried=is_tried)
        # As it is looked at from here on; otherwise delivery would look again and again.
        reminder.too_late_at = max(reminder.too_late_at, known.book.at + timedelta(minutes=1))
        if recipient is None or recipient.address is None:
            return recipient, status, reason
        return recipient, None, ""

    patch.setattr(rechecking, "_verdict", believe)


def acceptance_is_not_recorded(patch: pytest.MonkeyPatch) -> None:
    """The first answer of each envelope is lost; without a second one, it would go again for days on end."""
    record = delivery.record_acceptance

    def lose_the_first(claimed: Claim, attempt: int, reminders: Sequence[int], *, at: datetime) -> None:
        if Attempt.objects.get(pk=attempt).number > 1:
            record(claimed, attempt, reminders, at=at)

    patch.setattr(delivery, "record_acceptance", lose_the_first)


def guesses_are_announced(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(phase_kinds, "_has_unknown_start", lambda phase: False)


def messages_tell(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wording, "render_to_string", lambda template, context: "Repair starts today.")


def the_sweep_sleeps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sweeping.phase_moves, "start", lambda phase, **move: None)


# How many patients for how many days: as few as show the fault, since each run takes its time.
ENOUGH = (8, 31)
NEEDED: dict[Break, tuple[int, int]] = {
    offsets_are_forgotten: (12, 45),
    holds_lengthen_nothing: (12, 45),
    guesses_are_announced: (12, 45),
    acceptance_is_not_recorded: (4, 20),
}


@pytest.mark.parametrize(
    ("break_it", "invariants"),
    [
        (midnight_of_the_server, {"starts are scheduled"}),
        (no_history, {"history is whole", "changes are recorded"}),
        (offsets_are_forgotten, {"acts move what they should"}),
        (holds_lengthen_nothing, {"open phases last their days"}),
        (no_reminder_follows_a_move, {"what is called for is owed", "steady plans owe exactly this"}),
        (no_reminder_follows_a_patient, {"everything goes on its day"}),
        (nights_are_ignored, {"nothing goes at night"}),
        (nothing_is_checked_again, {"everything goes on its day"}),
        (acceptance_is_not_recorded, {"nothing goes twice"}),
        (guesses_are_announced, {"everything is true when it goes"}),
        (messages_tell, {"words are neutral"}),
        (the_sweep_sleeps, {"the software holds"}),
    ],
    ids=lambda value: getattr(value, "__name__", "finds"),
)
@pytest.mark.django_db(transaction=True)
def test_broken_software_is_found(monkeypatch: pytest.MonkeyPatch, break_it: Break, invariants: set[str]) -> None:
    break_it(monkeypatch)
    patients, days = NEEDED.get(break_it, ENOUGH)
    evidence = run(patients=patients, days=days, seed=7, cast=Cast(tapering=frozenset()), by=for_system())
    assert invariants <= {violation.invariant for violation in judge(evidence, Rows.read())}
