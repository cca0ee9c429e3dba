"""A condition that was once found stays a finding for the gates, whatever was looked for later."""

from datetime import date

from clinics.actor import Actor
from patients.models import Patient, Presence, SourceKind
from patients.services.core_record import facts_about
from patients.services.record import add_condition, mark_in_error
from patients.services.record_writing import Source
from protocols.domain.gate_answers import Answer
from protocols.domain.gate_evidence import answers_from
from tests.fixtures.personae import NOON, TODAY

ULCER, STRICTURE = "K22.10", "K22.2"


def say(angela: Patient, code: str, presence: Presence, as_of: date, by: Actor) -> object:
    source = Source(kind=SourceKind.DOCUMENT, as_of=as_of)
    return add_condition(angela, icd10cm_code=code, presence=presence, source=source, by=by, at=NOON)


def gate(angela: Patient, name: str) -> Answer:
    facts = facts_about(angela, on=TODAY)
    answers = answers_from(
        facts, tapered_substance="omeprazole", tapered_since=None, red_flags_open=None, indication="Reflux"
    )
    return next(answer.answer for answer in answers if answer.gate == name)


def test_a_later_look_that_found_nothing_does_not_undo_a_finding(angela: Patient, by: Actor) -> None:
    say(angela, ULCER, Presence.PRESENT, date(2020, 5, 1), by)
    for code in (ULCER, "K22.11", STRICTURE):
        say(angela, code, Presence.ABSENT, date(2026, 5, 1), by)
    assert gate(angela, "G3") is Answer.YES


def test_a_finding_that_is_unknown_by_now_was_found_all_the_same(angela: Patient, by: Actor) -> None:
    say(angela, "K22.70", Presence.PRESENT, date(2020, 5, 1), by)
    say(angela, "K22.70", Presence.UNKNOWN, date(2026, 5, 1), by)
    assert gate(angela, "G1") is Answer.YES


def test_what_was_entered_in_error_was_never_found(angela: Patient, by: Actor) -> None:
    wrong = say(angela, ULCER, Presence.PRESENT, date(2020, 5, 1), by)
    mark_in_error(wrong, reason="Somebody else’s letter", by=by, at=NOON)
    for code in (ULCER, "K22.11", STRICTURE):
        say(angela, code, Presence.ABSENT, date(2026, 5, 1), by)
    assert gate(angela, "G3") is Answer.NO
