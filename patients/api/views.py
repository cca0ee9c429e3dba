"""Reading plans and assigning them: the same services that the admin calls."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinics.actor import require, staff_in
from clinics.models import User
from clinics.roles import Act
from patients.api import asking, reading
from patients.api.described import asker, described
from patients.models import Patient, Plan
from patients.services.assign import assign, preview
from patients.services.errors import InvalidRequest
from protocols.models import TemplateVersion


class PatientList(generics.ListAPIView):
    """The patients you may see, by code."""

    serializer_class = reading.PatientSerializer
    queryset = Patient.objects.none()

    def get_queryset(self) -> QuerySet[Patient]:
        return Patient.objects.visible_to(self.request.user).select_related("clinic").order_by("code")

    @extend_schema(
        operation_id="patients_list",
        responses={200: reading.PatientSerializer(many=True), **reading.REFUSALS_TO_READ},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ProtocolVersionList(generics.ListAPIView):
    """The protocols that can be assigned."""

    serializer_class = reading.ProtocolVersionSerializer
    queryset = TemplateVersion.objects.none()

    def get_queryset(self) -> QuerySet[TemplateVersion]:
        versions = TemplateVersion.objects.visible_to(self.request.user).published()
        return versions.select_related("template__clinic").order_by("template__title", "code")

    @extend_schema(
        operation_id="protocol_versions_list",
        responses={200: reading.ProtocolVersionSerializer(many=True), **reading.REFUSALS_TO_READ},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class PlanList(generics.ListAPIView):
    """The plans you may see."""

    serializer_class = reading.PlanSummarySerializer
    queryset = Plan.objects.none()

    def get_queryset(self) -> QuerySet[Plan]:
        plans = Plan.objects.visible_to(self.request.user)
        query = self.request.GET.dict()
        query.pop("page", None)
        wanted = asking.PlanFilters(data=query)
        wanted.is_valid(raise_exception=True)
        if "status" in wanted.validated_data:
            plans = plans.filter(status=wanted.validated_data["status"])
        if "patient" in wanted.validated_data:
            plans = plans.filter(patient__code=wanted.validated_data["patient"])
        return plans.select_related("patient", "template_version", "practitioner").order_by("-starts_on", "code")

    @extend_schema(
        operation_id="plans_list",
        parameters=[asking.PlanFilters],
        responses={
            200: reading.PlanSummarySerializer(many=True),
            **reading.REFUSALS_TO_READ,
            422: reading.Error,
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="plans_assign",
        request=asking.Assignment,
        responses={201: reading.PlanSerializer, **reading.REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Assign a protocol: a draft plan, which owes nothing until it is activated."""
        at = timezone.now()
        user = asker(request)
        asked = asking.Assignment(data=request.data)
        asked.is_valid(raise_exception=True)
        patient, version = _whom_and_what(user, asked.validated_data)
        plan = assign(
            patient,
            version,
            starts_on=asked.validated_data["starts_on"],
            practitioner=_practitioner(user, patient, asked.validated_data.get("practitioner")),
            request_key=asked.validated_data["request_key"],
            by=staff_in(patient.clinic, user),
            at=at,
        )
        return Response(described(plan, user, at=at), status=status.HTTP_201_CREATED)


class PlanPreview(APIView):
    """Every date a plan would have, before it is assigned."""

    @extend_schema(
        operation_id="plans_preview",
        request=asking.AssignmentDates,
        responses={200: reading.PreviewSerializer, **reading.REFUSALS},
    )
    def post(self, request: Request) -> Response:
        user = asker(request)
        asked = asking.AssignmentDates(data=request.data)
        asked.is_valid(raise_exception=True)
        patient, version = _whom_and_what(user, asked.validated_data)
        shown = preview(
            patient,
            version,
            starts_on=asked.validated_data["starts_on"],
            by=staff_in(patient.clinic, user),
            at=timezone.now(),
        )
        return Response(reading.PreviewSerializer(shown).data)


def _whom_and_what(user: User, asked: dict[str, Any]) -> tuple[Patient, TemplateVersion]:
    patients = Patient.objects.visible_to(user).select_related("clinic")
    patient = patients.filter(code=asked["patient"]).first()
    if patient is None:
        raise InvalidRequest("You see no patient with this code.", field="patient")
    # Patients see no protocols. That they may not assign one is the truer answer.
    require(staff_in(patient.clinic, user), Act.MOVE_PLAN, clinic=patient.clinic)
    versions = TemplateVersion.objects.visible_to(user).select_related("template")
    version = versions.filter(code=asked["protocol_version"]).first()
    if version is None:
        raise InvalidRequest("You see no protocol with this code.", field="protocol_version")
    return patient, version


def _practitioner(user: User, patient: Patient, code: str | None) -> User:
    if code is None:
        return user
    practitioner = User.objects.filter(code=code, memberships__clinic=patient.clinic).first()
    if practitioner is None:
        raise InvalidRequest("Choose a practitioner of the patient’s clinic.", field="practitioner")
    return practitioner


class PlanDetail(APIView):
    """One plan with its phases, orders and history."""

    @extend_schema(
        operation_id="plans_retrieve",
        responses={200: reading.PlanSerializer, **reading.REFUSALS_TO_READ},
    )
    def get(self, request: Request, code: str) -> Response:
        plan = get_object_or_404(Plan.objects.visible_to(request.user), code=code)
        return Response(described(plan, asker(request), at=timezone.now()))


class Description(SpectacularAPIView):
    """The description of the API. There is one version: what the address asks for would end up in a header."""

    def _get_version_parameter(self, request: Request) -> None:
        return None


class NoSuchAddress(APIView):
    """Programs that mistake an address read why in the shape of every other refusal."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
