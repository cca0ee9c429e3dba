"""On the page of her day she switches reminders on and off herself; until then there are none."""

from datetime import time

import pytest
from django.test import Client

from patients.actor import acting_patient
from patients.models import Channel, ContactPoint, MessageGroup, Patient, Plan, Recurrence
from patients.services.reaching import prefer
from tests.fixtures.personae import NOON
from tests.portal.conftest import AddOrder, SignedIn
from tests.portal.reading import forms_of, text_of


@pytest.fixture
def client(signed_in: SignedIn, angela: Patient) -> Client:
    return signed_in(angela.user)


def page_of(client: Client, angela: Patient) -> str:
    return client.get(f"/portal/{angela.code}/my-day/").content.decode()


def save(client: Client, angela: Patient, **typed: str) -> str:
    response = client.post(f"/portal/{angela.code}/my-day/reminders/", typed, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def choose(angela: Patient, *channels: Channel, kind: str = "") -> None:
    """What she wants of the times of her day, as “How we reach you” saves it."""
    prefer(angela, group=MessageGroup.TIMES_OF_DAY, kind=kind, channels=channels, by=acting_patient(angela), at=NOON)


def switched_on() -> dict[str, tuple[time, bool]]:
    return {row.kind: (row.wall_time, row.is_own_time) for row in Recurrence.objects.open()}


def test_all_are_off_until_she_ticks_one(client: Client, angela: Patient, plan: Plan) -> None:
    html = page_of(client, angela)
    assert html.count('type="checkbox"') == 4
    assert " checked" not in html
    assert not Recurrence.objects.exists()


def test_she_ticks_two_with_a_time_of_her_own_for_one(
    client: Client, angela: Patient, plan: Plan, add_order: AddOrder
) -> None:
    add_order(plan, name="Zinc", times_of_day=["with-lunch"])
    html = save(client, angela, noon="on", **{"noon-at": ""}, evening="on", **{"evening-at": "19"})
    assert "Your reminders are saved." in text_of(html)
    assert html.count(" checked") == 2
    assert switched_on() == {"day-noon": (time(12, 30), False), "day-evening": (time(19), True)}
    save(client, angela, evening="on", **{"evening-at": "19:30"})
    assert switched_on() == {"day-evening": (time(19, 30), True)}
    save(client, angela)
    assert switched_on() == {}


def test_what_quiet_hours_do_to_it_is_said(client: Client, angela: Patient, plan: Plan) -> None:
    text = text_of(page_of(client, angela))
    assert "(empty: 22:30, as my day is) It comes at 20:59, because of your quiet hours." in text
    assert "(empty: 7:30, as my day is) It comes at 8:00, because of your quiet hours." in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("half past", "Write a time such as 7:30."), ("3:00", "between getting up, at 7:00, and 23:00")],
)
def test_a_time_that_cannot_be_is_refused_beside_its_field(
    client: Client, angela: Patient, plan: Plan, typed: str, sentence: str
) -> None:
    html = save(client, angela, bed="on", noon="on", **{"bed-at": typed})
    assert sentence in text_of(html)
    assert "Nothing is saved yet." in text_of(html)
    assert f'value="{typed}"' in html
    assert html.count(" checked") == 2
    assert not Recurrence.objects.exists()


def test_without_an_address_it_says_why_none_will_come(client: Client, angela: Patient, plan: Plan) -> None:
    said = "there is no address of yours with your consent"
    assert said not in text_of(page_of(client, angela))
    ContactPoint.objects.update(messages_allowed=False)
    assert said in text_of(page_of(client, angela))


def test_it_says_by_which_way_they_come(client: Client, angela: Patient, plan: Plan) -> None:
    assert "They come by email." in text_of(page_of(client, angela))
    choose(angela, Channel.PORTAL)
    assert "They come here, as you chose" in text_of(page_of(client, angela))


def test_whoever_ended_such_messages_is_told_that_a_tick_brings_none(
    client: Client, angela: Patient, plan: Plan
) -> None:
    said = "so none comes, whatever is ticked here"
    assert said not in text_of(page_of(client, angela))
    choose(angela)
    assert said in text_of(page_of(client, angela))
    assert said in text_of(save(client, angela, noon="on"))


def test_where_they_come_by_different_ways_each_says_its_own(client: Client, angela: Patient, plan: Plan) -> None:
    choose(angela, Channel.EMAIL)
    choose(angela, Channel.PORTAL, kind="day-noon")
    choose(angela, kind="day-bed")
    parts = text_of(page_of(client, angela)).split("At a time of my own")
    assert "They come as you chose for each of them." in parts[0]
    morning, noon, evening, bed = parts[1:]
    assert "It comes by email." in morning
    assert "It comes here: you see it when you look." in noon
    assert "It comes by email." in evening
    assert "You chose no messages about this, so none comes." in bed
    assert "because of your quiet hours" in morning
    assert "because of your quiet hours" not in bed
    assert "so none comes, whatever is ticked here" not in "".join(parts)


def test_a_way_that_leads_nowhere_is_not_told_as_her_wish(
    client: Client, angela: Patient, texting: ContactPoint, plan: Plan
) -> None:
    choose(angela, Channel.SMS)
    texting.stopped_at, texting.stopped_because = NOON, "refused"
    texting.save()
    text = text_of(page_of(client, angela))
    assert "The way that you chose for the times of your day leads nowhere at present, so none comes" in text
    assert "You chose no messages" not in text
    choose(angela, kind="day-bed")
    morning, noon, evening, bed = text_of(page_of(client, angela)).split("At a time of my own")[1:]
    for part in (morning, noon, evening):
        assert "The way that you chose leads nowhere at present, so none comes." in part
    assert "You chose no messages about this, so none comes." in bed


def test_nobody_else_switches_them(signed_in: SignedIn, angela: Patient, ben: Patient, plan: Plan) -> None:
    path = f"/portal/{angela.code}/my-day/reminders/"
    assert signed_in(ben.user).post(path, {"noon": "on"}).status_code == 404
    assert signed_in(None).post(path, {"noon": "on"}).status_code == 302
    assert signed_in(angela.user).get(path).status_code == 405
    assert not Recurrence.objects.exists()


def test_both_forms_of_the_page_stand_apart(client: Client, angela: Patient, plan: Plan) -> None:
    actions = [form.action for form in forms_of(page_of(client, angela))]
    assert f"/portal/{angela.code}/my-day/" in actions
    assert f"/portal/{angela.code}/my-day/reminders/" in actions
