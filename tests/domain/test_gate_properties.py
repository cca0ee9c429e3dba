"""What holds of the gates whatever is known about somebody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.facts import ConditionFact, FactSource, LabAnswerFact, MedicineFact, PendingLabFact, PersonFacts
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gates import (
    ASKED,
    AnsweredGate,
    Gate,
    answers_from,
    open_stops,
    overlay,
    questions_for_prescriber,
    unanswered,
)
from protocols.domain.medicines import MedicineClass

DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))
SOURCES = st.sampled_from(["", " ", "A letter", "The patient says so"])
CODES = st.sampled_from(
    [
        "K22.70",
        "K22.719",
        "K22.10",
        "K22.11",
        "K22.2",
        "K20.0",
        "J84.112",
        "E16.4",
        "K25.4",
        "K92.2",
        "Z87.11",
        "Z79.1",
        "R13.10",
        "B96.81",
        "K21.9",
    ]
)
CONDITIONS = st.builds(ConditionFact, code=CODES, is_present=st.booleans(), as_of=DAYS, source=SOURCES)
MEDICINES = st.builds(
    MedicineFact,
    substance=st.sampled_from(["omeprazole", "ibuprofen", "aspirin", "clopidogrel", "prednisone", "tablets"]),
    medicine_class=st.one_of(st.none(), st.sampled_from(MedicineClass)),
    since=st.one_of(st.none(), DAYS),
    until=st.one_of(st.none(), DAYS),
    as_of=DAYS,
    source=SOURCES,
)
TESTS = st.sampled_from(["17780-8", "74788-1", "38445-3"])
LAB_ANSWERS = st.builds(
    LabAnswerFact, code=TESTS, answer=st.sampled_from(["positive", "negative", "indeterminate"]), collected_on=DAYS
)
PENDING = st.builds(PendingLabFact, code=TESTS, collected_on=st.none(), as_of=DAYS)
PEOPLE = st.builds(
    PersonFacts,
    on=DAYS,
    birth_date=st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2010, 1, 1))),
    is_pregnant=st.one_of(st.none(), st.booleans()),
    conditions=st.lists(CONDITIONS, max_size=6).map(tuple),
    medicines=st.lists(MEDICINES, max_size=4).map(tuple),
    medicines_complete_as_of=st.one_of(st.none(), DAYS),
    lab_answers=st.lists(LAB_ANSWERS, max_size=2).map(tuple),
    pending_labs=st.lists(PENDING, max_size=2).map(tuple),
    sources=st.one_of(
        st.just({}), st.builds(FactSource, as_of=DAYS, source=SOURCES).map(lambda said: {"is_pregnant": said})
    ),
)
SINCE = st.one_of(st.none(), DAYS)
FLAGS = st.one_of(st.none(), st.booleans())
INDICATIONS = st.sampled_from(["", " ", "Heartburn"])
ANSWERS = st.fixed_dictionaries(
    {gate.id: st.tuples(st.sampled_from(Answer), st.sampled_from(["", "Clean endoscopy."])) for gate in ASKED}
)


def answers_about(
    facts: PersonFacts, since: date | None, are_open: bool | None, indication: str
) -> dict[str, GateAnswer]:
    answers = answers_from(
        facts, tapered_substance="omeprazole", tapered_since=since, red_flags_open=are_open, indication=indication
    )
    return {answer.gate: answer for answer in answers}


def built(answers: dict[str, tuple[Answer, str]]) -> list[GateAnswer]:
    return [
        GateAnswer(gate=gate, answer=answer, source="A test", as_of=date(2027, 1, 4), lifted_because=lifted)
        for gate, (answer, lifted) in answers.items()
    ]


def ids(gates: Iterable[AnsweredGate]) -> set[str]:
    return {each.gate.id for each in gates}


@given(PEOPLE, SINCE, FLAGS, INDICATIONS)
def test_no_answer_is_given_without_a_dated_source(
    facts: PersonFacts, since: date | None, are_open: bool | None, indication: str
) -> None:
    answers = answers_about(facts, since, are_open, indication)
    assert list(answers) == [gate.id for gate in ASKED]
    for answer in answers.values():
        if answer.answer is Answer.UNKNOWN:
            assert (answer.source, answer.as_of) == ("", None)
        else:
            assert answer.as_of is not None
        if answer.answer is Answer.NO:
            assert answer.source.strip()
        assert not answer.is_lifted


@given(PEOPLE, SINCE, FLAGS, INDICATIONS)
def test_forgetting_what_somebody_asked_never_makes_a_no(
    facts: PersonFacts, since: date | None, are_open: bool | None, indication: str
) -> None:
    before = answers_about(facts, since, are_open, indication)
    nobody_knows = MedicineFact(
        substance="white tablets", medicine_class=None, since=None, until=None, as_of=facts.on, source="A bag"
    )
    poorer = [
        replace(facts, medicines_complete_as_of=None),
        replace(facts, medicines=(*facts.medicines, nobody_knows)),
        replace(facts, is_pregnant=None, sources={}),
        replace(facts, conditions=tuple(fact for fact in facts.conditions if fact.is_present)),
        replace(facts, lab_answers=()),
    ]
    for less in poorer:
        after = answers_about(less, since, are_open, indication)
        assert all(after[gate].answer is not Answer.NO for gate in after if before[gate].answer is not Answer.NO)
    after = answers_about(facts, since, None, "")
    assert {gate for gate in after if after[gate].answer is Answer.NO} <= {
        gate for gate in before if before[gate].answer is Answer.NO
    }


@given(ANSWERS, st.sampled_from(ASKED))
def test_an_unknown_more_never_opens_a_gate(answers: dict[str, tuple[Answer, str]], gate: Gate) -> None:
    less_known = answers | {gate.id: (Answer.UNKNOWN, answers[gate.id][1])}
    missing = {name: answer for name, answer in answers.items() if name != gate.id}
    for poorer in (less_known, missing):
        assert ids(open_stops(built(answers))) <= ids(open_stops(built(poorer)))
        assert ids(questions_for_prescriber(built(answers))) <= ids(questions_for_prescriber(built(poorer)))


@given(ANSWERS)
def test_a_taper_may_start_only_if_each_hard_stop_is_no_or_a_lifted_yes(
    answers: dict[str, tuple[Answer, str]],
) -> None:
    liftable = {f"G{number}" for number in range(1, 9)}
    fine = {
        gate
        for gate, (answer, lifted) in answers.items()
        if gate.startswith("A") or answer is Answer.NO or (answer is Answer.YES and lifted and gate in liftable)
    }
    assert ids(open_stops(built(answers))) == set(answers) - fine


@given(PEOPLE, SINCE, FLAGS, INDICATIONS, st.lists(st.sampled_from([gate for gate in ASKED if gate.id != "G11"])))
def test_answering_what_is_unknown_leaves_nothing_unknown_and_every_yes_a_yes(
    facts: PersonFacts, since: date | None, are_open: bool | None, indication: str, asked: list[Gate]
) -> None:
    record = answers_about(facts, since, are_open, indication)
    given_answers = [
        GateAnswer(gate=each.gate.id, answer=Answer.NO, source="dr_price", as_of=facts.on)
        for each in unanswered(record.values())
    ]
    careful = [GateAnswer(gate=gate.id, answer=Answer.YES, source="dr_cho", as_of=facts.on) for gate in asked]
    laid = {answer.gate: answer for answer in overlay(record.values(), [*given_answers, *careful])}
    assert unanswered(laid.values()) == ()
    for gate, answer in record.items():
        if answer.answer is Answer.YES:
            assert laid[gate] == answer
    assert all(laid[each.gate].answer is Answer.YES for each in careful)
