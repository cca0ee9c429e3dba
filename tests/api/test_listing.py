"""Lists: what stands in them, filters, pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.pagination import PageNumberPagination

from clinics.actor import Actor
from clinics.models import Clinic, User
from patients.models import Patient, Plan
from protocols.models import TemplateVersion
from protocols.services.templates import draft_from
from tests.api.conftest import Program, refusal
from tests.fixtures.personae import NOON, TODAY, make_patient


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["results"]]


def test_a_plan_in_the_list(plan: Plan, version: TemplateVersion, dr_cho: User, cho: Program) -> None:
    assert cho.get("plans/").json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "code": plan.code,
                "patient": plan.patient.code,
                "protocol_version": version.code,
                "practitioner": dr_cho.code,
                "title": "Five phases",
                "status": "active",
                "starts_on": "2027-01-04",
                "ended_on": None,
                "end_reason": "",
                "revision": plan.revision,
            }
        ],
    }


def test_plans_are_listed_by_status_and_by_patient(
    plan: Plan, ben: Patient, assign_plan: Callable[..., Plan], cho: Program
) -> None:
    bens = assign_plan(ben, starts_on=TODAY + timedelta(days=1))
    assert codes(cho.get("plans/")) == [bens.code, plan.code]
    assert codes(cho.get("plans/", status="draft")) == [bens.code]
    assert codes(cho.get("plans/", status="active")) == [plan.code]
    assert codes(cho.get("plans/", status="revoked")) == []
    assert codes(cho.get("plans/", patient=plan.patient.code)) == [plan.code]
    assert codes(cho.get("plans/", patient=plan.patient.code, status="draft")) == []
    assert codes(cho.get("plans/", patient="aaaaaaaaaa")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "running"}, "status"),
        ({"status": ""}, "status"),
        ({"status": "\ud800"}, "status"),
        ({"stauts": "active"}, "stauts"),
        ({"patient": "\0"}, "patient"),
        ({"patient": "a" * 11}, "patient"),
    ],
)
def test_a_filter_that_is_none_is_refused(query: dict[str, str], field: str, plan: Plan, cho: Program) -> None:
    encoded = {name: value.encode(errors="surrogatepass") for name, value in query.items()}
    assert refusal(cho.client.get("/api/plans/", encoded)) == (422, "invalid_request", field)


def test_a_status_that_is_none_is_told_which_there_are(cho: Program) -> None:
    text = cho.get("plans/", status="running").json()["error"]["text"]
    assert text == (
        "There is no such status. Use one of: draft, active, on-hold, completed, revoked, entered-in-error."
    )


def test_lists_come_in_pages(
    clinic: Clinic, assign_plan: Callable[..., Plan], cho: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageNumberPagination, "page_size", 2)
    plans = {assign_plan(make_patient(clinic, f"Patient {number:03d}")).code for number in range(5)}
    seen: list[str] = []
    for page, following in (("1", True), ("2", True), ("3", False)):
        answer = cho.get("plans/", page=page, status="draft")
        seen += codes(answer)
        assert answer.json()["count"] == 5
        assert (answer.json()["next"] is not None) is following
    assert sorted(seen) == sorted(plans)
    for nowhere in ("4", "0", "x", "\0"):
        assert refusal(cho.get("plans/", page=nowhere)) == (404, "not_found", "")


def test_patients_are_listed_by_code(angela: Patient, ben: Patient, clinic: Clinic, cho: Program) -> None:
    assert codes(cho.get("patients/")) == sorted([angela.code, ben.code])
    row = next(row for row in cho.get("patients/").json()["results"] if row["code"] == ben.code)
    assert row == {"code": ben.code, "clinic": clinic.code, "zone": "Europe/Berlin"}


def test_only_protocols_that_can_be_assigned_are_listed(
    version: TemplateVersion, clinic: Clinic, cho: Program, by: Actor
) -> None:
    draft_from(version, by=by, at=NOON)
    (row,) = cho.get("protocol-versions/").json()["results"]
    assert row == {
        "code": version.code,
        "clinic": clinic.code,
        "title": "Five phases",
        "number": 1,
        "summary": "For tests.",
        "published_at": "2027-01-04T11:00:00Z",
    }
