"""One kind of message goes another way than its group, or not at all, and nothing else of the group changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from patients.actor import acting_patient
from patients.models import (
    Channel,
    ContactPoint,
    Message,
    MessageGroup,
    Patient,
    Plan,
    RecipientKind,
    Recurrence,
    Reminder,
)
from patients.reminders.channels import Envelope
from patients.reminders.ledger_day import why_nothing
from patients.reminders.reasons import UNREACHABLE
from patients.reminders.ways import Way, Ways
from patients.services.day.reminding import set_day_reminders
from patients.services.falling_back import fall_back
from patients.services.reaching import prefer, switch_off
from protocols.domain.day_parts import DayPart
from tests.fixtures.personae import NOON, TODAY

Sweep = Callable[[datetime], list[Envelope]]

PHASES = MessageGroup.PHASES
# Replace is announced to Angela on 15 January at 09:00 in Berlin, and begins on the 18th.
ANNOUNCED = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
BEGINS = ANNOUNCED + timedelta(days=3)

EMAIL, SMS, PORTAL = (Way(channel, channel.value) for channel in (Channel.EMAIL, Channel.SMS, Channel.PORTAL))


@pytest.mark.parametrize(
    ("said", "group", "kind"),
    [
        ({}, (EMAIL, SMS, PORTAL), (EMAIL, SMS, PORTAL)),
        ({"": ["sms"]}, (SMS,), (SMS,)),
        ({"phase-coming": ["sms", "email"]}, (EMAIL, SMS, PORTAL), (SMS, EMAIL)),
        ({"": [], "phase-coming": ["portal"]}, (), (PORTAL,)),
        ({"": ["portal"], "phase-coming": []}, (PORTAL,), ()),
        ({"phase-starts": []}, (EMAIL, SMS, PORTAL), (EMAIL, SMS, PORTAL)),
        ({"": ["push", "sms"], "phase-coming": ["push"]}, (SMS,), ()),
    ],
)
def test_a_kind_beats_its_group_and_that_the_usual_order(
    said: dict[str, list[str]], group: tuple[Way, ...], kind: tuple[Way, ...]
) -> None:
    words = {("phases", name): tuple(Channel(each) for each in channels) for name, channels in said.items()}
    ways = Ways((EMAIL, SMS, PORTAL), words)
    assert ways.wanted(PHASES) == group
    assert ways.wanted(PHASES, "phase-coming") == kind
    assert ways.wanted(None, "phase-coming") == (EMAIL, SMS, PORTAL), "what nobody can switch off"
    assert ways.wanted(MessageGroup.SUPPLIES, "phase-coming") == (EMAIL, SMS, PORTAL), "another group"


def choose(angela: Patient, kind: str, *channels: Channel, group: MessageGroup = PHASES, at: datetime = NOON) -> None:
    prefer(angela, group=group, kind=kind, channels=channels, by=acting_patient(angela), at=at)


def owed(kind: str) -> set[tuple[int, str, datetime, datetime]]:
    rows = Reminder.objects.owed().filter(kind=kind, recipient_kind="patient")
    return set(rows.values_list("pk", "channel", "send_at", "created_at"))


def to_angela(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address != "dr_cho@example.org"]


def test_one_kind_is_off_and_the_others_of_its_group_go(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    coming, starts = owed("phase-coming"), owed("phase-starts")
    choose(angela, "phase-coming")
    assert owed("phase-coming") == set()
    assert owed("phase-starts") == starts, "not so much as touched"
    assert to_angela(sweep_at(ANNOUNCED)) == []
    assert len(to_angela(sweep_at(BEGINS))) == 1
    choose(angela, "phase-coming", Channel.EMAIL, at=BEGINS)
    ahead = {each for each in coming if each[2] > BEGINS}
    assert owed("phase-coming") == ahead, "the same rows, owed again"


def test_the_ledger_tells_why_that_one_kind_is_not_there(activate_plan: Callable[..., Plan], angela: Patient) -> None:
    choose(angela, "phase-coming")
    activate_plan(angela)
    found = why_nothing(angela, ANNOUNCED.date(), at=NOON)
    said = {answer.kind: answer.said for answer in found.answers if answer.whom is RecipientKind.PATIENT}
    assert said["A phase starts soon"] == "Calls for it, but the patient does not want such messages."


def test_one_kind_comes_as_a_text_while_its_group_comes_by_email(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    choose(angela, "", Channel.EMAIL)
    choose(angela, "phase-starts", Channel.SMS)
    assert {row[1] for row in owed("phase-coming")} == {"email"}
    assert {row[1] for row in owed("phase-starts")} == {"sms"}
    assert [each.channel for each in to_angela(sweep_at(ANNOUNCED))] == ["email"]
    assert [each.channel for each in to_angela(sweep_at(BEGINS))] == ["sms"]


def test_a_word_on_the_group_brings_its_kinds_back_to_it(plan: Plan, texting: ContactPoint, angela: Patient) -> None:
    before = owed("phase-coming")
    choose(angela, "phase-coming", Channel.SMS)
    choose(angela, "", Channel.EMAIL, Channel.SMS)
    assert owed("phase-coming") == before


def test_what_is_due_together_is_one_message_for_each_channel(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    choose(angela, "phase-starts", Channel.SMS)
    hers = Reminder.objects.owed().filter(recipient_kind="patient")
    hers.update(send_at=ANNOUNCED, too_late_at=ANNOUNCED + timedelta(days=1))
    assert hers.filter(channel="email").count() > 1
    assert hers.filter(channel="sms").count() > 1
    assert sorted(each.channel for each in to_angela(sweep_at(ANNOUNCED))) == ["email", "sms"]
    for message in Message.objects.filter(recipient_kind="patient"):
        kinds = set(message.reminders.values_list("kind", flat=True))
        assert kinds == ({"phase-starts"} if message.channel == "sms" else {"phase-coming"})


def test_what_is_in_its_envelope_already_is_looked_at_kind_by_kind(
    plan: Plan, angela: Patient, sweep_at: Sweep
) -> None:
    hers = Reminder.objects.owed().filter(recipient_kind="patient")
    hers.update(send_at=ANNOUNCED, too_late_at=ANNOUNCED + timedelta(days=1))
    # Said, and nothing planned yet: the look right before the hand-over is the last one.
    angela.message_preferences.create(
        group="phases", kind="phase-coming", channels=[], said_at=NOON, said_by_kind="x", said_by_code="x"
    )
    (went,) = to_angela(sweep_at(ANNOUNCED))
    assert set(Reminder.objects.filter(status="sent", recipient_kind="patient").values_list("kind", flat=True)) == {
        "phase-starts"
    }
    assert went.channel == "email"


def test_switching_the_group_off_silences_a_kind_that_had_its_own_way(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    choose(angela, "phase-coming", Channel.SMS)
    switch_off(angela, groups=[PHASES], by=acting_patient(angela), at=NOON)
    assert owed("phase-coming") == owed("phase-starts") == set()
    assert to_angela(sweep_at(ANNOUNCED)) == []


def test_of_the_times_of_her_day_one_goes_its_own_way(
    activate_plan: Callable[..., Plan], texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    # In Repair there is something to take with breakfast and at bedtime.
    activate_plan(angela, starts_on=TODAY - timedelta(days=81), at=NOON)
    wanted = {DayPart.MORNING: None, DayPart.BED: None}
    set_day_reminders(angela, wanted=wanted, by=acting_patient(angela), at=NOON)
    choose(angela, "day-bed", Channel.SMS, group=MessageGroup.TIMES_OF_DAY)
    bed, morning = (Recurrence.objects.get(kind=kind).next_at for kind in ("day-bed", "day-morning"))
    went = {at: to_angela(sweep_at(at)) for at in sorted((bed, morning))}
    assert {at: [each.channel for each in envelopes] for at, envelopes in went.items()} == {
        bed: ["sms"],
        morning: ["email"],
    }


def test_a_kind_that_has_no_second_way_falls_back_to_none(
    plan: Plan, texting: ContactPoint, angela: Patient, sweep_at: Sweep
) -> None:
    choose(angela, "phase-coming", Channel.SMS)
    texting.stopped_at, texting.stopped_because = NOON, "refused"
    texting.save()
    assert to_angela(sweep_at(ANNOUNCED)) == []
    fall_back(at=ANNOUNCED + timedelta(minutes=1))
    assert to_angela(sweep_at(ANNOUNCED + timedelta(minutes=2))) == []
    missed = Reminder.objects.get(kind="phase-coming", channel="sms", civil_date=ANNOUNCED.date())
    assert (missed.status, missed.reason) == ("missed", UNREACHABLE), "she wants it: it is nobody’s wish that it fails"
    assert len(to_angela(sweep_at(BEGINS))) == 1, "its group goes by email"


def test_the_ledger_tells_a_way_that_was_lost_from_what_is_not_wanted(
    activate_plan: Callable[..., Plan], texting: ContactPoint, angela: Patient
) -> None:
    choose(angela, "phase-coming", Channel.SMS)
    texting.stopped_at, texting.stopped_because = NOON, "refused"
    texting.save()
    activate_plan(angela)
    found = why_nothing(angela, ANNOUNCED.date(), at=NOON)
    said = {answer.kind: answer.said for answer in found.answers if answer.whom is RecipientKind.PATIENT}
    assert said["A phase starts soon"] == "Calls for it, but there is no address with consent."
