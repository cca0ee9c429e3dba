"""The versions of a taper, what was sent of them, and what came back, as rows."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.urls import reverse

from clinics.actor import ActorKind
from clinics.admin.changes import local_words
from clinics.models import User
from patients.admin.tapers.words import grouped
from patients.models import Door, PrescriberAnswer, PrescriberAnswerKind, SigningRequest, Taper, TaperVersion
from patients.models.taper_course import signature_of
from patients.services.documents.printable import day
from patients.services.tapers.link_codes import MOST_TRIES
from patients.services.tapers.looking import closes_on
from protocols.domain.taper_states import VersionStatus

TOLD_FROM = 2
"""After so many codes that were tried until they were dead, staff are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version. events: who drew it up, signed it, and when, each as a sentence."""

    version: TaperVersion
    status: str
    events: list[str]
    sha256: str
    sha256_is_of: str
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """What was sent, where to, and what became of it. is_open: an answer may still come."""

    door: str
    version: int
    address: str
    when: str
    who: str
    standing: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    kind: str
    version: int
    door: str
    text: str
    when: str
    who: str
    scan: str


def names_of(taper: Taper) -> dict[str, str]:
    """By code, the names of the staff who drew up, sent, wrote down, reviewed; and of the prescriber. One read."""
    codes = {version.drawn_up_by_code for version in taper.versions.all()}
    codes |= {request.by_code for version in taper.versions.all() for request in version.requests.all()}
    codes |= {answer.by_code for version in taper.versions.all() for answer in version.answers.all()}
    codes |= {report.cleared_by_code for report in taper.red_flags.all()}
    codes |= {report.taken_on_by_code for report in taper.red_flags.all()}
    staff = {user.code: str(user) for user in User.objects.filter(code__in=codes)}
    return staff | {taper.prescriber.code: taper.prescriber.name}


def version_rows(taper: Taper, *, names: dict[str, str], clinic_zone: ZoneInfo) -> list[VersionRow]:
    """Newest first. Load versions with their signature, requests and answers."""
    newest_first = sorted(taper.versions.all(), key=lambda version: -version.number)
    return [_version_row(taper, version, names, clinic_zone) for version in newest_first]


def _version_row(taper: Taper, version: TaperVersion, names: dict[str, str], clinic_zone: ZoneInfo) -> VersionRow:
    signature = signature_of(version)
    drawn_up = local_words(version.drawn_up_at, clinic_zone)
    events = [f"Drawn up by {names.get(version.drawn_up_by_code, version.drawn_up_by_code)}, {drawn_up}."]
    if version.proposed_at is not None:
        events.append(f"Frozen for signature {local_words(version.proposed_at, clinic_zone)}.")
    if signature is not None:
        door = Door(signature.door).label.lower()
        on = next(each.answered_on for each in version.answers.all() if each.pk == signature.answer_id)
        recorded = "" if on == signature.signed_on else f", recorded on {day(signature.signed_on)}"
        who = signature.prescriber.name
        events.append(f"Signed by {who} on {day(on)} ({door}){recorded}. {_sentence(signature.means)}")
        events += _confirmation(version)
    if version.first_day is not None:
        until = f" until {day(version.last_day)}" if version.last_day else ""
        events.append(f"Counts from {day(version.first_day)}{until}.")
    status = VersionStatus(version.status)
    return VersionRow(
        version=version,
        status=status.label,
        events=events,
        sha256=grouped(version.sha256 if signature is None else signature.sha256),
        sha256_is_of="the terms as signed" if signature else "the terms as proposed",
        letter=""
        if status is VersionStatus.DRAFT
        else reverse("admin:patients_taper_letter", args=[taper.code, version.code]),
    )


def _sentence(means: str) -> str:
    """As it was recorded, between a capital and a full stop."""
    return f"{means[:1].upper()}{means[1:].removesuffix('.')}."


def _confirmation(version: TaperVersion) -> list[str]:
    due = version.signature.written_due_on
    if due is None:
        return []
    came = getattr(version.signature, "written_confirmation", None)
    if came is None:
        return [f"Agreed by telephone: the written confirmation is due by {day(due)}."]
    return [f"Agreed by telephone; confirmed in writing on {day(came.received_on)}."]


def request_rows(taper: Taper, *, names: dict[str, str], clinic_zone: ZoneInfo, today: date) -> list[RequestRow]:
    found = [(request, version) for version in taper.versions.all() for request in version.requests.all()]
    found.sort(key=lambda pair: (pair[0].made_at, pair[0].pk), reverse=True)
    return [
        RequestRow(
            door=Door(request.door).label,
            version=version.number,
            address=request.address,
            when=local_words(request.made_at, clinic_zone),
            who=names.get(request.by_code, request.by_code),
            standing=f"{_request_standing(request, today)}{_tried_in_vain(request)}",
            is_open=request.is_open,
        )
        for request, version in found
    ]


def _tried_in_vain(request: SigningRequest) -> str:
    """What staff are told where code after code was guessed at: it may be somebody else who has the link."""
    spent = sum(code.wrong_tries >= MOST_TRIES for code in request.link_codes.all())
    if spent < TOLD_FROM:
        return ""
    return (
        f" Wrong codes were entered until all tries were over, {spent} times: ask the prescriber whether it was they; "
        "if not, send it again."
    )


def _request_standing(request: SigningRequest, today: date) -> str:
    if not request.is_open:
        return request.closed_because or "Closed."
    days = (closes_on(request) - today).days
    return f"No answer yet; closes on {day(closes_on(request))}, in {days} day{'' if days == 1 else 's'}."


def answer_rows(taper: Taper, *, names: dict[str, str], clinic_zone: ZoneInfo) -> list[AnswerRow]:
    answers = [(answer, version) for version in taper.versions.all() for answer in version.answers.all()]
    answers.sort(key=lambda pair: (pair[0].at, pair[0].pk), reverse=True)
    return [_answer_row(taper, answer, version, names, clinic_zone) for answer, version in answers]


def _answer_row(
    taper: Taper, answer: PrescriberAnswer, version: TaperVersion, names: dict[str, str], clinic_zone: ZoneInfo
) -> AnswerRow:
    is_own = answer.by_kind == ActorKind.PRESCRIBER.value
    return AnswerRow(
        kind=PrescriberAnswerKind(answer.kind).label,
        version=version.number,
        door=Door(answer.door).label,
        text=answer.text,
        when=f"{day(answer.answered_on)}, recorded {local_words(answer.at, clinic_zone)}",
        who="answered by the prescriber" if is_own else f"written down by {names.get(answer.by_code, answer.by_code)}",
        scan=reverse("admin:patients_taper_scan", args=[taper.code, answer.scan.code]) if answer.scan else "",
    )
