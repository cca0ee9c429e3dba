"""What stands in for a strength may be of another form: words, pictures and history then name that one."""

from decimal import Decimal
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.portal.tapers.picture import picture_of
from patients.services.tapers import substituting
from protocols.domain.amount import Amount
from protocols.domain.dose_words import taken_in_words
from protocols.domain.taper import Dose
from protocols.services.medicines import add_medicine
from tests.fixtures.lives import Life, day
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day

TWENTY = Amount.parse("20 mg")
LIQUID: dict[str, Any] = {
    "form": "oral liquid",
    "liquid_value": Decimal(4),
    "liquid_unit": "mg",
    "liquid_step_ml": Decimal("0.1"),
}


@pytest.fixture
def others(clinic: Clinic, by: Actor) -> None:
    """Of the clinic's own: packets of 10 mg, a suspension of 4 mg/mL, and tablets that release at once."""
    add_medicine(
        clinic=clinic,
        facts=OWN | {"name": "Packets", "form": "packet of granules"},
        strengths=strengths("10 mg"),
        by=by,
        at=NOON,
    )
    add_medicine(clinic=clinic, facts=OWN | {"name": "Suspension"} | LIQUID, strengths=[], by=by, at=NOON)
    add_medicine(
        clinic=clinic,
        facts=OWN | {"name": "At once", "form": "tablet", "release": "immediate"},
        strengths=strengths("10 mg"),
        by=by,
        at=NOON,
    )


def swapped(life: Life, form: str) -> Dose:
    """The dose of day 12 after 20 mg were swapped for this form on day 10."""
    taper = life.taper
    swap = next(
        swap for swap in substituting.substitutes(taper, TWENTY) if swap.preparation.product.form.endswith(form)
    )
    substituting.substitute(taper, strength=TWENTY, swap=swap, by=life.cho, at=on_day(10), revision=taper.revision)
    (dose,) = life.course.doses_on(day(12))
    assert dose.amount == TWENTY
    return dose


def in_words(life: Life, dose: Dose) -> str:
    return taken_in_words(dose.units, life.taper.medicine.form_words)


@pytest.mark.usefixtures("others")
def test_packets_are_packets(life: Life) -> None:
    dose = swapped(life, "packet of granules")
    assert in_words(life, dose) == "two packets of 10 mg"
    drawn = picture_of(dose.units, life.taper.medicine.form_words)
    assert [piece.kind for piece in drawn.pieces] == ["packet", "packet"]
    # The days before, and the steps of another strength, are as they were signed.
    (before,) = life.course.doses_on(day(9))
    (later,) = life.course.doses_on(day(30))
    assert (in_words(life, before), in_words(life, later)) == ("one capsule of 20 mg", "one capsule of 10 mg")


@pytest.mark.usefixtures("others")
def test_a_liquid_is_measured(life: Life) -> None:
    dose = swapped(life, "oral liquid")
    assert in_words(life, dose) == "5 mL of 4 mg/mL (delayed-release oral liquid)"


@pytest.mark.usefixtures("others")
def test_another_release_is_never_offered(life: Life) -> None:
    offered = {swap.preparation.product.form for swap in substituting.substitutes(life.taper, TWENTY)}
    assert offered == {"delayed-release capsule", "delayed-release packet of granules", "delayed-release oral liquid"}


def test_the_same_form_goes_without_saying(life: Life) -> None:
    assert in_words(life, swapped(life, "capsule")) == "two capsules of 10 mg"
    assert life.taper.versions.get().substitutions.get().replacement == [{"strength": "10 mg", "count": "2"}]
