"""What clinicians do to a taper that runs. Each says whether it was done rather than refused."""

from datetime import timedelta

from gutclinic.simulator.taper_life import TaperLife
from patients.models import Taper, TaperEnd
from patients.services.tapers import holding, keeping_going, revising, stopping
from patients.services.tapers.revising import Extension, Revision, StepBack

INSTRUCTION = "Take what you take now, and come to see me."


def hold(life: TaperLife, *, by_prescriber: bool = False) -> bool:
    by = life.signer if by_prescriber else life.staff

    def call(taper: Taper) -> object:
        return holding.hold(taper, reason="It is too much.", by=by, at=life.clock.at, revision=taper.revision)

    return life.act("hold", call, by=by)


def resume(life: TaperLife, *, by_prescriber: bool = False) -> bool:
    by = life.signer if by_prescriber else life.staff

    def call(taper: Taper) -> object:
        return holding.resume(taper, by=by, at=life.clock.at, revision=taper.revision)

    return life.act("resume", call, by=by)


def keep_going(life: TaperLife) -> bool:
    """Rescue medicine is needed often, and the practitioner lets the taper go on all the same."""

    def call(taper: Taper) -> object:
        return keeping_going.keep_going(
            taper, reason="She manages.", by=life.staff, at=life.clock.at, revision=taper.revision
        )

    return life.act("keep-going", call, by=life.staff)


def extend(life: TaperLife, *, days: int, in_days: int) -> bool:
    """Draw up a version in which the step of that day lasts longer."""
    return _revise(life, Extension(days), in_days=in_days)


def step_back(life: TaperLife, *, in_days: int) -> bool:
    return _revise(life, StepBack(), in_days=in_days)


def _revise(life: TaperLife, revision: Revision, *, in_days: int) -> bool:
    def call(taper: Taper) -> object:
        return revising.draw_up_revision(
            taper,
            revision,
            first_day=life.today + timedelta(days=in_days),
            reason="As the run has it.",
            by=life.staff,
            at=life.clock.at,
            on_screen=taper.revision,
        )

    return life.act("revise", call, by=life.staff, revision=type(revision).__name__)


def stop(life: TaperLife, end: TaperEnd) -> bool:
    def call(taper: Taper) -> object:
        return stopping.stop(
            taper, end=end, instruction=INSTRUCTION, by=life.staff, at=life.clock.at, revision=taper.revision
        )

    return life.act("stop", call, by=life.staff)


def revoke(life: TaperLife) -> bool:
    def call(taper: Taper) -> object:
        return stopping.revoke(taper, instruction=INSTRUCTION, by=life.signer, at=life.clock.at)

    return life.act("revoke", call, by=life.signer)


def enter_in_error(life: TaperLife) -> bool:
    def call(taper: Taper) -> object:
        return stopping.enter_in_error(
            taper, reason="Another patient.", by=life.staff, at=life.clock.at, revision=taper.revision
        )

    return life.act("enter-in-error", call, by=life.staff)


def use_outdated_screen(life: TaperLife) -> bool:
    """Confirm a hold that somebody else has overtaken."""

    def call(taper: Taper) -> object:
        return holding.hold(taper, reason="Late.", by=life.staff, at=life.clock.at, revision=taper.revision - 1)

    return life.act("outdated-hold", call, by=life.staff)
