"""One tap for each time of day, taken back with one; no tap is “not recorded”."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from clinics.actor import Actor
from patients.models import Intake, Patient, Plan
from patients.services import phase_moves, plan_moves
from tests.fixtures.personae import NOON, TODAY
from tests.portal.conftest import AddOrder, SignedIn
from tests.portal.reading import Form, forms_of, text_of


@pytest.fixture
def morning(plan: Plan, add_order: AddOrder) -> Plan:
    """Two things with breakfast, beside what the small protocol has in the evening."""
    add_order(plan, name="Zinc", times_of_day=["bedtime", "with-breakfast"])
    add_order(plan, name="Vitamin D")
    return plan


@pytest.fixture
def client(signed_in: SignedIn, angela: Patient) -> Client:
    return signed_in(angela.user)


@pytest.fixture
def look(client: Client, angela: Patient) -> Callable[[], str]:
    def read() -> str:
        return client.get(f"/portal/{angela.code}/").content.decode()

    return read


def buttons(html: str) -> list[str]:
    """Of whole times; what ticks one thing alone is `rings`."""
    return [button for button in _taps(html) if " only this" not in button and "Undo:" not in button]


def rings(html: str) -> list[str]:
    return [button for button in _taps(html) if button not in buttons(html)]


def _taps(html: str) -> list[str]:
    return [form.button for form in forms_of(html) if "/account/" not in form.action]


def form(html: str, button: str) -> Form:
    return next(form for form in forms_of(html) if form.button == button)


def tap(client: Client, html: str, button: str) -> str:
    """Press this button, and return the page it leads to."""
    pressed = form(html, button)
    response = client.post(pressed.action, pressed.fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_times_of_day_stand_in_the_order_of_the_day(morning: Plan, look: Callable[[], str]) -> None:
    assert buttons(look()) == [
        "I took these , 7:30, breakfast",
        "I did this , 20:30, after dinner",
        "I took this , 22:30, bedtime",
    ]


def test_one_tap_records_everything_of_its_time(morning: Plan, client: Client, look: Callable[[], str]) -> None:
    html = tap(client, look(), "I took these , 7:30, breakfast")
    rows = {(row.order.name, row.slot, row.taken_on, row.recorded_at) for row in Intake.objects.all()}
    assert rows == {
        ("Zinc", "with-breakfast", TODAY, NOON),
        ("Vitamin D", "with-breakfast", TODAY, NOON),
    }
    assert {row.by_kind for row in Intake.objects.all()} == {"patient"}
    assert html.count('role="status"') == 1, "said where it was tapped, once"
    assert buttons(html) == [
        "Undo , 7:30, breakfast",
        "I did this , 20:30, after dinner",
        "I took this , 22:30, bedtime",
    ]


def test_the_time_of_recording_is_that_of_the_patients_clock(
    morning: Plan, client: Client, look: Callable[[], str]
) -> None:
    """Noon in Berlin is 11:00 in UTC."""
    assert "Recorded at 12:00" in text_of(tap(client, look(), "I took these , 7:30, breakfast"))


def test_a_tap_leads_back_to_where_it_was_made(morning: Plan, client: Client, look: Callable[[], str]) -> None:
    pressed = form(look(), "I took this , 22:30, bedtime")
    response = client.post(pressed.action, pressed.fields)
    assert response.status_code == 302
    assert response["Location"].endswith("#at-2230")


def test_a_tap_is_taken_back_and_both_stay_on_record(
    morning: Plan, client: Client, look: Callable[[], str], travel: time_machine.Traveller
) -> None:
    html = tap(client, look(), "I took this , 22:30, bedtime")
    travel.move_to(NOON + timedelta(minutes=1), tick=False)
    html = tap(client, html, "Undo , 22:30, bedtime")
    assert "I took this , 22:30, bedtime" in buttons(html)
    intake = Intake.objects.get()
    assert (intake.recorded_at, intake.undone_at) == (NOON, NOON + timedelta(minutes=1))
    assert "recorded at" not in text_of(html).lower()


def test_a_double_tap_counts_once(morning: Plan, client: Client, look: Callable[[], str]) -> None:
    html = look()
    tap(client, html, "I took these , 7:30, breakfast")
    again = tap(client, html, "I took these , 7:30, breakfast")
    assert Intake.objects.count() == 2
    assert "Recorded at 12:00" in text_of(again)


def test_no_tap_is_not_recorded_and_never_missed(morning: Plan, look: Callable[[], str]) -> None:
    text = text_of(look()).lower()
    assert text.count("not recorded") == 3
    for blame in ("missed", "overdue", "forgot", "late"):
        assert f" {blame}" not in text


def test_yesterday_without_a_tap_is_not_mentioned(
    morning: Plan, look: Callable[[], str], travel: time_machine.Traveller
) -> None:
    travel.move_to(NOON + timedelta(days=1), tick=False)
    text = text_of(look())
    assert text.lower().count("not recorded") == 3
    assert "Tuesday 5 January" in text
    assert "Monday 4 January" not in text


def test_a_page_left_open_over_midnight_records_nothing(
    morning: Plan, client: Client, look: Callable[[], str], travel: time_machine.Traveller
) -> None:
    html = look()
    travel.move_to(NOON + timedelta(days=1), tick=False)
    text = text_of(tap(client, html, "I took these , 7:30, breakfast"))
    assert "Only today’s intakes are recorded here. The day has changed: look again." in text
    assert Intake.objects.count() == 0


def test_what_was_added_after_the_tap_can_be_recorded_too(
    morning: Plan, client: Client, look: Callable[[], str], add_order: AddOrder
) -> None:
    tap(client, look(), "I took this , 22:30, bedtime")
    add_order(morning, name="Magnesium", times_of_day=["bedtime"])
    html = look()
    assert "partly recorded" in text_of(html)
    assert {"I took these , 22:30, bedtime", "Undo , 22:30, bedtime"} <= set(buttons(html))
    html = tap(client, html, "I took these , 22:30, bedtime")
    assert "partly recorded" not in text_of(html)
    assert Intake.objects.standing().count() == 2


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"doses": "ORDER.midnight", "day": "2027-01-04"}, "There is no such thing in your day."),
        ({"doses": "", "day": "2027-01-04"}, "There is no such thing in your day."),
        ({"doses": "ORDER", "day": "2027-01-04"}, "There is no such thing in your day."),
        ({"day": "2027-01-04"}, "There is no such thing in your day."),
        ({"doses": "ORDER.evening", "day": "the 4th"}, "The day could not be read."),
        ({"doses": "ORDER.evening", "day": "2027-02-30"}, "The day could not be read."),
        ({"doses": "ORDER.evening"}, "The day could not be read."),
        ({"doses": "ORDER.evening", "day": "2027-01-05"}, "Only today’s intakes are recorded here."),
        ({"doses": "ORDER.on-waking", "day": "2027-01-04"}, "This is not planned for today any more."),
        ({"doses": "ORDER.evening AAAAAAAAAA.evening", "day": "2027-01-04"}, "This is not planned for today any more."),
        ({"doses": "ORDER.evening\x00", "day": "2027-01-04"}, "There is no such thing in your day."),
    ],
)
def test_what_cannot_be_recorded_is_said_in_a_sentence(
    morning: Plan, client: Client, angela: Patient, sent: dict[str, str], sentence: str
) -> None:
    """ORDER: one that is due in the evening."""
    code = morning.orders.get(key="no-alcohol").code
    sent = {name: value.replace("ORDER", code) for name, value in sent.items()}
    response = client.post(f"/portal/{angela.code}/tick/", sent, follow=True)
    assert sentence in text_of(response.content.decode())
    assert Intake.objects.count() == 0


def test_one_thing_is_ticked_and_taken_back_alone(morning: Plan, client: Client, look: Callable[[], str]) -> None:
    html = tap(client, look(), "I took only this: Zinc, 7:30, breakfast")
    assert [(row.order.name, row.slot) for row in Intake.objects.standing()] == [("Zinc", "with-breakfast")]
    assert set(rings(html)) == {"Undo: Zinc, 7:30, breakfast", "I took only this: Vitamin D, 7:30, breakfast"}
    assert "partly recorded" in text_of(html)
    html = tap(client, html, "Undo: Zinc, 7:30, breakfast")
    assert Intake.objects.standing().count() == 0
    assert Intake.objects.count() == 1


def test_a_tick_stays_what_it_was_when_its_time_moves(
    morning: Plan, client: Client, look: Callable[[], str], angela: Patient
) -> None:
    tap(client, look(), "I took these , 7:30, breakfast")
    times = {"wakes_at": "9", "breakfast_at": "10.15", "lunch_at": "13:00", "dinner_at": "19", "sleeps_at": "23:30"}
    assert client.post(f"/portal/{angela.code}/my-day/", times).status_code == 302
    assert "Undo , 10:15, breakfast" in buttons(look())


@pytest.mark.parametrize("address", ["tick", "untick"])
def test_following_a_link_records_nothing(morning: Plan, client: Client, angela: Patient, address: str) -> None:
    response = client.get(f"/portal/{angela.code}/{address}/", {"doses": "ABCDEFGHJK.evening", "day": "2027-01-04"})
    assert response.status_code == 302
    assert response["Location"] == f"/portal/{angela.code}/"
    page = client.get(response["Location"]).content.decode()
    assert 'role="alert"' not in page, "coming back from signing in is no mistake"
    assert Intake.objects.count() == 0


def test_another_site_cannot_tap(morning: Plan, angela: Patient, signed_in: SignedIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(angela.user)
    response = client.post(f"/portal/{angela.code}/tick/", {"doses": "ABCDEFGHJK.evening", "day": "2027-01-04"})
    assert response.status_code == 403
    assert "This page was open for too long" in text_of(response.content.decode())
    assert Intake.objects.count() == 0


def test_a_plan_at_rest_has_nothing_to_tap(morning: Plan, client: Client, look: Callable[[], str], by: Actor) -> None:
    html = look()
    plan_moves.hold(morning, by=by, at=NOON, revision=morning.revision)
    assert buttons(look()) == []
    assert "This is not planned for today any more." in text_of(tap(client, html, "I took this , 22:30, bedtime"))
    assert Intake.objects.count() == 0


def test_a_phase_at_rest_takes_its_orders_off_the_page(morning: Plan, look: Callable[[], str], by: Actor) -> None:
    phase_moves.hold(morning.phases.get(key="remove"), by=by, at=NOON, revision=morning.revision)
    html = look()
    assert buttons(html) == []
    assert "There is nothing to take or do from your plan today." in text_of(html)
