"""Hours that must lie between two things that one patient takes, as the findings of a plan say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from patients.models import Finding, Plan
from protocols.domain.safety_rules import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursApart:
    """Each time of a’s lies at least `before_hours` before or `after_hours` after each of b’s.

    None: that side is never good enough. a, b: as typed; a_codes, b_codes: of the orders, tapers and medicines in use.
    finding: its code; rule: its name.
    """

    finding: str
    rule: str
    a: str
    b: str
    a_codes: tuple[str, ...]
    b_codes: tuple[str, ...]
    before_hours: Decimal | None
    after_hours: Decimal | None


def spacing_of(plan: Plan) -> list[HoursApart]:
    """All that stand in this plan, decided upon or not, in the order of the rules. One query."""
    of_plan = Finding.objects.standing().filter(plan=plan)
    return hours_apart(of_plan.filter(severity=Severity.SPACE.value, spacing__isnull=False).order_by())


def hours_apart(rows: Iterable[Finding]) -> list[HoursApart]:
    """What these rows, which stand, say of hours, in the order of the rules on every database. No query."""
    in_order = sorted(rows, key=lambda row: (row.rule, row.part, row.pk))
    return [_of(row, row.spacing) for row in in_order if row.spacing is not None]


def _of(row: Finding, said: dict[str, Any]) -> HoursApart:
    return HoursApart(
        finding=row.code,
        rule=row.rule,
        a=said["a"],
        b=said["b"],
        a_codes=tuple(said["a_codes"]),
        b_codes=tuple(said["b_codes"]),
        before_hours=_hours(said["before_hours"]),
        after_hours=_hours(said["after_hours"]),
    )


def _hours(said: str | int | None) -> Decimal | None:
    return None if said is None else Decimal(said)
