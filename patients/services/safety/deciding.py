"""What people decide about a finding: to go on knowingly, with a reason, or to take that back.

A practitioner acknowledges what warns, and a warning sign that was reviewed. What stops an order is not acknowledged:
the order is changed, or the licensed professional who prescribes the medicine overrides it, in person or by a word that
a practitioner writes down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from clinics.actor import Actor, ActorKind, NotAllowed, require
from clinics.domain.instants import civil_date, zone
from clinics.models import Prescriber
from clinics.roles import Act
from clinics.services.licences import licensed_for
from patients.models import Door, Finding, FindingStatus, Patient, Plan
from patients.reminders.planning import replan
from patients.services.errors import InvalidRequest
from patients.services.safety.errors import (
    FindingChanged,
    NothingToDecide,
    NotResponsible,
    NotToBeAcknowledged,
    NotToBeOverridden,
)
from patients.services.safety.responsible import Responsible
from patients.services.safety.rows import forget_decision, line, stop_orders
from protocols.domain.safety_rules import Severity

WRITTEN_DOWN: Final = (Door.TELEPHONE, Door.FAX_OR_LETTER, Door.CARRIED)
"""How a prescriber outside says it. The link of a taper asks about that taper alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a prescriber said. reason: in the prescriber’s own words. said_on: the day of it."""

    prescriber: str
    reason: str
    door: Door
    said_on: date
    is_read_back: bool = False


class _Deciding:
    """One finding of a locked plan, under the hands of whoever decides."""

    def __init__(self, finding: Finding, *, by: Actor, at: datetime) -> None:
        self.finding, self.by, self.at = finding, by, at
        self.today = civil_date(at, zone(finding.plan.patient.zone))

    def require_open(self) -> None:
        if self.finding.status == FindingStatus.RESOLVED.value:
            raise NothingToDecide("What was found is not so any more: there is nothing to decide.")
        if self.finding.is_decided:
            raise NothingToDecide("This was decided already. Take that back first, with a reason.")

    def decide(self, to: FindingStatus, *, reason: str, prescriber: Prescriber | None = None, **said: Any) -> None:
        finding = self.finding
        self._line(to, reason, prescriber=prescriber, **said)
        finding.decision = finding.status = to.value
        finding.decided_at, finding.decided_because = self.at, reason
        finding.decided_by_kind, finding.decided_by_code = self.by.kind.value, self.by.code
        finding.decided_by_user_id = self.by.user_id
        finding.decided_by_prescriber = prescriber
        finding.said_through = said.get("said_through", "")
        finding.said_on = said.get("said_on")

    def reopen(self, *, reason: str) -> None:
        self._line(FindingStatus.OPEN, reason)
        forget_decision(self.finding)
        self.finding.status = FindingStatus.OPEN.value

    def _line(self, to: FindingStatus, reason: str, *, prescriber: Prescriber | None = None, **said: Any) -> None:
        details = {name: str(value) for name, value in said.items()}
        if prescriber is not None:
            details["prescriber"] = prescriber.code
        written = line(
            self.finding,
            to,
            at=self.at,
            reason=reason,
            details=details,
            by_kind=self.by.kind.value,
            by_code=self.by.code,
            by_user_id=self.by.user_id,
        )
        written.save()

    def finish(self) -> None:
        self.finding.revision += 1
        self.finding.save()
        plan = self.finding.plan
        stop_orders(plan, today=self.today)
        replan(plan, at=self.at)


@contextmanager
def _deciding(finding: Finding, *, by: Actor, at: datetime, revision: int) -> Iterator[_Deciding]:
    """Lock plan and finding, check that it is still what was on the screen, then save it and what follows from it."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=finding.plan_id)
        plan.patient = Patient.objects.select_related("clinic").get(pk=plan.patient_id)
        locked = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        locked.plan = plan
        if by.kind is not ActorKind.PRESCRIBER:
            require(by, Act.DECIDE_FINDING, clinic=plan.patient.clinic)
        elif by.clinic_code != plan.patient.clinic.code:
            raise NotAllowed("This is a patient of another clinic.")
        if revision != locked.revision:
            raise FindingChanged
        deciding = _Deciding(locked, by=by, at=at)
        yield deciding
        deciding.finish()


