"""The course of a taper: lived days stay, the dates are those of the signed bytes, and no dose rises unsigned."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from gutclinic.simulator.invariants.reckoning import DAY, LivedStep, lived_steps, taken_on
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.signed_steps import starting_average, steps_in
from gutclinic.simulator.invariants.wall import local
from gutclinic.simulator.taper_evidence import TaperState


def zone_at(seen: Seen, state: TaperState, at: datetime) -> str:
    """The zone in which the patient of this taper lives at that instant."""
    code = seen.rows.plans[state.plan_id].patient.code
    return seen.person(("patient", code), at).zone


def today_of(seen: Seen, state: TaperState) -> date:
    """The date where the patient lives, when this was seen."""
    return local(state.at, zone_at(seen, state, state.at)).date()


def lived_days_of_tapers_stay(seen: Seen) -> Iterator[Violation]:
    """What the schedule said of a day that is over, it says for good."""
    for taper_id, before, now in seen.taper_pairs():
        if now.status == "entered-in-error":
            continue
        today = today_of(seen, now)
        was, became = _before(lived_steps(before), today), _before(lived_steps(now), today)
        if was != became:
            text = f"At {now.at}, what was lived before {today} became {became}; it was {was}."
            yield Violation("lived days of tapers stay", seen.where_of_taper(taper_id), text)


def _before(steps: tuple[LivedStep, ...], today: date) -> list[tuple[int, int, str, str]]:
    """Version, step, and the first and last of its days before today."""
    return [
        (*step.place, str(step.first), str(min(step.last or today, today - DAY)))
        for step in steps
        if step.first < today
    ]


def the_course_is_as_signed(seen: Seen) -> Iterator[Violation]:
    """The dates and doses that the software shows are those that the signed bytes and the days on hold give."""
    for taper_id, states in seen.evidence.tapers.items():
        for state in states:
            steps = lived_steps(state)
            shown = [(step.version, step.number, str(step.first), str(step.last)) for step in state.shown]
            reckoned = [(*step.place, str(step.first), str(step.last)) for step in steps]
            if shown != reckoned:
                text = f"At {state.at} it shows {shown}; {reckoned} was signed."
                yield Violation("the course is as signed", seen.where_of_taper(taper_id), text)
                continue
            for day, milligrams in state.shown_doses.items():
                if milligrams != taken_on(steps, day):
                    text = f"At {state.at} it shows {milligrams} mg for {day}; {taken_on(steps, day)} mg was signed."
                    yield Violation("the course is as signed", seen.where_of_taper(taper_id), text)


def no_dose_rises_unsigned(seen: Seen) -> Iterator[Violation]:
    """The average dose never rises, but on the first day of a later version, which was signed.

    Nor is the first step of the first version more than what was taken until then.
    """
    for taper_id, states in seen.evidence.tapers.items():
        where = seen.where_of_taper(taper_id)
        for state in states:
            steps = lived_steps(state)
            for before, step in pairwise(steps):
                begins_version = step.number == 1 and step.version != before.version
                if step.step.average > before.step.average and not begins_version:
                    text = f"At {state.at}, on {step.first} it rises to {step.step.average} mg a day."
                    yield Violation("no dose rises unsigned", where, text)
        first = next((version for version in states[-1].versions if version.signature is not None), None)
        if first is not None and first.signature is not None:
            content = first.signature.content
            if steps_in(content)[0].average > starting_average(content):
                yield Violation("no dose rises unsigned", where, "It begins with more than was taken before.")
