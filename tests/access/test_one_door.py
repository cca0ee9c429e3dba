"""Every query for a patient's data begins at visible_to(user): memberships and the own record, nothing else."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from clinics.actor import Actor
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.actor import acting_patient
from patients.models import ContactPoint, Intake, Order, Patient, Plan, Reminder, Transition
from patients.services import plan_moves
from patients.services.intakes import record_slot
from patients.services.record import mark_in_error
from protocols.domain.phases import EndReason
from protocols.domain.slots import Slot
from protocols.models import Medicine, ProtocolTemplate, TemplateVersion
from tests.fixtures.personae import NOON, TODAY, make_member, make_user
from tests.fixtures.records import make_record

OWN = [Patient, ContactPoint, Plan, Order, Intake]
CLINICAL = [Patient, ContactPoint, Plan, Order, Intake, Transition]
ROOT = Path(__file__).resolve().parents[2]


def seen(model: type, user: object) -> int:
    return model.objects.visible_to(user).count()  # type: ignore[attr-defined]


@pytest.fixture
def lived_plan(plan: Plan) -> Plan:
    record_slot(plan, slot=Slot.EVENING, day=TODAY, by=acting_patient(plan.patient), at=NOON)
    return plan


def test_staff_see_the_patients_of_their_clinic(lived_plan: Plan, dr_cho: User, assistant_1: User) -> None:
    for user in (dr_cho, assistant_1):
        for model in [*CLINICAL, Reminder, ProtocolTemplate, TemplateVersion]:
            assert seen(model, user) > 0, model


def test_a_stranger_sees_nothing(lived_plan: Plan, dr_dee: User, ben: Patient) -> None:
    nobody = make_user("assistant_2@example.org")
    for user in (dr_dee, nobody, AnonymousUser()):
        for model in [*CLINICAL, Reminder, ProtocolTemplate, TemplateVersion]:
            assert seen(model, user) == 0, (model, user)
    assert seen(Plan, ben.user) == 0


def test_a_superuser_without_membership_sees_no_patient(lived_plan: Plan) -> None:
    root = make_user("operator_1@example.org")
    root.is_superuser = True
    root.save()
    for model in [*CLINICAL, Reminder]:
        assert seen(model, root) == 0, model


def test_an_ended_membership_sees_nothing(lived_plan: Plan, dr_cho: User) -> None:
    Membership.objects.filter(user=dr_cho).update(ended_at=NOON)
    for model in CLINICAL:
        assert seen(model, dr_cho) == 0, model


def test_a_login_that_was_closed_sees_nothing(lived_plan: Plan, dr_cho: User) -> None:
    dr_cho.is_active = False
    for model in CLINICAL:
        assert seen(model, dr_cho) == 0, model


def test_patients_see_their_own_record_and_not_the_bookkeeping(lived_plan: Plan, angela: Patient, ben: Patient) -> None:
    for model in OWN:
        assert seen(model, angela.user) > 0, model
    assert list(Patient.objects.visible_to(angela.user)) == [angela]
    for bookkeeping in (Reminder, Transition):
        assert seen(bookkeeping, angela.user) == 0
    assert seen(TemplateVersion, angela.user) == 0


def test_patients_see_no_draft_nor_one_that_was_given_up(
    assign_plan: Callable[..., Plan], angela: Patient, dr_cho: User, by: Actor
) -> None:
    plan = assign_plan(angela)
    assert seen(Plan, angela.user) == 0
    plan_moves.revoke(
        plan, by=by, at=NOON, revision=0, end_reason=EndReason.CLINIC_ENDED_CARE, reason="Among colleagues."
    )
    for model in (Plan, Order, Transition):
        assert seen(model, angela.user) == 0, model
        assert seen(model, dr_cho) > 0, model


@pytest.mark.parametrize("status", ["entered-in-error"])
def test_patients_see_nothing_entered_in_error(lived_plan: Plan, angela: Patient, dr_cho: User, status: str) -> None:
    Plan.objects.filter(pk=lived_plan.pk).update(status=status)
    for model in (Plan, Order, Intake):
        assert seen(model, angela.user) == 0, model
        assert seen(model, dr_cho) > 0, model


def test_the_record_is_for_staff_and_what_stands_of_it_for_the_patient(
    angela: Patient, ben: Patient, dr_cho: User, assistant_1: User, dr_dee: User, by: Actor
) -> None:
    entries = make_record(angela, by=by)
    nobody = make_user("assistant_2@example.org")
    for entry in entries:
        for user in (dr_cho, assistant_1, angela.user):
            assert seen(type(entry), user) == 1, (entry, user)
        for user in (dr_dee, ben.user, nobody, AnonymousUser()):
            assert seen(type(entry), user) == 0, (entry, user)
        mark_in_error(entry, reason="Another patient’s.", by=by, at=NOON)
        assert seen(type(entry), angela.user) == 0, entry
        assert seen(type(entry), dr_cho) == 1, entry


def test_somebody_who_is_patient_and_staff_sees_both(
    lived_plan: Plan, angela: Patient, other_clinic: Clinic, activate_plan: Callable[..., Plan]
) -> None:
    assert angela.user is not None
    Membership.objects.create(user=angela.user, clinic=other_clinic, role=Role.ASSISTANT.value, started_at=NOON)
    stranger = Patient.objects.create(clinic=other_clinic, given_name="Somebody", zone="Pacific/Auckland")
    assert set(Patient.objects.visible_to(angela.user)) == {angela, stranger}


def test_staff_of_two_clinics_see_both(clinic: Clinic, other_clinic: Clinic, angela: Patient) -> None:
    both = make_member(clinic, "practitioner_9@example.org", Role.PRACTITIONER)
    Membership.objects.create(user=both, clinic=other_clinic, role=Role.ASSISTANT.value, started_at=NOON)
    stranger = Patient.objects.create(clinic=other_clinic, given_name="Somebody", zone="Pacific/Auckland")
    assert set(Patient.objects.visible_to(both)) == {angela, stranger}


def test_medicines_are_for_staff_what_is_shipped_for_all_and_the_rest_for_their_clinic(
    shipped: Callable[[str], Medicine], own_medicine: Medicine, angela: Patient, dr_cho: User, dr_dee: User
) -> None:
    nobody = make_user("assistant_2@example.org")
    assert seen(Medicine, dr_cho) == seen(Medicine, dr_dee) + 1 > 1
    assert own_medicine not in Medicine.objects.visible_to(dr_dee)
    for user in (angela.user, nobody, AnonymousUser()):
        assert seen(Medicine, user) == 0, user


def callers_of(name: str) -> set[str]:
    """The files of the product in which this name is called."""
    found = set()
    for package in ("clinics", "protocols", "patients", "gutclinic"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_only_tasks_reminders_and_commands_act_for_the_system() -> None:
    allowed = ("patients/tasks.py", "patients/reminders/", "gutclinic/simulator/")
    callers = callers_of("for_system")
    assert {"patients/tasks.py"} <= callers
    assert [path for path in callers if not path.startswith(allowed) and "/management/commands/" not in path] == []
