"""Unknown is not safe: what is not known is named, and what does not matter is never asked for."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.safety import Assessment, assess
from protocols.domain.safety_document import as_json, check, read_situation
from protocols.services.knowledge import shipped_knowledge
from tests.protocols.situations import KNOWN, assessed, taken

Document = dict[str, Any]

NAMED = [
    (["berberine"], {"pregnant": None, "breastfeeding": None}, ["R07: pregnant, breastfeeding not known"]),
    (["magnesium oxide"], {"conditions": None}, ["R13: conditions not known", "R55: conditions not known"]),
    (["goldenseal"], {"age": None}, ["R07: age not known"]),
    ([{"substance": "betaine HCl"}], {}, ["R05: with_meal of betaine HCl not known"]),
    (["betaine HCl", taken("hydrocortisone", route=None)], {}, ["R02: route of hydrocortisone not known"]),
    (
        [taken("omeprazole", since=None)],
        {},
        ["R31: since of omeprazole not known", "R32: since of omeprazole not known"],
    ),
    ([taken("pancrelipase", "40000 [USP'U]")], {"weight": None}, ["R42: weight not known"]),
    ([taken("pancrelipase", "25000 [USP'U]", None)], {}, ["R42: times_per_day of pancrelipase not known"]),
    ([taken("zinc")], {}, ["R15: amount of zinc not known"]),
    ([taken("zinc", "10 mg", None)], {}, ["R15: times_per_day of zinc not known"]),
    ([taken("zinc gluconate", "50 mg")], {}, ["zinc gluconate", "R15: elemental amount of zinc gluconate not known"]),
    ([], {"conditions": ["G25.81"], "labs": None}, ["R57: labs not known"]),
    (
        [],
        {"conditions": ["G25.81"], "labs": [{"code": "2276-4", "value": None}]},
        ["R57: result of 2276-4 not known"],
    ),
    (["ibuprofen", "Zyzzyx 100"], {}, ["Zyzzyx 100"]),
    ([taken("amoxicillin", until="2026-12-20")], {"on": None}, ["R30: on not known"]),
    (
        [taken("omeprazole", "20 mg"), "levothyroxine"],
        {"on": None},
        ["R31: on not known", "R32: on not known", "R36: on not known"],
    ),
]


def answer(intakes: list[Any], facts: Document) -> Document:
    return as_json(assessed(*intakes, **facts))


@pytest.mark.parametrize(("intakes", "facts", "named"), NAMED)
def test_what_an_unknown_fact_leaves_undecided_is_named(intakes: list[Any], facts: Document, named: list[str]) -> None:
    ours = {line.partition(":")[0] for line in named}
    lines = answer(intakes, facts)["not_checked"]
    assert [line for line in lines if line.partition(":")[0] in ours] == named


def test_unknown_facts_about_nothing_taken_are_not_asked_for() -> None:
    lines = answer(["ibuprofen"], dict.fromkeys(KNOWN))["not_checked"]
    assert lines == ["R55: conditions not known", "R57: conditions, labs not known"]


def test_what_is_decided_already_asks_for_nothing_more() -> None:
    result = assessed("berberine", pregnant=True, breastfeeding=None)
    assert [each.part for each in result.found if each.rule == "R07"] == ["mother"]
    assert [each for each in result.undecided if each.rule == "R07"] == []


def test_a_man_is_not_asked_about_pregnancy() -> None:
    assert assessed("berberine", sex="male", pregnant=None, breastfeeding=None).undecided == ()


def test_a_recorded_pregnancy_answers_where_nobody_was_asked_and_an_answer_counts_more() -> None:
    asked = {"conditions": ["Z33.1"], "breastfeeding": False}
    assert "R07" in {each.rule for each in assessed("berberine", pregnant=None, **asked).found}
    assert "R07" not in {each.rule for each in assessed("berberine", pregnant=False, **asked).found}


def test_a_recorded_no_answers_where_the_list_of_conditions_is_not_complete() -> None:
    knowledge = shipped_knowledge()
    situation = read_situation({**KNOWN, "conditions": [], "intakes": [taken("sertraline")]}, knowledge)
    open_ = replace(situation, conditions_complete=False)
    assert "R56" in {each.rule for each in assess(open_, knowledge).undecided}
    denied = replace(open_, conditions_absent=frozenset({"G25.81"}))
    assert "R56" not in {each.rule for each in assess(denied, knowledge).undecided}


def test_an_incomplete_list_of_medicines_leaves_open_what_hangs_on_it_and_nothing_else() -> None:
    knowledge = shipped_knowledge()
    situation = read_situation({**KNOWN, "intakes": [taken("st john's wort")]}, knowledge)
    result = assess(replace(situation, taken_complete=False), knowledge)
    assert {(each.rule, each.unknown) for each in result.undecided} == {
        ("R23", ("what else is taken",)),
        ("R35", ("what else is taken",)),
    }
    assert assess(situation, knowledge).undecided == ()


def test_the_same_substance_twice_is_one_finding_about_one_name() -> None:
    [finding] = assessed("betaine HCl", "Motrin", "ibuprofen").found
    assert (finding.about, finding.codes, finding.stops) == (("betaine HCl", "Motrin"), ("0", "1", "2"), ("0",))


def test_two_anti_inflammatories_are_two_findings() -> None:
    found = assessed("betaine HCl", "ibuprofen", "naproxen").found
    assert [each.about for each in found] == [("betaine HCl", "ibuprofen"), ("betaine HCl", "naproxen")]
    assert len({each.facts_key for each in found}) == 2


def test_the_key_of_facts_follows_the_substance_not_its_spelling_or_place() -> None:
    [one] = assessed("betaine HCl", "Motrin").found
    [other] = assessed("IBUPROFEN", "zinc carnosine", "Betaine Hydrochloride").found
    assert one.facts_key == other.facts_key


def test_a_dose_that_grows_past_a_limit_is_a_new_set_of_facts() -> None:
    keys = {
        each.facts_key
        for amount in ("400 mg", "900 mg")
        for each in assessed(taken("magnesium", amount)).found
        if each.rule == "R14"
    }
    assert len(keys) == 2


@pytest.mark.parametrize("name", ["Tylenol", "pepsin", "5-HTP", "activated charcoal"])
def test_a_name_that_is_understood_but_checked_by_nothing_is_told(name: str) -> None:
    assert assessed(name).unknown_substances == (name,)


@pytest.mark.parametrize(
    "name", ["Motrin", "glutathione", "digestive enzymes", "copper", "Humira", "omeprazole", "simethicone"]
)
def test_what_a_rule_or_the_catalogue_knows_is_checked(name: str) -> None:
    assert assessed(name).unknown_substances == ()


# --- Properties -----------------------------------------------------------------------------------------------

NAMES = (
    "omeprazole", "famotidine", "betaine hydrochloride", "ibuprofen", "Motrin", "prednisone", "budesonide",
    "berberine", "warfarin", "tacrolimus", "levothyroxine", "ciprofloxacin", "doxycycline", "magnesium oxide",
    "iron", "calcium carbonate", "sucralfate", "psyllium", "probiotic", "saccharomyces boulardii", "st john's wort",
    "metronidazole", "alcohol", "vitamin e", "zinc", "glutamine", "licorice", "digoxin", "metformin",
)  # fmt: skip
CODES = ("K58.0", "G25.81", "N18.30", "K25.9", "I10", "D84.9", "K74.60", "K92.1", "M10.9", "I48.0")
DATES = st.sampled_from(["2023-01-01", "2026-01-04", "2026-11-20", "2027-01-02"])
INTAKES = st.fixed_dictionaries(
    {"substance": st.sampled_from(NAMES)},
    optional={
        "amount": st.sampled_from(["15 mg", "400 mg", "5 g"]),
        "times_per_day": st.integers(1, 4),
        "with_meal": st.booleans(),
        "route": st.sampled_from(["oral", "topical"]),
        "since": st.just("2022-06-01") | DATES,
        "tapering": st.booleans(),
    },
)
PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "on": st.just("2027-01-04"),
        "age": st.sampled_from([0, 30, 80]),
        "sex": st.sampled_from(["female", "male"]),
        "pregnant": st.booleans(),
        "breastfeeding": st.booleans(),
        "weight": st.just("70 kg"),
        "conditions": st.lists(st.sampled_from(CODES), max_size=4),
        "labs": st.just([]),
    },
)


def consistent(person: Document) -> bool:
    """That a man is not pregnant follows from his sex, so what says otherwise cannot be forgotten."""
    return person.get("sex") != "male" or not (person.get("pregnant") or person.get("breastfeeding"))


DOCUMENTS = st.builds(
    lambda person, intakes: {**person, "intakes": intakes},
    PEOPLE.filter(consistent),
    st.lists(INTAKES, min_size=1, max_size=5),
)


def result_of(document: Document) -> Assessment:
    knowledge = shipped_knowledge()
    return assess(read_situation(document, knowledge), knowledge)


def keys(result: Assessment) -> set[str]:
    return {each.facts_key for each in result.found}


@given(DOCUMENTS)
def test_something_unrelated_changes_no_finding(document: Document) -> None:
    more = {**document, "intakes": [*document["intakes"], {"substance": "Zyzzyx 100"}]}
    before, after = result_of(document), result_of(more)
    assert before.found == after.found
    assert before.totals == after.totals
    assert set(after.unknown_substances) == {*before.unknown_substances, "Zyzzyx 100"}


@given(DOCUMENTS)
def test_order_changes_nothing_but_the_order_of_names(document: Document) -> None:
    turned = {**document, "intakes": document["intakes"][::-1]}
    assert keys(result_of(document)) == keys(result_of(turned))
    one, other = result_of(document), result_of(turned)
    assert [(each.rule, each.part) for each in one.found] == [(each.rule, each.part) for each in other.found]
    assert sorted(str(total.amount) for total in one.totals) == sorted(str(total.amount) for total in other.totals)


@given(DOCUMENTS, st.sampled_from(["age", "pregnant", "breastfeeding", "weight", "conditions", "labs", "on"]))
def test_forgetting_a_fact_never_turns_a_finding_into_silence(document: Document, forgotten: str) -> None:
    known = result_of(document)
    less = result_of({key: value for key, value in document.items() if key != forgotten})
    still = {(each.rule, each.part) for each in (*less.found, *less.undecided)}
    assert {(each.rule, each.part) for each in known.found} <= still


@given(DOCUMENTS, st.sampled_from(["amount", "times_per_day", "with_meal", "route", "since"]), st.data())
def test_forgetting_a_fact_of_an_intake_never_turns_a_finding_into_silence(
    document: Document, forgotten: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(document["intakes"]) - 1))
    intakes = [dict(each) for each in document["intakes"]]
    intakes[place].pop(forgotten, None)
    known, less = result_of(document), result_of({**document, "intakes": intakes})
    still = {(each.rule, each.part) for each in (*less.found, *less.undecided)}
    assert {(each.rule, each.part) for each in known.found} <= still


@given(DOCUMENTS)
def test_findings_stand_in_one_order_and_each_once(document: Document) -> None:
    result = result_of(document)
    ranks = [(each.severity.rank, each.rule) for each in result.found]
    assert ranks == sorted(ranks)
    assert len({(each.rule, each.part, each.facts_key) for each in result.found}) == len(result.found)
    assert check(document, shipped_knowledge()) == check(document, shipped_knowledge())
