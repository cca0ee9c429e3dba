"""Patient texts claim no cure, and say "hypothesis" where they speak of theory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.wording import forbidden_claims, missing_hypothesis


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("This cures IBS.", ["cures"]),
        ("A cure, finally. CURED! Curing takes weeks; it is curable, even curative.",
         ["cure", "cured", "curing", "curable", "curative"]),
        ("Heal your gut: it heals, has healed, is healing.", ["heal", "heals", "healed", "healing"]),
        ("a self-healing gut and a healer", ["healing", "healer"]),
        ("Detox now; a de-tox; detoxify; detoxification; detoxes.",
         ["detox", "de-tox", "detoxify", "detoxification", "detoxes"]),
        ("Cleanse with a cleansing cleanser.", ["cleanse", "cleansing", "cleanser"]),
        ("Flush toxins.", ["flush toxins"]),
        ("It flushes out all the toxins", ["flushes out all the toxins"]),
        ("flushing\nthose   toxins", ["flushing those toxins"]),
        ("Get rid of toxins, remove harmful toxins.", ["rid of toxins", "remove harmful toxins"]),
        ("cure cure Cure", ["cure"]),
        ("This is not a cure.", ["cure"]),
        ("Cured meat cannot be cured.", ["cured"]),
        ("“Cure” — (heal) …detox", ["cure", "heal", "detox"]),
        ("<strong>cures</strong>", ["cures"]),
        ("He\u00adals and c\u200bures, \uff44\uff45\uff54\uff4f\uff58", ["heals", "cures", "detox"]),
    ],
)  # fmt: skip
def test_a_claim_is_found_and_named(text: str, claims: list[str]) -> None:
    assert forbidden_claims(text) == claims


@pytest.mark.parametrize(
    "text",
    ["", "Good health and healthy food, healthier days, healthcare.",
     "Secure, procure, obscure, accurate, curious.", "A manicure and a sinecure.",
     "Wheal and wheals on the skin after a prick test.", "Clean your hands; cleaning.",
     "Toxins of C. difficile are looked for in stool.",
     "Remove: foods that irritate. Replace: what is missing.",
     "Flush the toilet.", "Avoid cured meats, cured ham and dry-cured sausages.", "Currently cursory.",
     "The lining of the gut renews itself within days.", "Michealson met Dr Healy."],
)  # fmt: skip
def test_an_honest_text_is_clean(text: str) -> None:
    assert forbidden_claims(text) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Leaky gut makes you ill.", True),
        ("leaky-gut", True),
        ("LEAKY\n  GUT", True),
        ("This theory says so.", True),
        ("Two theories exist.", True),
        ("Gluten is thought to irritate.", True),
        ("Gluten and milk are believed to irritate.", True),
        ("We look for the root cause.", True),
        ("Root causes differ.", True),
        ("Leaky gut is a hypothesis.", False),
        ("Hypothesis: gluten is thought to irritate the gut.", False),
        ("Hypotheses, not facts: the root cause.", False),
        ("Take one capsule with breakfast.", False),
        ("She thought to call.", False),
        ("Theoretical.", False),
        ("Theodore has a leaking tap. Gut feeling.", False),
        ("", False),
    ],
)
def test_theory_needs_the_word_hypothesis(text: str, missing: bool) -> None:
    assert missing_hypothesis(text) is missing


@given(
    st.text(),
    st.text(),
    st.sampled_from(["cure", "Heals", "DETOX", "cleansing", "flush toxins"]),
    st.sampled_from([" ", "\n", ". ", ", "]),
)
def test_a_claim_is_found_whatever_stands_around_it(before: str, after: str, claim: str, mark: str) -> None:
    assert claim.lower() in " ".join(forbidden_claims(f"{before}{mark}{claim}{mark}- {after}"))


@given(st.text())
def test_claims_are_words_of_the_text_in_lower_case_and_each_once(text: str) -> None:
    claims = forbidden_claims(text)
    assert len(set(claims)) == len(claims)
    assert all(claim == claim.lower() for claim in claims)
    assert not missing_hypothesis(text + " hypothesis")
