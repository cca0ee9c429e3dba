"""What a prescriber does through the link: read, answer, and later hold, resume or revoke.

Each act asks anew, on the locked rows, whether this browser’s half hour still runs and what the link opens now. The
prescriber acts by control of the mailbox, and the record says no more than that.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, acting_prescriber
from clinics.domain.addresses import masked
from patients.models import Door, Plan, PrescriberAnswer, PrescriberAnswerKind, Signature, SigningRequest, Taper
from patients.services.tapers import answering, editing, holding, signing, stopping
from patients.services.tapers.editing import EditedStep
from patients.services.tapers.link_codes import open_visit
from patients.services.tapers.link_errors import AnsweredAlready, LinkDead, NotInForce, TakenBack, VisitOver
from patients.services.tapers.link_standing import LinkState, link_state, linked_request
from patients.services.tapers.said import Said
from patients.services.tapers.signing import Agreement
from protocols.domain.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One browser that a link was opened in. request: the code of the request. browser: its secret."""

    request: str
    browser: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What this browser may read until then. state: what the link opens now."""

    request: SigningRequest
    state: LinkState
    open_until: datetime

    @property
    def taper(self) -> Taper:
        return self.request.version.taper

    @property
    def by(self) -> Actor:
        return acting_prescriber(self.taper.prescriber)

    @property
    def means(self) -> str:
        """What shows that it was the prescriber."""
        return f"by control of this mailbox: {masked(self.request.address)}"


def visit_of(visitor: Visitor, *, at: datetime) -> Visit:
    """The visit of this browser. Raises `LinkDead` and `VisitOver`."""
    request = linked_request(visitor.request)
    if request is None:
        raise LinkDead
    state = link_state(request, at=at)
    if state is LinkState.DEAD:
        raise LinkDead
    code = open_visit(request, browser=visitor.browser, at=at)
    if code is None or code.open_until is None:
        raise VisitOver
    return Visit(request, state, code.open_until)


def answer_given(visit: Visit) -> PrescriberAnswer | None:
    """The newest thing that was said through this link; None if nothing was."""
    return visit.request.answers.order_by("-at", "-pk").first()


# --- While it waits -----------------------------------------------------------------------------------------


def preview(
    visit: Visit, agreement: Agreement, *, version_sha256: str, edits: Sequence[EditedStep] | None, at: datetime
) -> Terms:
    """What would be signed, with these edits if there are any; nothing is written."""
    require_waiting(visit)
    if edits is not None:
        return editing.preview_edits(
            visit.taper, version_sha256=version_sha256, edits=edits, agreement=agreement, by=visit.by, at=at
        )
    return signing.preview_agreement(
        visit.taper, version_sha256=version_sha256, agreement=agreement, by=visit.by, at=at
    )


def sign(
    visitor: Visitor,
    agreement: Agreement,
    *,
    version_sha256: str,
    edits: Sequence[EditedStep] | None = None,
    shown: str,
    at: datetime,
) -> Signature:
    """Agree, with these edits if there are any. shown: the SHA-256 of the terms that were read before."""
    with _visiting(visitor, at=at) as visit:
        require_waiting(visit)
        if edits is not None:
            return editing.sign_with_edits(
                visit.taper,
                version_sha256=version_sha256,
                edits=edits,
                agreement=agreement,
                shown=shown,
                means=visit.means,
                request=visit.request,
                by=visit.by,
                at=at,
            )
        return signing.sign(
            visit.taper,
            door=Door.LINK,
            version_sha256=version_sha256,
            agreement=agreement,
            means=visit.means,
            request=visit.request,
            shown=shown,
            by=visit.by,
            at=at,
        )


def answer(
    visitor: Visitor, kind: PrescriberAnswerKind, *, version_sha256: str, text: str, at: datetime
) -> PrescriberAnswer:
    """Say something other than yes. “Please call me”, sent twice in the same words, is said once."""
    with _visiting(visitor, at=at) as visit:
        require_waiting(visit)
        said = answer_given(visit)
        if said is not None and said.kind == kind.value and said.text == text.strip():
            return said
        return answering.answer(
            visit.taper,
            kind=kind,
            door=Door.LINK,
            version_sha256=version_sha256,
            text=text,
            request=visit.request,
            by=visit.by,
            at=at,
        )


# --- While it runs ------------------------------------------------------------------------------------------


def hold(visitor: Visitor, *, reason: str, at: datetime) -> Taper:
    with _visiting(visitor, at=at) as visit:
        require_running(visit)
        return holding.hold(visit.taper, reason=reason, said=_by_link(visit), by=visit.by, at=at, revision=None)


def resume(visitor: Visitor, *, at: datetime) -> Taper:
    """Let a taper go on that the prescriber holds: nobody else may."""
    with _visiting(visitor, at=at) as visit:
        require_running(visit)
        return holding.resume(visit.taper, said=_by_link(visit), by=visit.by, at=at, revision=None)


def revoke(visitor: Visitor, *, instruction: str, at: datetime) -> Taper:
    with _visiting(visitor, at=at) as visit:
        require_running(visit)
        return stopping.revoke(visit.taper, instruction=instruction, said=_by_link(visit), by=visit.by, at=at)


def _by_link(visit: Visit) -> Said:
    return Said(door=Door.LINK, request=visit.request)


@contextmanager
def _visiting(visitor: Visitor, *, at: datetime) -> Iterator[Visit]:
    """The visit, with the plan locked, so that what the link opens stays so until the act is written."""
    with transaction.atomic():
        request = linked_request(visitor.request)
        if request is None:
            raise LinkDead
        Plan.objects.select_for_update(no_key=True).get(pk=request.version.taper.plan_id)
        yield visit_of(visitor, at=at)


def require_waiting(visit: Visit) -> None:
    """Refuse where nothing waits for an answer any more."""
    if visit.state is LinkState.TAKEN_BACK:
        raise TakenBack
    if visit.state is not LinkState.WAITS:
        raise AnsweredAlready


def require_running(visit: Visit) -> None:
    """Refuse where what was signed has ended, or nothing was."""
    if visit.state is not LinkState.RUNS:
        raise NotInForce
