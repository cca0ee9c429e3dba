"""On the page of a reminder somebody asks for it again, cancels it or mutes its kind: with a reason, once a form."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinics.models import User
from patients.models import NoteAct, Plan, Reminder, ReminderNote, Taper
from tests.admin.conftest import hidden, text_of

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def coming(plan: Plan, recipient: str = "patient") -> Reminder:
    return Reminder.objects.get(
        plan=plan, kind="phase-coming", recipient_kind=recipient, civil_date=date(2027, 1, 15), again_of=None
    )


def page_of(reminder: Reminder, name: str = "change") -> str:
    return reverse(f"admin:patients_reminder_{name}", args=[reminder.code])


def does(client: Client, reminder: Reminder, name: str, *, twice: bool = False, **said: Any) -> HttpResponse:
    """Open the page, fill it in and send it as a browser would."""
    address = page_of(reminder, name)
    data = {"request_key": hidden(client.get(address), "request_key"), "reason": "Because."} | said
    answer = client.post(address, data)
    return client.post(address, data) if twice else answer


@pytest.fixture
def missed(plan: Plan) -> Reminder:
    """It could not go in time; what calls for it still stands."""
    reminder = coming(plan)
    Reminder.objects.filter(pk=reminder.pk).update(
        status="missed", reason="It could not go in time.", finished_at=MORNING
    )
    return coming(plan)


def test_the_page_says_why_and_how_it_came_about(cho: Client, plan: Plan) -> None:
    words = text_of(cho.get(page_of(coming(plan))))
    assert (
        "It has not been sent because its time has not come: it goes on 15 January 2027, 09:00 Europe/Berlin." in words
    )
    assert f"of plan {plan.code} calls for “A phase starts soon” on Friday 15 January 2027." in words


def test_a_double_click_sends_again_once(cho: Client, missed: Reminder) -> None:
    answer = does(cho, missed, "again", twice=True, reason="She asked for it.")
    assert answer.status_code == 302
    note = ReminderNote.objects.get()
    assert (note.act, note.reason, note.reminder) == (NoteAct.ASKED_AGAIN, "She asked for it.", missed)
    repeated = Reminder.objects.get(again_of=missed)
    words = text_of(cho.get(page_of(repeated)))
    assert f"Asked for by dr_cho, to repeat reminder {missed.code}: “She asked for it.”" in words


def test_a_double_click_cancels_once(cho: Client, plan: Plan) -> None:
    assert does(cho, coming(plan), "cancel", twice=True).status_code == 302
    assert ReminderNote.objects.count() == 1
    words = text_of(cho.get(page_of(coming(plan))))
    assert "It was not sent because dr_cho cancelled it on 4 January 2027, 12:00 Europe/Berlin: “Because.”" in words


def test_muted_until_a_day_and_unmuted(cho: Client, plan: Plan) -> None:
    does(cho, coming(plan), "mute", twice=True, kind="", until="2027-01-20", reason="Away.")
    muted = ReminderNote.objects.get()
    assert (muted.act, muted.kind, muted.until) == (NoteAct.MUTED, "", date(2027, 1, 20))
    words = text_of(cho.get(page_of(coming(plan))))
    assert "It will not be sent as things stand because dr_cho muted every routine message to this patient" in words
    assert "Muted: Every routine message, up to and including Wednesday 20 January 2027, by dr_cho: “Away.”" in words
    assert does(cho, coming(plan), "unmute", twice=True, muted=muted.code, reason="Back.").status_code == 302
    assert [note.act for note in ReminderNote.objects.all()] == ["muted", "unmuted"]
    assert "Muted:" not in text_of(cho.get(page_of(coming(plan))))


def test_a_refusal_stands_on_the_page_and_nothing_is_written(cho: Client, plan: Plan) -> None:
    answer = does(cho, coming(plan), "again")
    assert "It is still owed, and goes by itself." in text_of(answer)
    answer = does(cho, coming(plan), "mute", kind="phase-coming", until="2027-01-03")
    assert "That day is over." in text_of(answer)
    answer = does(cho, coming(plan), "cancel", reason="  ")
    assert "This field is required." in text_of(answer)
    assert not ReminderNote.objects.exists()


def test_only_what_makes_sense_is_offered(cho: Client, assistant: Client, plan: Plan, missed: Reminder) -> None:
    def offered(client: Client, reminder: Reminder) -> list[str]:
        return [label for label, _ in client.get(page_of(reminder)).context["buttons"]]

    assert offered(cho, missed) == ["Send again", "Mute"]
    assert offered(cho, coming(plan, "staff")) == ["Cancel"]
    assert offered(assistant, missed) == ["Send again"]
    assert offered(assistant, coming(plan, "staff")) == []


def test_an_assistant_is_told_who_could(assistant: Client, plan: Plan, missed: Reminder) -> None:
    assert assistant.get(page_of(missed, "again")).status_code == 200
    for name in ("cancel", "mute", "unmute"):
        answer = assistant.post(page_of(missed, name), {"reason": "Because.", "request_key": "1"})
        assert answer.status_code == 403
        assert "You may not cancel or mute reminders here. Ask a practitioner of this clinic." in text_of(answer)
    assert not ReminderNote.objects.exists()


@pytest.mark.parametrize("name", ["again", "cancel", "mute", "unmute"])
def test_for_a_stranger_there_is_no_such_page(dee: Client, plan: Plan, name: str) -> None:
    assert dee.get(page_of(coming(plan), name)).status_code == 404
    assert dee.post(page_of(coming(plan), name), {"reason": "Because.", "request_key": "1"}).status_code == 404
    assert not ReminderNote.objects.exists()


def test_what_is_asked_for_at_night_waits_for_the_morning(
    cho: Client, missed: Reminder, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2027, 1, 14, 22, 30, tzinfo=UTC))
    does(cho, missed, "again")
    assert Reminder.objects.get(again_of=missed).send_at == datetime(2027, 1, 15, 7, 0, tzinfo=UTC)


def test_nothing_of_it_names_a_medicine(cho: Client, sent_taper: Taper, dr_cho: User) -> None:
    for reminder in sent_taper.reminders.all():
        assert "omeprazole" not in text_of(cho.get(page_of(reminder))).lower()
