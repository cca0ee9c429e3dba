"""What is said of one kind of message beats what is said of its group, until the group is spoken of as a whole."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from clinics.actor import Actor, NotAllowed
from patients.actor import acting_patient
from patients.models import Channel, ContactPoint, MessageGroup, MessagePreference, Patient, Plan, Reminder
from patients.reminders.kinds import GROUPS, KINDS, kinds_in
from patients.services.errors import InvalidRequest
from patients.services.reaching import follow_group, prefer, switch_off
from tests.fixtures.personae import NOON
from tests.services.test_two_at_once import at_once

PHASES = MessageGroup.PHASES
LATER = NOON + timedelta(hours=1)


def rows(angela: Patient) -> dict[tuple[str, str], list[str]]:
    """What stands: by group and kind, the channels."""
    return {(row.group, row.kind): row.channels for row in MessagePreference.objects.filter(patient=angela)}


def test_it_is_written_down_with_who_said_it_and_the_group_stays_as_it_was(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor
) -> None:
    prefer(angela, group=PHASES, channels=[Channel.EMAIL], by=acting_patient(angela), at=NOON)
    said = prefer(angela, group=PHASES, kind="phase-coming", channels=[Channel.SMS], by=by, at=LATER)
    assert (said.kind, said.said_by_kind, said.said_by_code, said.said_at) == ("phase-coming", "staff", by.code, LATER)
    assert rows(angela) == {("phases", ""): ["email"], ("phases", "phase-coming"): ["sms"]}
    prefer(angela, group=PHASES, kind="phase-coming", channels=[], by=by, at=LATER)
    assert rows(angela) == {("phases", ""): ["email"], ("phases", "phase-coming"): []}


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("red-flag", "These messages cannot be switched off or sent another way."),
        ("phase-overdue", "These messages cannot be switched off or sent another way."),
        ("pigeons", "There are no such messages. Look again, then choose."),
        ("x" * 400, "There are no such messages. Look again, then choose."),
        ("plan-changed", "These messages belong to “Changes in your plan”. Choose for them there."),
    ],
)
def test_a_kind_that_nobody_chooses_for_here_is_refused(plan: Plan, angela: Patient, kind: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as refused:
        prefer(angela, group=PHASES, kind=kind, channels=[], by=acting_patient(angela), at=NOON)
    assert refused.value.field == "kind"
    assert not MessagePreference.objects.exists()


def test_a_way_that_is_off_or_leads_nowhere_or_is_named_twice_is_refused(
    plan: Plan, texting: ContactPoint, angela: Patient, settings: Settings
) -> None:
    settings.SMS_PROVIDER, settings.VAPID_PRIVATE_KEY = "", ""
    for channels, why in (
        ([Channel.SMS], "“Text message” is not set up"),
        ([Channel.PUSH, Channel.EMAIL], "“Notification on a device” is not set up"),
        ([Channel.EMAIL, Channel.EMAIL], "Name each way once"),
    ):
        with pytest.raises(InvalidRequest, match=why):
            prefer(angela, group=PHASES, kind="phase-coming", channels=channels, by=acting_patient(angela), at=NOON)
    assert not MessagePreference.objects.exists()


def test_somebody_else_cannot_say_it(plan: Plan, angela: Patient, ben: Patient) -> None:
    with pytest.raises(NotAllowed):
        prefer(angela, group=PHASES, kind="phase-coming", channels=[], by=acting_patient(ben), at=NOON)


def test_every_group_has_kinds_and_every_kind_that_can_be_chosen_for_goes_to_patients() -> None:
    assert all(kinds_in(group) for group in GROUPS)
    assert all("patient" in kind.recipients for kind in KINDS.values() if kind.group is not None)


def test_the_group_as_a_whole_is_the_last_word_and_the_history_keeps_the_others(
    plan: Plan, texting: ContactPoint, angela: Patient
) -> None:
    own = acting_patient(angela)
    prefer(angela, group=PHASES, kind="phase-coming", channels=[], by=own, at=NOON)
    prefer(angela, group=PHASES, kind="phase-starts", channels=[Channel.SMS], by=own, at=NOON)
    prefer(angela, group=MessageGroup.SUPPLIES, kind="supply-short", channels=[Channel.SMS], by=own, at=NOON)
    prefer(angela, group=PHASES, channels=[Channel.EMAIL], by=own, at=LATER)
    assert rows(angela) == {("phases", ""): ["email"], ("supplies", "supply-short"): ["sms"]}
    ended = MessagePreference.history.filter(patient=angela, group="phases", history_type="-").order_by("kind")
    assert [(line.kind, line.channels) for line in ended] == [("phase-coming", []), ("phase-starts", ["sms"])]
    assert {(line.history_date, line.history_user, line.said_by_code) for line in ended} == {
        (LATER, angela.user, own.code)
    }


def test_one_kind_follows_its_group_again_and_the_others_keep_their_own_way(
    plan: Plan, texting: ContactPoint, angela: Patient
) -> None:
    own = acting_patient(angela)
    prefer(angela, group=PHASES, channels=[Channel.EMAIL], by=own, at=NOON)
    prefer(angela, group=PHASES, kind="phase-coming", channels=[], by=own, at=NOON)
    prefer(angela, group=PHASES, kind="phase-starts", channels=[Channel.SMS], by=own, at=NOON)
    owed = Reminder.objects.owed().filter(kind="phase-coming", recipient_kind="patient")
    assert not owed.exists()
    for _ in range(2):
        follow_group(angela, group=PHASES, kind="phase-coming", by=own, at=LATER)
        assert rows(angela) == {("phases", ""): ["email"], ("phases", "phase-starts"): ["sms"]}
    assert {row.channel for row in owed} == {"email"}
    (ended,) = MessagePreference.history.filter(patient=angela, history_type="-")
    assert (ended.kind, ended.history_date, ended.history_user) == ("phase-coming", LATER, angela.user)


def test_what_follows_no_group_cannot_and_somebody_else_cannot_say_it(
    plan: Plan, angela: Patient, ben: Patient
) -> None:
    own = acting_patient(angela)
    for kind in ("red-flag", "pigeons", "plan-changed", ""):
        with pytest.raises(InvalidRequest) as refused:
            follow_group(angela, group=PHASES, kind=kind, by=own, at=NOON)
        assert refused.value.field == "kind"
    prefer(angela, group=PHASES, kind="phase-coming", channels=[], by=own, at=NOON)
    with pytest.raises(NotAllowed):
        follow_group(angela, group=PHASES, kind="phase-coming", by=acting_patient(ben), at=NOON)
    assert rows(angela) == {("phases", "phase-coming"): []}


def test_a_refused_word_on_the_group_leaves_its_kinds_alone(plan: Plan, texting: ContactPoint, angela: Patient) -> None:
    own = acting_patient(angela)
    prefer(angela, group=PHASES, kind="phase-coming", channels=[Channel.SMS], by=own, at=NOON)
    with pytest.raises(InvalidRequest):
        prefer(angela, group=PHASES, channels=[Channel.PUSH], by=own, at=LATER)
    assert rows(angela) == {("phases", "phase-coming"): ["sms"]}


def test_switching_off_ends_single_kinds_and_a_second_time_says_nothing_new(
    plan: Plan, texting: ContactPoint, angela: Patient
) -> None:
    own = acting_patient(angela)
    switch_off(angela, groups=[PHASES], by=own, at=NOON)
    prefer(angela, group=PHASES, kind="phase-coming", channels=[Channel.SMS], by=own, at=LATER)
    for hours in (2, 3):
        switch_off(angela, groups=[PHASES], by=own, at=NOON + timedelta(hours=hours))
        assert rows(angela) == {("phases", ""): []}
        assert MessagePreference.objects.get(patient=angela).said_at == NOON + timedelta(hours=2)
    assert MessagePreference.history.filter(patient=angela, kind="").count() == 2


def test_a_kind_that_was_taken_out_of_the_registry_goes_with_its_group(plan: Plan, angela: Patient) -> None:
    MessagePreference.objects.create(
        patient=angela, group="phases", kind="gone", channels=[], said_at=NOON, said_by_kind="x", said_by_code="x"
    )
    prefer(angela, group=PHASES, channels=[Channel.EMAIL], by=acting_patient(angela), at=LATER)
    assert rows(angela) == {("phases", ""): ["email"]}


@pytest.mark.django_db(transaction=True)
def test_two_who_say_it_at_once_are_heard_one_after_the_other(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor
) -> None:
    own = acting_patient(angela)

    def say(kind: str, channel: Channel, who: Actor) -> object:
        return prefer(angela, group=PHASES, kind=kind, channels=[channel], by=who, at=NOON)

    said = at_once(
        lambda: say("phase-coming", Channel.SMS, own),
        lambda: say("phase-coming", Channel.EMAIL, by),
    )
    assert all(isinstance(each, MessagePreference) for each in said), said
    assert rows(angela).keys() == {("phases", "phase-coming")}
    said = at_once(lambda: say("", Channel.EMAIL, own), lambda: say("phase-coming", Channel.SMS, by))
    assert all(isinstance(each, MessagePreference) for each in said), said
    # Whoever came last has the last word: the kind stands beside its group, or went with it.
    assert rows(angela) in (
        {("phases", ""): ["email"]},
        {("phases", ""): ["email"], ("phases", "phase-coming"): ["sms"]},
    )
