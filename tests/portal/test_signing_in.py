"""Signing in by a code that is sent by email: no password anywhere, nobody signs up, no address is given away."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from clinics.models import Clinic, User
from patients.models import Patient
from tests.fixtures.personae import NOON
from tests.portal.codes import ASK, CONFIRM, ask, code_in_last_message, is_signed_in
from tests.portal.reading import text_of


def test_a_code_opens_the_portal(client: Client, angela: Patient) -> None:
    ask(client, "angela@example.org")
    response = client.post(CONFIRM, {"code": code_in_last_message()}, follow=True)
    assert response.redirect_chain[-1][0] == f"/portal/{angela.code}/"
    assert "Hello, Angela" in text_of(response.content.decode())


@pytest.mark.parametrize("typed", ["{0}{1}", " {0} {1} ", "{0}-{1}"])
def test_a_code_may_be_typed_as_one_likes(client: Client, angela: Patient, typed: str) -> None:
    ask(client, "Angela@Example.ORG")
    client.post(CONFIRM, {"code": typed.format(*code_in_last_message().split("-"))})
    assert is_signed_in(client)


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client, angela: Patient, dr_cho: User) -> None:
    wanted = f"/portal/{angela.code}/"
    page = client.get(wanted, follow=True).content.decode()
    assert f'name="next" value="{wanted}"' in page
    response = ask(client, "angela@example.org", next=wanted)
    assert f'name="next" value="{wanted}"' in response.content.decode()
    response = client.post(CONFIRM, {"code": code_in_last_message(), "next": wanted})
    assert response["Location"] == wanted


def test_signing_in_never_leads_to_another_site(client: Client, angela: Patient) -> None:
    ask(client, "angela@example.org", next="https://evil.example.org/")
    response = client.post(CONFIRM, {"code": code_in_last_message(), "next": "https://evil.example.org/"})
    assert response["Location"] == "/"


def test_the_message_is_neutral_and_from_a_neutral_sender(
    client: Client, angela: Patient, clinic: Clinic, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Lindenhof Gut Clinic <notes@clinic.example.org>"
    ask(client, "angela@example.org")
    message = mail.outbox[-1]
    assert message.subject == "Your sign-in code"
    assert message.from_email == "Your clinic <notes@clinic.example.org>"
    assert message.to == ["angela@example.org"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    told = f"{message.subject} {message.from_email} {message.body}".lower()
    for telling in ("gut", "lindenhof", "angela@", "127.0.0.1", "localhost", "testserver", "phase", "patient"):
        assert telling not in told


def test_a_code_is_not_in_the_subject(client: Client, angela: Patient) -> None:
    """Subjects stand on locked screens."""
    ask(client, "angela@example.org")
    assert not re.search(r"\d", mail.outbox[-1].subject)


def test_a_wrong_code_is_refused_three_times_and_then_kindly_stopped(client: Client, angela: Patient) -> None:
    ask(client, "angela@example.org")
    right = code_in_last_message()
    for _ in range(2):
        text = text_of(client.post(CONFIRM, {"code": "0000-000x"}).content.decode())
        assert "That is not the code. Look for the newest message and type its code again." in text
    response = client.post(CONFIRM, {"code": "0000-000x"}, follow=True)
    text = text_of(response.content.decode())
    assert "so this stops here to keep you safe" in text
    assert "Email address" in text
    client.post(CONFIRM, {"code": right})
    assert not is_signed_in(client), "the right code is no longer right"


def test_a_code_ends_after_ten_minutes(client: Client, angela: Patient) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        ask(client, "angela@example.org")
        traveller.shift(timedelta(minutes=10, seconds=1))
        client.post(CONFIRM, {"code": code_in_last_message()})
    assert not is_signed_in(client)


def test_a_code_works_once(client: Client, angela: Patient) -> None:
    ask(client, "angela@example.org")
    code = code_in_last_message()
    client.post(CONFIRM, {"code": code})
    client.post("/account/logout/")
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_a_code_works_only_in_the_browser_that_asked(client: Client, angela: Patient) -> None:
    ask(client, "angela@example.org")
    elsewhere = Client()
    elsewhere.post(CONFIRM, {"code": code_in_last_message()})
    assert not is_signed_in(elsewhere)


def test_an_unknown_address_looks_like_a_known_one(client: Client, angela: Patient) -> None:
    def without_what_differs(response: HttpResponse, email: str) -> str:
        html = response.content.decode().replace(email, "ADDRESS")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)

    known = ask(client, "angela@example.org")
    stranger = Client()
    unknown = ask(stranger, "stranger@example.org")
    assert known.redirect_chain == unknown.redirect_chain
    assert without_what_differs(known, "angela@example.org") == without_what_differs(unknown, "stranger@example.org")
    for _ in range(2):
        wrong = stranger.post(CONFIRM, {"code": "0000-0000"})
        assert "That is not the code." in text_of(wrong.content.decode())
    assert not is_signed_in(stranger)
    assert len(mail.outbox) == 2, "a message each, so that both take as long"


def test_a_message_to_an_unknown_address_tells_nothing_either(client: Client, db: None) -> None:
    ask(client, "stranger@example.org")
    message = mail.outbox[-1]
    assert message.subject == "About signing in"
    assert "Nobody signs in with this address" in message.body
    assert "http" not in message.body
    assert not re.search(r"\d{4}", message.body)


def test_a_closed_login_is_treated_as_unknown(client: Client, angela: Patient) -> None:
    User.objects.filter(pk=angela.user_id).update(is_active=False)
    ask(client, "angela@example.org")
    assert mail.outbox[-1].subject == "About signing in"


def test_a_login_that_is_closed_meanwhile_is_told_so(client: Client, angela: Patient) -> None:
    ask(client, "angela@example.org")
    User.objects.filter(pk=angela.user_id).update(is_active=False)
    response = client.post(CONFIRM, {"code": code_in_last_message()}, follow=True)
    assert "Sign-in is closed" in text_of(response.content.decode())
    assert not is_signed_in(client)


def test_typing_the_code_proves_the_address(client: Client, dr_cho: User) -> None:
    """Nothing more is asked of a login that was made without an invitation."""
    assert not EmailAddress.objects.filter(user=dr_cho).exists()
    ask(client, "dr_cho@example.org")
    response = client.post(CONFIRM, {"code": code_in_last_message()})
    assert is_signed_in(client)
    assert response["Location"] == "/"
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("where", ["as configured", "in the database"])
def test_asking_again_and_again_is_slowed_down(client: Client, angela: Patient, settings: Settings, where: str) -> None:
    """Without Redis the database counts, so that every process knows of it."""
    if where == "in the database":
        settings.CACHES = {
            "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}
        }
        call_command("createcachetable")
    cache.clear()
    for _ in range(3):
        ask(Client(), "angela@example.org")
    text = text_of(ask(Client(), "angela@example.org").content.decode())
    assert "Wait a minute, then ask for a new code." in text
    assert len(mail.outbox) == 3
    assert "Type in your code" in text_of(ask(client, "ben@example.org").content.decode()), "others may"


def test_a_clinic_behind_a_proxy_does_not_share_one_limit(db: None, settings: Settings) -> None:
    """Nobody escapes by telling the proxy stories: only what the proxy itself adds is believed."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def try_from(address: str, number: int) -> str:
        response = Client().post(
            ASK, {"email": f"{number}@example.org"}, follow=True, headers={"X-Forwarded-For": address}
        )
        return text_of(response.content.decode())

    for number in range(20):
        assert "Type in your code" in try_from(f"198.51.100.{number}, 203.0.113.7", number)
    assert "Wait a minute" in try_from("198.51.100.99, 203.0.113.7", 20)
    assert "Type in your code" in try_from("203.0.113.8", 21)


