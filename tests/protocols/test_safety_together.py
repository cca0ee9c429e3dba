"""What is written in several entries: since when it is taken, and how much of it comes together."""

from typing import Any

import pytest

from tests.protocols.situations import assessed, taken

LONG_AGO = taken("omeprazole", since="2024-01-01", until="2026-12-31")


@pytest.mark.parametrize(
    ("earlier", "now", "is_found"),
    [
        (LONG_AGO, "omeprazole", True),
        (LONG_AGO, "pantoprazole", True),
        (taken("omeprazole", since="2024-01-01", until="2026-12-20"), "omeprazole", False),
        (taken("omeprazole", since="2024-01-01", until="2026-12-24"), "omeprazole", True),
        (taken("famotidine", since="2024-01-01", until="2026-12-31"), "omeprazole", False),
    ],
)
def test_another_dose_or_product_goes_on_with_what_was_taken(earlier: dict[str, Any], now: str, is_found: bool) -> None:
    """The new entry begins on 1 January: up to a week without any is no pause."""
    rules = {each.rule for each in assessed(earlier, taken(now, since="2027-01-01")).found}
    assert ("R31" in rules, "R32" in rules) == (is_found, is_found)


def test_an_entry_of_which_nobody_knows_when_it_began_leaves_it_open() -> None:
    result = assessed(taken("omeprazole", since=None, until="2026-12-31"), taken("pantoprazole", since="2027-01-01"))
    assert "R31" not in {each.rule for each in result.found}
    assert ("since of pantoprazole",) in {each.unknown for each in result.undecided if each.rule == "R31"}


def test_enzymes_of_two_products_are_added() -> None:
    """70 kg: at most 175,000 units at a meal. 100,000 and 100,000 are more; 80,000 and 90,000 are not."""
    two = assessed(taken("pancrelipase", "100000 [USP'U]", 1), taken("pancreatin", "100000 [USP'U]", 1))
    (finding,) = [each for each in two.found if each.rule == "R42" and each.severity == "BLOCK"]
    assert finding.about == ("pancrelipase", "pancreatin")
    assert set(finding.stops) == {"0", "1"}
    less = assessed(taken("pancrelipase", "80000 [USP'U]", 1), taken("pancreatin", "90000 [USP'U]", 1))
    assert "R42" not in {each.rule for each in less.found if each.severity == "BLOCK"}


def test_enzymes_of_a_day_are_added() -> None:
    """70 kg: at most 700,000 units in a day."""
    two = assessed(taken("pancrelipase", "80000 [USP'U]", 5), taken("pancreatin", "75000 [USP'U]", 5))
    assert [each.part for each in two.found if each.rule == "R42" and each.severity == "BLOCK"]


def test_another_amount_is_another_set_of_facts() -> None:
    one = assessed(taken("pancrelipase", "180000 [USP'U]", 1))
    more = assessed(taken("pancrelipase", "600000 [USP'U]", 1))
    keys = [{each.facts_key for each in result.found if each.rule == "R42"} for result in (one, more)]
    assert keys[0].isdisjoint(keys[1])
