"""Answers that come back otherwise than by the link: papers that are scanned, and telephone calls that are read back.

Staff write down what the prescriber answered, and compare the version code; nobody signs for a prescriber.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction

from clinics.actor import Actor, require
from clinics.roles import Act
from patients.models import (
    Door,
    Plan,
    PrescriberAnswer,
    PrescriberAnswerKind,
    Scan,
    Taper,
    TaperVersion,
    WrittenConfirmation,
)
from patients.services.errors import InvalidRequest
from patients.services.tapers.answering import ANSWERS, answer
from patients.services.tapers.errors import OtherCode, OtherVersion
from patients.services.tapers.signing import Agreement, confirm_in_writing, sign
from protocols.domain.taper_states import VersionStatus

LARGEST_SCAN: Final = 10 * 1024 * 1024
TOO_LARGE: Final = "This file is larger than 10 MB. Scan the paper with fewer dots per inch."
_BEGINNINGS: Final = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""How each kind of file begins; what it is called, and what a browser says of it, proves nothing."""
_MISREAD: Final = str.maketrans("OIL", "011")
ON_PAPER: Final = "On paper that came back; the version code on it was compared."
BY_TELEPHONE: Final = "By telephone, between clinicians, read back; to be confirmed in writing."
BY_ITS_AUTHOR: Final = " Filed by whoever drew it up."
_PAPER_DOORS: Final = frozenset({Door.FAX_OR_LETTER, Door.CARRIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the prescriber answered, and on which day. version_code: as it stands on the paper, or was read out.

    agreement: beside a yes. text: beside anything else.
    """

    kind: PrescriberAnswerKind
    version_code: str
    answered_on: date
    agreement: Agreement = field(default_factory=Agreement)
    text: str = ""


@transaction.atomic
def file_paper(
    taper: Taper, reply: Reply, *, door: Door, content: bytes, version_sha256: str, by: Actor, at: datetime
) -> PrescriberAnswer:
    """Keep the scan of a paper that came back, and record the answer on it.

    version_sha256: of the version on the screen of whoever files it. Raises `OtherCode` unless the code on the paper
    is that version’s, and whatever the answer itself is refused for; then nothing is kept. An agreement puts a version
    in force, so a practitioner files it; anything else any member of staff.
    """
    if door not in _PAPER_DOORS:
        raise ValueError(f"{door} is no way on which a paper comes back.")
    if reply.kind is PrescriberAnswerKind.AGREE:
        require(by, Act.MANAGE_TAPER, clinic=taper.plan.patient.clinic)
    # Sent twice, the second waits here for the first, and finds what it kept.
    Plan.objects.select_for_update(no_key=True).get(pk=taper.plan_id)
    version = _compared(taper, reply, version_sha256=version_sha256, by=by)
    scan = store_scan(version, content=content, by=by, at=at)
    return _record(taper, reply, door=door, scan=scan, version=version, means=ON_PAPER, by=by, at=at)


@transaction.atomic
def note_call(
    taper: Taper, reply: Reply, *, is_read_back: bool, version_sha256: str, by: Actor, at: datetime
) -> PrescriberAnswer:
    """Record what a prescriber said on the telephone to a practitioner, who read it back.

    An agreement is to be confirmed in writing within seven days; until then the step that runs goes on.
    """
    require(by, Act.MANAGE_TAPER, clinic=taper.plan.patient.clinic)
    if not is_read_back:
        raise InvalidRequest(
            "Read the version code and every step back to the prescriber, and tick it.", field="is_read_back"
        )
    version = _compared(taper, reply, version_sha256=version_sha256, by=by)
    return _record(taper, reply, door=Door.TELEPHONE, scan=None, version=version, means=BY_TELEPHONE, by=by, at=at)


@transaction.atomic
def file_confirmation(
    taper: Taper, *, version_code: str, content: bytes, received_on: date, by: Actor, at: datetime, revision: int
) -> WrittenConfirmation:
    """Keep the paper that follows an agreement by telephone. Raises `OtherCode` where it is about another version."""
    version = taper.versions.filter(status=VersionStatus.IN_FORCE.value).first()
    if version is None or not same_code(version_code, version.code):
        raise OtherCode
    scan = store_scan(version, content=content, by=by, at=at)
    return confirm_in_writing(taper, scan=scan, received_on=received_on, by=by, at=at, revision=revision)


def store_scan(version: TaperVersion, *, content: bytes, by: Actor, at: datetime) -> Scan:
    """Keep the picture of a paper: a PDF, PNG or JPEG of at most 10 MB, by what it is and not by its name.

    The very same picture for the same version is kept once.
    """
    require(by, Act.HANDLE_TAPER_PAPERS, clinic=version.taper.plan.patient.clinic)
    if not content:
        raise InvalidRequest("This file is empty. Scan the paper again.", field="scan")
    if len(content) > LARGEST_SCAN:
        raise InvalidRequest(TOO_LARGE, field="scan")
    media_type = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)
    if media_type is None:
        raise InvalidRequest("This is no PDF, PNG or JPEG. Scan the paper to one of these.", field="scan")
    sha256 = hashlib.sha256(content).hexdigest()
    kept: Scan | None = version.scans.filter(sha256=sha256).first()
    if kept is not None:
        return kept
    return Scan.objects.create(
        version=version,
        media_type=media_type,
        content=content,
        sha256=sha256,
        added_at=at,
        by_kind=by.kind.value,
        by_code=by.code,
    )


def same_code(typed: str, code: str) -> bool:
    """Whether this is that code, as somebody reads it off a fax: codes have neither spaces nor the letters O, I, L."""
    return "".join(typed.split()).replace("-", "").upper().translate(_MISREAD) == code


def _compared(taper: Taper, reply: Reply, *, version_sha256: str, by: Actor) -> TaperVersion:
    """The version that waits, if it is the one that was answered."""
    require(by, Act.HANDLE_TAPER_PAPERS, clinic=taper.plan.patient.clinic)
    version = taper.versions.filter(status=VersionStatus.PROPOSED.value).first()
    if version is None or version.sha256 != version_sha256:
        raise OtherVersion
    if not same_code(reply.version_code, version.code):
        raise OtherCode
    return version


def _record(
    taper: Taper,
    reply: Reply,
    *,
    door: Door,
    scan: Scan | None,
    version: TaperVersion,
    means: str,
    by: Actor,
    at: datetime,
) -> PrescriberAnswer:
    if reply.kind is PrescriberAnswerKind.AGREE:
        if by.code == version.drawn_up_by_code:
            means += BY_ITS_AUTHOR
        return sign(
            taper,
            door=door,
            version_sha256=version.sha256,
            agreement=reply.agreement,
            means=means,
            answered_on=reply.answered_on,
            scan=scan,
            by=by,
            at=at,
        ).answer
    if reply.kind not in ANSWERS:
        raise InvalidRequest("Choose what the prescriber answered.", field="kind")
    return answer(
        taper,
        kind=reply.kind,
        door=door,
        version_sha256=version.sha256,
        text=reply.text,
        answered_on=reply.answered_on,
        scan=scan,
        by=by,
        at=at,
    )
