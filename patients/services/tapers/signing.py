"""A prescriber’s agreement: the bytes that are agreed to, and what begins with it.

Nobody signs for a prescriber. Through the link and inside the clinic the prescriber acts; what comes back on paper or
by telephone is written down by staff, who compare the version code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from clinics.actor import Actor, ActorKind
from clinics.domain.instants import civil_date
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
from patients.services.tapers.beginning import require_may_begin
from patients.services.tapers.entered import entered_answers
from patients.services.tapers.errors import (
    DoorClosed,
    NotThePrescriber,
    OtherTerms,
    OtherVersion,
    PrescriberGone,
    TooLateToSign,
)
from patients.services.tapers.gates import (
    answers_of_prescriber,
    require_gates,
    require_one_of_each_class,
    require_unchanged,
    with_given,
)
from patients.services.tapers.holding import let_go_on
from patients.services.tapers.indication import indication_code_of
from patients.services.tapers.requesting import require_consent
from patients.services.tapers.revising import require_same_place
from patients.services.tapers.substituting import carry_over
from patients.services.tapers.tapering import Tapering, close_requests, require_staff, tapering
from protocols.domain.canonical import sha256_of
from protocols.domain.gate_answers import Answer
from protocols.domain.medicines import MedicineClass
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus
from protocols.domain.terms import Terms

WRITTEN_WITHIN = timedelta(days=7)
"""After an agreement by telephone no new step starts later than this without a written confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the prescriber said beside yes.

    answers: by gate, to those that were unknown. lifted: by gate, the typed reason for going on although it is yes.
    indication: if the request had none. raises_knowingly: own edits may take more than is taken now.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    lifted: Mapping[str, str] = field(default_factory=dict)
    indication: str = ""
    indication_code: str = ""
    text: str = ""
    raises_knowingly: bool = False


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
    with tapering(taper, by=by, at=at, revision=None, act=Act.MANAGE_TAPER) as move:
        _require_who(move, door=door)
        version = proposed_with(move, version_sha256)
        terms = agreed_terms(move, version, agreement)
        answered = day_of_answer(move, version, answered_on)
        _require_paper(door, scan)
        require_of_version(version, scan=scan, request=request)
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
        written_due_on=answer.answered_on + WRITTEN_WITHIN if door is Door.TELEPHONE else None,
    )
    _put_in_force(move, answer.version, terms)
    return signature


def preview_agreement(taper: Taper, *, version_sha256: str, agreement: Agreement, by: Actor, at: datetime) -> Terms:
    """What this agreement would sign, without writing anything: the prescriber reads it before agreeing."""
    move = Tapering(taper, by=by, at=at)
    return agreed_terms(move, proposed_with(move, version_sha256), agreement)


def agreed_terms(
    move: Tapering, version: TaperVersion, agreement: Agreement, *, asked: TaperVersion | None = None
) -> Terms:
    """The terms that this agreement would sign. Raises `GatesOpen` and the rest of what forbids a start.

    asked: the proposal that the clinic drew up, where `version` holds the prescriber’s own edits of it.
    """
    proposed = version.terms()
    if move.taper.prescriber.ended_at is not None:
        raise PrescriberGone
    if proposed.first_day_if_signed(move.today) > proposed.latest_first_day:
        raise TooLateToSign(proposed.latest_first_day)
    if move.taper.status == TaperStatus.AWAITING_SIGNATURE.value:
        require_may_begin(move.taper, on=move.today)
    written = agreement.indication.strip()
    if proposed.indication and written:
        raise InvalidRequest("The indication stands in the request already.", field="indication")
    if not proposed.indication and not written:
        raise InvalidRequest("Say what this medicine was prescribed for.", field="indication")
    require_unchanged(
        proposed.gates,
        taper=move.taper,
        given=entered_answers(version),
        drawn_up_at=(asked or version).drawn_up_at,
        on=move.today,
    )
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
        indication_code=proposed.indication_code or indication_code_of(agreement.indication_code),
    )


