"""One record that the software cannot read keeps nobody’s other messages: it is taken out, and the rest goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from patients.models import Attempt, Message, Patient, Plan, Reminder
from patients.reminders import rechecking
from patients.reminders.channels import Envelope
from patients.reminders.kind import Call
from patients.reminders.ledger import why
from patients.reminders.ledger_facts import ROWS
from patients.reminders.subjects import Subject
from patients.reminders.taking_out import AGAIN_AFTER
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

STAFF_MORNING = datetime(2027, 1, 15, 7, 0, tzinfo=UTC)
"""08:00 in Berlin: Replace is announced to the practitioner."""


@pytest.fixture
def broken(plan: Plan, ben: Patient, activate_plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The codes of patients whose record breaks whatever looks at it; Ben’s at first. Both are in one digest."""
    activate_plan(ben)
    codes, real = {ben.code}, rechecking.standing_call

    def looks_at(reminder: Reminder, subject: Subject) -> Call | None:
        if reminder.plan.patient.code in codes:
            raise ZeroDivisionError
        return real(reminder, subject)

    monkeypatch.setattr(rechecking, "standing_call", looks_at)
    return codes


def about(patient: Patient) -> Reminder:
    return Reminder.objects.select_related(*ROWS).get(
        kind="phase-coming", phase__key="replace", recipient_kind="staff", plan__patient=patient
    )


def to_staff(sender: RecordingSender) -> list[Envelope]:
    return [envelope for envelope in sender.accepted if envelope.address == "dr_cho@example.org"]


def test_the_rest_of_the_digest_goes_and_the_error_is_raised(
    broken: set[str], angela: Patient, ben: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        sweep_at(STAFF_MORNING)
    assert raised.group_contains(Exception, match="CannotBeMadeUp")
    (digest,) = to_staff(sender)
    assert angela.code in digest.text
    assert ben.code not in digest.text
    assert about(angela).status == "sent"
    left = about(ben)
    assert (left.status, left.message, left.send_at) == ("owed", None, STAFF_MORNING + AGAIN_AFTER)
    assert list(Attempt.objects.order_by("number").values_list("outcome", flat=True)) == ["failed", "accepted"]
    assert "could not make it up" in why(left, at=STAFF_MORNING + timedelta(minutes=1)).sentence


def test_nobody_who_comes_later_waits_behind_it(
    broken: set[str], angela: Patient, ben: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    """The next day has a digest, too."""
    with pytest.raises(ExceptionGroup):
        sweep_at(STAFF_MORNING)
    later = Reminder.objects.filter(recipient_kind="staff", plan__patient=angela, status="owed").earliest("send_at")
    assert later.send_at > STAFF_MORNING + timedelta(hours=12)
    with pytest.raises(ExceptionGroup):
        sweep_at(later.send_at)
    assert len(to_staff(sender)) == 2
    later.refresh_from_db()
    assert later.status == "sent"


def test_mended_it_goes(broken: set[str], ben: Patient, sender: RecordingSender, sweep_at: Sweep) -> None:
    with pytest.raises(ExceptionGroup):
        sweep_at(STAFF_MORNING)
    broken.clear()
    again = about(ben)
    sweep_at(again.send_at)
    sweep_at(again.send_at + timedelta(days=1))
    assert about(ben).status == "sent"
    assert about(ben).reason == ""


def test_where_it_would_be_too_late_in_a_while_it_is_missed_and_says_why(
    broken: set[str], ben: Patient, sweep_at: Sweep
) -> None:
    Reminder.objects.filter(pk=about(ben).pk).update(too_late_at=STAFF_MORNING + AGAIN_AFTER)
    with pytest.raises(ExceptionGroup):
        sweep_at(STAFF_MORNING)
    left = about(ben)
    assert left.status == "missed"
    assert "gutclinic could not make it up" in why(left, at=STAFF_MORNING).sentence


def test_where_everything_in_it_breaks_the_envelope_waits_as_a_whole(
    broken: set[str], angela: Patient, ben: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    broken.add(angela.code)
    with pytest.raises(ExceptionGroup):
        sweep_at(STAFF_MORNING)
    assert to_staff(sender) == []
    message = Message.objects.get(recipient_kind="staff")
    assert {about(angela).message_id, about(ben).message_id} == {message.pk}
    assert message.next_attempt_at == STAFF_MORNING + timedelta(minutes=1)
