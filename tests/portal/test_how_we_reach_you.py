"""“How we reach you” and “Messages”: her own words decide, and each refusal says what would help."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from clinics.actor import Actor, NotAllowed
from clinics.models import User
from patients.actor import acting_patient
from patients.models import (
    Channel,
    ContactPoint,
    Message,
    MessageGroup,
    MessagePreference,
    Patient,
    Plan,
    PushSubscription,
    Reminder,
)
from patients.reminders.channels import Envelope
from patients.reminders.channels.configured import push_public_key
from patients.reminders.channels.vapid import new_vapid_key
from patients.reminders.ways import ways_of
from patients.services.errors import InvalidRequest
from patients.services.people import end_contact_point
from patients.services.reaching import MOST_BROWSERS, add_browser, end_browser, prefer
from tests.channels.envelopes import FIREFOX, NUMBER
from tests.fixtures.personae import NOON
from tests.fixtures.reaching import HER_BROWSER, switch_on
from tests.portal.reading import text_of

SignedIn = Callable[[User | None], Client]
Sweep = Callable[[datetime], list[Envelope]]
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def address(patient: Patient, page: str = "reaching") -> str:
    return f"/portal/{patient.code}/{page}/"


def choose(client: Client, patient: Patient, **sent: str) -> str:
    """What the page says after a choice."""
    sent = {"change": "prefer", "group": "phases"} | sent
    page = client.post(address(patient), sent, follow=True)
    assert page.status_code == 200
    return text_of(page.content.decode())


def by_which(patient: Patient) -> list[Channel]:
    """The channels that the steps of her plan may go by, in their order."""
    return [way.channel for way in ways_of([patient])[patient.pk].wanted(MessageGroup.PHASES)]


def test_she_chooses_a_first_way_and_what_is_owed_follows(
    plan: Plan, texting: ContactPoint, angela: Patient, signed_in: SignedIn
) -> None:
    she = signed_in(angela.user)
    assert "Saved: steps of your plan." in choose(she, angela, first="sms", others="1")
    assert MessagePreference.objects.get(patient=angela).channels == ["sms", "email", "push", "portal"]
    owed = Reminder.objects.owed().filter(recipient_kind="patient", kind__startswith="phase-")
    assert set(owed.values_list("channel", flat=True)) == {"sms"}
    said = MessagePreference.history.get(patient=angela)
    assert (said.history_date, said.history_user) == (NOON, angela.user)


def test_a_way_that_she_agrees_to_later_stands_in_as_well(
    plan: Plan, texting: ContactPoint, angela: Patient, signed_in: SignedIn
) -> None:
    ContactPoint.objects.filter(pk=texting.pk).update(messages_allowed=False)
    choose(signed_in(angela.user), angela, first="email", others="1")
    assert Channel.SMS not in by_which(angela)
    ContactPoint.objects.filter(pk=texting.pk).update(messages_allowed=True)
    assert by_which(angela) == [Channel.EMAIL, Channel.SMS, Channel.PORTAL]


def test_where_nothing_was_said_the_other_ways_stand_in_though_one_alone_leads_to_her(
    plan: Plan, angela: Patient, signed_in: SignedIn
) -> None:
    ContactPoint.objects.filter(kind="email").update(stopped_at=NOON, stopped_because="refused")
    assert by_which(angela) == [Channel.PORTAL]
    page = signed_in(angela.user).get(address(angela)).content.decode()
    assert 'name="others" value="1" checked' in page
    assert 'name="others" value="1">' not in page.partition("<details")[0]


def test_she_wants_none_and_later_some_again(plan: Plan, angela: Patient, signed_in: SignedIn) -> None:
    she = signed_in(angela.user)
    choose(she, angela, first="none")
    assert not Reminder.objects.owed().filter(recipient_kind="patient", kind__startswith="phase-").exists()
    choose(she, angela, first="email")
    assert Reminder.objects.owed().filter(recipient_kind="patient", kind__startswith="phase-").exists()
    assert MessagePreference.objects.get(patient=angela).channels == ["email"]


def test_the_page_says_what_she_agreed_to_and_where(
    plan: Plan, texting: ContactPoint, angela: Patient, signed_in: SignedIn
) -> None:
    she = signed_in(angela.user)
    page = text_of(she.get(address(angela)).content.decode())
    assert f"Mobile number : {NUMBER} You have agreed to messages there." in page
    assert "Email : angela@example.org You have agreed to messages there." in page
    ContactPoint.objects.filter(kind="email").update(stopped_at=NOON, stopped_because="refused")
    page = text_of(she.get(address(angela)).content.decode())
    assert "It refuses messages. Give the clinic another one." in page
    ContactPoint.objects.filter(kind="email").update(stopped_because="unwanted")
    page = text_of(she.get(address(angela)).content.decode())
    assert "From there it was said that no more messages are wanted. Tell the clinic if you want some." in page
    assert "Notifications on your devices" not in page, "no key is set up"


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("sms", "There is no mobile number that you have agreed to."),
        ("push", "“Notification on a device” is not set up here."),
        ("pigeon", "Choose one of the ways, or none."),
        ("", "Choose one of the ways, or none."),
    ],
)
def test_a_way_that_does_not_lead_to_her_is_refused(
    plan: Plan, angela: Patient, signed_in: SignedIn, settings: Settings, first: str, why: str
) -> None:
    settings.SMS_PROVIDER, settings.VAPID_PRIVATE_KEY = "console", ""
    assert why in choose(signed_in(angela.user), angela, first=first)
    assert not MessagePreference.objects.exists()


def test_a_channel_that_is_off_cannot_be_preferred_though_she_agreed(
    plan: Plan, texting: ContactPoint, angela: Patient, settings: Settings
) -> None:
    settings.SMS_PROVIDER = ""
    with pytest.raises(InvalidRequest, match="“Text message” is not set up"):
        prefer(angela, group=MessageGroup.PHASES, channels=[Channel.SMS], by=acting_patient(angela), at=NOON)


def test_a_number_without_consent_and_one_that_is_refused_cannot_be_preferred(
    plan: Plan, texting: ContactPoint, angela: Patient
) -> None:
    for changed, why in (
        ({"messages_allowed": False}, "no mobile number that you have agreed to"),
        ({"messages_allowed": True, "stopped_at": NOON, "stopped_because": "refused"}, "are refused"),
        ({"messages_allowed": True, "stopped_at": NOON, "stopped_because": "unwanted"}, "no more were wanted"),
    ):
        ContactPoint.objects.filter(pk=texting.pk).update(**changed)
        with pytest.raises(InvalidRequest, match=why):
            prefer(angela, group=MessageGroup.PHASES, channels=[Channel.SMS], by=acting_patient(angela), at=NOON)


def test_groups_that_nothing_belongs_to_are_refused(plan: Plan, angela: Patient, signed_in: SignedIn) -> None:
    said = choose(signed_in(angela.user), angela, group="alerts", first="email")
    assert "There are no such messages." in said
    assert not MessagePreference.objects.exists()


def test_staff_write_down_what_she_says_and_other_clinics_do_not(
    plan: Plan, texting: ContactPoint, angela: Patient, ben: Patient, by: Actor, dr_dee: User
) -> None:
    said = prefer(angela, group=MessageGroup.SUPPLIES, channels=[Channel.SMS], by=by, at=NOON)
    assert (said.said_by_kind, said.said_by_code) == ("staff", by.code)
    for stranger in (acting_patient(ben),):
        with pytest.raises(NotAllowed):
            prefer(angela, group=MessageGroup.SUPPLIES, channels=[], by=stranger, at=NOON)


def test_a_device_shows_notes_once_she_says_so_and_no_more_when_she_says_so(
    plan: Plan, pushing: None, angela: Patient, signed_in: SignedIn
) -> None:
    she = signed_in(angela.user)
    page = she.get(address(angela)).content.decode()
    assert "data-push-key" in page
    assert "This browser cannot show notes, or its scripts are switched off." in page
    text = HER_BROWSER.subscription(endpoint=FIREFOX)
    for _ in range(2):
        she.post(address(angela), {"change": "add-browser", "subscription": text, "key": push_public_key()})
    made = PushSubscription.objects.get(ended_at=None)
    assert (made.patient, made.user, made.endpoint, made.made_at) == (angela, angela.user, FIREFOX, NOON)
    assert FIREFOX not in she.get(address(angela)).content.decode()
    she.post(address(angela), {"change": "end-browser", "browser": made.code})
    made.refresh_from_db()
    assert (made.ended_at, made.ended_because) == (NOON, "by-person")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{" * 5000,
        HER_BROWSER.subscription(endpoint="https://127.0.0.1/x"),
        HER_BROWSER.subscription(endpoint="https://169.254.169.254/latest/meta-data/"),
        HER_BROWSER.subscription(endpoint="https://database:5432/"),
        HER_BROWSER.subscription(endpoint="http://fcm.googleapis.com/fcm/send/abc"),
        HER_BROWSER.subscription(endpoint="https://example.org/collect"),
        HER_BROWSER.subscription(endpoint="https://fcm.googleapis.com/" + "x" * 2048),
    ],
)
def test_an_endpoint_that_is_none_or_leads_inside_is_refused(
    plan: Plan, pushing: None, angela: Patient, signed_in: SignedIn, text: str
) -> None:
    she = signed_in(angela.user)
    sent = {"change": "add-browser", "subscription": text, "key": push_public_key()}
    page = she.post(address(angela), sent, follow=True)
    assert "push subscription" in text_of(page.content.decode())
    assert not PushSubscription.objects.exists()


def test_somebody_else_can_neither_add_a_device_nor_end_one(
    plan: Plan, her_browser: PushSubscription, angela: Patient, ben: Patient, by: Actor, signed_in: SignedIn
) -> None:
    for stranger in (acting_patient(ben), by):
        with pytest.raises(NotAllowed):
            add_browser(angela, HER_BROWSER.subscription(), made_for=push_public_key(), by=stranger, at=NOON)
        with pytest.raises(NotAllowed):
            end_browser(her_browser, by=stranger, at=NOON)
    assert signed_in(ben.user).get(address(angela)).status_code == 404
    signed_in(ben.user).post(address(ben), {"change": "end-browser", "browser": her_browser.code})
    assert PushSubscription.objects.filter(ended_at=None).count() == 1


def test_more_devices_than_anybody_has_end_the_oldest(plan: Plan, pushing: None, angela: Patient) -> None:
    for number in range(MOST_BROWSERS + 2):
        switch_on(angela, f"{FIREFOX}-{number}")
    standing = PushSubscription.objects.filter(ended_at=None).order_by("pk")
    assert [row.endpoint.rpartition("-")[2] for row in standing] == ["2", "3", "4", "5", "6"]


def test_a_page_from_before_this_server_s_key_was_changed_switches_nothing_on(
    plan: Plan, pushing: None, angela: Patient, signed_in: SignedIn, settings: Settings
) -> None:
    """What the browser made for the key of that page takes nothing that is signed with this one."""
    she = signed_in(angela.user)
    sent = {"change": "add-browser", "subscription": HER_BROWSER.subscription(), "key": push_public_key()}
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    page = she.post(address(angela), sent, follow=True)
    assert "Notifications were set up anew meanwhile. Try once more." in text_of(page.content.decode())
    assert not PushSubscription.objects.exists()


def test_a_device_that_nothing_reaches_any_more_says_so_and_can_be_switched_on_again(
    plan: Plan, her_browser: PushSubscription, angela: Patient, signed_in: SignedIn, settings: Settings
) -> None:
    she = signed_in(angela.user)
    assert "On since" in she.get(address(angela)).content.decode()
    switch_on(angela, f"{FIREFOX}-telephone")
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    page = text_of(she.get(address(angela)).content.decode())
    assert "but nothing gets there any more. Tap “Show notes on this device” there." in page
    # A browser that subscribes anew gets a new endpoint, and tells the one before.
    said = HER_BROWSER.subscription(endpoint=f"{FIREFOX}-anew")
    sent = {"change": "add-browser", "subscription": said, "key": push_public_key(), "before": FIREFOX}
    she.post(address(angela), sent)
    her_browser.refresh_from_db()
    assert her_browser.ended_because == "replaced"
    page = text_of(she.get(address(angela)).content.decode())
    assert page.count("nothing gets there any more") == 1, "her telephone, which has the key of before"


def test_a_device_whose_push_service_is_not_listed_asks_nothing_of_her(
    plan: Plan, her_browser: PushSubscription, angela: Patient, signed_in: SignedIn, settings: Settings
) -> None:
    settings.PUSH_HOSTS = ["fcm.googleapis.com"]
    page = text_of(signed_in(angela.user).get(address(angela)).content.decode())
    assert "but nothing gets there at present." in page
    assert "there any more" not in page


def test_with_a_key_that_cannot_be_read_the_page_stands_and_no_device_is_switched_on(
    plan: Plan, her_browser: PushSubscription, angela: Patient, signed_in: SignedIn, settings: Settings
) -> None:
    settings.VAPID_PRIVATE_KEY = "no key"
    she = signed_in(angela.user)
    assert "data-push-key" not in she.get(address(angela)).content.decode()
    sent = {"change": "add-browser", "subscription": HER_BROWSER.subscription(endpoint=f"{FIREFOX}-2"), "key": ""}
    page = she.post(address(angela), sent, follow=True)
    assert "Notifications are not set up here." in text_of(page.content.decode())
    assert PushSubscription.objects.count() == 1


def test_a_login_that_changed_hands_takes_the_devices_along(
    plan: Plan, her_browser: PushSubscription, angela: Patient, by: Actor, assistant_1: User
) -> None:
    """What another login switched on is no consent of this one."""
    Patient.objects.filter(pk=angela.pk).update(user=assistant_1)
    assert not PushSubscription.objects.usable().exists()


def test_messages_tell_what_each_was_about_by_whichever_way_it_went(
    plan: Plan, texting: ContactPoint, angela: Patient, by: Actor, sweep_at: Sweep, signed_in: SignedIn
) -> None:
    sweep_at(MORNING)
    for contact in ContactPoint.objects.filter(patient=angela):
        end_contact_point(contact, by=by, at=MORNING)
    sweep_at(datetime(2027, 1, 18, 8, 0, tzinfo=UTC))
    assert list(Message.objects.filter(recipient_kind="patient").order_by("pk").values_list("channel", flat=True)) == [
        "email",
        "portal",
    ]
    she = signed_in(angela.user)
    page = text_of(she.get(address(angela, "messages")).content.decode())
    newer = page.index("Monday 18 January, 9:00, here A step of your plan begins: Replace.")
    older = page.index("Friday 15 January, 9:00, by email A step of your plan begins soon: Replace.")
    assert newer < older
    assert "staff" not in page


def test_what_did_not_arrive_is_told_as_that(plan: Plan, angela: Patient, sweep_at: Sweep, signed_in: SignedIn) -> None:
    sweep_at(MORNING)
    Reminder.objects.filter(recipient_kind="patient", status="sent").update(
        status="missed", reason="It was accepted where it was to go, and then did not arrive."
    )
    she = signed_in(angela.user)
    page = text_of(she.get(address(angela, "messages")).content.decode())
    assert "Friday 15 January, 9:00, by email It did not arrive." in page
    Reminder.objects.filter(recipient_kind="patient", status="missed").update(status="cancelled", reason="Whatever.")
    page = text_of(she.get(address(angela, "messages")).content.decode())
    assert "Friday 15 January, 9:00, by email What it was about had changed by then." in page


def test_more_messages_cost_no_more_questions(
    plan: Plan, angela: Patient, sweep_at: Sweep, signed_in: SignedIn
) -> None:
    she = signed_in(angela.user)

    def cost(page: str) -> int:
        # The first visit after a message is written down.
        she.get(address(angela, page))
        with CaptureQueriesContext(connection) as queries:
            assert she.get(address(angela, page)).status_code == 200
        return len(queries)

    sweep_at(MORNING)
    few = {page: cost(page) for page in ("messages", "reaching")}
    for day in range(1, 30):
        sweep_at(MORNING + timedelta(days=day))
    assert Message.objects.filter(recipient_kind="patient", status="sent").count() > 3
    assert {page: cost(page) for page in ("messages", "reaching")} == few
    assert max(few.values()) <= 22, few


def test_messages_are_hers_alone(
    plan: Plan, angela: Patient, ben: Patient, dr_cho: User, dr_dee: User, signed_in: SignedIn, sweep_at: Sweep
) -> None:
    sweep_at(MORNING)
    for stranger in (ben.user, dr_cho, dr_dee):
        assert signed_in(stranger).get(address(angela, "messages")).status_code == 404
    assert "A step of your plan" not in signed_in(ben.user).get(address(ben, "messages")).content.decode()
    assert Message.objects.visible_to(dr_cho).count() == 1
    assert Message.objects.visible_to(dr_dee).count() == 0
    for page in ("messages", "reaching"):
        assert signed_in(None).get(address(angela, page)).status_code == 302


def test_what_was_entered_in_error_is_told_without_its_name(
    plan: Plan, angela: Patient, sweep_at: Sweep, signed_in: SignedIn, travel: time_machine.Traveller
) -> None:
    sweep_at(MORNING)
    Plan.objects.filter(pk=plan.pk).update(status="entered-in-error")
    page = text_of(signed_in(angela.user).get(address(angela, "messages")).content.decode())
    assert "A step of your plan begins soon. Of Friday 15 January." in page
    assert "Replace" not in page
