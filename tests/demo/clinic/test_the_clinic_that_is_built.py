"""The clinic of the demonstration: everybody in it, in every state, as if they had lived there for months."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from clinics.domain.instants import civil_date, zone
from clinics.models import Clinic, User
from gutclinic.demo.building import build
from gutclinic.demo.cast import PLACES
from gutclinic.demo.trial import CANDIDATES
from gutclinic.demo.welcome import PEOPLE
from patients.models import (
    Attempt,
    ContactPoint,
    Hold,
    Intake,
    Patient,
    Plan,
    PlanPhase,
    Reminder,
    ReminderStatus,
    Transition,
)
from patients.services.intakes import due_orders
from patients.services.plan_moves import ENTERED_AFTERWARDS, WITH_THE_PLAN
from patients.services.progress import sentence
from protocols.domain.layout import is_overdue
from protocols.domain.phases import PhaseStatus, PlanStatus
from protocols.models import TemplateVersion
from tests.fixtures.personae import NOON, TODAY


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole clinic, built once and taken back in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(system=for_system(), at=NOON)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("built")]


def lindenhof() -> Clinic:
    return Clinic.objects.get(name="Lindenhof practice")


def angelas_plan() -> Plan:
    return Plan.objects.get(patient__given_name="Angela")


def test_there_are_angela_ben_and_forty_further_patients() -> None:
    patients = Patient.objects.filter(clinic=lindenhof())
    assert patients.count() == 42
    assert patients.filter(family_name="", given_name__in=["Angela", "Ben"]).count() == 2
    assert len(set(patients.values_list("zone", flat=True))) == len(PLACES)


def test_everybody_who_may_sign_in_as_the_welcome_says_can() -> None:
    named = {email for email, _ in PEOPLE}
    assert set(User.objects.filter(email__in=named).values_list("email", flat=True)) == named


def test_every_status_of_a_plan_is_there() -> None:
    assert set(Plan.objects.values_list("status", flat=True)) == {status.value for status in PlanStatus}


def test_every_status_of_a_phase_that_can_come_about_is_there() -> None:
    expected = {status.value for status in PhaseStatus} - {PhaseStatus.ENTERED_IN_ERROR.value}
    assert set(PlanPhase.objects.values_list("status", flat=True)) == expected


def test_every_move_was_made_and_by_whom_is_known() -> None:
    of_plans = Transition.objects.filter(taper__isnull=True, order__isnull=True)
    assert set(of_plans.values_list("move", flat=True)) == {
        *("assign", "activate", "hold", "resume", "complete", "revoke", "enter-in-error"),
        *("start", "extend", "skip"),
    }
    for move in ("hold", "resume", "complete"):
        assert of_plans.filter(move=move, phase__isnull=True).exists()
        assert of_plans.filter(move=move, phase__isnull=False).exists()
    assert set(of_plans.values_list("by_kind", flat=True)) == {"staff", "system"}


def test_plans_are_early_late_overdue_and_yet_to_begin() -> None:
    running = list(PlanPhase.objects.filter(status="active", plan__status="active").select_related("plan__patient"))
    numbers = {
        phase.day_number(civil_date(NOON, zone(phase.plan.patient.zone))) for phase in running if phase.key == "remove"
    }
    assert {1, 3, 28} <= numbers
    overdue = {phase.key for phase in running if phase.ends_on and is_overdue(phase.ends_on, today=TODAY)}
    assert {"remove", "replace", "repair"} <= overdue
    waiting = Plan.objects.filter(status="active", starts_on__gt=TODAY).values_list("starts_on", flat=True)
    assert {TODAY + timedelta(days=1), TODAY + timedelta(days=3)} <= set(waiting)


def test_phases_were_finished_on_their_last_day_wherever_the_patient_lives() -> None:
    """But for one patient, who wanted to go on earlier."""
    finished = Transition.objects.filter(move="complete", phase__isnull=False).exclude(
        reason__in=[WITH_THE_PLAN, ENTERED_AFTERWARDS]
    )
    early = [line for line in finished if line.details["last_day"] != line.details["planned_last_day"]]
    assert {line.plan.patient.family_name for line in early} == {"035"}


def test_some_rest_some_have_rested_and_one_began_again() -> None:
    assert Hold.objects.filter(phase__isnull=True, resumed_on__isnull=True).exists()
    assert Hold.objects.filter(phase__isnull=True, resumed_on__isnull=False).exists()
    assert Hold.objects.filter(phase__isnull=False, resumed_on__isnull=True).exists()
    assert Hold.objects.filter(phase__isnull=False, resumed_on__isnull=False).exists()
    again = Patient.objects.get(family_name="040")
    assert sorted(again.plans.values_list("status", flat=True)) == ["active", "completed"]


def test_some_have_no_plan_no_address_or_want_no_reminders() -> None:
    here = Patient.objects.filter(clinic=lindenhof())
    assert here.filter(plans__isnull=True).count() == len(CANDIDATES)
    assert here.filter(contact_points__isnull=True, plans__status="active").exists()
    assert ContactPoint.objects.filter(messages_allowed=False, patient__plans__status="active").exists()
    assert here.filter(user__isnull=True).exists()


def test_angela_is_half_way_through() -> None:
    plan = angelas_plan()
    assert sentence(plan, today=TODAY) == (
        "Replace · day 47 of 56, Re-inoculate · day 33 of 56, Repair · day 5 of 56, and Rebalance"
    )
    remove = plan.phases.get(key="remove")
    assert remove.status == "completed"
    signed = remove.criteria.get(kind="sign_off")
    dr_cho = User.objects.get(email="dr_cho@example.org")
    assert (signed.signed_off_by_code, civil_date(signed.signed_off_at, zone("Europe/Berlin"))) == (
        dr_cho.code,
        remove.ends_on,
    )


def test_angelas_history_was_written_on_the_days_it_tells_of() -> None:
    plan = angelas_plan()
    berlin = zone("Europe/Berlin")
    assert [str(civil_date(line.at, berlin)) for line in plan.transitions.filter(move__in=["assign", "activate"])] == [
        "2026-11-04",
        "2026-11-04",
    ]
    for line in plan.transitions.filter(move="start", phase__isnull=False).select_related("phase"):
        assert civil_date(line.at, berlin) == line.phase.starts_on
        assert line.by_kind == "system"


def test_angela_has_something_to_tick_today_and_did_so_on_other_days() -> None:
    plan = angelas_plan()
    assert len({slot for order in due_orders(plan, day=TODAY) for slot in order.slots}) >= 4
    assert not Intake.objects.standing().filter(order__plan=plan, taken_on=TODAY).exists()
    days = set(Intake.objects.filter(order__plan=plan).values_list("taken_on", flat=True))
    assert len(days) >= 10
    assert set(Intake.objects.values_list("by_kind", flat=True)) == {"patient"}


def test_ben_has_a_draft() -> None:
    assert Plan.objects.get(patient__given_name="Ben").status == "draft"


def test_what_was_due_was_sent_and_nothing_was_lost() -> None:
    due = Reminder.objects.owed().filter(send_at__lte=NOON)
    # Staff get one digest a morning: what is found after that lies in the envelope of the next.
    assert {reminder.kind for reminder in due} == {"findings-waiting"}
    assert not due.filter(Q(message=None) | Q(message__next_attempt_at__lte=NOON)).exists()
    assert not Reminder.objects.filter(status=ReminderStatus.MISSED.value).exists()
    sent = Reminder.objects.filter(status=ReminderStatus.SENT.value)
    assert sent.count() > 300
    assert all(reminder.send_at <= reminder.finished_at < reminder.too_late_at for reminder in sent)
    assert not Attempt.objects.exclude(outcome="accepted").exists()


def test_reminders_fall_due_within_the_next_days() -> None:
    for days in (1, 2, 4):
        assert Reminder.objects.owed().filter(send_at__lte=NOON + timedelta(days=days)).count() >= days


def test_nothing_happened_after_today() -> None:
    assert not Transition.objects.filter(at__gt=NOON).exists()
    assert not Intake.objects.filter(recorded_at__gt=NOON).exists()
    assert not Attempt.objects.filter(finished_at__gt=NOON).exists()
    assert not Patient.history.filter(history_date__gt=NOON).exists()


def test_each_clinic_has_its_staff_and_its_published_protocol() -> None:
    staff = {(membership.user.email, membership.role) for membership in lindenhof().memberships.select_related("user")}
    assert staff == {
        ("dr_cho@example.org", "practitioner"),
        ("dr_cho@example.org", "clinic-admin"),
        ("assistant_1@example.org", "assistant"),
    }
    dr_dee = User.objects.get(email="dr_dee@example.org")
    assert Patient.objects.visible_to(dr_dee).count() == 1
    assert TemplateVersion.objects.published().count() == 2


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("day", [datetime(2027, 1, 4, tzinfo=UTC), datetime(2027, 7, 4, tzinfo=UTC)])
def test_with_one_candidate_of_the_trial_it_is_always_daytime(day: datetime, hour: int) -> None:
    homes = Patient.objects.filter(family_name__in=CANDIDATES).values_list("zone", flat=True)
    assert any(9 <= (day + timedelta(hours=hour)).astimezone(zone(home)).hour < 20 for home in homes)
