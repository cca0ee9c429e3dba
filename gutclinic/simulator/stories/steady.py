"""Lives in which nothing unforeseen happens, so that all they are owed can be told in advance."""

from collections.abc import Iterator
from datetime import datetime

from gutclinic.simulator import phase_acts
from gutclinic.simulator.life import Life
from gutclinic.simulator.stories.opening import next_due, opening


def left_alone(life: Life) -> Iterator[datetime]:
    """Nobody touches the plan: what runs over grows overdue."""
    yield from opening(life)


def half_way(life: Life) -> Iterator[datetime]:
    """Under way for weeks before the plan is entered."""
    yield from opening(life, starts_in_days=-life.rng.randint(5, 60))


def by_the_book(life: Life) -> Iterator[datetime]:
    """Every phase is finished on its very last day; what a person starts is started on its day."""
    yield from opening(life)
    while due := next_due(life):
        day, key, move = due
        yield life.on_day(day, hour=life.rng.randint(6, 20))
        done = phase_acts.start(life, key) if move == "start" else phase_acts.complete(life, key)
        if not done:
            return