def test_a_dead_mail_server_is_a_sentence(client: Client, angela: Patient, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answers = []
    for email in ("angela@example.org", "stranger@example.org"):
        response = ask(Client(), email)
        assert response.status_code == 503
        assert "No message could be sent" in text_of(response.content.decode())
        answers.append(response.content)
    assert answers[0] == answers[1], "and it is the same sentence for everybody"


@pytest.mark.parametrize("email", ["", "angela", "angela@", "a" * 400 + "@example.org", "angela@example.org\x00"])
def test_what_is_no_address_is_said_beside_the_field(client: Client, db: None, email: str) -> None:
    html = client.post(ASK, {"email": email}).content.decode()
    assert 'aria-invalid="true" aria-describedby="id_email_error"' in html
    assert mail.outbox == []


def test_signing_out_takes_a_tap(client: Client, angela: Patient) -> None:
    client.force_login(angela.user)
    page = client.get("/account/logout/")
    assert "Sign out?" in text_of(page.content.decode())
    assert is_signed_in(client)
    response = client.post("/account/logout/", follow=True)
    assert not is_signed_in(client)
    assert "You are signed out." in text_of(response.content.decode())


def test_another_address_can_be_typed_after_a_slip(client: Client, angela: Patient) -> None:
    ask(client, "angle@example.org")
    assert client.get(ASK)["Location"] == CONFIRM, "a pending code holds the page"
    response = client.post("/account/logout/", {"next": "/account/login/"}, follow=True)
    assert "Email address" in text_of(response.content.decode())
    ask(client, "angela@example.org")
    client.post(CONFIRM, {"code": code_in_last_message()})
    assert is_signed_in(client)
