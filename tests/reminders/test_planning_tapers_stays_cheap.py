"""Queries of planning and of a message do not grow with what a taper has gathered, nor with the number of tapers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber
from patients.actor import acting_patient
from patients.models import Patient, Plan, Reminder, Taper, UseKind
from patients.reminders.channels import Envelope
from patients.reminders.planning import replan
from patients.services.tapers import using
from patients.services.tapers.drawing_up import Draft
from tests.fixtures.personae import NOON, make_patient
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import send_and_sign, taper_day
from tests.reminders.test_words_to_prescribers import as_for

Sweep = Callable[[datetime], list[Envelope]]


def queries_of_planning(plan: Plan, at: datetime) -> int:
    fresh = Plan.objects.select_related("patient__clinic", "practitioner").get(pk=plan.pk)
    replan(fresh, at=at)
    with CaptureQueriesContext(connection) as queries:
        replan(fresh, at=at)
    return len(queries)


def test_a_plan_without_tapers_pays_one_query_for_them(plan: Plan) -> None:
    fresh = Plan.objects.get(pk=plan.pk)
    with CaptureQueriesContext(connection) as queries:
        replan(fresh, at=NOON)
    assert len([query for query in queries if '"patients_taper"' in query["sql"]]) == 1
    # One of them asks what waits for a decision, and one what the clinic has changed.
    assert len(queries) <= 13


def test_planning_costs_the_same_however_much_was_written(taper: Taper, plan: Plan, angela: Patient) -> None:
    she = acting_patient(angela)
    counts = []
    for days in (range(1, 3), range(3, 25)):
        for day in days:
            at = on_day(day)
            using.write_diary(taper, on=taper_day(day), symptoms=1, rescue_doses=None, by=she, at=at)
            using.report_use(taper, kind=UseKind.STOPPED if day % 2 else UseKind.CHANGED, by=she, at=at)
            if day % 10 == 1:
                using.report_red_flags(taper, flags=["swallowing"], by=she, at=at)
        counts.append(queries_of_planning(plan, on_day(24)))
    assert counts[0] == counts[1]
    assert counts[0] <= 35


def test_a_line_in_the_diary_reads_what_is_owed_and_not_what_is_over(
    taper: Taper, plan: Plan, angela: Patient, sweep_at: Sweep
) -> None:
    """Nothing of the phases, and nothing that went or was cancelled long ago, is read or locked for it."""
    she = acting_patient(angela)
    for day in range(1, 9):
        sweep_at(on_day(day))
        using.write_diary(taper, on=taper_day(day), symptoms=1, rescue_doses=None, by=she, at=on_day(day))
    assert Reminder.objects.filter(plan=plan).exclude(status="owed").count() > 8
    assert Reminder.objects.owed().filter(plan=plan, phase__isnull=False).exists()
    read: list[tuple[int | None, str]] = []

    def note(instance: Reminder, **_: Any) -> None:
        if instance.pk is not None:
            read.append((instance.phase_id, instance.status))

    post_init.connect(note, sender=Reminder)
    try:
        with CaptureQueriesContext(connection) as queries:
            using.write_diary(taper, on=taper_day(9), symptoms=1, rescue_doses=None, by=she, at=on_day(9))
    finally:
        post_init.disconnect(note, sender=Reminder)
    # One of them asks whether any supply of the plan was counted, and one what she wants of which messages.
    assert len(queries) <= 43
    assert {phase for phase, _ in read} == {None}
    assert "owed" in {status for _, status in read}
    assert "cancelled" not in {status for _, status in read}


def test_a_morning_of_five_requests_costs_what_one_of_two_does(
    clinic: Clinic,
    activate_plan: Callable[..., Plan],
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    by: Actor,
    sweep_at: Sweep,
) -> None:
    counts = []
    for number in (2, 5):
        for _ in range(number):
            patient = make_patient(clinic, "Somebody")
            send_and_sign(activate_plan(patient), as_for(patient, angelas_draft, by=by), by=by)
        Reminder.objects.exclude(kind="signature-request").update(status="cancelled")
        with CaptureQueriesContext(connection) as queries:
            (message,) = sweep_at(NOON + timedelta(minutes=number))
        assert message.subject == f"{number} notes wait for you"
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 60
