"""A day is the patient's own day, wherever the server and the patient are."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Intake, Patient, Plan
from patients.services import plan_moves
from tests.fixtures.personae import NOON, TODAY, make_patient
from tests.portal.conftest import SignedIn
from tests.portal.reading import forms_of, text_of

EVENING_IN_LONDON = datetime(2027, 1, 4, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "words"),
    [
        ("Pacific/Auckland", date(2027, 1, 5), "Tuesday 5 January"),
        ("Pacific/Kiritimati", date(2027, 1, 5), "Tuesday 5 January"),
        ("Europe/Berlin", date(2027, 1, 4), "Monday 4 January"),
        ("Pacific/Pago_Pago", date(2027, 1, 4), "Monday 4 January"),
    ],
)
def test_the_page_is_that_of_the_patients_day(
    clinic: Clinic,
    activate_plan: Callable[..., Plan],
    signed_in: SignedIn,
    travel: time_machine.Traveller,
    zone: str,
    day: date,
    words: str,
) -> None:
    patient = make_patient(clinic, "Somebody", zone=zone, email="patient_017@example.org", login=True)
    activate_plan(patient, starts_on=TODAY)
    travel.move_to(EVENING_IN_LONDON, tick=False)
    client = signed_in(patient.user)
    html = client.get(f"/portal/{patient.code}/").content.decode()
    assert words in text_of(html)
    assert f"Remove · day {(day - TODAY).days + 1} of 28" in text_of(html)
    tick = next(form for form in forms_of(html) if form.action.endswith("/tick/"))
    assert tick.fields["day"] == day.isoformat()
    client.post(tick.action, tick.fields)
    assert Intake.objects.get().taken_on == day


def test_a_day_in_berlin_ends_at_midnight_in_berlin(
    plan: Plan, angela: Patient, read_page: Callable[[Patient], str], travel: time_machine.Traveller
) -> None:
    travel.move_to(datetime(2027, 1, 4, 22, 59, tzinfo=UTC), tick=False)
    assert "Remove · day 1 of 28" in text_of(read_page(angela))
    travel.move_to(datetime(2027, 1, 4, 23, 0, tzinfo=UTC), tick=False)
    assert "Remove · day 2 of 28" in text_of(read_page(angela))


def test_an_end_in_another_year_says_which(
    plan: Plan, angela: Patient, by: Actor, read_page: Callable[[Patient], str], travel: time_machine.Traveller
) -> None:
    plan_moves.complete(plan, by=by, at=NOON, revision=plan.revision)
    travel.move_to(datetime(2028, 1, 4, 11, tzinfo=UTC), tick=False)
    assert "It ended on Monday 4 January 2027." in text_of(read_page(angela))
