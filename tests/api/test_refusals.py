"""Whatever is sent, a refusal has the one shape."""

import json

import pytest
from django.test import Client, override_settings
from rest_framework.throttling import UserRateThrottle

from patients.models import Plan
from tests.api.conftest import Program, refusal


def send(program: Program, plan: Plan, body: bytes, content_type: str = "application/json") -> object:
    return program.client.post(f"/api/plans/{plan.code}/hold/", body, content_type=content_type)


@pytest.mark.parametrize(
    "body", [b"{", b"{'revision': 1}", b"\xff\xfe\xff", b'{"revision": NaN}', b"[" * 100_000, b'{"revision": 1}}']
)
def test_what_is_no_json_is_refused(body: bytes, plan: Plan, cho: Program) -> None:
    assert refusal(send(cho, plan, body)) == (400, "parse_error", "")  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b"[1, 2]"])
def test_json_that_is_no_object_is_refused(body: bytes, plan: Plan, cho: Program) -> None:
    assert refusal(send(cho, plan, body)) == (422, "invalid_request", "")  # type: ignore[arg-type]


def test_no_body_at_all_is_asked_for_its_fields(plan: Plan, cho: Program) -> None:
    assert refusal(send(cho, plan, b"")) == (422, "invalid_request", "revision")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"]
)
def test_what_does_not_say_that_it_is_json_is_refused(content_type: str, plan: Plan, cho: Program) -> None:
    answer = send(cho, plan, b'{"revision": 1}', content_type)
    assert refusal(answer) == (415, "unsupported_media_type", "")  # type: ignore[arg-type]


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_more_than_any_request_needs_is_refused(plan: Plan, cho: Program) -> None:
    assert refusal(cho.move(plan, "hold", reason="x" * 100)) == (413, "too_large", "")


def test_a_field_that_there_is_not_is_refused_by_its_name(plan: Plan, cho: Program) -> None:
    answer = cho.move(plan, "hold", raeson="A slip.")
    assert refusal(answer) == (422, "invalid_request", "raeson")
    plan.refresh_from_db()
    assert plan.status == "active"


@pytest.mark.parametrize("name", ["\ud800", "\0", "", "a" * 10_000, "non_field_errors", "revision.x"])
def test_any_name_can_be_said_back(name: str, plan: Plan, cho: Program) -> None:
    answer = send(cho, plan, json.dumps({"revision": plan.revision, name: 1}).encode())
    assert refusal(answer)[:2] == (422, "invalid_request")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["\ud800", "\ud800 mg", "\0"])
def test_any_text_can_be_said_back(text: str, plan: Plan, cho: Program) -> None:
    order = plan.orders.get(key="enzymes").code
    assert refusal(cho.move(plan, "activate", amounts={order: text}))[2] == f"amounts.{order}"
    assert refusal(cho.move(plan, "activate", amounts={text: "1 mg"}))[0] in {409, 422}
    assert refusal(cho.move(plan, "hold", reason=text)) == (422, "invalid_request", "reason")


def test_other_methods_are_refused(plan: Plan, cho: Program) -> None:
    for method in (cho.client.put, cho.client.patch, cho.client.delete):
        answer = method(f"/api/plans/{plan.code}/", {}, content_type="application/json")
        assert refusal(answer) == (405, "method_not_allowed", "")
    assert refusal(cho.client.get(f"/api/plans/{plan.code}/hold/")) == (405, "method_not_allowed", "")


def test_an_address_that_there_is_not_is_refused(cho: Program, client: Client) -> None:
    assert refusal(cho.get("clinics/")) == (404, "not_found", "")
    assert refusal(cho.post("plans/one/two/three/four/five/")) == (404, "not_found", "")
    assert refusal(client.get("/api/clinics/")) == (401, "not_authenticated", "")


def test_who_accepts_no_json_is_told(cho: Program) -> None:
    answer = cho.client.get("/api/plans/", headers={"accept": "text/html"})
    assert refusal(answer) == (406, "not_acceptable", "")


@override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}})
def test_too_many_requests_are_refused_for_a_while(cho: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    assert [cho.get("plans/").status_code for _ in range(2)] == [200, 200]
    answer = cho.get("plans/")
    assert refusal(answer) == (429, "throttled", "")
    assert answer["Retry-After"] == "60"
    assert answer.json()["error"]["text"] == "Too many requests. Ask again in 60 seconds."
