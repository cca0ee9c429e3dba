"""“Why was nothing sent that day?”: what was owed to one patient, and what each kind of reminder says of the day.

Kinds are asked of the plan as it stands now; how the plan stood on the day itself is read from its history.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q

from clinics.domain.instants import civil_date, day_begins, day_ends, zone
from patients.models import Patient, RecipientKind, Reminder, ReminderPast, ReminderStatus, Transition
from patients.reminders.ledger import why_by
from patients.reminders.ledger_facts import ROWS
from patients.reminders.ledger_kinds import Answer, Stand, answers_of
from patients.reminders.ledger_then import facts_then
from patients.reminders.ledger_words import counted, day_words, move_words, sentence_of
from protocols.domain.phases import PlanStatus


@dataclass(frozen=True, slots=True)
class Then:
    """One reminder as it stood, and why it had gone or not. zone_name: where its recipient lives by now."""

    reminder: Reminder
    sentence: str
    zone_name: str


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """One patient, one civil day. owed: every reminder that was about it, or was to go on it. answers: by each kind.

    then: of a past instant, each of the owed with its own sentence.
    """

    sentence: str
    owed: tuple[Reminder, ...]
    answers: tuple[Answer, ...]
    then: tuple[Then, ...] = ()


def why_nothing(patient: Patient, on: date, *, at: datetime) -> DayAnswer:
    """What was owed to this patient, and about her, on this day of her own calendar, and why nothing more was."""
    where = zone(patient.zone)
    begins, ends = day_begins(on, where), day_ends(on, where)
    rows = Reminder.objects.filter(Q(civil_date=on) | Q(send_at__gte=begins, send_at__lt=ends), plan__patient=patient)
    owed = tuple(rows.select_related(*ROWS).order_by("send_at", "pk"))
    return _answer_by(patient, on, owed, at=at)


def why_nothing_then(patient: Patient, on: date, *, at: datetime) -> DayAnswer:
    """The same as it stood at a past instant, with a sentence about each reminder.

    Kinds are asked of the plan as it stands now, of which no former state is kept.
    """
    where = zone(patient.zone)
    begins, ends = day_begins(on, where), day_ends(on, where)
    left = ReminderPast.objects.filter(reminder__plan__patient=patient, send_at__gte=begins, send_at__lt=ends)
    about = Q(civil_date=on) | Q(send_at__gte=begins, send_at__lt=ends) | Q(pk__in=left.values("reminder"))
    rows = Reminder.objects.filter(about, plan__patient=patient).select_related(*ROWS).order_by("pk")
    found = [facts for facts in facts_then(list(rows), at=at).values() if facts is not None]
    of_day = [each for each in found if each.reminder.civil_date == on or begins <= each.reminder.send_at < ends]
    of_day.sort(key=lambda facts: facts.reminder.send_at)
    answer = _answer_by(patient, on, tuple(facts.reminder for facts in of_day), at=at)
    return replace(answer, then=tuple(Then(facts.reminder, why_by(facts).sentence, facts.zone_now) for facts in of_day))


def _answer_by(patient: Patient, on: date, owed: tuple[Reminder, ...], *, at: datetime) -> DayAnswer:
    where = zone(patient.zone)
    stand = _stand(patient, before=day_ends(on, where), at=at)
    answers = () if stand is None else tuple(answers_of(stand, on, owed, at=at))
    is_over = on < civil_date(at, where)
    return DayAnswer(_sentence(on, owed, stand, answers, is_over=is_over, zone_name=patient.zone), owed, answers)


def _stand(patient: Patient, *, before: datetime, at: datetime) -> Stand | None:
    """The plan that ran then, else the one that was moved last; None before there was any."""
    of_plans = Transition.objects.filter(plan__patient=patient, phase=None, taper=None, order=None)
    moves = of_plans.filter(at__lt=before, at__lte=at)
    last: dict[int, Transition] = {}
    for move in moves.select_related("plan__practitioner", "plan__patient__clinic", "by_user").order_by("at", "pk"):
        # What left the status as it was did not bring it there.
        if move.from_status != move.to_status:
            last[move.plan_id] = move
    stands = sorted((Stand(move.plan, move) for move in last.values()), key=lambda each: each.move.at)
    running = [each for each in stands if each.status in {PlanStatus.ACTIVE, PlanStatus.ON_HOLD}]
    return next(reversed(running or stands), None)


# --- The sentence ---------------------------------------------------------------------------------------------


def _sentence(
    on: date,
    owed: Iterable[Reminder],
    stand: Stand | None,
    answers: Iterable[Answer],
    *,
    is_over: bool,
    zone_name: str,
) -> str:
    was, day = ("was" if is_over else "is"), day_words(on)
    own = [reminder for reminder in owed if reminder.recipient_kind == RecipientKind.PATIENT.value]
    if own:
        by_status = {status: sum(each.status == status.value for each in own) for status in ReminderStatus}
        told = ", ".join(f"{count} {status.value}" for status, count in by_status.items() if count)
        there = f"On {day} there {'were' if len(own) > 1 else 'was'} {counted(len(own), 'reminder')} to the patient"
        return sentence_of(f"{there}: {told}")
    nothing = f"Nothing {was} owed to the patient on {day} because"
    if stand is None:
        return sentence_of(f"{nothing} there was no plan by then")
    to_patient = [answer for answer in answers if answer.whom is RecipientKind.PATIENT]
    called = next((answer for answer in to_patient if answer.is_called), None)
    if called is not None:
        return sentence_of(f"{nothing} “{called.kind}” {_inside(called.said)}")
    nearest = min((answer for answer in to_patient if answer.nearest), key=_nearest, default=None)
    then = f"the next is “{nearest.kind}” on {day_words(_nearest(nearest))}" if nearest else ""
    if stand.status is PlanStatus.DRAFT:
        return sentence_of(f"{nothing} plan {stand.plan.code} {was} still a draft")
    if stand.status is not PlanStatus.ACTIVE:
        return sentence_of(f"{nothing} {move_words(stand.move, zone_name=zone_name)}", then)
    return sentence_of(f"{nothing} none of {len(to_patient)} kinds calls for that day", then)


def _nearest(answer: Answer) -> date:
    assert answer.nearest is not None
    return answer.nearest


def _inside(said: str) -> str:
    return f"{said[:1].lower()}{said[1:]}"
