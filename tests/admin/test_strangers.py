"""For whoever does not work in a clinic, nothing of it exists: not by any address, list, search, choice or filter."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from clinics.actor import staff_in
from clinics.admin.choices import ScopedChoices
from clinics.admin.desk import Desk
from clinics.admin.scoped import ScopedAdmin
from clinics.models import Clinic, Membership, Prescriber, User
from clinics.roles import Role
from patients.actor import acting_patient
from patients.models import (
    MedicineUse,
    Patient,
    Plan,
    RedFlagReport,
    Reminder,
    Scan,
    SourceKind,
    Taper,
    TaperVersion,
)
from patients.services.record import Source, add_medicine
from patients.services.tapers.filing import store_scan
from patients.services.tapers.using import report_red_flags
from protocols.models import Medicine, Supplement, TemplateVersion
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, TODAY, make_member, make_patient, make_user


def row_addresses(row: Any) -> Iterator[str]:
    """Every address of the workspace that is about this row."""
    model_admin = admin.site._registry[type(row)]
    assert isinstance(model_admin, ScopedAdmin)
    code = getattr(row, model_admin.address_field)
    more: dict[str, list[list[str]]] = {
        "patients_plan_move": [["hold"], ["activate"], ["revoke"]],
        "patients_plan_phase_move": [[row.phases.get(key="remove").code, "extend"]] if isinstance(row, Plan) else [],
        "patients_plan_order": of_plan(row),
        "patients_plan_order_move": [[code, move] for [code] in of_plan(row) for move in ("hold", "change", "stop")],
        "patients_patient_record_add": [["condition"], ["medicine"], ["weight"]],
        **{f"patients_patient_record_{page}": entries_of(row) for page in ("correct", "end", "error", "history")},
        "patients_plan_draw_up": uses_of(row),
        "patients_patient_taper": uses_of(row),
        "patients_patient_doctor_letter": uses_of(row),
        "patients_taper_move": [["hold"], ["stop"], ["enter-in-error"]],
        "patients_taper_letter": of_taper(row, TaperVersion, "taper"),
        "patients_taper_scan": of_taper(row, Scan, "version__taper"),
        "patients_taper_red_flag": of_taper(row, RedFlagReport, "taper"),
        "patients_taper_take_on": of_taper(row, RedFlagReport, "taper"),
    }
    for url in model_admin.get_urls():
        if "object_id" in str(url.pattern):
            for arguments in more.get(url.name or "", [[]]):
                yield reverse(f"admin:{url.name}", args=[code, *arguments])


def entries_of(row: Any) -> list[list[str]]:
    """What stands in addresses for a fact in the record of this row, if it is a patient."""
    if not isinstance(row, Patient):
        return []
    return [["medicine", code] for code in MedicineUse.objects.filter(patient=row).values_list("code", flat=True)]


def uses_of(row: Any) -> list[list[str]]:
    """What stands in addresses for a medicine of this patient, or of this plan's patient, that may come down."""
    patient = row if isinstance(row, Patient) else getattr(row, "patient", None)
    uses = MedicineUse.objects.filter(patient=patient, medicine_class="PPI")
    return [[code] for code in uses.values_list("code", flat=True)]


def of_plan(row: Any) -> list[list[str]]:
    """What stands in addresses for an order of this row, if it is a plan."""
    return [[row.orders.earliest("key").code]] if isinstance(row, Plan) else []


def of_taper(row: Any, model: Any, path: str) -> list[list[str]]:
    """What stands in addresses for a part of this row, if it is a taper."""
    return [[each.code] for each in model.objects.filter(**{path: row})] if isinstance(row, Taper) else []


@pytest.fixture
def rows(
    plan: Plan,
    version: TemplateVersion,
    dr_cho: User,
    clinic: Clinic,
    dr_price: Prescriber,
    own_medicine: Medicine,
    own_supplement: Supplement,
    taper: Taper,
) -> list[Any]:
    """One of everything of dr_cho's clinic."""
    assert plan.patient.user is not None
    she, by = acting_patient(plan.patient), staff_in(clinic, dr_cho)
    report_red_flags(taper, flags=["weight-loss"], by=she, at=NOON)
    store_scan(taper.versions.get(), content=b"%PDF-1.7", by=by, at=NOON)
    said = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    add_medicine(plan.patient, name="Ibuprofen", source=said, by=staff_in(clinic, dr_cho), at=NOON)
    manager = make_member(clinic, "clinic_admin_2@example.org", Role.CLINIC_ADMIN)
    return [
        plan.patient,
        plan,
        taper,
        Reminder.objects.filter(plan=plan).first(),
        version,
        version.template,
        own_medicine,
        own_supplement,
        Membership.objects.get(user=manager),
        clinic,
        dr_price,
        dr_cho,
    ]


