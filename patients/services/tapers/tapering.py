"""What every move of a taper has in common: the locked rows, the check of role and revision, the history, what follows.

A move runs inside `tapering(...)`. The plan is locked first, as by every move of the plan itself, then the taper. On
the way out the taper is saved, it is said when the sweep is to look at it next, and the reminders follow, in the same
transaction. Whatever goes wrong, nothing is half-written.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects

from clinics.actor import Actor, ActorKind, NotAllowed, require
from clinics.domain.instants import civil_date, zone
from clinics.roles import Act
from patients.models import HoldReason, Patient, Plan, Taper, TaperEnd, TaperHold, TaperVersion
from patients.models.taper_course import COURSE_ROWS, course_of, signed_versions
from patients.reminders.planning import replan_as_a_whole, replan_beside
from patients.reminders.taper_subject import TAPER_ROWS
from patients.services.errors import Refused, TaperChanged
from patients.services.moving import record
from patients.services.orders.following import follow_taper
from patients.services.safety.assessing import reassess
from patients.services.tapers.looking import look_after_a_move, next_look
from patients.services.tapers.rescue_days import rescue_over_until
from patients.services.tapers.use_known import use_unknown_at
from protocols.domain.course import Course
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus, next_taper_status
from protocols.domain.terms import TermsError


class Tapering:
    """One taper under the hands of one mover. today: the patient’s civil date."""

    def __init__(self, taper: Taper, *, by: Actor, at: datetime) -> None:
        self.taper = taper
        self.by = by
        self.at = at
        self.zone = zone(taper.plan.patient.zone)
        self.today = civil_date(at, self.zone)
        self.has_looked = False
        # What must be written down even where the signed bytes were altered, and so say no dates.
        self.needs_no_dates = False
        # What is only written down beside the schedule leaves what is on anybody’s screen as it stands.
        self.is_beside_schedule = False
        # Her word may be one of them, and say what she takes all the same.
        self.says_what_is_taken = False
        self._has_moved = False
        self.reload()

    @property
    def versions(self) -> list[TaperVersion]:
        return list(self.taper.versions.all())

    @property
    def in_force(self) -> TaperVersion | None:
        return self._with(VersionStatus.IN_FORCE)

    @property
    def draft(self) -> TaperVersion | None:
        return self._with(VersionStatus.DRAFT)

    @property
    def proposed(self) -> TaperVersion | None:
        return self._with(VersionStatus.PROPOSED)

    def _with(self, status: VersionStatus) -> TaperVersion | None:
        return next((version for version in self.versions if version.status == status.value), None)

    @property
    def current(self) -> TaperVersion | None:
        """The signed version that counts today: the one that is held, or whose step it is.

        Between two of them, and before the first, the one that is about to begin; after the last step the last.
        """
        hold = self.open_hold
        step = self.course().on(self.today)
        signed = signed_versions(self.taper)
        if hold is not None:
            return next(version for version in self.versions if version.pk == hold.version_id)
        if step is not None:
            return next(version for version in signed if version.number == step.version)
        coming = [version for version in signed if version.begins_on > self.today]
        return next(iter(coming or signed[-1:]), None)

    @property
    def open_hold(self) -> TaperHold | None:
        return self.taper.open_hold

    def course(self) -> Course:
        return course_of(self.taper)

    def reload(self, rows: "Sequence[str | Prefetch[Any]]" = COURSE_ROWS) -> None:
        """Read versions, holds and signatures anew, after some were written. rows: what else is looked at."""
        vars(self.taper).pop("_prefetched_objects_cache", None)
        prefetch_related_objects([self.taper], *rows)

    # --- Statuses -------------------------------------------------------------------------------------------

    def set_status(self, move: TaperMove, *, reason: str = "", details: dict[str, Any] | None = None) -> None:
        self._has_moved = True
        before = TaperStatus(self.taper.status)
        self.taper.status = next_taper_status(move, before).value
        self.note(move, before=before, reason=reason, details=details)

    def note(
        self,
        move: TaperMove,
        *,
        before: TaperStatus | None = None,
        reason: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """One line of history; without `before` the status stays as it is."""
        record(
            self.taper.plan,
            taper=self.taper,
            move=move.value,
            from_status=(before or TaperStatus(self.taper.status)).value,
            to_status=self.taper.status,
            reason=reason,
            details=details,
            by=self.by,
            at=self.at,
        )

    def set_version(self, version: TaperVersion, status: VersionStatus) -> None:
        """Another status for this version; what ends it is written beside."""
        self._has_moved = True
        version.status = status.value
        if status not in {VersionStatus.PROPOSED, VersionStatus.IN_FORCE}:
            version.ended_at = self.at
        version.save(update_fields=["status", "ended_at", "first_day", "proposed_at"])

    def end(self, end: TaperEnd | None, *, instruction: str = "", revoked: bool = False) -> None:
        """Say why and when it ended. Its last signed version counts until yesterday: today is no longer scheduled."""
        self.taper.end, self.taper.ended_on = "" if end is None else end.value, self.today
        self.taper.instruction = instruction
        self.close_hold()
        self.end_versions(before=self.today)
        version = self.in_force
        if version is not None:
            self.set_version(version, VersionStatus.REVOKED if revoked else VersionStatus.SUPERSEDED)
        self.withdraw_what_waits()

    def withdraw_what_waits(self) -> None:
        """Nothing comes of a draft or a request any more, since the taper ended."""
        for waiting in (self.draft, self.proposed):
            if waiting is not None:
                self.set_version(waiting, VersionStatus.WITHDRAWN)
                close_requests(waiting, at=self.at, because="The taper ended.")
        self.reload()

    def end_versions(self, *, before: date) -> None:
        """What was signed so far counts until the day before this one. What would begin later never counts."""
        eve = before - timedelta(days=1)
        signed = signed_versions(self.taper)
        begun = [version for version in signed if version.begins_on < before]
        for version in [*begun[-1:], *(version for version in signed if version.begins_on >= before)]:
            version.last_day = eve
            version.save(update_fields=["last_day"])

    # --- Days on hold ---------------------------------------------------------------------------------------

    def open_a_hold(self, reason_kind: HoldReason, *, reason: str = "") -> None:
        """Keep today's dose from today on, or the present one if the first step has not begun."""
        version = self.current
        if version is None:
            raise Refused("Nothing was signed yet, so there is no dose to hold.")
        TaperHold.objects.create(
            version=version,
            reason_kind=reason_kind.value,
            reason=reason,
            first_day=self.today,
            at=self.at,
            by_kind=self.by.kind.value,
            by_code=self.by.code,
        )
        self.set_status(TaperMove.HOLD, reason=reason, details={"why": reason_kind.value})
        self.reload()

    def close_hold(self, *, on: date | None = None) -> int:
        """End the open hold on that day (today unless said), and say how many days it lasted; 0 if there is none.

        What was signed to begin later begins that much later.
        """
        hold = self.open_hold
        if hold is None:
            return 0
        hold.resumed_on = max(on or self.today, hold.first_day)
        hold.resumed_at, hold.resumed_by_kind, hold.resumed_by_code = self.at, self.by.kind.value, self.by.code
        hold.save(update_fields=["resumed_on", "resumed_at", "resumed_by_kind", "resumed_by_code"])
        version = next(version for version in self.versions if version.pk == hold.version_id)
        later = [other for other in signed_versions(self.taper) if other.number > version.number]
        if hold.first_day < version.begins_on:
            # It had not begun: the first day waits until the hold is over.
            days = max(0, (hold.resumed_on - version.begins_on).days)
            later.insert(0, version)
        else:
            days = (hold.resumed_on - hold.first_day).days
        if version.last_day is not None and version not in later:
            self._hold_until_the_end(version, hold, days=days)
            version.last_day += timedelta(days=days)
            version.save(update_fields=["last_day"])
        for other in later:
            other.first_day = other.begins_on + timedelta(days=days)
            if other.last_day is not None:
                other.last_day += timedelta(days=days)
            other.save(update_fields=["first_day", "last_day"])
        self.reload()
        return (hold.resumed_on - hold.first_day).days

    @staticmethod
    def _hold_until_the_end(version: TaperVersion, closed: TaperHold, *, days: int) -> None:
        """What was to be held until the next version begins is held so much longer: it begins later now."""
        assert version.last_day is not None
        next_one = version.last_day + timedelta(days=1)
        for hold in version.holds.all():
            if hold.pk != closed.pk and hold.resumed_on == next_one:
                hold.resumed_on += timedelta(days=days)
                hold.save(update_fields=["resumed_on"])

    def finish(self) -> None:
        # Once, for the dates and the reminders alike.
        self.reload(TAPER_ROWS)
        try:
            self._say_when_to_look()
        except TermsError:
            if not self.needs_no_dates:
                raise
        is_moved = self._has_moved or not self.is_beside_schedule
        if is_moved:
            self.taper.revision += 1
        self.taper.save()
        # A line of a diary moves no order, and says nothing to a rule.
        if is_moved or self.says_what_is_taken:
            follow_taper(self.taper, at=self.at)
            reassess(self.taper.plan, at=self.at)
        replan_beside(self.taper, at=self.at)
        if is_moved:
            replan_as_a_whole(self.taper.plan, at=self.at)

    def _say_when_to_look(self) -> None:
        if self.has_looked:
            self.taper.looks_at = next_look(self.taper, today=self.today, zone=self.zone)
        else:
            self.taper.looks_at = look_after_a_move(self.taper, at=self.at, today=self.today, zone=self.zone)
        self.taper.use_unknown_at = use_unknown_at(self.taper, today=self.today, zone=self.zone)
        self.taper.rescue_over_until = rescue_over_until(self.taper, on=self.today) if self.taper.is_running else None


