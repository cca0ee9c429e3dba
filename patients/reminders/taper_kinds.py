"""Every kind of reminder about a taper, and what staff are told when its prescriber could not be.

They go on while the plan is on hold: that does not stop a signed taper.
"""

from collections.abc import Iterator
from datetime import timedelta

from patients.models import Channel, RecipientKind
from patients.reminders.course_kinds import COURSE_KINDS
from patients.reminders.kind import EVER_BEGUN, Call, Kind, key_of
from patients.reminders.signing_kinds import SIGNING_KINDS
from patients.reminders.supply_kinds import SUPPLY_KINDS
from patients.reminders.taper_subject import TaperSubject
from patients.reminders.use_kinds import USE_KINDS

_KINDS: tuple[Kind[TaperSubject], ...] = (*SIGNING_KINDS, *COURSE_KINDS, *USE_KINDS, *SUPPLY_KINDS)
# Whoever does not answer the first message is faxed and telephoned anyway.
_FOLLOWED = tuple(
    kind for kind in _KINDS if RecipientKind.PRESCRIBER in kind.recipients and kind.name != "signature-again"
)


def _was_not_reached(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """On the day after each message that its prescriber should have had, unless it went."""
    for kind in _FOLLOWED:
        for call in kind.calls_now(taper, RecipientKind.PRESCRIBER):
            key = key_of(
                kind.name,
                call,
                recipient=RecipientKind.PRESCRIBER.value,
                recipient_code=taper.taper.prescriber.code,
                channel=Channel.EMAIL.value,
            )
            if key not in taper.told_prescriber:
                yield Call(call.on + timedelta(days=1), call.about)


NOT_REACHED = Kind(
    name="prescriber-not-reached",
    recipients=(RecipientKind.STAFF,),
    calls=_was_not_reached,
    late_days=3,
    words="A prescriber could not be reached by email: telephone",
    # As long as anything goes to a prescriber; what does, each kind says by itself.
    while_plan_is=EVER_BEGUN,
)

TAPER_KINDS: tuple[Kind[TaperSubject], ...] = (*_KINDS, NOT_REACHED)
