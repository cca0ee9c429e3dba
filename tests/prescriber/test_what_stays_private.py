"""What a page carries besides its words, what stands in logs, and what a page costs."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from gutclinic.logs import WithoutSecrets
from patients.actor import acting_patient
from patients.models import Patient, SourceKind, Taper, UseKind
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import using
from patients.services.tapers.drawing_up import Draft
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day
from tests.prescriber.visiting import Browser, code_in_last_message

MOST_QUERIES = {"": 30, "letter/": 30, "running": 40, "door": 15}


def test_every_page_keeps_to_the_strict_policy_and_no_copy_is_kept(visitor: Browser) -> None:
    pages = [visitor.follow(), visitor.post("code/"), visitor.post("open/", code=code_in_last_message())]
    pages += [visitor.begin_edits(), visitor.agree(), visitor.get("letter/")]
    visitor.sign(visitor.agree())
    pages += [visitor.get(), visitor.post("revoke/", instruction="Go on.")]
    pages += [visitor.post("close/"), visitor.get()]
    for page in pages:
        policy = page["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in page["X-Robots-Tag"]
        assert page["Referrer-Policy"] == "same-origin"
        if page["Content-Type"] == "application/pdf":
            continue
        html = page.content.decode()
        assert "<script" not in html
        assert not re.search(r"\s(style|on\w+)=", html)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
        for name in re.findall(r'"/static/([^"]+)"', html):
            assert finders.find(name) is not None, name


def test_the_cookie_is_out_of_reach(visitor: Browser, settings: object) -> None:
    visitor.follow()
    cookie = visitor.client.cookies[f"link-{visitor.request.code}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/prescriber/")
    assert cookie["max-age"] == 7200


def test_over_https_the_cookie_stays_there(visitor: Browser, settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]
    visitor.follow()
    assert visitor.client.cookies[f"link-{visitor.request.code}"]["secure"] is True


def test_logs_have_codes_alone(visitor: Browser, caplog: pytest.LogCaptureFixture) -> None:
    """The whole journey, with what is refused on the way; and a fault of ours on the link itself."""
    caplog.handler.addFilter(WithoutSecrets())
    caplog.set_level(logging.DEBUG)
    secret = visitor.link.rpartition("-")[2].strip("/")
    Client().get(visitor.link + "more/")
    Client().get(f"/prescriber/{visitor.request.code}-{secret}0/", follow=True)
    Client().post(visitor.link)
    Client().put(visitor.link)
    visitor.follow()
    code = visitor.ask_code()
    visitor.post("open/", code="1")
    visitor.post("open/", code=code)
    visitor.sign(visitor.agree(text="A remark."))
    visitor.press(visitor.post("revoke/", instruction="Go on as before."), "revoke")
    logged = "\n".join(
        caplog.handler.format(record) for record in caplog.records if record.name != "django.db.backends"
    )
    assert f"Method Not Allowed (POST): /prescriber/{visitor.request.code}-…/" in logged
    for telling in (secret, code, "Angela", "Price", "example.org", "meprazole", "remark", "Go on", "Lindenhof"):
        assert telling not in logged, telling


def test_a_fault_of_ours_tells_the_log_no_secret(
    visitor: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: object) -> None:
        raise RuntimeError("planted")

    caplog.handler.addFilter(WithoutSecrets())
    monkeypatch.setattr("patients.prescriber.entering.request_of", break_down)
    client = Client(raise_request_exception=False)
    assert client.get(visitor.link).status_code == 500
    assert f"Internal Server Error: /prescriber/{visitor.request.code}-…/" in caplog.text
    assert visitor.link.rpartition("-")[2].strip("/") not in caplog.text


def test_the_letter_is_the_same_as_a_pdf_named_by_its_code(opened: Browser) -> None:
    letter = opened.get("letter/")
    assert letter["Content-Type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF")
    code = opened.request.version.code
    assert letter["Content-Disposition"] == f"attachment; filename=taper-{code}.pdf"


def test_somebody_who_is_signed_in_sees_no_more_than_anybody(opened: Browser, angela: Patient) -> None:
    client = Client()
    assert angela.user is not None
    client.force_login(angela.user)
    assert client.get(opened.at).status_code == 410


def test_pages_cost_the_same_however_much_is_on_them(
    send_draft: Callable[[Draft], Browser], angelas_draft: Draft, angela: Patient, by: Actor
) -> None:
    steps = [{"pattern": "daily", "amount": "30 mg", "days": 3} for _ in range(40)]
    recipe = {"method": "explicit", "steps": [*steps, {"pattern": "daily", "amount": "10 mg", "days": 3}]}
    visitor = send_draft(replace(angelas_draft, recipe=recipe, answers=angelas_draft.answers[:2]))
    few = {page: _cost(visitor, page) for page in ("", "letter/")}
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    for number in range(12):
        add_medicine(
            angela,
            name=f"Something {number}",
            amount=Amount.parse("10 mg"),
            pattern="daily",
            times_of_day=[Slot.EVENING],
            since=date(2020, 1, 1),
            source=source,
            by=by,
            at=NOON,
        )
    assert {page: _cost(visitor, page) for page in few} == few
    assert all(cost <= MOST_QUERIES[page] for page, cost in few.items()), few


def test_the_page_of_what_was_signed_costs_the_same_whatever_was_reported(
    signed: Browser, angela: Patient, by: Actor
) -> None:
    few = _cost(signed, "")
    for day in range(3):
        at = on_day(1 + day)
        using.report_use(Taper.objects.get(), kind=UseKind.FASTER, by=acting_patient(angela), at=at)
        using.report_red_flags(Taper.objects.get(), flags=["bloody-stool"], by=acting_patient(angela), at=at)
    assert _cost(signed, "") == few
    assert few <= MOST_QUERIES["running"], few


def test_the_neutral_page_costs_little(visitor: Browser) -> None:
    visitor.follow()
    cost = _cost(visitor, "")
    assert cost <= MOST_QUERIES["door"], cost


def _cost(visitor: Browser, page: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert visitor.get(page).status_code == 200
    return len(queries)
