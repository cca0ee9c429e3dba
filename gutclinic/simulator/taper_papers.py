"""All the ways in which a prescriber is asked to sign, and answers. Each says whether it was done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from gutclinic.simulator.taper_drafts import SLOT
from gutclinic.simulator.taper_life import TaperLife
from patients.models import ContactConsent, Door, PrescriberAnswerKind, Taper, TaperVersion
from patients.services.tapers import answering, filing, requesting, signing
from patients.services.tapers.consent import give_consent
from patients.services.tapers.editing import EditedStep, preview_edits, sign_with_edits
from patients.services.tapers.errors import OtherVersion
from patients.services.tapers.filing import Reply
from patients.services.tapers.signing import Agreement, preview_agreement
from protocols.domain.amount import Amount
from protocols.domain.canonical import sha256_of
from protocols.domain.gate_answers import Answer
from protocols.domain.pattern import Pattern

PAPER: Final = b"%PDF-1.7"

Call = Callable[[Taper], object]


def propose(life: TaperLife) -> bool:
    def call(taper: Taper) -> object:
        draft = TaperVersion.objects.filter(taper=taper, status="draft").first()
        shown = draft.sha256 if draft else ""
        return requesting.propose(taper, shown=shown, by=life.staff, at=life.clock.at, revision=taper.revision)

    return life.act("propose", call, by=life.staff)


def send(life: TaperLife, door: Door) -> bool:
    """With the patient’s consent, unless she carries the paper herself."""
    consents = ContactConsent.objects.standing().filter(patient=life.patient, prescriber=life.prescriber)
    if door in {Door.LINK, Door.FAX_OR_LETTER, Door.TELEPHONE} and not consents.exists():
        give_consent(
            life.patient, life.prescriber, given_on=life.today, how="On a form", by=life.staff, at=life.clock.at
        )

    def call(taper: Taper) -> object:
        return requesting.send(taper, door=door, by=life.staff, at=life.clock.at, revision=taper.revision)

    return life.act("send", call, by=life.staff, door=door.value)


def withdraw(life: TaperLife) -> bool:
    def call(taper: Taper) -> object:
        return requesting.withdraw(taper, by=life.staff, at=life.clock.at, revision=taper.revision)

    return life.act("withdraw", call, by=life.staff)


# --- Answers ------------------------------------------------------------------------------------------------


def agree(
    life: TaperLife,
    door: Door,
    *,
    answers: Mapping[str, Answer] | None = None,
    lifted: Mapping[str, str] | None = None,
) -> bool:
    """By link or inside the prescriber agrees; by the other doors staff write down that it was so."""
    agreement = Agreement(answers=answers or {}, lifted=lifted or {})
    if door in {Door.LINK, Door.INSIDE}:
        return life.act("sign", _own(life, door, agreement), by=life.signer, door=door.value)
    reply = _reply(life, PrescriberAnswerKind.AGREE, agreement=agreement)
    return life.act("sign", _filed(life, door, reply), by=life.staff, door=door.value)


def answer(life: TaperLife, kind: PrescriberAnswerKind, door: Door) -> bool:
    """Something other than yes, through the link or on a paper."""
    if door is not Door.LINK:
        reply = _reply(life, kind, text="Not like this.")
        return life.act("answer", _filed(life, door, reply), by=life.staff, kind=kind.value)

    def call(taper: Taper) -> object:
        version = _waiting(taper)
        return answering.answer(
            taper,
            kind=kind,
            door=door,
            version_sha256=version.sha256,
            text="Not like this.",
            request=version.requests.filter(door=door.value, closed_at__isnull=True).first(),
            by=life.signer,
            at=life.clock.at,
        )

    return life.act("answer", call, by=life.signer, kind=kind.value)


def _own(life: TaperLife, door: Door, agreement: Agreement) -> Call:
    """The prescriber reads what would be signed, and agrees to that."""

    def call(taper: Taper) -> object:
        version, by, at = _waiting(taper), life.signer, life.clock.at
        terms = preview_agreement(taper, version_sha256=version.sha256, agreement=agreement, by=by, at=at)
        return signing.sign(
            taper,
            door=door,
            version_sha256=version.sha256,
            agreement=agreement,
            means="As the run has it.",
            request=version.requests.filter(door=door.value, closed_at__isnull=True).first(),
            shown=sha256_of(terms.as_bytes()),
            by=by,
            at=at,
        )

    return call


def _filed(life: TaperLife, door: Door, reply: Reply) -> Call:
    """Staff write down what came back: a paper, or what was said and read back on the telephone."""

    def call(taper: Taper) -> object:
        version = _waiting(taper)
        said = replace(reply, version_code=version.code)
        same: dict[str, Any] = {"version_sha256": version.sha256, "by": life.staff, "at": life.clock.at}
        if door is Door.TELEPHONE:
            return filing.note_call(taper, said, is_read_back=True, **same)
        return filing.file_paper(taper, said, door=door, content=PAPER, **same)

    return call


def _reply(life: TaperLife, kind: PrescriberAnswerKind, *, agreement: Agreement | None = None, text: str = "") -> Reply:
    return Reply(kind=kind, version_code="", answered_on=life.today, agreement=agreement or Agreement(), text=text)


def _waiting(taper: Taper) -> TaperVersion:
    """The version that waits. Whoever looks and finds none has nothing to answer."""
    version = TaperVersion.objects.filter(taper=taper, status="proposed").first()
    if version is None:
        raise OtherVersion
    return version


def agree_with_edits(life: TaperLife, *amounts_and_days: tuple[str, int]) -> bool:
    """Through the link: these daily doses instead, each for so many days."""
    edits = [
        EditedStep(((SLOT.value, Amount.parse(amount)),), Pattern.daily(), days) for amount, days in amounts_and_days
    ]

    def call(taper: Taper) -> object:
        version = _waiting(taper)
        link = version.requests.filter(door=Door.LINK.value, closed_at__isnull=True).first()
        if link is None:
            raise OtherVersion
        same: dict[str, Any] = {
            "version_sha256": version.sha256,
            "edits": edits,
            "agreement": Agreement(),
            "by": life.signer,
            "at": life.clock.at,
        }
        terms = preview_edits(taper, **same)
        return sign_with_edits(
            taper,
            shown=sha256_of(terms.as_bytes()),
            means="As the run has it.",
            request=link,
            **same,
        )

    return life.act("sign", call, by=life.signer, door=Door.LINK.value, edits=True)


def confirm_in_writing(life: TaperLife) -> bool:
    """The paper has come that follows an agreement by telephone."""

    def call(taper: Taper) -> object:
        version = TaperVersion.objects.filter(taper=taper, status="in-force").first()
        return filing.file_confirmation(
            taper,
            version_code=version.code if version else "",
            content=PAPER,
            received_on=life.today,
            by=life.staff,
            at=life.clock.at,
            revision=taper.revision,
        )

    return life.act("confirm-in-writing", call, by=life.staff)
