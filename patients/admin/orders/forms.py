"""What is asked about an order: when it is added or changed, and when it is moved."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, cast

from django import forms
from django.forms import BoundField

from clinics.admin import inputs
from clinics.models import Prescriber
from patients.admin.prescriber_choice import PrescriberChoice
from patients.models import Door, Order, Plan
from patients.services.orders.following import counts
from patients.services.orders.prescribed import HEARD_THROUGH, PrescriberWord
from patients.services.orders.says import Says
from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.order_states import StopReason
from protocols.domain.phases import PhaseStatus
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.models.content import ItemKind, choices

STAGE = re.compile(r"\s*(\d{1,3})\s*(?:days?)?\s*[:,x×]\s*([0-9.]+)\s*")
OVER = frozenset({PhaseStatus.COMPLETED.value, PhaseStatus.SKIPPED.value})


class OrderMoveForm(forms.Form):
    """A move that needs a yes, why, and the prescriber’s word where somebody prescribes it."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    shown = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput())
    reason = forms.CharField(
        label="Why", required=False, widget=inputs.TextareaInput(), help_text="Written into the history."
    )
    asks_prescriber = True

    def __init__(self, *args: Any, plan: Plan, order: Order | None, today: date, **kwargs: Any) -> None:
        self.plan, self.order, self.today = plan, order, today
        super().__init__(*args, **kwargs)
        self.initial["revision"] = plan.revision
        if order is not None and order.is_prescribed and self.asks_prescriber:
            self._ask_prescriber()
        self.build()
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def build(self) -> None:
        """Add the fields that depend on this order."""

    def _ask_prescriber(self) -> None:
        doors = [("", "Nobody was asked"), *((door.value, door.label) for door in HEARD_THROUGH)]
        self.fields["word_door"] = forms.ChoiceField(
            label="The prescriber said it", choices=doors, required=False, widget=inputs.SelectInput()
        )
        self.fields["word_on"] = forms.DateField(label="On", required=False, widget=inputs.DateInput())
        self.fields["word_words"] = forms.CharField(
            label="What the prescriber said", required=False, widget=inputs.TextareaInput()
        )

    def word(self) -> PrescriberWord | None:
        chosen = self.cleaned_data
        if not chosen.get("word_door"):
            return None
        return PrescriberWord(
            door=Door(chosen["word_door"]), on=chosen.get("word_on") or self.today, words=chosen.get("word_words", "")
        )

    def arguments(self) -> dict[str, Any]:
        """What the service is told. The form is valid."""
        asked: dict[str, Any] = {"reason": self.cleaned_data["reason"]}
        return asked | ({"prescriber_word": self.word()} if self.asks_prescriber and self.order is not None else {})

    def own_field(self, field: str) -> str | None:
        """The field of this form at which a refusal of the service stands; None for the whole form."""
        own = {"prescriber_word": "word_door", "amount": "value"}.get(field, field)
        return own if own in self.fields else None

    def plain_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if name not in {"revision", "shown"})


class StopForm(OrderMoveForm):
    stop_reason = forms.ChoiceField(label="Because", choices=choices(StopReason), widget=inputs.SelectInput())

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"stop_reason": StopReason(self.cleaned_data["stop_reason"])}


class WithoutWordForm(OrderMoveForm):
    """What asks for no prescriber’s word: it should never have been there, or the prescriber was told."""

    asks_prescriber = False


class ErrorForm(WithoutWordForm):
    def build(self) -> None:
        self.fields["reason"].required = True


class TellingForm(WithoutWordForm):
    """When and how its prescriber was told that it was stopped."""

    on = forms.DateField(label="Told on", widget=inputs.DateInput())
    door = forms.ChoiceField(
        label="How", choices=[(door.value, door.label) for door in HEARD_THROUGH], widget=inputs.SelectInput()
    )

    def build(self) -> None:
        self.fields["on"].initial = self.today
        self.fields["reason"].label = "What the prescriber said"

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return {"door": Door(chosen["door"]), "on": chosen["on"], "words": chosen["reason"]}


class TieForm(OrderMoveForm):
    taper = forms.ChoiceField(label="The taper", widget=inputs.SelectInput())

    def build(self) -> None:
        self.tapers = {taper.code: taper for taper in self.plan.tapers.select_related("reduces").all() if counts(taper)}
        offered = [(code, f"{taper.reduces.name} ({code})") for code, taper in self.tapers.items()]
        cast(forms.ChoiceField, self.fields["taper"]).choices = offered

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"taper": self.tapers[self.cleaned_data["taper"]]}


