"""What the API is asked: each request with the fields it knows, and no others."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from clinics.models import Prescriber, User
from patients.models import Door
from patients.services.orders.checking import UNKNOWN_PRESCRIBER
from patients.services.orders.prescribed import HEARD_THROUGH, PrescriberWord
from patients.services.phase_moves import Continue
from patients.services.practitioners import practitioners_of
from protocols.domain.amount import Amount, AmountError
from protocols.domain.phases import EndReason, PlanStatus
from protocols.models.content import choices


class Request(serializers.Serializer):
    """A request body. A field it does not know is refused by name, since it would silently do nothing."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({unknown[0]: "There is no such field. Leave it out."})
        return super().to_internal_value(data)


class RequestInTheDescription(OpenApiSerializerExtension):
    """The description says it too: no other fields."""

    target_class = Request
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        described = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return described | {"additionalProperties": False}


class AmountField(serializers.CharField):
    """“2.5 mg”: a decimal number and a UCUM unit."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return Amount.parse(text)
        except AmountError as error:
            raise serializers.ValidationError(str(error)) from error


def none_but(values: type[StrEnum], noun: str) -> dict[str, Any]:
    """What to say of a value that is none of these."""
    known = ", ".join(item.value for item in values)
    return {"invalid_choice": f"There is no such {noun}. Use one of: {known}."}


class EndReasonField(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=choices(EndReason), error_messages=none_but(EndReason, "reason"), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return EndReason(super().to_internal_value(data))


class PlanFilters(Request):
    """Which plans to list. A filter that is misspelt would silently list them all."""

    status = serializers.ChoiceField(
        choices=choices(PlanStatus), required=False, error_messages=none_but(PlanStatus, "status")
    )
    patient = serializers.CharField(max_length=10, required=False, help_text="A patient’s code.")


class AssignmentDates(Request):
    patient = serializers.CharField(max_length=10, help_text="The patient’s code.")
    protocol_version = serializers.CharField(max_length=10, help_text="The code of a published version.")
    starts_on = serializers.DateField(help_text="The first day. In the past for a patient already under way.")


class Assignment(AssignmentDates):
    practitioner = serializers.CharField(
        max_length=10, required=False, help_text="The code of who is told what is due; you, unless said."
    )
    request_key = serializers.CharField(
        max_length=64, help_text="Any text of your own. The same key twice gives the same plan once."
    )


class Word(Request):
    """What the prescriber of a medicine said about it."""

    door = serializers.ChoiceField(choices=[(door.value, door.label) for door in HEARD_THROUGH], help_text="How.")
    on = serializers.DateField(help_text="On which day.")
    words = serializers.CharField(max_length=2000)


def said_in(value: Mapping[str, Any]) -> PrescriberWord:
    return PrescriberWord(door=Door(value["door"]), on=value["on"], words=value["words"])


class Move(Request):
    revision = serializers.IntegerField(min_value=0, help_text="The revision you saw. If the plan moved since: 409.")
    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class MoveWithReason(Move):
    reason = serializers.CharField(max_length=2000)


class PrescriberField(serializers.SlugRelatedField):
    """By its code, one of this clinic: of the others nobody learns whether a code exists."""

    def get_queryset(self) -> Any:
        return Prescriber.objects.open().filter(clinic=self.context["clinic"])


class Activation(Request):
    revision = serializers.IntegerField(min_value=0)
    starts_on = serializers.DateField(required=False, help_text="Another first day, if the drafted one no longer fits.")
    amounts = serializers.DictField(
        child=AmountField(), required=False, default=dict, help_text="By order code: “500 mg”."
    )
    amounts_confirmed = serializers.ListField(
        child=serializers.CharField(max_length=10),
        required=False,
        default=list,
        help_text="Codes: an amount far from the usual was looked at, and is right.",
    )
    left_out = serializers.ListField(
        child=serializers.CharField(max_length=10),
        required=False,
        default=list,
        help_text="Codes: not for this patient.",
    )
    prescribers = serializers.DictField(
        child=PrescriberField(
            slug_field="code",
            queryset=Prescriber.objects.open(),
            error_messages={"does_not_exist": UNKNOWN_PRESCRIBER},
        ),
        required=False,
        default=dict,
        help_text="By order code: who prescribes what needs a prescription.",
    )


class Completion(Move):
    end_reason = EndReasonField(required=False, default=EndReason.FINISHED)


class Revocation(Move):
    end_reason = EndReasonField()


class PractitionerField(serializers.SlugRelatedField):
    """By the code, one of this clinic: of others nobody learns whether somebody has that code."""

    def get_queryset(self) -> Any:
        return practitioners_of(self.context["clinic"])


class HandOver(Move):
    practitioner = PractitionerField(
        slug_field="code",
        queryset=User.objects.none(),
        help_text="The code of a practitioner of the same clinic.",
        error_messages={"does_not_exist": "Choose a practitioner of the patient’s clinic."},
    )


class Extension(Move):
    days = serializers.IntegerField(min_value=1)


class Skipping(MoveWithReason):
    pull_forward = serializers.BooleanField(required=False, default=False)


class PhaseCompletion(Completion):
    on = serializers.DateField(required=False, help_text="Today unless said, or a day already lived.")
    pull_forward = serializers.BooleanField(
        required=False, default=False, help_text="Whether what is counted from its end starts earlier."
    )
    signed_off = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list, help_text="Keys of criteria."
    )
    orders = serializers.DictField(
        child=serializers.DateField(),
        required=False,
        default=dict,
        help_text="By order code: the last day of those that go on. The others stop with the phase.",
    )

    prescriber_words = serializers.DictField(
        child=Word(),
        required=False,
        default=dict,
        help_text="By order code: what was said of a prescribed medicine that goes on.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        words = {code: said_in(value) for code, value in attrs.pop("prescriber_words").items()}
        unknown = sorted(set(words) - set(attrs["orders"]))
        if unknown:
            raise serializers.ValidationError({"prescriber_words": f"{unknown[0]} does not go on: leave its word out."})
        return attrs | {"orders": {code: Continue(until, words.get(code)) for code, until in attrs["orders"].items()}}
