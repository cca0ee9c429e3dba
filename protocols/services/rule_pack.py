"""Reading the safety rules: the whole file, or a refusal with every fault, its line and its place."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from protocols.domain.rule_asks import asks_about
from protocols.domain.rule_language import condition_of, taking_of
from protocols.domain.rule_terms import Expression, Taking
from protocols.domain.rule_words import RuleError, Vocabulary, names_of
from protocols.domain.safety_rules import Apart, Rule, RulePart, Severity
from protocols.domain.sources import Mark
from protocols.services.pack_files import SAFETY_RULES
from protocols.services.pack_lines import read_pack_and_lines, refuse
from protocols.services.pack_table import Table
from protocols.services.substance_pack import check_heading

_ID: Final = re.compile(r"R[0-9]{2,3}")
_HOURS: Final = re.compile(r"[0-9]{1,2}(\.5)?")
_YEARS: Final = range(1950, 2101)


def read_rules(vocabulary: Vocabulary, folder: Path | None = None) -> tuple[str, tuple[Rule, ...]]:
    """The edition, and every rule in the order of the file. Raises `PackError`, and nothing was loaded."""
    file_name, content, lines = read_pack_and_lines(SAFETY_RULES, folder)
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    edition = check_heading(pack, SAFETY_RULES)
    rules = [_rule(table, vocabulary) for table in pack.tables("rules")]
    if not rules:
        pack.complain("rules", "There is no rule here: without any, nothing would be checked.")
    pack.close()
    _refuse_twins([rule.id for rule in rules], "rules", "id", problems)
    refuse(problems, file_name=file_name, lines=lines, named=lambda path: _named(path, rules))
    return edition, tuple(rules)


def _rule(table: Table, vocabulary: Vocabulary) -> Rule:
    rule_id = table.text("id")
    if not _ID.fullmatch(rule_id):
        table.complain("id", "A rule has a number, as in “R07”.")
    version = table.whole("version")
    if version is None or version < 1:
        table.complain("version", "Say which version of the rule this is: 1, and one more with every change.")
    parts = [_part(inner, vocabulary) for inner in table.tables("parts")]
    if not parts:
        table.complain("parts", "A rule says at least one thing: add a part.")
    _refuse_twins([part.key for part in parts], table.path("parts"), "key", table.problems)
    reviewer, reviewed_on = table.text("reviewer", optional=True), _day(table, "reviewed_on")
    if bool(reviewer) != bool(reviewed_on):
        table.complain("reviewer", "Say both who reviewed this rule and on which day, or neither.")
    return Rule(
        id=rule_id,
        version=version or 1,
        title=table.prose("title"),
        parts=tuple(parts),
        reviewer=reviewer,
        reviewed_on=reviewed_on,
    )


def _part(table: Table, vocabulary: Vocabulary) -> RulePart:
    severity = table.choice("severity", Severity) or Severity.INFO
    is_apart = severity is Severity.SPACE
    when = table.text("when", optional=is_apart)
    condition = _condition(table, when, vocabulary) if when else None
    mark, is_enabled = table.choice("mark", Mark), table.yes_if_known("enabled")
    if is_enabled is None:
        table.complain("enabled", "Say whether this counts: true or false.")
    if is_enabled and mark is not None and not mark.counts:
        table.complain("enabled", "This was only remembered: it stays off until somebody has read a source.")
    stops = _stops(table, vocabulary, is_block=severity is Severity.BLOCK)
    if severity is Severity.BLOCK and condition is not None:
        _check_stops(table, stops, asks_about(condition, vocabulary.nutrients))
    why_disabled = table.text("why_disabled", optional=True)
    if is_enabled is False and not why_disabled:
        table.complain("why_disabled", "Say why this is off.")
    if is_enabled and why_disabled:
        table.complain("why_disabled", "This is on: leave the reason out.")
    return RulePart(
        key=table.text("key"),
        severity=severity,
        condition=condition,
        condition_text=when or f"{table.text('a')}; {table.text('b')}",
        text=table.prose("text"),
        patient_text=table.prose("patient"),
        cite=table.text("cite"),
        year=_year(table),
        mark=mark or Mark.REMEMBERED,
        is_enabled=bool(is_enabled),
        why_disabled=why_disabled,
        apart=_apart(table, vocabulary) if is_apart else None,
        stops=stops,
    )


def _condition(table: Table, text: str, vocabulary: Vocabulary) -> Expression | None:
    try:
        return condition_of(text, vocabulary)
    except RuleError as error:
        table.complain("when", str(error))
        return None


def _apart(table: Table, vocabulary: Vocabulary) -> Apart | None:
    first, second = _side(table, "a", vocabulary), _side(table, "b", vocabulary)
    before, after = _hours(table, "before_hours"), _hours(table, "after_hours")
    if before is None and after is None:
        table.complain("before_hours", "Say how many hours before, after, or both: this says neither.")
    if first is None or second is None:
        return None
    return Apart(a=first, b=second, before_hours=before, after_hours=after)


def _side(table: Table, key: str, vocabulary: Vocabulary) -> Taking | None:
    text = table.text(key)
    if not text:
        return None
    try:
        return taking_of(text, vocabulary, is_oral_only=True)
    except RuleError as error:
        table.complain(key, str(error))
        return None


def _stops(table: Table, vocabulary: Vocabulary, *, is_block: bool) -> frozenset[str]:
    """What a BLOCK stops; a warning sign stops no single thing, and says nothing here."""
    text = table.text("stops", optional=True)
    if not text:
        return frozenset()
    if not is_block:
        table.complain("stops", "Only a BLOCK stops something: leave this out.")
    try:
        names, _ = names_of(text, vocabulary)
    except RuleError as error:
        table.complain("stops", str(error))
        return frozenset()
    return names or frozenset()


def _check_stops(table: Table, stops: frozenset[str], asked: frozenset[str] | None) -> None:
    """A BLOCK stops something that its condition asks about; only a sign that names no substance stops nothing.

    asked: None for anything at all.
    """
    if not stops and asked != frozenset():
        table.complain("stops", "Say what of it is stopped: otherwise this would stop nothing.")
    elif asked is not None and stops - asked:
        others = "”, “".join(sorted(stops - asked))
        table.complain("stops", f"The condition does not ask about “{others}”, so that would never be stopped.")


def _hours(table: Table, key: str) -> Decimal | None:
    text = table.text(key, optional=True)
    if not text:
        return None
    if not _HOURS.fullmatch(text):
        table.complain(key, "Hours are written as “2” or “0.5”.")
        return None
    return Decimal(text)


def _year(table: Table) -> int | None:
    year = table.whole("year")
    if year is not None and year not in _YEARS:
        table.complain("year", "This is the year of the source, as in 2022; left out where it names none.")
    return year


def _day(table: Table, key: str) -> date | None:
    text = table.text(key, optional=True)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        table.complain(key, "Write a day in quotation marks, as in “2027-01-04”.")
        return None


def _refuse_twins(names: list[str], path: str, key: str, problems: dict[str, str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            problems.setdefault(f"{path}[{place}].{key}", f"“{name}” stands there twice: give each its own.")


def _named(path: str, rules: list[Rule]) -> str:
    """The path with the rule's number beside its place."""
    found = re.match(r"rules\[([0-9]+)\]", path)
    return path if found is None else f"{found[0]} “{rules[int(found[1])].id}”{path[found.end() :]}"
