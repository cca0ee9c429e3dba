"""What the API is asked about orders."""

from typing import Any

from rest_framework import serializers

from patients.api.asking import AmountField, Move, MoveWithReason, Request, Word, none_but, said_in
from patients.models import Door
from patients.services.orders.prescribed import HEARD_THROUGH, PrescriberWord
from protocols.domain.order_states import StopReason
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.models.content import ItemKind, choices


class OrderMoveRequest(Move):
    prescriber_word = Word(required=False, help_text="Needed for what somebody prescribes.")

    def validate_prescriber_word(self, value: dict[str, Any]) -> PrescriberWord:
        return said_in(value)


class Stopping(OrderMoveRequest):
    stop_reason = serializers.ChoiceField(choices=choices(StopReason), error_messages=none_but(StopReason, "reason"))

    def validate_stop_reason(self, value: str) -> StopReason:
        return StopReason(value)


class TellingPrescriber(Request):
    """When and how its prescriber was told that it was stopped."""

    revision = serializers.IntegerField(min_value=0)
    door = serializers.ChoiceField(
        choices=[(door.value, door.label) for door in HEARD_THROUGH], help_text="How the prescriber was told."
    )
    on = serializers.DateField(help_text="On which day.")
    words = serializers.CharField(
        max_length=2000, required=False, default="", allow_blank=True, help_text="What the prescriber said."
    )

    def validate_door(self, value: str) -> Door:
        return Door(value)


class EnteringOrderInError(MoveWithReason):
    """It should never have been there."""


class Stage(Request):
    days = serializers.IntegerField(min_value=1)
    amount = serializers.CharField(max_length=40, help_text="“1.25 g”: below the full amount.")


class HowTaken(Request):
    """What may be said of how it is taken."""

    amount = AmountField(required=False, help_text="Each time: “500 mg”.")
    pattern = serializers.CharField(required=False, max_length=60, help_text="daily · every 2 days · as needed")
    times_of_day = serializers.ListField(
        child=serializers.ChoiceField(choices=choices(Slot), error_messages=none_but(Slot, "time of day")),
        required=False,
    )
    titration = Stage(many=True, required=False, help_text="A slow start; an empty list: none.")
    instructions = serializers.CharField(required=False, max_length=2000, allow_blank=True)
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="Null: with its phase.")
    amount_confirmed = serializers.BooleanField(
        required=False, default=False, help_text="An amount far from the usual was looked at, and is right."
    )


class Changing(OrderMoveRequest, HowTaken):
    from_day = serializers.DateField(
        required=False,
        help_text="Today unless said, or a later day. Other times of day: tomorrow, if today’s dose is recorded.",
    )
    is_raised_anew = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Its slow start begins again with the first stage, as after a rest of a week or longer.",
    )
    is_raised_at_once = serializers.BooleanField(
        required=False, default=False, help_text="Another amount counts in full, although it was still being raised."
    )


class Adding(Move, HowTaken):
    first_phase = serializers.CharField(max_length=40, help_text="The key of the phase it begins with.")
    last_phase = serializers.CharField(max_length=40, required=False, help_text="The same unless said.")
    supplement = serializers.CharField(max_length=10, required=False, help_text="Its code in the catalogue.")
    medicine = serializers.CharField(max_length=10, required=False, help_text="Its code in the catalogue.")
    name = serializers.CharField(max_length=120, required=False, help_text="Needed for what no catalogue knows.")
    kind = serializers.ChoiceField(choices=choices(ItemKind), required=False, error_messages=none_but(ItemKind, "kind"))
    starts_on = serializers.DateField(required=False, help_text="Its own first day; else with its phase, or today.")
    prescribed_by = serializers.ChoiceField(
        choices=choices(PrescribedBy), required=False, error_messages=none_but(PrescribedBy, "answer")
    )
    prescriber = serializers.CharField(max_length=10, required=False, help_text="The code of who prescribes it.")
    taper_tie = serializers.ChoiceField(
        choices=choices(TaperTie), required=False, error_messages=none_but(TaperTie, "tie")
    )
    taper_tie_days = serializers.IntegerField(required=False, min_value=0, max_value=365)
