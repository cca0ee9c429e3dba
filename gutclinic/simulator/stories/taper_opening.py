"""How every story of a taper begins and goes on: drawn up within a plan that runs, signed, and lived step by step."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from gutclinic.simulator import taper_days, taper_drafts, taper_papers
from gutclinic.simulator.taper_evidence import ShownStep
from gutclinic.simulator.taper_life import TaperLife
from patients.models import Door, UseKind
from protocols.domain.terms import Permissions

# It yields the instant at which it wants to go on, and acts when it is resumed then.
TaperStory = Callable[[TaperLife], Iterator[datetime]]

MOST_VISITS = 12


def drawn_up(
    life: TaperLife, *, days_per_step: int = 7, in_days: int | None = None, **terms: Any
) -> Iterator[datetime]:
    """Once there is a plan that runs: the record, the draft, and the proposal. terms: as `draft_of` takes them.

    in_days: until the planned first day; some days, unless said.
    """
    yield life.in_days(1, 3)
    for _ in range(MOST_VISITS):
        if life.has_running_plan:
            break
        yield life.in_days(3, 6)
    else:
        return
    ahead = life.rng.randint(2, 9) if in_days is None else in_days
    recipe: Mapping[str, Any] = taper_drafts.ladder(days_per_step, tail=life.rng.random() < 0.7)
    use = taper_drafts.write_record(life, amount=life.rng.choice(("40 mg", "20 mg")))
    taper_drafts.draw_up(life, taper_drafts.draft_of(life, use, recipe=recipe, in_days=ahead, **terms))
    yield life.in_hours(0, 20)
    taper_papers.propose(life)


def signed(
    life: TaperLife,
    *,
    days_per_step: int = 7,
    in_days: int | None = None,
    within_days: int = 4,
    permissions: Permissions | None = None,
    **terms: Any,
) -> Iterator[datetime]:
    """The same, sent by email, or inside where the prescriber works there, and signed within some days."""
    yield from drawn_up(life, days_per_step=days_per_step, in_days=in_days, permissions=permissions, **terms)
    if life.exists:
        yield from signature(life, within_days=within_days)


def signature(life: TaperLife, *, within_days: int = 4) -> Iterator[datetime]:
    """What is proposed is sent by email, or inside, and signed within some days."""
    door = Door.INSIDE if life.prescriber.is_inside else Door.LINK
    taper_papers.send(life, door)
    yield life.in_hours(1, 24 * within_days)
    taper_papers.agree(life, door)


def lived(life: TaperLife, *, days: int = 400) -> Iterator[datetime]:
    """For so many days: every step is taken from its first day on, and she says so; now and then she writes."""
    until = life.clock.at + timedelta(days=days)
    told: set[tuple[int, int]] = set()
    while life.is_running and life.state.status != "watching" and life.clock.at < until:
        step = step_on(life, life.today)
        if step is not None and (step.version, step.number) not in told:
            told.add((step.version, step.number))
            taper_days.say(life, UseKind.CHANGED)
        if life.rng.random() < 0.4:
            taper_days.write(life, symptoms=life.rng.randint(0, 4), rescue_doses=0)
        coming = next((step.first for step in life.state.shown if step.first > life.today), None)
        yield life.in_days(4, 8) if coming is None else life.on_day(coming, hour=life.rng.randint(6, 21))


def step_on(life: TaperLife, day: date) -> ShownStep | None:
    """The step of that day, as the software shows it; None where there is none."""
    return next(
        (step for step in life.state.shown if step.first <= day and (step.last is None or day <= step.last)), None
    )


def next_change(life: TaperLife, *, hour: int, days_before: int = 0) -> datetime:
    """At that hour on the next day on which a step begins, or days before; within some days if none is known."""
    shown = life.state.shown if life.exists else ()
    coming = next((step.first for step in shown if step.first > life.today), None)
    return life.in_days(3, 6) if coming is None else life.on_day(coming - timedelta(days=days_before), hour=hour)
