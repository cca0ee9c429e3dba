"""One shape for everything the API refuses: {"error": {"code", "field", "text"}}, with a sentence that says what to do."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from patients.services.errors import AmountsMissing, PlanAlreadyRunning, PlanChanged, Refused, RequestKeyReused
from patients.services.phase_moves import PlanNotActive
from protocols.domain.amount import AmountError
from protocols.domain.phases import IllegalTransition
from protocols.domain.window import LayoutError

# As things stand it cannot be done; the same request may be right at another time.
CONFLICTS = (IllegalTransition, PlanAlreadyRunning, PlanChanged, PlanNotActive, RequestKeyReused)
# The request itself is wrong.
INVALID = (AmountError, LayoutError, Refused)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """What DRF calls for every exception of a view; None lets it become a server error."""
    if isinstance(error, CONFLICTS):
        return _refusal(status.HTTP_409_CONFLICT, code_of(error), "", str(error))
    if isinstance(error, INVALID):
        field = "amounts" if isinstance(error, AmountsMissing) else getattr(error, "field", "") or ""
        return _refusal(status.HTTP_422_UNPROCESSABLE_ENTITY, code_of(error), field, str(error))
    if isinstance(error, exceptions.ValidationError):
        field, text = first_of(error.detail)
        return _refusal(status.HTTP_422_UNPROCESSABLE_ENTITY, "invalid_request", field, text)
    if isinstance(error, Http404):
        return _refusal(status.HTTP_404_NOT_FOUND, "not_found", "", "There is nothing here that you may see.")
    if isinstance(error, PermissionDenied):
        text = str(error) or "You may not do this."
        return _refusal(status.HTTP_403_FORBIDDEN, "not_allowed", "", text)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = _body(error.default_code, "", str(error.detail))
    return response


def code_of(error: Exception) -> str:
    """The name of the exception, as a code: PlanChanged → plan_changed."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def first_of(detail: Any, *, path: str = "") -> tuple[str, str]:
    """The first refused field and its sentence, from what a serializer says."""
    if isinstance(detail, Mapping):
        name, inner = next(iter(detail.items()))
        if name == "non_field_errors":
            return first_of(inner, path=path)
        return first_of(inner, path=f"{path}.{name}" if path else str(name))
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        for number, inner in enumerate(detail):
            if isinstance(inner, Mapping):
                if inner:
                    return first_of(inner, path=f"{path}[{number}]")
            else:
                return path, str(inner)
    return path, str(detail)


def _refusal(code: int, name: str, field: str, text: str) -> Response:
    return Response(_body(name, field, text), status=code)


def _body(code: str, field: str, text: str) -> dict[str, Any]:
    return {"error": {"code": code, "field": field, "text": text}}
