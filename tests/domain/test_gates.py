"""What keeps a taper from starting, what is asked of its prescriber, what people may answer, and what may be lifted."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gates import (
    ASKED,
    GATES,
    GateError,
    answered,
    answers_from,
    lift,
    open_stops,
    overlay,
    questions_for_prescriber,
    two_active,
    unanswered,
    with_indication,
)
from protocols.domain.medicines import MedicineClass
from tests.domain.people import TODAY, all_answered, condition, given, medicine, person

HARD = ["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G11"]
SOFT = ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
LIFTABLE = HARD[:8]


def ids(gates: Any) -> list[str]:
    return [each.gate.id for each in gates]


def with_one(gate: str, answer: str, *, lifted_because: str = "") -> list[GateAnswer]:
    """Everything answered no, but for this one."""
    one = replace(given(gate, answer), lifted_because=lifted_because)
    return [one if each.gate == gate else each for each in all_answered()]


# --- What stops -----------------------------------------------------------------------------------------------


def test_nothing_stops_where_everything_is_no() -> None:
    assert open_stops(all_answered()) == ()


def test_without_any_answer_every_hard_stop_is_open() -> None:
    assert ids(open_stops([])) == HARD
    assert ids(unanswered([])) == HARD + SOFT


@pytest.mark.parametrize("gate", HARD)
@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_a_hard_stop_is_open_while_it_is_yes_or_unknown(gate: str, answer: str) -> None:
    assert ids(open_stops(with_one(gate, answer))) == [gate]


@pytest.mark.parametrize("gate", HARD)
def test_a_hard_stop_is_open_while_nobody_answered_it(gate: str) -> None:
    assert ids(open_stops([each for each in all_answered() if each.gate != gate])) == [gate]


@pytest.mark.parametrize("gate", SOFT)
@pytest.mark.parametrize("answer", ["yes", "no", "unknown"])
def test_what_is_asked_first_stops_nothing(gate: str, answer: str) -> None:
    assert open_stops(with_one(gate, answer)) == ()


@pytest.mark.parametrize("gate", LIFTABLE)
def test_a_lifted_yes_no_longer_stops_and_a_lifted_unknown_does(gate: str) -> None:
    assert open_stops(with_one(gate, "yes", lifted_because="Endoscopy was clean in May.")) == ()
    assert ids(open_stops(with_one(gate, "unknown", lifted_because="Endoscopy was clean in May."))) == [gate]
    assert ids(open_stops(with_one(gate, "yes", lifted_because=" – "))) == [gate]


@pytest.mark.parametrize("gate", ["G9", "G11"])
def test_what_is_never_lifted_stops_whatever_stands_beside_it(gate: str) -> None:
    assert ids(open_stops(with_one(gate, "yes", lifted_because="It is fine."))) == [gate]


def test_the_gates_come_in_their_order_with_their_texts() -> None:
    shuffled = all_answered("yes")[::-1]
    assert [each.gate for each in answered(shuffled)] == list(ASKED)
    assert [each.answer.gate for each in answered(shuffled)] == HARD + SOFT
    assert open_stops(shuffled)[0].gate.question.startswith("Does the patient have Barrett’s")


@pytest.mark.parametrize(
    ("answers", "gate", "sentence"),
    [
        ([given("G1", "no"), given("G1", "no")], "G1", "answered twice"),
        ([given("G12", "no")], "G12", "There is no gate “G12”"),
        ([given("G10", "no")], "G10", "signature resolves it"),
    ],
)
def test_answers_that_cannot_be_are_refused(answers: list[GateAnswer], gate: str, sentence: str) -> None:
    for use in (answered, open_stops, unanswered, questions_for_prescriber):
        with pytest.raises(GateError, match=sentence) as refused:
            use(answers)
        assert refused.value.gate == gate


# --- What is asked --------------------------------------------------------------------------------------------


def test_of_the_prescriber_is_asked_what_is_unknown_or_soft_and_yes_and_the_missing_indication() -> None:
    answers = [
        given("G1", "yes"),
        given("G2", "unknown"),
        given("G9", "no"),
        given("G11", "yes"),
        given("A1", "no"),
        given("A2", "yes"),
        *(given(gate, "no") for gate in ("G3", "G4", "G5", "G6", "G8", "A3", "A4", "A5", "A6")),
    ]
    # G7 and A7 have no answer at all.
    assert ids(questions_for_prescriber(answers)) == ["G2", "G7", "G11", "A2", "A7"]
    assert ids(unanswered(answers)) == ["G2", "G7", "A7"]
    assert ids(open_stops(answers)) == ["G1", "G2", "G7", "G11"]


def test_of_somebody_unknown_everything_is_asked() -> None:
    answers = answers_from(
        person(), tapered_substance="omeprazole", tapered_since=None, red_flags_open=None, indication=""
    )
    assert ids(questions_for_prescriber(answers)) == HARD + SOFT
    assert questions_for_prescriber(all_answered()) == ()


# --- What people answer ---------------------------------------------------------------------------------------

# The record's answer, the given answers, and what stands; "error" where it is refused.
OVERLAYS = """
unknown  no          no
unknown  yes         yes
unknown  unknown     unknown
unknown  -           unknown
no       no          no
no       yes         yes
no       unknown     no
no       -           no
yes      yes         yes
yes      unknown     yes
yes      -           yes
yes      no          error
unknown  no,no       no
unknown  no,yes      yes
unknown  yes,no      error
unknown  unknown,no  no
no       yes,no      error
"""


@pytest.mark.parametrize("gate", [*HARD[:-1], *SOFT])
@pytest.mark.parametrize(("record", "answers", "stands"), [row.split() for row in OVERLAYS.strip().splitlines()])
def test_a_given_answer_over_the_records(gate: str, record: str, answers: str, stands: str) -> None:
    from_record = [GateAnswer(gate=gate, answer=Answer(record), source="The record", as_of=TODAY)]
    from_people = [] if answers == "-" else [given(gate, answer) for answer in answers.split(",")]
    if stands == "error":
        with pytest.raises(GateError, match="is answered yes already") as refused:
            overlay(from_record, from_people)
        assert refused.value.gate == gate
        return
    laid = {each.gate: each for each in overlay(from_record, from_people)}
    assert list(laid) == HARD + SOFT
    assert laid[gate].answer == stands
    settled = record != stands
    assert laid[gate].source == ("dr_price" if settled else "The record")
    assert all(each.answer is Answer.UNKNOWN for each in laid.values() if each.gate != gate)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (given("G2", "no", source=" "), "Say who answers G2"),
        (given("G2", "no", as_of=None), "as of which day"),
        (given("G2", "yes", source=""), "Say who answers G2"),
        (given("A4", "no", source=""), "Say who answers A4"),
        (replace(given("G2", "yes"), lifted_because="Clean."), "answered first and lifted afterwards"),
        (given("G10", "no"), "signature resolves it"),
        (given("G11", "no"), "Write the reason"),
        (given("G11", "unknown"), "Write the reason"),
        (given("B1", "no"), "There is no gate “B1”"),
    ],
)
def test_a_given_answer_that_cannot_be_is_refused(answer: GateAnswer, sentence: str) -> None:
    with pytest.raises(GateError, match=sentence) as refused:
        overlay([], [answer])
    assert refused.value.gate == answer.gate


def test_the_refusal_says_who_may_lift_and_not_what_the_record_says() -> None:
    record = answers_from(
        person(conditions=(condition("K22.70", source="Letter of dr_price"),)),
        tapered_substance="omeprazole", tapered_since=None, red_flags_open=None, indication="Heartburn",
    )  # fmt: skip
    with pytest.raises(GateError) as refused:
        overlay(record, [given("G1", "no")])
    assert str(refused.value) == (
        "G1 is answered yes already. Correct that answer where it comes from if it is wrong. "
        "If it is right: only the prescriber may lift it, with a reason."
    )


def test_a_lift_that_stands_survives_what_others_answer() -> None:
    lifted = lift(given("G1", "yes"), by_prescriber=True, reason="No Barrett’s in two biopsies since.")
    laid = overlay([lifted], [given("G1", "yes", source="dr_cho"), given("G2", "no")])
    assert laid[0] == lifted
    assert laid[1].answer is Answer.NO


def test_the_indication_is_resolved_by_writing_it() -> None:
    missing = overlay(with_one("G11", "yes"), [])
    assert ids(open_stops(missing)) == ["G11"]
    written = with_indication(missing, indication="Heartburn, over since May", source="dr_price", on=TODAY)
    assert open_stops(written) == ()
    assert written[9] == GateAnswer(gate="G11", answer=Answer.NO, source="dr_price", as_of=TODAY)
    assert ids(open_stops(with_indication(written, indication=" ", source="dr_price", on=TODAY))) == ["G11"]
    with pytest.raises(GateError, match="who wrote the indication"):
        with_indication(missing, indication="Heartburn", source=" ", on=TODAY)


# --- What may be lifted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", LIFTABLE)
def test_the_prescriber_lifts_a_yes_with_a_typed_reason(gate: str) -> None:
    answer = given(gate, "yes", source="A letter")
    lifted = lift(answer, by_prescriber=True, reason="  Clean endoscopy in May.\n")
    assert lifted == replace(answer, lifted_because="Clean endoscopy in May.")
    assert lifted.is_lifted
    assert not answer.is_lifted


@pytest.mark.parametrize("gate", LIFTABLE)
def test_nobody_else_lifts_it(gate: str) -> None:
    with pytest.raises(GateError, match="Only the prescriber may lift this"):
        lift(given(gate, "yes"), by_prescriber=False, reason="Clean endoscopy in May.")


@pytest.mark.parametrize(
    ("answer", "reason", "sentence"),
    [
        (given("G1", "yes"), "", "Say in words"),
        (given("G1", "yes"), " \n\t", "Say in words"),
        (given("G1", "yes"), "… 12 !", "Say in words"),
        (given("G1", "unknown"), "Clean.", "answer it with yes or no first"),
        (given("G1", "no"), "Clean.", "nothing to lift"),
        (replace(given("G1", "yes"), lifted_because="Clean."), "Clean.", "lifted already"),
        (given("G9", "yes"), "Looked into.", "cleared once a clinician"),
        (given("G10", "yes"), "By telephone.", "the prescriber signs"),
        (given("G11", "yes"), "Known.", "the reason is written down"),
        *((given(gate, "yes"), "Fine.", "This stops nothing") for gate in SOFT),
        (given("G0", "yes"), "Fine.", "There is no gate “G0”"),
    ],
)
def test_a_lift_that_cannot_be_is_refused(answer: GateAnswer, reason: str, sentence: str) -> None:
    with pytest.raises(GateError, match=sentence) as refused:
        lift(answer, by_prescriber=True, reason=reason)
    assert refused.value.gate == answer.gate
    assert str(refused.value).endswith(".")


# --- Two of one class -----------------------------------------------------------------------------------------

PPI, H2RA = MedicineClass.PPI, MedicineClass.H2RA


@pytest.mark.parametrize(
    ("medicines", "names"),
    [
        ([], ()),
        ([medicine("omeprazole", PPI)], ()),
        ([medicine("omeprazole", PPI), medicine("Omeprazole ", PPI)], ()),
        ([medicine("omeprazole", PPI), medicine("famotidine", H2RA)], ()),
        ([medicine("pantoprazole", PPI), medicine("Omeprazole", PPI)], ("Omeprazole", "pantoprazole")),
        ([medicine("omeprazole", PPI), medicine("pantoprazole", PPI, until=TODAY)], ("omeprazole", "pantoprazole")),
        ([medicine("omeprazole", PPI), medicine("pantoprazole", PPI, until=TODAY.replace(day=3))], ()),
        ([medicine("omeprazole", PPI), medicine("pantoprazole", PPI, since=TODAY.replace(day=5))], ()),
        ([medicine("omeprazole", PPI), medicine("pantoprazole", PPI, since=None)], ("omeprazole", "pantoprazole")),
        ([medicine("omeprazole", PPI), medicine("white tablets", None)], ()),
    ],
)
def test_two_ppis_at_once_are_named(medicines: list[Any], names: tuple[str, ...]) -> None:
    assert two_active(person(*medicines), PPI) == names


def test_two_h2_blockers_at_once_are_named() -> None:
    facts = person(medicine("nizatidine", H2RA), medicine("famotidine", H2RA), medicine("omeprazole", PPI))
    assert two_active(facts, H2RA) == ("famotidine", "nizatidine")
    assert two_active(facts, PPI) == ()
    assert set(GATES) == {*HARD, "G10", *SOFT}
