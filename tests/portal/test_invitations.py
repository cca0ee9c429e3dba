"""Opening the house by an invitation: looking uses nothing up, one tap does, and only once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Membership, StaffInvitation, User
from clinics.roles import Role
from clinics.services.staff import invite_staff
from gutclinic.logs import WithoutSecrets
from patients.models import Patient, PortalInvitation
from patients.services.portal_access import invite_patient
from tests.fixtures.personae import NOON, make_member, make_patient
from tests.portal.reading import text_of

pytestmark = pytest.mark.usefixtures("travel")


@pytest.fixture
def patient_017(clinic: Clinic) -> Patient:
    return make_patient(clinic, "Somebody")


@pytest.fixture
def link(patient_017: Patient, by: Actor) -> str:
    invitation, secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    return f"/portal/invitation/{invitation.code}/{secret}/"


@pytest.fixture
def staff_link(clinic: Clinic) -> str:
    admin = staff_in(clinic, make_member(clinic, "admin_1@example.org", Role.CLINIC_ADMIN))
    invitation, secret = invite_staff(
        clinic,
        email="assistant_2@example.org",
        name="Helper",
        roles=[Role.ASSISTANT, Role.PRACTITIONER],
        by=admin,
        at=NOON,
    )
    return f"/join/{invitation.code}/{secret}/"


def earlier_login(email: str) -> User:
    """Somebody who could sign in before the invitation was accepted."""
    return User.objects.create_user(email, joined_at=NOON - timedelta(days=30), zone="Europe/Berlin")


def signed_in_as(client: Client) -> str | None:
    found = client.session.get("_auth_user_id")
    return User.objects.get(pk=found).email if found else None


def test_a_tap_signs_the_patient_in_and_leads_to_the_portal(client: Client, link: str, patient_017: Patient) -> None:
    response = client.post(link, follow=True)
    assert response.redirect_chain[-1][0] == f"/portal/{patient_017.code}/"
    assert "Hello, Somebody" in text_of(response.content.decode())
    assert signed_in_as(client) == "patient_017@example.org"


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_of_mail_uses_nothing_up(client: Client, link: str, method: str) -> None:
    for _ in range(3):
        response = getattr(Client(), method)(link)
        assert response.status_code == 200
    assert PortalInvitation.objects.get().used_at is None
    assert User.objects.filter(email="patient_017@example.org").count() == 0
    assert client.post(link).status_code == 302


def test_the_page_before_the_tap_names_nobody(client: Client, link: str) -> None:
    """Whoever has the link may look at it."""
    html = client.get(link).content.decode()
    for name in ("Somebody", "Lindenhof", "patient_017"):
        assert name not in html
    assert html.count("<button") == 1


def test_a_link_works_once(client: Client, link: str) -> None:
    client.post(link)
    for response in (Client().get(link), Client().post(link)):
        assert response.status_code == 410
        text = text_of(response.content.decode())
        assert "This invitation has ended" in text
        assert "If you have accepted it before, simply sign in." in text


def test_a_link_ends_after_a_week(client: Client, link: str, travel: time_machine.Traveller) -> None:
    travel.move_to(NOON + timedelta(days=7), tick=False)
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 410
        assert "ask your clinic for a new invitation" in text_of(response.content.decode())
    assert signed_in_as(client) is None


@pytest.mark.parametrize(("whole", "broken"), [(r".{5}/$", "/"), ("/invitation/", "/invitation/X")])
def test_a_link_that_is_not_whole_says_the_same_as_one_that_ended(
    client: Client, link: str, whole: str, broken: str
) -> None:
    response = client.get(re.sub(whole, broken, link))
    assert response.status_code == 410


def test_a_refused_link_is_logged_without_its_secret(
    client: Client, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(WithoutSecrets())
    User.objects.create_user("patient_017@example.org", joined_at=NOON, zone="Europe/Berlin", is_active=False)
    assert client.post(link).status_code == 409
    *_, code, secret, _ = link.split("/")
    assert secret not in caplog.text
    assert f"/portal/invitation/{code}/…/" in caplog.text


def test_the_console_leaves_secrets_out() -> None:
    handlers = settings.LOGGING["handlers"].values()
    filters = settings.LOGGING["filters"]
    assert all(filters[name]["()"] == "gutclinic.logs.WithoutSecrets" for h in handlers for name in h["filters"])
    assert all(handler["filters"] for handler in handlers)


def test_another_site_cannot_accept(link: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(link).status_code == 403
    assert PortalInvitation.objects.get().used_at is None


def test_other_ways_of_asking_are_refused(client: Client, link: str) -> None:
    assert client.put(link).status_code == 405
    assert client.delete(link).status_code == 405


def test_an_existing_login_takes_a_code(client: Client, link: str, patient_017: Patient) -> None:
    """It may open other records, and whoever invited may have seen the link."""
    user = earlier_login("patient_017@example.org")
    response = client.post(link)
    assert response["Location"] == f"/account/login/code/?next=/portal/{patient_017.code}/"
    assert signed_in_as(client) is None
    page = client.get(response["Location"]).content.decode()
    assert "Accepted. Please sign in with the address that the invitation was sent to." in text_of(page)
    patient_017.refresh_from_db()
    assert patient_017.user == user


def test_an_existing_login_that_is_signed_in_goes_straight_on(client: Client, link: str, patient_017: Patient) -> None:
    client.force_login(earlier_login("patient_017@example.org"))
    assert client.post(link)["Location"] == f"/portal/{patient_017.code}/"


def test_accepting_on_a_screen_where_somebody_else_is_signed_in_signs_them_out(
    client: Client, link: str, angela: Patient
) -> None:
    client.force_login(angela.user)
    client.post(link)
    assert signed_in_as(client) == "patient_017@example.org"


def test_a_stranger_who_is_signed_in_does_not_stay_so_before_an_existing_login(
    client: Client, link: str, angela: Patient
) -> None:
    earlier_login("patient_017@example.org")
    client.force_login(angela.user)
    client.post(link)
    assert signed_in_as(client) is None


def test_an_address_that_signs_in_for_somebody_else_is_refused_with_a_sentence(
    client: Client, patient_017: Patient, clinic: Clinic, by: Actor
) -> None:
    """A couple shares an address: the first to accept has the login."""
    other = make_patient(clinic, "Partner")
    links = []
    for patient in (patient_017, other):
        invitation, secret = invite_patient(patient, email="both@example.org", by=by, at=NOON)
        links.append(f"/portal/invitation/{invitation.code}/{secret}/")
    client.post(links[0])
    response = Client().post(links[1])
    assert response.status_code == 409
    assert "signs in with this address" in text_of(response.content.decode())
    assert PortalInvitation.objects.get(patient=other).used_at is None


def test_a_closed_login_is_refused_with_a_sentence(client: Client, link: str, staff_link: str) -> None:
    for email in ("patient_017@example.org", "assistant_2@example.org"):
        User.objects.create_user(email, joined_at=NOON, zone="Europe/Berlin", is_active=False)
    for address in (link, staff_link):
        response = client.post(address)
        assert response.status_code == 409
        assert "This address belongs to a login that was closed." in text_of(response.content.decode())
    assert signed_in_as(client) is None


def test_staff_accept_and_go_to_work(client: Client, staff_link: str, clinic: Clinic) -> None:
    text = text_of(client.get(staff_link).content.decode())
    assert "Lindenhof practice invites you to work there as practitioner and assistant." in text
    response = client.post(staff_link)
    assert response["Location"] == "/admin/"
    user = User.objects.get(email="assistant_2@example.org")
    assert signed_in_as(client) == user.email
    assert set(Membership.objects.of(user).values_list("role", flat=True)) == {"assistant", "practitioner"}


def test_a_staff_link_works_once_and_looking_uses_nothing_up(client: Client, staff_link: str) -> None:
    for _ in range(3):
        assert Client().get(staff_link).status_code == 200
    assert StaffInvitation.objects.get().used_at is None
    client.post(staff_link)
    assert Client().post(staff_link).status_code == 410


def test_a_staff_link_ends_after_a_week(client: Client, staff_link: str, travel: time_machine.Traveller) -> None:
    travel.move_to(NOON + timedelta(days=7), tick=False)
    assert client.post(staff_link).status_code == 410
    assert Membership.objects.count() == 1


def test_staff_with_a_login_take_a_code(client: Client, staff_link: str) -> None:
    earlier_login("assistant_2@example.org")
    assert client.post(staff_link)["Location"] == "/account/login/code/?next=/admin/"
    assert signed_in_as(client) is None
