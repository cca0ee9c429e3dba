"""Moving plans and their phases: one address for each move, each calling the same service that the admin calls."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinics.actor import require, staff_in
from clinics.roles import Act
from patients.api import asking, reading
from patients.api.described import asker, described
from patients.models import Plan
from patients.services import phase_moves, plan_moves

Move = tuple[Callable[..., Any], type[serializers.Serializer]]


class MoveView(APIView):
    """One move of a plan or of one of its phases. Answers with the plan as it then is."""

    asks: ClassVar[type[serializers.Serializer]]
    move: ClassVar[Callable[..., Any]]

    def carry_out(self, request: Request, code: str, key: str | None) -> Response:
        at = timezone.now()
        user = asker(request)
        plan = get_object_or_404(Plan.objects.visible_to(user).select_related("patient__clinic"), code=code)
        subject = plan if key is None else get_object_or_404(plan.phases.all(), key=key)
        by = staff_in(plan.patient.clinic, user)
        # The service asks this too. Asked before the request is read, nobody is told how to word what they may not do.
        require(by, Act.MOVE_PLAN, clinic=plan.patient.clinic)
        asked = self.asks(data=request.data, context={"clinic": plan.patient.clinic})
        asked.is_valid(raise_exception=True)
        type(self).move(subject, by=by, at=at, **asked.validated_data)
        return Response(described(plan, user, at=at))


def move_view(name: str, move: Callable[..., Any], asks: type[serializers.Serializer]) -> Any:
    """The view of one move: what it asks, what it calls, and how it stands in the description of the API."""
    subject = "phases" if move.__module__ == phase_moves.__name__ else "plans"

    @extend_schema(
        operation_id=f"{subject}_{name.replace('-', '_')}",
        description=move.__doc__,
        request=asks,
        responses={200: reading.PlanSerializer, **reading.REFUSALS},
    )
    def post(self: MoveView, request: Request, code: str, key: str | None = None) -> Response:
        return self.carry_out(request, code, key)

    members = {"asks": asks, "move": staticmethod(move), "post": post, "__doc__": MoveView.__doc__}
    return cast(type[MoveView], type(f"{subject}_{name}", (MoveView,), members)).as_view()


PLAN_MOVES: dict[str, Move] = {
    "activate": (plan_moves.activate, asking.Activation),
    "hold": (plan_moves.hold, asking.Move),
    "resume": (plan_moves.resume, asking.Move),
    "hand-over": (plan_moves.hand_over, asking.HandOver),
    "complete": (plan_moves.complete, asking.Completion),
    "revoke": (plan_moves.revoke, asking.Revocation),
    "enter-in-error": (plan_moves.enter_in_error, asking.MoveWithReason),
}
PHASE_MOVES: dict[str, Move] = {
    "start": (phase_moves.start, asking.Move),
    "extend": (phase_moves.extend, asking.Extension),
    "hold": (phase_moves.hold, asking.Move),
    "resume": (phase_moves.resume, asking.Move),
    "complete": (phase_moves.complete, asking.PhaseCompletion),
    "skip": (phase_moves.skip, asking.Skipping),
}
