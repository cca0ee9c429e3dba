"""How every story begins, and how it finds the phase it is about."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from gutclinic.simulator import plan_acts
from gutclinic.simulator.evidence import PhaseState
from gutclinic.simulator.life import Life

# It yields the instant at which it wants to go on, and acts when it is resumed then.
Story = Callable[[Life], Iterator[datetime]]


def opening(life: Life, *, starts_in_days: int | None = None) -> Iterator[datetime]:
    """Come to the clinic within the first weeks, be assigned a protocol, and begin."""
    yield life.in_days(0, 20)
    ahead = life.rng.choice((0, 0, 1, 3, 7)) if starts_in_days is None else starts_in_days
    version = life.house.versions[life.number % len(life.house.versions)]
    plan_acts.assign(life, version, starts_on=life.today + timedelta(days=ahead))
    yield life.in_hours(0, 3)
    plan_acts.activate(life)


def with_status(life: Life, *statuses: str) -> list[PhaseState]:
    return [phase for phase in life.state.phases.values() if phase.status in statuses]


def first(life: Life, *statuses: str) -> str:
    """The key of the first phase in this status; of the first phase at all if there is none."""
    return next((phase.key for phase in with_status(life, *statuses)), next(iter(life.state.phases)))


def next_due(life: Life) -> tuple[date, str, str] | None:
    ends = [(phase.ends_on, phase.key, "complete") for phase in with_status(life, "active") if phase.ends_on]
    starts = [(phase.starts_on, phase.key, "start") for phase in with_status(life, "planned") if phase.starts_by_person]
    return min(ends + starts, default=None)
