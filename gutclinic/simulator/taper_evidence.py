"""How a taper was seen to be, as plain facts: its versions with their bytes, its holds, and what was said about it.

Codes stand here only to tell one request or report from another within a run; no report of the run names them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class TaperHoldState:
    reason: str
    first_day: date
    resumed_on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestState:
    code: str
    door: str
    made_on: date
    made_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class AnswerState:
    code: str
    kind: str
    answered_on: date
    at: datetime
    by_code: str


@dataclass(frozen=True, slots=True)
class SignatureState:
    """content: the bytes that were agreed to. is_confirmed: whether the paper after a call has come."""

    content: bytes
    sha256: str
    signed_on: date
    written_due_on: date | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class VersionState:
    """drawn_up_at: by the clinic; None for what the prescriber wrote by changing a request."""

    number: int
    code: str
    status: str
    drawn_up_at: datetime | None
    content: bytes
    sha256: str
    first_day: date | None
    last_day: date | None
    holds: tuple[TaperHoldState, ...]
    requests: tuple[RequestState, ...]
    answers: tuple[AnswerState, ...]
    signature: SignatureState | None


@dataclass(frozen=True, slots=True)
class UseState:
    """version, step: the numbers of the step that was lived when she said it."""

    code: str
    version: int
    step: int
    kind: str
    since: date
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class DiaryState:
    on: date
    rescue_doses: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SupplyState:
    """All the units of one strength that she had before the dose of that day."""

    strength: str
    count: Decimal
    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FlagState:
    code: str
    on: date
    reported_at: datetime
    is_cleared: bool
    is_taken_on: bool


@dataclass(frozen=True, slots=True)
class RiskState:
    """A medicine in the record that makes bleeding more likely. code, as_of: of the row that named it first."""

    code: str
    as_of: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class TiedState:
    """One version of an order that hangs on the taper and still stands. first None: it waits; last None: no end."""

    key: str
    number: int
    kind: str
    after_days: int | None
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step as the software itself dates it; last None: it is held. version, number: which step of which version."""

    version: int
    number: int
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class TaperState:
    """One taper as it was from `at` on, until the next state.

    shown: its steps as the software dates them; shown_doses: the milligrams that it says are taken on days around `at`.
    """

    at: datetime
    plan_id: int
    code: str
    status: str
    started_at: datetime | None
    looks_at: datetime | None
    revision: int
    # By kind and code: the prescriber as a recipient, and who else that is if it is a member of staff.
    prescriber: tuple[str, str]
    prescriber_user_code: str
    practitioner_code: str
    versions: tuple[VersionState, ...]
    uses: tuple[UseState, ...]
    diary: tuple[DiaryState, ...]
    supplies: tuple[SupplyState, ...]
    # Her rescue days through this one count no more: somebody let the taper go on all the same.
    rescue_decided_on: date | None
    flags: tuple[FlagState, ...]
    risks: tuple[RiskState, ...]
    shown: tuple[ShownStep, ...]
    shown_doses: Mapping[date, Decimal]
    transition_count: int
    tied: tuple[TiedState, ...] = ()

    def differs_from(self, other: "TaperState") -> bool:
        """In anything but the time of looking, and the days that were looked at."""
        fields = [name for name in self.__slots__ if name not in {"at", "shown_doses"}]
        return any(getattr(self, name) != getattr(other, name) for name in fields)

    @property
    def subjects(self) -> set[str]:
        """The codes of all that a reminder of this taper may be about."""
        rows: tuple[Any, ...] = (*self.versions, *self.uses, *self.flags, *self.risks)
        parts: list[Any] = [part for version in self.versions for part in (*version.requests, *version.answers)]
        return {self.code, *(row.code for row in rows), *(part.code for part in parts)}

    @property
    def signed(self) -> tuple[VersionState, ...]:
        """The versions that are or were in force, but for those replaced before their first day came."""
        return tuple(
            version
            for version in self.versions
            if version.first_day is not None and (version.last_day is None or version.last_day >= version.first_day)
        )

    def version(self, status: str) -> VersionState | None:
        return next((version for version in self.versions if version.status == status), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperAct:
    """What somebody did to a taper, or was refused. by: the kind of actor."""

    at: datetime
    taper_id: int
    name: str
    by: str
    details: Mapping[str, object] = field(default_factory=dict)
    before: TaperState
    after: TaperState
    refusal: str = ""
