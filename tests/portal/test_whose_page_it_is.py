"""The portal is for the patient alone; anybody else finds nothing, and is not told that there is something."""

from collections.abc import Callable

import pytest
from django.test import Client

from clinics.actor import Actor
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Intake, Patient, Plan
from patients.services import plan_moves
from protocols.domain.phases import EndReason
from tests.fixtures.personae import NOON, TODAY, make_patient, make_user
from tests.portal.conftest import AddOrder, SignedIn
from tests.portal.reading import text_of

TAP = {"doses": "ABCDEFGHJK.evening", "day": TODAY.isoformat()}


def test_the_patient_sees_the_own_page(plan: Plan, signed_in: SignedIn, angela: Patient) -> None:
    response = signed_in(angela.user).get(f"/portal/{angela.code}/")
    assert "Hello, Angela" in text_of(response.content.decode())


@pytest.mark.parametrize("address", ["", "tick/", "untick/"])
def test_nobody_else_finds_the_page(
    plan: Plan, signed_in: SignedIn, angela: Patient, ben: Patient, dr_cho: User, dr_dee: User, address: str
) -> None:
    """Staff of the clinic may see the patient, but in the admin."""
    root = make_user("operator_1@example.org")
    root.is_superuser = True
    root.save()
    for user in (ben.user, dr_cho, dr_dee, root):
        client = signed_in(user)
        path = f"/portal/{angela.code}/{address}"
        response = client.post(path, TAP) if address else client.get(path)
        assert response.status_code == 404, user
        assert "Angela" not in response.content.decode()
    assert Intake.objects.count() == 0


def test_a_strangers_404_is_the_404_of_a_page_that_never_was(
    plan: Plan, signed_in: SignedIn, angela: Patient, ben: Patient
) -> None:
    client = signed_in(ben.user)
    theirs, nobodys = client.get(f"/portal/{angela.code}/"), client.get("/portal/0000000000/")
    assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)


@pytest.mark.parametrize("address", ["", "tick/", "untick/"])
def test_whoever_is_not_signed_in_signs_in_first(plan: Plan, client: Client, angela: Patient, address: str) -> None:
    """And comes back to the page itself: a tap is never made by following a link."""
    path = f"/portal/{angela.code}/{address}"
    response = client.post(path, TAP) if address else client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/account/login/code/?next=/portal/{angela.code}/"
    assert Intake.objects.count() == 0


def test_a_draft_is_invisible(
    assign_plan: Callable[..., Plan], read_page: Callable[[Patient], str], angela: Patient
) -> None:
    assign_plan(angela)
    text = text_of(read_page(angela))
    assert "Your practitioner is preparing your plan." in text
    assert "Remove" not in text


def test_a_draft_that_was_given_up_was_never_a_plan(
    assign_plan: Callable[..., Plan], read_page: Callable[[Patient], str], angela: Patient, by: Actor
) -> None:
    plan = assign_plan(angela)
    plan_moves.revoke(plan, by=by, at=NOON, revision=0, end_reason=EndReason.CLINIC_ENDED_CARE)
    assert "Your practitioner is preparing your plan." in text_of(read_page(angela))


def test_a_plan_entered_in_error_is_invisible(
    plan: Plan, read_page: Callable[[Patient], str], angela: Patient, by: Actor
) -> None:
    plan_moves.enter_in_error(plan, by=by, at=NOON, revision=plan.revision, reason="Another Angela.")
    assert "Your practitioner is preparing your plan." in text_of(read_page(angela))


def test_working_in_the_clinic_shows_a_patient_no_more_of_the_own_plans(
    plan: Plan,
    assign_plan: Callable[..., Plan],
    read_page: Callable[[Patient], str],
    angela: Patient,
    clinic: Clinic,
    by: Actor,
) -> None:
    """In the admin such a patient sees drafts, and what was entered in error."""
    Membership.objects.create(user=angela.user, clinic=clinic, role=Role.PRACTITIONER.value, started_at=NOON)
    plan_moves.enter_in_error(plan, by=by, at=NOON, revision=plan.revision, reason="Another Angela.")
    assign_plan(angela, key="a-new-draft")
    assert Plan.objects.visible_to(angela.user).count() == 2
    assert "Your practitioner is preparing your plan." in text_of(read_page(angela))


def test_one_login_opens_two_records_each_under_its_own_address(
    plan: Plan, signed_in: SignedIn, angela: Patient, other_clinic: Clinic
) -> None:
    elsewhere = make_patient(other_clinic, "Angela")
    elsewhere.user = angela.user
    elsewhere.save()
    client = signed_in(angela.user)
    here, there = (text_of(client.get(f"/portal/{patient.code}/").content.decode()) for patient in (angela, elsewhere))
    assert "Remove · day 1 of 28" in here
    assert "Lindenhof practice" in here
    assert "Harbour practice" not in here
    assert "Your practitioner is preparing your plan." in there
    assert "Other plans" in here


def test_a_tap_under_one_record_never_reaches_the_other(
    plan: Plan, signed_in: SignedIn, angela: Patient, other_clinic: Clinic
) -> None:
    elsewhere = make_patient(other_clinic, "Angela")
    elsewhere.user = angela.user
    elsewhere.save()
    own = TAP | {"doses": f"{plan.orders.get(key='no-alcohol').code}.evening"}
    response = signed_in(angela.user).post(f"/portal/{elsewhere.code}/tick/", own, follow=True)
    assert "There is no plan to record this for." in text_of(response.content.decode())
    assert Intake.objects.count() == 0


def test_another_patients_orders_are_not_on_the_page(
    plan: Plan,
    activate_plan: Callable[..., Plan],
    read_page: Callable[[Patient], str],
    angela: Patient,
    ben: Patient,
    add_order: AddOrder,
) -> None:
    add_order(activate_plan(ben), name="Zinc for Ben")
    assert "Zinc for Ben" not in read_page(angela)
    assert "Zinc for Ben" in read_page(ben)


def test_a_patient_whose_login_is_closed_is_outside(plan: Plan, signed_in: SignedIn, angela: Patient) -> None:
    client = signed_in(angela.user)
    User.objects.filter(pk=angela.user_id).update(is_active=False)
    response = client.get(f"/portal/{angela.code}/")
    assert response.status_code == 302
