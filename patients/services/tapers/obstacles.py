"""What keeps a version from being sent or from starting, as things stand today: said before anybody tries."""

from dataclasses import dataclass
from datetime import date

from patients.models import Plan
from patients.services.errors import Refused
from patients.services.tapers.errors import TooLateToSign
from patients.services.tapers.gates import require_one_of_each_class
from protocols.domain.gate import Lifting
from protocols.domain.gate_answers import Answer
from protocols.domain.gates import AnsweredGate, open_stops, questions_for_prescriber
from protocols.domain.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """asked: what the prescriber is asked, hard stops or not. to_lift: hard stops that are yes, which only the
    prescriber may lift. forbids: sentences that say what the clinic clears up first.
    """

    asked: tuple[AnsweredGate, ...]
    to_lift: tuple[AnsweredGate, ...]
    forbids: tuple[str, ...]


def obstacles_of(plan: Plan, terms: Terms, *, today: date) -> Obstacles:
    """What stands in the way of these terms. Whether the prescriber can be reached is another question."""
    stops = open_stops(terms.gates)
    standing = [stop for stop in stops if stop.answer.answer is Answer.YES]
    forbids = []
    if not plan.is_running:
        forbids.append("The plan is not active yet: a taper runs within a plan, so activate it first.")
    if terms.first_day_if_signed(today) > terms.latest_first_day:
        forbids.append(str(TooLateToSign(terms.latest_first_day)))
    forbids += [
        f"{stop.gate.question} Yes. {stop.gate.lifting.label}."
        for stop in standing
        if stop.gate.lifting is Lifting.REVIEW
    ]
    try:
        require_one_of_each_class(plan.patient, on=today)
    except Refused as refusal:
        forbids.append(str(refusal))
    return Obstacles(
        asked=questions_for_prescriber(terms.gates),
        to_lift=tuple(stop for stop in standing if stop.gate.lifting is Lifting.PRESCRIBER),
        forbids=tuple(forbids),
    )
