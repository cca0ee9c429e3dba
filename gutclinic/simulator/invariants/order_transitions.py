"""What was written down about each order: a legal chain of moves, which ends in how the order stands now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from gutclinic.simulator.invariants.seen import Seen, Violation
from patients.models import Order, Transition

UNFINISHED: Final = frozenset({"planned", "active", "held"})
AT_ALL: Final = UNFINISHED | {"completed", "stopped"}

# Written out anew, from the design. Each move: the standing before it, and the one after.
STANDING_AFTER: Final[Mapping[str, Mapping[str, str]]] = {
    "add": {"": "open"},
    "change": {"open": "open", "held": "held"},
    "tie": {"open": "open", "held": "held"},
    "continue": {"open": "open", "held": "held"},
    "hold": {"open": "held"},
    "resume": {"held": "open"},
    "stop": {"open": "stopped", "held": "stopped"},
    "leave-out": {"open": "left-out"},
    "enter-in-error": dict.fromkeys(("open", "held", "stopped", "left-out"), "entered-in-error"),
}
# The statuses of that day that a move may go from, and to.
STATUSES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "add": (frozenset({""}), UNFINISHED),
    "change": (UNFINISHED, UNFINISHED),
    "tie": (UNFINISHED, UNFINISHED | {"completed"}),
    "continue": (UNFINISHED | {"completed"}, UNFINISHED | {"completed"}),
    "hold": (UNFINISHED, frozenset({"held"})),
    "resume": (frozenset({"held"}), UNFINISHED),
    "stop": (UNFINISHED, frozenset({"stopped"})),
    "leave-out": (frozenset({"planned"}), frozenset({"stopped"})),
    "enter-in-error": (AT_ALL, frozenset({"entered-in-error"})),
}
# What an order that stands so can be on a day; whatever else changes in between changes by itself.
WHILE: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({""}),
    "open": AT_ALL,
    "held": frozenset({"held", "completed"}),
    "stopped": frozenset({"stopped"}),
    "left-out": frozenset({"stopped"}),
    "entered-in-error": frozenset({"entered-in-error"}),
}


def order_history_is_whole(seen: Seen) -> Iterator[Violation]:
    """From the line that added it, or from the plan that brought it, to its standing; a line for every version."""
    lines: dict[tuple[int, str], list[Transition]] = defaultdict(list)
    versions: dict[tuple[int, str], list[Order]] = defaultdict(list)
    by_id = {order.pk: order for order in seen.rows.orders}
    for order in seen.rows.orders:
        versions[order.plan_id, order.key].append(order)
    for line in seen.rows.transitions:
        if line.order_id is not None:
            lines[line.plan_id, by_id[line.order_id].key].append(line)
    left_out = _left_out_at_activation(seen.rows.transitions)
    for (plan_id, key), chain in versions.items():
        own = lines[plan_id, key]
        for text in (*_of_chain(chain, own, left_out), *_of_versions(chain, own)):
            yield Violation("the history of an order is whole", seen.where(plan_id), f"{key}: {text}")


def _of_chain(versions: Sequence[Order], lines: Sequence[Transition], left_out: set[str]) -> Iterator[str]:
    first = versions[0]
    standing = "left-out" if first.code in left_out else "" if first.written_at is not None else "open"
    at: datetime | None = None
    for line in lines:
        if at is not None and line.at < at:
            yield f"“{line.move}” comes before what it follows."
        if not line.by_kind or not line.by_code:
            yield f"Nobody is named for “{line.move}”."
        after = STANDING_AFTER.get(line.move, {}).get(standing)
        if after is None:
            yield f"“{line.move}” is not possible while it is “{standing}”."
            return
        froms, tos = STATUSES[line.move]
        if line.from_status not in froms & WHILE[standing] or line.to_status not in tos & WHILE[after]:
            yield f"“{line.move}” goes from “{line.from_status}” to “{line.to_status}”, from “{standing}” to “{after}”."
        standing, at = after, line.at
    if versions[-1].standing != standing:
        yield f"It is “{versions[-1].standing}”, but history ends with “{standing}”."


def _of_versions(versions: Sequence[Order], lines: Sequence[Transition]) -> Iterator[str]:
    changed = {line.order_id for line in lines if line.move == "change"}
    for order in versions[1:]:
        if order.pk not in changed:
            yield f"Nothing is written about version {order.number}."


def _left_out_at_activation(lines: Sequence[Transition]) -> set[str]:
    """The codes of orders that this patient was never to take: the plan’s own line says it."""
    return {
        code
        for line in lines
        if line.move == "activate" and line.order_id is None
        for code in line.details.get("left_out", ())
    }
