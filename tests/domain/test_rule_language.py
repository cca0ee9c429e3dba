"""Conditions of rules are read as they are said, or refused with a sentence that says where."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount
from protocols.domain.rule_language import condition_of
from protocols.domain.rule_taking import taking_of
from protocols.domain.rule_terms import (
    Age,
    All,
    AnyOf,
    Comparison,
    ConditionGroup,
    Daily,
    HasCondition,
    HowMuch,
    InPhase,
    IsBreastfeeding,
    IsPregnant,
    IsSex,
    Lab,
    Not,
    Per,
    Span,
    Taking,
    TimeUnit,
)
from protocols.domain.rule_words import RuleError, Vocabulary

NAMES = {
    "nsaid": frozenset({"ibuprofen", "aspirin"}),
    "aspirin": frozenset({"aspirin"}),
    "ppi": frozenset({"omeprazole"}),
}
ULCER = ConditionGroup(key="ulcer", words="an ulcer", codes=("K25",))
WORDS = Vocabulary(
    substances=lambda word: NAMES.get(word, frozenset()),
    nutrients={"zinc": frozenset({"zinc"})},
    conditions={"ulcer": ULCER},
)


def taking(words: str, *names: str) -> Taking:
    return Taking(words=words, names=frozenset(names))


NSAID, PPI = taking("nsaid", "aspirin", "ibuprofen"), taking("ppi", "omeprazole")

READ = [
    ("taking(nsaid)", NSAID),
    ("taking(nsaid) and taking(ppi)", All((NSAID, PPI))),
    ("taking(nsaid) or taking(ppi) and pregnant", AnyOf((NSAID, All((PPI, IsPregnant()))))),
    ("(taking(nsaid) or taking(ppi)) and breastfeeding", All((AnyOf((NSAID, PPI)), IsBreastfeeding()))),
    ("not taking(nsaid)\n  and   age at least 65", All((Not(NSAID), Age(Comparison.AT_LEAST, 65)))),
    ("not (taking(nsaid) or sex(female))", Not(AnyOf((NSAID, IsSex("female"))))),
    ("condition(ulcer)", HasCondition((ULCER,))),
    ("phase(remove)", InPhase("remove")),
    ("lab(2276-4) absent", Not(Lab(code="2276-4"))),
    ("lab(2276-4) present", Lab(code="2276-4")),
    (
        "lab(2276-4) less than 30 ng/mL",
        Lab(code="2276-4", comparison=Comparison.LESS, value=Decimal(30), unit="ng/mL"),
    ),
    (
        "(daily(zinc) more than 40 mg)",
        Daily(words="zinc", comparison=Comparison.MORE, amount=Amount.parse("40 mg"), nutrient="zinc"),
    ),
    (
        "daily(nsaid) at least 1 g",
        Daily(words="nsaid", comparison=Comparison.AT_LEAST, amount=Amount.parse("1 g"), names=NAMES["nsaid"]),
    ),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_condition_is_read_as_it_is_said(text: str, expected: object) -> None:
    assert condition_of(text, WORDS) == expected


WAYS = [
    ("ppi, or stopped less than 8 weeks ago", {"stopped_less_than": Span(8, TimeUnit.WEEKS)}),
    ("ppi, or stopped within 72 hours", {"stopped_within": Span(72, TimeUnit.HOURS)}),
    ("ppi, for at least 1 year", {"for_at_least": Span(1, TimeUnit.YEARS)}),
    ("ppi, for more than 3 months", {"for_more_than": Span(3, TimeUnit.MONTHS)}),
    ("ppi, changed within 12 weeks", {"changed_within": Span(12, TimeUnit.WEEKS)}),
    ("ppi, being reduced", {"is_tapering": True}),
    ("ppi, without a meal", {"with_meal": False}),
    ("ppi, with a meal", {"with_meal": True}),
    ("ppi, by a systemic route", {"needs_systemic_route": True}),
    ("ppi, more than 2 times a day", {"times_a_day": (Comparison.MORE, 2)}),
    (
        "ppi, more than 2500 [USP'U]/kg per dose, with a meal",
        {
            "how_much": HowMuch(
                comparison=Comparison.MORE, amount=Amount.parse("2500 [USP'U]"), is_per_kg=True, per=Per.DOSE
            ),
            "with_meal": True,
        },
    ),
    (
        "ppi, at least 40 mg per day",
        {
            "how_much": HowMuch(
                comparison=Comparison.AT_LEAST, amount=Amount.parse("40 mg"), is_per_kg=False, per=Per.DAY
            )
        },
    ),
]


@pytest.mark.parametrize(("text", "said"), WAYS)
def test_how_something_is_taken_is_read(text: str, said: dict[str, object]) -> None:
    found = taking_of(text, WORDS)
    assert found.names == {"omeprazole"}
    for name, value in said.items():
        assert getattr(found, name) == value


def test_anything_but_some_is_read() -> None:
    found = taking_of("anything except nsaid", WORDS)
    assert found.is_about("omeprazole")
    assert not found.is_about("aspirin")
    both = taking_of("nsaid or ppi except aspirin", WORDS)
    assert [name for name in ("ibuprofen", "omeprazole", "aspirin") if both.is_about(name)] == [
        "ibuprofen",
        "omeprazole",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at its end"),
        ("taking", "at “taking”"),
        ("taking()", "asks for nothing"),
        ("taking(nsaid", "cannot be read"),
        ("taking(nsaid))", "at “\\)”"),
        ("(taking(nsaid)", "never closed"),
        ("taking(nsaid) and", "at its end"),
        ("taking(nsaid) taking(ppi)", "at “taking\\(ppi\\)”"),
        ("taking(nsaids)", "neither a group nor a substance"),
        ("taking(nsaid, daily)", "does not say how"),
        ("taking(ppi, with a meal, without a meal)", "once more"),
        ("taking(ppi, more than 4o mg per day)", "does not say how"),
        ("taking(ppi, more than 40 furlongs per day)", "not a unit"),
        ("daily(zinc)", "stands how much"),
        ("daily(zinc) more than 40", "stands how much|not an amount"),
        ("daily(anything) more than 40 mg", "cannot be added up"),
        ("condition(gout)", "no group of conditions “gout”"),
        ("lab(2276-4)", "absent"),
        ("sex(f)", "female or male"),
        ("age over 65", "cannot be read"),
        ("pregnantish", "cannot be read"),
        ("TAKING(nsaid)", "cannot be read"),
        ("taking(nsaid) && taking(ppi)", "at “&&"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        condition_of(text, WORDS)
    assert str(caught.value).endswith((".", "”"))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(RuleError):
        condition_of(text, WORDS)


@pytest.mark.parametrize(
    ("span", "day", "after"),
    [
        (Span(72, TimeUnit.HOURS), date(2027, 1, 1), date(2027, 1, 4)),
        (Span(1, TimeUnit.HOURS), date(2027, 1, 1), date(2027, 1, 2)),
        (Span(8, TimeUnit.WEEKS), date(2026, 11, 9), date(2027, 1, 4)),
        (Span(2, TimeUnit.MONTHS), date(2026, 12, 31), date(2027, 2, 28)),
        (Span(1, TimeUnit.MONTHS), date(2026, 12, 31), date(2027, 1, 31)),
        (Span(1, TimeUnit.YEARS), date(2028, 2, 29), date(2029, 2, 28)),
        (Span(14, TimeUnit.DAYS), date(2027, 2, 20), date(2027, 3, 6)),
    ],
)
def test_spans_are_counted_on_the_calendar(span: Span, day: date, after: date) -> None:
    assert span.after(day) == after
