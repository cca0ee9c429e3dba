"""Findings in words: how grave, since when, about what, what was decided and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from patients.models import Door, Finding, FindingStatus
from patients.services.safety.judging import Judged, Standing
from patients.services.safety.one_change import ONE_CHANGE
from protocols.domain.amount import Amount
from protocols.domain.icd10cm import CodeError
from protocols.domain.nutrients import nutrient_in_words
from protocols.domain.safety_rules import Severity
from protocols.domain.sources import Mark
from protocols.services.condition_codes import released_codes

SEVERITY_WORDS: Final = {severity.value: severity.label for severity in Severity}
DECIDED: Final = {FindingStatus.ACKNOWLEDGED.value: "Acknowledged", FindingStatus.OVERRIDDEN.value: "Overridden"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One finding as the pages show it; of a preview without an address and a decision.

    names: what is taken, as typed. conditions: in words. begins: empty where it is so today.
    """

    rule: str
    severity: str
    names: tuple[str, ...]
    conditions: tuple[str, ...]
    text: str
    cite: str
    mark: str
    begins: date | None = None
    address: str = ""
    decision: str = ""
    because: str = ""
    is_kept: bool = False
    is_open: bool = True

    @property
    def is_of_changes(self) -> bool:
        """Whether it is about when things change, and not about what is taken together."""
        return self.rule == ONE_CHANGE

    @property
    def is_to_be_decided(self) -> bool:
        """Whether it waits for somebody. What is only to be known does not, nor what the timetable keeps."""
        return self.is_open and not self.is_kept and self.severity != Severity.INFO.value

    @property
    def rank(self) -> int:
        return Severity(self.severity).rank

    @property
    def severity_words(self) -> str:
        return SEVERITY_WORDS[self.severity]

    @property
    def about(self) -> str:
        return in_one_line([*self.names, *self.conditions])


def in_one_line(about: Iterable[str]) -> str:
    """What a finding is about, as a line of its own."""
    return capital(" + ".join(about))


def capital(words: str) -> str:
    """The same words as the beginning of a line."""
    return words[:1].upper() + words[1:]


def shown_of_row(row: Finding, *, today: date, address: str = "") -> Shown:
    names, conditions = split_about(row.about)
    return Shown(
        rule=row.rule,
        severity=row.severity,
        names=names,
        conditions=conditions,
        text=row.text,
        cite=cited(row.cite, row.year),
        mark=Mark(row.mark).label,
        begins=row.first_day if row.first_day > today else None,
        address=address,
        decision=DECIDED.get(row.decision, ""),
        because=row.decided_because,
        is_kept=row.is_kept,
        is_open=row.status == FindingStatus.OPEN.value,
    )


def shown_of_preview(judged: Judged, *, today: date) -> list[Shown]:
    return [_of_standing(standing, today=today) for standing in judged.standing]


def _of_standing(standing: Standing, *, today: date) -> Shown:
    found = standing.found
    names, conditions = split_about(found.about)
    return Shown(
        rule=found.rule,
        severity=found.severity.value,
        names=names,
        conditions=conditions,
        text=found.text,
        cite=cited(found.cite, found.year),
        mark=found.mark.label,
        begins=standing.first_day if standing.first_day > today else None,
    )


def split_about(about: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of what is taken, and conditions in words: a finding names the codes of conditions last."""
    names: list[str] = []
    conditions: list[str] = []
    for word in about:
        title = condition_title(word)
        if title:
            conditions.append(f"{title} ({word})")
        else:
            names.append(word)
    return tuple(names), tuple(conditions)


def condition_title(word: str) -> str:
    """The title of an ICD-10-CM code; empty for anything else, such as the name of a substance."""
    try:
        found = released_codes().leaf(word) if word[:1].isupper() and word[1:2].isdigit() else None
    except CodeError:
        return ""
    return found.title if found is not None and found.code == word else ""


def cited(cite: str, year: int | None) -> str:
    """The source with its year, unless it names that itself."""
    return cite if year is None or str(year) in cite else f"{cite} ({year})"


def said_how(row: Finding) -> str:
    """How a prescriber’s word came: “Telephone, on 4 January 2027”; empty for what was said by nobody."""
    if not row.said_through or row.said_on is None:
        return ""
    return f"{Door(row.said_through).label}, {row.said_on:%-d %B %Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """One nutrient against its limit. part: of the limit, in percent, at most 100; None: there is none."""

    nutrient: str
    amount: str
    limit: str
    part: int | None
    is_over: bool
    is_incomplete: bool
    sources: str
    words: str


def totals_of(stored: Iterable[dict[str, Any]]) -> list[TotalRow]:
    rows = []
    for each in stored:
        amount = Amount.parse(each["amount"])
        limit = None if each["limit"] is None else Amount.parse(each["limit"])
        part = None if limit is None else min(100, int(100 * amount.to(limit.unit).value / limit.value))
        rows.append(
            TotalRow(
                nutrient=nutrient_in_words(each["nutrient"]),
                amount=amount.display(),
                limit=limit.display() if limit is not None else "",
                part=part,
                is_over=each["is_over"] is True,
                is_incomplete=each["is_incomplete"],
                sources=", ".join(each["from"]),
                words=each["limit_words"],
            )
        )
    return rows


def not_checked_words(stored: Iterable[dict[str, Any]]) -> list[str]:
    """What could not be checked and why: each thing once, and one line for each fact that somebody could ask about."""
    found: list[str] = []
    undecided: dict[str, list[str]] = {}
    for each in stored:
        if each["kind"] == "substance":
            found.append(f"{capital(each['name'])}: no rule and no catalogue knows it, so nothing is said about it.")
        elif each["kind"] == "uncounted":
            found.append(f"{capital(each['name'])} stands in no daily total: {each['why']}")
        else:
            for fact in each["unknown"]:
                undecided.setdefault(fact, []).append(_rule_about(each))
    for fact, rows in undecided.items():
        found.append(f"Not known: {fact}. It would decide {', '.join(dict.fromkeys(rows))}.")
    return found


def _rule_about(row: dict[str, Any]) -> str:
    return f"{row['rule']} ({' + '.join(row['about'])})" if row["about"] else str(row["rule"])
