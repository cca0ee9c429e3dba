"""What the record says to each gate: yes, no or unknown, worked out by hand."""

from datetime import date
from typing import Any

import pytest

from protocols.domain.facts import FactSource, LabAnswerFact, PendingLabFact
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gates import approval_answer
from protocols.domain.medicines import MedicineClass
from tests.domain.people import ASKED_ON, TODAY, answer_to, condition, medicine, person

NSAID, STEROID, PPI = MedicineClass.NSAID, MedicineClass.CORTICOSTEROID, MedicineClass.PPI

# Gate, codes somebody has or had, codes that were looked for and are not there, answer.
CONDITIONS = """
G1  -                -                             unknown
G1  K22.70           -                             yes
G1  K22.710          -                             yes
G1  K22.711          -                             yes
G1  K22.719          K22.70                        yes
G1  -                K22.70                        unknown
G1  -                K22.719                       unknown
G1  -                K22.70,K22.719                no
G1  K21.9            K22.70,K22.719                no
G1  K22.710          K22.70,K22.719                yes
G2  -                -                             unknown
G2  K21.00           -                             unknown
G2  -                K21.00,K21.01,K20.80,K20.90   unknown
G3  -                -                             unknown
G3  K22.10           -                             yes
G3  K22.11           -                             yes
G3  K22.2            -                             yes
G3  -                K22.10,K22.2                  unknown
G3  -                K22.10,K22.11,K22.2           no
G4  -                -                             unknown
G4  K20.0            -                             yes
G4  -                K20.0                         no
G4  K20.90           -                             unknown
G5  -                -                             unknown
G5  J84.112          -                             yes
G5  -                J84.112                       no
G5  J84.111          -                             unknown
G6  -                -                             unknown
G6  E16.4            -                             yes
G6  -                E16.4                         no
G7  -                -                             unknown
G7  K25.4            -                             yes
G7  K26.0            -                             yes
G7  K27.6            -                             yes
G7  K28.2            -                             yes
G7  K22.11           -                             yes
G7  K92.0            -                             yes
G7  K92.1            -                             yes
G7  K92.2            -                             yes
G7  K31.811          -                             yes
G7  K25.9            -                             unknown
G7  Z87.11           -                             unknown
G7  K57.31           -                             unknown
G7  -                K92.2,K92.1,K92.0,K25.4       unknown
A4  -                -                             unknown
A4  R13.10           -                             yes
A4  R13.14           -                             yes
A4  -                R13.10                        unknown
A7  K21.9            K92.2                         unknown
"""


def _codes(column: str) -> list[str]:
    return [] if column == "-" else column.split(",")


@pytest.mark.parametrize(("gate", "has", "lacks", "answer"), [row.split() for row in CONDITIONS.strip().splitlines()])
def test_what_conditions_say(gate: str, has: str, lacks: str, answer: str) -> None:
    conditions = [condition(code) for code in _codes(has)] + [condition(code, present=False) for code in _codes(lacks)]
    for order in (conditions, conditions[::-1]):
        said = answer_to(gate, person(conditions=tuple(order)))
        assert said.answer == answer
        if answer == "unknown":
            assert said == GateAnswer(gate=gate, answer=Answer.UNKNOWN)
        else:
            assert said.as_of == date(2026, 5, 1)
            assert "A letter" in said.source


def test_a_yes_names_the_newest_finding() -> None:
    conditions = (
        condition("K22.70", as_of=date(2019, 3, 1), source="Endoscopy 2019"),
        condition("K22.710", as_of=date(2025, 3, 1), source="Endoscopy 2025"),
    )
    said = answer_to("G1", person(conditions=conditions))
    assert (said.source, said.as_of) == ("K22.710, Endoscopy 2025", date(2025, 3, 1))


def test_a_yes_stands_although_a_later_look_found_nothing() -> None:
    conditions = (
        condition("K20.0", as_of=date(2019, 3, 1)),
        condition("K20.0", present=False, as_of=date(2026, 3, 1)),
    )
    assert answer_to("G4", person(conditions=conditions)).answer is Answer.YES


def test_a_no_is_as_old_as_the_oldest_of_its_parts() -> None:
    conditions = (
        condition("K22.10", present=False, as_of=date(2024, 3, 1), source="Endoscopy 2024"),
        condition("K22.11", present=False, as_of=date(2026, 3, 1)),
        condition("K22.2", present=False, as_of=date(2025, 3, 1)),
        condition("K22.2", present=False, as_of=date(2022, 3, 1)),
    )
    said = answer_to("G3", person(conditions=conditions))
    assert said.answer is Answer.NO
    assert (said.source, said.as_of) == (
        "K22.10, K22.11, K22.2 looked for and not there, Endoscopy 2024",
        date(2024, 3, 1),
    )


