"""A later version of a running taper: longer, a step back, or drawn up anew. It counts only once it is signed.

What is in force goes on meanwhile. The software draws up; nothing of it raises a dose by itself.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from clinics.actor import Actor
from patients.models import Taper, TaperVersion
from patients.models.taper_course import course_of, signed_terms, signed_versions
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.drawing_up import COVERING_FIELDS, Covering, Draft, draw_up, signed_medicine
from patients.services.tapers.entered import Asks, answers_document, entered_answers
from patients.services.tapers.gates import BY_PRESCRIBER, gates_for
from patients.services.tapers.tapering import Tapering, require_staff, tapering
from protocols.domain.canonical import sha256_of
from protocols.domain.course import Course, Leg
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.pattern import Pattern
from protocols.domain.recipe_terms import LONGEST_STEP_DAYS
from protocols.domain.taper import Schedule, Step, schedule
from protocols.domain.taper_error import TaperError
from protocols.domain.taper_moves import Change, extend, step_back
from protocols.domain.taper_states import TaperMove, TaperStatus
from protocols.domain.terms import LATEST_AFTER_DAYS, Terms


@dataclass(frozen=True, slots=True)
class Extension:
    """The step of that day lasts so many days longer."""

    days: int


@dataclass(frozen=True, slots=True)
class StepBack:
    """From that day on the dose of the step before, then the present one anew, and the rest."""


Revision = Extension | StepBack


def preview_revision(taper: Taper, revision: Revision, *, first_day: date) -> Change:
    """What a revision would change, before and after, without writing anything.

    first_day: the planned first day of the new version. Raises `InvalidRequest`.
    """
    leg = _leg_on(course_of(taper), first_day)
    try:
        if isinstance(revision, Extension):
            return extend(leg.schedule, day=first_day, days=revision.days)
        if leg.schedule.ends_on is not None and first_day > leg.schedule.ends_on:
            return _back_to_the_last(leg.schedule, first_day=first_day)
        return step_back(leg.schedule, day=first_day, previous=_step_before(taper, leg.version))
    except TaperError as error:
        raise InvalidRequest(error.text, field="days" if "days" in error.field else "first_day") from error


def _leg_on(course: Course, day: date) -> Leg:
    """The version whose step it is that day; after the last step, or between two versions, the one that was before."""
    begun = [step for step in course.steps if step.first <= day]
    if not begun:
        raise InvalidRequest("The taper has not begun on that day: choose a later one.", field="first_day")
    return next(leg for leg in course.legs if leg.version == begun[-1].version)


def draw_up_revision(
    taper: Taper,
    revision: Revision,
    *,
    first_day: date,
    reason: str,
    by: Actor,
    at: datetime,
    on_screen: int,
) -> TaperVersion:
    """Write the revision as a draft version, to be sent for signature. on_screen: the revision that was seen.

    reason: why it is asked now, which no version has from the one before it; all else around the terms stays.
    """
    with tapering(taper, by=by, at=at, revision=on_screen) as move:
        require_staff(by)
        before = _running_version(move)
        if first_day <= move.today:
            raise InvalidRequest("A new version begins tomorrow at the earliest.", field="first_day")
        _require_reason(reason)
        change = preview_revision(move.taper, revision, first_day=first_day)
        terms = _revised_terms(move, before, steps=change.remaining, first_day=first_day)
        kept = _still_true(move, signed_terms(before), entered_answers(before))
        entered = before.entered | {
            "answers": answers_document(kept),
            "start": [{"slot": dose.slot, "amount": str(dose.amount)} for dose in terms.starting_doses],
            "start_pattern": str(terms.starting_pattern),
            "asks": (Asks.EXTENSION if isinstance(revision, Extension) else Asks.STEP_BACK).value,
        }
        words = {name: getattr(before, name) for name in COVERING_FIELDS} | {"reason": reason}
        return _write(move, terms, covering=Covering(**words), entered=entered, by=by, at=at)


def draw_up_again(
    taper: Taper, draft: Draft, *, by: Actor, at: datetime, on_screen: int, shown: str = ""
) -> TaperVersion:
    """Write a new version from another recipe, beginning from what is taken now. shown: as `save_draft` says.

    Its reason is that of `draft.covering`.
    """
    with tapering(taper, by=by, at=at, revision=on_screen) as move:
        require_staff(by)
        before = signed_terms(_running_version(move)).medicine
        if draft.planned_first_day <= move.today:
            raise InvalidRequest("A new version begins tomorrow at the earliest.", field="planned_first_day")
        if draft.reduces.pk != move.taper.reduces_id or draft.prescriber.pk != move.taper.prescriber_id:
            raise InvalidRequest("A new version keeps medicine and prescriber. Stop this taper to change them.")
        medicine = signed_medicine(draft.medicine)
        if (medicine.substance, medicine.form, medicine.release) != (before.substance, before.form, before.release):
            raise InvalidRequest(
                f"A new version keeps the medicine in the form that was signed: {before.form}. Choose that one.",
                field="medicine",
            )
        _require_reason(draft.covering.reason)
        number = _next_number(move)
        drawn_up = draw_up(move.taper.plan, draft, today=move.today, taper=move.taper.code, version=number)
        drawn_up.require_shown(shown)
        entered = draft.entered(Asks.RECIPE)
        return _write(move, drawn_up.terms, covering=draft.covering, entered=entered, by=by, at=at)


def require_same_place(course: Course, terms: Terms, *, first_day: date) -> None:
    """Refuse a later version that would begin elsewhere in the course than it was drawn up for.

    Signed late, the version in force may have gone on to a lower dose meanwhile: beginning where it was planned would
    then be a rise that nobody decided on.
    """
    planned, real = course.on(terms.planned_first_day), course.on(first_day)
    where = [(step.version, step.number) if step else None for step in (planned, real)]
    if where[0] != where[1]:
        raise Refused(
            "The taper has gone on to another step since this version was drawn up. Draw it up again from where it is."
        )


def taken_on_eve(taper: Taper, *, first_day: date) -> Step | None:
    """What is taken the day before `first_day`, as it was signed, in a step of its own; None where nothing is."""
    course, eve = course_of(taper), first_day - timedelta(days=1)
    lived = course.on(eve)
    if lived is not None:
        return Step(lived.step.doses, lived.step.pattern, 1)
    if course.first_day is None or eve < course.first_day:
        return signed_terms(signed_versions(taper)[0]).taken_before
    return None


def _require_reason(reason: str) -> None:
    """The reason of an earlier version was for going down, and says nothing of why anything changes now."""
    if not reason.strip():
        raise InvalidRequest("Say why: the prescriber reads it above the new schedule.", field="reason")


def _back_to_the_last(over: Schedule, *, first_day: date) -> Change:
    """After the last step, a step back is that step anew, as long as it was in all."""
    last = over.steps[-1].step
    anew = replace(last, days=min(last.days + last.lived_days, LONGEST_STEP_DAYS), lived_days=0)
    return Change(over, schedule((anew,), first_day=first_day), (), (anew,))


def _running_version(move: Tapering) -> TaperVersion:
    """The version in force, of which a later one may be drawn up."""
    version = move.in_force
    if not TaperStatus(move.taper.status).is_running or version is None:
        raise Refused("Only a taper that was signed gets a new version. Change the draft instead.")
    if move.proposed is not None:
        raise Refused("Another version waits for its signature. Take it back first.")
    return version


def _step_before(taper: Taper, number: int) -> Step | None:
    """The step before the first of that version: the last one before it on which she took more; else the start.

    A version may go on with the dose of the one before it, or have stepped back itself: neither is a step back.
    """
    course = course_of(taper)
    first = next(step for step in course.steps if step.version == number).step
    earlier = [step.step for step in course.steps if step.version < number]
    starts = [
        replace(taken, days=terms.steps[0].days)
        for version in reversed(signed_versions(taper))
        if version.number <= number and (taken := (terms := signed_terms(version)).taken_before) is not None
    ]
    higher = (step for step in [*reversed(earlier), *starts] if step.average_per_day > first.average_per_day)
    before = next(higher, None)
    if before is None:
        return None
    return replace(before, days=min(before.days + before.lived_days, LONGEST_STEP_DAYS), lived_days=0)


def _revised_terms(move: Tapering, before: TaperVersion, *, steps: tuple[Step, ...], first_day: date) -> Terms:
    signed = signed_terms(before)
    given = (*entered_answers(before), *_answered_by_prescriber(signed))
    taken = taken_on_eve(move.taper, first_day=first_day)
    return replace(
        signed,
        starting_doses=taken.doses if taken else (),
        starting_pattern=taken.pattern if taken else Pattern.daily(),
        version=_next_number(move),
        gates=gates_for(
            move.taper.plan.patient,
            reduces=move.taper.reduces,
            indication=signed.indication,
            given=_still_true(move, signed, given),
            on=move.today,
        ),
        steps=steps,
        planned_first_day=first_day,
        latest_first_day=first_day + timedelta(days=LATEST_AFTER_DAYS),
        request="",
    )


def _still_true(move: Tapering, signed: Terms, given: tuple[GateAnswer, ...]) -> tuple[GateAnswer, ...]:
    """What was answered, but for a no where somebody has said yes since: the record, or the prescriber."""
    record = gates_for(
        move.taper.plan.patient, reduces=move.taper.reduces, indication=signed.indication, given=(), on=move.today
    )
    yes = {answer.gate for answer in (*record, *given) if answer.answer is Answer.YES}
    return tuple(answer for answer in given if answer.answer is not Answer.NO or answer.gate not in yes)


def _answered_by_prescriber(signed: Terms) -> tuple[GateAnswer, ...]:
    return tuple(replace(answer, lifted_because="") for answer in signed.gates if answer.source == BY_PRESCRIBER)


def _next_number(move: Tapering) -> int:
    """After every version there was; a draft is replaced by the new one under its number."""
    if move.draft is not None:
        return move.draft.number
    return max(version.number for version in move.versions) + 1


def _write(
    move: Tapering,
    terms: Terms,
    *,
    covering: Covering,
    entered: dict[str, Any],
    by: Actor,
    at: datetime,
) -> TaperVersion:
    words = {name: getattr(covering, name).strip() for name in COVERING_FIELDS}
    version = move.draft or TaperVersion(taper=move.taper, number=terms.version)
    version.entered = entered
    version.content, version.sha256 = terms.as_bytes(), sha256_of(terms.as_bytes())
    version.drawn_up_at, version.drawn_up_by_kind, version.drawn_up_by_code = at, by.kind.value, by.code
    for name, text in words.items():
        setattr(version, name, text)
    version.save()
    move.reload()
    move.note(TaperMove.PROPOSE, reason="A new version was drawn up.", details={"version": version.code})
    return version
