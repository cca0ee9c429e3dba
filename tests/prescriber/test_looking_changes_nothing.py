"""A scanner of mail follows links, and so do previews: by looking alone nothing is written and nothing is sent."""

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from tests.prescriber.visiting import CLOSED, NEUTRAL, Browser, said

PAGES = ["", "letter/", "code/", "open/", "close/", "agree/", "edit/", "answer/", "hold/", "resume/", "revoke/"]


def everything() -> dict[str, list[object]]:
    """Every row of every table."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_the_link_changes_nothing(visitor: Browser, method: str) -> None:
    before = everything()
    for _ in range(3):
        scanner = Client()
        assert getattr(scanner, method)(visitor.link).status_code == 302
        for page in PAGES:
            assert getattr(scanner, method)(visitor.at + page, follow=True).status_code == 200, page
    assert everything() == before
    assert mail.outbox == []


@pytest.mark.parametrize("method", ["get", "head"])
def test_following_every_address_of_an_open_page_changes_nothing(opened: Browser, method: str) -> None:
    before, sent = everything(), len(mail.outbox)
    for page in PAGES:
        assert getattr(opened.client, method)(opened.at + page, follow=True).status_code == 200, page
    assert everything() == before
    assert len(mail.outbox) == sent


def test_looking_at_what_would_be_signed_changes_nothing(opened: Browser) -> None:
    before = everything()
    table = opened.begin_edits()
    opened.press(table, "add-1")
    opened.press(opened.press(table, "look", **{"step-0-days": "14"}), "change")
    opened.press(opened.agree(), "change")
    assert everything() == before


def test_what_the_link_first_shows_tells_nobody_anything(visitor: Browser) -> None:
    html = visitor.follow().content.decode()
    for telling in ("Angela", "Price", "Lindenhof", "meprazole", "taper", "dose", "example.org"):
        assert telling not in html, telling
    assert NEUTRAL in html


def test_a_stranger_gets_nothing_from_any_address(opened: Browser) -> None:
    """Whoever knows the address of a page, without having followed the link."""
    asked = [("get", page) for page in PAGES] + [("post", page) for page in PAGES[2:] if page != "close/"]
    for method, page in asked:
        response = getattr(Client(), method)(opened.at + page, follow=True)
        assert response.status_code == 410, page
        assert CLOSED in said(response)


def test_other_ways_of_asking_are_refused(opened: Browser) -> None:
    for page in PAGES:
        assert opened.client.put(opened.at + page).status_code == 405
        assert opened.client.delete(opened.at + page).status_code == 405
    assert opened.client.post(opened.link).status_code == 405
    assert opened.client.post(opened.at).status_code == 405


def test_another_site_can_do_nothing_in_somebodys_name(opened: Browser) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = opened.client.cookies
    before = everything()
    for page in PAGES[2:]:
        assert client.post(opened.at + page, {"then": "sign"}).status_code == 403, page
    assert everything() == before
