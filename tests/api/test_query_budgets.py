"""The database is asked as often for thirty plans as for three."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Plan
from tests.api.conftest import Program
from tests.fixtures.personae import make_patient, make_version


def queries(program: Program, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert program.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def grow(clinic: Clinic, activate_plan: Callable[..., Plan], by: Actor) -> Callable[[int], None]:
    numbers = iter(range(1000))

    def add(count: int) -> None:
        for _ in range(count):
            number = next(numbers)
            activate_plan(make_patient(clinic, f"Patient {number:03d}"))
            make_version(clinic, publish_by=by, title=f"Protocol {number:03d}")

    return add


@pytest.mark.parametrize("address", ["plans/", "patients/", "protocol-versions/"])
def test_a_list_does_not_ask_more_for_more_rows(address: str, grow: Callable[[int], None], cho: Program) -> None:
    grow(3)
    few = queries(cho, address)
    grow(27)
    assert queries(cho, address) == few
    assert len(cho.get(address).json()["results"]) >= 30
    # The token, whose it is, how many rows there are, and the rows.
    assert few == 4


def test_a_plan_asks_a_bounded_number_of_times(grow: Callable[[int], None], plan: Plan, cho: Program) -> None:
    address = f"plans/{plan.code}/"
    few = queries(cho, address)
    grow(3)
    for _ in range(10):
        cho.move(plan, "hold")
        cho.move(plan, "resume")
    assert queries(cho, address) == few
    assert few <= 12
