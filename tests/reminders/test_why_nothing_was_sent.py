"""Where nothing was sent at all, the ledger says what was owed that day, and what each kind says of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from clinics.actor import Actor
from clinics.models import Clinic
from clinics.roles import Role
from patients.models import MessagePreference, Patient, Plan, RecipientKind, Taper
from patients.reminders.channels import Envelope
from patients.reminders.kinds import KINDS
from patients.reminders.ledger_day import DayAnswer, why_nothing
from patients.reminders.ledger_kinds import Answer
from patients.services import plan_moves
from tests.fixtures.personae import NOON, TODAY, make_member

Sweep = Callable[[datetime], list[Envelope]]
# Nothing of the personae’s plan falls on it.
QUIET_DAY = date(2027, 1, 10)
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def said(found: DayAnswer, words: str, whom: RecipientKind = RecipientKind.PATIENT) -> Answer:
    (answer,) = [answer for answer in found.answers if answer.kind == words and answer.whom is whom]
    return answer


def test_a_day_without_a_call_names_the_next_one(plan: Plan) -> None:
    found = why_nothing(plan.patient, QUIET_DAY, at=MORNING)
    assert found.owed == ()
    kinds = sum(RecipientKind.PATIENT in kind.recipients for kind in KINDS.values())
    assert found.sentence == (
        f"Nothing was owed to the patient on Sunday 10 January 2027 because none of {kinds} kinds calls for that day; "
        "the next is “A phase starts soon” on Friday 15 January 2027."
    )
    assert said(found, "A phase starts today").said == (
        "Does not call for this day. Its next day is Monday 18 January 2027."
    )
    assert said(found, "A taper starts today").said == "Has nothing to look at in this plan."


def test_every_kind_is_asked_for_each_of_its_recipients(plan: Plan, sent_taper: Taper) -> None:
    found = why_nothing(plan.patient, QUIET_DAY, at=NOON)
    asked = sorted((answer.kind, answer.whom) for answer in found.answers)
    assert asked == sorted((kind.words, whom) for kind in KINDS.values() for whom in kind.recipients)


def test_a_day_of_a_plan_on_hold_names_who_put_it_there_and_why(plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, reason="Ill", by=by, at=NOON + timedelta(days=1), revision=plan.revision)
    found = why_nothing(plan.patient, date(2027, 1, 15), at=datetime(2027, 1, 20, 12, tzinfo=UTC))
    own = [each for each in found.owed if each.recipient_kind == "patient"]
    assert [each.status for each in own] == ["cancelled"]
    found = why_nothing(plan.patient, QUIET_DAY, at=MORNING)
    assert found.sentence == (
        f"Nothing was owed to the patient on Sunday 10 January 2027 because plan {plan.code} was put on hold by dr_cho "
        "on 5 January 2027, 12:00 Europe/Berlin (“Ill”)."
    )
    assert said(found, "A phase starts soon").said == "Says nothing while a plan is on hold."


def test_a_day_before_the_hold_is_told_as_it_was_then(plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, reason="Ill", by=by, at=NOON + timedelta(days=3), revision=plan.revision)
    found = why_nothing(plan.patient, date(2027, 1, 5), at=MORNING)
    assert "put on hold" not in found.sentence
    assert said(found, "A phase starts soon").said == "Cannot be asked any more: the plan is on hold by now."


def test_a_hold_is_named_although_somebody_else_took_the_plan_over_since(plan: Plan, clinic: Clinic, by: Actor) -> None:
    colleague = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    plan_moves.hold(plan, reason="Ill", by=by, at=NOON + timedelta(days=1), revision=plan.revision)
    plan.refresh_from_db()
    plan_moves.hand_over(
        plan, practitioner=colleague, reason="Away", by=by, at=NOON + timedelta(days=2), revision=plan.revision
    )
    sentence = why_nothing(plan.patient, QUIET_DAY, at=MORNING).sentence
    assert f"because plan {plan.code} was put on hold by dr_cho on 5 January 2027" in sentence


def test_of_a_draft_it_says_that_it_is_one(assign_plan: Callable[..., Plan], ben: Patient) -> None:
    draft = assign_plan(ben)
    assert why_nothing(ben, QUIET_DAY, at=NOON).sentence == (
        f"Nothing is owed to the patient on Sunday 10 January 2027 because plan {draft.code} is still a draft."
    )


def test_what_went_to_an_earlier_practitioner_is_not_called_over(
    plan: Plan, clinic: Clinic, by: Actor, sweep_at: Sweep
) -> None:
    sweep_at(MORNING)
    colleague = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    later = MORNING + timedelta(hours=2)
    plan_moves.hand_over(plan, practitioner=colleague, reason="Away", by=by, at=later, revision=plan.revision)
    found = why_nothing(plan.patient, MORNING.date(), at=later)
    sent = next(each for each in found.owed if each.recipient_kind == "staff" and each.status == "sent")
    assert said(found, "A phase starts soon", RecipientKind.STAFF).said == (
        f"Calls for it: reminder {sent.code}, sent."
    )


def test_what_was_sent_is_named_although_the_plan_says_nothing_by_now(plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    plan_moves.hold(plan, reason="Ill", by=by, at=MORNING + timedelta(hours=2), revision=plan.revision)
    found = why_nothing(plan.patient, MORNING.date(), at=MORNING + timedelta(hours=2))
    sent = next(each for each in found.owed if each.recipient_kind == "patient")
    assert said(found, "A phase starts soon").said == (
        f"Says nothing while a plan is on hold; there is reminder {sent.code}, sent."
    )


def test_before_there_was_a_plan_it_says_so(plan: Plan) -> None:
    found = why_nothing(plan.patient, TODAY - timedelta(days=1), at=NOON)
    assert found.sentence == (
        "Nothing was owed to the patient on Sunday 3 January 2027 because there was no plan by then."
    )
    assert found.answers == ()


def test_what_was_over_when_the_plan_began_was_never_owed(activate_plan: Callable[..., Plan], ben: Patient) -> None:
    """Remove starts on the day itself, at noon: its morning is over."""
    plan = activate_plan(ben)
    found = why_nothing(ben, TODAY, at=NOON)
    assert plan.starts_on == TODAY
    assert found.sentence == (
        "Nothing is owed to the patient on Monday 4 January 2027 because “A phase starts today” calls for it, but its "
        "time was over when that became known."
    )


def test_without_an_address_with_consent_it_says_so(
    activate_plan: Callable[..., Plan], ben: Patient, by: Actor
) -> None:
    contact = ben.contact_points.get()
    contact.messages_allowed = False
    contact.save()
    Patient.objects.filter(pk=ben.pk).update(user=None)
    ben.refresh_from_db()
    activate_plan(ben)
    found = why_nothing(ben, date(2027, 1, 15), at=NOON)
    assert found.sentence == (
        "Nothing is owed to the patient on Friday 15 January 2027 because “A phase starts soon” calls for it, but "
        "there is no address with consent."
    )


def test_what_a_patient_does_not_want_is_told_as_that(
    activate_plan: Callable[..., Plan], ben: Patient, by: Actor
) -> None:
    MessagePreference.objects.create(
        patient=ben, group="phases", channels=[], said_at=NOON, said_by_kind="patient", said_by_code=ben.code
    )
    activate_plan(ben)
    found = why_nothing(ben, date(2027, 1, 15), at=NOON)
    assert said(found, "A phase starts soon").said == "Calls for it, but the patient does not want such messages."


def test_what_nobody_asked_for_each_day_is_told_as_that(plan: Plan) -> None:
    found = why_nothing(plan.patient, QUIET_DAY, at=NOON)
    assert said(found, "Something of noon is not recorded yet").said == "The patient has not asked for it."


def test_a_day_with_reminders_counts_them(plan: Plan, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    found = why_nothing(plan.patient, date(2027, 1, 15), at=MORNING + timedelta(days=1))
    assert found.sentence == "On Friday 15 January 2027 there was 1 reminder to the patient: 1 sent."
    own = said(found, "A phase starts soon")
    sent = next(each for each in found.owed if each.recipient_kind == "patient")
    assert own.said == f"Calls for it: reminder {sent.code}, sent."


def test_another_patient_has_answers_of_his_own(plan: Plan, ben: Patient, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    found = why_nothing(ben, date(2027, 1, 15), at=MORNING)
    assert found.owed == ()
    assert "there was no plan by then" in found.sentence
