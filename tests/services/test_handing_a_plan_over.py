"""A plan is handed over to another practitioner of the clinic, who is told what is due from then on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor, for_system, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from clinics.services.cover import add_cover
from patients.models import Heard, Patient, Plan, Reminder, Transition
from patients.reminders.channels import Envelope, HandOverFailed
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.silence import notice_silence
from patients.services.sweeping import do_what_is_due
from tests.fixtures.personae import NOON, TODAY, make_member
from tests.fixtures.sending import RecordingSender


def owed_to(user: User) -> set[str]:
    return set(
        Reminder.objects.owed().filter(recipient_kind="staff", recipient_code=user.code).values_list("key", flat=True)
    )


def test_what_is_due_is_told_to_the_new_practitioner(plan: Plan, clinic: Clinic, dr_cho: User, by: Actor) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    before = owed_to(dr_cho)
    assert before
    handed = plan_moves.hand_over(plan, practitioner=other, by=by, at=NOON, revision=plan.revision, reason="On leave.")
    assert (handed.practitioner, handed.status) == (other, "active")
    assert owed_to(dr_cho) == set()
    assert owed_to(other) == {key.replace(dr_cho.code, other.code) for key in before}
    line = Transition.objects.get(plan=plan, move="hand-over")
    assert line.details == {"from": dr_cho.code, "to": other.code}


def test_only_a_practitioner_of_the_clinic_can_take_it(
    plan: Plan, dr_dee: User, assistant_1: User, dr_cho: User, by: Actor
) -> None:
    for nobody in (dr_dee, assistant_1, dr_cho):
        with pytest.raises(InvalidRequest) as refused:
            plan_moves.hand_over(plan, practitioner=nobody, by=by, at=NOON, revision=plan.revision)
        assert refused.value.field == "practitioner"


def test_nobody_is_handed_a_plan_after_leaving(plan: Plan, clinic: Clinic, by: Actor) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    Membership.objects.filter(user=other).update(ended_at=NOON)
    with pytest.raises(InvalidRequest):
        plan_moves.hand_over(plan, practitioner=other, by=by, at=NOON, revision=plan.revision)


def test_a_silence_that_the_clinic_is_to_be_told_of_goes_to_the_new_one(
    plan: Plan, clinic: Clinic, dr_cho: User, by: Actor, angela: Patient
) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    Heard.objects.create(patient=angela, unanswered_since=TODAY, written_on=TODAY, written_count=1)
    notice_silence(at=NOON + timedelta(days=4))
    (before,) = Reminder.objects.owed().filter(kind="patient-silent")
    assert before.recipient_code == dr_cho.code
    plan.refresh_from_db()
    plan_moves.hand_over(plan, practitioner=other, by=by, at=NOON + timedelta(days=5), revision=plan.revision)
    (after,) = Reminder.objects.owed().filter(kind="patient-silent")
    assert (after.recipient_code, after.civil_date) == (other.code, before.civil_date)


MORNING = datetime(2027, 1, 15, 7, 0, tzinfo=UTC)
"""Eight o’clock in Berlin, three days before the second phase: staff are told that it comes."""


def test_what_had_not_gone_when_it_was_handed_over_goes_to_the_new_one(
    plan: Plan, clinic: Clinic, by: Actor, sender: RecordingSender, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    """The mail server is down from eight o’clock until the plan has been handed over."""
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    sender.failure = HandOverFailed("421 later", permanent=False)
    sweep_at(MORNING)
    sender.failure = None
    plan.refresh_from_db()
    at = MORNING + timedelta(minutes=30)
    plan_moves.hand_over(plan, practitioner=other, by=by, at=at, revision=plan.revision)
    rows = Reminder.objects.filter(plan=plan, kind="phase-coming", recipient_kind="staff", civil_date=MORNING.date())
    assert {row.recipient_code: row.status for row in rows if row.status == "owed"} == {other.code: "owed"}
    went = [envelope.address for envelope in sweep_at(MORNING + timedelta(days=1))]
    assert other.email in went
    assert "dr_cho@example.org" not in went


def test_cover_that_nobody_has_noticed_yet_loses_nothing(
    plan: Plan, clinic: Clinic, dr_cho: User, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    """It is entered in the minute in which the message goes: found at the door, and planned for whoever stands in."""
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    day = MORNING.date()
    add_cover(clinic, absent=dr_cho, stand_in=other, first_day=day, last_day=day, by=admin, at=MORNING)
    assert [each for each in sweep_at(MORNING) if each.address == dr_cho.email] == []
    do_what_is_due(by=for_system(), at=MORNING + timedelta(minutes=1))
    rows = Reminder.objects.filter(plan=plan, kind="phase-coming", recipient_kind="staff", civil_date=day)
    assert {row.recipient_code: row.status for row in rows} == {dr_cho.code: "cancelled", other.code: "owed"}
    assert other.email in [each.address for each in sweep_at(MORNING + timedelta(days=1))]
    assert not Reminder.objects.filter(falls_back_since__isnull=False).exists()
