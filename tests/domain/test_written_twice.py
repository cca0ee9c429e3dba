"""One substance in several places: which of them counts first, and what is no such thing."""

from protocols.domain.written_twice import Place, in_several_places


def test_what_is_signed_stands_before_the_plan_and_that_before_the_record() -> None:
    entries = [
        ("omeprazole", Place.RECORD, 1),
        ("omeprazole", Place.PLAN, 2),
        ("omeprazole", Place.TAPER, 3),
        ("zinc", Place.PLAN, 4),
    ]
    assert in_several_places(entries) == [[(Place.TAPER, 3), (Place.PLAN, 2), (Place.RECORD, 1)]]


def test_two_entries_of_one_place_are_meant_so() -> None:
    assert in_several_places([("levothyroxine", Place.RECORD, 1), ("levothyroxine", Place.RECORD, 2)]) == []


def test_of_three_entries_all_are_named_in_their_order() -> None:
    entries = [("a", Place.RECORD, "morning"), ("a", Place.PLAN, "plan"), ("a", Place.RECORD, "evening")]
    assert in_several_places(entries) == [[(Place.PLAN, "plan"), (Place.RECORD, "morning"), (Place.RECORD, "evening")]]
