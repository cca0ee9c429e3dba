"""What one product holds together is decided about once, and lies apart from other products, never from itself."""

from dataclasses import replace

from protocols.domain.safety import Assessment, assess
from protocols.domain.safety_document import read_situation
from protocols.services.knowledge import shipped_knowledge
from tests.protocols.situations import KNOWN, taken

STRAINS = ("lactobacillus acidophilus", "lactobacillus casei", "bifidobacterium longum")


def assessed_as(*held: tuple[str, str], is_complete: bool = True, **facts: object) -> Assessment:
    """What these substances do, each in the product that stands beside it."""
    knowledge = shipped_knowledge()
    situation = read_situation({**KNOWN, **facts, "intakes": [taken(name) for name, _ in held]}, knowledge)
    named = tuple(replace(each, code=product) for each, (_, product) in zip(situation.taken, held, strict=True))
    return assess(replace(situation, taken=named, taken_complete=is_complete), knowledge)


def in_one(*substances: str, product: str = "capsule") -> list[tuple[str, str]]:
    return [(substance, product) for substance in substances]


def test_a_product_of_many_strains_is_one_finding() -> None:
    result = assessed_as(*in_one(*STRAINS), conditions=["K58.0", "D84.9"])
    (block,) = [each for each in result.found if each.rule == "R25"]
    assert (block.about, block.stops) == ((*STRAINS, "D84.9"), ("capsule",))
    (info,) = [each for each in result.found if each.rule == "R58"]
    assert info.about == (*STRAINS, "K58.0")


def test_what_is_unknown_of_many_strains_is_one_line() -> None:
    result = assessed_as(*in_one(*STRAINS), conditions=None)
    assert [each.about for each in result.undecided if (each.rule, each.part) == ("R58", "main")] == [STRAINS]


def test_strains_of_two_products_are_two_findings() -> None:
    result = assessed_as((STRAINS[0], "one"), (STRAINS[1], "two"), conditions=["D84.9"])
    assert sorted(each.stops for each in result.found if each.rule == "R25") == [("one",), ("two",)]


def test_two_minerals_of_one_capsule_beside_levothyroxine_are_one_pair() -> None:
    result = assessed_as(*in_one("calcium carbonate", "magnesium oxide"), ("levothyroxine", "tablet"))
    (pair,) = [each for each in result.found if each.rule == "R12"]
    assert pair.about == ("calcium carbonate", "magnesium oxide", "levothyroxine")
    assert pair.spacing is not None
    assert (pair.spacing.a_codes, pair.spacing.b_codes) == (("tablet",), ("capsule",))


def test_iron_and_magnesium_of_one_capsule_are_not_to_be_taken_apart() -> None:
    alone = assessed_as(*in_one("ferrous bisglycinate", "magnesium oxide"))
    assert [each.rule for each in alone.found if each.spacing is not None] == []


def test_of_what_else_may_be_taken_nobody_knows_whether_it_is_another_product() -> None:
    result = assessed_as(("magnesium oxide", "capsule"), is_complete=False)
    assert ("what else is taken",) in [each.unknown for each in result.undecided if each.rule == "R12"]
    assert not [each for each in assessed_as(("magnesium oxide", "capsule")).undecided if each.rule == "R12"]
