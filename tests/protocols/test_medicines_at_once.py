"""Races, on purpose: two servers that load the same edition, and two colleagues who enter the same medicine."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from clinics.actor import Actor, for_system
from clinics.models import Clinic
from protocols.models import Medicine
from protocols.services.medicine_pack import LoadedMedicines, load_medicines
from protocols.services.medicines import add_medicine, retire_medicine, revise_medicine
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON
from tests.services.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MedicineCall = Callable[[], Medicine]


def test_two_who_load_at_once_end_with_the_same_rows() -> None:
    results = at_once(*[lambda: load_medicines(by=for_system(), at=NOON)] * 2)
    assert all(isinstance(result, LoadedMedicines) for result in results), results
    added = [result.added for result in results if isinstance(result, LoadedMedicines)]
    assert sorted(added) == [0, Medicine.objects.count()]


def test_two_who_add_the_same_medicine_at_once_add_it_once(clinic: Clinic, by: Actor) -> None:
    def add() -> Medicine:
        return add_medicine(clinic=clinic, facts=OWN, strengths=strengths("10 mg"), by=by, at=NOON)

    results = at_once(add, add)
    assert sum(isinstance(result, Medicine) for result in results) == 1, results
    assert sum(isinstance(result, ValidationError) for result in results) == 1, results
    assert Medicine.objects.count() == 1


def test_of_two_who_revise_and_retire_at_once_one_is_told(own_medicine: Medicine, by: Actor) -> None:
    def revise() -> Medicine:
        return revise_medicine(own_medicine, facts=OWN, strengths=strengths("10 mg"), by=by, at=NOON)

    def retire() -> Medicine:
        return retire_medicine(own_medicine, by=by, at=NOON)

    results = at_once(revise, retire)
    assert sum(isinstance(result, Medicine) for result in results) == 1, results
    assert Medicine.objects.filter(replaces=own_medicine).count() == isinstance(results[0], Medicine)
