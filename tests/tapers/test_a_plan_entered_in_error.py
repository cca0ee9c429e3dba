"""A plan that should never have been there hides its tapers with it, from everybody but the staff who look for them."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from clinics.models import User
from patients.models import CalendarFeed, DiaryEntry, Patient, Reminder, Taper, TaperVersion, UseKind, UseReport
from patients.models.private_links import new_nonce
from patients.services import plan_moves
from patients.services.tapers.calendar_feed import feed_bytes
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day

OWN = (Taper, TaperVersion, UseReport, DiaryEntry)


@pytest.fixture
def in_error(life: Life) -> Callable[[int], None]:
    """Stop the taper on that day, and mark its plan as entered in error an instant later."""

    def mark(on: int) -> None:
        life.says(UseKind.CHANGED, 1)
        life.needs_rescue(2)
        life.stop(on)
        plan = life.taper.plan
        plan_moves.enter_in_error(plan, reason="Another patient’s.", by=life.cho, at=on_day(on), revision=plan.revision)

    return mark


def test_its_patient_sees_nothing_of_it_and_staff_see_it_all(
    in_error: Callable[[int], None], angela: Patient, dr_cho: User
) -> None:
    in_error(10)
    assert [model.objects.visible_to(angela.user).count() for model in OWN] == [0, 0, 0, 0]
    assert [model.objects.visible_to(dr_cho).count() for model in OWN] == [1, 1, 1, 1]


def test_her_calendar_says_nothing_of_it(in_error: Callable[[int], None], angela: Patient) -> None:
    feed = CalendarFeed.objects.create(patient=angela, nonce=new_nonce(), made_at=NOON)
    assert b"BEGIN:VEVENT" in feed_bytes(feed, at=NOON)
    in_error(10)
    assert b"BEGIN:VEVENT" not in feed_bytes(feed, at=on_day(10))


def test_her_pages_say_nothing_of_it(
    in_error: Callable[[int], None], life: Life, angela: Patient, client: Client
) -> None:
    assert angela.user is not None
    in_error(10)
    with time_machine.travel(on_day(10), tick=False):
        client.force_login(angela.user)
        for page in ("", "diary/", "warning/", "calendar.pdf"):
            assert client.get(f"/portal/{angela.code}/steps/{life.code}/{page}").status_code == 404
        assert life.code not in client.get(f"/portal/{angela.code}/").content.decode()


def test_nothing_is_owed_for_it(in_error: Callable[[int], None]) -> None:
    in_error(10)
    assert not Reminder.objects.owed().exists()
