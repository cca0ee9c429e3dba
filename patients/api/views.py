"""Reading plans, assigning them and moving them: the same services that the admin calls."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinics.actor import staff_in
from clinics.domain.instants import civil_date, zone
from clinics.models import User
from patients.api import asking, reading
from patients.models import Patient, Plan
from patients.services import phase_moves, plan_moves
from patients.services.assign import assign, preview
from patients.services.errors import InvalidRequest
from protocols.domain.phases import PlanStatus
from protocols.models import TemplateVersion

REFUSALS = {code: reading.Error for code in (401, 403, 404, 409, 422, 429)}


def described(plan: Plan, user: User, *, at: Any) -> dict[str, Any]:
    """This plan as it is now, read anew."""
    fresh = reading.with_everything(Plan.objects.visible_to(user)).get(pk=plan.pk)
    today = civil_date(at, zone(fresh.patient.zone))
    return reading.PlanSerializer(fresh, context={"today": today}).data


class PatientList(generics.ListAPIView):
    """The patients you may see, by code."""

    serializer_class = reading.PatientSerializer
    queryset = Patient.objects.none()

    def get_queryset(self) -> QuerySet[Patient]:
        return Patient.objects.visible_to(self.request.user).select_related("clinic").order_by("code")


class ProtocolVersionList(generics.ListAPIView):
    """The protocols that can be assigned."""

    serializer_class = reading.ProtocolVersionSerializer
    queryset = TemplateVersion.objects.none()

    def get_queryset(self) -> QuerySet[TemplateVersion]:
        versions = TemplateVersion.objects.visible_to(self.request.user).published()
        return versions.select_related("template__clinic").order_by("template__title", "code")


class PlanList(generics.ListAPIView):
    """The plans you may see."""

    serializer_class = reading.PlanSummarySerializer
    queryset = Plan.objects.none()

    def get_queryset(self) -> QuerySet[Plan]:
        plans = Plan.objects.visible_to(self.request.user)
        wanted = self.request.query_params
        if "status" in wanted:
            if wanted["status"] not in {item.value for item in PlanStatus}:
                known = ", ".join(item.value for item in PlanStatus)
                raise InvalidRequest(f"There is no such status. Use one of: {known}.", field="status")
            plans = plans.filter(status=wanted["status"])
        if "patient" in wanted:
            plans = plans.filter(patient__code=wanted["patient"])
        return plans.select_related("patient", "template_version", "practitioner").order_by("-starts_on", "code")

    @extend_schema(
        operation_id="plans_list",
        parameters=[
            OpenApiParameter("status", OpenApiTypes.STR, enum=[item.value for item in PlanStatus]),
            OpenApiParameter("patient", OpenApiTypes.STR, description="A patient’s code."),
        ],
        responses={200: reading.PlanSummarySerializer(many=True), 401: reading.Error, 422: reading.Error},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="plans_assign",
        request=asking.Assignment,
        responses={201: reading.PlanSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Assign a protocol: a draft plan, which owes nothing until it is activated."""
        at = timezone.now()
        asked = asking.Assignment(data=request.data)
        asked.is_valid(raise_exception=True)
        patient, version = _whom_and_what(request, asked.validated_data)
        practitioner = User.objects.filter(
            code=asked.validated_data["practitioner"], memberships__clinic=patient.clinic
        ).first()
        if practitioner is None:
            raise InvalidRequest("Choose a practitioner of the patient’s clinic.", field="practitioner")
        plan = assign(
            patient,
            version,
            starts_on=asked.validated_data["starts_on"],
            practitioner=practitioner,
            request_key=asked.validated_data["request_key"],
            by=staff_in(patient.clinic, request.user),
            at=at,
        )
        return Response(described(plan, request.user, at=at), status=status.HTTP_201_CREATED)


