"""What each move asks of the practitioner, and what of it the service is told."""

from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from clinics.models import Prescriber, User
from patients.admin.prescriber_choice import PrescriberChoice
from patients.models import Door, Order, Plan, PlanPhase
from patients.services.orders.checking import unusual
from patients.services.orders.prescribed import HEARD_THROUGH, PrescriberWord
from patients.services.phase_moves import Continue, orders_ending_with
from patients.services.plan_moves import lacks_prescriber
from patients.services.practitioners import practitioners_of
from patients.services.readiness import readings_of
from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.phases import EndReason
from protocols.domain.readiness import SIGN_OFF

END_REASONS = [(reason.value, reason.label) for reason in EndReason]
STAND_IN = "To see the dates."
STOPS, GOES_ON = "stops", "goes-on"


class MoveForm(forms.Form):
    """A move that needs nothing but a yes. The revision says what was on the screen, `shown` which dates."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    shown = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput())
    reason = forms.CharField(required=False, widget=inputs.TextareaInput(), help_text="Written into the history.")
    field_order: list[str] | None = None

    def __init__(self, *args: Any, plan: Plan, phase: PlanPhase | None, today: date, **kwargs: Any) -> None:
        self.plan, self.phase, self.today = plan, phase, today
        super().__init__(*args, **kwargs)
        self.initial["revision"] = plan.revision
        self.build()
        # Why comes last, after what.
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def build(self) -> None:
        """Add the fields that depend on this plan or phase."""

    def arguments(self) -> dict[str, Any]:
        """What the service is told. The form is valid."""
        return {"reason": self.cleaned_data["reason"]}

    def first_arguments(self) -> dict[str, Any]:
        """For the preview before anything was entered: stand-ins where dates do not depend on it."""
        return {"reason": STAND_IN}

    def own_field(self, service_field: str) -> str | None:
        """The field of this form at which a refusal of the service stands; None for the whole form."""
        return service_field if service_field in self.fields else None

    def plain_fields(self) -> Iterator[BoundField]:
        """The fields that the page shows one below the other."""
        return (self[name] for name in self.fields if name not in {"revision", "shown"})


class EndForm(MoveForm):
    """The plan is completed or revoked: why."""

    end_reason = forms.ChoiceField(label="Why it ends", choices=END_REASONS, widget=inputs.SelectInput())

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"end_reason": EndReason(self.cleaned_data["end_reason"])}

    def first_arguments(self) -> dict[str, Any]:
        return super().first_arguments() | {"end_reason": EndReason.FINISHED}


class HandOverForm(MoveForm):
    """Another practitioner of the clinic."""

    practitioner = forms.ModelChoiceField(
        label="To whom", queryset=User.objects.none(), empty_label="Choose a practitioner", widget=inputs.SelectInput()
    )

    def build(self) -> None:
        self.others = practitioners_of(self.plan.patient.clinic).exclude(pk=self.plan.practitioner_id)
        cast(forms.ModelChoiceField, self.fields["practitioner"]).queryset = self.others

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"practitioner": self.cleaned_data["practitioner"]}

    def first_arguments(self) -> dict[str, Any]:
        # Whoever it is, no date depends on it. Without anybody to hand over to, the refusal says so.
        return super().first_arguments() | {"practitioner": self.others.first() or self.plan.practitioner}


class RevokeForm(EndForm):
    def build(self) -> None:
        reasons = [choice for choice in END_REASONS if choice[0] != EndReason.FINISHED.value]
        cast(forms.ChoiceField, self.fields["end_reason"]).choices = [("", "Choose a reason"), *reasons]


class WithReasonForm(MoveForm):
    """A move that is not made without saying why."""

    def build(self) -> None:
        self.fields["reason"].required = True


class ActivateForm(MoveForm):
    """The first day, what is not for this patient, and an amount for everything that ships without one."""

    starts_on = forms.DateField(label="First day", widget=inputs.DateInput())
    left_out = forms.MultipleChoiceField(
        label="Not for this patient",
        required=False,
        widget=inputs.CheckboxesInput(),
        help_text="Tick what this patient is not to take or do. It stays in the plan as left out, and is never due.",
    )

    def build(self) -> None:
        del self.fields["reason"]
        self.fields["starts_on"].initial = self.plan.starts_on
        orders = list(self.plan.orders.current().select_related("medicine", "prescriber"))
        cast(forms.MultipleChoiceField, self.fields["left_out"]).choices = [
            (order.code, order.name) for order in orders
        ]
        self.missing: list[Order] = [order for order in orders if order.needs_amount]
        for order in self.missing:
            self.fields[f"value-{order.code}"] = forms.DecimalField(
                label=f"{order.name}: how much each time",
                required=False,
                widget=inputs.DecimalInput(),
                max_digits=15,
                decimal_places=6,
            )
            self.fields[f"unit-{order.code}"] = forms.ChoiceField(
                label=f"{order.name}: unit",
                choices=[("", "Choose a unit"), *((unit.value, unit.label) for unit in Unit)],
                required=False,
                widget=inputs.SelectInput(),
            )
            self._ask_whether_it_is_right(order)

        self.prescribed: list[Order] = [order for order in orders if lacks_prescriber(order)]
        prescribers = Prescriber.objects.open().filter(clinic=self.plan.patient.clinic)
        for order in self.prescribed:
            self.fields[f"prescriber-{order.code}"] = PrescriberChoice(
                label=f"{order.name}: who prescribes it",
                queryset=prescribers,
                required=False,
                empty_label="Choose who prescribes it",
                widget=inputs.SelectInput(),
            )

    def _ask_whether_it_is_right(self, order: Order) -> None:
        """Only about an amount that is far from the usual."""
        sentence = ""
        with suppress(ValueError, ArithmeticError):
            amount = Amount(
                Decimal(self.data.get(f"value-{order.code}", "")), Unit(self.data.get(f"unit-{order.code}", ""))
            )
            decided = copy(order)
            decided.amount_value, decided.amount_unit = amount.value, amount.unit.value
            sentence = unusual(decided)
        if sentence:
            self.fields[f"confirm-{order.code}"] = forms.BooleanField(
                label=f"{order.name}: this amount is right, although it is far from the usual",
                error_messages={"required": f"{sentence} Correct it, or confirm that it is right."},
                widget=inputs.CheckboxInput(),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for order in self.prescribed:
            name = f"prescriber-{order.code}"
            if not cleaned.get(name) and order.code not in cleaned.get("left_out", []) and not self.has_error(name):
                self.add_error(name, "Say who prescribes it, or tick below that it is not for this patient.")
        self.amounts: dict[str, Amount] = {}
        for order in self.missing:
            value, unit = cleaned.get(f"value-{order.code}"), cleaned.get(f"unit-{order.code}")
            if order.code in cleaned.get("left_out", []):
                self.errors.pop(f"confirm-{order.code}", None)
                continue
            if value is None or not unit:
                for name in (f"value-{order.code}", f"unit-{order.code}"):
                    if not self.has_error(name) and not cleaned.get(name):
                        self.add_error(name, "Decide this, or tick below that it is not for this patient.")
                continue
            try:
                self.amounts[order.code] = Amount(value, Unit(unit))
            except AmountError as error:
                self.add_error(f"value-{order.code}", str(error))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        left_out = self.cleaned_data["left_out"]
        decided = {
            "amounts": self.amounts,
            "amounts_confirmed": [code for code in self.amounts if self.cleaned_data.get(f"confirm-{code}")],
            "left_out": left_out,
            "prescribers": {
                order.code: self.cleaned_data[f"prescriber-{order.code}"]
                for order in self.prescribed
                if order.code not in left_out
            },
        }
        return decided | self._first_day(self.cleaned_data["starts_on"])

    def first_arguments(self) -> dict[str, Any]:
        # No date depends on how much is taken, nor on who prescribes it: what is open is left out of this preview.
        return {"left_out": sorted({order.code for order in [*self.missing, *self.prescribed]})}

    def _first_day(self, chosen: date) -> dict[str, Any]:
        return {} if chosen == self.plan.starts_on else {"starts_on": chosen}

    def own_field(self, service_field: str) -> str | None:
        return super().own_field(
            service_field.replace("amounts_confirmed.", "value-")
            .replace("amounts.", "value-")
            .replace("prescribers.", "prescriber-")
        )

    def amount_rows(self) -> list[tuple[Order, BoundField, BoundField]]:
        return [(order, self[f"value-{order.code}"], self[f"unit-{order.code}"]) for order in self.missing]

    def prescriber_rows(self) -> list[BoundField]:
        return [self[f"prescriber-{order.code}"] for order in self.prescribed]

    def plain_fields(self) -> Iterator[BoundField]:
        yield self["starts_on"]
        yield from (self[name] for name in self.fields if name.startswith("confirm-"))


class ExtendForm(MoveForm):
    days = forms.IntegerField(label="How many days longer", min_value=1, initial=7, widget=inputs.IntegerInput())

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"days": self.cleaned_data["days"]}

    def first_arguments(self) -> dict[str, Any]:
        return super().first_arguments() | {"days": 7}


class SkipForm(WithReasonForm):
    pull_forward = forms.BooleanField(
        label="Pull later phases forward",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="What is counted from the end of this phase starts earlier by its days. If not, it keeps its dates.",
    )

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"pull_forward": self.cleaned_data["pull_forward"]}


class FinishForm(MoveForm):
    """A phase is finished: when, why, what is signed off, what becomes of each of its orders, and of later phases."""

    on = forms.DateField(label="Last day", widget=inputs.DateInput(), help_text="Today, or a day already lived.")
    end_reason = forms.ChoiceField(label="Why it ends", choices=END_REASONS, widget=inputs.SelectInput())
    signed_off = forms.MultipleChoiceField(
        label="I sign off", required=False, widget=inputs.CheckboxesInput(), help_text="Signed with your name."
    )
    pull_forward = forms.BooleanField(
        label="Pull later phases forward",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="What is counted from the end of this phase starts earlier. If not, it keeps its dates.",
    )

    def build(self) -> None:
        assert self.phase is not None
        self.fields["on"].initial = self.today
        self.readings = readings_of(self.phase, today=self.today)
        open_signatures = [c for c in self.phase.criteria.all() if c.kind == SIGN_OFF and c.signed_off_at is None]
        if open_signatures:
            offered = [(item.key, item.sentence) for item in open_signatures]
            cast(forms.MultipleChoiceField, self.fields["signed_off"]).choices = offered
        else:
            del self.fields["signed_off"]
        self.ending = orders_ending_with(self.phase)
        for order in self.ending:
            self.fields[f"goes-on-{order.code}"] = forms.ChoiceField(
                label=order.name,
                choices=[(STOPS, "stops with this phase"), (GOES_ON, "goes on until")],
                widget=inputs.SelectInput(),
                help_text="If it stops, its prescriber is still to be told; it stands on Today until then."
                if order.is_prescribed
                else "",
            )
            self.fields[f"until-{order.code}"] = forms.DateField(
                label=f"{order.name}: last day", required=False, widget=inputs.DateInput()
            )
            if order.is_prescribed:
                self._ask_prescriber(order)

    def _ask_prescriber(self, order: Order) -> None:
        """It goes on only by the word of whoever prescribes it."""
        doors = [("", "Nobody was asked"), *((door.value, door.label) for door in HEARD_THROUGH)]
        self.fields[f"word-door-{order.code}"] = forms.ChoiceField(
            label=f"{order.name}: the prescriber said that it goes on",
            choices=doors,
            required=False,
            widget=inputs.SelectInput(),
        )
        self.fields[f"word-on-{order.code}"] = forms.DateField(
            label=f"{order.name}: said on", required=False, widget=inputs.DateInput()
        )
        self.fields[f"word-words-{order.code}"] = forms.CharField(
            label=f"{order.name}: what the prescriber said", required=False, widget=inputs.TextareaInput()
        )

    def _word(self, order: Order) -> PrescriberWord | None:
        chosen = self.cleaned_data
        door = chosen.get(f"word-door-{order.code}")
        if not door:
            return None
        return PrescriberWord(
            door=Door(door),
            on=chosen.get(f"word-on-{order.code}") or self.today,
            words=chosen.get(f"word-words-{order.code}", ""),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for order in self.ending:
            goes_on = cleaned.get(f"goes-on-{order.code}") == GOES_ON
            until = cleaned.get(f"until-{order.code}")
            if goes_on and until is None and f"until-{order.code}" not in self.errors:
                self.add_error(f"until-{order.code}", "Say until which day it goes on.")
            elif until is not None and not goes_on:
                self.add_error(
                    f"goes-on-{order.code}", "There is a last day: choose “goes on until”, or empty the day."
                )
        return cleaned

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return super().arguments() | {
            "on": chosen["on"],
            "end_reason": EndReason(chosen["end_reason"]),
            "signed_off": chosen.get("signed_off", []),
            "pull_forward": chosen["pull_forward"],
            "orders": {
                order.code: Continue(chosen[f"until-{order.code}"], self._word(order))
                for order in self.ending
                if chosen[f"goes-on-{order.code}"] == GOES_ON
            },
        }

    def own_field(self, service_field: str) -> str | None:
        return super().own_field(service_field.replace("orders.", "until-"))

    def order_rows(self) -> list[tuple[Order, BoundField, BoundField]]:
        return [(order, self[f"goes-on-{order.code}"], self[f"until-{order.code}"]) for order in self.ending]

    def plain_fields(self) -> Iterator[BoundField]:
        return (field for field in super().plain_fields() if not field.name.startswith(("goes-on-", "until-")))
