"""A strength that the pharmacy has not got: the same molecule, release and dose of others, where that was signed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from clinics.actor import Actor, ActorKind, NotAllowed
from clinics.roles import Act
from patients.models import Substitution, Taper, TaperVersion
from patients.models.taper_course import signed_terms, signed_versions
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.errors import DoorClosed
from patients.services.tapers.tapering import Tapering, tapering
from protocols.domain.amount import Amount
from protocols.domain.dose_words import taken_in_words
from protocols.domain.equivalents import Swap, swaps
from protocols.domain.product import Units
from protocols.domain.taper_states import TaperMove
from protocols.domain.terms import Terms
from protocols.models import Medicine


def substitutes(taper: Taper, strength: Amount) -> list[Swap]:
    """What may stand in for one unit of this strength, fewest pieces first; empty where nothing may."""
    among = Medicine.objects.available_to([taper.plan.patient.clinic]).filter(substance=taper.medicine.substance)
    preparations = [
        medicine.preparation() for medicine in among.prefetch_related("strengths") if medicine.is_measurable
    ]
    return swaps((Units(strength, Decimal(1)),), of=taper.medicine.preparation(), among=preparations)


def substitute(taper: Taper, *, strength: Amount, swap: Swap, by: Actor, at: datetime, revision: int) -> Substitution:
    """From today each unit of this strength is taken as `swap`; the dose and the signature stay as they are."""
    with tapering(taper, by=by, at=at, revision=revision, act=Act.MANAGE_TAPER) as move:
        if by.kind is not ActorKind.STAFF:
            raise NotAllowed("A practitioner of the clinic decides which strengths stand in for another.")
        version = move.current
        if not move.taper.is_running or version is None:
            raise Refused("This taper is not running.")
        if not signed_terms(version).permissions.equivalents:
            raise DoorClosed("The prescriber did not sign for other strengths. Ask for a new version.")
        if swap not in substitutes(move.taper, strength):
            raise InvalidRequest("These units do not add up to the same dose of the same medicine.", field="swap")
        _close(move, strength)
        row = Substitution.objects.create(
            version=version,
            strength_value=strength.value,
            strength_unit=strength.unit.value,
            replacement=[units.as_json() for units in _with_form(swap, signed=signed_terms(version).medicine.form)],
            first_day=move.today,
            at=at,
            by_kind=by.kind.value,
            by_code=by.code,
        )
        for later in signed_versions(move.taper):
            if later.number > version.number:
                _carry(row, to=later, terms=signed_terms(later), first_day=later.begins_on)
        made_of = taken_in_words(swap.units, swap.preparation.product.form)
        move.note(TaperMove.REVISE, reason=f"1 × {strength.display()} is taken as {made_of}.")
    return row


def _with_form(swap: Swap, *, signed: str) -> tuple[Units, ...]:
    """Its units, with their form where that is another than the one that was signed."""
    form = swap.preparation.product.form
    return swap.units if form == signed else tuple(replace(units, form=form) for units in swap.units)


def end_substitution(taper: Taper, *, strength: Amount, by: Actor, at: datetime, revision: int) -> None:
    """From today the strength is there again."""
    with tapering(taper, by=by, at=at, revision=revision, act=Act.MANAGE_TAPER) as move:
        if by.kind is not ActorKind.STAFF:
            raise NotAllowed("A practitioner of the clinic decides which strengths stand in for another.")
        if not _close(move, strength):
            raise Refused("Nothing stands in for this strength.")
        move.note(TaperMove.REVISE, reason=f"{strength.display()} is there again.")


def carry_over(move: Tapering, *, to: TaperVersion, terms: Terms, first_day: date) -> None:
    """Within a move that puts a version in force: what stands in for a strength goes on doing so, if it may."""
    rows = {row.strength: row for version in move.versions for row in version.substitutions.all() if not row.last_day}
    for row in rows.values():
        _carry(row, to=to, terms=terms, first_day=first_day)


def _carry(row: Substitution, *, to: TaperVersion, terms: Terms, first_day: date) -> None:
    if terms.permissions.equivalents:
        Substitution.objects.create(
            version=to,
            strength_value=row.strength_value,
            strength_unit=row.strength_unit,
            replacement=row.replacement,
            first_day=first_day,
            at=row.at,
            by_kind=row.by_kind,
            by_code=row.by_code,
        )


def _close(move: Tapering, strength: Amount) -> int:
    """End what stands in for this strength yesterday, in every version; what begins today or later never was."""
    return Substitution.objects.filter(
        version__taper=move.taper,
        strength_value=strength.value,
        strength_unit=strength.unit.value,
        last_day__isnull=True,
    ).update(last_day=move.today - timedelta(days=1))
