"""A list asks the database as often for thirty rows as for three."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import AddressKind, Clinic, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, confirm_address
from patients.models import Patient, Plan, SourceKind, Taper
from patients.services.record import add_medicine as record_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.models import Medicine
from protocols.services.medicines import add_medicine
from protocols.services.purchase_places import name_place
from protocols.services.supplement_checks import IngredientLine
from protocols.services.supplements import add_supplement
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON, TODAY, make_member, make_patient, make_version
from tests.fixtures.records import make_record
from tests.fixtures.supplements import OWN_INGREDIENTS, OWN_SUPPLEMENT

BUDGETS = {
    "admin:index": 22,
    "admin:patients_patient_changelist": 12,
    "admin:patients_plan_changelist": 12,
    "admin:patients_reminder_changelist": 12,
    "admin:protocols_protocoltemplate_changelist": 12,
    "admin:protocols_templateversion_changelist": 12,
    "admin:protocols_medicine_changelist": 12,
    "admin:protocols_supplement_changelist": 12,
    "admin:clinics_membership_changelist": 12,
    "admin:clinics_prescriber_changelist": 12,
}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def grow(
    clinic: Clinic, activate_plan: Callable[..., Plan], assign_plan: Callable[..., Plan], by: Any
) -> Callable[[int], None]:
    """Add patients in every state, colleagues, protocols, medicines and supplements: grow(3)."""
    numbers = iter(range(1000))

    def add(count: int) -> None:
        for _ in range(count):
            number = next(numbers)
            patient = make_patient(clinic, f"Patient {number:03d}", email=f"patient_{number:03d}@example.org")
            activate_plan(patient, starts_on=TODAY - timedelta(days=28 + number % 5))
            assign_plan(patient, key=f"draft {number}")
            make_member(clinic, f"assistant_{100 + number}@example.org", Role.ASSISTANT)
            make_version(clinic, publish_by=by, title=f"Protocol {number:03d}")
            add_medicine(
                clinic=clinic,
                facts=OWN | {"name": f"Medicine {number:03d}"},
                strengths=strengths("5 mg", "10 mg"),
                by=by,
                at=NOON,
            )
            add_supplement(
                clinic=clinic,
                facts=OWN_SUPPLEMENT | {"name": f"Supplement {number:03d}"},
                ingredients=OWN_INGREDIENTS,
                by=by,
                at=NOON,
            )
            prescriber = add_prescriber(
                clinic, name=f"Dr {number:03d}", email=f"dr_{number:03d}@example.org", by=by, at=NOON
            )
            confirm_address(prescriber, AddressKind.EMAIL, register="NPI", number="1", by=by, at=NOON)

    return add


@pytest.mark.parametrize("name", BUDGETS)
def test_a_list_does_not_ask_more_for_more_rows(
    name: str, grow: Callable[[int], None], clinic: Clinic, dr_cho: User, sign_in: Callable[[User], Client]
) -> None:
    manager = make_member(clinic, "dr_eve@example.org", Role.PRACTITIONER, Role.CLINIC_ADMIN)
    client = sign_in(manager)
    grow(3)
    client.get(reverse(name))
    few = queries(client, reverse(name))
    grow(27)
    many = queries(client, reverse(name))
    assert few == many
    assert many <= BUDGETS[name]


def test_the_plan_page_asks_a_bounded_number_of_times(cho: Client, plan: Plan) -> None:
    assert queries(cho, reverse("admin:patients_plan_change", args=[plan.code])) <= 20


def test_the_page_of_a_draft_asks_no_more_for_more_orders(
    cho: Client, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whether it may be published is checked part by part, and asks for each: that is not what is counted here.
    monkeypatch.setattr("protocols.admin.version.problems_of", lambda version: [])
    draft = make_version(clinic, publish_by=None, title="Draft")
    address = reverse("admin:protocols_templateversion_change", args=[draft.code])
    queries(cho, address)
    few = queries(cho, address)
    template = draft.orders.get(key="no-alcohol")
    for number in range(10):
        template.pk, template.key = None, f"order-{number}"
        template._state.adding = True
        template.save()
    assert queries(cho, address) == few


def test_the_patient_page_asks_no_more_for_a_longer_record(cho: Client, angela: Patient, by: Actor) -> None:
    address = reverse("admin:patients_patient_change", args=[angela.code])
    whole = reverse("admin:patients_patient_record", args=[angela.code])
    make_record(angela, by=by)
    queries(cho, address)
    few, few_in_all = queries(cho, address), queries(cho, whole)
    for _ in range(5):
        make_record(angela, by=by)
    assert queries(cho, address) == few <= 25
    assert queries(cho, whole) == few_in_all <= 20


def test_choosing_a_medicine_to_taper_asks_no_more_for_more_of_them(
    cho: Client, plan: Plan, angela: Patient, taper: Taper, omeprazole: Medicine, by: Actor
) -> None:
    """Some are being tapered, some have a prescriber, some were bought without a prescription."""
    address = reverse("admin:patients_plan_taper", args=[plan.code])
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    use = taper.reduces
    queries(cho, address)

    def more() -> None:
        for prescriber in (use.prescriber, None):
            record_medicine(
                angela,
                medicine=omeprazole,
                amount=Amount.parse("20 mg"),
                prescriber=prescriber,
                is_bought_without_prescription=prescriber is None,
                source=source,
                by=by,
                at=NOON,
            )

    more()
    few = queries(cho, address)
    for _ in range(5):
        more()
    assert queries(cho, address) == few <= 20


def test_the_page_of_a_supplement_asks_no_more_for_more_ingredients_and_places(
    cho: Client, clinic: Clinic, by: Actor
) -> None:
    lines = [IngredientLine(f"strain {number}") for number in range(20)]
    few, many = (
        add_supplement(
            clinic=clinic, facts=OWN_SUPPLEMENT | {"name": f"With {count}"}, ingredients=lines[:count], by=by, at=NOON
        )
        for count in (1, 20)
    )
    for number in range(5):
        name_place(many, clinic=clinic, where=f"Shop {number}", financial_interest="none", by=by, at=NOON)
    pages = [reverse("admin:protocols_supplement_change", args=[row.code]) for row in (few, many)]
    queries(cho, pages[0])
    assert queries(cho, pages[0]) == queries(cho, pages[1]) <= 14
