"""The message budget of patients, asked right before envelopes are tried for the first time.

Two routine messages a day at most, and one a week to whoever was not heard from for a week. An envelope with something
in it that she asked for by the hour, or that a person has asked for once more, goes anyway, and what else is in it with
it; that nobody answers it is noted all the same. What is above waits, in the same envelope, for the next day on which
one may go; what would be too late by then is missed, and says why.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from clinics.domain.instants import civil_date, zone
from clinics.domain.message_budget import next_day, with_one_more
from patients.models import Heard, HeldFor, Message, Patient, RecipientKind, Reminder, ReminderStatus
from patients.reminders.keeping import Keeping
from patients.reminders.kinds import KINDS
from patients.reminders.reasons import NOT_HEARD_FROM, OVER_BUDGET
from patients.reminders.recipients import Recipient

COUNTED: Final = ("written_on", "written_count", "unanswered_since", "is_silence_planned")


class Budget:
    """The room that is left to the patients of some envelopes. What was tried before was counted then.

    Their rows are locked until the transaction ends, which is the one that freezes the envelopes.
    """

    def __init__(
        self,
        contents: Collection[Sequence[Reminder]],
        *,
        at: datetime,
        never_went: Collection[tuple[Message, Sequence[Reminder]]] = (),
    ) -> None:
        """contents: what goes in each envelope that was never tried.

        never_went: envelopes that are given up, with what is in them, of which the other side has none: they were
        counted, and count no more.
        """
        self._at = at
        back = [(message, going) for message, going in never_went if going and is_to_patient(going)]
        concerned = [going for going in contents if is_to_patient(going)] + [going for _, going in back]
        self._heard = _locked({going[0].plan.patient_id for going in concerned})
        self._written: set[int] = set()
        for message, going in back:
            key = going[0].plan.patient_id
            if _count_no_more(self._heard[key], message, going):
                self._written.add(key)

    def room_from(self, going: Sequence[Reminder], recipient: Recipient) -> datetime | None:
        """Count this envelope in, and return None; or return the instant from which there is room for it."""
        if not is_to_patient(going):
            return None
        patient = going[0].plan.patient
        heard, on = self._heard[patient.pk], self._today(patient)
        if not counts(going):
            if heard.unanswered_since is None:
                heard.unanswered_since = on
                self._written.add(patient.pk)
            return None
        written = heard.written(patient)
        allowed_on = next_day(written, on=on)
        if allowed_on > on:
            return recipient.send_at(allowed_on)
        after = with_one_more(written, on=on)
        heard.written_on, heard.written_count = after.last_on, after.last_count
        heard.unanswered_since = after.unanswered_since
        self._written.add(patient.pk)
        return None

    def why_no_room(self, going: Sequence[Reminder]) -> HeldFor:
        """Why there is none now for an envelope with these."""
        patient = going[0].plan.patient
        is_silent = self._heard[patient.pk].written(patient).is_silent(self._today(patient))
        return HeldFor.SILENCE if is_silent else HeldFor.BUDGET

    def give_up_what_cannot_wait(self, going: Sequence[Reminder], *, until: datetime) -> list[Reminder]:
        """Those that may still go at `until`; the others are missed for want of room."""
        is_silent = self.why_no_room(going) is HeldFor.SILENCE
        over = [reminder for reminder in going if until >= reminder.too_late_at]
        keeping = Keeping(over, at=self._at)
        for reminder in over:
            reminder.status, reminder.finished_at = ReminderStatus.MISSED.value, self._at
            reminder.reason = NOT_HEARD_FROM if is_silent else OVER_BUDGET
            reminder.message = None
            reminder.save(update_fields=["status", "reason", "finished_at", "message"])
        keeping.write()
        return [reminder for reminder in going if reminder not in over]

    def write(self) -> None:
        """Write down what was counted in, in a few statements for all of them."""
        alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for key in self._written:
            alike[tuple(getattr(self._heard[key], name) for name in COUNTED)].append(key)
        for values, keys in alike.items():
            Heard.objects.filter(pk__in=keys).update(**dict(zip(COUNTED, values, strict=True)))

    def _today(self, patient: Patient) -> date:
        return civil_date(self._at, zone(patient.zone))


def give_back(message: Message, going: Sequence[Reminder]) -> None:
    """Of what was refused for good nothing reached her: it counts no more, and may go by another channel today."""
    if not is_to_patient(going):
        return
    heard = Heard.objects.select_for_update().filter(patient=going[0].plan.patient_id).first()
    if heard is not None and _count_no_more(heard, message, going):
        heard.save(update_fields=COUNTED)


def _count_no_more(heard: Heard, message: Message, going: Sequence[Reminder]) -> bool:
    """Take back that this message was counted, on the day on which it was; whether anything changed."""
    if message.frozen_at is None:
        return False
    on = civil_date(message.frozen_at, zone(going[0].plan.patient.zone))
    before = heard.written_count, heard.unanswered_since
    if counts(going) and heard.written_on == on and heard.written_count > 0:
        heard.written_count -= 1
    if heard.unanswered_since == on and (heard.written_on != on or heard.written_count == 0):
        # Silence begins with a message that reached her: when another one does, the clinic is told in its time.
        heard.unanswered_since, heard.is_silence_planned = None, False
    return before != (heard.written_count, heard.unanswered_since)


def counts(going: Sequence[Reminder]) -> bool:
    """Whether an envelope with these is a routine message to a patient."""
    is_routine = all(KINDS[reminder.kind].is_routine and reminder.again_of_id is None for reminder in going)
    return is_routine and is_to_patient(going)


def is_to_patient(going: Sequence[Reminder]) -> bool:
    return all(reminder.recipient_kind == RecipientKind.PATIENT.value for reminder in going)


def _locked(patients: set[int]) -> dict[int, Heard]:
    """The row of each of these, made where there is none."""
    if not patients:
        return {}
    rows = Heard.objects.filter(pk__in=patients)
    missing = patients.difference(rows.values_list("pk", flat=True))
    if missing:
        Heard.objects.bulk_create([Heard(patient_id=key) for key in sorted(missing)], ignore_conflicts=True)
    return {heard.pk: heard for heard in rows.select_for_update().order_by("pk")}
