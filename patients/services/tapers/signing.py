"""A prescriber’s agreement: the bytes that are agreed to, and what begins with it.

Nobody signs for a prescriber. Through the link and inside the clinic the prescriber acts; what comes back on paper or
by telephone is written down by staff, who compare the version code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from clinics.actor import Actor, ActorKind
from clinics.roles import Act
from clinics.services.licences import licensed_for
from patients.models import (
    Door,
    HoldReason,
    PrescriberAnswer,
    PrescriberAnswerKind,
    Scan,
    Signature,
    SigningRequest,
    Taper,
    TaperVersion,
    WrittenConfirmation,
)
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.entered import entered_answers
from patients.services.tapers.errors import DoorClosed, NotThePrescriber, OtherTerms, OtherVersion, TooLateToSign
from patients.services.tapers.gates import (
    answers_of_prescriber,
    require_gates,
    require_one_of_each_class,
    require_unchanged,
    with_given,
)
from patients.services.tapers.revising import require_same_place
from patients.services.tapers.tapering import Tapering, close_requests, tapering
from protocols.domain.canonical import sha256_of
from protocols.domain.gate_answers import Answer
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus
from protocols.domain.terms import Terms

WRITTEN_WITHIN = timedelta(days=7)
"""After an agreement by telephone no new step starts later than this without a written confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the prescriber said beside yes.

    answers: by gate, to those that were unknown. lifted: by gate, the typed reason for going on although it is yes.
    indication: if the request had none.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    lifted: Mapping[str, str] = field(default_factory=dict)
    indication: str = ""
    indication_code: str = ""
    text: str = ""


def sign(
    taper: Taper,
    *,
    door: Door,
    version_sha256: str,
    agreement: Agreement,
    means: str,
    answered_on: date | None = None,
    scan: Scan | None = None,
    request: SigningRequest | None = None,
    shown: str = "",
    by: Actor,
    at: datetime,
) -> Signature:
    """Record the prescriber’s agreement to the proposed version, and put it in force.

    version_sha256: of the proposal that the prescriber had before them. answered_on: for papers and calls, the day of
    the answer; today unless said. shown: the SHA-256 of the terms that were read before agreeing, if a page showed
    them. Raises what each rule refuses; then nothing was written.
    """
    with tapering(taper, by=by, at=at, revision=None, act=_act(door)) as move:
        _require_who(move, door=door)
        version = proposed_with(move, version_sha256)
        terms = agreed_terms(move, version, agreement)
        answered = answered_on or move.today
        if answered > move.today:
            raise InvalidRequest("The answer is of a day that has not come yet.", field="answered_on")
        _require_paper(door, scan)
        answer = PrescriberAnswer.objects.create(
            version=version,
            request=request,
            prescriber=move.taper.prescriber,
            kind=PrescriberAnswerKind.AGREE.value,
            door=door.value,
            text=agreement.text,
            answered_on=answered,
            scan=scan,
            at=at,
            by_kind=by.kind.value,
            by_code=by.code,
            by_user_id=by.user_id,
        )
        return write_signature(move, answer, terms, means=means, shown=shown)


def proposed_with(move: Tapering, version_sha256: str) -> TaperVersion:
    """The version that waits for an answer, if it is the one that was answered. Raises `OtherVersion`."""
    version = move.proposed
    if version is None or version.sha256 != version_sha256:
        raise OtherVersion
    return version


def write_signature(
    move: Tapering, answer: PrescriberAnswer, terms: Terms, *, means: str, shown: str = ""
) -> Signature:
    """Within a move: the signature that this answer gives to these terms, and the version in force.

    shown: as `sign` says. Raises `OtherTerms` where what would be signed is not what was read.
    """
    content = terms.as_bytes()
    if shown and shown != sha256_of(content):
        raise OtherTerms
    door = Door(answer.door)
    signature = Signature.objects.create(
        version=answer.version,
        answer=answer,
        prescriber=move.taper.prescriber,
        content=content,
        sha256=sha256_of(content),
        door=door.value,
        means=means,
        signed_at=move.at,
        signed_on=move.today,
        written_due_on=move.today + WRITTEN_WITHIN if door is Door.TELEPHONE else None,
    )
    _put_in_force(move, answer.version, terms)
    return signature


def preview_agreement(taper: Taper, *, version_sha256: str, agreement: Agreement, by: Actor, at: datetime) -> Terms:
    """What this agreement would sign, without writing anything: the prescriber reads it before agreeing."""
    move = Tapering(taper, by=by, at=at)
    return agreed_terms(move, proposed_with(move, version_sha256), agreement)