def test_an_absence_that_nobody_vouches_for_is_no_no() -> None:
    assert answer_to("G4", person(conditions=(condition("K20.0", present=False, source=" "),))).answer is Answer.UNKNOWN


@pytest.mark.parametrize(("are_open", "answer"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_warning_signs(are_open: bool | None, answer: str) -> None:
    said = answer_to("G9", person(), red_flags_open=are_open)
    assert said.answer == answer
    assert said.as_of == (None if are_open is None else TODAY)
    assert bool(said.source) == (are_open is not None)


@pytest.mark.parametrize(
    ("indication", "answer"),
    [("", "yes"), ("  \n", "yes"), ("–", "yes"), ("?!", "yes"), ("\u200b", "yes"), ("Heartburn", "no"), ("胃酸", "no")],
)
def test_the_indication_is_there_or_missing_and_never_unknown(indication: str, answer: str) -> None:
    said = answer_to("G11", person(), indication=indication)
    assert (said.answer, said.as_of) == (answer, TODAY)
    assert said.source


@pytest.mark.parametrize(
    ("since", "by_taper", "by_list"),
    [
        (date(2026, 12, 7), "no", "no"),  # 28 days
        (date(2026, 12, 8), "yes", "yes"),  # 27 days
        (TODAY, "yes", "yes"),
        (date(2027, 2, 1), "yes", "unknown"),  # a medicine of the list that is not taken yet
        (date(2019, 1, 1), "no", "no"),
        (None, "unknown", "unknown"),
    ],
)
def test_less_than_four_weeks(since: date | None, by_taper: str, by_list: str) -> None:
    listed = person(medicine("Omeprazole ", PPI, since=since), medicine("pantoprazole", PPI, since=date(2020, 1, 1)))
    assert answer_to("A1", person(), tapered_since=since).answer == by_taper
    assert answer_to("A1", listed).answer == by_list


def test_the_taper_says_since_when_before_the_list_does() -> None:
    listed = person(medicine("omeprazole", PPI, since=date(2020, 1, 1)))
    said = answer_to("A1", listed, tapered_since=date(2027, 1, 1))
    assert (said.answer, said.as_of) == (Answer.YES, TODAY)
    assert "2027-01-01" in said.source


def test_the_earliest_day_on_which_it_is_still_taken_counts() -> None:
    listed = person(
        medicine("omeprazole", PPI, since=date(2027, 1, 1), as_of=date(2027, 1, 2)),
        medicine("omeprazole", PPI, since=date(2026, 3, 1), as_of=date(2026, 4, 1), source="The pharmacy"),
        medicine("omeprazole", PPI, since=date(2010, 1, 1), until=date(2011, 1, 1)),
    )
    said = answer_to("A1", listed)
    assert (said.answer, said.source, said.as_of) == (
        Answer.NO,
        "Taken since 2026-03-01, The pharmacy",
        date(2026, 4, 1),
    )


PREGNANCY = {"is_pregnant": FactSource(as_of=date(2026, 12, 1), source="The patient says so")}


@pytest.mark.parametrize(
    ("facts", "answer", "as_of"),
    [
        ({}, "unknown", None),
        ({"sources": PREGNANCY}, "unknown", None),
        ({"is_pregnant": True, "sources": PREGNANCY}, "yes", date(2026, 12, 1)),
        ({"is_pregnant": False, "sources": PREGNANCY}, "no", date(2026, 12, 1)),
        ({"is_pregnant": True}, "yes", TODAY),
        ({"is_pregnant": False}, "unknown", None),
        ({"is_pregnant": False, "sources": {"is_pregnant": FactSource(as_of=TODAY, source="")}}, "unknown", None),
        ({"sex": "male"}, "unknown", None),
        ({"is_breastfeeding": True}, "unknown", None),
    ],
)
def test_pregnancy(facts: dict[str, Any], answer: str, as_of: date | None) -> None:
    said = answer_to("A2", person(**facts))
    assert (said.answer, said.as_of) == (answer, as_of)


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize(
    ("medicines", "if_incomplete", "if_complete"),
    [
        ([], "unknown", "no"),
        ([medicine("ibuprofen", NSAID)], "unknown", "no"),
        ([medicine("prednisone", STEROID)], "unknown", "no"),
        ([medicine("ibuprofen", NSAID), medicine("prednisone", STEROID)], "yes", "yes"),
        ([medicine("ibuprofen", NSAID), medicine("prednisone", STEROID, until=date(2027, 1, 3))], "unknown", "no"),
        ([medicine("ibuprofen", NSAID), medicine("prednisone", STEROID, until=TODAY)], "yes", "yes"),
        ([medicine("ibuprofen", NSAID), medicine("white tablets", None)], "unknown", "unknown"),
        ([medicine("white tablets", None)], "unknown", "unknown"),
        ([medicine("white tablets", None, until=date(2026, 12, 1))], "unknown", "no"),
    ],
)
def test_a_steroid_with_an_nsaid(medicines: list[Any], if_incomplete: str, if_complete: str, *, complete: bool) -> None:
    said = answer_to("A3", person(*medicines, complete=complete))
    assert said.answer == (if_complete if complete else if_incomplete)
    assert said.as_of == {"unknown": None, "no": ASKED_ON, "yes": date(2026, 11, 1)}[said.answer]


def antigen(answer: str, *, collected_on: date = date(2026, 6, 15), code: str = "17780-8") -> LabAnswerFact:
    return LabAnswerFact(code=code, answer=answer, collected_on=collected_on)


TESTED = date(2026, 6, 15)
OLD_PPI = "pantoprazole"


@pytest.mark.parametrize(
    ("result", "tapered_since", "other", "answer"),
    [
        ("positive", None, [], "no"),
        ("Positive ", date(2020, 1, 1), [], "no"),
        ("indeterminate", date(2026, 7, 1), [], "unknown"),
        # A negative test may be the work of the medicine that is tapered, or of another PPI.
        ("negative", None, [], "unknown"),
        ("negative", date(2020, 1, 1), [], "unknown"),
        ("negative", TESTED, [], "unknown"),
        ("negative", date(2026, 6, 16), [], "no"),
        ("negative", date(2026, 7, 1), [medicine(OLD_PPI, PPI, until=date(2026, 5, 31))], "no"),
        ("negative", date(2026, 7, 1), [medicine(OLD_PPI, PPI, until=date(2026, 6, 1))], "unknown"),
        ("negative", date(2026, 7, 1), [medicine(OLD_PPI, PPI, since=TESTED)], "unknown"),
        ("negative", date(2026, 7, 1), [medicine(OLD_PPI, PPI, since=date(2026, 6, 16))], "no"),
        ("negative", date(2026, 7, 1), [medicine(OLD_PPI, PPI, since=None, until=date(2026, 5, 31))], "no"),
        ("negative", date(2026, 7, 1), [medicine(OLD_PPI, PPI, since=None)], "unknown"),
        ("negative", date(2026, 7, 1), [medicine("white tablets", None)], "unknown"),
        ("negative", date(2026, 7, 1), [medicine("ibuprofen", NSAID)], "no"),
    ],
)
def test_whether_the_h_pylori_status_is_unknown(
    result: str, tapered_since: date | None, other: list[Any], answer: str
) -> None:
    said = answer_to("A5", person(*other, lab_answers=(antigen(result),)), tapered_since=tapered_since)
    assert (said.answer, said.as_of) == (answer, TESTED if answer == "no" else None)


@pytest.mark.parametrize("present", [True, False])
def test_a_recorded_infection_or_its_absence_is_a_known_status(*, present: bool) -> None:
    said = answer_to("A5", person(conditions=(condition("B96.81", present=present),)))
    assert (said.answer, said.as_of) == (Answer.NO, date(2026, 5, 1))


def test_another_test_says_nothing_of_h_pylori() -> None:
    facts = person(lab_answers=(antigen("positive", code="29771-3"),))
    assert answer_to("A5", facts).answer is Answer.UNKNOWN


def awaited(code: str, as_of: date = date(2026, 12, 20)) -> PendingLabFact:
    return PendingLabFact(code=code, collected_on=None, as_of=as_of)


@pytest.mark.parametrize(
    ("codes", "answer"),
    [
        ([], "unknown"),
        (["17780-8"], "yes"),
        (["74788-1"], "yes"),
        (["74791-5"], "yes"),
        (["56931-9"], "yes"),
        (["56938-4"], "yes"),
        (["38445-3"], "unknown"),
        (["clinic-breath-test"], "unknown"),
        (["38445-3", "17780-8"], "yes"),
    ],
)
def test_awaited_tests_make_a_yes_and_none_makes_a_no(codes: list[str], answer: str) -> None:
    facts = person(pending_labs=tuple(awaited(code) for code in codes), complete=True)
    assert answer_to("A6", facts).answer == answer


def test_a_test_is_named_as_in_the_list_of_tests() -> None:
    awaited_one = answer_to("A6", person(pending_labs=(awaited("17780-8"),)))
    positive = answer_to("A5", person(lab_answers=(antigen("positive"),)))
    assert awaited_one.source == "Helicobacter pylori antigen in stool (LOINC 17780-8) is awaited"
    assert positive.source == "Helicobacter pylori antigen in stool (LOINC 17780-8): positive"


def test_the_approval_is_shown_as_the_signature_leaves_it() -> None:
    waiting, signed = (
        approval_answer(signed_by="", signed_on=None),
        approval_answer(signed_by="dr_price", signed_on=TODAY),
    )
    assert (waiting.gate, waiting.answer, waiting.as_of) == ("G10", Answer.YES, None)
    assert signed == GateAnswer(gate="G10", answer=Answer.NO, source="dr_price", as_of=TODAY)
