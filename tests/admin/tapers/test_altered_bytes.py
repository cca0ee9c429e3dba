"""A taper whose signed bytes were altered: its pages say so, and it can be ended."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from patients.models import Taper
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.lives import Life, forge
from tests.fixtures.tapers import on_day


@pytest.fixture
def altered(life: Life, clock: time_machine.Traveller) -> Taper:
    """On its tenth day. Ask for it before the clients: they sign in on that day."""
    clock.move_to(on_day(10), tick=False)
    forge(life)
    return life.taper


@pytest.mark.parametrize(
    "page",
    [("move", "hold"), ("extend",), ("step_back",), ("again",), ("calendar",), ("use",), ("supply",), ("wish",)],
)
def test_no_page_of_it_breaks(altered: Taper, cho: Client, page: tuple[str, ...]) -> None:
    answer = cho.get(taper_address(altered, *page), follow=True)
    assert answer.status_code == 200
    if answer.redirect_chain:
        assert "What is stored is not what was signed, so this cannot be shown or done." in text_of(answer)


def test_no_letter_is_made_of_it(altered: Taper, cho: Client) -> None:
    answer = cho.get(taper_address(altered, "letter", altered.versions.get().code), follow=True)
    assert "What is stored is not what was signed" in text_of(answer)


@pytest.mark.parametrize(
    ("move", "typed", "status"),
    [
        ("stop", {"end": "symptoms", "instruction": "Call us."}, "stopped"),
        ("enter-in-error", {"reason": "Somebody altered it."}, "entered-in-error"),
    ],
)
def test_it_can_be_ended_without_its_dates(
    altered: Taper, cho: Client, move: str, typed: dict[str, Any], status: str
) -> None:
    address = taper_address(altered, "move", move)
    page = cho.get(address)
    assert page.status_code == 200
    cho.post(address, filled_in(page) | typed | {"_confirm": "1"})
    altered.refresh_from_db()
    assert altered.status == status


def test_its_prescriber_is_heard(altered: Taper, cho: Client) -> None:
    page = cho.get(taper_address(altered, "wish"))
    said = {"kind": "revoke", "door": "telephone", "is_read_back": "on", "text": "Take 20 mg daily."}
    cho.post(taper_address(altered, "wish"), filled_in(page) | said)
    altered.refresh_from_db()
    assert (altered.status, altered.end) == ("stopped", "revoked")
