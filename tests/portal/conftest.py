"""The portal as a client of the web sees it, at noon of the first day unless a test says otherwise."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from clinics.models import User
from patients.models import Order, Patient, Plan, Taper
from tests.fixtures.personae import NOON
from tests.portal.visits import VisitOn, visiting

SignedIn = Callable[[User | None], Client]
AddOrder = Callable[..., Order]


@pytest.fixture(autouse=True)
def no_earlier_attempts(db: None) -> None:
    """Rate limits count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    """The clock that the pages read; it stands still. Move it with `travel.move_to`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(travel: time_machine.Traveller) -> SignedIn:
    """Return what signs somebody in: `signed_in(angela.user).get(...)`; None stays outside."""

    def make(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def read_page(signed_in: SignedIn) -> Callable[[Patient], str]:
    """Return what reads a patient's own page: `read_page(angela)`."""

    def read(patient: Patient) -> str:
        response = signed_in(patient.user).get(f"/portal/{patient.code}/")
        assert response.status_code == 200
        return response.content.decode()

    return read


@pytest.fixture
def add_order() -> AddOrder:
    """Return what adds something to a plan: `add_order(plan, name="Zinc", times_of_day=["bedtime"])`."""

    def add(plan: Plan, *, name: str, first: str = "remove", last: str = "remove", **fields: object) -> Order:
        contents: dict[str, object] = {
            "key": name.lower().replace(" ", "-"),
            "item_kind": "supplement",
            "amount_value": "1",
            "amount_unit": "{capsule}",
            "pattern": "daily",
            "times_of_day": ["with-breakfast"],
            "evidence": "weak",
        }
        order = Order(
            plan=plan,
            name=name,
            first_phase=plan.phases.get(key=first),
            last_phase=plan.phases.get(key=last),
            **(contents | fields),
        )
        order.full_clean()
        order.save()
        return order

    return add


@pytest.fixture
def visit(taper: Taper, travel: time_machine.Traveller) -> VisitOn:
    """Return what opens the pages of Angela’s taper on one of its days: `visit(30).text("diary/")`."""
    return visiting(taper, travel)