def agreed_terms(move: Tapering, version: TaperVersion, agreement: Agreement) -> Terms:
    """The terms that this agreement would sign. Raises `GatesOpen` and the rest of what forbids a start."""
    proposed = version.terms()
    if move.today > proposed.latest_first_day:
        raise TooLateToSign(proposed.latest_first_day)
    written = agreement.indication.strip()
    if proposed.indication and written:
        raise InvalidRequest("The indication stands in the request already.", field="indication")
    if not proposed.indication and not written:
        raise InvalidRequest("Say what this medicine was prescribed for.", field="indication")
    require_unchanged(proposed.gates, taper=move.taper, given=entered_answers(version), on=move.today)
    gates = with_given(
        proposed.gates,
        given=answers_of_prescriber(agreement.answers, on=move.today),
        lifted=agreement.lifted,
        indication=written,
        on=move.today,
    )
    require_gates(gates)
    require_one_of_each_class(move.taper.plan.patient, on=move.today)
    return proposed.completed(
        request=version.sha256,
        gates=gates,
        indication=proposed.indication or written,
        indication_code=proposed.indication_code or agreement.indication_code,
    )


def confirm_in_writing(
    taper: Taper, *, scan: Scan, received_on: date, by: Actor, at: datetime, revision: int
) -> WrittenConfirmation:
    """The paper that follows an agreement by telephone has come: steps start again."""
    with tapering(taper, by=by, at=at, revision=revision, act=Act.HANDLE_TAPER_PAPERS) as move:
        version = move.in_force
        signature = None if version is None else version.signature
        if signature is None or signature.written_due_on is None:
            raise Refused("No agreement by telephone waits for a written confirmation.")
        if WrittenConfirmation.objects.filter(signature=signature).exists():
            raise Refused("The written confirmation is recorded already.")
        if scan.version_id != signature.version_id:
            raise OtherVersion
        confirmation = WrittenConfirmation.objects.create(
            signature=signature, scan=scan, received_on=received_on, at=at, by_kind=by.kind.value, by_code=by.code
        )
        move.note(TaperMove.START, reason="The written confirmation has come.", details={"scan": scan.code})
        hold = move.open_hold
        if hold is not None and hold.reason_kind == HoldReason.CONFIRMATION_MISSING.value:
            move.close_hold()
            move.set_status(TaperMove.RESUME, reason="The written confirmation has come.")
    return confirmation


def _act(door: Door) -> Act:
    """A telephone call is between clinicians; papers may be filed by any member of staff."""
    return Act.MANAGE_TAPER if door is Door.TELEPHONE else Act.HANDLE_TAPER_PAPERS


def _require_who(move: Tapering, *, door: Door) -> None:
    if door in {Door.LINK, Door.INSIDE}:
        if move.by.kind is not ActorKind.PRESCRIBER:
            raise NotThePrescriber
        if door is Door.INSIDE and move.by.user_id != move.taper.prescriber.user_id:
            raise NotThePrescriber
        if door is Door.INSIDE and not licensed_for(move.taper.prescriber, move.taper.medicine.medicine_class):
            raise DoorClosed("Your licence in this clinic does not cover this class of medicines.")
    elif move.by.kind is not ActorKind.STAFF:
        raise NotThePrescriber


def _require_paper(door: Door, scan: Scan | None) -> None:
    if door in {Door.FAX_OR_LETTER, Door.CARRIED} and scan is None:
        raise InvalidRequest("Attach a scan of the signed paper.", field="scan")


def _put_in_force(move: Tapering, version: TaperVersion, terms: Terms) -> None:
    """From its first day this version counts; what was in force until then ends the day before."""
    first_day = terms.planned_first_day
    if first_day <= move.today:
        # Signed on or after the planned first day: the day after.
        first_day = move.today + timedelta(days=1)
    before = move.in_force
    if before is not None:
        require_same_place(move.course(), terms, first_day=first_day)
        move.close_hold(on=first_day)
        move.end_versions(before=first_day)
        move.set_version(before, VersionStatus.SUPERSEDED)
    version.first_day = first_day
    move.set_version(version, VersionStatus.IN_FORCE)
    close_requests(version, at=move.at, because="It was signed.")
    details = {"version": version.code, "first_day": first_day.isoformat()}
    if move.taper.status == TaperStatus.AWAITING_SIGNATURE.value:
        move.taper.started_at = move.at
        move.set_status(TaperMove.START, details=details)
    else:
        move.set_status(TaperMove.REVISE, details=details)
