"""What was seen during a run, as plain facts. The invariants judge these, together with the rows at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from gutclinic.simulator.clock import Outage
from gutclinic.simulator.home_evidence import HomeState
from gutclinic.simulator.order_evidence import OrderDay
from gutclinic.simulator.taper_evidence import TaperAct, TaperState
from patients.models import (
    Attempt,
    FindingChange,
    Message,
    Order,
    Plan,
    Recurrence,
    Reminder,
    Signature,
    Taper,
    Transition,
)
from patients.reminders.channels import Envelope


@dataclass(frozen=True, slots=True)
class PersonState:
    """Where somebody lives and when they may be written to."""

    zone: str
    quiet_starts: time
    quiet_ends: time
    message_time: time
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class PhaseState:
    key: str
    status: str
    starts_on: date
    ends_on: date | None
    begins_at: datetime | None
    anchor: str
    anchor_phase: str
    offset_days: int
    duration_days: int | None
    starts_by_person: bool


@dataclass(frozen=True, slots=True)
class HoldState:
    """phase: its key; empty for the whole plan."""

    phase: str
    first_day: date
    resumed_on: date | None


@dataclass(frozen=True, slots=True)
class PlanState:
    """One plan and its patient as they were from `at` on, until the next state."""

    at: datetime
    status: str
    starts_on: date
    revision: int
    phases: Mapping[str, PhaseState]
    holds: tuple[HoldState, ...]
    transition_count: int
    patient: PersonState
    practitioner: PersonState
    homes: tuple[HomeState, ...] = ()

    def differs_from(self, other: "PlanState") -> bool:
        """In anything but the time of looking."""
        fields = [name for name in self.__slots__ if name != "at"]
        return any(getattr(self, name) != getattr(other, name) for name in fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody did to a plan, or was refused. phase: its key, if it was about one."""

    at: datetime
    plan_id: int
    name: str
    phase: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    before: PlanState | None
    after: PlanState
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """One reminder in an envelope, and what was true of it at the instant of the hand-over.

    phase, taper_id: what it is about; one of the two is empty.
    """

    reminder_id: int
    key: str
    kind: str
    phase: str
    taper_id: int | None
    plan_id: int
    civil_date: date
    status: str
    plan_status: str
    phase_status: str
    phase_starts_on: date


@dataclass(frozen=True, slots=True)
class HandOver:
    """One envelope given to the channel. outcome: accepted, failed (may be tried again) or refused (for good)."""

    at: datetime
    envelope: Envelope
    message_id: int
    recipient: tuple[str, str]
    carried: tuple[Carried, ...]
    outcome: str


@dataclass(slots=True)
class Rows:
    """The tables at the end of the run."""

    plans: dict[int, Plan]
    transitions: list[Transition]
    reminders: list[Reminder]
    recurrences: list[Recurrence]
    tapers: dict[int, Taper]
    orders: list[Order]
    signatures: list[Signature]
    messages: dict[int, Message]
    attempts: list[Attempt]
    finding_changes: list[FindingChange]

    @classmethod
    def read(cls) -> "Rows":
        plans = Plan.objects.select_related("patient__clinic", "practitioner").prefetch_related("phases")
        return cls(
            plans={plan.pk: plan for plan in plans.order_by("pk")},
            transitions=list(Transition.objects.select_related("phase").order_by("plan_id", "pk")),
            reminders=list(Reminder.objects.select_related("phase", "recurrence").order_by("pk")),
            recurrences=list(Recurrence.objects.select_related("patient").order_by("pk")),
            tapers={taper.pk: taper for taper in Taper.objects.order_by("pk")},
            orders=list(Order.objects.order_by("plan_id", "key", "number")),
            signatures=list(Signature.objects.select_related("version").order_by("version__taper_id", "pk")),
            messages={message.pk: message for message in Message.objects.order_by("pk")},
            attempts=list(Attempt.objects.order_by("message_id", "number")),
            finding_changes=list(FindingChange.objects.select_related("finding").order_by("at", "finding_id", "pk")),
        )


@dataclass(slots=True)
class Evidence:
    """Everything the invariants may look at."""

    begins: datetime
    ends: datetime
    # When no sweep ran at all.
    outages: list[Outage]
    # By kind and code of the recipient: the name used in reports.
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    # By kind and code: how this person could be reached, from which instant on.
    people: dict[tuple[str, str], list[tuple[datetime, PersonState]]] = field(default_factory=dict)
    # By clinic: the code of its admin, who is called where nobody else takes a warning sign on.
    admins: dict[int, str] = field(default_factory=dict)
    states: dict[int, list[PlanState]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    # By taper: how it was, from which instant on; and what was done to it.
    tapers: dict[int, list[TaperState]] = field(default_factory=dict)
    taper_acts: list[TaperAct] = field(default_factory=list)
    # By taper: “taper 1” of its patient.
    taper_names: dict[int, str] = field(default_factory=dict)
    # How orders were whenever somebody looked at them, in the order of time.
    order_days: list[OrderDay] = field(default_factory=list)
    hand_overs: list[HandOver] = field(default_factory=list)
    # Plans that nobody touched after activation but to finish a phase on its very day.
    steady_plans: set[int] = field(default_factory=set)
    # What broke, as the name of the error, and what made no headway.
    failures: list[tuple[datetime, str]] = field(default_factory=list)
    # Words that no message may hold.
    private_words: set[str] = field(default_factory=set)

    def person_at(self, recipient: tuple[str, str], at: datetime) -> PersonState:
        """How this person could be reached at that instant."""
        known = [state for since, state in self.people[recipient] if since <= at]
        return known[-1] if known else self.people[recipient][0][1]

    def state_at(self, plan_id: int, at: datetime) -> PlanState | None:
        """The plan as it was at that instant; None before it was assigned."""
        known = [state for state in self.states.get(plan_id, []) if state.at <= at]
        return known[-1] if known else None

    def taper_at(self, taper_id: int, at: datetime) -> TaperState | None:
        """The taper as it was at that instant; None before it was drawn up."""
        known = [state for state in self.tapers.get(taper_id, []) if state.at <= at]
        return known[-1] if known else None

    def name_of_plan(self, rows: Rows, plan_id: int) -> str:
        plan = rows.plans[plan_id]
        return self.names[("patient", plan.patient.code)]
