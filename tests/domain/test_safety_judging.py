"""Conditions are judged in three values, with the smallest sets of facts; a clinic’s word changes what counts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from protocols.domain.amount import Amount
from protocols.domain.rule_language import condition_of
from protocols.domain.rule_terms import ConditionGroup
from protocols.domain.rule_words import Vocabulary
from protocols.domain.safety import LabResult, Situation, Taken, assess
from protocols.domain.safety_rules import Knowledge, ReviewError, Rule, RulePart, RuleReview, Severity
from protocols.domain.sources import HowRead, Mark
from protocols.domain.substances import Substance, Substances
from protocols.domain.upper_limits import Limits

DAY = date(2027, 1, 4)
SUBSTANCES = Substances([Substance(name=name) for name in ("a", "b", "c", "d")])
GROUPS = {
    "stones": ConditionGroup(key="stones", words="stones", codes=("N20",)),
    "gout": ConditionGroup(key="gout", words="gout", codes=("M10",), denied_by=("M10.9",)),
}


def _names(word: str) -> frozenset[str]:
    found = SUBSTANCES.find(word)
    return frozenset() if found is None else frozenset({found.name})


WORDS = Vocabulary(substances=_names, nutrients={}, conditions=GROUPS)


def part(condition: str, *, key: str = "main", severity: Severity = Severity.WARN, **more: object) -> RulePart:
    plain = RulePart(
        key=key,
        severity=severity,
        condition=condition_of(condition, WORDS),
        condition_text=condition,
        text="Words.",
        patient_text="Words.",
        cite="Somebody",
        year=2020,
        mark=Mark.PRIMARY,
        is_enabled=True,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def known(*parts: RulePart) -> Knowledge:
    rule = Rule(id="R01", version=3, title="A rule", parts=parts)
    return Knowledge(version="1", substances=SUBSTANCES, rules=(rule,), limits=Limits(()), listed=frozenset({"d"}))


def situation(*names: str, **facts: object) -> Situation:
    return Situation(taken=tuple(Taken(substance=name, code=name) for name in names), on=DAY, **facts)  # type: ignore[arg-type]


def judged(condition: str, given: Situation) -> object:
    """True, False, or what is unknown."""
    result = assess(given, known(part(condition)))
    if result.found:
        return True
    return sorted({word for each in result.undecided for word in each.unknown}) or False


T, F, U = "taking(a)", "taking(b)", "pregnant"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (f"{T} and {T.replace('a)', 'c)')}", True),
        (f"{T} and {F}", False),
        (f"{T} and {U}", ["pregnant"]),
        (f"{F} and {U}", False),
        (f"{U} and {F}", False),
        (f"{U} and breastfeeding", ["breastfeeding", "pregnant"]),
        (f"{T} or {F}", True),
        (f"{F} or {F}", False),
        (f"{T} or {U}", True),
        (f"{F} or {U}", ["pregnant"]),
        (f"not {T}", False),
        (f"not {F}", True),
        (f"not {U}", ["pregnant"]),
        (f"not ({T} and {F})", True),
        (f"not ({T} or {U})", False),
        (f"not ({F} or {U})", ["pregnant"]),
        (f"not not {U}", ["pregnant"]),
        (f"{T} and not {F} and not {U}", ["pregnant"]),
    ],
)
def test_and_or_not_follow_kleene(condition: str, expected: object) -> None:
    assert judged(condition, situation("a", "c")) == expected


def test_one_thing_is_never_two() -> None:
    assert judged("taking(a) and taking(a or b)", situation("a")) is False
    assert judged("taking(a) and taking(a or b)", situation("a", "b")) is True


def test_only_the_smallest_sets_of_facts_are_told() -> None:
    knowledge = known(part("taking(a) or (taking(a) and taking(b)) or (taking(c) and taking(b))"))
    assert [each.about for each in assess(situation("b", "a", "c"), knowledge).found] == [("a",), ("b", "c")]


def test_every_condition_is_a_finding_of_its_own() -> None:
    knowledge = known(part("taking(a) and condition(stones or gout)"))
    found = assess(situation("a", conditions=frozenset({"N20.0", "M10.9", "K30"})), knowledge).found
    assert [each.about for each in found] == [("a", "M10.9"), ("a", "N20.0")]


def test_a_condition_is_no_only_where_somebody_said_so() -> None:
    asked = "condition(gout)"
    assert judged(asked, situation("a", conditions=None)) == ["conditions"]
    assert judged(asked, situation("a", conditions=frozenset())) is False
    open_ = {"conditions": frozenset(), "conditions_complete": False}
    assert judged(asked, situation("a", **open_)) == ["condition: gout (no: M10.9)"]
    assert judged(asked, situation("a", **open_, conditions_absent=frozenset({"M10.9"}))) is False
    assert judged(asked, situation("a", conditions=frozenset({"M10.00"}), conditions_complete=False)) is True


def test_results_are_compared_in_their_own_unit_alone() -> None:
    asked = "lab(2276-4) less than 30 ng/mL"

    def given(*labs: LabResult) -> Situation:
        return situation("a", labs=labs)

    assert judged(asked, given(LabResult(code="2276-4", value=Decimal(29), unit="ng/mL"))) is True
    assert judged(asked, given(LabResult(code="2276-4", value=Decimal(30), unit="ng/mL"))) is False
    assert judged(asked, given(LabResult(code="2276-4", value=Decimal(29), unit="pmol/L"))) == [
        "result of 2276-4 in ng/mL"
    ]
    assert judged(asked, given()) == ["result of 2276-4"]
    assert judged(asked, situation("a", labs=None)) == ["labs"]
    assert judged("lab(2276-4) absent", given()) is True


@pytest.mark.parametrize(
    ("facts", "condition", "expected"),
    [
        ({"age": 65}, "age at least 65", True),
        ({"age": 64}, "age at least 65", False),
        ({"age": None}, "age at least 65", ["age"]),
        ({"sex": "male"}, "sex(female)", False),
        ({"sex": None}, "sex(female)", ["sex"]),
        ({"sex": "male", "pregnant": None}, "pregnant", False),
        ({"phases": frozenset({"remove"})}, "phase(remove)", True),
        ({"phases": frozenset()}, "phase(remove)", False),
        ({"phases": None}, "phase(remove)", ["phase"]),
    ],
)
def test_plain_facts_answer_plain_questions(facts: dict[str, object], condition: str, expected: object) -> None:
    assert judged(condition, situation("a", **facts)) == expected


def thing(**facts: object) -> Situation:
    return Situation(taken=(Taken(substance="a", **facts),), on=DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "way", "expected"),
    [
        ({"since": date(2027, 1, 5)}, "", False),
        ({"until": date(2027, 1, 4)}, "", True),
        ({"until": date(2027, 1, 3)}, "", False),
        ({"until": date(2027, 1, 3)}, ", or stopped within 1 day", True),
        ({"until": date(2027, 1, 3)}, ", or stopped less than 1 day ago", False),
        ({"route": "inhaled"}, "", False),
        ({"route": "transdermal"}, "", True),
        ({"route": "a way nobody knows"}, "", True),
        ({"route": "a way nobody knows"}, ", by a systemic route", ["route of a"]),
        ({"times_per_day": Decimal(3)}, ", more than 2 times a day", True),
        ({"times_per_day": Decimal(2)}, ", more than 2 times a day", False),
        ({}, ", more than 2 times a day", ["times_per_day of a"]),
        ({"amount": Amount.parse("1 g")}, ", at least 1000 mg per dose", True),
        ({"amount": Amount.parse("1 g")}, ", at least 1001 mg per dose", False),
        ({"amount": Amount.parse("1 mL")}, ", at least 1 mg per dose", ["amount of a in mg"]),
        ({"since": date(2026, 1, 4)}, ", for at least 1 year", True),
        ({"since": date(2026, 1, 4)}, ", for more than 1 year", False),
        ({}, ", changed within 2 weeks", ["since of a"]),
        ({"tapering": True}, ", changed within 2 weeks", True),
        ({"since": date(2026, 12, 21)}, ", changed within 2 weeks", True),
        ({"since": date(2026, 12, 20)}, ", changed within 2 weeks", False),
        ({"since": date(2020, 1, 1), "until": date(2026, 12, 21)}, ", changed within 2 weeks", True),
        ({"tapering": None}, ", being reduced", False),
    ],
)
def test_how_something_is_taken_is_asked(facts: dict[str, object], way: str, expected: object) -> None:
    assert judged(f"taking(a{way})", thing(**facts)) == expected


def test_what_neither_rule_nor_catalogue_knows_is_named_and_a_rule_that_is_off_knows_nothing() -> None:
    on, off = part("taking(a)"), part("taking(b)", key="other", is_enabled=False, why_disabled="Not read.")
    given = situation("a", "b", "c", "d", "E", "E")
    assert assess(given, known(on, off)).unknown_substances == ("b", "c", "E")
    listed = replace(given, taken=tuple(replace(each, is_known_item=True) for each in given.taken))
    assert assess(listed, known(on, off)).unknown_substances == ()


# --- What a clinic says --------------------------------------------------------------------------------------

OFF = part("taking(a)", is_enabled=False, why_disabled="Not read.", mark=Mark.REMEMBERED)
SWITCH_ON = RuleReview(
    rule="R01",
    part="main",
    rule_version=3,
    enabled=True,
    cite="A label, 2026",
    year=2026,
    how_read=HowRead.PRIMARY,
    reviewer="a pharmacist",
    reviewed_on=DAY,
)
SWITCH_OFF = replace(SWITCH_ON, enabled=False, cite="", year=None, how_read=None, reason="Two of us watch it.")


def test_a_part_is_switched_on_with_a_source_and_tells_that_source() -> None:
    knowledge = known(OFF)
    mine = knowledge.with_reviews([SWITCH_ON])
    [finding] = assess(situation("a"), mine).found
    assert (finding.cite, finding.year, finding.mark) == ("A label, 2026", 2026, Mark.PRIMARY)
    assert assess(situation("a"), knowledge).found == ()
    assert mine.version != knowledge.version
    assert mine.version == knowledge.with_reviews([SWITCH_ON]).version


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cite", " "),
        ("year", None),
        ("how_read", None),
        ("how_read", HowRead.OWN),
        ("reviewer", ""),
        ("reviewed_on", None),
    ],
)
def test_nothing_is_switched_on_without_a_source_that_somebody_read(field: str, value: object) -> None:
    with pytest.raises(ReviewError) as caught:
        known(OFF).with_reviews([replace(SWITCH_ON, **{field: value})])  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize("severity", [each for each in Severity if each is not Severity.BLOCK])
def test_a_clinic_may_switch_off_what_stops_nothing_with_a_reason(severity: Severity) -> None:
    knowledge = known(part("taking(a)", severity=severity))
    assert assess(situation("a"), knowledge.with_reviews([SWITCH_OFF])).found == ()
    with pytest.raises(ReviewError) as caught:
        knowledge.with_reviews([replace(SWITCH_OFF, reason="")])
    assert caught.value.field == "reason"


def test_what_stops_an_order_is_never_switched_off() -> None:
    with pytest.raises(ReviewError) as caught:
        known(part("taking(a)", severity=Severity.BLOCK)).with_reviews([SWITCH_OFF])
    assert caught.value.field == "enabled"


def test_what_was_said_of_another_version_no_longer_counts() -> None:
    knowledge = known(part("taking(a)"))
    assert knowledge.with_reviews([replace(SWITCH_OFF, rule_version=2)]) is knowledge
    assert knowledge.with_reviews([replace(SWITCH_OFF, rule="R99")]) is knowledge
    assert knowledge.with_reviews([replace(SWITCH_OFF, part="gone")]) is knowledge
