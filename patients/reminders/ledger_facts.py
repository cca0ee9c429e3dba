"""All that the ledger reads about one reminder, in a number of queries that does not grow with the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from clinics.domain.instants import allowed_instant, zone
from clinics.domain.message_budget import Written
from clinics.models import Prescriber, User
from patients.models import (
    Attempt,
    AttemptOutcome,
    ChannelState,
    Heard,
    HeldFor,
    NoteAct,
    RecipientKind,
    Recurrence,
    Reminder,
    ReminderNote,
    ReminderStatus,
    Transition,
)
from patients.reminders.kind import Pace
from patients.reminders.kinds import KINDS
from patients.reminders.ledger_words import instant_words
from patients.reminders.mutes import MUTABLE

NOT_ACCEPTED = frozenset({AttemptOutcome.FAILED.value, AttemptOutcome.REFUSED.value, AttemptOutcome.UNKNOWN.value})
MOVED_WITH = ("by_user", "plan", "phase", "taper", "order")
"""What a move is loaded with."""
LOOKS_AT = 50
"""Among how many moves the one is looked for that settled a reminder."""
ROWS = (
    "plan__patient__clinic",
    "phase",
    "taper",
    "order",
    "message",
    "recurrence",
    "again_of",
    "asked_by__by_user",
)
"""What a reminder is loaded with before the ledger looks at it."""
PEOPLE: Mapping[RecipientKind, Any] = {RecipientKind.STAFF: User, RecipientKind.PRESCRIBER: Prescriber}
"""Whose row is found by the code that a reminder has."""
GOES = (ReminderStatus.SENT.value, ReminderStatus.OWED.value)


@dataclass(frozen=True)
class Facts:
    """One reminder, with `ROWS` loaded, as it stands now, which is this instant; for one before, see `ledger_then`."""

    reminder: Reminder
    at: datetime

    is_past: ClassVar[bool] = False

    @property
    def zone_name(self) -> str:
        """Where the recipient lives by now; UTC for whoever is gone."""
        return "UTC" if self.recipient is None else self.recipient.zone

    def clock(self, at: datetime) -> str:
        return instant_words(at, self.zone_name)

    @property
    def whom(self) -> str:
        """“the patient”, or the name of whoever works with her."""
        if self.reminder.recipient_kind == RecipientKind.PATIENT.value:
            return "the patient"
        return self.reminder.recipient_code if self.recipient is None else self.recipient.name

    @cached_property
    def recipient(self) -> Any:
        """The row of whoever receives it; None for somebody whose code is known to nobody."""
        code, kind = self.reminder.recipient_code, self.reminder.recipient_kind
        if kind == RecipientKind.PATIENT.value:
            return self.reminder.plan.patient
        return PEOPLE[RecipientKind(kind)]._default_manager.filter(code=code).first()

    @cached_property
    def hours(self) -> Any:
        """Zone, preferred time and quiet hours as they were when it was settled, where a history of them is kept."""
        moment = self.reminder.finished_at
        history = getattr(self.recipient, "history", None)
        if moment is None or history is None:
            return self.recipient
        kept = history.filter(history_date__lte=moment).order_by("-history_date", "-history_id").first()
        if kept is None:
            return self.recipient
        return type(self.recipient)(
            zone=kept.zone,
            quiet_starts=kept.quiet_starts,
            quiet_ends=kept.quiet_ends,
            message_time=kept.message_time,
        )

    @property
    def pace(self) -> Pace | None:
        kind = KINDS.get(self.reminder.kind)
        return None if kind is None else kind.pace_to(RecipientKind(self.reminder.recipient_kind))

    @property
    def is_at_preferred_time(self) -> bool | None:
        """Whether it was planned for the preferred time itself, by these hours; None if not even for its day by them.

        False where quiet hours, or clocks that change, moved it to the nearest allowed time of its day.
        """
        hours, reminder = self.hours, self.reminder
        if hours is None:
            return None
        where = zone(hours.zone)
        if allowed_instant(reminder.civil_date, hours.message_time, where, hours.quiet_hours) != reminder.send_at:
            return None
        local = reminder.send_at.astimezone(where)
        return (local.date(), local.time()) == (reminder.civil_date, hours.message_time)

    # --- What was tried -------------------------------------------------------------------------------------

    @cached_property
    def attempts(self) -> list[Attempt]:
        message = self.reminder.message
        return [] if message is None else list(message.attempts.order_by("number"))

    @property
    def failures(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.outcome in NOT_ACCEPTED]

    @property
    def reports(self) -> list[Attempt]:
        """Attempts of which the provider reported something later."""
        return [attempt for attempt in self.attempts if attempt.reported]

    @property
    def may_have_gone(self) -> bool:
        unknown = {AttemptOutcome.UNKNOWN.value, AttemptOutcome.STARTED.value}
        return self.reminder.status != ReminderStatus.SENT.value and any(
            attempt.outcome in unknown for attempt in self.attempts
        )

    @cached_property
    def instead(self) -> Reminder | None:
        """The same thing on another channel, which it went by or is to go by now."""
        same = Reminder.objects.filter(occurrence=self.reminder.occurrence, status__in=GOES)
        return same.exclude(pk=self.reminder.pk).first()

    @cached_property
    def others_in_envelope(self) -> int:
        message = self.reminder.message
        return 0 if message is None else message.reminders.count() - 1

    # --- What holds it back ---------------------------------------------------------------------------------

    @cached_property
    def written(self) -> Written | None:
        """What the message budget knows of its patient; None for what it does not count, or nobody was written yet."""
        message, patient = self.reminder.message, self.reminder.plan.patient
        if self.reminder.recipient_kind != RecipientKind.PATIENT.value or message is None or message.frozen_at:
            return None
        heard = Heard.objects.filter(pk=patient.pk).first()
        return None if heard is None else heard.written(patient)

    @property
    def is_being_handed_over(self) -> bool:
        """Whether a worker holds its envelope."""
        message = self.reminder.message
        return message is not None and message.claimed_until is not None and message.claimed_until > self.at

    @property
    def tried_from(self) -> datetime | None:
        """From when on its envelope may be tried, if that lies ahead."""
        message = self.reminder.message
        return message.next_attempt_at if message is not None and message.next_attempt_at > self.at else None

    @property
    def held_for(self) -> HeldFor | None:
        """By what rule it is held back, where that is written down; None where it is asked anew."""
        message = self.reminder.message
        is_setting = message is not None and message.held_for == HeldFor.SETTING.value
        return HeldFor.SETTING if is_setting else None

    @cached_property
    def under_way(self) -> Reminder | None:
        """The same thing on another channel, where a worker is handing it over at this moment."""
        same = Reminder.objects.filter(occurrence=self.reminder.occurrence).exclude(pk=self.reminder.pk)
        return same.filter(message__attempts__outcome=AttemptOutcome.STARTED.value).first()

    @cached_property
    def shut_until(self) -> datetime | None:
        """Until when its channel is left alone, since nobody answered there; None where it is used."""
        state = ChannelState.objects.filter(channel=self.reminder.channel, shut_until__gt=self.at).first()
        return None if state is None else state.shut_until

    # --- What people did ------------------------------------------------------------------------------------

    def knows_of(self, at: datetime) -> bool:
        """Whether what was done at that instant is to be told: of the present, everything is."""
        return True

    @cached_property
    def notes(self) -> list[ReminderNote]:
        """All acts about this patient's reminders, oldest first."""
        rows = ReminderNote.objects.filter(patient=self.reminder.plan.patient_id).select_related("by_user", "made")
        return list(rows.prefetch_related("lifted__by_user").order_by("at", "pk"))

    @property
    def own_notes(self) -> list[ReminderNote]:
        """Acts about this very row, but for mutes, which are about its kind."""
        acts = {NoteAct.CANCELLED.value, NoteAct.ASKED_AGAIN.value}
        return [note for note in self.notes if note.reminder_id == self.reminder.pk and note.act in acts]

    def mute_at(self, at: datetime) -> ReminderNote | None:
        """What kept this kind from this patient at that instant."""
        reminder = self.reminder
        if reminder.recipient_kind != RecipientKind.PATIENT.value or reminder.kind not in MUTABLE:
            return None
        for note in self.notes:
            lifted = getattr(note, "lifted", None)
            is_over = note.silent_until is not None and note.silent_until <= at
            is_lifted = lifted is not None and lifted.at <= at and self.knows_of(lifted.at)
            is_of_it = note.act == NoteAct.MUTED.value and note.kind in {"", reminder.kind} and note.at <= at
            if is_of_it and not is_over and not is_lifted:
                return note
        return None

    @cached_property
    def switched_off_at(self) -> datetime | None:
        """When the patient had switched off what comes back each day, if it was off when this one was settled."""
        row, moment = self.reminder.recurrence, self.reminder.finished_at or self.at
        if row is None:
            return None
        ended_at: datetime | None = (self._said_of(row, at=moment) or row).ended_at
        return ended_at if ended_at is not None and ended_at <= moment else None

    def _said_of(self, row: Recurrence, *, at: datetime) -> Any:
        """What she had said of it by then, where that is known: she may have said otherwise since."""
        return row.history.filter(history_date__lte=at).order_by("-history_date", "-history_id").first()

    # --- What moved the plan --------------------------------------------------------------------------------

    @cached_property
    def move(self) -> Transition | None:
        """The move that settled it: that of the same instant, else the last one before it about the same things."""
        reminder, moment = self.reminder, self.reminder.finished_at
        if moment is None:
            return None
        rows = self.moves(since=reminder.created_at, until=moment)
        together = sorted((move for move in rows if move.at == moment), key=lambda move: _distance(move, reminder))
        before = [move for move in rows if _distance(move, reminder) < 2]
        return next(iter([*together, *before]), None)

    @cached_property
    def plan_move(self) -> Transition | None:
        """The last move of the plan as a whole before it was settled."""
        return self.last_of_plan(until=self.reminder.finished_at or self.at)

    def moves(self, *, since: datetime, until: datetime) -> list[Transition]:
        """Those of its plan from then to then, the last first; of those of one instant, the first first."""
        moves = Transition.objects.filter(plan=self.reminder.plan_id, at__gte=since, at__lte=until)
        return list(moves.select_related(*MOVED_WITH).order_by("-at", "pk")[:LOOKS_AT])

    def last_of_plan(self, *, until: datetime) -> Transition | None:
        """The last move of its plan as a whole up to then."""
        of_plan = Transition.objects.filter(plan=self.reminder.plan_id, phase=None, taper=None, order=None)
        return of_plan.filter(at__lte=until).select_related(*MOVED_WITH).order_by("-at", "-pk").first()


def is_going(reminder: Reminder) -> bool:
    """Whether it went, or is to go."""
    return reminder.status in GOES


def _distance(move: Transition, reminder: Reminder) -> int:
    """0: of the part of the plan that this reminder is about. 1: of the plan as a whole. 2: of another part."""
    parts = (move.phase_id, move.taper_id, move.order_id)
    if not any(parts):
        return 1
    return 0 if parts == (reminder.phase_id, reminder.taper_id, reminder.order_id) else 2
