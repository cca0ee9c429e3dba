"""Hours that the timetable keeps only if the assumed times of a day are so: staff read that beside them."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from patients.models import Finding, Patient, Plan
from patients.services import record
from patients.services.day.saying_rhythm import set_rhythm
from protocols.domain.slots import Slot
from tests.admin.conftest import text_of
from tests.admin.test_findings import SOURCE, address, put
from tests.fixtures.personae import NOON

GUESS = "if the assumed times of this patient’s day are so"


@pytest.fixture
def kept(plan: Plan, angela: Patient, by: Actor) -> Finding:
    put(plan, "Magnesium glycinate", "200", times_of_day=["bedtime"])
    record.add_medicine(
        angela,
        name="Levothyroxine",
        pattern="daily",
        times_of_day=[Slot.ON_WAKING],
        source=SOURCE,
        by=by,
        at=NOON,
    )
    return plan.findings.get(rule="R12")


def test_until_somebody_has_said_the_times_what_they_keep_is_a_guess(
    cho: Client, plan: Plan, angela: Patient, kept: Finding, by: Actor
) -> None:
    page = reverse("admin:patients_plan_change", args=[plan.code])
    assert f"kept by the timetable, {GUESS}" in text_of(cho.get(page))
    assert f"The timetable keeps these hours, {GUESS}" in text_of(cho.get(address(kept)))
    set_rhythm(
        angela,
        wakes_at=time(7),
        breakfast_at=time(8),
        lunch_at=time(13),
        dinner_at=time(19),
        sleeps_at=time(23),
        by=by,
        at=NOON,
    )
    for shown in (page, address(kept)):
        assert "timetable" in text_of(cho.get(shown))
        assert GUESS not in text_of(cho.get(shown))
