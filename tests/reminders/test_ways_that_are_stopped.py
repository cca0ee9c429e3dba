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
from patients.reminders.figures import figures
from patients.reminders.kinds import KINDS
from patients.reminders.ledger import why, why_then
from patients.reminders.ledger_facts import ROWS
from patients.reminders.planning import replan_all_of
from patients.reminders.reasons import TOO_LATE
from patients.reminders.recipients import AddressBook
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
    "a key that cannot be read": {"VAPID_PRIVATE_KEY": "typed wrong"},
    "not listed": {"PUSH_HOSTS": ["fcm.googleapis.com"]},
}


@pytest.fixture(params=WRONG.values(), ids=WRONG.keys())
def wrong(request: pytest.FixtureRequest, settings: Settings) -> Callable[[bool], None]:
    """Make a setting wrong, or right again."""
    right = {name: getattr(settings, name) for name in request.param}

    def set_it(is_wrong: bool) -> None:
        for name, value in (request.param if is_wrong else right).items():
            setattr(settings, name, value)

    return set_it


def to_her(went: list[Envelope]) -> list[str]:
    return [each.channel for each in went if each.address != "dr_cho@example.org"]


def owed_to_her() -> int:
    return Reminder.objects.owed().filter(recipient_kind="patient").count()


def test_whoever_wants_her_device_alone_loses_nothing_by_a_setting_that_is_mended_in_time(
    plan: Plan, her_browser: PushSubscription, angela: Patient, wrong: Callable[[bool], None], sweep_at: Sweep
) -> None:
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.PUSH], by=acting_patient(angela), at=NOON)
    owed = owed_to_her()
    wrong(True)
    for minutes in (0, 10, 20):
        assert to_her(sweep_at(MORNING + minutes * MINUTE)) == []
    replan_all_of(angela, at=MORNING + 21 * MINUTE)
    assert (channels_owed(), owed_to_her()) == ({"push"}, owed)
    waiting = Reminder.objects.select_related(*ROWS).get(message__isnull=False, recipient_kind="patient")
    assert why(waiting, at=MORNING + 22 * MINUTE).sentence == (
        "It has not been sent yet because the device of the patient takes nothing from this server as it is set up at "
        "present: it is due since 15 January 2027, 09:00 Europe/Berlin."
    )
    then = why_then(waiting, at=MORNING + 5 * MINUTE)
    assert then is not None
    assert then.sentence == why(waiting, at=MORNING + 22 * MINUTE).sentence
    assert "Something has been due for more than 15 minutes." in figures(at=MORNING + 22 * MINUTE).faults
    assert not waiting.message.attempts.exists(), "a wrong key may be answered as if her device were gone"
    wrong(False)
    assert to_her(sweep_at(MORNING + 30 * MINUTE)) == ["push"]


def test_what_was_tried_before_the_setting_went_wrong_waits_for_it_too(
    plan: Plan,
    her_browser: PushSubscription,
    angela: Patient,
    wrong: Callable[[bool], None],
    sender: RecordingSender,
    sweep_at: Sweep,
) -> None:
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.PUSH], by=acting_patient(angela), at=NOON)
    sender.failure = HandOverFailed("The push service refused us (503).", permanent=False)
    sweep_at(MORNING)
    sender.failure = None
    envelope = Message.objects.get(recipient_kind="patient")
    wrong(True)
    assert to_her(sweep_at(MORNING + 10 * MINUTE)) == []
    fall_back(at=MORNING + 11 * MINUTE)
    assert to_her(sweep_at(MORNING + 12 * MINUTE)) == []
    assert channels_owed() == {"push"}
    wrong(False)
    assert to_her(sweep_at(MORNING + 30 * MINUTE)) == ["push"]
    assert Message.objects.get(recipient_kind="patient") == envelope, "with the key that it had, so that one note shows"


def test_all_of_an_envelope_that_was_tried_waits_for_the_device_or_nothing_of_it(
    plan: Plan, her_browser: PushSubscription, angela: Patient, wrong: Callable[[bool], None]
) -> None:
    """Did a part of it go by another way, it would go along once more with the rest."""
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.PUSH], by=acting_patient(angela), at=NOON)
    wrong(True)
    book = AddressBook(at=NOON)
    alone, beside = (book.patient(plan, KINDS[name]) for name in ("phase-coming", "supply-short"))
    tried = [whom.on("push", is_tried=True) for whom in (alone, beside)]
    assert [(whom.address is not None, whom.is_cut_off) for whom in tried] == [(True, True), (True, True)]
    new = [whom.on("push", is_tried=False) for whom in (alone, beside)]
    assert [whom.address is not None for whom in new] == [True, False]
    assert (beside.channel, beside.is_cut_off) == (Channel.EMAIL, False)


def test_once_it_is_too_late_it_waits_no_more(
    plan: Plan, her_browser: PushSubscription, angela: Patient, wrong: Callable[[bool], None], sweep_at: Sweep
) -> None:
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.PUSH], by=acting_patient(angela), at=NOON)
    wrong(True)
    sweep_at(MORNING)
    (waiting,) = Reminder.objects.filter(message__isnull=False, recipient_kind="patient")
    assert to_her(sweep_at(waiting.too_late_at)) == []
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == ("missed", TOO_LATE)


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
