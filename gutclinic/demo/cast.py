"""Forty further patients, in every state that a plan and its phases can be in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from gutclinic.demo.desk import Desk
from gutclinic.demo.people import Person
from gutclinic.demo.stories import Move, Told, draft, entered_late, no_plan, under_way
from patients.models import Plan
from patients.services import phase_moves, plan_moves
from protocols.domain.phases import EndReason

# Where the further patients live, one after the other: on both sides of the date line, some with half hours.
PLACES: Final = (
    "Europe/Berlin",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Europe/London",
    "Pacific/Auckland",
    "America/New_York",
    "Africa/Nairobi",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Australia/Adelaide",
    "Pacific/Honolulu",
    "Europe/Lisbon",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Pago_Pago",
)


def hold(reason: str) -> Move:
    return lambda desk, plan: plan_moves.hold(plan, reason=reason, **_now(desk, plan))


def resume(desk: Desk, plan: Plan) -> object:
    return plan_moves.resume(plan, **_now(desk, plan))


def complete(desk: Desk, plan: Plan) -> object:
    return plan_moves.complete(plan, **_now(desk, plan))


def revoke(why: EndReason, reason: str) -> Move:
    return lambda desk, plan: plan_moves.revoke(plan, end_reason=why, reason=reason, **_now(desk, plan))


def enter_in_error(desk: Desk, plan: Plan) -> object:
    return plan_moves.enter_in_error(plan, reason="Meant for another patient.", **_now(desk, plan))


def hold_phase(key: str, reason: str) -> Move:
    return lambda desk, plan: phase_moves.hold(desk.phase(plan, key), reason=reason, **_now(desk, plan))


def resume_phase(key: str) -> Move:
    return lambda desk, plan: phase_moves.resume(desk.phase(plan, key), **_now(desk, plan))


def extend(key: str, days: int) -> Move:
    reason = "Travelled for two weeks and could not choose what to eat."
    return lambda desk, plan: phase_moves.extend(desk.phase(plan, key), days=days, reason=reason, **_now(desk, plan))


def skip(key: str, reason: str) -> Move:
    return lambda desk, plan: phase_moves.skip(desk.phase(plan, key), reason=reason, **_now(desk, plan))


def start_early(key: str) -> Move:
    reason = "Asked for at the review; nothing speaks against it."
    return lambda desk, plan: phase_moves.start(desk.phase(plan, key), reason=reason, **_now(desk, plan))


def finish_early(key: str) -> Move:
    reason = "Feels well, and would like to go on."
    return lambda desk, plan: desk.finish(plan, key, reason=reason, pull_forward=True)


def begin_again(desk: Desk, plan: Plan) -> object:
    """A second plan, for a patient whose first is over."""
    first_day = desk.clock.at.date() + timedelta(days=1)
    return desk.activate(desk.assign(plan.patient, starts_on=first_day))


def _now(desk: Desk, plan: Plan) -> dict[str, Any]:
    return {"by": desk.by, "at": desk.clock.at, "revision": desk.revision(plan)}


TRAVELLING: Final = "Travels and cannot keep to the plan."
UNWELL: Final = "Down with the flu; the plan waits."
STORIES: Final[Sequence[Told]] = (
    # Before the first day. Patients 1 to 3 wait for a plan, in places eight hours apart.
    no_plan,
    no_plan,
    no_plan,
    draft(starts_in=10),
    draft(starts_in=0),
    draft(starts_in=-3),
    # Reminders fall due within the next days: the whole plan, or its next phases.
    under_way(0),
    under_way(-2),
    under_way(-2),
    under_way(12),
    under_way(26),
    under_way(54),
    # Early, in the middle, late.
    under_way(1),
    under_way(3),
    under_way(9),
    under_way(20),
    under_way(33),
    under_way(45),
    under_way(64),
    under_way(78),
    under_way(99),
    entered_late(day=40),
    # On its last day, and past it.
    under_way(28),
    under_way(112),
    under_way(34, leave=["remove"]),
    under_way(76, leave=["replace"]),
    under_way(121, leave=["repair"]),
    # Resting.
    under_way(24, (22, hold(TRAVELLING))),
    under_way(70, (50, hold(UNWELL))),
    under_way(31, (18, hold(UNWELL)), (25, resume)),
    under_way(21, (16, hold_phase("remove", "Lost weight; the diet rests until it is looked into."))),
    under_way(40, (22, hold_phase("replace", "Enzymes do not agree.")), (29, resume_phase("replace"))),
    # Another course than planned.
    under_way(35, (20, extend("remove", 14))),
    under_way(30, (10, skip("replace", "Takes prescribed enzymes already."))),
    under_way(26, (23, finish_early("remove"))),
    under_way(25, (18, start_early("re-inoculate"))),
    # Ended.
    under_way(140, (119, complete)),
    under_way(60, (41, revoke(EndReason.REACTION, "A rash; sent to the family doctor."))),
    under_way(16, (9, enter_in_error)),
    under_way(150, (118, complete), (141, begin_again)),
)
"""The story of patient 001, 002 and so on."""


def home_of(number: int) -> str:
    """The zone in which this one lives."""
    return PLACES[(number - 1) % len(PLACES)]


def further_patients() -> list[tuple[Person, Told]]:
    """Everybody with their story. Two have no address, one allows no reminders, every other one has a login."""
    cast = []
    for number, story in enumerate(STORIES, start=1):
        person = Person(
            number=number,
            zone=home_of(number),
            email=number not in {15, 29},
            reminders=number != 17,
            portal=number <= 3 or number % 2 == 0,
        )
        cast.append((person, story))
    return cast