class SaysForm(OrderMoveForm):
    """All that an order says. says: what it says now, or what the catalogue says of it; None: by its name alone."""

    name = forms.CharField(max_length=120, label="What", widget=inputs.TextInput())
    item_kind = forms.ChoiceField(label="Kind", choices=choices(ItemKind), widget=inputs.SelectInput())
    value = forms.DecimalField(
        label="How much each time", required=False, max_digits=15, decimal_places=6, widget=inputs.DecimalInput()
    )
    unit = forms.ChoiceField(label="Unit", required=False, widget=inputs.SelectInput())
    amount_confirmed = forms.BooleanField(
        label="This amount is right, although it is far from the usual", required=False, widget=inputs.CheckboxInput()
    )
    titration = forms.CharField(
        label="Slow start",
        required=False,
        widget=inputs.TextareaInput(),
        help_text="One line for each stage before the full amount, in the unit above: “3 days: 5”.",
    )
    pattern = forms.CharField(
        label="On which days",
        max_length=60,
        initial="daily",
        widget=inputs.TextInput(),
        help_text="daily · every 2 days · weekdays mon,thu · as needed",
    )
    times_of_day = forms.MultipleChoiceField(
        label="Times of day", required=False, choices=choices(Slot), widget=inputs.CheckboxesInput()
    )
    instructions = forms.CharField(
        required=False, widget=inputs.TextareaInput(), help_text="What the patient reads beside it."
    )
    first_phase = forms.ChoiceField(label="Begins with", widget=inputs.SelectInput())
    last_phase = forms.ChoiceField(label="Ends with", widget=inputs.SelectInput())
    starts_on = forms.DateField(
        label="First day of its own",
        required=False,
        widget=inputs.DateInput(),
        help_text="Empty: with its phase, or today if that has begun.",
    )
    ends_on = forms.DateField(
        label="Last day of its own", required=False, widget=inputs.DateInput(), help_text="Empty: with its phase."
    )
    taper_tie = forms.ChoiceField(
        label="Hangs on the taper",
        required=False,
        choices=[("", "No: its days are those of its phases"), *choices(TaperTie)],
        widget=inputs.SelectInput(),
    )
    taper_tie_days = forms.IntegerField(
        label="Days after its last dose", required=False, min_value=0, max_value=365, widget=inputs.IntegerInput()
    )
    prescribed_by = forms.ChoiceField(label="Who decides", choices=choices(PrescribedBy), widget=inputs.SelectInput())
    prescriber = PrescriberChoice(
        label="Prescriber",
        queryset=Prescriber.objects.none(),
        required=False,
        empty_label="Nobody prescribes it",
        widget=inputs.SelectInput(),
    )

    def __init__(self, *args: Any, says: Says | None, asks_confirmation: bool = False, **kwargs: Any) -> None:
        self.says, self.asks_confirmation = says, asks_confirmation
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        phases = [phase for phase in self.plan.phases.all() if phase.status not in OVER or self._names(phase.key)]
        self.phases = {phase.key: phase for phase in phases}
        for name in ("first_phase", "last_phase"):
            cast(forms.ChoiceField, self.fields[name]).choices = [(phase.key, phase.title) for phase in phases]
        product = None if self.says is None else self.says.supplement or self.says.medicine
        units = list(product.contents().dose_units) if product is not None else []
        offered = [("", "Choose a unit"), *((unit.value, unit.label) for unit in units or Unit)]
        cast(forms.ChoiceField, self.fields["unit"]).choices = offered
        prescribers = Prescriber.objects.open().filter(clinic=self.plan.patient.clinic)
        if self.says is not None and self.says.prescriber is not None:
            # Whoever prescribes it stays on offer, although the entry may have ended since.
            prescribers |= Prescriber.objects.filter(pk=self.says.prescriber.pk)
        cast(forms.ModelChoiceField, self.fields["prescriber"]).queryset = prescribers
        if product is not None:
            del self.fields["name"], self.fields["item_kind"]
        if not self.asks_confirmation:
            del self.fields["amount_confirmed"]
        if self.says is not None:
            self.initial.update(as_entered(self.says))
        else:
            # Nobody is taken to decide about what is written down by its name alone: somebody says so.
            deciders = [("", "Choose who decides"), *choices(PrescribedBy)]
            cast(forms.ChoiceField, self.fields["prescribed_by"]).choices = deciders

    def _names(self, key: str) -> bool:
        return self.says is not None and key in {self.says.first_phase.key, self.says.last_phase.key}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        value, unit = cleaned.get("value"), cleaned.get("unit")
        self.amount: Amount | None = None
        if value is not None and unit:
            try:
                self.amount = Amount(value, Unit(unit))
            except AmountError as error:
                self.add_error("value", str(error))
        elif (value is not None or unit) and not self.has_error("value") and not self.has_error("unit"):
            self.add_error("unit" if value is not None else "value", "An amount needs a number and a unit.")
        self.stages: list[dict[str, Any]] = []
        for line in (cleaned.get("titration") or "").splitlines():
            found = STAGE.fullmatch(line)
            if found is None and line.strip():
                self.add_error("titration", f"“{line.strip()}” is no stage: write it as “3 days: 5”.")
            elif found is not None:
                self.stages.append({"days": int(found[1]), "amount": f"{found[2]} {unit}"})
        return cleaned

    def said(self) -> Says:
        """What was entered."""
        chosen = self.cleaned_data
        first, last = self.phases[chosen["first_phase"]], self.phases[chosen["last_phase"]]
        base = self.says or Says(
            first_phase=first, last_phase=last, name="", item_kind=ItemKind.SUPPLEMENT, amount=None
        )
        own = {"name": chosen["name"], "item_kind": ItemKind(chosen["item_kind"])} if "name" in chosen else {}
        # What was not touched is kept to the letter: “5.0” and “5” are one amount.
        stages = base.titration if "titration" not in self.changed_data else tuple(self.stages)
        return replace(
            base,
            first_phase=first,
            last_phase=last,
            amount=self.amount,
            titration=stages,
            pattern=chosen["pattern"],
            times_of_day=tuple(Slot.ordered(Slot(slot) for slot in chosen["times_of_day"])),
            instructions=chosen["instructions"],
            starts_on=chosen["starts_on"],
            ends_on=chosen["ends_on"],
            taper_tie=TaperTie(chosen["taper_tie"]) if chosen["taper_tie"] else None,
            taper_tie_days=chosen["taper_tie_days"],
            prescribed_by=PrescribedBy(chosen["prescribed_by"]),
            prescriber=chosen["prescriber"],
            **own,
        )

    def arguments(self) -> dict[str, Any]:
        confirmed = {"amount_confirmed": bool(self.cleaned_data.get("amount_confirmed"))}
        return super().arguments() | {"says": self.said()} | confirmed


