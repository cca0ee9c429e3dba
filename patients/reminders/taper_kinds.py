"""Every kind of reminder about a taper, and what staff are told when its prescriber could not be.

They go on while the plan is on hold: that does not stop a signed taper.
"""

from collections.abc import Iterator
from datetime import timedelta

from patients.models import Channel, RecipientKind
from patients.reminders.course_kinds import COURSE_KINDS
from patients.reminders.escalation_kinds import ESCALATION_KINDS
from patients.reminders.kind import EVER_BEGUN, Asks, Call, Kind, Pace, key_of
from patients.reminders.signing_kinds import SIGNING_KINDS
from patients.reminders.supply_kinds import SUPPLY_KINDS
from patients.reminders.taper_subject import TaperSubject
from patients.reminders.use_kinds import USE_KINDS

_KINDS: tuple[Kind[TaperSubject], ...] = (*SIGNING_KINDS, *COURSE_KINDS, *USE_KINDS, *SUPPLY_KINDS)
_TOLD = tuple(kind for kind in _KINDS if RecipientKind.PRESCRIBER in kind.recipients)
_ALERTS = tuple(kind for kind in _TOLD if kind.pace is Pace.DAY_AND_NIGHT)
# Whoever does not answer the first message is faxed and telephoned anyway.
_FOLLOWED = tuple(kind for kind in _TOLD if kind not in _ALERTS and kind.name != "signature-again")
ALERT_MAY_TAKE = timedelta(minutes=15)
"""So long an alert that can go may be on its way, tried again and again, before somebody telephones."""


def _was_not_reached(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """On the day after each message that its prescriber should have had, unless it went.

    Of one that went and came back days later: on the day after that.
    """
    for key, call in _not_told(taper, _FOLLOWED):
        known_on = max(call.on, taper.came_back.get(key, call.on))
        yield Call(known_on + timedelta(days=1), call.about)


def _was_not_alerted(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Soon after each alert that its prescriber should have had, unless it went."""
    for _, call in _not_told(taper, _ALERTS):
        assert call.arose_at is not None
        yield Call(call.on, call.about, arose_at=call.arose_at + ALERT_MAY_TAKE)


def _not_told(taper: TaperSubject, kinds: tuple[Kind[TaperSubject], ...]) -> Iterator[tuple[str, Call]]:
    """What calls for a message that did not go, by its key."""
    for kind in kinds:
        for call in kind.calls_now(taper, RecipientKind.PRESCRIBER):
            key = key_of(
                kind.name,
                call,
                recipient=RecipientKind.PRESCRIBER.value,
                recipient_code=taper.taper.prescriber.code,
                channel=Channel.EMAIL.value,
            )
            if key not in taper.told_prescriber:
                yield key, call


NOT_REACHED = Kind(
    name="prescriber-not-reached",
    recipients=(RecipientKind.STAFF,),
    calls=_was_not_reached,
    late_days=3,
    words="A prescriber could not be reached by email: telephone",
    asks=Asks.CALL,
    # As long as anything goes to a prescriber; what does, each kind says by itself.
    while_plan_is=EVER_BEGUN,
)

NOT_ALERTED = Kind(
    name="prescriber-not-alerted",
    recipients=(RecipientKind.STAFF,),
    calls=_was_not_alerted,
    late_days=7,
    words="A prescriber could not be alerted by email to a warning sign: telephone at once",
    pace=Pace.DAY_AND_NIGHT,
    while_plan_is=EVER_BEGUN,
    hurries_without="red-flag",
)

TAPER_KINDS: tuple[Kind[TaperSubject], ...] = (*_KINDS, NOT_REACHED, NOT_ALERTED, *ESCALATION_KINDS)
