"""Why something went or not, where it is about one day, the plan as a whole, or somebody else’s turn."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from clinics.services.cover import add_cover
from patients.actor import acting_patient
from patients.models import MessageGroup, Patient, Plan, Reminder, Taper
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.ledger import why
from patients.reminders.ledger_facts import ROWS
from patients.reminders.outbox import waiting
from patients.services import plan_moves
from patients.services.intakes import record_slot
from patients.services.noticing import notice_clinics
from patients.services.reaching import switch_off
from patients.services.tapers.taking_on import take_on_red_flag
from patients.services.tapers.using import report_red_flags
from protocols.domain.day_parts import DayPart
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, make_member
from tests.fixtures.sending import RecordingSender
from tests.reminders.of_days import AT_LUNCH, asks_for, takes
from tests.reminders.of_words import one_sentence

Sweep = Callable[[datetime], list[Envelope]]


def daily() -> Reminder:
    return Reminder.objects.select_related(*ROWS).get(recurrence__isnull=False)


def to_staff(person: User) -> Reminder:
    rows = Reminder.objects.select_related(*ROWS)
    return rows.get(kind="phase-coming", recipient_code=person.code, civil_date=date(2027, 1, 15))


def test_what_goes_to_whoever_stands_in_is_told_as_that(plan: Plan, clinic: Clinic, dr_cho: User) -> None:
    """The plan calls for it as before; nothing but the person is another one."""
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    two = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    at = NOON + timedelta(days=1)
    add_cover(
        clinic,
        absent=dr_cho,
        stand_in=two,
        first_day=date(2027, 1, 15),
        last_day=date(2027, 1, 16),
        by=admin,
        at=at,
    )
    notice_clinics(at=at)
    assert to_staff(two).status == "owed"
    gone = to_staff(dr_cho)
    assert (gone.status, gone.reason) == ("cancelled", "Somebody else looks after this plan now.")
    assert why(gone, at=at).sentence == (
        "It was not sent because somebody else looked after this plan on 5 January 2027, 12:00 Europe/Berlin."
    )


def test_what_was_handed_over_names_the_move(plan: Plan, clinic: Clinic, dr_cho: User, by: Actor) -> None:
    two = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    at = NOON + timedelta(days=1)
    plan_moves.hand_over(plan, practitioner=two, reason="Away", by=by, at=at, revision=plan.revision)
    assert why(to_staff(dr_cho), at=at).sentence == (
        "It was not sent because somebody else looked after this plan on 5 January 2027, 12:00 Europe/Berlin: "
        f"plan {plan.code} was handed over by dr_cho on 5 January 2027, 12:00 Europe/Berlin (“Away”)."
    )


# --- What comes back each day, what is about the whole plan, and notes ----------------------------------------


def test_what_comes_back_each_day_names_the_day_and_its_own_time(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    sweep_at(AT_LUNCH)
    said = why(daily(), at=AT_LUNCH)
    assert one_sentence(said.sentence) == (
        "It was sent to the patient by email on 5 January 2027, 12:30 Europe/Berlin because the day that the patient "
        f"is reminded of in plan {plan.code} called for it on Tuesday 5 January 2027."
    )
    (timing,) = [fact.words for fact in said.chain if fact.words.startswith("Its time")]
    assert timing == (
        "Its time: that of its part of the patient’s day, outside the quiet hours 21:00–08:00 Europe/Berlin."
    )


def test_ticked_switched_off_or_on_hold_each_is_told_as_that(
    plan: Plan, angela: Patient, sweep_at: Sweep, sender: RecordingSender, by: Actor
) -> None:
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(AT_LUNCH)
    sender.failure = None
    minute = timedelta(minutes=1)
    her = acting_patient(angela)
    for act, words in (
        (
            lambda: record_slot(plan, slot=Slot.WITH_LUNCH, day=AT_LUNCH.date(), by=her, at=AT_LUNCH + minute),
            "nothing of it was left to record on 5 January 2027, 12:35 Europe/Berlin",
        ),
        (
            lambda: asks_for(angela, at=AT_LUNCH + minute),
            "the patient had switched it off on 5 January 2027, 12:31 Europe/Berlin",
        ),
        (
            lambda: plan_moves.hold(plan, reason="Ill", by=by, at=AT_LUNCH + minute, revision=plan.revision),
            f"plan {plan.code} was put on hold by dr_cho on 5 January 2027, 12:31 Europe/Berlin (“Ill”)",
        ),
    ):
        saved = transaction.savepoint()
        act()
        sweep_at(AT_LUNCH + 5 * minute)
        reminder = daily()
        assert reminder.status == "cancelled"
        assert why(reminder, at=AT_LUNCH + 5 * minute).sentence.startswith(f"It was not sent because {words}")
        transaction.savepoint_rollback(saved)


def test_switched_off_by_the_link_the_day_is_told_as_not_wanted(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    waiting(at=AT_LUNCH)
    switch_off(angela, groups=[MessageGroup.TIMES_OF_DAY], by=acting_patient(angela), at=AT_LUNCH)
    sweep_at(AT_LUNCH)
    reminder = daily()
    assert (reminder.status, reminder.reason) == ("cancelled", "The patient does not want such messages.")


def test_what_is_about_the_plan_names_it_once(plan: Plan) -> None:
    row = Reminder.objects.select_related(*ROWS).filter(plan=plan, recipient_kind="staff").earliest("pk")
    row.phase, row.kind, row.key = None, "patient-silent", f"patient-silent:{plan.code}:2027-01-15:staff-X:email"
    words = why(row, at=NOON).chain[0].words
    assert words.startswith(f"Plan {plan.code} calls for ")


def test_taking_a_warning_sign_on_is_not_told_as_a_hold(
    taper: Taper, angela: Patient, by: Actor, clinic: Clinic
) -> None:
    admin = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    report = report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=NOON)
    take_on_red_flag(report, by=by, at=NOON + timedelta(minutes=5))
    row = Reminder.objects.select_related(*ROWS).get(kind="red-flag-not-taken-on", recipient_code=admin.code)
    assert why(row, at=NOON + timedelta(hours=1)).sentence == (
        "It was not sent because the plan no longer called for it on 4 January 2027, 12:05 Europe/Berlin: dr_cho noted "
        f"about taper {taper.code} on 4 January 2027, 12:05 Europe/Berlin: “A warning sign was taken on.”"
    )
