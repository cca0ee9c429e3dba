"""What was seen of somebody’s orders on a day: the rows, what counts as due, the printed day, and what was found."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """One version. held: from which day and up to which, that day not included; None: still. is_due: as it is shown."""

    key: str
    number: int
    code: str
    standing: str
    is_blocked: bool
    ends_on: date | None
    held: tuple[tuple[date, date | None], ...]
    slots: tuple[str, ...]
    is_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartSeen:
    """Hours between two things, by their codes, and whether the timetable says that it keeps them."""

    a: frozenset[str]
    b: frozenset[str]
    before: Decimal | None
    after: Decimal | None
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSeen:
    """status: as its row has it."""

    code: str
    rule: str
    part: str
    facts: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDay:
    """One plan at one instant. printed: each dose that stands on the clock, by code and written time, with its
    clock; beside: those without one.

    found: rule, part and facts of all that the rules say of the rows as they are. recorded: doses that count as taken.
    """

    at: datetime
    plan_id: int
    on: date
    plan_status: str
    orders: tuple[OrderSeen, ...]
    printed: tuple[tuple[str, str, str], ...]
    beside: tuple[tuple[str, str], ...]
    apart: tuple[ApartSeen, ...]
    findings: tuple[FindingSeen, ...]
    found: frozenset[tuple[str, str, str]]
    recorded: "Counter[tuple[str, date, str]]"
