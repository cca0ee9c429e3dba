"""The pages on which a clinic admin says when somebody reads, who stands in, and who is called in turn."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.models import Clinic, Cover, EscalationOrder, StaffedHours, User
from clinics.roles import Role
from tests.admin.conftest import text_of
from tests.fixtures.personae import make_member

HOURS = {
    **{f"day_{number}": "9–12:30, 14–17" for number in range(5)},
    "exceptions": "2027-01-06:\n2027-01-09: 10–11",
    "numbers": "112: ambulance\n+49 30 19240: poison control",
}


def address(clinic: Clinic, page: str) -> str:
    return reverse(f"admin:clinics_clinic_{page}", args=[clinic.code])


def shown_on(client: Client, clinic: Clinic, page: str) -> str:
    """The code of the edition that the page shows; empty for none."""
    shown: str = client.get(address(clinic, page)).context["form"]["shown"].value()
    return shown


def save(client: Client, clinic: Clinic, page: str, **sent: str) -> Any:
    shown = shown_on(client, clinic, page)
    return client.post(address(clinic, page), {"shown": shown} | sent)


def test_the_hours_are_saved_and_stand_in_the_form_again(manager: Client, clinic: Clinic) -> None:
    assert save(manager, clinic, "hours", **HOURS).status_code == 302
    page = manager.get(address(clinic, "hours")).content.decode()
    assert 'value="09:00–12:30, 14:00–17:00"' in page
    assert "2027-01-06:\n2027-01-09: 10:00–11:00" in page
    assert "112: ambulance" in page


def test_what_was_set_before_stays_with_who_set_it(manager: Client, clinic: Clinic) -> None:
    save(manager, clinic, "hours", **HOURS)
    save(manager, clinic, "hours", **(HOURS | {"day_0": "8–9"}))
    assert StaffedHours.objects.count() == 2
    text = text_of(manager.get(address(clinic, "hours")))
    assert "4 January 2027, 12:00 · clinic_admin_1: Monday 08:00–09:00; Tuesday 09:00–12:30, 14:00–17:00" in text
    assert "4 January 2027, 12:00 · clinic_admin_1: Monday 09:00–12:30, 14:00–17:00" in text
    assert "2027-01-06 nobody; 2027-01-09 10:00–11:00; 112 (ambulance)" in text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("day_2", "17–9", "ends later than it begins"),
        ("exceptions", "24 December: closed", "write the date as 2026-12-24"),
        ("exceptions", "2027-01-06:\n2027-01-06: 9–10", "stands here twice"),
        ("exceptions", "2027-01-06: closed", "is no stretch of time"),
        ("numbers", "ambulance", "is no number that can be dialled"),
        ("numbers", "112", "whom one reaches there"),
        ("numbers", "javascript:alert(1)", "is no number that can be dialled"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    manager: Client, clinic: Clinic, field: str, typed: str, said: str
) -> None:
    page = save(manager, clinic, "hours", **(HOURS | {field: typed}))
    assert page.status_code == 200
    assert said in " ".join(page.context["form"].errors[field])
    assert StaffedHours.objects.count() == 0


def test_two_admins_who_change_the_hours_at_once_do_not_overwrite_each_other(manager: Client, clinic: Clinic) -> None:
    shown = shown_on(manager, clinic, "hours")
    save(manager, clinic, "hours", **HOURS)
    page = manager.post(address(clinic, "hours"), HOURS | {"shown": shown})
    assert "Somebody else has changed this meanwhile" in text_of(page)
    assert StaffedHours.objects.count() == 1


@pytest.mark.parametrize("page", ["hours", "cover", "escalation"])
def test_only_an_admin_of_that_clinic_opens_them(
    cho: Client, dee: Client, manager: Client, clinic: Clinic, page: str
) -> None:
    assert cho.get(address(clinic, page)).status_code == 404
    assert dee.get(address(clinic, page)).status_code == 404
    assert manager.get(address(clinic, page)).status_code == 200


def test_they_cost_no_more_for_a_longer_history(
    manager: Client, clinic: Clinic, dr_cho: User, clinic_admin_1: User
) -> None:
    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address(clinic, page)).status_code == 200
        return len(queries)

    pages = ("hours", "cover", "escalation")
    two = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    for number in range(5):
        save(manager, clinic, "hours", **(HOURS | {"day_0": f"8–{9 + number}"}))
        save(manager, clinic, "escalation", place_1=(dr_cho if number % 2 else two).code, place_2=clinic_admin_1.code)
        cover(manager, clinic, dr_cho, two, f"2027-02-{number + 1:02}", f"2027-02-{number + 1:02}")
        costs = {page: cost(page) for page in pages}
        if number == 0:
            few = costs
    assert costs == few
    assert max(few.values()) <= 22, few


@pytest.fixture
def colleague(clinic: Clinic) -> User:
    return make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)


def cover(client: Client, clinic: Clinic, absent: User, stand_in: User, first: str, last: str) -> Any:
    sent = {"absent": absent.code, "stand_in": stand_in.code, "first_day": first, "last_day": last}
    return client.post(address(clinic, "cover"), sent)


def test_somebody_stands_in_and_it_is_ended(manager: Client, clinic: Clinic, dr_cho: User, colleague: User) -> None:
    assert cover(manager, clinic, dr_cho, colleague, "2027-01-03", "2027-01-20").status_code == 302
    row = Cover.objects.get()
    text = text_of(manager.get(address(clinic, "cover")))
    assert "practitioner_2 stands in for dr_cho, 3 January 2027 to 20 January 2027." in text
    assert manager.post(address(clinic, "cover"), {"end": row.code}).status_code == 302
    row.refresh_from_db()
    assert (row.last_day, bool(row.ended_at)) == (date(2027, 1, 3), True)
    text = text_of(manager.get(address(clinic, "cover")))
    assert "3 January 2027 to 3 January 2027. Ended by clinic_admin_1, 4 January 2027, 12:00." in text
    assert Clinic.objects.get(pk=clinic.pk).unnoticed_since is not None


@pytest.mark.parametrize(
    ("who", "first", "last", "said"),
    [
        ("cho cho", "2027-01-05", "2027-01-06", "two different people"),
        ("cho two", "2027-01-06", "2027-01-05", "a later one"),
        ("cho two", "2026-12-01", "2027-01-03", "are over"),
        ("cho two", "2027-01-05", "2029-01-05", "a year at most"),
        ("cho assistant", "2027-01-05", "2027-01-06", "Choose a practitioner"),
        ("cho two", "2027-01-10", "2027-01-11", "already"),
        ("two cho", "2027-01-10", "2027-01-11", "is away"),
    ],
)
def test_cover_that_reaches_nobody_is_refused(
    manager: Client,
    clinic: Clinic,
    dr_cho: User,
    colleague: User,
    assistant_1: User,
    who: str,
    first: str,
    last: str,
    said: str,
) -> None:
    people = {"cho": dr_cho, "two": colleague, "assistant": assistant_1}
    cover(manager, clinic, dr_cho, colleague, "2027-01-10", "2027-01-20")
    absent, stand_in = (people[name] for name in who.split())
    page = cover(manager, clinic, absent, stand_in, first, last)
    assert said in text_of(page)
    assert Cover.objects.count() == 1


def test_somebody_of_another_clinic_cannot_be_chosen(
    manager: Client, clinic: Clinic, dr_cho: User, dr_dee: User
) -> None:
    assert cover(manager, clinic, dr_cho, dr_dee, "2027-01-10", "2027-01-20").status_code == 200
    assert save(manager, clinic, "escalation", place_1=dr_dee.code).status_code == 200
    assert (Cover.objects.count(), EscalationOrder.objects.count()) == (0, 0)


def test_the_order_of_escalation_is_saved_as_it_was_chosen(
    manager: Client, clinic: Clinic, dr_cho: User, colleague: User
) -> None:
    sent = {"place_1": colleague.code, "place_3": dr_cho.code}
    assert save(manager, clinic, "escalation", **sent).status_code == 302
    assert [step.user for step in EscalationOrder.objects.get().steps.all()] == [colleague, dr_cho]
    text = text_of(manager.get(address(clinic, "escalation")))
    assert "4 January 2027, 12:00 · clinic_admin_1: practitioner_2, then dr_cho" in text


def test_nobody_stands_in_the_order_twice(manager: Client, clinic: Clinic, colleague: User) -> None:
    page = save(manager, clinic, "escalation", place_1=colleague.code, place_2=colleague.code)
    assert "Somebody stands in this list twice" in text_of(page)