def close_requests(version: TaperVersion, *, at: datetime, because: str) -> None:
    """Nothing more may come of what was sent for this version: its links are dead."""
    version.requests.filter(closed_at__isnull=True).update(closed_at=at, closed_because=because)


@contextmanager
def tapering(
    taper: Taper, *, by: Actor, at: datetime, revision: int | None, act: Act = Act.MANAGE_TAPER
) -> Iterator[Tapering]:
    """Lock plan and taper, check who moves it and that it is still what was on the screen, then save what changed.

    by: staff of the clinic who may `act`; the taper’s own prescriber; the patient herself; or the system, which
    decides on the locked rows. Which of them may do what is for each service to say. revision: what the mover saw;
    None for whoever saw no page of it.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update(no_key=True).get(pk=taper.plan_id)
        locked = Taper.objects.select_for_update().select_related(None).get(pk=taper.pk)
        plan.patient = Patient.objects.select_related("clinic").get(pk=plan.patient_id)
        locked.plan = plan
        require_part_in(locked, by=by, act=act)
        if revision is not None and revision != locked.revision:
            raise TaperChanged
        move = Tapering(locked, by=by, at=at)
        yield move
        move.finish()


def require_part_in(taper: Taper, *, by: Actor, act: Act) -> None:
    """Refuse whoever has no part in this taper."""
    if by.kind is ActorKind.SYSTEM:
        return
    if by.kind is ActorKind.PRESCRIBER:
        if by.code != taper.prescriber.code:
            raise NotAllowed("Another prescriber is responsible for this taper.")
        return
    if by.kind is ActorKind.PATIENT:
        if by.code != taper.plan.patient.code:
            raise NotAllowed("This is somebody else’s taper.")
        return
    require(by, act, clinic=taper.plan.patient.clinic)


def require_staff(by: Actor) -> None:
    """Within a move: refuse whoever has a part in the taper but does not work here."""
    if by.kind is not ActorKind.STAFF:
        raise NotAllowed("The clinic does this. Ask the practitioner.")
