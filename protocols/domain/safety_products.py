"""What is one finding: ingredients of the same products, beside the same conditions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from protocols.domain.safety_facts import Taken
from protocols.domain.safety_things import Combination


def of_one_thing(found: Iterable[Combination], taken: Sequence[Taken]) -> list[Combination]:
    """Nine strains in one capsule are one thing to decide about, and not nine; so are two products that meet so.

    taken: by place. Without a code nobody can say that two are one thing.
    """
    alike: dict[object, Combination] = {}
    for place, each in enumerate(found):
        codes = frozenset(taken[entry].code for entry in each.entries)
        key = (codes, each.conditions) if codes and "" not in codes else place
        alike[key] = alike[key].and_also(each) if key in alike else each
    return list(alike.values())
