"""There is no password, and nobody signs up: whatever of that allauth offers has no address here."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from clinics.models import User
from patients.models import Patient
from tests.portal.codes import ASK, CONFIRM, ask, code_in_last_message, is_signed_in
from tests.portal.reading import text_of


def test_no_page_asks_for_a_password(client: Client, angela: Patient) -> None:
    pages = [client.get(ASK), ask(client, "angela@example.org"), Client().get("/account/signup/")]
    client.post(CONFIRM, {"code": code_in_last_message()})
    pages += [client.get("/account/logout/"), client.get("/account/inactive/")]
    for response in pages:
        assert response.status_code == 200
        assert 'type="password"' not in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/password/change/",
        "/account/password/set/",
        "/account/password/reset/",
        "/account/email/",
        "/account/confirm-email/",
        "/account/reauthenticate/",
        "/account/3rdparty/",
    ],
)
def test_pages_about_passwords_and_addresses_are_not_there(angela: Patient, path: str) -> None:
    client = Client()
    assert client.get(path).status_code == 404
    client.force_login(angela.user)
    assert client.get(path).status_code == 404
    assert client.post(path, {}).status_code == 404


def test_no_password_page_has_an_address() -> None:
    for name in ("account_change_password", "account_reset_password", "account_set_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_nobody_signs_up(client: Client, db: None) -> None:
    page = client.get("/account/signup/")
    assert "By invitation" in text_of(page.content.decode())
    client.post("/account/signup/", {"email": "stranger@example.org", "password1": "x" * 20})
    assert User.objects.count() == 0
    assert mail.outbox == []


def test_a_password_opens_nothing(client: Client, angela: Patient) -> None:
    """Not even where somebody has set one."""
    assert angela.user is not None
    angela.user.set_password("correct horse battery")
    angela.user.save()
    fields = {"login": "angela@example.org", "email": "angela@example.org", "password": "correct horse battery"}
    for path in ("/account/login/", "/account/login/?next=/", "/admin/login/", ASK):
        client.post(path, fields | {"username": "angela@example.org"})
        assert not is_signed_in(client), path


def test_the_old_address_of_the_sign_in_page_leads_on(client: Client, db: None) -> None:
    assert client.get("/account/login/?next=/admin/")["Location"] == "/account/login/code/?next=/admin/"
    assert client.get("/admin/")["Location"].startswith("/admin/login/?next=")
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/account/login/code/?next=%2Fadmin%2F"


def test_a_patient_does_not_get_into_the_workspace(client: Client, angela: Patient) -> None:
    client.force_login(angela.user)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert "may not open this page" in text_of(response.content.decode())
