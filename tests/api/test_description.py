"""The description of the API is complete, and its page is readable by a browser."""

import io
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from patients.api.moves import PHASE_MOVES, PLAN_MOVES
from patients.api.orders import ORDER_MOVES
from patients.models import Plan
from tests.api.conftest import Program
from tests.plugins.browser import PageMaker


@pytest.fixture
def description(client: Client, db: None) -> dict[str, Any]:
    answer = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_the_description_is_valid_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())
    assert capsys.readouterr().err == ""


def test_every_address_is_described(description: dict[str, Any]) -> None:
    assert sorted(description["paths"]) == sorted(
        [
            "/api/patients/",
            "/api/protocol-versions/",
            "/api/plans/",
            "/api/plans/preview/",
            "/api/plans/{code}/",
            *(f"/api/plans/{{code}}/{name}/" for name in PLAN_MOVES),
            *(f"/api/plans/{{code}}/phases/{{key}}/{name}/" for name in PHASE_MOVES),
            "/api/plans/{code}/orders/",
            *(f"/api/plans/{{code}}/orders/{{order}}/{name}/" for name in ORDER_MOVES),
        ]
    )


def test_every_operation_has_a_name_a_token_words_and_refusals(description: dict[str, Any]) -> None:
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["security"] == [{"token": []}]
        assert operation["description"]
        assert {"401", "429"} <= set(operation["responses"])
    schemes = description["components"]["securitySchemes"]
    assert schemes["token"]["name"] == "Authorization"


def test_a_description_cannot_be_asked_for_in_a_way_that_breaks_it(client: Client, db: None) -> None:
    for query in ("?version=%0A", "?version=9", "?lang=xx", "?lang=%00", "?lang=../../etc", "?format=json"):
        answer = client.get("/api/schema/" + query)
        assert answer.status_code == 200, query
        assert re.search(r"""^ +"?version"?: ['"]1['"],?$""", answer.content.decode(), re.M), query


@pytest.mark.browser
class TestThePage:
    @pytest.fixture
    def clock(self) -> None:
        """The browser has a clock of its own, and so has the server here."""

    def test_the_page_tries_the_api_out_within_the_policy(
        self, live_server: LiveServer, make_page: PageMaker, plan: Plan, cho: Program
    ) -> None:
        page = make_page(phone=False)
        page.goto("/api/docs/")
        expect(page.get_by_role("heading", name="gutclinic")).to_be_visible()
        expect(page.get_by_text("/api/plans/{code}/activate/")).to_be_visible()

        # With a token it tries the real thing out.
        page.get_by_role("button", name="Authorize").first.click()
        page.get_by_role("textbox").first.fill(f"Token {cho.token}")
        page.get_by_role("button", name="Apply credentials").click()
        page.get_by_role("button", name="Close").last.click()
        page.locator("#operations-plans-plans_list .opblock-summary-control").click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        expect(page.locator(".live-responses-table td.response-col_status").last).to_contain_text("200")
        expect(page.locator(".live-responses-table")).to_contain_text(plan.code)
