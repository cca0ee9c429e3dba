"""Asked about an earlier moment the ledger answers as it did then: the same sentence, with the same chain of facts.

A diary writes down what it says of every reminder while things happen, and asks for all of it again at the end.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import (
    Attempt,
    AttemptPast,
    Channel,
    ChannelState,
    Heard,
    Message,
    Patient,
    Plan,
    Reminder,
    ReminderPast,
    ReportOutcome,
    Taper,
)
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.channels.status_report import StatusReport
from patients.reminders.claim import claim_batch, let_go
from patients.reminders.committing import begin_attempt, record_acceptance
from patients.reminders.delivery import Prepared, prepare
from patients.reminders.gathering import gather
from patients.reminders.ledger import Why, why, why_then, whys_then
from patients.reminders.ledger_day import why_nothing_then
from patients.reminders.ledger_facts import ROWS
from patients.reminders.reported import take_report
from patients.reminders.setbacks import give_up, record_failure
from patients.services import plan_moves
from patients.services.falling_back import fall_back
from patients.services.intakes import record_slot
from patients.services.people import save_patient
from patients.services.reminder_acts import ask_again, cancel, mute, unmute
from protocols.domain.day_parts import DayPart
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender
from tests.reminders.of_days import AT_LUNCH, asks_for, takes

Sweep = Callable[[datetime], list[Envelope]]
# “A phase starts soon”, on the morning of 15 January where Angela lives: 09:00 in Berlin.
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FOR_A_WORKER = "its envelope waits for a worker"
NOT_KEPT = "its envelope waits, and whether for its channel or a worker is not kept"
DOWN = HandOverFailed("No route to the mail server.", permanent=False)


class Diary:
    """What the ledger said of every reminder, at several instants."""

    def __init__(self) -> None:
        self._said: dict[datetime, dict[str, Why]] = {}

    def note(self, at: datetime) -> None:
        self._said[at] = {row.code: why(row, at=at) for row in Reminder.objects.select_related(*ROWS)}

    def check(self) -> None:
        """Ask for every instant again: what it said then, no more and no less, but for what is not kept."""
        rows = list(Reminder.objects.select_related(*ROWS))
        for at, said in self._said.items():
            answers = whys_then(rows, at=at)
            found = {row.code: answers[row.pk] for row in rows if answers[row.pk] is not None}
            assert found.keys() == said.keys(), at
            for code, answer in said.items():
                kept = replace(answer, sentence=answer.sentence.replace(FOR_A_WORKER, NOT_KEPT))
                assert found[code] == kept, (at, code)


@pytest.fixture
def diary() -> Diary:
    return Diary()


def coming(channel: str = "email", whom: str = "patient") -> Reminder:
    rows = Reminder.objects.select_related(*ROWS)
    return rows.get(
        kind="phase-coming",
        recipient_kind=whom,
        civil_date=MORNING.date(),
        channel=channel,
        again_of=None,
        phase__key="replace",
    )


def test_what_goes_as_usual_is_read_off_its_rows(plan: Plan, diary: Diary, sweep_at: Sweep) -> None:
    diary.note(NOON)
    diary.note(MORNING - MINUTE)
    sweep_at(MORNING)
    for later in (MORNING, MORNING + DAY):
        diary.note(later)
    diary.check()
    assert not ReminderPast.objects.exists()
    assert not AttemptPast.objects.exists()


def test_a_hold_cancels_and_its_end_owes_again(plan: Plan, diary: Diary, sweep_at: Sweep, by: Actor) -> None:
    diary.note(NOON)
    plan_moves.hold(plan, reason="Ill", by=by, at=NOON + DAY, revision=plan.revision)
    for at in (NOON + DAY, NOON + DAY + HOUR):
        diary.note(at)
    plan.refresh_from_db()
    plan_moves.resume(plan, by=by, at=NOON + DAY + 2 * HOUR, revision=plan.revision)
    diary.note(NOON + DAY + 2 * HOUR)
    plan.refresh_from_db()
    plan_moves.hold(plan, reason="Away", by=by, at=NOON + 3 * DAY, revision=plan.revision)
    diary.note(NOON + 3 * DAY)
    plan.refresh_from_db()
    plan_moves.resume(plan, by=by, at=NOON + 3 * DAY + HOUR, revision=plan.revision)
    sweep_at(MORNING)
    diary.note(MORNING)
    diary.check()
    assert [past.status for past in coming().pasts.all()] == ["cancelled", "cancelled"]


def test_another_zone_dates_it_anew(plan: Plan, angela: Patient, diary: Diary, sweep_at: Sweep, by: Actor) -> None:
    diary.note(NOON)
    for days, zone in ((1, "Asia/Tokyo"), (2, "America/Los_Angeles"), (3, "Europe/Berlin")):
        angela.zone = zone
        save_patient(angela, by=by, at=NOON + days * DAY)
        diary.note(NOON + days * DAY)
        diary.note(NOON + days * DAY + HOUR)
    sweep_at(MORNING)
    diary.note(MORNING)
    diary.check()


def test_a_day_that_was_over_there_and_turned_out_not_to_be(
    plan: Plan, angela: Patient, diary: Diary, sweep_at: Sweep, by: Actor
) -> None:
    slip = datetime(2027, 1, 18, 11, tzinfo=UTC)
    for at, zone in ((NOON, "America/Los_Angeles"), (slip, "Pacific/Kiritimati"), (slip + MINUTE, "America/New_York")):
        angela.zone = zone
        save_patient(angela, by=by, at=at)
        diary.note(at)
    sweep_at(slip + 4 * HOUR)
    diary.note(slip + 4 * HOUR)
    diary.check()


def test_failed_attempts_and_then_one_that_goes(
    plan: Plan, diary: Diary, sweep_at: Sweep, sender: RecordingSender
) -> None:
    sender.failure = DOWN
    for minutes in (0, 1, 6):
        sweep_at(MORNING + minutes * MINUTE)
        diary.note(MORNING + minutes * MINUTE)
        diary.note(MORNING + minutes * MINUTE + timedelta(seconds=30))
    sender.failure = None
    sweep_at(MORNING + 21 * MINUTE)
    diary.note(MORNING + 21 * MINUTE)
    diary.check()


def test_what_is_refused_goes_by_another_channel(
    plan: Plan, diary: Diary, sweep_at: Sweep, sender: RecordingSender
) -> None:
    sender.failure = HandOverFailed("The mail server refused the recipient (550).", permanent=True)
    sweep_at(MORNING)
    diary.note(MORNING)
    sender.failure = None
    fall_back(at=MORNING + MINUTE)
    diary.note(MORNING + MINUTE)
    sweep_at(MORNING + 2 * MINUTE)
    diary.note(MORNING + 2 * MINUTE)
    diary.check()
    assert coming("portal").status == "sent"


def test_what_was_sent_comes_back_by_a_report(
    plan: Plan, diary: Diary, sweep_at: Sweep, sender: RecordingSender
) -> None:
    sender.given_id = "pm-1"
    sweep_at(MORNING)
    message = coming().message
    Attempt.objects.exclude(message=message).update(provider_id="")
    diary.note(MORNING)
    for minutes, outcome in ((1, ReportOutcome.DELIVERED), (2, ReportOutcome.FAILED)):
        report = StatusReport(provider_id="pm-1", key="", outcome=outcome, detail="bounced")
        take_report(report, channel=Channel.EMAIL, at=MORNING + minutes * MINUTE)
        diary.note(MORNING + minutes * MINUTE)
    fall_back(at=MORNING + 3 * MINUTE)
    diary.note(MORNING + 3 * MINUTE)
    sweep_at(MORNING + 4 * MINUTE)
    diary.note(MORNING + 4 * MINUTE)
    diary.check()
    assert (coming().status, coming("portal").status) == ("missed", "sent")


def test_a_mute_and_its_end(plan: Plan, diary: Diary, sweep_at: Sweep, by: Actor) -> None:
    diary.note(NOON)
    first = mute(plan.patient, kind="", until=None, reason="Away", request_key="1", by=by, at=NOON + HOUR)
    diary.note(NOON + HOUR)
    unmute(first, reason="Back", request_key="2", by=by, at=NOON + 2 * HOUR)
    diary.note(NOON + 2 * HOUR)
    until = date(2027, 1, 20)
    second = mute(plan.patient, kind="phase-coming", until=until, reason="Knows", request_key="3", by=by, at=NOON + DAY)
    diary.note(NOON + DAY)
    sweep_at(MORNING)
    diary.note(MORNING)
    unmute(second, reason="Back", request_key="4", by=by, at=MORNING + DAY)
    diary.note(MORNING + DAY)
    diary.check()
    assert coming().status == "cancelled"


def test_what_somebody_cancels_and_asks_for_again(plan: Plan, diary: Diary, sweep_at: Sweep, by: Actor) -> None:
    diary.note(NOON)
    cancel(coming(), reason="She knows", request_key="1", by=by, at=NOON + HOUR)
    diary.note(NOON + HOUR)
    ask_again(coming(), reason="She does not", request_key="2", by=by, at=NOON + 2 * HOUR)
    diary.note(NOON + 2 * HOUR)
    sweep_at(NOON + 2 * HOUR + MINUTE)
    diary.note(NOON + 2 * HOUR + MINUTE)
    diary.check()


def test_an_envelope_that_waits_for_a_day_with_room(plan: Plan, angela: Patient, diary: Diary, sweep_at: Sweep) -> None:
    Heard.objects.create(patient=angela, written_on=MORNING.date(), written_count=2, unanswered_since=MORNING.date())
    gather(at=MORNING - MINUTE)
    diary.note(MORNING - MINUTE)
    sweep_at(MORNING)
    for at in (MORNING, MORNING + HOUR, MORNING + 10 * HOUR):
        diary.note(at)
    sweep_at(MORNING + DAY)
    diary.note(MORNING + DAY)
    diary.check()
    held = why_then(coming(), at=MORNING + HOUR)
    assert held is not None
    assert "two messages have gone today: it goes on 16 January 2027, 09:00 Europe/Berlin" in held.sentence


def test_what_joins_an_envelope_later_was_not_in_it_before(
    plan: Plan, angela: Patient, diary: Diary, sweep_at: Sweep
) -> None:
    """Held back on the 15th, it goes with what comes on the 18th."""
    silent_since = MORNING.date() - 8 * DAY
    Heard.objects.create(
        patient=angela, written_on=MORNING.date() - 4 * DAY, written_count=1, unanswered_since=silent_since
    )
    Reminder.objects.filter(recipient_kind="patient", civil_date=MORNING.date()).update(too_late_at=MORNING + 30 * DAY)
    sweep_at(MORNING)
    diary.note(MORNING)
    diary.note(MORNING + DAY)
    sweep_at(MORNING + 3 * DAY)
    diary.note(MORNING + 3 * DAY)
    diary.check()
    together = [fact.words for fact in why(coming(), at=MORNING + 3 * DAY).chain if "together with" in fact.words]
    assert together, "or nothing joined it"


def test_what_comes_back_each_day_and_was_ticked(
    plan: Plan, angela: Patient, diary: Diary, sweep_at: Sweep, sender: RecordingSender
) -> None:
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    sender.failure = DOWN
    sweep_at(AT_LUNCH)
    diary.note(AT_LUNCH)
    record_slot(plan, slot=Slot.WITH_LUNCH, day=AT_LUNCH.date(), by=acting_patient(angela), at=AT_LUNCH + MINUTE)
    sender.failure = None
    sweep_at(AT_LUNCH + 5 * MINUTE)
    diary.note(AT_LUNCH + 5 * MINUTE)
    asks_for(angela, at=AT_LUNCH + HOUR)
    diary.note(AT_LUNCH + HOUR)
    diary.check()


def test_what_was_let_go_of_while_it_was_on_its_way(plan: Plan, diary: Diary, by: Actor) -> None:
    """Cancelled after its hand-over had begun, and accepted after that."""
    gather(at=MORNING)
    claims = claim_batch(at=MORNING, limit=10)
    (ready,) = [ready for ready in prepare(claims, at=MORNING) if coming().pk in ready.reminders]
    attempt = begin_attempt(ready.claim, at=MORNING)
    assert attempt is not None
    Message.objects.exclude(pk=ready.claim.message_id).update(claimed_until=None)
    diary.note(MORNING)
    cancel(coming(), reason="She knows", request_key="1", by=by, at=MORNING + MINUTE)
    diary.note(MORNING + MINUTE)
    record_acceptance(ready.claim, attempt, ready.reminders, at=MORNING + 2 * MINUTE)
    diary.note(MORNING + 2 * MINUTE)
    diary.check()
    assert coming().status == "sent"
    then = why_then(coming(), at=MORNING + MINUTE)
    assert then is not None
    assert then.sentence.startswith("It was not sent because dr_cho cancelled it")


def given_up_by_all_others(diary: Diary) -> tuple[Prepared, int]:
    """Handed over on that morning by a worker who is taken for gone five minutes later; with the key of its attempt."""
    gather(at=MORNING)
    claims = claim_batch(at=MORNING, limit=10)
    (ready,) = [ready for ready in prepare(claims, at=MORNING) if coming().pk in ready.reminders]
    attempt = begin_attempt(ready.claim, at=MORNING)
    assert attempt is not None
    Message.objects.exclude(pk=ready.claim.message_id).update(claimed_until=None)
    diary.note(MORNING)
    again = claim_batch(at=MORNING + 5 * MINUTE, limit=10)
    prepare(again, at=MORNING + 5 * MINUTE)
    let_go(again)
    diary.note(MORNING + 5 * MINUTE)
    return ready, attempt


def test_an_answer_after_its_worker_was_taken_for_gone(plan: Plan, diary: Diary) -> None:
    ready, attempt = given_up_by_all_others(diary)
    record_acceptance(ready.claim, attempt, ready.reminders, at=MORNING + 6 * MINUTE)
    diary.note(MORNING + 6 * MINUTE)
    diary.check()
    assert coming().status == "sent"


def test_a_failure_after_its_worker_was_taken_for_gone(plan: Plan, diary: Diary) -> None:
    ready, attempt = given_up_by_all_others(diary)
    record_failure(ready.claim, attempt, DOWN, at=MORNING + 6 * MINUTE)
    diary.note(MORNING + 6 * MINUTE)
    diary.check()
    assert Attempt.objects.get(pk=attempt).outcome == "failed"


@pytest.mark.parametrize("failure", [None, DOWN])
def test_a_report_that_comes_before_the_answer(plan: Plan, diary: Diary, failure: HandOverFailed | None) -> None:
    """What the provider says it has is accepted, although the connection broke before it said so to us."""
    ready, attempt = given_up_by_all_others(diary)
    report = StatusReport(provider_id="pm-1", key=ready.envelope.opaque_key, outcome=ReportOutcome.DELIVERED, detail="")
    take_report(report, channel=Channel.EMAIL, at=MORNING + 6 * MINUTE)
    diary.note(MORNING + 6 * MINUTE)
    if failure is None:
        record_acceptance(ready.claim, attempt, ready.reminders, at=MORNING + 7 * MINUTE, provider_id="pm-1")
    else:
        record_failure(ready.claim, attempt, failure, at=MORNING + 7 * MINUTE)
    diary.note(MORNING + 7 * MINUTE)
    diary.check()
    assert Attempt.objects.get(pk=attempt).outcome == "accepted"


def test_a_worker_that_comes_too_late_to_try(
    plan: Plan, diary: Diary, sweep_at: Sweep, sender: RecordingSender
) -> None:
    """What its successor has in hand, or is to try again, it neither ends nor hides."""
    gather(at=MORNING)
    late = next(each for each in claim_batch(at=MORNING, limit=10) if each.message_id == coming().message_id)
    Message.objects.exclude(pk=late.message_id).update(claimed_until=None)
    sender.failure = DOWN
    sweep_at(MORNING + 5 * MINUTE)
    give_up(late, at=MORNING + 5 * MINUTE + timedelta(seconds=10))
    diary.note(MORNING + 5 * MINUTE + timedelta(seconds=20))
    sweep_at(MORNING + 6 * MINUTE)
    diary.note(MORNING + 6 * MINUTE)
    diary.check()


def test_what_comes_back_each_day_and_was_switched_off_for_a_while(
    plan: Plan, angela: Patient, diary: Diary, sweep_at: Sweep, sender: RecordingSender
) -> None:
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    sender.failure = DOWN
    sweep_at(AT_LUNCH)
    asks_for(angela, at=AT_LUNCH + MINUTE)
    sweep_at(AT_LUNCH + 2 * MINUTE)
    diary.note(AT_LUNCH + 2 * MINUTE)
    asks_for(angela, DayPart.NOON, at=AT_LUNCH + HOUR)
    diary.note(AT_LUNCH + HOUR)
    asks_for(angela, at=AT_LUNCH + 2 * HOUR)
    diary.note(AT_LUNCH + 2 * HOUR)
    diary.check()
    (row,) = Reminder.objects.filter(recurrence__isnull=False).select_related(*ROWS)
    assert "the patient had switched it off on 5 January 2027, 12:31" in why(row, at=AT_LUNCH + 2 * HOUR).sentence


# --- What is not kept -----------------------------------------------------------------------------------------


def test_before_it_was_written_down_there_is_no_answer(plan: Plan) -> None:
    assert why_then(coming(), at=NOON - MINUTE) is None


def test_a_channel_that_is_left_alone_now_is_not_told_of_the_past(plan: Plan) -> None:
    gather(at=MORNING)
    ChannelState.objects.create(channel="email", failure_count=6, shut_until=MORNING + DAY)
    then = why_then(coming(), at=MORNING + MINUTE)
    assert then is not None
    assert then.sentence == (
        "It has not been sent yet because its envelope waits, and whether for its channel or a worker is not kept: it "
        "is due since 15 January 2027, 09:00 Europe/Berlin."
    )


def test_a_prescriber_is_told_by_name(plan: Plan, sent_taper: Taper, diary: Diary, sweep_at: Sweep) -> None:
    sweep_at(NOON)
    diary.note(NOON)
    sweep_at(MORNING)
    diary.check()


# --- A day ----------------------------------------------------------------------------------------------------


def test_what_was_to_go_on_that_day_then_is_of_that_day_then(plan: Plan, by: Actor) -> None:
    """Where she was said to live on Kiritimati, 09:00 on the 18th is still the 17th in Berlin."""
    for days, zone in ((1, "Pacific/Kiritimati"), (2, "Europe/Berlin")):
        plan.patient.zone = zone
        save_patient(plan.patient, by=by, at=NOON + days * DAY)
    on = date(2027, 1, 17)
    assert why_nothing_then(plan.patient, on, at=NOON + 2 * DAY).owed == ()
    then = why_nothing_then(plan.patient, on, at=NOON + DAY + HOUR)
    assert then.sentence == "On Sunday 17 January 2027 there was 1 reminder to the patient: 1 owed."
    assert [each.sentence for each in then.then if each.reminder.recipient_kind == "patient"] == [
        "It has not been sent because its time has not come: it goes on 18 January 2027, 09:00 Pacific/Kiritimati."
    ]


def test_a_day_before_the_plan_was_put_on_hold_is_told_without_the_hold(plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, reason="Ill", by=by, at=NOON + DAY, revision=plan.revision)
    then = why_nothing_then(plan.patient, MORNING.date(), at=NOON + HOUR)
    assert then.sentence == "On Friday 15 January 2027 there was 1 reminder to the patient: 1 owed."
    assert why_nothing_then(plan.patient, MORNING.date(), at=NOON - MINUTE).owed == ()


# --- What it costs --------------------------------------------------------------------------------------------


def test_answers_of_many_cost_what_those_of_few_do(
    plan: Plan, sweep_at: Sweep, sender: RecordingSender, by: Actor
) -> None:
    sender.failure = DOWN
    sweep_at(MORNING)
    plan_moves.hold(plan, reason="Ill", by=by, at=MORNING + MINUTE, revision=plan.revision)
    rows = list(Reminder.objects.select_related(*ROWS).order_by("-status", "send_at"))
    counts = []
    for some in ([*rows[:2], coming()], rows):
        with CaptureQueriesContext(connection) as queries:
            whys_then(some, at=MORNING + 2 * MINUTE)
        counts.append(len(queries))
    assert len(rows) > 10
    assert counts[0] == counts[1], counts
    assert counts[1] <= 14
