"""People ask for a reminder again, cancel or mute it: each act once, written down, and never in somebody’s night."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from patients.actor import acting_patient
from patients.models import Heard, Patient, Plan, RecipientKind, Reminder, ReminderNote, Taper
from patients.models.reminder import ReminderStatus
from patients.reminders.channels import Envelope
from patients.reminders.planning import replan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, Refused
from patients.services.reminder_acts import ask_again, cancel, mute, unmute
from patients.services.tapers import using
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]
# “A phase starts soon”, on the morning of 15 January where Angela lives: 09:00 in Berlin.
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def coming(plan: Plan) -> Reminder:
    return Reminder.objects.get(plan=plan, kind="phase-coming", recipient_kind="patient", civil_date=date(2027, 1, 15))


@pytest.fixture
def sent(plan: Plan, sweep_at: Sweep) -> Reminder:
    sweep_at(MORNING)
    reminder = coming(plan)
    assert reminder.status == "sent"
    return reminder


@pytest.fixture
def red_flag_sent(taper: Taper, angela: Patient, sweep_at: Sweep) -> Reminder:
    """The alert to dr_cho about a warning sign of the evening of 4 January, sent."""
    at = NOON + timedelta(hours=10)
    using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=at)
    sweep_at(at)
    reminder = Reminder.objects.get(taper=taper, kind="red-flag", recipient_kind="staff")
    assert reminder.status == "sent"
    return reminder


def envelopes_to(sender: RecordingSender, patient: Patient) -> int:
    address = patient.contact_points.get().value
    return sum(envelope.address == address for envelope in sender.accepted)


# --- Asked for again ------------------------------------------------------------------------------------------


def test_what_is_asked_for_again_goes_once_more_at_once(
    sent: Reminder, sender: RecordingSender, sweep_at: Sweep, by: Actor
) -> None:
    at = MORNING + timedelta(hours=2)
    note = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=at)
    assert note.made is not None
    assert (note.made.send_at, note.made.civil_date, note.made.again_of) == (at, sent.civil_date, sent)
    before = envelopes_to(sender, sent.plan.patient)
    sweep_at(at)
    assert envelopes_to(sender, sent.plan.patient) == before + 1
    note.made.refresh_from_db()
    assert note.made.status == "sent"


@pytest.mark.parametrize("silent_days", [0, 9])
def test_the_message_budget_is_for_what_goes_by_itself(
    sent: Reminder, sweep_at: Sweep, by: Actor, silent_days: int
) -> None:
    """Two have gone that day, or she is silent: whoever asks for it again has decided that it goes."""
    on = MORNING.date()
    Heard.objects.filter(patient=sent.plan.patient).update(
        written_on=on, written_count=2, unanswered_since=on - timedelta(days=silent_days)
    )
    at = MORNING + timedelta(hours=2)
    note = ask_again(sent, reason="She asked for it by telephone.", request_key="form 1", by=by, at=at)
    sweep_at(at)
    assert note.made is not None
    note.made.refresh_from_db()
    assert note.made.status == "sent"
    assert Heard.objects.get(patient=sent.plan.patient).written_count == 2, "it is counted nowhere"


def test_a_second_click_is_no_second_act(sent: Reminder, sender: RecordingSender, sweep_at: Sweep, by: Actor) -> None:
    at = MORNING + timedelta(hours=2)
    first = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=at)
    sweep_at(at)
    again = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=at + timedelta(minutes=1))
    assert again == first
    before = envelopes_to(sender, sent.plan.patient)
    sweep_at(at + timedelta(minutes=2))
    assert envelopes_to(sender, sent.plan.patient) == before
    assert ReminderNote.objects.count() == 1


def test_asked_for_at_night_it_waits_for_the_morning(sent: Reminder, sweep_at: Sweep, by: Actor) -> None:
    night = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    note = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=night)
    assert note.made is not None
    assert note.made.send_at == datetime(2027, 1, 16, 7, 0, tzinfo=UTC), "quiet until eight in Berlin"
    sweep_at(night)
    note.made.refresh_from_db()
    assert note.made.status == "owed"


def test_an_alert_asked_for_at_night_goes_at_night(red_flag_sent: Reminder, by: Actor) -> None:
    night = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)
    note = ask_again(red_flag_sent, reason="Nobody saw it.", request_key="form 1", by=by, at=night)
    assert note.made is not None
    assert note.made.send_at == night


def test_what_is_still_owed_is_not_asked_for_again(plan: Plan, by: Actor) -> None:
    with pytest.raises(Refused, match="still owed"):
        ask_again(coming(plan), reason="Sooner.", request_key="form 1", by=by, at=NOON)


def test_nothing_is_asked_for_twice_while_the_first_repetition_waits(sent: Reminder, by: Actor) -> None:
    night = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    note = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=night)
    for reminder in (sent, note.made):
        assert reminder is not None
        with pytest.raises(Refused, match="still owed"):
            ask_again(reminder, reason="Once more.", request_key=f"form {reminder.pk}", by=by, at=night)


def test_what_is_no_longer_true_is_not_sent_again(sent: Reminder, by: Actor) -> None:
    at = MORNING + timedelta(hours=1)
    plan_moves.hold(sent.plan, reason="Ill.", by=by, at=at, revision=sent.plan.revision)
    sent.refresh_from_db()
    with pytest.raises(Refused, match="no longer calls for it"):
        ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=at)


def test_what_becomes_untrue_before_it_goes_does_not_go(sent: Reminder, sweep_at: Sweep, by: Actor) -> None:
    night = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    note = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=night)
    plan_moves.hold(sent.plan, reason="Ill.", by=by, at=night, revision=sent.plan.revision)
    sweep_at(datetime(2027, 1, 16, 7, 0, tzinfo=UTC))
    assert note.made is not None
    note.made.refresh_from_db()
    assert (note.made.status, note.made.reason) == ("cancelled", "The plan no longer calls for it.")


def test_a_plan_that_is_looked_at_anew_leaves_what_was_asked_for_alone(sent: Reminder, by: Actor) -> None:
    night = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    note = ask_again(sent, reason="She deleted it.", request_key="form 1", by=by, at=night)
    replan(sent.plan, at=night)
    assert note.made is not None
    note.made.refresh_from_db()
    assert note.made.status == "owed"


def test_what_could_not_go_in_time_may_be_asked_for(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    """Whoever asks has decided that it is not too late."""
    late = MORNING + timedelta(days=3)
    sweep_at(late)
    missed = coming(plan)
    assert missed.status == "missed"
    note = ask_again(missed, reason="It still matters.", request_key="form 1", by=by, at=late)
    sweep_at(late)
    assert note.made is not None
    note.made.refresh_from_db()
    assert note.made.status == "sent"


# --- Cancelled ------------------------------------------------------------------------------------------------


def test_what_was_cancelled_does_not_go_and_is_not_owed_again(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    note = cancel(coming(plan), reason="She knows.", request_key="form 1", by=by, at=NOON)
    assert cancel(coming(plan), reason="She knows.", request_key="form 1", by=by, at=NOON) == note
    replan(plan, at=NOON)
    sweep_at(MORNING)
    assert (coming(plan).status, coming(plan).reason) == ("cancelled", "Somebody at the clinic cancelled it.")


def test_what_went_cannot_be_cancelled(sent: Reminder, by: Actor) -> None:
    with pytest.raises(Refused, match="not owed any more"):
        cancel(sent, reason="Oh.", request_key="form 1", by=by, at=MORNING)


def test_an_alert_is_not_cancelled(red_flag_sent: Reminder, by: Actor) -> None:
    Reminder.objects.filter(pk=red_flag_sent.pk).update(status=ReminderStatus.OWED.value, finished_at=None)
    with pytest.raises(Refused, match="An alert is not cancelled"):
        cancel(red_flag_sent, reason="It is nothing.", request_key="form 1", by=by, at=NOON)


# --- Muted ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["phase-coming", ""])
def test_what_is_muted_does_not_go(plan: Plan, sweep_at: Sweep, sender: RecordingSender, by: Actor, kind: str) -> None:
    note = mute(plan.patient, kind=kind, until=None, reason="A quiet month.", request_key="1", by=by, at=NOON)
    assert mute(plan.patient, kind=kind, until=None, reason="A quiet month.", request_key="1", by=by, at=NOON) == note
    sweep_at(MORNING)
    assert (coming(plan).status, coming(plan).reason) == ("cancelled", "The clinic had muted it.")
    assert envelopes_to(sender, plan.patient) == 0


def test_muting_a_patient_mutes_nobody_who_works_here(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    mute(plan.patient, kind="", until=None, reason="A quiet month.", request_key="1", by=by, at=NOON)
    sweep_at(MORNING)
    own = Reminder.objects.get(plan=plan, kind="phase-coming", recipient_kind="staff", civil_date=date(2027, 1, 15))
    assert own.status == "sent"


def test_another_kind_and_another_patient_still_go(
    plan: Plan, activate_plan: Callable[..., Plan], ben: Patient, sweep_at: Sweep, by: Actor
) -> None:
    others = activate_plan(ben)
    mute(plan.patient, kind="phase-starts", until=None, reason="She knows.", request_key="1", by=by, at=NOON)
    mute(ben, kind="phase-starts", until=None, reason="He knows.", request_key="2", by=by, at=NOON)
    sweep_at(MORNING)
    assert [coming(plan).status, coming(others).status] == ["sent", "sent"]


def test_a_mute_ends_with_its_last_day_where_the_patient_lives(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    the_day_before = date(2027, 1, 14)
    note = mute(plan.patient, kind="", until=the_day_before, reason="Away.", request_key="1", by=by, at=NOON)
    assert note.silent_until == datetime(2027, 1, 14, 23, 0, tzinfo=UTC), "midnight in Berlin"
    sweep_at(MORNING)
    assert coming(plan).status == "sent"


def test_on_its_last_day_a_mute_still_holds(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    mute(plan.patient, kind="", until=date(2027, 1, 15), reason="Away.", request_key="1", by=by, at=NOON)
    sweep_at(MORNING)
    assert coming(plan).status == "cancelled"


def test_what_is_unmuted_goes_again(plan: Plan, sweep_at: Sweep, by: Actor) -> None:
    muted = mute(plan.patient, kind="", until=None, reason="Away.", request_key="1", by=by, at=NOON)
    lifted = unmute(muted, reason="Back.", request_key="2", by=by, at=NOON + timedelta(days=1))
    assert unmute(muted, reason="Back.", request_key="2", by=by, at=NOON + timedelta(days=1)) == lifted
    with pytest.raises(Refused, match="not muted any more"):
        unmute(muted, reason="Back.", request_key="3", by=by, at=NOON + timedelta(days=1))
    sweep_at(MORNING)
    assert coming(plan).status == "sent"


def test_what_is_muted_cannot_be_asked_for_again(sent: Reminder, by: Actor) -> None:
    mute(sent.plan.patient, kind="phase-coming", until=None, reason="Away.", request_key="1", by=by, at=MORNING)
    with pytest.raises(Refused, match="Unmute it first"):
        ask_again(sent, reason="Once more.", request_key="2", by=by, at=MORNING)


def test_muting_says_what_it_needs(plan: Plan, by: Actor) -> None:
    def asked(**said: object) -> ReminderNote:
        whole = {"kind": "", "until": None, "reason": "Away.", "request_key": "1", "by": by, "at": NOON} | said
        return mute(plan.patient, **whole)  # type: ignore[arg-type]

    refused: list[tuple[dict[str, object], str]] = [
        ({"kind": "red-flag"}, "cannot be muted"),
        ({"kind": "no-such-kind"}, "cannot be muted"),
        ({"until": TODAY - timedelta(days=1)}, "That day is over"),
        ({"reason": "  "}, "Say why"),
        ({"reason": "x" * 301}, "at most 300"),
        ({"request_key": ""}, "needs a key"),
    ]
    for said, sentence in refused:
        with pytest.raises(InvalidRequest, match=sentence):
            asked(**said)
    asked()
    with pytest.raises(Refused, match="muted already"):
        asked(request_key="2", kind="phase-coming")
    with pytest.raises(InvalidRequest, match="already used"):
        cancel(coming(plan), reason="Away.", request_key="1", by=by, at=NOON)


# --- Who may --------------------------------------------------------------------------------------------------


def test_an_assistant_may_send_again_but_neither_cancel_nor_mute(
    sent: Reminder, clinic: Clinic, assistant_1: User
) -> None:
    by = staff_in(clinic, assistant_1)
    ask_again(sent, reason="She deleted it.", request_key="1", by=by, at=MORNING)
    with pytest.raises(NotAllowed, match="cancel or mute reminders"):
        cancel(sent, reason="No.", request_key="2", by=by, at=MORNING)
    with pytest.raises(NotAllowed, match="cancel or mute reminders"):
        mute(sent.plan.patient, kind="", until=None, reason="No.", request_key="3", by=by, at=MORNING)


def test_nobody_of_another_clinic_and_no_software_does_any_of_it(
    sent: Reminder, other_clinic: Clinic, dr_dee: User
) -> None:
    for by in (staff_in(other_clinic, dr_dee), for_system()):
        with pytest.raises(NotAllowed):
            ask_again(sent, reason="Why not.", request_key="1", by=by, at=MORNING)
        with pytest.raises(NotAllowed):
            cancel(sent, reason="Why not.", request_key="1", by=by, at=MORNING)
    assert not ReminderNote.objects.exists()


def test_the_act_says_who_when_and_why(plan: Plan, by: Actor, dr_cho: User) -> None:
    note = cancel(coming(plan), reason="  She knows\nalready. ", request_key="1", by=by, at=NOON)
    assert (note.reason, note.at, note.by_user, note.by_roles) == ("She knows already.", NOON, dr_cho, "Practitioner")
    assert RecipientKind(coming(plan).recipient_kind) is RecipientKind.PATIENT
