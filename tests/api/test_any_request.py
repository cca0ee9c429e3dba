"""Whatever its own description allows, and much that it does not, the API answers as described and never fails."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from clinics.models import User
from patients.api.moves import PHASE_MOVES, PLAN_MOVES
from patients.models import Plan
from protocols.models import TemplateVersion
from tests.api.conftest import Program

READ = ["/api/patients/", "/api/protocol-versions/", "/api/plans/", "/api/plans/{code}/"]
WRITTEN = [
    "/api/plans/",
    "/api/plans/preview/",
    *(f"/api/plans/{{code}}/{name}/" for name in PLAN_MOVES),
    *(f"/api/plans/{{code}}/phases/{{key}}/{name}/" for name in PHASE_MOVES),
]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# As many as find something in a few seconds, and the same ones in every run.
FEW = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def described_api(db: None) -> Iterator[Any]:
    """The API behind the interface that a web server calls; it keeps the connection of the test, as Django's client."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    schema.app = get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        *(("GET", path, GenerationMode.POSITIVE) for path in READ),
        # The other lists ask nothing that could be said wrongly.
        ("GET", "/api/plans/", GenerationMode.NEGATIVE),
        *(("POST", path, GenerationMode.POSITIVE) for path in WRITTEN),
        *(("POST", path, GenerationMode.NEGATIVE) for path in WRITTEN),
    ],
)
def test_any_request_is_answered_as_described(
    method: str,
    path: str,
    mode: GenerationMode,
    described_api: Any,
    plan: Plan,
    version: TemplateVersion,
    cho: Program,
    dr_cho: User,
) -> None:
    operation = described_api[path][method]
    here = {"code": plan.code, "key": "remove"}
    fixed = {name: value for name, value in here.items() if f"{{{name}}}" in path}
    # Made up, these would let nothing reach further than the first refusal.
    real = {
        "revision": plan.revision,
        "patient": plan.patient.code,
        "protocol_version": version.code,
        "practitioner": dr_cho.code,
    }
    headers = {"Authorization": f"Token {cho.token}"}
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
    answered: list[int] = []

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=fixed or None, headers=headers))
    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body |= {name: value for name, value in real.items() if name in case.body}
        # Nothing of one example is left for the next.
        with transaction.atomic():
            answered.append(case.call_and_validate(checks=checks).status_code)
            transaction.set_rollback(True)

    ask()
    assert 401 not in answered
    assert answered
