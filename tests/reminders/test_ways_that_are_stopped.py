"""An address that refuses for good is left alone, the clinic sees it, and what is owed goes on by the next way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import Channel, ContactPoint, Message, MessageGroup, Patient, Plan, PushSubscription, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.channels.configured import senders
from patients.reminders.channels.each import SenderOfEach
from patients.reminders.channels.vapid import new_vapid_key
from patients.reminders.planning import replan_all_of
from patients.reminders.ways import ways_of
from patients.services.falling_back import fall_back
from patients.services.people import end_contact_point, save_contact_point, use_again
from patients.services.reaching import prefer
from tests.channels.envelopes import FIREFOX, envelope
from tests.fixtures.personae import NOON, make_patient
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def refuse(sender: RecordingSender, *, address_gone: bool) -> None:
    sender.failure = HandOverFailed("Refused.", permanent=True, address_gone=address_gone)


def channels_owed() -> set[str]:
    return set(Reminder.objects.owed().filter(recipient_kind="patient").values_list("channel", flat=True))


def test_an_address_that_is_gone_is_stopped_with_its_history(
    plan: Plan, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    refuse(sender, address_gone=True)
    sweep_at(MORNING)
    contact = angela.contact_points.get()
    assert (contact.stopped_at, contact.stopped_because) == (MORNING, "refused")
    newest = contact.history.order_by("-history_id").first()
    assert (newest.stopped_at, newest.history_date, newest.history_user) == (MORNING, MORNING, None)
    fall_back(at=MORNING + MINUTE)
    assert channels_owed() == {"portal"}, "all that is ahead leaves that address alone"


def test_a_message_that_is_refused_stops_nothing(
    plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    refuse(sender, address_gone=False)
    sweep_at(MORNING)
    assert not ContactPoint.objects.stopped().exists()
    fall_back(at=MORNING + MINUTE)
    assert channels_owed() == {"email", "sms"}, "this one goes by the next way, the others as before"


def test_an_address_that_was_corrected_meanwhile_is_not_stopped(
    plan: Plan, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    def corrected() -> None:
        sender.before = lambda: None
        contact = angela.contact_points.get()
        contact.value = "angela.new@example.org"
        save_contact_point(contact, by=by, at=MORNING)

    refuse(sender, address_gone=True)
    sender.before = corrected
    sweep_at(MORNING)
    assert not ContactPoint.objects.stopped().exists()


def test_who_shares_the_address_finds_out_by_an_own_message(
    plan: Plan, angela: Patient, clinic: object, sender: RecordingSender, sweep_at: Sweep
) -> None:
    other = make_patient(clinic, "Someone", email="angela@example.org")  # type: ignore[arg-type]
    refuse(sender, address_gone=True)
    sweep_at(MORNING)
    assert [row.patient for row in ContactPoint.objects.stopped()] == [angela]
    assert other.contact_points.get().stopped_at is None


def test_another_address_is_not_the_one_that_was_refused(
    plan: Plan, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    refuse(sender, address_gone=True)
    sweep_at(MORNING)
    fall_back(at=MORNING + MINUTE)
    contact = angela.contact_points.get()
    contact.value = "angela.new@example.org"
    save_contact_point(contact, by=by, at=MORNING + MINUTE)
    assert not ContactPoint.objects.stopped().exists()
    assert "email" in channels_owed()


def test_an_address_that_works_again_is_used_again(
    plan: Plan, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    refuse(sender, address_gone=True)
    sweep_at(MORNING)
    fall_back(at=MORNING + MINUTE)
    contact = angela.contact_points.get()
    save_contact_point(contact, by=by, at=MORNING + MINUTE)
    assert ContactPoint.objects.stopped().exists(), "saving the same once more says nothing about it"
    use_again(contact, by=by, at=MORNING + MINUTE)
    assert "email" in channels_owed()


def test_a_browser_that_is_gone_is_ended_and_says_why(
    plan: Plan, her_browser: PushSubscription, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    end_contact_point(angela.contact_points.get(), by=by, at=MORNING - MINUTE)
    refuse(sender, address_gone=True)
    sweep_at(MORNING)
    assert Message.objects.get(recipient_kind="patient").channel == "push"
    her_browser.refresh_from_db()
    assert (her_browser.endpoint, her_browser.ended_at, her_browser.ended_because) == (FIREFOX, MORNING, "gone")
    sender.failure = None
    fall_back(at=MORNING + MINUTE)
    (went,) = [each for each in sweep_at(MORNING + MINUTE) if each.address != "dr_cho@example.org"]
    assert (went.channel, went.address) == ("portal", angela.code)


def test_a_push_service_that_is_taken_out_of_the_settings_ends_nobody_s_yes(
    plan: Plan, her_browser: PushSubscription, angela: Patient, settings: Settings, sweep_at: Sweep
) -> None:
    """A list that was typed wrong for a morning must not send everybody back to their devices."""
    ways = [Channel.PUSH, Channel.EMAIL]
    prefer(angela, group=MessageGroup.PHASES, channels=ways, by=acting_patient(angela), at=NOON)
    assert channels_owed() == {"push"}
    listed, settings.PUSH_HOSTS = settings.PUSH_HOSTS, ["fcm.googleapis.com"]
    sweep_at(MORNING)
    fall_back(at=MORNING + MINUTE)
    (went,) = [each for each in sweep_at(MORNING + MINUTE) if each.address != "dr_cho@example.org"]
    assert (went.channel, went.address) == ("email", "angela@example.org")
    her_browser.refresh_from_db()
    assert her_browser.ended_at is None
    settings.PUSH_HOSTS = listed
    assert [way.channel.value for way in ways_of([angela])[angela.pk].wanted(MessageGroup.PHASES)] == ["push", "email"]


def test_with_another_key_of_this_server_it_goes_by_her_next_way_and_with_the_first_one_to_her_device(
    plan: Plan, her_browser: PushSubscription, angela: Patient, settings: Settings, sweep_at: Sweep
) -> None:
    """A browser takes what is signed with the key that it was given, and nothing else."""
    ways = [Channel.PUSH, Channel.EMAIL]
    prefer(angela, group=MessageGroup.PHASES, channels=ways, by=acting_patient(angela), at=NOON)
    first, settings.VAPID_PRIVATE_KEY = settings.VAPID_PRIVATE_KEY, new_vapid_key()
    sweep_at(MORNING)
    fall_back(at=MORNING + MINUTE)
    (went,) = [each for each in sweep_at(MORNING + MINUTE) if each.address != "dr_cho@example.org"]
    assert (went.channel, went.address) == ("email", "angela@example.org")
    settings.VAPID_PRIVATE_KEY = first
    assert [way.channel.value for way in ways_of([angela])[angela.pk].wanted(MessageGroup.PHASES)] == ["push", "email"]


WRONG = {
    "another key": {"VAPID_PRIVATE_KEY": new_vapid_key()},
    "no key at all": {"VAPID_PRIVATE_KEY": "typed wrong"},
    "not listed": {"PUSH_HOSTS": ["fcm.googleapis.com"]},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_whoever_wants_her_device_alone_loses_nothing_by_a_setting_that_is_mended_in_time(
    plan: Plan,
    her_browser: PushSubscription,
    angela: Patient,
    settings: Settings,
    sender: RecordingSender,
    sweep_at: Sweep,
    wrong: dict[str, object],
) -> None:
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.PUSH], by=acting_patient(angela), at=NOON)
    before = {name: getattr(settings, name) for name in wrong}
    for name, value in wrong.items():
        setattr(settings, name, value)
    sender.failure = HandOverFailed("The push service refused us (403).", permanent=False)
    sweep_at(MORNING)
    sweep_at(MORNING + 20 * MINUTE)
    assert Message.objects.get(recipient_kind="patient").attempts.count() == 2
    owed = Reminder.objects.owed().filter(recipient_kind="patient").count()
    fall_back(at=MORNING + 21 * MINUTE)
    replan_all_of(angela, at=MORNING + 21 * MINUTE)
    assert channels_owed() == {"push"}
    assert Reminder.objects.owed().filter(recipient_kind="patient").count() == owed > 1
    for name, value in before.items():
        setattr(settings, name, value)
    sender.failure = None
    (went,) = [each for each in sweep_at(MORNING + 90 * MINUTE) if each.address != "dr_cho@example.org"]
    assert went.channel == "push"


def test_each_envelope_goes_by_its_own_channel_through_one_sender() -> None:
    made: dict[str, RecordingSender] = {}

    def make(channel: str) -> RecordingSender | None:
        return None if channel == "sms" else made.setdefault(channel, RecordingSender())

    with SenderOfEach(make) as sender:
        for channel in ("email", "portal", "email"):
            sender.send(envelope("x@example.org") if channel == "email" else by_channel("portal"))
        with pytest.raises(HandOverFailed) as failed:
            sender.send(by_channel("sms"))
    assert {name: len(each.accepted) for name, each in made.items()} == {"email": 2, "portal": 1}
    assert (failed.value.permanent, failed.value.channel_down) == (False, True)


def test_what_is_not_set_up_is_said_at_the_door(settings: Settings) -> None:
    settings.SMS_PROVIDER, settings.VAPID_PRIVATE_KEY = "", ""
    with senders(clock=lambda: MORNING) as sender:
        sender.send(by_channel("portal"))
        for channel in ("sms", "push"):
            with pytest.raises(HandOverFailed, match="not set up"):
                sender.send(by_channel(channel))


def by_channel(channel: str) -> Envelope:
    return Envelope("", "", "", "", "", "key", channel=channel)


def test_a_text_message_is_short_and_neutral(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    end_contact_point(angela.contact_points.get(kind="email"), by=by, at=MORNING - MINUTE)
    (went,) = [each for each in sweep_at(MORNING) if each.channel == "sms"]
    assert len(went.text) <= 160
    assert f"/portal/{angela.code}/" in went.text
    for telling in ("replace", "angela", "phase", "lindenhof", "step"):
        assert telling not in f"{went.sender_name} {went.subject} {went.text}".lower()
