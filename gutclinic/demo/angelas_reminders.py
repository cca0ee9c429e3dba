"""How Angela is reached: mornings and bedtimes on her own pages, the rest by email; one asked for again, one muted."""

from datetime import date, datetime, time, timedelta
from typing import Final

from clinics.domain.instants import instant, zone
from gutclinic.demo.desk import Desk
from gutclinic.demo.timeline import Story
from patients.actor import acting_patient
from patients.models import Channel, MessageGroup, Patient, Plan, Reminder
from patients.services.day.reminding import set_day_reminders
from patients.services.hearing import hear
from patients.services.reaching import prefer
from patients.services.reminder_acts import ask_again, mute
from protocols.domain.day_parts import DayPart

OPTED_IN_DAYS_AGO: Final = 5
ASKED_AGAIN_DAYS_AGO: Final = 2
MUTED: Final = 16
"""Patient 016, in whose plan something comes soon."""
MUTED_FOR: Final = timedelta(days=10)


def angelas_reminders(desk: Desk, home: str) -> Story:
    """home: where she lives."""
    today = desk.today(home)
    yield _evening(today - timedelta(days=OPTED_IN_DAYS_AGO), home)
    patient = Patient.objects.get(clinic=desk.clinic, given_name="Angela")
    by, at = acting_patient(patient), desk.clock.at
    hear(patient, at=at)
    set_day_reminders(patient, wanted={DayPart.MORNING: None, DayPart.BED: None}, by=by, at=at)
    prefer(patient, group=MessageGroup.TIMES_OF_DAY, channels=[Channel.PORTAL], by=by, at=at)
    yield desk.on(today - timedelta(days=ASKED_AGAIN_DAYS_AGO), home, minute=45)
    sent = Reminder.objects.filter(
        plan__patient=patient, recipient_kind="patient", channel=Channel.EMAIL.value, status="sent"
    )
    ask_again(
        sent.latest("finished_at"),
        reason="She says that it never arrived.",
        request_key="demonstration-again",
        by=desk.by,
        at=desk.clock.at,
    )


def muted(desk: Desk, *, home: str) -> Story:
    """Since yesterday nothing routine goes to this patient for a while. home: where this one lives."""
    today = desk.today(home)
    yield desk.on(today - timedelta(days=1), home, minute=52)
    plan = Plan.objects.running().get(patient__clinic=desk.clinic, patient__family_name=f"{MUTED:03}")
    mute(
        plan.patient,
        kind="",
        until=today + MUTED_FOR,
        reason="In hospital: the ward looks after everything.",
        request_key="demonstration-mute",
        by=desk.by,
        at=desk.clock.at,
    )


def _evening(day: date, home: str) -> datetime:
    return instant(day, time(18, 30), zone(home))
