"""What she asks to be reminded of each day, by the page of her day."""

from datetime import time

from gutclinic.simulator.life import Life
from patients.actor import acting_patient
from patients.models import Plan
from patients.services.day.reminding import set_day_reminders
from protocols.domain.day_parts import DayPart


def ask_to_be_reminded(life: Life, *parts: DayPart, **own: time) -> bool:
    """Of these and no others. own: by part, a time of her own."""

    def call(plan: Plan) -> object:
        wanted = dict.fromkeys(parts) | {DayPart(part): wall for part, wall in own.items()}
        set_day_reminders(life.patient, wanted=wanted, by=acting_patient(life.patient), at=life.clock.at)
        return None

    return life.act("day-reminders", call)
