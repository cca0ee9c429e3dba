"""Every invariant about reminders and messages can fail: what went wrong with one of them is found and named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gutclinic.simulator.evidence import Carried, HandOver
from patients.models import Attempt, Reminder
from tests.simulator.planted.conftest import Scene

DAY = timedelta(days=1)


def accepted(scene: Scene, wanted: Callable[[HandOver], bool] = lambda hand_over: True) -> tuple[int, HandOver]:
    """An accepted hand-over of one reminder, and its place."""
    return next(
        (number, hand_over)
        for number, hand_over in enumerate(scene.evidence.hand_overs)
        if hand_over.outcome == "accepted" and wanted(hand_over)
    )


def to_patient(hand_over: HandOver) -> bool:
    return hand_over.recipient[0] == "patient"


def tamper(scene: Scene, hand_over: HandOver, number: int, **carried: object) -> None:
    first: Carried = replace(hand_over.carried[0], **carried)
    scene.evidence.hand_overs[number] = replace(hand_over, carried=(first, *hand_over.carried[1:]))


def sent(scene: Scene) -> Reminder:
    """A reminder of a plan that nobody disturbed."""
    found = Reminder.objects.filter(status="sent", plan_id__in=scene.evidence.steady_plans).order_by("pk").first()
    assert found is not None
    return found


def write(reminder: Reminder, **fields: object) -> None:
    Reminder.objects.filter(pk=reminder.pk).update(**fields)


@pytest.mark.parametrize("key", ["nonsense", "phase-starts:0000000000:2027-02-01:patient-0000000000:email"])
def test_a_key_that_says_something_else_is_found(scene: Scene, key: str) -> None:
    write(sent(scene), key=key)
    assert "keys say what is owed" in scene.broken()


def test_a_reminder_without_an_outcome_is_found(scene: Scene) -> None:
    write(sent(scene), status="owed", finished_at=None)
    assert "nothing is lost" in scene.broken()


@pytest.mark.parametrize("status", ["missed", "cancelled"])
def test_an_outcome_without_a_cause_is_found(scene: Scene, status: str) -> None:
    write(sent(scene), status=status)
    assert "every outcome has its cause" in scene.broken()


def test_a_reminder_called_sent_that_never_went_is_found(scene: Scene) -> None:
    missed = Reminder.objects.filter(status="missed", reason__contains="in time").first()
    assert missed is not None
    write(missed, status="sent")
    assert "every outcome has its cause" in scene.broken()


def test_an_outcome_without_an_instant_is_found(scene: Scene) -> None:
    write(sent(scene), finished_at=None)
    assert "every outcome has its cause" in scene.broken()


def test_a_reminder_that_was_never_owed_is_found(scene: Scene) -> None:
    sent(scene).delete()
    assert {"what is called for is owed", "steady plans owe exactly this"} <= scene.broken()


def test_a_reminder_cancelled_before_its_time_is_found(scene: Scene) -> None:
    reminder = sent(scene)
    write(reminder, status="cancelled", finished_at=reminder.send_at - DAY)
    assert "what is called for is owed" in scene.broken()


def test_a_reminder_too_many_is_found(scene: Scene) -> None:
    reminder = sent(scene)
    reminder.pk, reminder.code = None, "EXTRA00000"
    reminder.civil_date += DAY
    reminder.key = reminder.key.replace((reminder.civil_date - DAY).isoformat(), reminder.civil_date.isoformat())
    reminder.save()
    assert "steady plans owe exactly this" in scene.broken()


def test_a_message_that_went_at_another_hour_is_found(scene: Scene) -> None:
    plans = scene.evidence.steady_plans
    number, hand_over = accepted(
        scene, lambda hand_over: to_patient(hand_over) and hand_over.carried[0].plan_id in plans
    )
    scene.evidence.hand_overs[number] = replace(hand_over, at=hand_over.at + timedelta(minutes=5))
    assert "steady plans owe exactly this" in scene.broken()


def test_a_message_that_went_twice_is_found(scene: Scene) -> None:
    _, hand_over = accepted(scene)
    scene.evidence.hand_overs.append(replace(hand_over, at=hand_over.at + timedelta(minutes=1)))
    assert "nothing goes twice" in scene.broken()


def test_a_message_at_night_is_found(scene: Scene) -> None:
    number, hand_over = accepted(scene)
    person = scene.evidence.person_at(hand_over.recipient, hand_over.at)
    night = datetime.combine(hand_over.at.date(), person.quiet_starts, ZoneInfo(person.zone)).astimezone(UTC)
    scene.evidence.hand_overs[number] = replace(hand_over, at=night)
    assert "nothing goes at night" in scene.broken()


@pytest.mark.parametrize("days", [-1, 9])
def test_a_message_on_another_day_is_found(scene: Scene, days: int) -> None:
    number, hand_over = accepted(scene)
    scene.evidence.hand_overs[number] = replace(hand_over, at=hand_over.at + days * DAY)
    assert "everything goes on its day" in scene.broken()


def test_a_message_of_a_plan_that_rests_is_found(scene: Scene) -> None:
    number, hand_over = accepted(scene)
    tamper(scene, hand_over, number, plan_status="on-hold")
    assert "only active plans send" in scene.broken()


def test_a_start_that_did_not_happen_is_found(scene: Scene) -> None:
    number, hand_over = accepted(
        scene, lambda hand_over: to_patient(hand_over) and hand_over.carried[0].kind == "phase-starts"
    )
    tamper(scene, hand_over, number, phase_status="planned")
    assert "everything is true when it goes" in scene.broken()


def test_a_message_that_no_plan_called_for_is_found(scene: Scene) -> None:
    number, hand_over = accepted(scene)
    tamper(scene, hand_over, number, civil_date=hand_over.carried[0].civil_date + DAY)
    assert "everything is true when it goes" in scene.broken()


@pytest.mark.parametrize("change", ["not owed", "other set", "other key"])
def test_an_envelope_that_did_not_keep_its_set_is_found(scene: Scene, change: str) -> None:
    number, hand_over = accepted(scene)
    if change == "not owed":
        tamper(scene, hand_over, number, status="cancelled")
    elif change == "other set":
        scene.evidence.hand_overs.append(replace(hand_over, carried=hand_over.carried * 2))
    else:
        envelope = replace(hand_over.envelope, idempotency_key="another")
        scene.evidence.hand_overs.append(replace(hand_over, envelope=envelope))
    assert "envelopes keep their set" in scene.broken()


def test_a_second_message_to_staff_on_one_day_is_found(scene: Scene) -> None:
    _, hand_over = accepted(scene, lambda hand_over: not to_patient(hand_over))
    another = accepted(scene, to_patient)[1].message_id
    scene.evidence.hand_overs.insert(0, replace(hand_over, message_id=another))
    assert "staff get one message a day" in scene.broken()


@pytest.mark.parametrize("field", ["subject", "text", "html", "sender_name"])
@pytest.mark.parametrize("word", ["Re-inoculate", "magnesium", "patient_001", "Lindenhof gut practice"])
def test_a_word_that_tells_is_found(scene: Scene, field: str, word: str) -> None:
    number, hand_over = accepted(scene)
    envelope = replace(hand_over.envelope, **{field: f"About {word}."})
    scene.evidence.hand_overs[number] = replace(hand_over, envelope=envelope)
    assert "words are neutral" in scene.broken()


@pytest.mark.parametrize("fields", [{"outcome": "failed"}, {"number": 7}])
def test_an_attempt_that_the_channel_did_not_see_is_found(scene: Scene, fields: dict[str, object]) -> None:
    attempt = Attempt.objects.filter(outcome="accepted").order_by("pk").first()
    assert attempt is not None
    Attempt.objects.filter(pk=attempt.pk).update(**fields)
    assert "attempts are written" in scene.broken()
