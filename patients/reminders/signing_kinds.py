"""Reminders on the way to a signature: the request, the steps when nobody answers it, and what was answered.

Days are counted from the first request of the version that waits. What goes to a prescriber outside goes by email
alone; whoever signs in the clinic is told as a member of staff; everything else is work for the practitioner.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from patients.models import Door, PrescriberAnswer, PrescriberAnswerKind, RecipientKind, SigningRequest, TaperVersion
from patients.reminders.kind import Asks, Call, Kind, Pace
from patients.reminders.taper_subject import TaperSubject
from protocols.domain.taper_days import (
    CLOSED_AFTER_DAYS,
    FAXED_AFTER_DAYS,
    SENT_AGAIN_AFTER_DAYS,
    TELEPHONED_AFTER_DAYS,
)
from protocols.domain.taper_states import VersionStatus

STAFF = (RecipientKind.STAFF,)
PRESCRIBER = (RecipientKind.PRESCRIBER,)


def _request(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    for request in _waiting_links(taper):
        yield Call(request.made_on, request.code, arose_at=request.made_at, request=request)


def _again(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    for request in _waiting_links(taper):
        yield Call(request.made_on + timedelta(days=SENT_AGAIN_AFTER_DAYS), request.code, request=request)


def _wanted_inside(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """A colleague who signs here, with the digest; and once more. The practitioner who prescribes it too knows."""
    colleague = taper.taper.prescriber.user
    waiting = _unanswered(taper)
    if waiting is None or colleague is None or colleague.pk == taper.plan.practitioner_id:
        return
    for request in waiting.requests.all():
        if request.is_open and request.door == Door.INSIDE.value:
            yield Call(request.made_on, request.code, arose_at=request.made_at, to=colleague.code)
            yield Call(request.made_on + timedelta(days=SENT_AGAIN_AFTER_DAYS), request.code, to=colleague.code)


def _fax(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    yield from _work_on(taper, Door.FAX_OR_LETTER, after_days=FAXED_AFTER_DAYS)


def _telephone(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    yield from _work_on(taper, Door.TELEPHONE, after_days=TELEPHONED_AFTER_DAYS)


def _work_on(taper: TaperSubject, door: Door, *, after_days: int) -> Iterator[Call]:
    """A call for this door so long after the first request, unless it was used already, or nobody outside is asked."""
    waiting = _unanswered(taper)
    if waiting is None or taper.taper.prescriber.is_inside:
        return
    first = _first_made_on(waiting)
    is_used = any(request.is_open and request.door == door.value for request in waiting.requests.all())
    if first is not None and not is_used:
        yield Call(first + timedelta(days=after_days), waiting.code)


def _closed(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Also once the sweep has closed it: that happens as the day begins, before anybody’s morning."""
    for version in taper.versions:
        first = _first_made_on(version)
        if first is not None and version.status in {VersionStatus.PROPOSED.value, VersionStatus.EXPIRED.value}:
            yield Call(first + timedelta(days=CLOSED_AFTER_DAYS), version.code)


def _calls_me(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    return _answers(taper, wants_call=True)


def _answered(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    return _answers(taper, wants_call=False)


def _answers(taper: TaperSubject, *, wants_call: bool) -> Iterator[Call]:
    """Every answer that came, but for what the practitioner wrote down: whoever did so knows it."""
    for version in taper.versions:
        for answer in version.answers.all():
            is_call = answer.kind == PrescriberAnswerKind.CALL_ME.value
            if is_call == wants_call and not _was_written_by_practitioner(answer, taper):
                yield Call(answer.answered_on, answer.code, arose_at=answer.at)


def _was_written_by_practitioner(answer: PrescriberAnswer, taper: TaperSubject) -> bool:
    return answer.by_code == taper.plan.practitioner.code


def _confirmation_is_missing(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    signature = taper.signature
    if signature is None or signature.written_due_on is None or not taper.status.is_running:
        return
    if getattr(signature, "written_confirmation", None) is None:
        yield Call(signature.written_due_on, signature.version.code)


def _unanswered(taper: TaperSubject) -> TaperVersion | None:
    """The version that waits, if it was sent and the prescriber has said nothing of it at all."""
    waiting = taper.proposed
    if waiting is None or list(waiting.answers.all()):
        return None
    return waiting if any(request.is_open for request in waiting.requests.all()) else None


def _waiting_links(taper: TaperSubject) -> list[SigningRequest]:
    waiting = _unanswered(taper)
    requests = waiting.requests.all() if waiting is not None else []
    return [request for request in requests if request.is_open and request.door == Door.LINK.value]


def _first_made_on(version: TaperVersion) -> date | None:
    return min((request.made_on for request in version.requests.all()), default=None)


SIGNING_KINDS: tuple[Kind[TaperSubject], ...] = (
    Kind(
        name="signature-request",
        recipients=PRESCRIBER,
        calls=_request,
        late_days=2,
        words="A prescriber is asked to sign a taper",
        pace=Pace.AT_ONCE,
    ),
    Kind(
        name="signature-again",
        recipients=PRESCRIBER,
        calls=_again,
        late_days=2,
        words="A prescriber is asked again to sign a taper",
    ),
    Kind(
        name="signature-wanted",
        recipients=STAFF,
        calls=_wanted_inside,
        late_days=3,
        words="A colleague is asked to sign a taper",
        asks=Asks.DECIDE,
        pace=Pace.NEXT_TIME,
    ),
    Kind(
        name="signature-fax",
        recipients=STAFF,
        calls=_fax,
        late_days=1,
        words="No answer to a taper for five days: fax the letter",
    ),
    Kind(
        name="signature-telephone",
        recipients=STAFF,
        calls=_telephone,
        late_days=7,
        words="No answer to a taper for seven days: telephone",
        asks=Asks.CALL,
    ),
    Kind(
        name="signature-closed",
        recipients=STAFF,
        calls=_closed,
        late_days=7,
        words="No signature for 21 days: the request is closed",
    ),
    Kind(
        name="prescriber-calls",
        recipients=STAFF,
        calls=_calls_me,
        late_days=7,
        words="A prescriber asks to be called about a taper",
        asks=Asks.CALL,
        pace=Pace.NEXT_TIME,
    ),
    Kind(
        name="prescriber-answered",
        recipients=STAFF,
        calls=_answered,
        late_days=7,
        words="A prescriber has answered about a taper",
        pace=Pace.NEXT_TIME,
    ),
    Kind(
        name="confirmation-missing",
        recipients=STAFF,
        calls=_confirmation_is_missing,
        late_days=7,
        words="The written confirmation of a taper is missing",
    ),
)
