"""Whatever is wrong with a pack is told by file and path, all of it at once. It needs no database."""

import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from protocols.services.pack_files import PackError
from protocols.services.pack_rows import rows_of
from tests.protocols.conftest import SMALL_PACK

SetIn = Callable[[dict[str, Any], str, Any], None]


def small_pack() -> dict[str, Any]:
    return tomllib.loads(SMALL_PACK)


def problems_of(content: dict[str, Any]) -> list[str]:
    with pytest.raises(PackError) as error:
        rows_of(content, pack_key="small", file_name="small.toml")
    assert str(error.value) == "\n".join(error.value.problems)
    return error.value.problems


def test_the_small_pack_itself_is_accepted() -> None:
    rows = rows_of(small_pack(), pack_key="small", file_name="small.toml")
    assert [phase.key for phase in rows.phases] == ["first", "second"]
    assert [order.key for order in rows.orders] == ["zinc", "walk"]
    assert [criterion.phase.key for criterion in rows.criteria] == ["first"]
    assert rows.orders[0].source == (
        "A trial [primary source or its abstract read]\nWith breakfast [our own choice or calculation]"
    )


REFUSED: list[tuple[str, Any, str, str]] = [
    # path, what stands there instead, the path that is named, words of the sentence
    ("phases.0.duration_days", 0, "phases[0].duration_days", "cannot last 0 days"),
    ("phases.0.duration_days", 731, "phases[0].duration_days", "cannot last 731 days"),
    ("phases.0.duration_days", "28", "phases[0].duration_days", "whole number"),
    ("phases.0.duration_days", True, "phases[0].duration_days", "whole number"),
    ("phases.0.duration_days", 28.5, "phases[0].duration_days", "whole number"),
    ("phases.0.duration_days", None, "phases[1].anchor", "has no fixed end"),
    ("phases", [], "phases", "at least one phase"),
    ("phases", "none", "phases", "list of tables"),
    ("phases.1.key", "first", "phases[1].key", "Two phases"),
    ("phases.1.key", "se cond", "phases[1].key", "slug"),
    ("phases.1.key", None, "phases[1].key", "missing"),
    ("phases.0.kind", "detoxify", "phases[0].kind", "unknown here. Use one of: remove, replace"),
    ("phases.0.evidence", "excellent", "phases[0].evidence", "unknown here"),
    ("phases.0.title", "x" * 81, "phases[0].title", "at most 80 characters"),
    ("phases.0.title", "", "phases[0].title", "empty"),
    ("phases.0.teaching", None, "phases[0].teaching", "missing"),
    ("phases.0.teaching", 7, "phases[0].teaching", "quotation marks"),
    ("phases.0.teaching", "This will heal your gut.", "phases[0].teaching", "claims “heal”"),
    ("phases.0.purpose", "A detox\nand a cure.", "phases[0].purpose", "claims “detox, cure”"),
    ("phases.0.hypothesis", "It cleanses.", "phases[0].hypothesis", "claims “cleanses”"),
    ("phases.0.teaching", "You have a leaky gut.", "phases[0].teaching", "say “hypothesis”"),
    ("phases.0.sources", [], "phases[0].sources", "at least one source"),
    ("phases.0.sources", None, "phases[0].sources", "at least one source"),
    ("phases.0.sources.0.cite", " ", "phases[0].sources[0].cite", "empty"),
    ("phases.0.sources.0.read", "hearsay", "phases[0].sources[0].read", "primary, secondary, own"),
    ("phases.0.sources.0.page", 4, "phases[0].sources[0].page", "no such key"),
    ("phases.0.anchor", "full-moon", "phases[0].anchor", "plan-start, phase-start, phase-end"),
    ("phases.0.anchor_phase", "second", "phases[0].anchor_phase", "leave its anchor phase empty"),
    ("phases.1.anchor_phase", "third", "phases[1].anchor_phase", "not a phase of this protocol"),
    ("phases.1.anchor_phase", "second", "phases[1].anchor_phase", "wait for each other"),
    ("phases.1.offset_days", -40, "phases[1].offset_days", "before the plan’s first day"),
    ("phases.0.starts_by_person", "yes", "phases[0].starts_by_person", "true or false"),
    ("phases.0.duration", 28, "phases[0].duration", "no such key"),
    ("phases.0.criteria.0.parameters", {"days": 0}, "phases[0].criteria[0].parameters", "from 1 to"),
    ("phases.0.criteria.0.parameters", {"weeks": 3}, "phases[0].criteria[0].parameters", "no parameter"),
    ("phases.0.criteria.0.parameters", {"days": 2.5}, "phases[0].criteria[0].parameters", "Only texts"),
    ("phases.0.criteria.0.parameters", 21, "phases[0].criteria[0].parameters", "a table"),
    ("phases.0.criteria.0.kind", "", "phases[0].criteria[0].kind", "empty"),
    ("phases.0.criteria.0.sentence", "Healed.", "phases[0].criteria[0].sentence", "claims “healed”"),
    ("orders.0.amount", "37.5 milligrams", "orders[0].amount", "“milligrams” is not a unit"),
    ("orders.0.amount", "10 10*9[CFU]", "orders[0].amount", "not a unit"),
    ("orders.0.amount", "a lot", "orders[0].amount", "not an amount"),
    ("orders.0.amount", "37.5", "orders[0].amount", "not an amount"),
    ("orders.0.amount", "0 mg", "orders[0].amount", "more than zero"),
    ("orders.0.amount", 37.5, "orders[0].amount", "quotation marks"),
    ("orders.0.sources", [{"cite": "Memory", "read": "own"}], "orders[0].amount", "No source"),
    ("orders.0.sources", [], "orders[0].sources", "at least one source"),
    ("orders.0.pattern", "every 1 days", "orders[0].pattern", "not possible"),
    ("orders.0.pattern", "now and then", "orders[0].pattern", "not a pattern"),
    ("orders.0.times_of_day", ["at-noon"], "orders[0].times_of_day", "No such time of day: at-noon"),
    ("orders.0.times_of_day", ["bedtime", "bedtime"], "orders[0].times_of_day", "twice"),
    ("orders.0.times_of_day", [], "orders[0].times_of_day", "at least one time of day"),
    ("orders.0.times_of_day", [7], "orders[0].times_of_day", "list of texts"),
    ("orders.0.times_of_day", None, "orders[0].times_of_day", "missing"),
    ("orders.0.item_kind", "potion", "orders[0].item_kind", "supplement, medicine, diet, test, practice"),
    ("orders.0.item_kind", "diet", "orders[0].last_phase", "A diet has an end"),
    ("orders.0.first_phase", "third", "orders[0].first_phase", "Use one of: first, second"),
    ("orders.0.last_phase", None, "orders[0].last_phase", "missing"),
    ("orders.1.last_phase", "first", "orders[1].last_phase", "comes before the one it begins with"),
    ("orders.1.key", "zinc", "orders[1].key", "stands there twice"),
    ("orders.0.name", "Gut healer", "orders[0].name", "claims “healer”"),
    ("orders.0.instructions", "Zinc is thought to help.", "orders[0].instructions", "say “hypothesis”"),
    ("orders.0.dose", "5 mg", "orders[0].dose", "no such key"),
    ("title", "The detox protocol", "title", "claims “detox”"),
    ("title", "x" * 121, "title", "at most 120 characters"),
    ("summary", None, "summary", "missing"),
    ("version", "9" * 41, "version", "at most 40 characters"),
    ("key", "large", "key", "it is “small”"),
    ("author", "somebody", "author", "no such key"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "named", "words"), REFUSED)
