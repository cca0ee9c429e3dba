"""The ledger answers “why was this sent?” and “why not?” in one sentence, with the chain of facts behind it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.models import User
from patients.actor import acting_patient
from patients.models import MessageGroup, Patient, Plan, Reminder, Taper
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.gathering import gather
from patients.reminders.ledger import Why, why
from patients.reminders.ledger_facts import ROWS
from patients.services import plan_moves
from patients.services.errors import Refused
from patients.services.falling_back import fall_back
from patients.services.people import save_contact_point, save_patient
from patients.services.reaching import switch_off
from patients.services.reminder_acts import ask_again, cancel, mute, unmute
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.of_words import one_sentence

Sweep = Callable[[datetime], list[Envelope]]
# “A phase starts soon”, on the morning of 15 January where Angela lives: 09:00 in Berlin.
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def coming(plan: Plan) -> Reminder:
    rows = Reminder.objects.select_related(*ROWS)
    return rows.get(
        plan=plan,
        kind="phase-coming",
        recipient_kind="patient",
        civil_date=date(2027, 1, 15),
        channel="email",
        again_of=None,
    )


def answer(plan: Plan, *, at: datetime) -> Why:
    return why(coming(plan), at=at)


def chain(plan: Plan, *, at: datetime) -> list[str]:
    return [f"{fact.when} | {fact.words}".removeprefix(" | ") for fact in answer(plan, at=at).chain]


# --- Sent -----------------------------------------------------------------------------------------------------


def test_sent_says_to_whom_when_and_what_called_for_it(plan: Plan, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    phase = plan.phases.get(key="replace")
    assert one_sentence(answer(plan, at=MORNING).sentence) == (
        "It was sent to the patient by email on 15 January 2027, 09:00 Europe/Berlin because "
        f"phase {phase.code} of plan {plan.code} called for it on Friday 15 January 2027."
    )


def test_the_chain_goes_from_the_call_to_the_outcome(plan: Plan, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    phase = plan.phases.get(key="replace")
    reminder = coming(plan)
    assert reminder.message is not None
    envelope, key = reminder.message.code, reminder.message.idempotency_key
    nine = "15 January 2027, 09:00 Europe/Berlin"
    assert chain(plan, at=MORNING) == [
        f"Phase {phase.code} of plan {plan.code} calls for “A phase starts soon” on Friday 15 January 2027.",
        f"4 January 2027, 12:00 Europe/Berlin | Planned for {nine}.",
        f"{nine} | Its time: the preferred one, 09:00, outside the quiet hours 21:00–08:00 Europe/Berlin.",
        f"{nine} | Envelope {envelope} was begun.",
        f"{nine} | Envelope {envelope} was closed for the first attempt; its key is {key}.",
        f"{nine} | Attempt 1: accepted.",
        f"{nine} | Sent.",
        "17 January 2027, 00:00 Europe/Berlin | From then on it is too late.",
    ]


def test_sent_at_last_says_how_often_it_failed(plan: Plan, sweep_at: Sweep, sender: RecordingSender) -> None:
    sender.failure = HandOverFailed("No route to the mail server.", permanent=False)
    sweep_at(MORNING)
    sender.failure = None
    sweep_at(MORNING + timedelta(minutes=1))
    said = one_sentence(answer(plan, at=MORNING + timedelta(minutes=1)).sentence)
    assert said.endswith("called for it on Friday 15 January 2027; 1 attempt before had failed.")
    nine, words = "15 January 2027, 09:00 Europe/Berlin", "failed, to be tried again: “No route to the mail server.”"
    assert f"{nine} | Attempt 1: {words}" in chain(plan, at=MORNING)


def test_what_was_asked_for_again_names_who_asked(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    sweep_at(MORNING)
    note = ask_again(coming(plan), reason="She deleted it", request_key="1", by=by, at=MORNING)
    sweep_at(MORNING + timedelta(minutes=1))
    repeated = Reminder.objects.select_related(*ROWS).get(again_of__isnull=False)
    said = why(repeated, at=MORNING + timedelta(minutes=1))
    assert one_sentence(said.sentence) == (
        "It was sent to the patient by email on 15 January 2027, 09:01 Europe/Berlin because "
        "dr_cho asked for it again: “She deleted it”."
    )
    assert said.chain[1].words == (f"Asked for by dr_cho, to repeat reminder {coming(plan).code}: “She deleted it”.")
    assert note.made is not None
    words = f"Asked for again by dr_cho, as reminder {note.made.code}: “She deleted it”."
    assert f"15 January 2027, 09:00 Europe/Berlin | {words}" in chain(plan, at=MORNING)


# --- Not sent yet ---------------------------------------------------------------------------------------------


def test_before_its_time_it_says_when_it_goes(plan: Plan) -> None:
    assert one_sentence(answer(plan, at=NOON).sentence) == (
        "It has not been sent because its time has not come: it goes on 15 January 2027, 09:00 Europe/Berlin."
    )


def test_due_it_says_what_it_waits_for(plan: Plan, clock: SetClock) -> None:
    since = "it is due since 15 January 2027, 09:00 Europe/Berlin."
    later = MORNING + timedelta(minutes=3)
    assert answer(plan, at=later).sentence == f"It has not been sent yet because it waits for the next sweep: {since}"
    gather(at=later)
    said = answer(plan, at=later).sentence
    assert said == f"It has not been sent yet because its envelope waits for a worker: {since}"


def test_failing_it_says_how_often_with_what_and_when_next(
    plan: Plan, sweep_at: Sweep, sender: RecordingSender
) -> None:
    sender.failure = HandOverFailed("No route to the mail server.", permanent=False)
    sweep_at(MORNING)
    assert answer(plan, at=MORNING).sentence == (
        "It has not been sent yet because 1 attempt failed, the last on 15 January 2027, 09:00 Europe/Berlin, with "
        "“No route to the mail server.”; it is tried again on 15 January 2027, 09:01 Europe/Berlin."
    )


def test_muted_it_says_so_before_its_time(plan: Plan, by: Actor) -> None:
    muted = mute(plan.patient, kind="", until=date(2027, 1, 20), reason="Away", request_key="1", by=by, at=NOON)
    assert one_sentence(answer(plan, at=NOON).sentence) == (
        "It will not be sent as things stand because dr_cho muted every routine message to this patient up to and "
        "including Wednesday 20 January 2027 on 4 January 2027, 12:00 Europe/Berlin: “Away”."
    )
    unmute(muted, reason="Back", request_key="2", by=by, at=NOON + timedelta(hours=1))
    assert "its time has not come" in answer(plan, at=NOON + timedelta(hours=1)).sentence


# --- Not sent -------------------------------------------------------------------------------------------------


def test_on_hold_it_names_the_move_and_its_reason(plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, reason="Ill", by=by, at=NOON + timedelta(days=1), revision=plan.revision)
    said = one_sentence(answer(plan, at=MORNING).sentence)
    assert said == (
        "It was not sent because the plan no longer called for it on 5 January 2027, 12:00 Europe/Berlin: "
        f"plan {plan.code} was put on hold by dr_cho on 5 January 2027, 12:00 Europe/Berlin (“Ill”)."
    )


def test_cancelled_and_muted_name_who_and_why(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    cancel(coming(plan), reason="She knows", request_key="1", by=by, at=NOON)
    assert answer(plan, at=MORNING).sentence == (
        "It was not sent because dr_cho cancelled it on 4 January 2027, 12:00 Europe/Berlin: “She knows”."
    )
    mute(plan.patient, kind="phase-starts", until=None, reason="Away", request_key="2", by=by, at=NOON)
    at = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
    sweep_at(at)
    starts = Reminder.objects.select_related(*ROWS).get(
        plan=plan, kind="phase-starts", recipient_kind="patient", civil_date=date(2027, 1, 18)
    )
    assert why(starts, at=at).sentence == (
        "It was not sent because dr_cho muted “A phase starts today” on 4 January 2027, 12:00 Europe/Berlin: “Away”."
    )


def test_a_mute_that_was_taken_back_later_is_still_why_it_was_not_sent(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    muted = mute(plan.patient, kind="", until=None, reason="Away", request_key="1", by=by, at=NOON)
    sweep_at(MORNING)
    unmute(muted, reason="Back", request_key="2", by=by, at=MORNING + timedelta(days=1))
    assert "dr_cho muted every routine message" in answer(plan, at=MORNING + timedelta(days=2)).sentence


def test_too_late_says_from_when_to_when_and_what_was_tried(plan: Plan, sweep_at: Sweep) -> None:
    late = MORNING + timedelta(days=3)
    sweep_at(late)
    assert one_sentence(answer(plan, at=late).sentence) == (
        "It was not sent because it could not go from 15 January 2027, 09:00 Europe/Berlin until it was too late on "
        "17 January 2027, 00:00 Europe/Berlin: nothing tried to hand it over in that time."
    )


def test_too_late_after_failures_says_the_last_one(plan: Plan, sweep_at: Sweep, sender: RecordingSender) -> None:
    sender.failure = HandOverFailed("No route to the mail server.", permanent=False)
    sweep_at(MORNING)
    late = MORNING + timedelta(days=3)
    sweep_at(late)
    assert "1 attempt failed, the last on 15 January 2027, 09:00" in answer(plan, at=late).sentence


def test_refused_for_good_repeats_what_was_said(plan: Plan, sweep_at: Sweep, sender: RecordingSender) -> None:
    sender.failure = HandOverFailed("550 no such mailbox", permanent=True)
    sweep_at(MORNING)
    assert answer(plan, at=MORNING).sentence == (
        "It was not sent because it was refused for good on 15 January 2027, 09:00 Europe/Berlin: "
        "“550 no such mailbox”."
    )
    fall_back(at=MORNING)
    portal = Reminder.objects.get(kind="phase-coming", channel="portal")
    instead = f"; it goes on the patient’s own pages instead, as reminder {portal.code}."
    assert answer(plan, at=MORNING).sentence.endswith(instead)
    sender.failure = None
    sweep_at(MORNING)
    assert "it went on the patient’s own pages instead" in answer(plan, at=MORNING).sentence


def test_without_an_address_it_says_so(plan: Plan, angela: Patient, sweep_at: Sweep, by: Actor) -> None:
    gather(at=MORNING)
    contact = angela.contact_points.get()
    contact.messages_allowed = False
    contact.save()
    sweep_at(MORNING)
    said = answer(plan, at=MORNING).sentence
    assert said.startswith("It was not sent because there was no address with consent to send it to on 15 January 2027")


def test_when_consent_is_taken_back_no_move_is_blamed(plan: Plan, angela: Patient, by: Actor) -> None:
    contact = angela.contact_points.get()
    contact.messages_allowed = False
    save_contact_point(contact, by=by, at=NOON + timedelta(days=1))
    said = answer(plan, at=MORNING).sentence
    assert said.startswith("It was not sent because it was to go by another channel on 5 January 2027")
    assert "was put on hold" not in said


def test_what_the_patient_switched_off_is_told_as_that(plan: Plan, angela: Patient, sweep_at: Sweep, by: Actor) -> None:
    switch_off(angela, groups=[MessageGroup.PHASES], by=acting_patient(angela), at=NOON + timedelta(days=1))
    reminder = coming(plan)
    assert (reminder.status, reminder.reason) == ("cancelled", "The patient does not want such messages.")
    said = one_sentence(answer(plan, at=MORNING).sentence)
    assert said == (
        "It was not sent because the patient did not want such messages on 5 January 2027, 12:00 Europe/Berlin."
    )
    with pytest.raises(Refused, match="The patient does not want such messages"):
        ask_again(reminder, reason="She has to know", request_key="1", by=by, at=MORNING)


def test_without_any_way_left_the_plan_is_not_blamed(plan: Plan, angela: Patient, by: Actor) -> None:
    Patient.objects.filter(pk=angela.pk).update(user=None)
    contact = angela.contact_points.get()
    contact.messages_allowed = False
    save_contact_point(contact, by=by, at=NOON + timedelta(days=1))
    assert answer(plan, at=MORNING).sentence == (
        "It was not sent because there was no address with consent to send it to on 5 January 2027, 12:00 "
        "Europe/Berlin."
    )


def test_a_day_that_was_over_where_the_patient_lives_by_then(plan: Plan, by: Actor) -> None:
    """No worker came on the morning of the 18th in Berlin; half past ten by UTC it is the 19th on Kiritimati."""
    at = datetime(2027, 1, 18, 10, 30, tzinfo=UTC)
    plan.patient.zone = "Pacific/Kiritimati"
    save_patient(plan.patient, by=by, at=at)
    starts = Reminder.objects.select_related(*ROWS).get(
        plan=plan, kind="phase-starts", recipient_kind="patient", civil_date=date(2027, 1, 18)
    )
    assert (starts.status, starts.too_late_at > at) == ("missed", True)
    assert why(starts, at=at).sentence == (
        "It was not sent because its day was over already by the zone or the hours that were noted for the patient on "
        "19 January 2027, 00:30 Pacific/Kiritimati."
    )


# --- The recipient's clock ------------------------------------------------------------------------------------


def test_the_hours_are_told_as_they_were_when_it_went(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    sweep_at(MORNING)
    patient = plan.patient
    patient.message_time, patient.quiet_starts = time(18, 30), time(22, 0)
    save_patient(patient, by=by, at=MORNING + timedelta(days=1))
    words = chain(plan, at=MORNING + timedelta(days=2))
    assert any("the preferred one, 09:00, outside the quiet hours 21:00–08:00" in fact for fact in words), words


def test_a_preferred_time_in_the_quiet_hours_is_told_as_moved(plan: Plan, by: Actor) -> None:
    patient = plan.patient
    patient.message_time = time(6, 0)
    save_patient(patient, by=by, at=NOON)
    (fact,) = [fact for fact in answer(plan, at=NOON).chain if fact.words.startswith("Its time")]
    assert fact.when == "15 January 2027, 08:00 Europe/Berlin"
    assert fact.words == (
        "Its time: the allowed one of that day that is nearest to the preferred one, 06:00; "
        "quiet hours 21:00–08:00 Europe/Berlin."
    )


def test_it_is_told_where_the_recipient_lives(plan: Plan, by: Actor) -> None:
    plan.patient.zone = "Pacific/Auckland"
    save_patient(plan.patient, by=by, at=NOON)
    assert "15 January 2027, 09:00 Pacific/Auckland" in answer(plan, at=NOON).sentence


def test_a_practitioner_is_told_by_name_and_a_prescriber_too(
    plan: Plan, sent_taper: Taper, dr_cho: User, sweep_at: Sweep
) -> None:
    sweep_at(NOON)
    request = Reminder.objects.select_related(*ROWS).get(taper=sent_taper, kind="signature-request")
    said = one_sentence(why(request, at=NOON).sentence)
    assert said.startswith("It was sent to Dr Price by email on 4 January 2027, 12:00 Europe/Berlin because taper ")
    assert "omeprazole" not in said.lower()


def test_no_name_of_the_patient_and_no_phase_stands_in_it(plan: Plan, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    words = " ".join([answer(plan, at=MORNING).sentence, *chain(plan, at=MORNING)])
    assert "Angela" not in words
    assert not [phase.title for phase in plan.phases.all() if phase.title in words]


# --- What it costs --------------------------------------------------------------------------------------------


def test_an_answer_costs_a_few_queries_however_much_happened(
    plan: Plan, sweep_at: Sweep, sender: RecordingSender, by: Actor
) -> None:
    sender.failure = HandOverFailed("No route to the mail server.", permanent=False)
    counts = []
    for minutes in (0, 1, 6, 21):
        sweep_at(MORNING + timedelta(minutes=minutes))
        reminder = coming(plan)
        with CaptureQueriesContext(connection) as queries:
            why(reminder, at=MORNING + timedelta(minutes=minutes))
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 6


@pytest.mark.parametrize("status", ["owed", "sent", "cancelled", "missed"])
def test_every_reminder_of_a_plan_has_an_answer(plan: Plan, sent_taper: Taper, status: str) -> None:
    finished = None if status == "owed" else NOON
    Reminder.objects.update(status=status, finished_at=finished, reason="" if status == "owed" else "Whatever.")
    for reminder in Reminder.objects.select_related(*ROWS):
        one_sentence(why(reminder, at=NOON).sentence)
