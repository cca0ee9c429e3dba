"""The code: ten minutes, five tries, one browser, once; and the half hour that it opens."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from patients.models import LinkCode, SigningRequest
from tests.fixtures.personae import NOON
from tests.prescriber.visiting import NEUTRAL, Browser, another, said

OPEN = "Taper of Omeprazole"


@pytest.fixture
def code(visitor: Browser) -> str:
    """The code that dr_price was sent."""
    visitor.follow()
    return visitor.ask_code()


def test_it_goes_to_the_mailbox_that_the_link_came_to_and_tells_nothing(visitor: Browser, code: str) -> None:
    message = mail.outbox[-1]
    assert message.to == ["dr_price@example.org"]
    assert message.subject == "Your code"
    assert message.from_email.startswith("Your clinic <")
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    for words in (str(message.body), html):
        assert code in words
        for telling in ("Angela", "Lindenhof", "meprazole", "patient", "taper", "/prescriber/", visitor.request.code):
            assert telling not in words, telling


def test_it_is_stored_nowhere(visitor: Browser, code: str) -> None:
    row = LinkCode.objects.values().get()
    cookie = visitor.client.cookies[f"link-{visitor.request.code}"].value
    assert code not in str(row)
    assert row["browser_hash"] not in cookie


def test_it_opens_the_page_as_people_type_it(visitor: Browser, code: str) -> None:
    assert OPEN in said(visitor.post("open/", code=f" {code[:3]} {code[3:]} "))


@pytest.mark.parametrize(("seconds", "opens"), [(599, True), (600, False), (601, False)])
def test_it_lasts_ten_minutes(
    visitor: Browser, code: str, travel: time_machine.Traveller, seconds: int, opens: bool
) -> None:
    travel.move_to(NOON + timedelta(seconds=seconds), tick=False)
    page = said(visitor.post("open/", code=code))
    assert (OPEN in page) is opens
    assert ("This code is more than ten minutes old." in page) is not opens


def test_the_fifth_try_may_still_be_right(visitor: Browser, code: str) -> None:
    for left in ("4 more tries", "3 more tries", "2 more tries", "one more try"):
        assert f"That is not the code. Compare it with the newest message; you have {left}." in said(
            visitor.post("open/", code=another(code))
        )
    assert OPEN in said(visitor.post("open/", code=code))


@pytest.mark.parametrize("sixth", ["right", "wrong"])
def test_a_sixth_try_finds_a_dead_code(visitor: Browser, code: str, sixth: str) -> None:
    for _ in range(4):
        visitor.post("open/", code=another(code))
    assert "five tries are all it has. Have a new one sent." in said(visitor.post("open/", code=another(code)))
    page = said(visitor.post("open/", code=code if sixth == "right" else another(code)))
    assert "No code waits to be entered" in page
    assert OPEN not in page
    assert LinkCode.objects.get().wrong_tries == 5


def test_nothing_typed_is_a_wrong_try(visitor: Browser, code: str) -> None:
    assert "That is not the code." in said(visitor.post("open/", code=""))
    assert LinkCode.objects.get().wrong_tries == 1


def test_another_browser_cannot_use_it_nor_use_it_up(visitor: Browser, code: str) -> None:
    other = Browser(visitor.request)
    other.follow()
    for typed in (code, another(code)):
        page = said(other.post("open/", code=typed))
        assert "The newest code belongs to another browser" in page
        assert OPEN not in page
    assert LinkCode.objects.get().wrong_tries == 0
    assert OPEN in said(visitor.post("open/", code=code))
    assert OPEN not in other.text()


def test_it_works_once(visitor: Browser, code: str, travel: time_machine.Traveller) -> None:
    visitor.post("open/", code=code)
    other = Browser(visitor.request)
    other.follow()
    assert "No code waits to be entered" in said(other.post("open/", code=code))
    visitor.post("close/")
    visitor.follow()
    assert "No code waits to be entered" in said(visitor.post("open/", code=code))


def test_a_second_tap_on_the_button_finds_the_page_open(visitor: Browser, code: str) -> None:
    visitor.post("open/", code=code)
    assert OPEN in said(visitor.post("open/", code=code))


def test_a_newer_code_ends_the_one_before(visitor: Browser, code: str) -> None:
    newer = visitor.ask_code()
    if newer != code:
        assert "That is not the code." in said(visitor.post("open/", code=code))
    assert OPEN in said(visitor.post("open/", code=newer))


def test_a_code_asked_for_elsewhere_ends_the_one_before(visitor: Browser, code: str) -> None:
    other = Browser(visitor.request)
    other.follow()
    newer = other.ask_code()
    assert "The newest code belongs to another browser" in said(visitor.post("open/", code=code))
    assert OPEN in said(other.post("open/", code=newer))


def test_five_codes_an_hour_and_no_more(visitor: Browser, code: str, travel: time_machine.Traveller) -> None:
    for _ in range(4):
        visitor.post("code/")
    assert len(mail.outbox) == 5
    assert "Several codes were sent within the hour." in said(visitor.post("code/"))
    assert len(mail.outbox) == 5
    travel.move_to(NOON + timedelta(minutes=59, seconds=59), tick=False)
    visitor.post("code/")
    assert len(mail.outbox) == 5
    travel.move_to(NOON + timedelta(hours=1), tick=False)
    visitor.post("code/")
    assert len(mail.outbox) == 6


def test_a_mail_server_that_refuses_is_said_so_and_no_code_waits(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise OSError("refused")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    visitor.follow()
    page = said(visitor.post("code/"))
    assert "The code could not be sent just now. Try again in a few minutes." in page
    assert "Send me a code" in page
    assert LinkCode.objects.get().ended_at == NOON


def test_a_mail_server_that_refuses_uses_no_codes_up(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise OSError("refused")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        visitor.follow()
        for _ in range(19):
            assert "The code could not be sent just now." in said(visitor.post("code/"))
    visitor.open()
    assert OPEN in visitor.text()
    visitor.post("close/")
    visitor.follow()
    assert "Several codes were sent within the hour." in said(visitor.post("code/")), "twenty tries of sending"


def test_fifteen_codes_a_day_and_no_more(visitor: Browser, travel: time_machine.Traveller) -> None:
    visitor.follow()
    for hour in range(3):
        travel.move_to(NOON + timedelta(minutes=61 * hour), tick=False)
        visitor.follow()
        for _ in range(5):
            visitor.post("code/")
    assert len(mail.outbox) == 15
    travel.move_to(NOON + timedelta(hours=23, minutes=59), tick=False)
    visitor.follow()
    assert "As many codes were sent as are sent in a day." in said(visitor.post("code/"))
    travel.move_to(NOON + timedelta(hours=24), tick=False)
    visitor.follow()
    visitor.post("code/")
    assert len(mail.outbox) == 16


@pytest.mark.parametrize(("seconds", "is_open"), [(1799, True), (1800, False)])
def test_the_page_stays_open_for_half_an_hour(
    visitor: Browser, code: str, travel: time_machine.Traveller, seconds: int, is_open: bool
) -> None:
    entered = NOON + timedelta(minutes=3)
    travel.move_to(entered, tick=False)
    assert "Open until 12:33 (Europe/Berlin)" in said(visitor.post("open/", code=code))
    travel.move_to(entered + timedelta(seconds=seconds), tick=False)
    assert (OPEN in visitor.text()) is is_open
    assert (NEUTRAL in visitor.text()) is not is_open


def test_what_is_sent_after_half_an_hour_is_not_recorded(
    opened: Browser, travel: time_machine.Traveller, signing_request: SigningRequest
) -> None:
    shown = opened.agree()
    travel.move_to(NOON + timedelta(minutes=30), tick=False)
    page = said(opened.sign(shown))
    assert "The page was closed, as it is after 30 minutes. Nothing was recorded." in page
    assert NEUTRAL in page
    assert not signing_request.answers.exists()


def test_a_closed_page_needs_the_link_and_a_new_code(opened: Browser) -> None:
    assert "The page is closed" in said(opened.post("close/"))
    assert opened.get().status_code == 410
    assert NEUTRAL in said(opened.follow())