def test_a_fault_is_told_by_its_path(path: str, value: Any, named: str, words: str, set_in: SetIn) -> None:
    content = small_pack()
    set_in(content, path, value)
    problems = problems_of(content)
    told = [problem for problem in problems if problem.startswith(f"small.toml, {named}: ")]
    assert len(told) == 1, problems
    assert words in told[0]
    assert re.search(r"[.?]$", told[0]), "A problem is a sentence."


def test_two_criteria_of_a_phase_need_two_keys() -> None:
    content = small_pack()
    content["phases"][0]["criteria"] *= 2
    assert problems_of(content) == [
        "small.toml, phases[0].criteria[1].key: “days” stands there twice: give each its own key."
    ]


def test_a_phase_that_an_order_ends_with_may_not_end_before_the_order_begins() -> None:
    content = small_pack()
    # Listed after First, and over before First begins.
    content["phases"][0] |= {"offset_days": 30}
    content["phases"][1] |= {"anchor": "plan-start", "offset_days": 0, "duration_days": 7}
    del content["phases"][1]["anchor_phase"]
    assert problems_of(content) == [
        "small.toml, orders[0].last_phase: Zinc carnosine would end, with Second, before it begins, with First."
    ]


def test_all_faults_are_told_at_once(set_in: SetIn) -> None:
    content = small_pack()
    for path, value in {
        "phases.0.duration_days": 0,
        "phases.0.teaching": "We cure.",
        "orders.0.amount": "5 spoons",
        "orders.1.sources": [],
        "colour": "green",
    }.items():
        set_in(content, path, value)
    named = [problem.split(": ")[0] for problem in problems_of(content)]
    assert sorted(named) == [
        "small.toml, colour",
        "small.toml, orders[0].amount",
        "small.toml, orders[1].sources",
        "small.toml, phases[0].duration_days",
        "small.toml, phases[0].teaching",
    ]


def test_an_empty_file_says_what_a_pack_needs() -> None:
    named = {problem.split(": ")[0].removeprefix("small.toml, ") for problem in problems_of({})}
    assert named == {"key", "title", "version", "summary", "phases"}


def test_lines_are_joined_and_empty_lines_make_paragraphs(set_in: SetIn) -> None:
    content = small_pack()
    set_in(content, "phases.0.teaching", "\nOne line\nand its end.\n\n  Another\n  paragraph.\n")
    rows = rows_of(content, pack_key="small", file_name="small.toml")
    assert rows.phases[0].teaching == "One line and its end.\n\nAnother paragraph."


def test_an_amount_is_exact() -> None:
    rows = rows_of(small_pack(), pack_key="small", file_name="small.toml")
    assert str(rows.orders[0].amount) == "37.5 mg"
