"""What comes too close together is said in sentences, with days as people write them and names as they were typed."""

from datetime import date

from patients.services.orders.changes_ahead import PlanClash
from patients.services.orders.clash_words import clash_words
from protocols.domain.spread_starts import ChangeKind, PlannedChange, Shift

MONDAY = date(2027, 1, 18)


def clash(*names: str, shifts: tuple[Shift, ...] = (), stuck: tuple[str, ...] = ()) -> PlanClash:
    changes = tuple(PlannedChange(code=name.lower(), label=name, kind=ChangeKind.START, day=MONDAY) for name in names)
    return PlanClash(day=MONDAY, changes=changes, shifts=shifts, moves=(), stuck=stuck)


def test_every_proposed_day_is_said_and_what_finds_none() -> None:
    beta = Shift("beta", before=MONDAY, after=date(2027, 1, 21))
    gamma = Shift("gamma", before=MONDAY, after=date(2027, 1, 24))
    assert clash_words(clash("Alpha", "Beta", "Gamma", "Delta", shifts=(beta, gamma), stuck=("delta",))) == (
        "Alpha, Beta, Gamma and Delta change within a few days of each other, from Mon 18 Jan 2027 on. "
        "Proposed: Beta on Thu 21 Jan 2027 and Gamma on Sun 24 Jan 2027. No free day in its window: Delta."
    )


def test_where_nothing_may_be_moved_that_is_said() -> None:
    assert clash_words(clash("Alpha", "Beta")).endswith("from Mon 18 Jan 2027 on. None of them may be moved.")


def test_figures_in_a_name_are_no_day() -> None:
    assert clash_words(clash("Lot 2027-13-45", "Lot 2027-01-18")).startswith("Lot 2027-13-45 and Lot 2027-01-18 change")