def test_a_stranger_finds_no_address_of_another_clinic(
    rows: list[Any], other_clinic: Clinic, dr_dee: User, dee: Client
) -> None:
    # Even with every role in the own clinic.
    for role in (Role.CLINIC_ADMIN, Role.ASSISTANT):
        Membership.objects.create(user=dr_dee, clinic=other_clinic, role=role.value, started_at=dr_dee.joined_at)
    addresses = [address for row in rows for address in row_addresses(row)]
    assert len(addresses) > 25
    for address in addresses:
        assert dee.get(address).status_code == 404, address
        assert dee.post(address, {"revision": "1", "_confirm": "1"}).status_code == 404, address


def test_the_same_addresses_open_for_whoever_works_there(
    rows: list[Any], clinic: Clinic, dr_cho: User, cho: Client
) -> None:
    """Otherwise the test above would say nothing."""
    Membership.objects.create(user=dr_cho, clinic=clinic, role=Role.CLINIC_ADMIN.value, started_at=dr_cho.joined_at)
    for row in rows:
        for address in row_addresses(row):
            # A row without a history has no page for it; a move may be illegal just now.
            expected = {200, 404} if address.endswith("/history/") else {200, 302}
            # Nobody but the prescriber signs, answers with other steps, or takes an agreement back.
            expected = {403} if "/sign/" in address or "/own/" in address else expected
            assert cho.get(address).status_code in expected, address


def test_lists_name_nothing_of_another_clinic(rows: list[Any], dee: Client) -> None:
    for name in [
        "patients_patient",
        "patients_plan",
        "patients_taper",
        "patients_reminder",
        "protocols_protocoltemplate",
        "protocols_templateversion",
        "protocols_medicine",
        "protocols_supplement",
        "clinics_prescriber",
    ]:
        words = text_of(dee.get(reverse(f"admin:{name}_changelist")))
        for secret in ["Angela", rows[0].code, "Five phases", "dr_cho", "Linden", "Dr Price"]:
            assert secret not in words, name


def test_search_finds_nothing_of_another_clinic(plan: Plan, cho: Client, dee: Client) -> None:
    address = reverse("admin:patients_patient_changelist")
    assert "Angela" in text_of(cho.get(address, {"q": "Angela"}))
    assert "Angela" not in text_of(dee.get(address, {"q": "Angela"}))
    assert plan.patient.code not in text_of(dee.get(address, {"q": plan.patient.code}))


def test_autocomplete_finds_nothing_of_another_clinic(plan: Plan, cho: Client, dee: Client) -> None:
    question = {"app_label": "patients", "model_name": "plan", "field_name": "patient", "term": "Angela"}
    assert len(cho.get(reverse("admin:autocomplete"), question).json()["results"]) == 1
    assert dee.get(reverse("admin:autocomplete"), question).json()["results"] == []


def test_the_first_page_says_nothing_of_another_clinic(
    assign_plan: Callable[..., Plan], angela: Patient, cho: Client, dee: Client
) -> None:
    assign_plan(angela)
    assert "Angela" in text_of(cho.get(reverse("admin:index")))
    assert "Angela" not in text_of(dee.get(reverse("admin:index")))


def test_choices_offer_the_own_clinics_rows_alone(plan: Plan, dr_cho: User, dr_dee: User, other_clinic: Clinic) -> None:
    plan_admin = admin.site._registry[Plan]
    field = Plan._meta.get_field("patient")
    mine = make_patient(other_clinic, "Patient 017")
    request = RequestFactory().get("/")
    request.user = dr_dee
    assert list(plan_admin.get_field_queryset(None, field, request)) == [mine]
    # A table that is not in the workspace offers nothing, whoever asks.
    nowhere = type("Nowhere", (ScopedChoices,), {"admin_site": admin.AdminSite()})()
    assert list(nowhere.get_field_queryset(None, field, request)) == []


