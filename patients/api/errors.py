"""The one shape of everything the API refuses: a code for programs, the field, and a sentence that says what to do."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from patients.services.errors import (
    AmountsMissing,
    PlanAlreadyRunning,
    PlanChanged,
    PrescribersMissing,
    Refused,
    RequestKeyReused,
)
from patients.services.orders.errors import ItemAlreadyOrdered, OldVersion, PlanIsOver
from patients.services.phase_moves import PlanNotActive
from protocols.domain.amount import AmountError
from protocols.domain.order_states import IllegalOrderMove
from protocols.domain.phases import IllegalTransition
from protocols.domain.window import LayoutError

# As things stand it cannot be done; the same request may be right at another time.
CONFLICTS = (
    *(IllegalOrderMove, IllegalTransition, ItemAlreadyOrdered, OldVersion, PlanAlreadyRunning, PlanChanged),
    *(PlanIsOver, PlanNotActive, RequestKeyReused),
)
# The request itself is wrong.
INVALID = (AmountError, LayoutError, Refused)
# What the services call otherwise than the API does.
FIELDS = {"version": "protocol_version"}
# The framework says what is wrong; these say what to do about it.
SENTENCES: dict[type[exceptions.APIException], str] = {
    exceptions.NotAuthenticated: "Send a token: “Authorization: Token …”. You make one in your settings.",
    exceptions.AuthenticationFailed: "This token opens nothing, or no longer. Make a new one in your settings.",
    exceptions.UnsupportedMediaType: "Send JSON, and say so: “Content-Type: application/json”.",
    exceptions.NotAcceptable: "The answer is JSON: accept “application/json”.",
}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """What DRF calls for every exception of a view; None lets it become a server error."""
    if isinstance(error, CONFLICTS):
        return _refusal(status.HTTP_409_CONFLICT, code_of(error), "", str(error))
    if isinstance(error, INVALID):
        return _refusal(status.HTTP_422_UNPROCESSABLE_ENTITY, code_of(error), _field_of(error), str(error))
    if isinstance(error, exceptions.ValidationError):
        field, text = first_of(error.detail)
        return _refusal(status.HTTP_422_UNPROCESSABLE_ENTITY, "invalid_request", field, text)
    if isinstance(error, Http404):
        return _refusal(status.HTTP_404_NOT_FOUND, "not_found", "", "There is nothing here that you may see.")
    if isinstance(error, PermissionDenied):
        return _refusal(status.HTTP_403_FORBIDDEN, "not_allowed", "", str(error) or "You may not do this.")
    if isinstance(error, RequestDataTooBig):
        text = "This is more than any request needs. Send less."
        return _refusal(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large", "", text)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = _body(error.default_code, "", _sentence_of(error))
    return response


def code_of(error: Exception) -> str:
    """The name of the exception, as a code: PlanChanged → plan_changed."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def first_of(detail: Any, *, path: str = "") -> tuple[str, str]:
    """The first refused field and its sentence, from what a serializer says: amounts.k3f9, left_out[0]."""
    if isinstance(detail, Mapping):
        name, inner = next(iter(detail.items()))
        if name == "non_field_errors":
            return first_of(inner, path=path)
        if isinstance(name, int):
            return first_of(inner, path=f"{path}[{name}]")
        return first_of(inner, path=f"{path}.{name}" if path else name)
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        return first_of(detail[0], path=path)
    return path, str(detail)


def _field_of(error: Exception) -> str:
    if isinstance(error, AmountsMissing):
        return "amounts"
    if isinstance(error, PrescribersMissing):
        return "prescribers"
    field = getattr(error, "field", None) or ""
    return FIELDS.get(field, field)


def _sentence_of(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.Throttled):
        seconds = int(getattr(error, "wait", None) or 60)
        return f"Too many requests. Ask again in {seconds} seconds."
    return SENTENCES.get(type(error), str(error.detail))


def _refusal(code: int, name: str, field: str, text: str) -> Response:
    return Response(_body(name, field, text), status=code)


def _body(code: str, field: str, text: str) -> dict[str, Any]:
    return {"error": {"code": code, "field": _writable(field), "text": _writable(text)}}


def _writable(text: str) -> str:
    """What was sent comes back in a sentence. Half of a surrogate pair can be sent as JSON, and never written."""
    return text.encode(errors="replace").decode()
