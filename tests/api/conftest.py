"""Everybody with a token of their own, at noon on the day of the personae."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from knox.models import AuthToken
from rest_framework.throttling import UserRateThrottle

from clinics.models import User
from patients.models import Patient, Plan
from tests.fixtures.personae import NOON


class Program:
    """A program that holds somebody's token. `base` and addresses such as "plans/" make the whole address."""

    base = "/api/"

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(headers={"authorization": f"Token {token}"})

    def get(self, address: str, **query: str) -> Any:
        return self.client.get(self.base + address, query)

    def post(self, address: str, body: object = None) -> Any:
        return self.client.post(self.base + address, {} if body is None else body, content_type="application/json")

    def move(self, plan: Plan, name: str, *, phase: str = "", **fields: object) -> Any:
        """Make one move, with the revision that the plan has now unless said."""
        plan.refresh_from_db()
        return self.post(move_address(plan, name, phase=phase), {"revision": plan.revision} | fields)


def move_address(plan: Plan, name: str, *, phase: str = "") -> str:
    return f"plans/{plan.code}/phases/{phase}/{name}/" if phase else f"plans/{plan.code}/{name}/"


def refusal(response: HttpResponse) -> tuple[int, str, str]:
    """The status, the code and the field of a refusal, which has the one shape and a sentence."""
    body = response.json()  # type: ignore[attr-defined]
    assert list(body) == ["error"], body
    assert list(body["error"]) == ["code", "field", "text"], body
    assert len(body["error"]["text"]) > 10, body
    return response.status_code, body["error"]["code"], body["error"]["field"]


def phase_of(body: dict[str, Any], key: str) -> dict[str, Any]:
    return next(phase for phase in body["phases"] if phase["key"] == key)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, until a test moves it: `clock.move_to(...)`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the clock stands still every request falls into one minute; the limit has a test of its own."""
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": None})


@pytest.fixture
def program_of() -> Callable[[User | None], Program]:
    def make(user: User | None) -> Program:
        assert user is not None
        return Program(AuthToken.objects.create(user)[1])

    return make


@pytest.fixture
def cho(program_of: Callable[[User], Program], dr_cho: User) -> Program:
    return program_of(dr_cho)


@pytest.fixture
def dee(program_of: Callable[[User], Program], dr_dee: User) -> Program:
    return program_of(dr_dee)


@pytest.fixture
def assistant(program_of: Callable[[User], Program], assistant_1: User) -> Program:
    return program_of(assistant_1)


@pytest.fixture
def angelas(program_of: Callable[[User | None], Program], angela: Patient) -> Program:
    """Angela's own program."""
    return program_of(angela.user)
