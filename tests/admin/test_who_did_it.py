"""The history of a plan names a prescriber as one, and by name only where they have a login."""

import pytest

from clinics.actor import Actor, acting_prescriber, for_system
from clinics.domain.instants import zone
from clinics.models import Prescriber, User
from patients.actor import acting_patient
from patients.admin.sentences import entries
from patients.models import Plan, Transition
from tests.fixtures.personae import NOON


def told(plan: Plan, by: Actor) -> str:
    Transition.objects.create(
        plan=plan,
        move="hold",
        to_status="on-hold",
        at=NOON,
        by_kind=by.kind.value,
        by_code=by.code,
        by_roles=by.role_words,
        by_clinic=by.clinic_code,
        by_user_id=by.user_id,
    )
    [newest, *_] = entries(plan.transitions.all(), clinic_zone=zone("Europe/Berlin"))
    return newest.who


def test_a_prescriber_is_named_as_one(plan: Plan, dr_price: Prescriber, dr_cho: User) -> None:
    assert told(plan, acting_prescriber(dr_price)) == "The prescriber"
    assert told(plan, acting_prescriber(dr_price, user=dr_cho)) == "dr_cho (prescriber)"


@pytest.mark.parametrize(("kind", "words"), [("system", "gutclinic, by itself"), ("patient", "The patient")])
def test_others_keep_their_names(plan: Plan, kind: str, words: str) -> None:
    assert told(plan, {"system": for_system(), "patient": acting_patient(plan.patient)}[kind]) == words
