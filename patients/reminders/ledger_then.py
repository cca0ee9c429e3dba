"""What the ledger knows of one reminder at a past instant, in the place of what it knows now.

Not kept, and so never told of the past: which worker held an envelope that no attempt had begun for, whether a channel
was left alone, and the hours and names of staff, which are told as they are now.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from clinics.domain.message_budget import Written
from patients.models import (
    Attempt,
    AttemptOutcome,
    HeldFor,
    RecipientKind,
    Recurrence,
    Reminder,
    ReminderNote,
    Transition,
)
from patients.reminders.claim import LEASE
from patients.reminders.ledger_facts import LOOKS_AT, Facts, is_going
from patients.reminders.ledger_past import Past

HOURS = ("zone", "quiet_starts", "quiet_ends", "message_time")


@dataclass(frozen=True)
class FactsThen(Facts):
    """One reminder as it stood at this instant, by what is known of that past. reminder: as `past` gives it."""

    past: Past

    is_past: ClassVar[bool] = True

    # --- Who receives it ------------------------------------------------------------------------------------

    @cached_property
    def recipient(self) -> Any:
        person = self._person
        return None if person is None else self._lived(person, at=self.at)

    @cached_property
    def hours(self) -> Any:
        person, moment = self._person, self.reminder.finished_at
        return self.recipient if person is None or moment is None else self._lived(person, at=moment)

    @property
    def zone_now(self) -> str:
        """Where the recipient lives by now; UTC for whoever is gone."""
        return "UTC" if self._person is None else self._person.zone

    @property
    def _person(self) -> Any:
        kind, code = self.reminder.recipient_kind, self.reminder.recipient_code
        return self.reminder.plan.patient if kind == RecipientKind.PATIENT.value else self.past.person((kind, code))

    def _lived(self, person: Any, *, at: datetime) -> Any:
        """This person with the zone and hours of that instant, where a history of them is kept."""
        versions = self.past.versions(person)
        before = [version for version in versions if version.history_date <= at]
        version = next(iter([*reversed(before), *versions]), None)
        then = copy(person)
        for name in HOURS if version is not None else ():
            setattr(then, name, getattr(version, name))
        return then

    # --- What was tried -------------------------------------------------------------------------------------

    @cached_property
    def attempts(self) -> list[Attempt]:
        message = self.reminder.message
        return [] if message is None else self.past.attempts(message)

    @cached_property
    def instead(self) -> Reminder | None:
        return next((row for row in self._same if is_going(row)), None)

    @property
    def _same(self) -> list[Reminder]:
        return sorted(self.past.same(self.reminder), key=lambda row: (-row.send_at.timestamp(), row.code))

    @cached_property
    def others_in_envelope(self) -> int:
        message = self.reminder.message
        return 0 if message is None else self.past.others_in(message, but=self.reminder)

    # --- What held it back ----------------------------------------------------------------------------------

    @property
    def is_being_handed_over(self) -> bool:
        last = self._last
        return last is not None and last.outcome == AttemptOutcome.STARTED.value and self.at < last.started_at + LEASE

    @property
    def tried_from(self) -> datetime | None:
        known = [
            None if self._last is None else self._last.again_at,
            None if self.held_for is None else self._held_until,
        ]
        return max((instant for instant in known if instant is not None and instant > self.at), default=None)

    @property
    def _last(self) -> Attempt | None:
        """The last attempt; not that of a worker who found its claim gone, since it ended nobody else’s."""
        superseded = AttemptOutcome.SUPERSEDED.value
        return next((attempt for attempt in reversed(self.attempts) if attempt.outcome != superseded), None)

    @property
    def held_for(self) -> HeldFor | None:
        message, until = self.reminder.message, self._held_until
        if message is None or message.held_since is None or until is None:
            return None
        is_over = any(attempt.started_at >= message.held_since for attempt in self.attempts)
        return HeldFor(message.held_for) if message.held_since <= self.at < until and not is_over else None

    @property
    def _held_until(self) -> datetime | None:
        return None if self.reminder.message is None else self.reminder.message.held_until

    @cached_property
    def written(self) -> Written | None:
        return None

    @cached_property
    def under_way(self) -> Reminder | None:
        started = AttemptOutcome.STARTED.value
        with_message = ((row, row.message) for row in self._same if row.message is not None)
        return next(
            (
                row
                for row, message in with_message
                if any(attempt.outcome == started for attempt in self.past.attempts(message))
            ),
            None,
        )

    @cached_property
    def shut_until(self) -> datetime | None:
        return None

    # --- What people did, and what moved the plan -----------------------------------------------------------

    def _said_of(self, row: Recurrence, *, at: datetime) -> Any:
        said = [version for version in self.past.versions(row) if version.history_date <= at]
        return said[-1] if said else None

    @cached_property
    def notes(self) -> list[ReminderNote]:
        return self.past.notes(self.reminder.plan.patient_id)

    def knows_of(self, at: datetime) -> bool:
        return at <= self.at

    def moves(self, *, since: datetime, until: datetime) -> list[Transition]:
        found = [move for move in self.past.moves(self.reminder.plan_id) if since <= move.at <= until]
        return sorted(found, key=lambda move: move.at, reverse=True)[:LOOKS_AT]

    def last_of_plan(self, *, until: datetime) -> Transition | None:
        found = [move for move in self.past.moves(self.reminder.plan_id) if move.at <= until and _is_of_plan(move)]
        return found[-1] if found else None


def facts_then(reminders: Sequence[Reminder], *, at: datetime) -> dict[int, FactsThen | None]:
    """Those of each of these at one instant, by their keys, in as many queries as of one; None for what was not there.

    reminders: with `ledger_facts.ROWS` loaded.
    """
    past = Past(reminders, at=at)
    stood = {reminder.pk: past.stood(reminder) for reminder in reminders}
    return {key: None if then is None else FactsThen(then, at, past) for key, then in stood.items()}


def _is_of_plan(move: Transition) -> bool:
    return not any((move.phase_id, move.taper_id, move.order_id))
