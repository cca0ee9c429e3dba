"""Lives in which the plan is moved: held, hurried, drawn out, shortened, ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gutclinic.simulator import phase_acts, plan_acts
from gutclinic.simulator.life import Life
from gutclinic.simulator.stories.opening import first, next_due, opening


def rests(life: Life) -> Iterator[datetime]:
    """The plan is put on hold, for a morning, some days or weeks, and once more later."""
    yield from opening(life)
    for _ in range(2):
        yield life.in_days(3, 30)
        plan_acts.hold(life)
        yield life.rng.choice((life.in_hours(1, 5), life.in_days(1, 6), life.in_days(7, 25)))
        plan_acts.resume(life)


def rests_in_one_phase(life: Life) -> Iterator[datetime]:
    """One phase rests while the others go on; in between the whole plan rests too."""
    yield from opening(life)
    yield life.in_days(2, 25)
    key = first(life, "active")
    phase_acts.hold(life, key)
    yield life.in_days(1, 8)
    plan_acts.hold(life)
    yield life.in_days(1, 5)
    plan_acts.resume(life)
    yield life.in_days(0, 9)
    phase_acts.resume(life, key)


def is_quick(life: Life) -> Iterator[datetime]:
    """Phases are finished early; half of the time what follows is pulled forward."""
    yield from opening(life)
    for _ in range(3):
        yield life.in_days(6, 18)
        on = life.today - timedelta(days=life.rng.choice((0, 0, 1, 3)))
        phase_acts.complete(life, first(life, "active"), on=on, pull_forward=life.rng.random() < 0.5)


def is_slow(life: Life) -> Iterator[datetime]:
    """Phases are finished days after their last day."""
    yield from opening(life)
    while due := next_due(life):
        day, key, move = due
        yield life.on_day(max(day, life.today) + timedelta(days=life.rng.randint(1, 9)), hour=11)
        done = phase_acts.start(life, key) if move == "start" else phase_acts.complete(life, key)
        if not done:
            return


def takes_longer(life: Life) -> Iterator[datetime]:
    yield from opening(life)
    for statuses in (("active",), ("planned",), ("active", "planned")):
        yield life.in_days(4, 25)
        phase_acts.extend(life, first(life, *statuses), life.rng.randint(1, 14))


def leaves_out(life: Life) -> Iterator[datetime]:
    yield from opening(life)
    for pull_forward in (False, True):
        yield life.in_days(3, 20)
        phase_acts.skip(life, first(life, "planned"), pull_forward=pull_forward)


def is_impatient(life: Life) -> Iterator[datetime]:
    """The next phase is started by hand before its day."""
    yield from opening(life)
    for _ in range(3):
        yield life.in_days(4, 16)
        phase_acts.start(life, first(life, "planned"))


def stops(life: Life) -> Iterator[datetime]:
    """The plan is revoked; later there is another."""
    yield from opening(life)
    yield life.in_days(10, 50)
    plan_acts.revoke(life)
    yield from opening(life)


def finishes(life: Life) -> Iterator[datetime]:
    """The plan is completed from a rest, and entered in error after that."""
    yield from opening(life)
    yield life.in_days(20, 60)
    plan_acts.hold(life)
    yield life.in_days(1, 4)
    plan_acts.complete(life)
    yield life.in_days(1, 30)
    plan_acts.enter_in_error(life)


def stays_a_draft(life: Life) -> Iterator[datetime]:
    yield life.in_days(0, 20)
    plan_acts.assign(life, life.house.versions[0], starts_on=life.today + timedelta(days=2))
    yield life.in_days(10, 30)
    phase_acts.skip(life, first(life, "planned"), pull_forward=True)
    yield life.in_days(10, 30)
    plan_acts.activate(life, starts_on=life.today)


def wants_two_plans(life: Life) -> Iterator[datetime]:
    """A second plan beside a running one, and moves that are not legal: refused, and nothing happens."""
    yield from opening(life)
    running = life.plan_id
    yield from opening(life)
    life.plan_id = running
    for refused in (plan_acts.use_outdated_screen, plan_acts.resume, plan_acts.activate):
        yield life.in_days(1, 9)
        refused(life)
    yield life.in_days(1, 9)
    plan_acts.let_stranger_hold(life)
    phase_acts.complete(life, "rebalance", on=life.today + timedelta(days=3))
