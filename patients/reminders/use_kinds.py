"""Reminders of what she takes, feels and writes while a medicine comes down. None of them blames anybody."""

from collections.abc import Iterator
from datetime import timedelta

from patients.models import MessageGroup, RecipientKind
from patients.reminders.kind import EVER_BEGUN, Asks, Call, Kind, Pace
from patients.reminders.silence import silent_from
from patients.reminders.taper_subject import TaperSubject
from protocols.domain.course import CourseStep
from protocols.domain.dose_changes import dose_changes
from protocols.domain.red_flags import rescue_days_reached
from protocols.domain.taper_days import USE_UNKNOWN_AFTER_DAYS
from protocols.domain.taper_states import TaperStatus
from protocols.domain.terms import AlertRoute

STAFF = (RecipientKind.STAFF,)
PATIENT_AND_STAFF = (RecipientKind.PATIENT, RecipientKind.STAFF)
STAFF_AND_PRESCRIBER = (RecipientKind.STAFF, RecipientKind.PRESCRIBER)


def _is_silent(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Once a week after her last word, and not again until she has written in between."""
    on = silent_from(taper.taper, taper.course)
    if on is not None:
        yield Call(on, taper.code)


def _use_is_unknown(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    if not taper.status.is_running:
        return
    for step in dose_changes(taper.course):
        if not taper.was_left(step.version) and not _is_answered(taper, step):
            yield Call(step.first + timedelta(days=USE_UNKNOWN_AFTER_DAYS), taper.code)


def _is_answered(taper: TaperSubject, step: CourseStep) -> bool:
    """Whether she has said anything in this step or in a later one: a report names the step of its day."""
    place = (step.version, step.number)
    return any((taper.numbers[report.version_id], report.step) >= place for report in taper.use_reports)


def _has_left(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    left = taper.leaving
    if taper.status.is_running and left is not None and _is_told(taper, recipient):
        yield Call(left.since, left.code, arose_at=left.reported_at)


def _warning_sign(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Until it is cleared, whatever has become of the taper; to the prescriber by the route that was signed."""
    by_email = taper.signature is not None and taper.signature.alert_route is AlertRoute.EMAIL
    if not _is_told(taper, recipient) or (recipient is RecipientKind.PRESCRIBER and not by_email):
        return
    for report in taper.taper.red_flags.all():
        if report.cleared_at is None:
            yield Call(report.on, report.code, arose_at=report.reported_at)


def _rescue_is_frequent(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """On the day that reached the signed threshold, counted since the last hold or decision; once while it lasts."""
    terms = taper.terms
    if terms is None or taper.status not in {TaperStatus.ACTIVE, TaperStatus.WATCHING}:
        return
    rescue = terms.rescue
    holds = [hold for version in taper.versions for hold in version.holds.all()]
    resumed = max((hold.resumed_on for hold in holds if hold.resumed_on), default=None)
    decided = taper.taper.rescue_decided_on
    entries = {
        entry.on: entry
        for entry in taper.taper.diary.all()
        if entry.rescue_doses and (resumed is None or entry.on >= resumed) and (decided is None or entry.on > decided)
    }
    reached = [
        on
        for on in sorted(entries)
        if rescue_days_reached(entries, on=on, threshold_days=rescue.threshold_days, within_days=rescue.within_days)
    ]
    within = timedelta(days=rescue.within_days)
    # Of the newest run of such days, the first: a gap of the whole window begins another run.
    begins = [on for position, on in enumerate(reached) if position == 0 or on - reached[position - 1] > within]
    if begins:
        on = begins[-1]
        written = [entry.recorded_at for day, entry in entries.items() if on - within < day <= on]
        yield Call(on, taper.code, arose_at=max(written))


def _risks_bleeding(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Each medicine that makes bleeding more likely and was written down after what the prescriber signed.

    And whatever else would have stopped it from starting: a condition, a pregnancy, a second medicine of its class.
    """
    drawn_up_at = taper.drawn_up_at
    if drawn_up_at is None or not taper.status.is_running or not _is_told(taper, recipient):
        return
    for risk in taper.risky_medicines:
        use, named = risk.use, risk.named
        is_past = use.until is not None and use.until < taper.civil_date(use.recorded_at)
        if named.recorded_at > drawn_up_at and not is_past:
            yield Call(named.as_of, named.code, arose_at=named.recorded_at)
    for stop in taper.new_stops:
        yield Call(stop.as_of, stop.code, arose_at=stop.recorded_at)


def _is_told(taper: TaperSubject, recipient: RecipientKind) -> bool:
    """A practitioner who prescribes it too hears of it once, as practitioner."""
    return recipient is not RecipientKind.PRESCRIBER or taper.taper.prescriber.user_id != taper.plan.practitioner_id


USE_KINDS: tuple[Kind[TaperSubject], ...] = (
    Kind(
        name="diary-gap",
        recipients=PATIENT_AND_STAFF,
        calls=_is_silent,
        late_days=2,
        words="No word in the diary for seven days: call",
        asks=Asks.CALL,
        says="Nothing was written in your diary for a week",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="use-unknown",
        recipients=STAFF,
        calls=_use_is_unknown,
        late_days=7,
        words="It is not known whether the patient has changed to the step of a taper",
    ),
    Kind(
        name="use-left",
        recipients=STAFF_AND_PRESCRIBER,
        calls=_has_left,
        late_days=3,
        words="The patient takes something else than the schedule of a taper says",
        pace=Pace.AT_ONCE,
    ),
    Kind(
        name="red-flag",
        recipients=STAFF_AND_PRESCRIBER,
        calls=_warning_sign,
        late_days=7,
        words="The patient reports a warning sign",
        pace=Pace.DAY_AND_NIGHT,
        while_plan_is=EVER_BEGUN,
    ),
    Kind(
        name="rescue-threshold",
        recipients=STAFF,
        calls=_rescue_is_frequent,
        late_days=3,
        words="Rescue medicine is needed often: a hold is proposed",
        asks=Asks.DECIDE,
        pace=Pace.NEXT_TIME,
    ),
    Kind(
        name="bleeding-risk",
        recipients=STAFF_AND_PRESCRIBER,
        calls=_risks_bleeding,
        late_days=3,
        words="Something that makes bleeding more likely, or forbids a taper, is new in the record",
        asks=Asks.DECIDE,
        pace=Pace.AT_ONCE,
    ),
)
