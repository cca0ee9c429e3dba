"""Looking at a taper: its rows become plain facts."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from gutclinic.simulator.taper_evidence import (
    AnswerState,
    DiaryState,
    FlagState,
    RequestState,
    RiskState,
    ShownStep,
    SignatureState,
    SupplyState,
    TaperHoldState,
    TaperState,
    TiedState,
    UseState,
    VersionState,
)
from patients.models import MedicineUse, RecipientKind, Taper, TaperVersion
from patients.models.taper_course import course_of
from protocols.domain.course import Course
from protocols.domain.terms import TermsError

# What makes bleeding more likely, written out anew.
RISKY = ("NSAID", "antiplatelet", "anticoagulant", "corticosteroid")
ROWS = (
    *("versions__signature__written_confirmation", "versions__holds", "versions__substitutions"),
    *("versions__requests", "versions__answers", "use_reports", "diary", "red_flags", "supplies", "tied_orders"),
)
AROUND = range(-3, 11)


def taper_state(taper_id: int, *, at: datetime) -> TaperState:
    """The taper as its rows say it is now."""
    taper = (
        Taper.objects.select_related("plan__patient", "plan__practitioner", "prescriber__user")
        .prefetch_related(*ROWS)
        .get(pk=taper_id)
    )
    course = _course(taper)
    numbers = {version.pk: version.number for version in taper.versions.all()}
    return TaperState(
        at=at,
        plan_id=taper.plan_id,
        code=taper.code,
        status=taper.status,
        started_at=taper.started_at,
        looks_at=taper.looks_at,
        revision=taper.revision,
        prescriber=(RecipientKind.PRESCRIBER.value, taper.prescriber.code),
        prescriber_user_code=taper.prescriber.user.code if taper.prescriber.user else "",
        practitioner_code=taper.plan.practitioner.code,
        versions=tuple(_version(version) for version in taper.versions.all()),
        uses=tuple(
            UseState(
                report.code, numbers[report.version_id], report.step, report.kind, report.since, report.reported_at
            )
            for report in sorted(taper.use_reports.all(), key=lambda report: (report.reported_at, report.pk))
        ),
        diary=tuple(
            DiaryState(entry.on, entry.rescue_doses, entry.recorded_at)
            for entry in taper.diary.all()
            if entry.replaced_at is None
        ),
        supplies=tuple(
            SupplyState(str(row.strength), row.count, row.on, row.recorded_at)
            for row in sorted(taper.supplies.all(), key=lambda row: (row.on, row.pk))
        ),
        rescue_decided_on=taper.rescue_decided_on,
        flags=tuple(
            FlagState(report.code, report.on, report.reported_at, report.cleared_at is not None, report.is_taken_on)
            for report in taper.red_flags.all()
        ),
        risks=tuple(_risks(taper)),
        shown=tuple(ShownStep(step.version, step.number, step.first, step.last) for step in course.steps),
        shown_doses=_doses(course, at.astimezone(ZoneInfo(taper.plan.patient.zone)).date()),
        transition_count=taper.transitions.count(),
        tied=tuple(
            TiedState(row.key, row.number, row.taper_tie, row.taper_tie_days, row.tied_from, row.tied_until)
            for row in sorted(taper.tied_orders.all(), key=lambda row: (row.key, row.number))
            if row.standing in {"open", "held"}
        ),
    )


def _course(taper: Taper) -> Course:
    """As the software dates it; empty where it says that the stored bytes are not what was signed."""
    try:
        return course_of(taper)
    except TermsError:
        return Course(())


def _version(version: TaperVersion) -> VersionState:
    signature = getattr(version, "signature", None)
    return VersionState(
        number=version.number,
        code=version.code,
        status=version.status,
        drawn_up_at=None if version.drawn_up_by_kind == "prescriber" else version.drawn_up_at,
        content=bytes(version.content),
        sha256=version.sha256,
        first_day=version.first_day,
        last_day=version.last_day,
        holds=tuple(
            TaperHoldState(hold.reason_kind, hold.first_day, hold.resumed_on, hold.at) for hold in version.holds.all()
        ),
        requests=tuple(
            RequestState(request.code, request.door, request.made_on, request.made_at, request.closed_at is None)
            for request in version.requests.all()
        ),
        answers=tuple(
            AnswerState(answer.code, answer.kind, answer.answered_on, answer.at, answer.by_code)
            for answer in version.answers.all()
        ),
        signature=None
        if signature is None
        else SignatureState(
            content=bytes(signature.content),
            sha256=signature.sha256,
            signed_on=signature.signed_on,
            written_due_on=signature.written_due_on,
            is_confirmed=getattr(signature, "written_confirmation", None) is not None,
        ),
    )


def _doses(course: Course, today: date) -> dict[date, Decimal]:
    days = [today + timedelta(days=number) for number in AROUND]
    return {day: sum((dose.amount.value for dose in course.doses_on(day)), Decimal(0)) for day in days}


def _risks(taper: Taper) -> list[RiskState]:
    """Such medicines of this patient that stand in the record and were not over when they were written down."""
    rows = MedicineUse.objects.filter(patient=taper.plan.patient_id, medicine_class__in=RISKY)
    return [
        RiskState(row.code, row.as_of, row.recorded_at)
        for row in rows.order_by("recorded_at", "pk")
        if row.entered_in_error_at is None and row.corrects_id is None
    ]
