"""Whatever becomes of a reminder has words: each reason, way, attempt, report and move; and a name to be counted by."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from patients.admin.reminders.delivery_page import REASON_WORDS
from patients.models import AttemptOutcome, Channel, Plan, RecipientKind, Reminder, ReportOutcome
from patients.portal.messages_sent import BY as BY_FOR_HER
from patients.reminders import reasons
from patients.reminders.figures import REASONS, name_of
from patients.reminders.kinds import KINDS
from patients.reminders.ledger import OUTCOMES, REPORTED, why
from patients.reminders.ledger_facts import ROWS
from patients.reminders.ledger_kinds import WHOM
from patients.reminders.ledger_words import BY, DONE
from protocols.domain.order_states import OrderMove
from protocols.domain.phases import PhaseMove, PlanMove
from protocols.domain.taper_states import TaperMove
from tests.fixtures.personae import NOON
from tests.reminders.of_words import one_sentence

ALL = {
    name: said.format(last="18 January 2027")
    for name, said in vars(reasons).items()
    if name.isupper() and isinstance(said, str)
}
"""Each reason that stands in the code, as a row has it."""
MISSED = {
    "TOO_LATE": "too-late",
    "TOO_LATE_UNTIL": "too-late",
    "UNREACHABLE": "unreachable",
    "REFUSED": "refused",
    "UNDELIVERED": "undelivered",
    "OVER_BUDGET": "over-budget",
    "NOT_HEARD_FROM": "not-heard-from",
}
"""Those of what was missed, as they are counted."""
SERVICES = Path(__file__).resolve().parents[2] / "patients" / "services"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("status", ["cancelled", "missed"])
def test_each_reason_makes_one_sentence_by_each_way(plan: Plan, name: str, status: str) -> None:
    row = Reminder.objects.select_related(*ROWS).filter(plan=plan, recipient_kind="patient").earliest("pk")
    row.status, row.reason, row.finished_at = status, ALL[name], NOON
    for channel in Channel:
        row.channel = channel.value
        answer = why(row, at=NOON)
        one_sentence(answer.sentence)
        assert answer.sentence.startswith("It was not sent because ")
        for fact in answer.chain:
            one_sentence(fact.words)


@pytest.mark.parametrize("name", ALL)
def test_a_reason_inside_a_sentence_is_told_as_it_was_then(plan: Plan, name: str) -> None:
    """The rows say how it is; what is over is told in the past."""
    row = Reminder.objects.select_related(*ROWS).filter(plan=plan, recipient_kind="patient").earliest("pk")
    row.status, row.reason, row.finished_at = "missed" if name in MISSED else "cancelled", ALL[name], NOON
    said = why(row, at=NOON).sentence
    assert not re.search(r"\b(is|does|goes|calls|looks|has) ", said.partition("“")[0]), said


def test_each_reason_for_which_something_is_missed_has_a_name_and_words() -> None:
    for name, counted_as in MISSED.items():
        assert name_of(ALL[name]) == counted_as
    assert set(REASONS.values()) == set(MISSED.values())
    assert set(REASON_WORDS) == {*REASONS.values(), "other"}
    assert name_of("Whatever.") == "other"


@pytest.mark.parametrize(
    ("words", "every"),
    [
        (OUTCOMES, AttemptOutcome),
        (BY, Channel),
        (BY_FOR_HER, Channel),
        (WHOM, RecipientKind),
    ],
)
def test_each_outcome_way_and_recipient_has_words(words: dict[str, str], every: type[StrEnum]) -> None:
    assert set(words) == {each.value for each in every}


def test_each_report_that_ends_a_message_has_words() -> None:
    assert set(REPORTED) == {outcome.value for outcome in ReportOutcome} - {"under way"}


@pytest.mark.parametrize("moves", [PlanMove, PhaseMove, TaperMove, OrderMove])
def test_each_move_has_words(moves: Any) -> None:
    assert {move.value for move in moves} <= set(DONE)


def test_each_move_that_services_write_without_a_table_has_words() -> None:
    """They stand there as plain text, or as a constant with such a text."""
    written: set[str] = set()
    for path in SERVICES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        constants = dict(re.findall(r'^([A-Z_]+) = "([a-z-]+)"$', text, re.MULTILINE))
        for said in re.findall(r'(?:\bmove=|\.note\()("[a-z-]+"|[A-Z_]+\b(?!\.))', text):
            written.add(said.strip('"') if said.startswith('"') else constants[said])
    assert {"assign", "draw-up", "tie", "spread"} <= written, "else this looked at nothing"
    assert written <= set(DONE)


def test_each_kind_has_words_for_whoever_gets_it() -> None:
    for kind in KINDS.values():
        assert kind.words, kind.name
        if RecipientKind.PATIENT in kind.recipients:
            # As she reads it: about her, and to her.
            said = kind.says or kind.words
            assert "patient" not in said.lower(), (kind.name, said)
