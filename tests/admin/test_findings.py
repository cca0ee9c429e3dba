"""Findings in the workspace: on the plan, as a page, decided upon, and on the first page; and who sees none of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber
from patients.models import Finding, Order, Patient, Plan, SafetyRound, SourceKind, Taper
from patients.services import record
from patients.services.record import Source
from patients.services.safety.assessing import reassess
from protocols.domain.medicines import MedicineClass
from protocols.models import TemplateVersion
from tests.admin.conftest import hidden, move_address, text_of
from tests.fixtures.personae import NOON, TODAY

SOURCE = Source(kind=SourceKind.DOCUMENT, as_of=TODAY, note="The pharmacy’s list")


def put(plan: Plan, name: str, value: str, **fields: Any) -> Order:
    phase = plan.phases.get(key="remove")
    said = {"item_kind": "supplement", "amount_unit": "mg", "times_of_day": ["with-lunch"]} | fields
    return Order.objects.create(
        plan=plan,
        key=name.lower().replace(" ", "-"),
        name=name,
        amount_value=value,
        first_phase=phase,
        last_phase=phase,
        evidence="weak",
        source="A test.",
        **said,
    )


@pytest.fixture
def block(plan: Plan, angela: Patient, by: Actor) -> Finding:
    put(plan, "Betaine HCl", "650")
    record.add_medicine(
        angela,
        name="Ibuprofen",
        medicine_class=MedicineClass.NSAID,
        since=date(2026, 1, 1),
        source=SOURCE,
        by=by,
        at=NOON,
    )
    return plan.findings.get(rule="R01")


@pytest.fixture
def warning(plan: Plan) -> Finding:
    put(plan, "Zinc", "60")
    reassess(plan, at=NOON)
    return plan.findings.get(rule="R15")


@pytest.fixture
def of_prescriber(plan: Plan, angela: Patient, dr_price: Prescriber, by: Actor) -> Finding:
    put(plan, "Omeprazole", "20", item_kind="medicine", prescribed_by="prescriber", prescriber=dr_price)
    record.add_medicine(angela, name="Clopidogrel", source=SOURCE, by=by, at=NOON)
    return plan.findings.get(rule="R33")


def address(finding: Finding, page: str = "change") -> str:
    return reverse(f"admin:patients_finding_{page}", args=[finding.code])


def plan_page(client: Client, plan: Plan) -> str:
    return text_of(client.get(reverse("admin:patients_plan_change", args=[plan.code])))


def test_the_plan_says_what_was_found_with_its_source(cho: Client, block: Finding, plan: Plan) -> None:
    words = plan_page(cho, plan)
    assert "Stops the order Betaine HCl + ibuprofen R01" in words
    assert block.cite in words
    assert address(block) in cho.get(reverse("admin:patients_plan_change", args=[plan.code])).content.decode()


def test_a_draft_shows_what_would_be_found_and_keeps_nothing(
    cho: Client, assign_plan: Callable[..., Plan], angela: Patient
) -> None:
    draft = assign_plan(angela)
    put(draft, "Zinc", "60")
    assert "What the safety rules would find" in plan_page(cho, draft)
    assert "R15" in plan_page(cho, draft)
    assert not draft.findings.exists()


def test_assigning_and_activating_show_what_would_be_found(
    cho: Client, assign_plan: Callable[..., Plan], angela: Patient, version: TemplateVersion
) -> None:
    draft = assign_plan(angela)
    put(draft, "Zinc", "60")
    assert "R15" in text_of(cho.get(move_address(draft, "activate")))
    page = cho.get(reverse("admin:patients_patient_assign", args=[angela.code]))
    form = page.context["form"].initial
    answer = cho.post(
        reverse("admin:patients_patient_assign", args=[angela.code]),
        {"version": version.pk, "starts_on": TODAY, "practitioner": form["practitioner"], "nonce": form["nonce"]},
    )
    assert "What the safety rules would find" in text_of(answer)


def test_a_warning_is_acknowledged_on_its_page(cho: Client, warning: Finding, plan: Plan) -> None:
    assert "Acknowledge" in text_of(cho.get(address(warning)))
    page = cho.get(address(warning, "acknowledge"))
    revision = page.context["form"].initial["revision"]
    refused = cho.post(address(warning, "acknowledge"), {"revision": revision, "reason": ""})
    assert refused.status_code == 200
    answer = cho.post(address(warning, "acknowledge"), {"revision": revision, "reason": "Four weeks only."})
    assert answer.status_code == 302
    words = text_of(cho.get(address(warning)))
    assert "Acknowledged" in words
    assert "Four weeks only." in words
    assert "dr_cho" in words
    assert "Four weeks only." in plan_page(cho, plan)
    assert cho.post(address(warning, "withdraw"), {"revision": revision + 1, "reason": "No."}).status_code == 302
    warning.refresh_from_db()
    assert warning.status == "open"


def test_a_screen_that_is_old_decides_nothing(cho: Client, warning: Finding) -> None:
    Finding.objects.filter(pk=warning.pk).update(revision=7)
    answer = cho.post(address(warning, "acknowledge"), {"revision": 0, "reason": "Four weeks only."}, follow=True)
    assert "has just been changed" in text_of(answer)
    warning.refresh_from_db()
    assert warning.status == "open"


def test_nobody_is_offered_to_override_what_the_clinic_gives(cho: Client, block: Finding) -> None:
    words = text_of(cho.get(address(block)))
    assert "It is cleared by changing the order." in words
    assert "Write down the prescriber’s word" not in words
    assert cho.get(address(block, "file_override")).status_code == 403
    assert cho.get(address(block, "own_override")).status_code == 403


def test_a_prescribers_word_is_written_down(cho: Client, of_prescriber: Finding, dr_price: Prescriber) -> None:
    assert "overridden by Dr Price" in text_of(cho.get(address(of_prescriber)))
    said = {
        "revision": of_prescriber.revision,
        "prescriber": dr_price.code,
        "reason": "Nothing else helped.",
        "door": "telephone",
        "said_on": TODAY.isoformat(),
    }
    refused = cho.post(address(of_prescriber, "file_override"), said)
    assert "Read it back to the prescriber" in text_of(refused)
    assert cho.post(address(of_prescriber, "file_override"), said | {"is_read_back": "on"}).status_code == 302
    words = text_of(cho.get(address(of_prescriber)))
    assert "Dr Price (Telephone, 4 January 2027); written down by dr_cho" in words


def test_whoever_prescribes_it_here_shows_once_more_who_it_is(
    cho: Client, of_prescriber: Finding, dr_price: Prescriber, dr_cho: Any
) -> None:
    Prescriber.objects.filter(pk=dr_price.pk).update(
        user=dr_cho, email="", email_since=None, licence_number="4711", licensed_classes=["other"]
    )
    answer = cho.get(address(of_prescriber, "own_override"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/is-it-you/")


def test_an_assistant_reads_and_decides_nothing(assistant: Client, warning: Finding) -> None:
    words = text_of(assistant.get(address(warning)))
    assert "A practitioner of this clinic decides about it." in words
    assert "Acknowledge" not in words
    for page in ("acknowledge", "withdraw", "file_override"):
        assert assistant.get(address(warning, page)).status_code == 403
        assert assistant.post(address(warning, page), {"revision": 0, "reason": "x"}).status_code == 403


def test_a_stranger_finds_no_finding(dee: Client, warning: Finding) -> None:
    for page in ("change", "acknowledge", "withdraw", "file_override", "own_override"):
        assert dee.get(address(warning, page)).status_code == 404
    assert warning.code not in dee.get(reverse("admin:patients_finding_changelist")).content.decode()


def test_the_first_page_counts_what_waits(cho: Client, block: Finding, warning: Finding, dee: Client) -> None:
    words = text_of(cho.get(reverse("admin:index")))
    assert "Findings to decide" in words
    assert "1 finding stops an order · 1 warning" in words
    assert "Findings to decide" not in text_of(dee.get(reverse("admin:index")))


def test_the_list_narrows_to_what_waits(cho: Client, block: Finding, warning: Finding) -> None:
    listed = reverse("admin:patients_finding_changelist")
    Finding.objects.filter(pk=warning.pk).update(status="resolved")
    whole = cho.get(listed).content.decode()
    assert block.code in whole
    assert warning.code not in whole
    assert warning.code in cho.get(f"{listed}?state=resolved").content.decode()
    assert block.code in cho.get(f"{listed}?state=undecided&severity=BLOCK").content.decode()
    assert block.code not in cho.get(f"{listed}?severity=INFO").content.decode()


def test_the_plan_asks_the_database_as_often_for_many_findings(cho: Client, warning: Finding, plan: Plan) -> None:
    page = reverse("admin:patients_plan_change", args=[plan.code])

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert cho.get(page).status_code == 200
        return len(captured)

    count()
    few = count()
    for number in range(20):
        warning.pk, warning.code, warning.facts_key = None, f"FINDING{number:03}", f"{number}"
        warning._state.adding = True
        warning.save()
    assert count() == few


def test_an_old_screen_is_marked_by_a_revision(cho: Client, warning: Finding) -> None:
    assert hidden(cho.get(address(warning, "acknowledge")), "revision") == str(warning.revision)


def test_a_round_says_how_far_it_has_come(cho: Client, dee: Client, clinic: Clinic) -> None:
    SafetyRound.objects.create(clinic=clinic, edition="2027-01", plans=480, done=210, failed=2, started_at=NOON)
    said = "212 of 480 plans looked at; 2 could not be, and are tried again"
    for page in ("admin:patients_finding_changelist", "admin:patients_safetyround_changelist"):
        assert said in text_of(cho.get(reverse(page)))
        assert said not in text_of(dee.get(reverse(page)))
    code = SafetyRound.objects.get().code
    assert cho.get(reverse("admin:patients_safetyround_change", args=[code])).status_code == 302
    assert dee.get(reverse("admin:patients_safetyround_change", args=[code])).status_code == 404


def test_a_finding_about_a_taper_leads_to_it(cho: Client, plan: Plan, taper: Taper, angela: Patient, by: Actor) -> None:
    """An anti-inflammatory medicine while the PPI comes down: whether to hold it is decided on the taper."""
    record.add_medicine(angela, name="Naproxen", since=TODAY, source=SOURCE, by=by, at=NOON)
    row = plan.findings.get(rule="R37")
    assert row.stops == [taper.code]
    page = cho.get(address(row))
    assert "The taper of Omeprazole" in text_of(page)
    assert reverse("admin:patients_taper_change", args=[taper.code]) in page.content.decode()


def test_hours_that_a_day_does_not_keep_stand_on_the_first_page(cho: Client, dee: Client, plan: Plan) -> None:
    finding = Finding.objects.create(
        plan=plan,
        rule="R12",
        rule_version="1",
        facts_key="hours",
        severity="SPACE",
        text="Apart.",
        cite="A test.",
        mark="R",
        first_day=TODAY,
        opened_at=NOON,
    )
    title = "Hours apart that a day does not keep"
    page = text_of(cho.get(reverse("admin:index")))
    assert title in page
    assert "1 pair of things" in page
    assert title not in text_of(dee.get(reverse("admin:index")))
    finding.is_kept = True
    finding.save()
    assert title not in text_of(cho.get(reverse("admin:index")))
