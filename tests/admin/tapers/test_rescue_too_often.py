"""Rescue medicine over the signed threshold: on a list, on the first page with what to decide, and decided."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinics.models import User
from patients.actor import acting_patient
from patients.models import Patient, Taper, Transition, UseKind
from patients.services.tapers import using
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import taper_address
from tests.fixtures.lives import day
from tests.fixtures.tapers import on_day

GROUP = "Rescue medicine often: hold the dose?"


@pytest.fixture
def needing(taper: Taper, angela: Patient, clock: time_machine.Traveller) -> Taper:
    """Angela needed it on days 4 to 7 of the taper; four days of seven propose a hold. It is day 7."""
    she = acting_patient(angela)
    using.report_use(taper, kind=UseKind.CHANGED, by=she, at=on_day(1))
    for number in range(4, 8):
        clock.move_to(on_day(number))
        using.write_diary(taper, on=day(number), symptoms=5, rescue_doses=2, by=she, at=on_day(number))
    return Taper.objects.get(pk=taper.pk)


@pytest.fixture
def again(sign_in: Callable[[User], Client], dr_cho: User) -> Callable[[], Client]:
    """dr_cho signs in anew: a session does not last as long as a taper."""
    return lambda: sign_in(dr_cho)


def first_page(client: Client) -> str:
    return text_of(client.get(reverse("admin:index")))


def is_listed(client: Client) -> bool:
    page = client.get(reverse("admin:patients_taper_changelist"), {"state": "rescue"})
    return "/admin/patients/taper/" in page.content.decode().partition('id="result_list"')[2]


def keep_going(client: Client, taper: Taper, reason: str) -> Any:
    address = taper_address(taper, "keep_going")
    return client.post(address, {"revision": taper.revision, "reason": reason}, follow=True)


def test_three_days_are_not_over_the_threshold_and_four_are(cho: Client, taper: Taper, needing: Taper) -> None:
    assert is_listed(cho)
    assert f"{GROUP} The list Angela" in first_page(cho)
    assert "Rescue medicine on 4 of the last 7 days; a hold is proposed from 4 on · Omeprazole" in first_page(cho)


def test_three_days_propose_nothing(cho: Client, taper: Taper, angela: Patient, clock: time_machine.Traveller) -> None:
    clock.move_to(on_day(6))
    for number in range(4, 7):
        using.write_diary(taper, on=day(number), symptoms=5, rescue_doses=2, by=acting_patient(angela), at=on_day(6))
    assert not is_listed(cho)
    assert GROUP not in first_page(cho)


def test_the_hold_is_one_click_away_with_its_preview_and_its_reason(cho: Client, needing: Taper) -> None:
    address = f"{taper_address(needing, 'move', 'hold')}?because=rescue"
    assert f'href="{address}"' in cho.get(reverse("admin:index")).content.decode()
    page = cho.get(address)
    assert "Rescue medicine on 4 of the last 7 days; a hold is proposed from 4 on." in text_of(page)
    assert "What becomes of the dates" in text_of(page)
    sent = {
        "revision": hidden(page, "revision"),
        "shown": hidden(page, "shown"),
        "reason": "Rescue medicine on 4 of the last 7 days; a hold is proposed from 4 on.",
        "_confirm": "1",
    }
    assert cho.post(address, sent).status_code == 302
    assert Taper.objects.get().status == "held"
    assert not is_listed(cho)
    assert GROUP not in first_page(cho)
    assert "Keep going…" not in text_of(cho.get(taper_address(needing)))


def test_the_page_of_the_taper_asks_for_the_same_decision(cho: Client, needing: Taper) -> None:
    page = cho.get(taper_address(needing))
    assert "a hold is proposed from 4 on: decide. Hold the dose… Keep going…" in text_of(page)


def test_keeping_going_is_written_down_and_ends_the_proposal(cho: Client, needing: Taper) -> None:
    done = keep_going(cho, needing, "Spoke to her: a party on Friday, better since.")
    assert "The taper goes on, and your reason is in the history." in text_of(done)
    assert not is_listed(cho)
    assert GROUP not in first_page(cho)
    line = Transition.objects.filter(taper=needing).last()
    assert line is not None
    assert (line.from_status, line.to_status, line.reason) == (
        "active",
        "active",
        "Spoke to her: a party on Friday, better since.",
    )
    assert "a party on Friday" in text_of(cho.get(taper_address(needing)))


def test_not_without_a_reason_and_not_twice(cho: Client, needing: Taper) -> None:
    assert "This field is required." in text_of(keep_going(cho, needing, "  "))
    assert is_listed(cho)
    keep_going(cho, needing, "Better since.")
    again = keep_going(cho, Taper.objects.get(), "Better since.")
    assert "no hold is proposed" in text_of(again)


def test_days_after_the_decision_count_anew(
    cho: Client, needing: Taper, angela: Patient, clock: time_machine.Traveller, again: Callable[[], Client]
) -> None:
    keep_going(cho, needing, "Better since.")
    for number in range(8, 12):
        assert not is_listed(again())
        clock.move_to(on_day(number))
        using.write_diary(
            needing, on=day(number), symptoms=5, rescue_doses=1, by=acting_patient(angela), at=on_day(number)
        )
    assert is_listed(again())


def test_it_goes_away_by_itself_once_it_is_needed_less(
    needing: Taper, clock: time_machine.Traveller, again: Callable[[], Client]
) -> None:
    # Days 4 to 7 lie within the seven days that end on day 10; of those that end on day 11 only three do.
    clock.move_to(on_day(10))
    cho = again()
    assert is_listed(cho)
    assert GROUP in first_page(cho)
    clock.move_to(on_day(11))
    assert not is_listed(cho)
    assert GROUP not in first_page(cho)


def test_after_the_last_step_there_is_no_dose_to_hold(
    taper: Taper, angela: Patient, clock: time_machine.Traveller, again: Callable[[], Client]
) -> None:
    Taper.objects.update(status="watching")
    clock.move_to(on_day(120))
    for number in range(117, 121):
        using.write_diary(taper, on=day(number), symptoms=5, rescue_doses=2, by=acting_patient(angela), at=on_day(120))
    body = again().get(reverse("admin:index")).content.decode()
    assert GROUP in body
    assert "because=rescue" not in body
    assert "Keep going…" in body


def test_an_assistant_sees_it_and_decides_nothing(assistant: Client, needing: Taper) -> None:
    assert GROUP in first_page(assistant)
    assert "Keep going…" not in first_page(assistant)
    keep_going(assistant, needing, "Better since.")
    assert Taper.objects.get().rescue_decided_on is None


def test_a_stranger_finds_nothing(dee: Client, needing: Taper) -> None:
    assert GROUP not in first_page(dee)
    assert keep_going(dee, needing, "Better since.").status_code == 404


@pytest.mark.parametrize("written", [(4, 5, 6, 7), (1, 3, 5, 7), (1, 2, 3, 4, 5), (2, 4, 7)])
def test_the_stored_date_says_what_the_diary_says(
    taper: Taper, angela: Patient, written: tuple[int, ...], needs_on: Callable[[Taper, int], bool]
) -> None:
    she = acting_patient(angela)
    for number in written:
        using.write_diary(taper, on=day(number), symptoms=5, rescue_doses=1, by=she, at=on_day(7))
    stored = Taper.objects.get(pk=taper.pk)
    for number in range(7, 20):
        until = stored.rescue_over_until
        assert (until is not None and day(number) <= until) == needs_on(stored, number)


@pytest.fixture
def needs_on() -> Callable[[Taper, int], bool]:
    """Counted by hand: four of the seven days that end on that one."""

    def count(taper: Taper, number: int) -> bool:
        days = {entry.on for entry in taper.diary.all() if entry.rescue_doses}
        return sum(1 for back in range(7) if day(number - back) in days) >= 4

    return count
