"""That a name is understood does not mean that anything was checked."""

from protocols.services.knowledge import canonical_name, shipped_knowledge


def test_a_name_that_no_rule_looks_at_and_no_catalogue_lists_is_not_checked() -> None:
    knowledge = shipped_knowledge()
    checked = knowledge.checked_names()
    assert knowledge.substances.find("Bromelain") is not None
    assert knowledge.substances.find("baking soda") is not None
    assert not {"bromelain", "sodium bicarbonate"} & checked
    assert {"ibuprofen", "omeprazole"} <= checked


def test_what_the_catalogue_lists_and_what_is_totalled_is_checked() -> None:
    knowledge = shipped_knowledge()
    checked = knowledge.checked_names()
    assert {"glutamine", "aloe", "lactase"} <= checked
    assert {item.name for item in knowledge.substances if item.nutrient is not None} <= checked


def test_whatever_is_typed_for_one_substance_is_one_name_and_what_nobody_knows_stays_as_it_was_typed() -> None:
    assert {canonical_name(typed) for typed in ("Baking soda", "sodium  bicarbonate ", "Sodium-Bicarbonate")} == {
        "sodium bicarbonate"
    }
    assert canonical_name(" Moon Dust ") == canonical_name("moon dust") == "moon dust"
    assert canonical_name("Magnesium oxide") != canonical_name("Magnesium"), "never a similar one"
