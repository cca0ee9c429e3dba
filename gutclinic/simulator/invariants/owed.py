"""One owed thing, whether it is about a phase or a taper, and whether it is called for at an instant."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gutclinic.simulator.evidence import Carried, HandOver
from gutclinic.simulator.invariants.at_home import RULE as HOME_RULE
from gutclinic.simulator.invariants.at_home import RUNNING_LOW, home_of, is_reckoned, low_called_for_on
from gutclinic.simulator.invariants.calling import RULES, called_for_on
from gutclinic.simulator.invariants.of_days import DAY_KINDS
from gutclinic.simulator.invariants.of_plans import LATE_DAYS, is_called_for
from gutclinic.simulator.invariants.seen import Seen, recipient_of
from gutclinic.simulator.invariants.taper_calling import Told, taper_calls
from gutclinic.simulator.invariants.taper_rules import PRESCRIBER, TAPER_RULES, TaperCall, plan_statuses
from gutclinic.simulator.invariants.wall import local, next_awake, next_preferred
from patients.models import Reminder

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """phase, taper_id: what it is about; one of the two is empty. about: the code in its key."""

    kind: str
    plan_id: int
    phase: str
    taper_id: int | None
    about: str
    civil_date: date
    recipient: tuple[str, str]

    @classmethod
    def of_row(cls, reminder: Reminder) -> "Owed":
        return cls(
            reminder.kind,
            reminder.plan_id,
            reminder.phase.key if reminder.phase else "",
            reminder.taper_id,
            about_of(reminder.key),
            reminder.civil_date,
            recipient_of(reminder),
        )

    @classmethod
    def of_carried(cls, hand_over: HandOver, carried: Carried) -> "Owed":
        return cls(
            carried.kind,
            carried.plan_id,
            carried.phase,
            carried.taper_id,
            about_of(carried.key),
            carried.civil_date,
            hand_over.recipient,
        )

    @property
    def late_days(self) -> int:
        if self.kind == RUNNING_LOW:
            return HOME_RULE.late_days
        if self.kind in DAY_KINDS:
            return 0
        if self.kind in LATE_DAYS:
            return LATE_DAYS[self.kind]
        return RULES[self.kind].late_days if self.kind in RULES else TAPER_RULES[self.kind].late_days

    @property
    def plan_statuses(self) -> frozenset[str]:
        """In which statuses of its plan it may go."""
        if self.kind == RUNNING_LOW or self.kind in LATE_DAYS:
            return frozenset({"active", "on-hold"})
        return plan_statuses(self.kind) if self.kind in TAPER_RULES else frozenset({"active"})

    @property
    def goes_at_once(self) -> bool:
        """Whether it is counted from the instant at which it arose."""
        return self.kind in LATE_DAYS or (self.kind in TAPER_RULES and TAPER_RULES[self.kind].goes_at_once)


def about_of(key: str) -> str:
    """The code of what a reminder with this key is about; empty for what is no key."""
    return key.split(":")[1] if ":" in key else ""


def instant_at_once(seen: Seen, kind: str, recipient: tuple[str, str], *, arose_at: datetime, at: datetime) -> datetime:
    """When what arose then goes, by how the recipient lives at `at`: at once, or as the night ends.

    To staff and patients nothing but alerts: the rest goes at the next hour at which they want messages.
    """
    if TAPER_RULES[kind].goes_at_night:
        return arose_at
    person = seen.person(recipient, at)
    return next_awake(arose_at, person) if recipient[0] == PRESCRIBER else next_preferred(arose_at, person)


def days_allowed(seen: Seen, owed: Owed, call: TaperCall | None, at: datetime) -> tuple[date, date]:
    """The first and last date, where the recipient lives at `at`, on which it may go."""
    late = timedelta(days=owed.late_days)
    if owed.kind in LATE_DAYS:
        # It is counted from the morning after its day, which elsewhere may be a day later still.
        return owed.civil_date, owed.civil_date + late + timedelta(days=2)
    if call is None or call.arose_at is None:
        return owed.civil_date, owed.civil_date + late
    goes_at = instant_at_once(seen, owed.kind, owed.recipient, arose_at=call.arose_at, at=at)
    on = local(goes_at, seen.person(owed.recipient, at).zone).date()
    return on, on + late


def called_for(seen: Seen, owed: Owed, at: datetime, *, told_before: datetime | None = None) -> date | None:
    """The civil date on which, at this instant, that is called for; None if it is not.

    Of a taper, of which one thing may be called for on several dates: its own date, or none. told_before: what its
    prescriber was sent before that counts; before `at` unless said.
    """
    plan = seen.evidence.state_at(owed.plan_id, at)
    if plan is None:
        return None
    if owed.kind in DAY_KINDS:
        # Whether anything is left to take is not reckoned here.
        return owed.civil_date if plan.status == "active" else None
    if owed.kind in LATE_DAYS:
        is_wanted = is_called_for(seen, owed.kind, owed.plan_id, owed.about, owed.civil_date, at)
        return None if is_wanted is False else owed.civil_date
    if owed.kind == RUNNING_LOW:
        home = home_of(plan, owed.about)
        if home is None:
            return None
        return low_called_for_on(plan, home) if is_reckoned(home) else owed.civil_date
    if owed.taper_id is None:
        return called_for_on(owed.kind, plan, owed.phase, owed.recipient[0]) if owed.phase else None
    return owed.civil_date if call_of(seen, owed, at, told_before=told_before) is not None else None


def call_of(seen: Seen, owed: Owed, at: datetime, *, told_before: datetime | None = None) -> TaperCall | None:
    """What in a taper calls for this at that instant."""
    assert owed.taper_id is not None
    same = (owed.kind, owed.civil_date, owed.recipient[0], owed.about)
    calls = calls_at(seen, owed.taper_id, at, told_before=told_before or at)
    return next((call for call in calls if call[:4] == same), None)


def calls_at(seen: Seen, taper_id: int, at: datetime, *, told_before: datetime) -> list[TaperCall]:
    """Everything that this taper calls for at that instant."""
    state = seen.evidence.taper_at(taper_id, at)
    plan = None if state is None else seen.evidence.state_at(state.plan_id, at)
    if state is None or plan is None:
        return []
    return taper_calls(state, plan.status, told_by(seen, taper_id, told_before))


def told_by(seen: Seen, taper_id: int, before: datetime) -> Told:
    """What the prescriber of this taper was sent before that."""
    sent = seen.told_prescribers.get(taper_id, [])
    return frozenset((key.split(":")[0], about_of(key), on) for at, key, on in sent if at < before)
