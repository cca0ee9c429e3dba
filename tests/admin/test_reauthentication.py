"""Before what nobody may do for somebody, they prove once more that it is them: by a code to their own address."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail import get_connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinics.models import User
from clinics.services.reauthentication import STATE, has_just_authenticated, way_to_reauthenticate
from tests.admin.conftest import text_of
from tests.fixtures.personae import make_user
from tests.portal.codes import ASK, CONFIRM

BACK = "/admin/clinics/prescriber/"


@pytest.fixture(autouse=True)
def no_earlier_attempts(db: None) -> None:
    """Rate limits count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def page() -> str:
    return way_to_reauthenticate(BACK)


def has_proved(client: Client, user: User, **more: int) -> bool:
    """What a page would be told that this browser asks for now."""
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = user
    return has_just_authenticated(request, at=timezone.now(), **more)


def send(client: Client, page: str) -> HttpResponse:
    return client.post(page, {"send": "1", "next": BACK}, follow=True)


def code_sent() -> str:
    found = re.search(r"^\d{4}-\d{4}$", str(mail.outbox[-1].body), re.M)
    assert found is not None
    return found[0]


def answer(client: Client, page: str, code: str) -> HttpResponse:
    return client.post(page, {"code": code, "next": BACK})


def test_a_session_without_a_fresh_proof_is_led_to_a_code_and_back(cho: Client, dr_cho: User, page: str) -> None:
    assert not has_proved(cho, dr_cho)
    assert "Is it you?" in text_of(cho.get(page))
    assert mail.outbox == [], "opening the page sends nothing"
    assert "We have sent a message to dr_cho@example.org" in text_of(send(cho, page))
    assert not has_proved(cho, dr_cho), "asking for a code proves nothing"
    assert answer(cho, page, code_sent())["Location"] == BACK
    assert has_proved(cho, dr_cho)


def test_the_proof_is_fresh_for_five_minutes(
    cho: Client, dr_cho: User, page: str, clock: time_machine.Traveller
) -> None:
    send(cho, page)
    answer(cho, page, code_sent())
    clock.shift(timedelta(minutes=5))
    assert has_proved(cho, dr_cho)
    clock.shift(timedelta(seconds=1))
    assert not has_proved(cho, dr_cho)
    assert has_proved(cho, dr_cho, within_minutes=10)


def test_whoever_has_just_signed_in_by_code_has_proved_it(
    client: Client, dr_cho: User, clock: time_machine.Traveller
) -> None:
    client.post(ASK, {"email": dr_cho.email})
    client.post(CONFIRM, {"code": code_sent()})
    assert has_proved(client, dr_cho)
    clock.shift(timedelta(minutes=5, seconds=1))
    assert not has_proved(client, dr_cho)


def test_the_proof_is_of_one_person_in_one_browser(
    cho: Client, dr_cho: User, page: str, sign_in: Callable[[User], Client]
) -> None:
    send(cho, page)
    elsewhere = sign_in(dr_cho)
    answer(elsewhere, page, code_sent())
    assert not has_proved(elsewhere, dr_cho)
    answer(cho, page, code_sent())
    assert has_proved(cho, dr_cho)
    assert not has_proved(cho, make_user("practitioner_2@example.org"))
    dr_cho.is_active = False
    assert not has_proved(cho, dr_cho)


def test_a_code_sent_to_somebody_else_is_no_proof(cho: Client, assistant_1: User, page: str) -> None:
    send(cho, page)
    code, kept = code_sent(), cho.session[STATE]
    cho.force_login(assistant_1)
    # Signing in as somebody else empties the session; even a session that kept it would prove nothing.
    session = cho.session
    session[STATE] = kept
    session.save()
    answer(cho, page, code)
    assert not has_proved(cho, assistant_1)


def test_a_wrong_code_is_refused_three_times_and_then_a_new_one_is_needed(cho: Client, dr_cho: User, page: str) -> None:
    send(cho, page)
    right = code_sent()
    for _ in range(2):
        assert "That is not the code." in text_of(answer(cho, page, "0000-000x"))
    words = text_of(answer(cho, page, ""))
    assert "This code works no more. Ask for a new one." in words
    assert "Send me a code" in words
    answer(cho, page, right)
    assert not has_proved(cho, dr_cho), "the right code is no longer right"


def test_a_code_ends_after_ten_minutes(cho: Client, dr_cho: User, page: str, clock: time_machine.Traveller) -> None:
    send(cho, page)
    clock.shift(timedelta(minutes=10, seconds=1))
    assert "This code works no more." in text_of(answer(cho, page, code_sent()))
    assert not has_proved(cho, dr_cho)


def test_a_code_works_once_and_a_new_one_ends_the_former(
    cho: Client, dr_cho: User, page: str, clock: time_machine.Traveller
) -> None:
    send(cho, page)
    first = code_sent()
    send(cho, page)
    assert "That is not the code." in text_of(answer(cho, page, first))
    answer(cho, page, code_sent())
    clock.shift(timedelta(minutes=6))
    assert "This code works no more." in text_of(answer(cho, page, code_sent()))
    assert not has_proved(cho, dr_cho)


@pytest.mark.parametrize("typed", ["{0}{1}", " {0} {1} ", "{0}-{1}"])
def test_a_code_may_be_typed_as_one_likes(cho: Client, dr_cho: User, page: str, typed: str) -> None:
    send(cho, page)
    answer(cho, page, typed.format(*code_sent().split("-")))
    assert has_proved(cho, dr_cho)


def test_it_never_leads_to_another_site(cho: Client) -> None:
    page = way_to_reauthenticate("https://evil.example.org/")
    assert "evil" not in cho.get(page).content.decode()
    send(cho, page)
    found = cho.post(page, {"code": code_sent(), "next": "https://evil.example.org/"})
    assert found["Location"] == "/"


def test_nobody_is_asked_who_is_not_signed_in(client: Client, page: str) -> None:
    assert client.get(page)["Location"].startswith(reverse("account_request_login_code"))
    client.post(page, {"send": "1"})
    assert mail.outbox == []


def test_the_message_is_neutral_and_the_code_stands_in_no_session(cho: Client, page: str) -> None:
    send(cho, page)
    message = mail.outbox[-1]
    assert (message.subject, message.to) == ("Your code", ["dr_cho@example.org"])
    told = f"{message.subject} {message.from_email} {message.body}".lower()
    for telling in ("lindenhof", "gut", "taper", "prescri", "sign ", "patient"):
        assert telling not in told
    stored = str(dict(cho.session.items()))
    assert code_sent() not in stored
    assert code_sent().replace("-", "") not in stored


def test_a_dead_mail_server_is_a_page_that_leads_back_here(
    cho: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(type(get_connection()), "send_messages", refuse)
        said = cho.post(page, {"send": "1", "next": BACK})
    assert said.status_code == 503
    assert f'href="{page}"' in said.content.decode()
    assert "Send me a code" in text_of(cho.get(page)), "no code is awaited that never went"


def test_nobody_is_flooded_with_codes(cho: Client, page: str) -> None:
    answers = [cho.post(page, {"send": "1", "next": BACK}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_codes_are_not_tried_without_end(cho: Client, dr_cho: User, page: str) -> None:
    send(cho, page)
    answers = [answer(cho, page, "0000-0000").status_code for _ in range(11)]
    assert answers[:10] == [200] * 10
    assert answers[10] == 429
