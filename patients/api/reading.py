"""What the API says: plans, patients by code, and protocols that can be assigned. No names."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from patients.models import Order, Patient, PlanPhase, Transition
from patients.services.readiness import NOT_LIVED, readings_of
from protocols.domain.amount import Amount
from protocols.domain.order_states import OrderStatus
from protocols.domain.phases import EndReason, PhaseKind, PhaseStatus, PlanStatus
from protocols.domain.readiness import Verdict
from protocols.models import TemplateVersion
from protocols.models.content import choices

PHASE_STATUSES = choices(PhaseStatus)
PLAN_STATUSES = choices(PlanStatus)


class ErrorBody(serializers.Serializer):
    code = serializers.CharField(help_text="What it is, for programs.")
    field = serializers.CharField(
        help_text="What to correct, as a path; empty if it is no single field.", allow_blank=True
    )
    text = serializers.CharField(help_text="What it is and what to do, for people.")


class Error(serializers.Serializer):
    """A refusal. Nothing was written."""

    error = ErrorBody()


REFUSALS_TO_READ = dict.fromkeys((401, 404, 429), Error)
REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 429), Error)


class AmountSerializer(serializers.Serializer):
    """An exact amount with its UCUM unit."""

    value = serializers.CharField(help_text="A decimal number, written out: “2.5”.")
    unit = serializers.CharField(help_text="UCUM: mg, ug, g, [iU], 10*9.[CFU], …")


class ReadingSerializer(serializers.Serializer):
    """One exit criterion and what is to be said of it today."""

    key = serializers.CharField()
    sentence = serializers.CharField()
    verdict = serializers.ChoiceField(choices=choices(Verdict))
    reason = serializers.CharField()


class PhaseSerializer(serializers.Serializer):
    """One phase. Dates are planned until it starts or ends; then they are what was."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=choices(PhaseKind))
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=PHASE_STATUSES)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="Null: no fixed end.")
    duration_days = serializers.IntegerField(allow_null=True)
    starts_by_person = serializers.BooleanField()
    day = serializers.SerializerMethodField(help_text="Lived days so far, today included, days on hold not counted.")
    readiness = serializers.SerializerMethodField()

    def _today(self) -> date:
        today: date = self.context["today"]
        return today

    @extend_schema_field(serializers.IntegerField())
    def get_day(self, phase: PlanPhase) -> int:
        return phase.day_number(self._today()) if phase.status not in NOT_LIVED else 0

    @extend_schema_field(ReadingSerializer(many=True))
    def get_readiness(self, phase: PlanPhase) -> list[dict[str, Any]]:
        return [
            {"key": key, "sentence": sentence, "verdict": reading.verdict.value, "reason": reading.reason}
            for key, sentence, reading in readings_of(phase, today=self._today())
        ]


class OrderSerializer(serializers.Serializer):
    """One version of one order. Those that were replaced stand as they were said."""

    code = serializers.CharField()
    key = serializers.CharField(help_text="The same for all versions of an order.")
    version = serializers.IntegerField(source="number")
    is_current = serializers.BooleanField(help_text="Whether no newer version has been written.")
    name = serializers.CharField()
    kind = serializers.CharField(source="item_kind")
    status = serializers.SerializerMethodField()
    amount = serializers.SerializerMethodField(help_text="Each time, once it is taken in full.")
    amount_today = serializers.SerializerMethodField(help_text="Less than that during a slow start.")
    pattern = serializers.CharField()
    times_of_day = serializers.ListField(child=serializers.CharField())
    first_phase = serializers.CharField(source="first_phase.key")
    last_phase = serializers.CharField(source="last_phase.key")
    first_day = serializers.DateField(allow_null=True, help_text="Null: it waits for the taper that it hangs on.")
    last_day = serializers.DateField(allow_null=True)
    is_blocked = serializers.BooleanField(help_text="A safety finding stops it until somebody has decided.")
    prescribed_by = serializers.CharField()
    prescriber = serializers.CharField(source="prescriber.code", allow_null=True, default=None)
    needs_amount = serializers.BooleanField(help_text="Still to be decided when the plan is activated.")
    is_left_out = serializers.BooleanField(help_text="Decided at activation: not for this patient.")

    @extend_schema_field(AmountSerializer(allow_null=True))
    def get_amount(self, order: Order) -> dict[str, str] | None:
        return _amount(order.amount)

    @extend_schema_field(AmountSerializer(allow_null=True))
    def get_amount_today(self, order: Order) -> dict[str, str] | None:
        return _amount(order.amount_on(self.context["today"]))

    @extend_schema_field(serializers.ChoiceField(choices=choices(OrderStatus)))
    def get_status(self, order: Order) -> str:
        return order.status_on(self.context["today"]).value


def _amount(amount: Amount | None) -> dict[str, str] | None:
    if amount is None:
        return None
    value, _, unit = str(amount).partition(" ")
    return {"value": value, "unit": unit}


class TransitionSerializer(serializers.ModelSerializer):
    """One line of the append-only history."""

    phase = serializers.CharField(source="phase.key", allow_null=True, default=None)
    order = serializers.CharField(source="order.code", allow_null=True, default=None)

    class Meta:
        model = Transition
        fields = [
            "at",
            "phase",
            "order",
            "move",
            "from_status",
            "to_status",
            "reason",
            "end_reason",
            "by_kind",
            "by_code",
        ]


class PlanSummarySerializer(serializers.Serializer):
    code = serializers.CharField()
    patient = serializers.CharField(source="patient.code")
    protocol_version = serializers.CharField(source="template_version.code")
    practitioner = serializers.CharField(source="practitioner.code")
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=PLAN_STATUSES)
    starts_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=[("", "None"), *choices(EndReason)], allow_blank=True)
    revision = serializers.IntegerField(help_text="Send it with a move: it says which state you saw.")


class PlanSerializer(PlanSummarySerializer):
    phases = PhaseSerializer(many=True)
    orders = OrderSerializer(many=True)
    transitions = TransitionSerializer(many=True, help_text="What was done with the plan; empty for its patient.")


class PatientSerializer(serializers.ModelSerializer):
    clinic = serializers.CharField(source="clinic.code")

    class Meta:
        model = Patient
        fields = ["code", "clinic", "zone"]


class ProtocolVersionSerializer(serializers.ModelSerializer):
    title = serializers.CharField(source="template.title")
    clinic = serializers.CharField(source="template.clinic.code")

    class Meta:
        model = TemplateVersion
        fields = ["code", "clinic", "title", "number", "summary", "published_at"]


class PreviewPhaseSerializer(serializers.Serializer):
    key = serializers.CharField(source="phase.key")
    title = serializers.CharField(source="phase.title")
    starts_on = serializers.DateField(source="window.first")
    ends_on = serializers.DateField(source="window.last", allow_null=True)
    state = serializers.ChoiceField(choices=[(word, word) for word in ("done", "running", "planned")])


class PreviewSerializer(serializers.Serializer):
    """Every date the plan would have. Nothing was written."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    phases = PreviewPhaseSerializer(many=True)
    missing_amounts = serializers.SerializerMethodField(help_text="Keys of orders that activation will ask about.")
    notes = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing_amounts(self, preview: Any) -> list[str]:
        return [order.key for order in preview.missing_amounts]
