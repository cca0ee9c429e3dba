"""Who is called in turn about something that nobody has taken on, and after how long."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeVar

NEXT_AFTER: Final = timedelta(minutes=60)
"""So long somebody has to take it on, before the next person is called."""

PersonT = TypeVar("PersonT", bound=Hashable)


def called_in_turn(
    told: PersonT,
    *,
    order: Sequence[PersonT],
    then: Iterable[PersonT],
    stand_in: Callable[[PersonT], PersonT | None],
) -> list[tuple[PersonT, timedelta]]:
    """Everybody to call after `told`, who was called first, with how long after that: each person once.

    The one who stands in for `told` comes first; then those in the order of escalation, then the others, and for each
    who is away the one who stands in. Nobody is called who is away and covered.
    """
    chain: list[PersonT] = []
    cover = stand_in(told)
    for person in [*([] if cover is None else [cover]), *(stand_in(each) or each for each in (*order, *then))]:
        if person != told and person not in chain:
            chain.append(person)
    return [(person, NEXT_AFTER * number) for number, person in enumerate(chain, start=1)]