def test_a_filter_by_a_related_row_names_the_own_clinics_alone(plan: Plan, dr_dee: User, other_clinic: Clinic) -> None:
    mine = make_patient(other_clinic, "Patient 017")

    class Filtered(ScopedAdmin):
        clinic_path = "patient__clinic"
        list_filter = ("patient",)

    request = RequestFactory().get("/")
    request.user = dr_dee
    filtered = Filtered(Plan, admin.site)
    [(_, kind)] = filtered.get_list_filter(request)
    choices = kind(Plan._meta.get_field("patient"), request, {}, Plan, filtered, "patient").lookup_choices
    assert choices == [(mine.pk, str(mine))]


def test_a_superuser_without_membership_sees_nobody(rows: list[Any], sign_in: Callable[[User], Client]) -> None:
    operator = make_user("operator_1@example.org")
    operator.is_superuser = True
    operator.save()
    client = sign_in(operator)
    words = text_of(client.get(reverse("admin:index")))
    assert "You do not work in a clinic here" in words
    for row in rows:
        for address in row_addresses(row):
            assert client.get(address).status_code == 404, address
    for name in [
        *("patients_patient", "patients_plan", "patients_taper", "patients_reminder"),
        *("clinics_membership", "clinics_clinic"),
    ]:
        page = client.get(reverse(f"admin:{name}_changelist"))
        assert page.status_code in {200, 403}
        assert "Angela" not in text_of(page)


def test_a_patient_does_not_get_in(plan: Plan, sign_in: Callable[[User], Client]) -> None:
    assert plan.patient.user is not None
    client = sign_in(plan.patient.user)
    for address in [reverse("admin:index"), *row_addresses(plan), *row_addresses(plan.patient)]:
        page = client.get(address, follow=True)
        assert page.status_code == 403, address
        assert "Angela" not in text_of(page)


def test_nobody_is_sent_to_the_sign_in_page(plan: Plan) -> None:
    for address in [reverse("admin:index"), *row_addresses(plan)]:
        page = Client().get(address, follow=True)
        assert page.redirect_chain[-1][0].startswith(reverse("account_request_login_code")), address


def test_an_ended_membership_closes_the_workspace(plan: Plan, cho: Client, dr_cho: User) -> None:
    Membership.objects.filter(user=dr_cho).update(ended_at=dr_cho.joined_at)
    assert cho.get(reverse("admin:patients_plan_change", args=[plan.code]), follow=True).status_code == 403


def test_the_own_record_in_another_clinic_is_for_the_portal(
    plan: Plan, other_clinic: Clinic, dr_cho: User, cho: Client
) -> None:
    """A practitioner who is a patient elsewhere sees that record there, not at the desk."""
    elsewhere = make_patient(other_clinic, "Patient 018")
    elsewhere.user = dr_cho
    elsewhere.save()
    assert Patient.objects.visible_to(dr_cho).filter(pk=elsewhere.pk).exists()
    assert cho.get(reverse("admin:patients_patient_change", args=[elsewhere.code])).status_code == 404
    assert "Patient 018" not in text_of(cho.get(reverse("admin:patients_patient_changelist")))


def test_only_scoped_tables_are_in_the_workspace() -> None:
    assert {model.__name__ for model in admin.site._registry} == {
        "Clinic",
        "Finding",
        "Medicine",
        "Membership",
        "Patient",
        "Plan",
        "Prescriber",
        "ProtocolTemplate",
        "Reminder",
        "SafetyRound",
        "SafetyRuleReview",
        "Supplement",
        "Taper",
        "TemplateVersion",
        "User",
    }
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, ScopedAdmin)


def test_nothing_can_be_deleted(plan: Plan, dr_cho: User, cho: Client) -> None:
    request = RequestFactory().get("/")
    request.user = dr_cho
    for model, model_admin in admin.site._registry.items():
        assert not model_admin.has_delete_permission(request)
        assert model_admin.get_actions(request) == {}
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=["X"])
    page = cho.get(reverse("admin:patients_patient_change", args=[plan.patient.code])).content.decode()
    assert "/delete/" not in page
    assert "-DELETE" not in page


def test_without_a_user_the_desk_is_empty(db: None) -> None:
    assert Desk(AnonymousUser()).roles == {}
