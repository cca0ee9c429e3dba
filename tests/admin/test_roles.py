"""Who may see may not always do: the page says who could, and nothing is written."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Patient, Plan
from protocols.models import TemplateVersion, VersionStatus
from protocols.services.templates import draft_from
from tests.admin.conftest import move_address, text_of
from tests.fixtures.personae import NOON, make_member, make_patient, make_version

SENTENCE = "You may not assign or move plans here. Ask a practitioner of this clinic."


def test_an_assistant_sees_a_plan_and_its_history_but_no_moves(assistant: Client, plan: Plan) -> None:
    words = text_of(assistant.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "Remove · day 1 of 28" in words
    assert "activated the plan" in words
    assert "Plans are moved by a practitioner of this clinic." in words
    assert "Put on hold" not in words


@pytest.mark.parametrize("name", ["hold", "complete", "revoke", "enter-in-error"])
def test_an_assistant_may_not_move_a_plan(assistant: Client, plan: Plan, name: str) -> None:
    address = move_address(plan, name)
    answers = [assistant.get(address), assistant.post(address, {"revision": plan.revision, "_confirm": "1"})]
    for answer in answers:
        assert answer.status_code == 403
        assert SENTENCE in text_of(answer)
    before = plan.revision
    plan.refresh_from_db()
    assert (plan.status, plan.revision) == ("active", before)


def test_an_assistant_may_not_move_a_phase(assistant: Client, plan: Plan) -> None:
    answer = assistant.get(move_address(plan, "extend", phase=plan.phases.get(key="remove")))
    assert answer.status_code == 403
    assert SENTENCE in text_of(answer)


def test_an_assistant_may_not_assign(assistant: Client, version: TemplateVersion, ben: Patient) -> None:
    assert "Assign a protocol" not in text_of(assistant.get(reverse("admin:patients_patient_change", args=[ben.code])))
    answer = assistant.get(reverse("admin:patients_patient_assign", args=[ben.code]))
    assert answer.status_code == 403
    assert SENTENCE in text_of(answer)


def test_an_assistant_may_change_particulars_and_invite(assistant: Client, clinic: Clinic) -> None:
    patient = make_patient(clinic, "Patient 017")
    words = text_of(assistant.get(reverse("admin:patients_patient_change", args=[patient.code])))
    assert "Invite to the portal" in words
    assert assistant.get(reverse("admin:patients_patient_invite", args=[patient.code])).status_code == 200


def test_an_assistant_reads_a_draft_but_may_not_publish_it(assistant: Client, clinic: Clinic, dr_cho: User) -> None:
    draft = make_version(clinic, publish_by=None)
    page = assistant.get(reverse("admin:protocols_templateversion_change", args=[draft.code]))
    assert "L-glutamine" in text_of(page)
    assert "<textarea" not in page.content.decode()
    answer = assistant.post(reverse("admin:protocols_templateversion_publish", args=[draft.code]))
    assert answer.status_code == 403
    assert "You may not change or publish protocols here. Ask a practitioner of this clinic." in text_of(answer)
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT.value


def test_a_practitioner_manages_no_staff(cho: Client, manager: Client) -> None:
    for name in ["membership", "clinic"]:
        assert cho.get(reverse(f"admin:clinics_{name}_changelist")).status_code == 403
        assert manager.get(reverse(f"admin:clinics_{name}_changelist")).status_code in {200, 302}
    assert cho.get(reverse("admin:clinics_membership_invite")).status_code == 404
    words = text_of(cho.get(reverse("admin:index")))
    assert "Staff" not in words
    assert "Staff" in text_of(manager.get(reverse("admin:index")))


def test_a_role_counts_in_its_own_clinic_alone(
    plan: Plan, other_clinic: Clinic, assistant_1: User, assistant: Client
) -> None:
    """Assistant here and practitioner elsewhere is assistant here."""
    Membership.objects.create(user=assistant_1, clinic=other_clinic, role=Role.PRACTITIONER.value, started_at=NOON)
    answer = assistant.get(move_address(plan, "hold"))
    assert answer.status_code == 403
    assert SENTENCE in text_of(answer)


def test_a_role_that_ended_in_between_is_refused(
    cho: Client, plan: Plan, dr_cho: User, make_move: Callable[..., object]
) -> None:
    address = move_address(plan, "hold")
    assert cho.get(address).status_code == 200
    dr_cho.memberships.update(role=Role.ASSISTANT.value)
    answer = cho.post(address, {"revision": plan.revision, "_confirm": "1"})
    assert answer.status_code == 403
    assert SENTENCE in text_of(answer)


def test_whoever_works_in_two_clinics_chooses_for_a_new_patient(
    clinic: Clinic, other_clinic: Clinic, sign_in: Callable[[User], Client]
) -> None:
    both = make_member(clinic, "dr_both@example.org", Role.PRACTITIONER)
    Membership.objects.create(user=both, clinic=other_clinic, role=Role.ASSISTANT.value, started_at=NOON)
    page = sign_in(both).get(reverse("admin:patients_patient_add")).content.decode()
    assert "Lindenhof practice" in page
    assert "Harbour practice" in page


def test_a_second_draft_is_refused_with_a_sentence(cho: Client, version: TemplateVersion, by: object) -> None:
    draft_from(version, by=by, at=NOON)  # type: ignore[arg-type]
    answer = cho.post(reverse("admin:protocols_templateversion_new_draft", args=[version.code]), follow=True)
    assert "This protocol already has a draft. Edit that one." in text_of(answer)
