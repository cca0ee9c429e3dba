"""Delivering claimed envelopes: re-check them together; then for each confirm the claim, hand over, and record.

The time is read through `clock` at each step, because what happened in between is the point: a worker that was frozen
finds its lease gone. What is committed for each envelope by itself: its attempt before the hand-over, together with the
confirmed claim, and the outcome after it. The only windows for a duplicate are an acceptance whose answer, or whose
commit, never reached us, and a worker frozen between confirming and sending; both carry the same idempotency key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat

from clinics.services.letters import sender_address
from patients.models import Attempt, AttemptOutcome, HeldFor, Message
from patients.reminders.budget import Budget
from patients.reminders.channels import Envelope, HandOverFailed, Sender
from patients.reminders.channels.status_report import usable_id
from patients.reminders.claim import Claim, let_go
from patients.reminders.committing import begin_attempt, record_acceptance
from patients.reminders.digest import Digests, is_digest
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.line import Line
from patients.reminders.rechecking import Rechecked, recheck
from patients.reminders.recipients import Recipient
from patients.reminders.setbacks import Jitter, close, give_up, hold_back, record_failure, steady
from patients.reminders.stopping import stop_way
from patients.reminders.wording import envelope_for

Clock = Callable[[], datetime]

# What was re-checked longer ago is looked at again first. Whatever a plan calls off until then is seen all the same:
# its reminders are owed no more.
STANDS_FOR = timedelta(seconds=30)
# What is handed over by another channel at this moment has an answer by then; or its worker is gone, which shows once
# the claim of that is over.
KNOWN_WITHIN = timedelta(minutes=1)
# A setting that cuts a device off is looked at again so often.
MENDED_WITHIN = timedelta(minutes=10)
MAY_HAVE_GONE = [AttemptOutcome.STARTED.value, AttemptOutcome.UNKNOWN.value, AttemptOutcome.ACCEPTED.value]
WORKER_WAS_GONE = "The worker was gone before it recorded an answer."


@dataclass(frozen=True, slots=True)
class Prepared:
    """An envelope ready to be handed over. reminders: the keys of all that is in it.

    until: the instant from which it may not go any more without another look. night: of whom, if quiet hours begin
    before that.
    """

    claim: Claim
    channel: str
    envelope: Envelope
    reminders: tuple[int, ...]
    until: datetime
    night: Recipient | None


def hand_over(
    prepared: Prepared, *, sender: Sender, clock: Clock, jitter: Jitter = steady, lines: Sequence[Line] = ()
) -> bool:
    """Hand this envelope over, and record what came of it; whether it was accepted.

    Whoever lost the claim meanwhile hands nothing over. lines: of its channel and provider, which learn how those are
    doing.
    """
    at = clock()
    night = prepared.night
    if at >= prepared.until or (night is not None and night.next_allowed(at) > at):
        let_go([prepared.claim])
        return False
    attempt = begin_attempt(prepared.claim, at=at)
    if attempt is None:
        give_up(prepared.claim, at=clock())
        return False
    try:
        provider_id = usable_id(sender.send(prepared.envelope))
    except HandOverFailed as failure:
        record_failure(prepared.claim, attempt, failure, at=clock(), jitter=jitter)
        if failure.address_gone:
            stop_way(prepared.envelope, message_id=prepared.claim.message_id, at=clock())
        for line in lines:
            line.failed(failure)
        return False
    record_acceptance(prepared.claim, attempt, prepared.reminders, at=clock(), provider_id=provider_id)
    for line in lines:
        line.answered()
    return True


@transaction.atomic
def prepare(claims: Sequence[Claim], *, at: datetime) -> list[Prepared]:
    """Re-check everything on locked rows, freeze the sets at the first attempt, and make up the envelopes.

    What is not to go now is left out: it waits for its hour, or is closed. claims: taken together.
    """
    own = {claimed.message_id: claimed for claimed in claims}
    token = claims[0].token
    messages = list(Message.objects.select_for_update().filter(pk__in=own, claim_token=token).order_by("pk"))
    _note_whose_worker_is_gone(messages, at=at)
    rechecked = recheck(messages, at=at)
    digests = Digests({each.pk: rechecked[each.pk].standing for each in messages if each.frozen_at is None}, at=at)
    going: dict[int, Message] = {}
    empty: list[Message] = []
    for message in messages:
        found = rechecked[message.pk]
        if not found.standing or found.recipient is None or found.recipient.address is None:
            empty.append(message)
            continue
        if found.recipient.is_cut_off:
            too_late_at = max(reminder.too_late_at for reminder in found.standing)
            hold_back(message, HeldFor.SETTING, until=too_late_at, at=at, looks_again_at=at + MENDED_WITHIN)
            continue
        if found.is_in_doubt:
            hold_back(message, HeldFor.DOUBT, until=at + KNOWN_WITHIN, at=at)
            continue
        allowed_from = max(_allowed_from(found, at=at), digests.room_from(message, found.standing, found.recipient))
        if allowed_from > at:
            hold_back(message, _held_for(found, at=at), until=allowed_from, at=at)
            continue
        going[message.pk] = message
    close(empty + _keep_within_budget(going, empty, rechecked, at=at), at=at)
    _freeze(list(going.values()), token=token, at=at)
    return [
        _prepared(claimed, going[claimed.message_id], rechecked[claimed.message_id], at=at)
        for claimed in claims
        if claimed.message_id in going
    ]


def _keep_within_budget(
    going: dict[int, Message], given_up: list[Message], rechecked: dict[int, Rechecked], *, at: datetime
) -> list[Message]:
    """Take out of these what waits for a day with room for it; return what is to be closed, with nothing left in it."""
    new = [message for message in going.values() if message.frozen_at is None]
    never_went = [(message, rechecked[message.pk].members) for message in _that_never_went(given_up)]
    budget = Budget([rechecked[message.pk].standing for message in new], at=at, never_went=never_went)
    empty: list[Message] = []
    for message in new:
        found = rechecked[message.pk]
        assert found.recipient is not None
        until = budget.room_from(found.standing, found.recipient)
        if until is None:
            continue
        del going[message.pk]
        if budget.give_up_what_cannot_wait(found.standing, until=until):
            hold_back(message, budget.why_no_room(found.standing), until=until, at=at)
        else:
            empty.append(message)
    budget.write()
    return empty


def _that_never_went(given_up: list[Message]) -> list[Message]:
    """Of those that were counted, the ones that the other side cannot have."""
    counted = [message for message in given_up if message.frozen_at is not None]
    if not counted:
        return []
    may_have_gone = Attempt.objects.filter(message__in=counted, outcome__in=MAY_HAVE_GONE)
    gone = set(may_have_gone.values_list("message", flat=True))
    return [message for message in counted if message.pk not in gone]


def _prepared(claimed: Claim, message: Message, found: Rechecked, *, at: datetime) -> Prepared:
    recipient = found.recipient
    assert recipient is not None
    assert recipient.address is not None
    until = min(at + STANDS_FOR, *(reminder.too_late_at for reminder in found.standing))
    is_quiet_soon = not _breaks_the_night(found) and recipient.next_allowed(until) > until
    return Prepared(
        claim=claimed,
        channel=message.channel,
        envelope=envelope_for(
            message, found.members, address=recipient.address, keep_for=_worth_keeping(found, recipient, at=at)
        ),
        reminders=tuple(reminder.pk for reminder in found.members),
        until=until,
        night=recipient if is_quiet_soon else None,
    )


def _worth_keeping(found: Rechecked, recipient: Recipient, *, at: datetime) -> timedelta:
    """Until all of it is too late, or night falls: a telephone switched on after that shows none of it."""
    too_late_at = max(reminder.too_late_at for reminder in found.standing)
    night = None if _breaks_the_night(found) else recipient.night_from(at)
    return max((too_late_at if night is None else min(too_late_at, night)) - at, timedelta())


def _note_whose_worker_is_gone(messages: list[Message], *, at: datetime) -> None:
    """An attempt without an answer, in an envelope that is claimed anew, is one whose worker is gone."""
    tried = [message for message in messages if message.frozen_at is not None]
    if tried:
        Attempt.objects.filter(message__in=tried, outcome=AttemptOutcome.STARTED.value).update(
            outcome=AttemptOutcome.UNKNOWN.value,
            finished_at=at,
            detail=WORKER_WAS_GONE,
        )


def _allowed_from(found: Rechecked, *, at: datetime) -> datetime:
    """From when on it may go. What was tried before the recipient moved may be something of tomorrow there."""
    allowed_from = max(at, *(reminder.send_at for reminder in found.standing))
    if _breaks_the_night(found) or found.recipient is None:
        return allowed_from
    return found.recipient.next_allowed(allowed_from)


def _held_for(found: Rechecked, *, at: datetime) -> HeldFor:
    """By what rule it may not go at this instant."""
    if is_digest(found.standing):
        return HeldFor.DIGEST
    is_night = found.recipient is not None and found.recipient.next_allowed(at) > at
    return HeldFor.NIGHT if is_night else HeldFor.HOUR


def _breaks_the_night(found: Rechecked) -> bool:
    return any(reminder.kind in EXEMPT_FROM_QUIET_HOURS for reminder in found.standing)


def _freeze(messages: list[Message], *, token: str, at: datetime) -> None:
    """Settle the sets and the keys of those that were never tried."""
    new = [message for message in messages if message.frozen_at is None]
    if not new:
        return
    ending = f".{token[:8]}@{sender_address().rpartition('@')[2] or 'localhost'}"
    for message in new:
        message.frozen_at, message.idempotency_key = at, f"{message.code}{ending}"
    Message.objects.filter(pk__in=[message.pk for message in new]).update(
        frozen_at=at, idempotency_key=Concat("code", Value(ending))
    )
