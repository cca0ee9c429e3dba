"""One medicine written down twice, as a rule: it stands in every edition, whatever the packs say.

It looks at where things are written, not at what they are, so no condition of a pack could say it. Supplements are left
to the daily totals, which add up what several products hold. `check_safety` asks about things that are written nowhere,
so nothing of this is found there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocols.domain.rule_terms import WrittenTwice
from protocols.domain.safety_rules import Rule, RulePart, Severity
from protocols.domain.safety_taking import is_taken_on
from protocols.domain.safety_things import Combination, Facts
from protocols.domain.sources import Mark
from protocols.domain.written_twice import Place, in_several_places

TWICE: Final = Rule(
    id="TWICE",
    version=1,
    title="One medicine written down twice",
    parts=(
        RulePart(
            key="main",
            severity=Severity.WARN,
            condition=WrittenTwice(),
            condition_text="one medicine that is taken, written down in two of: a signed taper, the plan, the record",
            text=(
                "Written down twice: is it one medicine, or two? If it is one, stop the order or end the entry of the "
                "record. If both are taken, write the whole of it as one. Until then the day of the patient shows it "
                "once where both say the same part of a day: as the signed taper says, else as the plan does."
            ),
            patient_text="This medicine is written down twice. Take it once, and ask before you take more than that.",
            cite="gutclinic’s own rule: what stands in two places may be one medicine, or a doubled one",
            year=None,
            mark=Mark.OWN,
            is_enabled=True,
        ),
    ),
)


def written_twice(facts: Facts) -> list[Combination]:
    """A combination for each medicine that is taken that day and stands in more than one place.

    What is taken only as needed is not the same as what is taken every day.
    """
    return [
        Combination(
            names=frozenset(name for _, (name, _) in same),
            entries=frozenset(entry for _, (_, entry) in same),
            values=frozenset(place.value for place, _ in same),
        )
        for same in in_several_places(_medicines(facts))
    ]


def _medicines(facts: Facts) -> Iterator[tuple[tuple[str, bool], Place, tuple[str, int]]]:
    for name, things in facts.things.items():
        for entry, taken in things:
            if taken.is_medicine and taken.written_in is not None and is_taken_on(taken, facts.situation.on):
                is_as_needed = taken.pattern is not None and taken.pattern.is_as_needed
                yield (name, is_as_needed), taken.written_in, (name, entry)
