"""Why the next step of a taper has to wait: asked on its eve, while the dose can still be kept."""

from datetime import date, timedelta

from patients.models import HoldReason, TaperVersion, UseReport, WrittenConfirmation
from patients.models.taper_course import signed_versions
from patients.services.tapers.gates import forbids_the_start
from patients.services.tapers.tapering import Tapering
from patients.services.tapers.use_known import has_changed
from protocols.domain.course import CourseStep
from protocols.domain.medicines import MedicineClass


def reason_to_wait(move: Tapering) -> HoldReason | None:
    """Why the dose of today stays tomorrow; None if what comes may come, or if nothing changes tomorrow.

    Agreed by telephone, no step begins after the due day without the paper. A step of a later version does not wait
    for what she says of the earlier one: that version was signed knowing it. A controlled medicine is never held
    because nobody knows what she takes.
    """
    if the_record_forbids(move):
        return HoldReason.RECORD_CHANGED
    course = move.course()
    step, following = course.on(move.today), course.on(move.today + timedelta(days=1))
    ends = step is not None and (following is None or not _is_same(step, following))
    begins = step is None and following is not None
    of_version = (following or step) if ends or begins else step
    if of_version is not None:
        begins_on = move.today + timedelta(days=1) if ends or begins else of_version.first
        if confirmation_is_missing(_version(move, of_version), on=begins_on):
            return HoldReason.CONFIRMATION_MISSING
    stays_in_version = step is not None and (following is None or following.version == step.version)
    if ends and stays_in_version and not _is_controlled(move) and not _use_is_settled(move):
        return HoldReason.USE_UNKNOWN
    return None


def the_record_forbids(move: Tapering) -> bool:
    """Whether the first step, which would begin tomorrow or has waited for today, must not begin: see the gates.

    A controlled medicine is never held by itself. What is running already is not stopped: its prescriber is asked.
    """
    signed = signed_versions(move.taper)
    if not signed or _is_controlled(move):
        return False
    first = signed[0]
    hold = move.taper.open_hold
    has_waited = hold is not None and hold.first_day < first.begins_on
    if not has_waited and first.begins_on != move.today + timedelta(days=1):
        return False
    signature = first.signature
    return forbids_the_start(move.taper, signature.terms().gates, signed_at=signature.signed_at, on=move.today)


def confirmation_is_missing(version: TaperVersion, *, on: date) -> bool:
    """Whether no step of this version may begin on that day, as the paper after the telephone call has not come."""
    due = version.signature.written_due_on
    if due is None or on <= due:
        return False
    return not WrittenConfirmation.objects.filter(signature=version.signature).exists()


def _use_is_settled(move: Tapering) -> bool:
    """Whether she has said that she takes this step, or a person has let it go on today although she has not."""
    if has_changed(move.taper, move.course(), today=move.today):
        return True
    reports: list[UseReport] = list(move.taper.use_reports.all())
    return any(
        hold.reason_kind == HoldReason.USE_UNKNOWN.value
        and hold.resumed_on == move.today
        and hold.resumed_at is not None
        and all(report.reported_at <= hold.resumed_at for report in reports)
        for version in move.versions
        for hold in version.holds.all()
    )


def _is_same(step: CourseStep, following: CourseStep) -> bool:
    """Whether nothing changes for her: the same step, or one of a later version that goes on with its dose."""
    return (step.step.doses, step.step.pattern) == (following.step.doses, following.step.pattern)


def _version(move: Tapering, step: CourseStep) -> TaperVersion:
    return next(version for version in move.versions if version.number == step.version)


def _is_controlled(move: Tapering) -> bool:
    return MedicineClass(move.taper.medicine.medicine_class).is_controlled