def acknowledge(finding: Finding, *, reason: str, by: Actor, at: datetime, revision: int) -> Finding:
    """Go on knowingly, for a reason that others will read. It is not asked again for the same facts.

    Never of what stops an order. A warning sign is cleared so, once it has been reviewed. Where the timetable keeps
    hours apart, nothing is left to say.
    """
    with _deciding(finding, by=by, at=at, revision=revision) as deciding:
        if by.kind is not ActorKind.STAFF:
            raise NotAllowed("A practitioner of the clinic acknowledges this.")
        if not may_be_acknowledged(deciding.finding):
            raise NotToBeAcknowledged
        deciding.require_open()
        if deciding.finding.severity == Severity.SPACE.value and deciding.finding.is_kept:
            raise NothingToDecide("The timetable keeps these hours: there is nothing to decide.")
        deciding.decide(FindingStatus.ACKNOWLEDGED, reason=_reason(reason))
    return deciding.finding


def override_in_person(finding: Finding, *, reason: str, by: Actor, at: datetime, revision: int) -> Finding:
    """The prescriber of the medicine works here, and lets it be taken all the same. by: `acting_prescriber`."""
    with _deciding(finding, by=by, at=at, revision=revision) as deciding:
        prescriber, class_word = _responsible(deciding.finding, by.code)
        is_own = by.kind is ActorKind.PRESCRIBER and by.user_id is not None and by.user_id == prescriber.user_id
        if not is_own or not licensed_for(prescriber, class_word):
            raise NotResponsible
        deciding.require_open()
        deciding.decide(
            FindingStatus.OVERRIDDEN,
            reason=_reason(reason),
            prescriber=prescriber,
            said_through=Door.INSIDE.value,
            said_on=deciding.today,
        )
    return deciding.finding


def file_override(finding: Finding, word: Word, *, by: Actor, at: datetime, revision: int) -> Finding:
    """The prescriber, who works elsewhere, lets it be taken all the same; a practitioner writes it down.

    What is said on the telephone is read back. It counts as the prescriber’s word, with who wrote it down.
    """
    with _deciding(finding, by=by, at=at, revision=revision) as deciding:
        if by.kind is not ActorKind.STAFF:
            raise NotAllowed("A practitioner of the clinic writes this down.")
        prescriber, _ = _responsible(deciding.finding, word.prescriber)
        if prescriber.is_inside:
            raise InvalidRequest("This prescriber works here, and decides it in person.", field="prescriber")
        deciding.require_open()
        _check(word, deciding)
        deciding.decide(
            FindingStatus.OVERRIDDEN,
            reason=_reason(word.reason),
            prescriber=prescriber,
            said_through=word.door.value,
            said_on=word.said_on,
        )
    return deciding.finding


def withdraw(finding: Finding, *, reason: str, by: Actor, at: datetime, revision: int) -> Finding:
    """Take back what was decided: the finding is open again, and stops again what it stops."""
    with _deciding(finding, by=by, at=at, revision=revision) as deciding:
        if by.kind is ActorKind.PRESCRIBER:
            mine = deciding.finding.decided_by_prescriber
            if mine is None or mine.code != by.code or mine.user_id != by.user_id:
                raise NotResponsible
        if not deciding.finding.is_decided:
            raise NothingToDecide("Nothing was decided about this, so there is nothing to take back.")
        deciding.reopen(reason=_reason(reason))
    return deciding.finding


def who_may_override(finding: Finding) -> list[tuple[Prescriber, str]]:
    """Each prescriber who may, with the class word of the medicine; empty: nobody. Who has ended may not."""
    return Responsible(finding.plan).who_may_override(finding)


def may_be_acknowledged(finding: Finding) -> bool:
    """Whether a practitioner may acknowledge it: whatever stops nothing of the plan."""
    return Responsible(finding.plan).may_be_acknowledged(finding)


def _responsible(finding: Finding, code: str) -> tuple[Prescriber, str]:
    may = who_may_override(finding)
    if not may:
        raise NotToBeOverridden
    found = next(((prescriber, kind) for prescriber, kind in may if prescriber.code == code), None)
    if found is None:
        raise NotResponsible
    return found


def _check(word: Word, deciding: _Deciding) -> None:
    if word.door not in WRITTEN_DOWN:
        raise InvalidRequest("Say how it was said: by telephone, or on which paper.", field="door")
    if word.said_on > deciding.today:
        raise InvalidRequest("That day has not come yet.", field="said_on")
    # It may have been found before, and be over meanwhile: the word is about what is so now.
    opened = deciding.finding.changes.filter(to_status=FindingStatus.OPEN.value).latest("at")
    if word.said_on < civil_date(opened.at, zone(deciding.finding.plan.patient.zone)):
        raise InvalidRequest("That day is before this was found: ask about what was found.", field="said_on")
    if word.door is Door.TELEPHONE and not word.is_read_back:
        raise InvalidRequest("Read it back to the prescriber, and tick it.", field="is_read_back")


def _reason(words: str) -> str:
    if not words.strip():
        raise InvalidRequest("Say why: others will read it.", field="reason")
    return words.strip()