def confirm_in_writing(
    taper: Taper, *, scan: Scan, received_on: date, by: Actor, at: datetime, revision: int
) -> WrittenConfirmation:
    """The paper that follows an agreement by telephone has come: steps start again."""
    with tapering(taper, by=by, at=at, revision=revision, act=Act.HANDLE_TAPER_PAPERS) as move:
        require_staff(by)
        version = move.in_force
        signature = None if version is None else version.signature
        if signature is None or signature.written_due_on is None:
            raise Refused("No agreement by telephone waits for a written confirmation.")
        if WrittenConfirmation.objects.filter(signature=signature).exists():
            raise Refused("The written confirmation is recorded already.")
        if scan.version_id != signature.version_id:
            raise OtherVersion
        if not signature.answer.answered_on <= received_on <= move.today:
            raise InvalidRequest(
                "The paper came between the day of the call and today: choose the day on which it came.",
                field="received_on",
            )
        confirmation = WrittenConfirmation.objects.create(
            signature=signature, scan=scan, received_on=received_on, at=at, by_kind=by.kind.value, by_code=by.code
        )
        move.note(TaperMove.START, reason="The written confirmation has come.", details={"scan": scan.code})
        let_go_on(move, HoldReason.CONFIRMATION_MISSING, reason="The written confirmation has come.")
    return confirmation


def day_of_answer(move: Tapering, version: TaperVersion, answered_on: date | None) -> date:
    """The day on which the prescriber said so, today unless said: not before this version was put before anybody."""
    if answered_on is None:
        return move.today
    if answered_on > move.today:
        raise InvalidRequest("The answer is of a day that has not come yet.", field="answered_on")
    if version.proposed_at is not None and answered_on < civil_date(version.proposed_at, move.zone):
        raise InvalidRequest("The answer is of a day before this version was sent.", field="answered_on")
    return answered_on


def require_of_version(version: TaperVersion, *, scan: Scan | None, request: SigningRequest | None) -> None:
    """Refuse a paper or a link of another version: the version code stands on each."""
    if any(each is not None and each.version_id != version.pk for each in (scan, request)):
        raise OtherVersion


def require_door(move: Tapering, door: Door) -> None:
    """Refuse a door through which this prescriber does not answer.

    Whoever works here answers inside, and nobody writes it down for them. A controlled medicine has no outside link.
    By telephone and on paper the clinic is answered only while the patient agrees that it asks.
    """
    prescriber = move.taper.prescriber
    if prescriber.is_inside and door is not Door.INSIDE:
        raise DoorClosed("This prescriber works here, and answers inside.")
    if door is Door.INSIDE and not prescriber.is_inside:
        raise DoorClosed("This prescriber does not work here. Send a link or a letter, or telephone.")
    if door is Door.LINK and MedicineClass(move.taper.medicine.medicine_class).is_controlled:
        raise DoorClosed("A controlled medicine gets no outside link. Send a letter, or telephone.")
    if door in {Door.FAX_OR_LETTER, Door.TELEPHONE}:
        require_consent(move)


def _require_who(move: Tapering, *, door: Door) -> None:
    is_own = door in {Door.LINK, Door.INSIDE}
    if move.by.kind is not (ActorKind.PRESCRIBER if is_own else ActorKind.STAFF):
        raise NotThePrescriber
    require_door(move, door)
    if door is Door.INSIDE:
        if move.by.user_id != move.taper.prescriber.user_id:
            raise NotThePrescriber
        if not licensed_for(move.taper.prescriber, move.taper.medicine.medicine_class):
            raise DoorClosed("Your licence in this clinic does not cover this class of medicines.")


def _require_paper(door: Door, scan: Scan | None) -> None:
    if door in {Door.FAX_OR_LETTER, Door.CARRIED} and scan is None:
        raise InvalidRequest("Attach a scan of the signed paper.", field="scan")


def _put_in_force(move: Tapering, version: TaperVersion, terms: Terms) -> None:
    """From its first day this version counts; what was in force until then ends the day before."""
    first_day = terms.first_day_if_signed(move.today)
    before = move.in_force
    if before is not None:
        require_same_place(move.course(), terms, first_day=first_day)
        move.close_hold(on=first_day)
        move.end_versions(before=first_day)
        move.set_version(before, VersionStatus.SUPERSEDED)
        carry_over(move, to=version, terms=terms, first_day=first_day)
    version.first_day = first_day
    move.set_version(version, VersionStatus.IN_FORCE)
    close_requests(version, at=move.at, because="It was signed.")
    details = {"version": version.code, "first_day": first_day.isoformat()}
    if move.taper.status == TaperStatus.AWAITING_SIGNATURE.value:
        move.taper.started_at = move.at
        move.set_status(TaperMove.START, details=details)
    else:
        move.set_status(TaperMove.REVISE, details=details)
