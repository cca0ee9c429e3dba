"""Everybody at their own desk, at noon on the day of the personae."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Plan
from tests.fixtures.personae import NOON, make_member


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, until a test moves it: `clock.move_to(...)`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def cho(sign_in: Callable[[User], Client], dr_cho: User) -> Client:
    return sign_in(dr_cho)


@pytest.fixture
def dee(sign_in: Callable[[User], Client], dr_dee: User) -> Client:
    return sign_in(dr_dee)


@pytest.fixture
def assistant(sign_in: Callable[[User], Client], assistant_1: User) -> Client:
    return sign_in(assistant_1)


@pytest.fixture
def clinic_admin_1(clinic: Clinic) -> User:
    return make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)


@pytest.fixture
def manager(sign_in: Callable[[User], Client], clinic_admin_1: User) -> Client:
    return sign_in(clinic_admin_1)


def text_of(response: HttpResponse) -> str:
    """What a person reads on the page: no tags, single spaces."""
    body = re.sub(r"(?s)<(script|style|datalist)\b.*?</\1>", " ", response.content.decode())
    words = re.sub(r"<[^>]+>", " ", body)
    for entity, sign in {"&#x27;": "'", "&amp;": "&", "&quot;": '"', "&nbsp;": " ", "&lt;": "<", "&gt;": ">"}.items():
        words = words.replace(entity, sign)
    return " ".join(words.split())


def hidden(response: HttpResponse, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"There is no hidden field “{name}”."
    return found[1]


@pytest.fixture
def make_move() -> Callable[..., HttpResponse]:
    """Open the page of a move, fill it in and confirm it as a browser would: make_move(client, plan, "hold", ...)."""

    def move(client: Client, plan: Plan, name: str, *, phase: Any = None, data: dict[str, Any] | None = None) -> Any:
        address = move_address(plan, name, phase=phase)
        page = client.get(address)
        assert page.status_code == 200, page
        sent = {"revision": hidden(page, "revision"), "shown": hidden(page, "shown"), "_confirm": "1"} | (data or {})
        answer = client.post(address, sent)
        if answer.status_code == 200 and (shown := hidden(answer, "shown")) != sent["shown"] and shown:
            answer = client.post(address, sent | {"shown": shown})
        return answer

    return move


def move_address(plan: Plan, name: str, *, phase: Any = None) -> str:
    if phase is None:
        return reverse("admin:patients_plan_move", args=[plan.code, name])
    return reverse("admin:patients_plan_phase_move", args=[plan.code, phase.code, name])


def mark_of_page(response: HttpResponse) -> dict[str, str]:
    """The hidden mark that a form carries of the values it was filled with."""
    return {"values_shown": hidden(response, "values_shown")}
