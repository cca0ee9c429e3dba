"""The versions of each order: numbered without a gap, one of them the newest, none longer than until the next."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from gutclinic.simulator.invariants.seen import Seen, Violation
from patients.models import Order


def versions_follow_one_another(seen: Seen) -> Iterator[Violation]:
    """What was replaced ends the day before, or earlier; and every version but the first says which it replaces."""
    chains: dict[tuple[int, str], list[Order]] = defaultdict(list)
    for order in seen.rows.orders:
        chains[order.plan_id, order.key].append(order)
    for (plan_id, key), chain in chains.items():
        numbers = [order.number for order in chain]
        if numbers != list(range(1, len(chain) + 1)):
            yield _broken(seen, plan_id, f"{key} has the versions {numbers}.")
        if [order.is_current for order in chain] != [False] * (len(chain) - 1) + [True]:
            yield _broken(seen, plan_id, f"Not the newest version of {key} alone is the current one.")
        for before, after in pairwise(chain):
            if after.replaces_id != before.pk:
                yield _broken(seen, plan_id, f"Version {after.number} of {key} does not say what it replaces.")
            if before.ends_on is None or (after.starts_on is not None and before.ends_on >= after.starts_on):
                yield _broken(seen, plan_id, f"Version {before.number} of {key} goes on beside the next.")


def _broken(seen: Seen, plan_id: int, text: str) -> Violation:
    return Violation("versions follow one another", seen.where(plan_id), text)