class ChangeForm(SaysForm):
    from_day = forms.DateField(
        label="From which day", widget=inputs.DateInput(), help_text="Today, or a later day. Until then it stays."
    )
    is_raised_anew = forms.BooleanField(
        label="Begin the slow start again from that day",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="With its first stage, as after a rest of a week or longer. Nothing else need change.",
    )
    is_raised_at_once = forms.BooleanField(
        label="Another amount counts in full from that day",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="Only asked where it is still being raised step by step.",
    )

    def build(self) -> None:
        super().build()
        self.fields["from_day"].initial = self.today
        if self.says is None or not self.says.titration:
            del self.fields["is_raised_at_once"], self.fields["is_raised_anew"]

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {
            "from_day": self.cleaned_data["from_day"],
            "is_raised_anew": bool(self.cleaned_data.get("is_raised_anew")),
            "is_raised_at_once": bool(self.cleaned_data.get("is_raised_at_once")),
        }


def as_entered(says: Says) -> dict[str, Any]:
    """The values of the form for what an order says."""
    return {
        "name": says.name,
        "item_kind": says.item_kind.value,
        "value": None if says.amount is None else str(says.amount).partition(" ")[0],
        "unit": "" if says.amount is None else says.amount.unit.value,
        "titration": "\n".join(
            f"{stage['days']} days: {Amount.parse(stage['amount']).value}" for stage in says.titration
        ),
        "pattern": says.pattern,
        "times_of_day": [slot.value for slot in says.times_of_day],
        "instructions": says.instructions,
        "first_phase": says.first_phase.key,
        "last_phase": says.last_phase.key,
        "starts_on": says.starts_on,
        "ends_on": says.ends_on,
        "taper_tie": says.taper_tie.value if says.taper_tie else "",
        "taper_tie_days": says.taper_tie_days,
        "prescribed_by": says.prescribed_by.value,
        "prescriber": says.prescriber,
    }
