"""A token opens the API to its owner, until it ends; nothing else does."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinics.models import User
from patients.models import Plan
from tests.api.conftest import Program, refusal
from tests.fixtures.personae import NOON

READ = ["patients/", "protocol-versions/", "plans/"]


@pytest.mark.parametrize("address", READ)
def test_without_a_token_nothing_is_said(address: str, client: Client, plan: Plan) -> None:
    answer = client.get("/api/" + address)
    assert refusal(answer) == (401, "not_authenticated", "")
    assert answer["WWW-Authenticate"] == "Token"


def test_without_a_token_nothing_moves(client: Client, plan: Plan) -> None:
    for address in [f"plans/{plan.code}/hold/", "plans/", "plans/preview/", f"plans/{plan.code}/phases/remove/hold/"]:
        answer = client.post("/api/" + address, {"revision": plan.revision}, content_type="application/json")
        assert refusal(answer) == (401, "not_authenticated", "")
    plan.refresh_from_db()
    assert plan.status == "active"


def test_a_session_is_no_token(client: Client, dr_cho: User) -> None:
    """Else another site could let a signed-in practitioner's browser move plans."""
    client.force_login(dr_cho)
    assert client.get("/api/plans/").status_code == 401


@pytest.mark.parametrize("header", ["Token nonsense", "Token", "Token a b", "Bearer nonsense", "Token " + "ü" * 64])
def test_a_token_that_is_none_opens_nothing(header: str, client: Client, db: None) -> None:
    answer = client.get("/api/plans/", headers={"authorization": header})
    assert refusal(answer)[0] == 401


def test_a_token_ends_after_ninety_days(cho: Program, clock: time_machine.Traveller) -> None:
    clock.move_to(NOON + timedelta(days=89))
    assert cho.get("plans/").status_code == 200
    clock.move_to(NOON + timedelta(days=91))
    assert refusal(cho.get("plans/")) == (401, "authentication_failed", "")


def test_the_token_of_a_closed_login_opens_nothing(cho: Program, dr_cho: User) -> None:
    dr_cho.is_active = False
    dr_cho.save()
    assert refusal(cho.get("plans/"))[0] == 401


def test_a_token_made_in_the_workspace_opens_the_api_until_it_is_ended_there(dr_cho: User, plan: Plan) -> None:
    desk = Client()
    desk.force_login(dr_cho)
    page = reverse("admin:clinics_user_api_tokens", args=[dr_cho.code])
    shown = desk.post(page, follow=True)
    program = Program(shown.context["fresh"])
    answer = program.get("plans/")
    assert answer.status_code == 200
    assert [row["code"] for row in answer.json()["results"]] == [plan.code]
    desk.post(page, {"end": shown.context["tokens"].get().token_key})
    assert refusal(program.get("plans/")) == (401, "authentication_failed", "")
