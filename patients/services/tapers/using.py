"""What she says she takes and feels. The schedule and the use are two records; nothing here is a fault of hers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from clinics.actor import Actor, ActorKind, NotAllowed
from clinics.domain.instants import civil_date
from clinics.roles import Act
from patients.models import DiaryEntry, HoldReason, RedFlagReport, Taper, Told, UseKind, UseReport
from patients.models.taper_course import signed_terms
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.holding import begin_hold, let_go_on
from patients.services.tapers.rescue_days import needs_rescue_too_often
from patients.services.tapers.tapering import Tapering, tapering
from protocols.domain.red_flags import RED_FLAGS
from protocols.domain.taper_states import TaperMove, TaperStatus
from protocols.domain.terms import TermsError

DIARY_REACHES_BACK = timedelta(days=14)
MOST_RESCUE_DOSES = 50


def report_use(
    taper: Taper,
    *,
    kind: UseKind,
    since: date | None = None,
    note: str = "",
    told: Told | None = None,
    by: Actor,
    at: datetime,
) -> UseReport:
    """Record what she says of the present step. since: from which day on; today unless said.

    told: how staff heard it who write it down for her; None where she writes it herself.

    “Yes, I have changed” lets a taper go on that waited for it. Nothing else moves: what to do is for people.
    The same said twice on one day is said once.
    """
    with tapering(taper, by=by, at=at, revision=None, act=Act.MANAGE_TAPER) as move:
        move.is_beside_schedule = True
        move.says_what_is_taken = True
        _require_she_or_staff(by, told)
        _require_running(move)
        first = since or move.today
        if first > move.today:
            raise InvalidRequest("That day has not come yet. Say it when it is so.", field="since")
        if move.taper.started_at is not None and first < civil_date(move.taper.started_at, move.zone):
            raise InvalidRequest("That day lies before this schedule was signed. Please call about it.", field="since")
        begun = [step for step in move.course().steps if step.first <= move.today]
        if not begun:
            raise Refused("The first step has not begun yet.")
        place = begun[-1]
        said = {
            "version_id": next(version.pk for version in move.versions if version.number == place.version),
            "step": place.number,
            "kind": kind.value,
            "since": first,
            "note": note.strip(),
            "by_kind": by.kind.value,
            "by_code": by.code,
            "told": told or "",
        }
        last = move.taper.use_reports.last()
        if last is not None and _is_said_again(last, said, move):
            return last
        report = UseReport.objects.create(taper=move.taper, reported_at=at, **said)
        if kind is UseKind.CHANGED:
            let_go_on(move, HoldReason.USE_UNKNOWN, reason=kind.label)
    return report


def _is_said_again(last: UseReport, said: dict[str, Any], move: Tapering) -> bool:
    """A double tap: the newest word of today is this one."""
    is_of_today = civil_date(last.reported_at, move.zone) == move.today
    return is_of_today and all(getattr(last, name) == value for name, value in said.items())


def write_diary(
    taper: Taper,
    *,
    on: date,
    symptoms: int | None,
    rescue_doses: int | None,
    note: str = "",
    told: Told | None = None,
    by: Actor,
    at: datetime,
) -> DiaryEntry:
    """Record one day; another entry for it replaces the first, an empty one takes it back.

    None: not recorded, which is not zero. told: how staff heard it who write it down for her.

    Where rescue medicine was needed on as many days as the signed plan says, the taper is held if the signature allows
    it; else a hold is proposed to the practitioner.
    """
    with tapering(taper, by=by, at=at, revision=None, act=Act.MANAGE_TAPER) as move:
        move.is_beside_schedule = True
        _require_she_or_staff(by, told)
        _require_running(move)
        if not move.today - DIARY_REACHES_BACK <= on <= move.today:
            raise InvalidRequest("The diary takes today and the two weeks before it.", field="on")
        if symptoms is not None and not 0 <= symptoms <= 10:
            raise InvalidRequest("Symptoms are a number from 0, none, to 10, the worst imaginable.", field="symptoms")
        if rescue_doses is not None and not 0 <= rescue_doses <= MOST_RESCUE_DOSES:
            raise InvalidRequest("The number of rescue doses is from 0 to 50.", field="rescue_doses")
        written = {"symptoms": symptoms, "rescue_doses": rescue_doses, "note": note.strip()}
        standing = move.taper.diary.filter(on=on, replaced_at__isnull=True).first()
        if standing is not None and all(getattr(standing, name) == value for name, value in written.items()):
            return standing
        if standing is None and written == {"symptoms": None, "rescue_doses": None, "note": ""}:
            raise InvalidRequest("Write at least one thing of that day.", field="symptoms")
        move.taper.diary.filter(on=on, replaced_at__isnull=True).update(replaced_at=at)
        entry = DiaryEntry.objects.create(
            taper=move.taper,
            on=on,
            **written,
            recorded_at=at,
            by_kind=by.kind.value,
            by_code=by.code,
            told=told or "",
        )
        if needs_rescue_too_often(move.taper, on=move.today) and _may_hold(move, at_red_flag=False):
            begin_hold(move, HoldReason.RESCUE_THRESHOLD)
    return entry


def report_red_flags(
    taper: Taper, *, flags: Iterable[str], told: Told | None = None, by: Actor, at: datetime
) -> RedFlagReport:
    """Record warning signs. She is shown the emergency text first; the professionals are told by the signed route.

    Also of a taper that has ended, and where the signed bytes were altered: then no dose is held, for nobody knows
    whether that was signed. The same signs reported again on that day, while nobody has cleared them, are one report.
    """
    keys = sorted(set(flags))
    if not keys or not set(keys) <= set(RED_FLAGS):
        raise InvalidRequest("Choose what you have noticed.", field="flags")
    with tapering(taper, by=by, at=at, revision=None, act=Act.MANAGE_TAPER) as move:
        move.is_beside_schedule = True
        move.needs_no_dates = True
        _require_she_or_staff(by, told)
        _require_shown(move)
        today = move.taper.red_flags.filter(on=move.today, by_kind=by.kind.value, cleared_at__isnull=True)
        again = next((report for report in today if report.flags == keys), None)
        if again is not None:
            return again
        report = RedFlagReport(
            taper=move.taper,
            flags=keys,
            on=move.today,
            reported_at=at,
            by_kind=by.kind.value,
            by_code=by.code,
            told=told or "",
        )
        if by.kind is ActorKind.STAFF:
            # Whoever writes it down for her knows of it.
            report.take_on(by_kind=by.kind.value, by_code=by.code, at=at)
        report.save()
        if _may_hold_at_red_flag(move):
            begin_hold(move, HoldReason.RED_FLAG)
    return report


def clear_red_flag(report: RedFlagReport, *, because: str, by: Actor, at: datetime) -> RedFlagReport:
    """Record what the clinical review of a warning sign found. A held taper is resumed apart from it, by a person."""
    if not because.strip():
        raise InvalidRequest("Write what the clinical review found.", field="because")
    with tapering(report.taper, by=by, at=at, revision=None, act=Act.MANAGE_TAPER) as move:
        move.is_beside_schedule = True
        move.needs_no_dates = True
        if by.kind not in {ActorKind.STAFF, ActorKind.PRESCRIBER}:
            raise NotAllowed("A clinician records what the review found.")
        locked = RedFlagReport.objects.select_for_update().get(pk=report.pk)
        if locked.cleared_at is not None:
            raise Refused("This warning sign was reviewed already.")
        locked.cleared_at, locked.cleared_because = at, because.strip()
        locked.cleared_by_kind, locked.cleared_by_code = by.kind.value, by.code
        locked.take_on(by_kind=by.kind.value, by_code=by.code, at=at)
        locked.save()
        move.note(TaperMove.HOLD, reason="A warning sign was reviewed.", details={"report": locked.code})
    return locked


def _may_hold_at_red_flag(move: Tapering) -> bool:
    try:
        return _may_hold(move, at_red_flag=True)
    except TermsError:
        return False


def _may_hold(move: Tapering, *, at_red_flag: bool) -> bool:
    """Whether the signature lets the software hold the dose, and there is one to hold."""
    if move.taper.status != TaperStatus.ACTIVE.value or move.current is None:
        return False
    permissions = signed_terms(move.current).permissions
    allowed = permissions.automatic_hold_at_red_flag if at_red_flag else permissions.automatic_hold_at_threshold
    ends_on = move.course().ends_on
    return allowed and (ends_on is None or ends_on >= move.today)


def _require_running(move: Tapering) -> None:
    if not move.taper.is_running:
        raise Refused("This taper is not running.")


def _require_shown(move: Tapering) -> None:
    """Refuse only what she was never shown, or should never have been."""
    if move.taper.started_at is None or move.taper.is_in_error:
        raise Refused("She was never shown this taper. Write it down in her record, and see to it at once.")


def _require_she_or_staff(by: Actor, told: Told | None) -> None:
    if by.kind not in {ActorKind.PATIENT, ActorKind.STAFF}:
        raise NotAllowed("Only the patient, or the clinic for her, records this.")
    if by.kind is ActorKind.STAFF and told is None:
        raise InvalidRequest("Say how the patient told it.", field="told")
    if by.kind is ActorKind.PATIENT and told is not None:
        raise InvalidRequest("What the patient writes herself was told to nobody.", field="told")
