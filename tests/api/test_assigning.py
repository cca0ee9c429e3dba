"""Assigning a protocol and previewing it, as a program does."""

from datetime import timedelta
from typing import Any

import pytest

from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Patient, Plan
from protocols.models import TemplateVersion
from tests.api.conftest import Program, refusal
from tests.fixtures.personae import NOON, TODAY, make_version


@pytest.fixture
def asked(angela: Patient, version: TemplateVersion, dr_cho: User) -> dict[str, Any]:
    return {
        "patient": angela.code,
        "protocol_version": version.code,
        "practitioner": dr_cho.code,
        "starts_on": "2027-01-11",
        "request_key": "import 4711",
    }


def without(asked: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name not in names}


def test_a_protocol_is_assigned_as_a_draft(asked: dict[str, Any], cho: Program) -> None:
    answer = cho.post("plans/", asked)
    assert answer.status_code == 201
    body = answer.json()
    assert without(asked, "request_key").items() <= body.items()
    assert (body["status"], body["revision"]) == ("draft", 0)
    assert [phase["starts_on"] for phase in body["phases"]] == [
        "2027-01-11",
        "2027-01-25",
        "2027-02-08",
        "2027-03-08",
        "2027-02-01",
    ]
    assert Plan.objects.get().code == body["code"]


def test_the_same_request_twice_gives_one_plan(asked: dict[str, Any], cho: Program) -> None:
    first = cho.post("plans/", asked)
    second = cho.post("plans/", asked)
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert Plan.objects.count() == 1


def test_the_key_of_another_request_is_refused(asked: dict[str, Any], ben: Patient, cho: Program) -> None:
    cho.post("plans/", asked)
    assert refusal(cho.post("plans/", asked | {"patient": ben.code})) == (409, "request_key_reused", "")
    assert Plan.objects.count() == 1


def test_who_assigns_is_told_what_is_due_unless_somebody_else_is(
    asked: dict[str, Any], dr_cho: User, cho: Program
) -> None:
    body = cho.post("plans/", without(asked, "practitioner")).json()
    assert body["practitioner"] == dr_cho.code


@pytest.mark.parametrize("name", ["patient", "protocol_version", "starts_on", "request_key"])
def test_what_is_needed_is_asked_for(name: str, asked: dict[str, Any], cho: Program) -> None:
    assert refusal(cho.post("plans/", without(asked, name))) == (422, "invalid_request", name)
    assert Plan.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patient", "aaaaaaaaaa"),
        ("patient", "\0"),
        ("patient", None),
        ("patient", ["x"]),
        ("protocol_version", "aaaaaaaaaa"),
        ("practitioner", "aaaaaaaaaa"),
        ("starts_on", "2022-01-04"),
        ("starts_on", "2072-01-04"),
        ("starts_on", "0001-01-01"),
        ("starts_on", "9999-12-31"),
        ("starts_on", "2027-02-29"),
        ("starts_on", "4 January"),
        ("starts_on", "2027-01-04T11:00:00Z"),
        ("starts_on", 5),
        ("request_key", ""),
        ("request_key", "k" * 65),
        ("starts_at", "2027-01-11"),
    ],
)
@pytest.mark.parametrize("address", ["plans/", "plans/preview/"])
def test_what_cannot_be_is_refused_by_its_name(
    address: str, name: str, value: object, asked: dict[str, Any], cho: Program
) -> None:
    if address == "plans/preview/":
        asked = without(asked, "practitioner", "request_key")
        if name in {"practitioner", "request_key"}:
            value = "not asked here"
    assert refusal(cho.post(address, asked | {name: value})) == (422, "invalid_request", name)
    assert Plan.objects.count() == 0


def test_a_patient_of_another_clinic_is_not_found(asked: dict[str, Any], other_clinic: Clinic, cho: Program) -> None:
    stranger = Patient.objects.create(clinic=other_clinic, given_name="Somebody", zone="Pacific/Auckland")
    assert refusal(cho.post("plans/", asked | {"patient": stranger.code})) == (422, "invalid_request", "patient")


def test_a_practitioner_of_another_clinic_is_refused(asked: dict[str, Any], dr_dee: User, cho: Program) -> None:
    answer = cho.post("plans/", asked | {"practitioner": dr_dee.code})
    assert refusal(answer) == (422, "invalid_request", "practitioner")


@pytest.mark.parametrize("left", [False, True])
def test_who_is_no_practitioner_here_now_is_refused(
    left: bool, asked: dict[str, Any], clinic: Clinic, dr_dee: User, assistant_1: User, cho: Program
) -> None:
    practitioner = assistant_1
    if left:
        practitioner = dr_dee
        Membership.objects.create(
            user=dr_dee, clinic=clinic, role=Role.PRACTITIONER.value, started_at=NOON, ended_at=NOON
        )
    answer = cho.post("plans/", asked | {"practitioner": practitioner.code})
    assert refusal(answer) == (422, "invalid_request", "practitioner")


def test_a_protocol_that_is_not_published_is_refused_by_the_name_it_has_here(
    asked: dict[str, Any], clinic: Clinic, cho: Program
) -> None:
    draft = make_version(clinic, publish_by=None, title="Draft")
    answer = cho.post("plans/", asked | {"protocol_version": draft.code})
    assert refusal(answer) == (422, "invalid_request", "protocol_version")
    assert "Publish it first." in answer.json()["error"]["text"]


def test_a_preview_tells_every_date_and_writes_nothing(asked: dict[str, Any], cho: Program) -> None:
    dates = without(asked, "practitioner", "request_key") | {"starts_on": str(TODAY - timedelta(days=30))}
    answer = cho.post("plans/preview/", dates)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["starts_on"], body["ends_on"]) == ("2026-12-05", "2027-02-26")
    assert body["phases"][0] == {
        "key": "remove",
        "title": "Remove",
        "starts_on": "2026-12-05",
        "ends_on": "2027-01-01",
        "state": "done",
    }
    assert [phase["state"] for phase in body["phases"]] == ["done", "running", "running", "planned", "running"]
    assert body["missing_amounts"] == ["enzymes"]
    assert body["notes"] == [
        "The first day lies 30 days back. What is behind the patient is marked as done; nothing old is sent."
    ]
    assert Plan.objects.count() == 0
