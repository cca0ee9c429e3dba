"""Her pages say honestly when somebody of the clinic reads, and whom to call otherwise."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine

from clinics.actor import Actor, staff_in
from clinics.domain.staffed import StaffedWeek, times_typed
from clinics.models import Clinic
from clinics.roles import Role
from clinics.services.staffed_hours import NumberToCall, set_staffed_hours
from patients.models import Patient
from tests.fixtures.personae import NOON, make_member
from tests.portal.reading import text_of
from tests.portal.visits import VisitOn

ReadPage = Callable[[Patient], str]
NUMBERS = [NumberToCall(number="112", words="ambulance"), NumberToCall(number="(030) 192 40", words="poison control")]
IN_AN_EMERGENCY = "In an emergency call"


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))


@pytest.fixture
def hours(clinic: Clinic, admin: Actor) -> None:
    """Monday to Friday, 9:00 to 17:00 in Berlin."""
    week = StaffedWeek({day: times_typed("9–17") for day in range(5)})
    set_staffed_hours(clinic, week=week, numbers=NUMBERS, by=admin, at=NOON)


def test_hours_that_nobody_has_set_are_said_to_be_unknown(angela: Patient, read_page: ReadPage) -> None:
    text = text_of(read_page(angela))
    assert "It is not known at what hours somebody at Lindenhof practice reads what you write." in text
    assert f"{IN_AN_EMERGENCY} your local emergency number." in text


@pytest.mark.usefixtures("hours")
def test_in_staffed_hours_it_says_until_when(angela: Patient, read_page: ReadPage) -> None:
    text = text_of(read_page(angela))
    assert "Somebody at Lindenhof practice reads what you write now, until 17:00 by your clock." in text
    assert IN_AN_EMERGENCY not in text


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize(
    ("at", "said"),
    [
        # A Monday, 02:00 in Berlin; then Friday 18:00.
        (datetime(2027, 1, 4, 1, tzinfo=UTC), "Somebody does again today from 09:00 by your clock."),
        (datetime(2027, 1, 8, 17, tzinfo=UTC), "Somebody does again on Monday 11 January from 09:00 by your clock."),
    ],
)
def test_at_night_nobody_is_led_to_believe_that_somebody_reads(
    angela: Patient, read_page: ReadPage, travel: time_machine.Traveller, at: datetime, said: str
) -> None:
    travel.move_to(at)
    html = read_page(angela)
    text = text_of(html)
    assert f"Nobody at Lindenhof practice reads what you write now. {said}" in text
    assert {'href="tel:112"', 'href="tel:03019240"'} <= set(html.replace(">", " ").split())
    assert text.index("112") < text.index("Nobody at Lindenhof practice reads")


@pytest.mark.usefixtures("hours")
def test_the_clock_is_hers(angela: Patient, read_page: ReadPage) -> None:
    """It is 12:00 in Berlin and 06:00 in New York; there the clinic reads until 11:00."""
    angela.zone = "America/New_York"
    angela.save(update_fields=["zone"])
    assert "until 11:00 by your clock" in text_of(read_page(angela))


def test_a_clinic_that_reads_around_the_clock_says_so(
    angela: Patient, clinic: Clinic, admin: Actor, read_page: ReadPage
) -> None:
    week = StaffedWeek({day: times_typed("0–24") for day in range(7)})
    set_staffed_hours(clinic, week=week, numbers=NUMBERS, by=admin, at=NOON)
    assert "Somebody at Lindenhof practice reads what you write by day and by night." in text_of(read_page(angela))


@pytest.mark.usefixtures("hours")
def test_after_a_warning_sign_the_emergency_number_comes_before_what_is_sent(visit: VisitOn) -> None:
    page = visit(30)
    text = page.send("warning/", flag=["bloody-stool"])
    assert text.index("112") < text.index("written to at once")
    assert "reads what you write now" in text


@pytest.mark.usefixtures("hours")
def test_before_she_reports_it_the_numbers_stand_there_too(visit: VisitOn) -> None:
    html = visit(30).html("warning/")
    assert html.index('href="tel:112"') < html.index('type="checkbox"')
