"""The first page names what wants attention, on each patient's own calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.admin import today
from patients.models import Patient, Plan
from patients.services import phase_moves, plan_moves
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, TODAY, make_member, make_patient


@pytest.fixture
def words_after(sign_in: Callable[[User], Client], dr_cho: User, clock: time_machine.Traveller) -> Callable[[int], str]:
    def read(days: int) -> str:
        clock.move_to(NOON + timedelta(days=days))
        return text_of(sign_in(dr_cho).get(reverse("admin:index")))

    return read


@pytest.mark.parametrize(
    ("days", "phrase"),
    [
        (11, "Start within three days Angela CODE Replace · starts on 18 January"),
        (16, "Should have started Angela CODE Replace · planned for 18 January, not started yet"),
        (27, "Reached the last day Angela CODE Remove · day 28 of 28"),
        (30, "Overdue: finish or extend Angela CODE Remove · day 31 of 28, 3 days overdue"),
    ],
)
def test_a_phase_is_named_when_its_day_comes(
    plan: Plan, words_after: Callable[[int], str], days: int, phrase: str
) -> None:
    assert phrase.replace("CODE", plan.patient.code) in words_after(days)


def test_a_day_before_it_is_not_named(plan: Plan, words_after: Callable[[int], str]) -> None:
    assert "Angela" not in words_after(10)


def test_a_phase_on_hold_wants_nothing_but_a_plan_on_hold_does(
    plan: Plan, words_after: Callable[[int], str], by: Actor
) -> None:
    phase_moves.hold(plan.phases.get(key="remove"), by=by, at=NOON, revision=plan.revision)
    assert "Reached the last day" not in words_after(27)
    plan.refresh_from_db()
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    assert f"On hold Angela {plan.patient.code} On hold since 4 January" in words_after(1)


def test_each_patient_has_the_own_calendar(
    clinic: Clinic,
    activate_plan: Callable[..., Plan],
    sign_in: Callable[[User], Client],
    dr_cho: User,
    clock: time_machine.Traveller,
) -> None:
    east = make_patient(clinic, "Eastern", zone="Pacific/Kiritimati")
    west = make_patient(clinic, "Western", zone="Pacific/Pago_Pago")
    for patient in (east, west):
        activate_plan(patient)
    # Late on 30 January in London it is the 31st on Kiritimati, and Remove has reached its last day there alone.
    clock.move_to(datetime(2027, 1, 30, 23, tzinfo=UTC))
    words = text_of(sign_in(dr_cho).get(reverse("admin:index")))
    group = words.partition("Reached the last day")[2].partition("Should have started")[0]
    assert "Eastern" in group
    assert "Western" not in group


def test_a_draft_waits_to_be_activated(
    assign_plan: Callable[..., Plan], angela: Patient, words_after: Callable[[int], str]
) -> None:
    assign_plan(angela)
    assert "Drafts, not yet activated Angela" in words_after(0)
    assert NOON.date() == TODAY


def test_whoever_is_most_overdue_is_named_although_there_is_no_room_for_all(
    clinic: Clinic,
    activate_plan: Callable[..., Plan],
    words_after: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(today, "MOST_LINES", 2)
    for number, earlier in [(1, 0), (2, 0), (3, 0), (4, 9)]:
        patient = make_patient(clinic, f"Patient {number:03}")
        activate_plan(patient, starts_on=TODAY - timedelta(days=earlier))
    words = words_after(27)
    assert "Overdue: finish or extend From the first 2 of 4 plans, by date." in words
    assert "Patient 004" in words


def test_the_earliest_drafts_are_named_when_there_is_no_room_for_all(
    clinic: Clinic, assign_plan: Callable[..., Plan], words_after: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "MOST_LINES", 1)
    for number, earlier in [(1, 0), (2, 5), (3, 0)]:
        assign_plan(make_patient(clinic, f"Patient {number:03}"), starts_on=TODAY - timedelta(days=earlier))
    words = words_after(0)
    assert "Drafts, not yet activated From the first 1 of 3 plans, by date. The list of plans has them all." in words
    assert "Patient 002" in words
    assert "Patient 001" not in words


def test_a_plan_whose_practitioner_left_waits_to_be_handed_over(
    plan: Plan, clinic: Clinic, sign_in: Callable[[User], Client]
) -> None:
    colleague = sign_in(make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER))
    title = "Practitioner no longer here: hand over"
    assert title not in text_of(colleague.get(reverse("admin:index")))
    Membership.objects.filter(user=plan.practitioner).update(ended_at=NOON)
    assert f"{title} Angela {plan.patient.code} Remove" in text_of(colleague.get(reverse("admin:index")))
