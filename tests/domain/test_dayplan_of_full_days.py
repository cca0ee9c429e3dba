"""Days as full as a clinic's: nothing is left out and every rule that was not given up holds."""

import pytest

from protocols.domain.dayplan import plan_day
from tests.domain.days import Tried
from tools.bench_dayplan import DAY, KINDS, Kind, day_drawn


@pytest.mark.parametrize("kind", [KINDS[1], KINDS[5]], ids=["fits", "contradicts"])
@pytest.mark.parametrize("seed", range(1, 5))
def test_every_rule_holds(seed: int, kind: Kind) -> None:
    intakes, spacing = day_drawn(seed, kind)
    tried = Tried(DAY, intakes, spacing)
    timetable = plan_day(DAY, intakes, spacing)
    placed = tuple(
        tuple(tried.in_day(each.at) for each in timetable.times if intake.id in each.take) for intake in intakes
    )
    gone = {(each.rule.value, each.ids) for each in timetable.conflicts}
    assert bool(gone) is not kind.fits
    assert [len(minutes) for minutes in placed] == [intake.times_per_day for intake in intakes]
    for intake, minutes in zip(intakes, placed, strict=True):
        assert ("food", (intake.id,)) in gone or all(tried.food_allows(intake, at) for at in minutes)
        assert ("gap", (intake.id,)) in gone or tried.gap_allows(intake, minutes)
    for entry in spacing:
        assert ("spacing", (entry.a, entry.b)) in gone or tried.spacing_allows(entry, placed)
    assert plan_day(DAY, intakes, spacing) == timetable
