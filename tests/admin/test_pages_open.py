"""Every page of the workspace opens for whoever works there, and says what it is about."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import Patient, Plan, Reminder
from protocols.models import TemplateVersion
from tests.admin.conftest import move_address, text_of


def test_today_says_what_wants_attention(cho: Client, plan: Plan) -> None:
    page = cho.get(reverse("admin:index"))
    assert page.status_code == 200
    assert "Nothing wants your attention today." in text_of(page)


def test_the_patient_list_says_how_each_plan_stands(cho: Client, plan: Plan, ben: Patient) -> None:
    words = text_of(cho.get(reverse("admin:patients_patient_changelist")))
    assert "Remove · day 1 of 28" in words
    assert "No plan" in words
    assert "Angela" in words


def test_the_patient_page_opens(cho: Client, plan: Plan) -> None:
    page = cho.get(reverse("admin:patients_patient_change", args=[plan.patient.code]))
    assert "Remove · day 1 of 28" in text_of(page)
    assert "Signs in as angela@example.org" in text_of(page)


def test_a_new_patient_page_opens_with_the_clinics_zone(cho: Client) -> None:
    page = cho.get(reverse("admin:patients_patient_add"))
    assert page.status_code == 200
    assert 'value="Europe/Berlin"' in page.content.decode()


def test_the_plan_page_opens(cho: Client, plan: Plan) -> None:
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "Remove · day 1 of 28" in words
    assert "dr_cho (practitioner) activated the plan" in words


def test_the_plan_list_opens(cho: Client, plan: Plan) -> None:
    assert "Remove · day 1 of 28" in text_of(cho.get(reverse("admin:patients_plan_changelist")))


def test_the_ledger_opens(cho: Client, plan: Plan) -> None:
    words = text_of(cho.get(reverse("admin:patients_reminder_changelist")))
    assert "A phase starts soon" in words
    reminder = Reminder.objects.filter(plan=plan).first()
    assert reminder is not None
    assert cho.get(reverse("admin:patients_reminder_change", args=[reminder.code])).status_code == 200


def test_protocol_pages_open(cho: Client, version: TemplateVersion) -> None:
    assert "Five phases" in text_of(cho.get(reverse("admin:protocols_protocoltemplate_changelist")))
    assert "Version 1" in text_of(
        cho.get(reverse("admin:protocols_protocoltemplate_change", args=[version.template.code]))
    )
    assert "L-glutamine" in text_of(cho.get(reverse("admin:protocols_templateversion_change", args=[version.code])))
    assert cho.get(reverse("admin:protocols_templateversion_changelist")).status_code == 200


@pytest.mark.parametrize("model", ["membership", "clinic"])
def test_management_pages_open_for_a_clinic_admin(manager: Client, model: str) -> None:
    assert manager.get(reverse(f"admin:clinics_{model}_changelist"), follow=True).status_code == 200


def test_my_settings_open(cho: Client) -> None:
    page = cho.get(reverse("admin:clinics_user_changelist"), follow=True)
    assert page.status_code == 200
    assert "My settings" in text_of(page)


def test_each_page_of_a_move_opens(cho: Client, plan: Plan, assign_plan: Callable[..., Plan], ben: Patient) -> None:
    draft = assign_plan(ben)
    remove, repair = plan.phases.get(key="remove"), plan.phases.get(key="repair")
    for name in ["hold", "complete", "revoke", "enter-in-error"]:
        assert cho.get(move_address(plan, name)).status_code == 200, name
    assert cho.get(move_address(draft, "activate")).status_code == 200
    for name in ["extend", "hold", "complete"]:
        assert cho.get(move_address(plan, name, phase=remove)).status_code == 200, name
    for name in ["start", "skip"]:
        assert cho.get(move_address(plan, name, phase=repair)).status_code == 200, name


def test_assign_and_invite_pages_open(cho: Client, ben: Patient, version: TemplateVersion) -> None:
    Patient.objects.filter(pk=ben.pk).update(user=None)
    for page in ["assign", "invite", "changes"]:
        assert cho.get(reverse(f"admin:patients_patient_{page}", args=[ben.code])).status_code == 200, page


@pytest.mark.parametrize("app", ["clinics", "protocols", "patients"])
def test_the_page_of_a_group_of_tables_opens(cho: Client, app: str) -> None:
    assert cho.get(reverse("admin:app_list", args=[app])).status_code == 200
