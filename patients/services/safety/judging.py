"""What the rules of a clinic say of everything that is taken, over all the days that are looked at."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.models import Patient
from patients.services.safety.situation import Taking, situations
from patients.services.safety.strictest import strictest
from protocols.domain.nutrients import Total
from protocols.domain.safety import Assessment, Found, assess
from protocols.domain.safety_rules import Knowledge


@dataclass(frozen=True, slots=True)
class Standing:
    """One finding, and the first of the days looked at on which it is so. proposal: as `Finding` keeps it."""

    found: Found
    first_day: date
    proposal: list[dict[str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """standing: gravest first; of hours apart between the same products, the strictest alone.

    totals, not_checked: as `SafetyCheck` keeps them. edition: of the rules.
    """

    standing: tuple[Standing, ...]
    totals: list[dict[str, Any]]
    not_checked: list[dict[str, Any]]
    edition: str


def judge(patient: Patient, taking: Taking, *, today: date, knowledge: Knowledge) -> Judged:
    """All days together: each finding once, with its first day; of each nutrient the largest day."""
    days = [
        (situation.on or today, assess(situation, knowledge)) for situation in situations(patient, taking, today=today)
    ]
    standing: dict[tuple[str, str, str], Standing] = {}
    for day, assessment in days:
        for found in assessment.found:
            key = (found.rule, found.part, found.facts_key)
            known = standing.get(key)
            standing[key] = (
                Standing(found, day) if known is None else Standing(known.found.also(found), known.first_day)
            )
    return Judged(
        standing=tuple(
            strictest(
                sorted(standing.values(), key=lambda each: (each.found.severity.rank, each.found.rule, each.found.part))
            )
        ),
        totals=_totals(days),
        not_checked=_not_checked([assessment for _, assessment in days]),
        edition=knowledge.version,
    )


def _totals(days: list[tuple[date, Assessment]]) -> list[dict[str, Any]]:
    largest: dict[str, tuple[date, Total]] = {}
    for day, assessment in days:
        for total in assessment.totals:
            known = largest.get(total.nutrient)
            if known is None or known[1].amount < total.amount:
                largest[total.nutrient] = (day, total)
    return [
        {
            "nutrient": nutrient,
            "amount": str(total.amount),
            "limit": None if total.limit is None else str(total.limit),
            "limit_words": total.limit_words,
            "is_over": total.is_over,
            "is_incomplete": total.incomplete,
            "from": list(total.typed),
            "first_day": day.isoformat(),
        }
        for nutrient, (day, total) in sorted(largest.items())
    ]


def _not_checked(assessments: list[Assessment]) -> list[dict[str, Any]]:
    """Each once: substances that nobody knows, amounts in no total, and what an unknown fact leaves open."""
    unknown = dict.fromkeys(name for each in assessments for name in each.unknown_substances)
    uncounted = dict.fromkeys((row.typed, row.why) for each in assessments for row in each.not_counted)
    undecided = dict.fromkeys(
        (row.rule, row.part, row.severity.value, row.unknown, row.about)
        for each in assessments
        for row in each.undecided
    )
    return [
        *({"kind": "substance", "name": name} for name in unknown),
        *({"kind": "uncounted", "name": name, "why": why} for name, why in uncounted),
        *(
            {
                "kind": "undecided",
                "rule": rule,
                "part": part,
                "severity": severity,
                "unknown": [*facts],
                "about": [*about],
            }
            for rule, part, severity, facts, about in undecided
        ),
    ]
