"""A plan is handed over to another practitioner of the clinic, who is told what is due from then on."""

import pytest

from clinics.actor import Actor
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Plan, Reminder, Transition
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from tests.fixtures.personae import NOON, make_member


def owed_to(user: User) -> set[str]:
    return set(
        Reminder.objects.owed().filter(recipient_kind="staff", recipient_code=user.code).values_list("key", flat=True)
    )


def test_what_is_due_is_told_to_the_new_practitioner(plan: Plan, clinic: Clinic, dr_cho: User, by: Actor) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    before = owed_to(dr_cho)
    assert before
    handed = plan_moves.hand_over(plan, practitioner=other, by=by, at=NOON, revision=plan.revision, reason="On leave.")
    assert (handed.practitioner, handed.status) == (other, "active")
    assert owed_to(dr_cho) == set()
    assert owed_to(other) == {key.replace(dr_cho.code, other.code) for key in before}
    line = Transition.objects.get(plan=plan, move="hand-over")
    assert line.details == {"from": dr_cho.code, "to": other.code}


def test_only_a_practitioner_of_the_clinic_can_take_it(
    plan: Plan, dr_dee: User, assistant_1: User, dr_cho: User, by: Actor
) -> None:
    for nobody in (dr_dee, assistant_1, dr_cho):
        with pytest.raises(InvalidRequest) as refused:
            plan_moves.hand_over(plan, practitioner=nobody, by=by, at=NOON, revision=plan.revision)
        assert refused.value.field == "practitioner"


def test_nobody_is_handed_a_plan_after_leaving(plan: Plan, clinic: Clinic, by: Actor) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    Membership.objects.filter(user=other).update(ended_at=NOON)
    with pytest.raises(InvalidRequest):
        plan_moves.hand_over(plan, practitioner=other, by=by, at=NOON, revision=plan.revision)
