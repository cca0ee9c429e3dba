"""“I agree with these edits”: the prescriber changes the steps, reads the whole again, and signs that.

What the prescriber drew up is a version of its own. It takes the place of the proposal, is proposed and signed at
once, and everything but the steps is carried over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clinics.actor import Actor, ActorKind
from patients.models import Door, PrescriberAnswer, PrescriberAnswerKind, Signature, SigningRequest, Taper, TaperVersion
from patients.models.private_links import new_nonce
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.drawing_up import COVERING_FIELDS
from patients.services.tapers.errors import NotThePrescriber
from patients.services.tapers.request_sentences import rise_in_words
from patients.services.tapers.signing import Agreement, agreed_terms, proposed_with, write_signature
from patients.services.tapers.tapering import Tapering, close_requests, tapering
from protocols.domain.amount import Amount
from protocols.domain.canonical import sha256_of
from protocols.domain.document import Fields
from protocols.domain.pattern import Pattern
from protocols.domain.product import Product, Units
from protocols.domain.recipe import SlotAmount, build
from protocols.domain.taper import Step
from protocols.domain.taper_error import DocumentError
from protocols.domain.taper_preview import read_recipe
from protocols.domain.taper_states import TaperMove, VersionStatus
from protocols.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class EditedStep:
    """One step as the prescriber wants it. take: the time of day, named as the proposal does, and how much."""

    take: tuple[tuple[str, Amount], ...]
    pattern: Pattern
    days: int


def preview_edits(
    taper: Taper,
    *,
    version_sha256: str,
    edits: Sequence[EditedStep],
    agreement: Agreement,
    by: Actor,
    at: datetime,
) -> Terms:
    """What would be signed, without writing anything. Raises `InvalidRequest` with the step to change."""
    move = Tapering(taper, by=by, at=at)
    proposal = proposed_with(move, version_sha256)
    return agreed_terms(move, _edited(move, proposal, edits), agreement, asked=proposal)


def sign_with_edits(
    taper: Taper,
    *,
    version_sha256: str,
    edits: Sequence[EditedStep],
    agreement: Agreement,
    shown: str,
    means: str,
    request: SigningRequest,
    by: Actor,
    at: datetime,
) -> Signature:
    """Put the edited version in force in place of the proposed one, in one transaction.

    version_sha256: of the proposal that was edited. shown: the SHA-256 of the terms that were read before signing.
    request: whose link was used. Raises what `sign` does.
    """
    with tapering(taper, by=by, at=at, revision=None) as move:
        if by.kind is not ActorKind.PRESCRIBER:
            raise NotThePrescriber
        proposal = proposed_with(move, version_sha256)
        version = _edited(move, proposal, edits)
        terms = agreed_terms(move, version, agreement, asked=proposal)
        if terms.raises_the_dose and not agreement.raises_knowingly:
            raise InvalidRequest(
                f"{rise_in_words(terms)} Say that you raise it knowingly, or choose lower doses.",
                field="raises_knowingly",
            )
        _replace(move, proposal, version)
        answer = PrescriberAnswer.objects.create(
            version=version,
            request=request,
            prescriber=move.taper.prescriber,
            kind=PrescriberAnswerKind.AGREE_WITH_EDITS.value,
            door=Door.LINK.value,
            text=agreement.text,
            answered_on=move.today,
            at=at,
            by_kind=by.kind.value,
            by_code=by.code,
        )
        _note_request(move, version, request)
        return write_signature(move, answer, terms, means=means, shown=shown)


def _edited(move: Tapering, proposal: TaperVersion, edits: Sequence[EditedStep]) -> TaperVersion:
    """The version with these steps, not written yet."""
    before = proposal.terms()
    recipe = _recipe(edits)
    steps = _steps(move.taper, before, edits, recipe)
    if steps == before.steps:
        raise InvalidRequest("Nothing was changed. Agree to it as it stands, or change a step.", field="steps")
    terms = replace(before, version=proposal.number + 1, steps=steps)
    return TaperVersion(
        taper=move.taper,
        number=terms.version,
        status=VersionStatus.PROPOSED.value,
        proposed_at=move.at,
        entered=proposal.entered | {"recipe": recipe},
        content=terms.as_bytes(),
        sha256=sha256_of(terms.as_bytes()),
        drawn_up_at=move.at,
        drawn_up_by_kind=move.by.kind.value,
        drawn_up_by_code=move.by.code,
        **{name: getattr(proposal, name) for name in COVERING_FIELDS},
    )


def product_of(taper: Taper, terms: Terms) -> Product:
    """What the prescriber’s doses are made of: the form of these terms, in the strengths that they name.

    While the list still holds the medicine as it was when they were drawn up, its other strengths too.
    """
    own = {units for step in (*terms.steps, terms.taken_before) if step for dose in step.doses for units in dose.units}
    product = taper.medicine.product()
    if product.form == terms.medicine.form and all(_is_made_as(units, product) for units in own):
        return product
    if any(units.per_ml for units in own):
        raise Refused("This liquid was changed in the clinic’s list. Ask the clinic for a new version.")
    return Product(
        name=terms.medicine.name,
        medicine_class=terms.medicine.medicine_class,
        form=terms.medicine.form,
        strengths=tuple({units.strength for units in own}),
    )


def _is_made_as(units: Units, product: Product) -> bool:
    if product.liquid is not None:
        return units.per_ml and units.strength == product.liquid.concentration_per_ml
    return not units.per_ml and units.strength in product.strengths


def _steps(taper: Taper, before: Terms, edits: Sequence[EditedStep], recipe: dict[str, Any]) -> tuple[Step, ...]:
    """The steps: makeable, none more than the one before it, and not too long.

    The first may be more than is taken now: the prescriber reads that it is, and says so.
    """
    if not edits:
        raise InvalidRequest("A taper has at least one step.", field="steps")
    start = [SlotAmount(slot, amount) for slot, amount in edits[0].take]
    try:
        read = read_recipe(Fields(recipe, "recipe"))
        built = build(product_of(taper, before), start, read, start_pattern=edits[0].pattern).steps
    except DocumentError as error:
        field = error.field.replace("start[", "recipe.steps[0].take[")
        raise InvalidRequest(error.text, field=field) from error
    first, *others = built
    if first.pattern == before.steps[0].pattern:
        # “Every 2 days” goes on counting from the day on which that step really began.
        first = replace(first, lived_days=before.steps[0].lived_days)
    return (first, *others)


def _recipe(edits: Sequence[EditedStep]) -> dict[str, Any]:
    """The edits written out, as `preview_taper` reads them."""
    return {
        "method": "explicit",
        "steps": [
            {
                "pattern": str(step.pattern),
                "days": step.days,
                "take": [{"slot": slot, "amount": str(amount)} for slot, amount in step.take],
            }
            for step in edits
        ],
    }


def _replace(move: Tapering, proposal: TaperVersion, version: TaperVersion) -> None:
    """The edited version waits instead of the proposed one."""
    words = f"{PrescriberAnswerKind.AGREE_WITH_EDITS.label}: version {version.number}."
    move.set_version(proposal, VersionStatus.DECLINED)
    close_requests(proposal, at=move.at, because=words)
    move.note(TaperMove.WITHDRAW, reason=words, details={"version": proposal.code})
    version.save()
    move.reload()


def _note_request(move: Tapering, version: TaperVersion, request: SigningRequest) -> None:
    """This version, too, was put before its prescriber, by the same link: what is sent later leads to it."""
    SigningRequest.objects.create(
        version=version,
        door=Door.LINK.value,
        address=request.address,
        nonce=new_nonce(),
        made_at=move.at,
        made_on=move.today,
        by_kind=move.by.kind.value,
        by_code=move.by.code,
    )
