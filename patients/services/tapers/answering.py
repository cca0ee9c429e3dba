"""What a prescriber may answer other than yes, and what becomes of the proposal then. The medicine stays as it is."""

from datetime import date, datetime

from clinics.actor import Actor, ActorKind
from clinics.roles import Act
from patients.models import (
    Door,
    PrescriberAnswer,
    PrescriberAnswerKind,
    Scan,
    SigningRequest,
    Taper,
    TaperEnd,
    TaperVersion,
)
from patients.services.errors import InvalidRequest
from patients.services.tapers.errors import NotThePrescriber
from patients.services.tapers.requesting import take_back
from patients.services.tapers.signing import day_of_answer, proposed_with, require_door, require_of_version
from patients.services.tapers.tapering import Tapering, close_requests, tapering
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus

ANSWERS = frozenset(
    {
        PrescriberAnswerKind.AGREE_WITH_EDITS,
        PrescriberAnswerKind.DECLINE,
        PrescriberAnswerKind.I_MANAGE_IT,
        PrescriberAnswerKind.NOT_MY_PATIENT,
        PrescriberAnswerKind.CALL_ME,
    }
)


def answer(
    taper: Taper,
    *,
    kind: PrescriberAnswerKind,
    door: Door,
    version_sha256: str,
    text: str = "",
    answered_on: date | None = None,
    scan: Scan | None = None,
    request: SigningRequest | None = None,
    by: Actor,
    at: datetime,
) -> PrescriberAnswer:
    """Record an answer that is not an agreement to what was proposed.

    Declined, or managed by the prescriber: the proposal ends; a taper that never started ends with it. Not her
    patient, or edits by hand: the proposal is taken back, to be drawn up again. “Please call me” leaves it open;
    written down by staff in the same words for the same day, it is one answer.
    """
    if kind not in ANSWERS:
        raise ValueError(f"{kind} is an act of its own.")
    if kind is PrescriberAnswerKind.AGREE_WITH_EDITS and not text.strip():
        raise InvalidRequest("Say what is to be changed.", field="text")
    with tapering(taper, by=by, at=at, revision=None, act=Act.HANDLE_TAPER_PAPERS) as move:
        is_own = by.kind is ActorKind.PRESCRIBER
        if is_own != (door in {Door.LINK, Door.INSIDE}):
            raise NotThePrescriber
        if not is_own and by.kind is not ActorKind.STAFF:
            raise NotThePrescriber
        require_door(move, door)
        version = proposed_with(move, version_sha256)
        require_of_version(version, scan=scan, request=request)
        on = day_of_answer(move, version, answered_on)
        same: PrescriberAnswer | None = version.answers.filter(
            kind=kind.value, door=door.value, text=text.strip(), answered_on=on
        ).last()
        if same is not None and not is_own:
            return same
        given = PrescriberAnswer.objects.create(
            version=version,
            request=request,
            prescriber=move.taper.prescriber,
            kind=kind.value,
            door=door.value,
            text=text.strip(),
            answered_on=on,
            scan=scan,
            at=at,
            by_kind=by.kind.value,
            by_code=by.code,
            by_user_id=by.user_id,
        )
        _follow(move, version, kind, text.strip())
    return given


def _follow(move: Tapering, version: TaperVersion, kind: PrescriberAnswerKind, text: str) -> None:
    words = f"{kind.label}. {text}".strip()
    if kind is PrescriberAnswerKind.CALL_ME:
        move.note(TaperMove.PROPOSE, reason=words, details={"version": version.code})
    elif kind in {PrescriberAnswerKind.NOT_MY_PATIENT, PrescriberAnswerKind.AGREE_WITH_EDITS}:
        take_back(move, version, status=VersionStatus.DECLINED, reason=words)
    else:
        managed = kind is PrescriberAnswerKind.I_MANAGE_IT
        close_unagreed(
            move,
            version,
            status=VersionStatus.DECLINED,
            end=TaperEnd.PRESCRIBER_MANAGES if managed else TaperEnd.NO_AGREEMENT,
            reason=words,
        )


def close_unagreed(move: Tapering, version: TaperVersion, *, status: VersionStatus, end: TaperEnd, reason: str) -> None:
    """End a proposal for good. What is in force goes on; where nothing ever was, the taper ends: none was agreed."""
    move.set_version(version, status)
    close_requests(version, at=move.at, because=reason[:160])
    if move.taper.status == TaperStatus.AWAITING_SIGNATURE.value:
        move.reload()
        move.set_status(TaperMove.STOP, reason=reason, details={"version": version.code, "end": end.value})
        move.end(end)
    else:
        move.note(TaperMove.WITHDRAW, reason=reason, details={"version": version.code})
