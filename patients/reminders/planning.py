"""Which reminders a plan calls for now, and the difference to those it already has.

Planning compares occurrences: what is said of one date to one person, by whichever channel. The same one keeps its
row; what is no longer called for is cancelled; what comes back is owed again unless it was sent, or may have been, by
any channel, or was cancelled by somebody. By which channel it is owed, `settling` says. An instant already past when
planned is not owed, but for what was owed to one member of staff, had not gone, and is now another one’s. Missed
because its day was over, it is owed again where the day turns out not to be over: a zone typed wrong and then corrected
loses nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet, prefetch_related_objects

from patients.models import Patient, Plan, RecipientKind, Reminder, ReminderStatus, Taper
from patients.reminders.keeping import Keeping
from patients.reminders.kind import whatever_the_person
from patients.reminders.plan_kinds import ABOUT_THE_WHOLE_PLAN
from patients.reminders.reasons import NO_LONGER_CALLED_FOR, OTHER_PRESCRIBER, SOMEBODY_ELSE
from patients.reminders.settling import settle
from patients.reminders.wanted import Wanted, wanted_beside, wanted_by, wanted_by_orders, wanted_by_the_whole
from patients.reminders.wanted_days import wanted_of_days

OWED = ReminderStatus.OWED.value
WRITTEN = ["status", "reason", "send_at", "too_late_at", "message", "finished_at", "falls_back_since"]


def replan(plan: Plan, *, at: datetime) -> None:
    """Bring the reminders of this plan in line with it. Call it inside the transaction that changed the plan."""
    # What comes back each day has a cursor of its own, and is dealt with there.
    whose = Reminder.objects.filter(plan=plan, recurrence__isnull=True)
    _bring_in_line(plan, whose, wanted_by(plan, at=at), at=at)


def replan_as_a_whole(plan: Plan, *, at: datetime) -> None:
    """The same for what is about the plan as a whole alone: its findings, its changes, how long nobody heard of her."""
    whose = Reminder.objects.filter(plan=plan, kind__in=ABOUT_THE_WHOLE_PLAN)
    _bring_in_line(plan, whose, wanted_by_the_whole(plan, at=at), at=at)


def replan_beside(taper: Taper, *, at: datetime) -> None:
    """The same for the tapers and orders of its plan, where only this taper was moved: phases do not look at it."""
    plan = taper.plan
    beside = Reminder.objects.filter(plan=plan).exclude(taper__isnull=True, order__isnull=True)
    _bring_in_line(plan, beside, wanted_beside(taper, at=at), at=at)


def replan_orders(plan: Plan, *, at: datetime) -> None:
    """The same for its orders alone, where only what is at home was counted."""
    whose = Reminder.objects.filter(plan=plan, order__isnull=False)
    _bring_in_line(plan, whose, wanted_by_orders(plan, at=at), at=at)


def replan_days(plan: Plan, *, at: datetime) -> None:
    """The same for what came back today and has not gone: which of the ways to her takes it now."""
    whose = Reminder.objects.filter(plan=plan, recurrence__isnull=False)
    _bring_in_line(plan, whose, wanted_of_days(plan, at=at), at=at)


def _bring_in_line(plan: Plan, whose: "QuerySet[Reminder]", wanted: dict[str, Wanted], *, at: datetime) -> None:
    # What is over and not called for stays as it is: it is neither read nor locked. Nor is what a person asked for.
    is_concerned = Q(status=OWED) | Q(falls_back_since__isnull=False)
    can_go = [name for name, item in wanted.items() if not item.why_not]
    concerned = whose.filter(is_concerned | Q(occurrence__in=can_go), again_of__isnull=True)
    rows = list(concerned.select_for_update(of=("self",)).order_by("pk"))
    # Read after the lock: joined to it, PostgreSQL would show the envelopes as they were before the wait.
    prefetch_related_objects(rows, "message")
    existing: dict[str, list[Reminder]] = defaultdict(list)
    for row in rows:
        existing[row.occurrence].append(row)
    # Looked at before anything of it is let go.
    open_rows = [row for row in rows if row.status == OWED or row.falls_back_since is not None]
    passed_on = {whatever_the_person(row.occurrence) for row in open_rows}
    others = {whatever_the_person(name) for name in can_go}
    keeping = Keeping(rows, at=at)
    settled = {
        name: settle(its, wanted.get(name), at=at, otherwise=_why_gone(name, others)) for name, its in existing.items()
    }
    # At most one row of an occurrence is owed at any instant: first those go that make room.
    for changed in (
        [row for each in settled.values() for row in each.let_go],
        [row for each in settled.values() for row in each.changed],
    ):
        if changed:
            Reminder.objects.bulk_update(changed, WRITTEN)
    keeping.write()
    new = [
        _new(plan, item, on=item.channels[0], at=at)
        for item in (wanted[name] for name in can_go if name not in existing)
        if item.is_ahead(at) or (whatever_the_person(item.occurrence) in passed_on and at < item.too_late_at)
    ]
    new += [_new(plan, wanted[name], on=each.new_on, at=at) for name, each in settled.items() if each.new_on]
    Reminder.objects.bulk_create(new)


def _why_gone(occurrence: str, others: Collection[str]) -> str:
    """Why this is not called for. others: what is, of whichever person."""
    whatever = whatever_the_person(occurrence)
    if whatever not in others:
        return NO_LONGER_CALLED_FOR
    is_prescriber = whatever.endswith(f":{RecipientKind.PRESCRIBER.value}")
    return OTHER_PRESCRIBER if is_prescriber else SOMEBODY_ELSE


def replan_all_of(patient: Patient, *, at: datetime) -> None:
    """The same for the plan that this patient lives in, if any: call it where a medicine in the record was changed."""
    for plan in (
        Plan.objects.select_for_update(of=("self",), no_key=True).filter(patient=patient).running().order_by("pk")
    ):
        plan.patient = patient
        replan(plan, at=at)


def _new(plan: Plan, item: Wanted, *, on: str, at: datetime) -> Reminder:
    return Reminder(
        key=f"{item.occurrence}:{on}",
        kind=item.kind.name,
        plan=plan,
        phase=item.phase,
        taper=item.taper,
        order=item.order,
        recurrence=item.recurrence,
        civil_date=item.call.on,
        recipient_kind=item.recipient.kind.value,
        recipient_code=item.recipient.code,
        channel=on,
        send_at=item.send_at,
        too_late_at=item.too_late_at,
        created_at=at,
    )
