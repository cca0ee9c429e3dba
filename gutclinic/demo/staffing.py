"""When somebody reads at Lindenhof, whom to call otherwise, and who is called in turn."""

from datetime import datetime
from typing import Final

from clinics.actor import Actor
from clinics.domain.staffed import StaffedWeek, times_typed
from clinics.models import Clinic, User
from clinics.services.escalation import set_escalation_order
from clinics.services.staffed_hours import NumberToCall, set_staffed_hours

# Monday to Friday; on Wednesday and Friday until noon.
HOURS: Final = ("8:30–12:30, 14–17", "8:30–12:30, 14–17", "8:30–12:30", "8:30–12:30, 14–17", "8:30–12:30")
# The numbers of Germany, where Lindenhof is.
NUMBERS: Final = (
    NumberToCall(number="112", words="ambulance"),
    NumberToCall(number="116117", words="a doctor at night and at weekends"),
)


def staff_the_clinic(clinic: Clinic, *, in_turn: list[User], by: Actor, at: datetime) -> None:
    """in_turn: who is written to about a warning sign that nobody takes on, one after another."""
    week = StaffedWeek({day: times_typed(times) for day, times in enumerate(HOURS)})
    set_staffed_hours(clinic, week=week, numbers=NUMBERS, by=by, at=at)
    set_escalation_order(clinic, people=in_turn, by=by, at=at)