class PlanPreview(APIView):
    """Every date a plan would have, before it is assigned."""

    @extend_schema(
        operation_id="plans_preview",
        request=asking.AssignmentDates,
        responses={200: reading.PreviewSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        asked = asking.AssignmentDates(data=request.data)
        asked.is_valid(raise_exception=True)
        patient, version = _whom_and_what(request, asked.validated_data)
        shown = preview(
            patient,
            version,
            starts_on=asked.validated_data["starts_on"],
            by=staff_in(patient.clinic, request.user),
            at=timezone.now(),
        )
        return Response(reading.PreviewSerializer(shown).data)


def _whom_and_what(request: Request, asked: dict[str, Any]) -> tuple[Patient, TemplateVersion]:
    patients = Patient.objects.visible_to(request.user).select_related("clinic")
    patient = patients.filter(code=asked["patient"]).first()
    if patient is None:
        raise InvalidRequest("You see no patient with this code.", field="patient")
    versions = TemplateVersion.objects.visible_to(request.user).select_related("template")
    version = versions.filter(code=asked["protocol_version"]).first()
    if version is None:
        raise InvalidRequest("You see no protocol with this code.", field="protocol_version")
    return patient, version


class PlanDetail(APIView):
    """One plan with its phases, orders and history."""

    @extend_schema(
        operation_id="plans_retrieve",
        responses={200: reading.PlanSerializer, 401: reading.Error, 404: reading.Error},
    )
    def get(self, request: Request, code: str) -> Response:
        plan = get_object_or_404(Plan.objects.visible_to(request.user), code=code)
        return Response(described(plan, request.user, at=timezone.now()))


class MoveView(APIView):
    """One move of a plan or of one of its phases. Answers with the plan as it then is."""

    asks: ClassVar[type[serializers.Serializer]]
    move: ClassVar[Callable[..., Any]]

    def carry_out(self, request: Request, code: str, key: str | None) -> Response:
        at = timezone.now()
        plans = Plan.objects.visible_to(request.user).select_related("patient__clinic")
        plan = get_object_or_404(plans, code=code)
        subject = plan if key is None else get_object_or_404(plan.phases.select_related("plan"), key=key)
        asked = self.asks(data=request.data)
        asked.is_valid(raise_exception=True)
        by = staff_in(plan.patient.clinic, request.user)
        type(self).move(subject, by=by, at=at, **asked.validated_data)
        return Response(described(plan, request.user, at=at))


def move_view(name: str, move: Callable[..., Any], asks: type[serializers.Serializer]) -> Any:
    """The view of one move: what it asks, what it calls, and how it stands in the description of the API."""
    subject = "phases" if move.__module__ == phase_moves.__name__ else "plans"

    @extend_schema(
        operation_id=f"{subject}_{name.replace('-', '_')}",
        description=move.__doc__,
        request=asks,
        responses={200: reading.PlanSerializer, **REFUSALS},
    )
    def post(self: MoveView, request: Request, code: str, key: str | None = None) -> Response:
        return self.carry_out(request, code, key)

    members = {"asks": asks, "move": staticmethod(move), "post": post}
    return type(f"{subject}_{name}", (MoveView,), members).as_view()


PLAN_MOVES = {
    "activate": (plan_moves.activate, asking.Activation),
    "hold": (plan_moves.hold, asking.Move),
    "resume": (plan_moves.resume, asking.Move),
    "complete": (plan_moves.complete, asking.Completion),
    "revoke": (plan_moves.revoke, asking.Revocation),
    "enter-in-error": (plan_moves.enter_in_error, asking.MoveWithReason),
}
PHASE_MOVES = {
    "start": (phase_moves.start, asking.Move),
    "extend": (phase_moves.extend, asking.Extension),
    "hold": (phase_moves.hold, asking.Move),
    "resume": (phase_moves.resume, asking.Move),
    "complete": (phase_moves.complete, asking.PhaseCompletion),
    "skip": (phase_moves.skip, asking.Skipping),
}
