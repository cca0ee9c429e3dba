"""Everybody sets when and where the own messages come, and what is owed follows."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from clinics.services.cover import add_cover
from patients.models import Plan, Reminder
from patients.services.noticing import notice_clinics
from patients.services.own_settings import save_own_settings
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, TODAY, make_member, make_user

SENT = {
    "name": "Dr Cho",
    "zone": "Europe/Berlin",
    "message_time": "07:00",
    "quiet_starts": "21:00",
    "quiet_ends": "06:00",
}


def address(user: User, page: str = "change") -> str:
    return reverse(f"admin:clinics_user_{page}", args=[user.code])


def test_a_new_morning_time_dates_what_is_owed_anew(cho: Client, plan: Plan, dr_cho: User) -> None:
    owed = Reminder.objects.filter(plan=plan, recipient_kind="staff", status="owed")
    assert {row.send_at.astimezone(NOON.tzinfo).time() for row in owed} == {time(7)}
    cho.post(address(dr_cho), SENT | {"message_time": "10:00"})
    dr_cho.refresh_from_db()
    assert (dr_cho.name, dr_cho.message_time) == ("Dr Cho", time(10))
    assert {row.send_at.astimezone(NOON.tzinfo).time() for row in owed.all()} == {time(9)}


def test_what_is_owed_to_whoever_stands_in_follows_their_own_morning(
    clinic: Clinic, plan: Plan, dr_cho: User, by: Actor
) -> None:
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    days = {"first_day": TODAY, "last_day": TODAY + timedelta(days=300)}
    add_cover(clinic, absent=dr_cho, stand_in=other, **days, by=admin, at=NOON)
    notice_clinics(at=NOON)
    other.message_time = time(11)
    save_own_settings(other, by=other, at=NOON)
    owed = Reminder.objects.owed().filter(plan=plan, recipient_kind="staff")
    assert {(row.recipient_code, row.send_at.astimezone(UTC).hour) for row in owed} == {(other.code, 10)}
    plan.refresh_from_db()
    assert plan.practitioner_id == dr_cho.pk


def test_the_sign_in_address_is_not_changed_here(cho: Client, dr_cho: User) -> None:
    cho.post(address(dr_cho), SENT | {"email": "other@example.org", "is_superuser": "on"})
    dr_cho.refresh_from_db()
    assert (dr_cho.email, dr_cho.is_superuser) == ("dr_cho@example.org", False)


def test_a_zone_that_does_not_exist_is_a_sentence(cho: Client, dr_cho: User) -> None:
    page = cho.post(address(dr_cho), SENT | {"zone": "Mars/Olympus"})
    assert "“Mars/Olympus” is not a time zone." in page.context["adminform"].form.errors["zone"][0]


def test_nobody_changes_anothers_settings(cho: Client, assistant_1: User, dr_cho: User) -> None:
    for page in ["change", "api_tokens"]:
        assert cho.get(address(assistant_1, page)).status_code == 404
        assert cho.post(address(assistant_1, page), SENT).status_code == 404
    with pytest.raises(NotAllowed):
        save_own_settings(assistant_1, by=dr_cho, at=NOON)


def test_a_token_is_shown_once_and_ended(cho: Client, dr_cho: User) -> None:
    page = cho.post(address(dr_cho, "api_tokens"), follow=True)
    assert page.redirect_chain
    token = page.context["fresh"]
    assert token in text_of(page)
    row = AuthToken.objects.get(user=dr_cho)
    assert token not in text_of(cho.get(address(dr_cho, "api_tokens")))
    answer = cho.post(address(dr_cho, "api_tokens"), {"end": row.token_key}, follow=True)
    assert "The token was ended." in text_of(answer)
    assert AuthToken.objects.count() == 0


def test_another_persons_token_is_not_ended(cho: Client, dr_cho: User) -> None:
    other, _ = AuthToken.objects.create(make_user("assistant_9@example.org"))
    cho.post(address(dr_cho, "api_tokens"), {"end": other.token_key})
    assert AuthToken.objects.filter(user=other.user).exists()


def test_the_days_of_a_token_are_the_own_ones(cho: Client, dr_cho: User, clock: time_machine.Traveller) -> None:
    User.objects.filter(pk=dr_cho.pk).update(zone="Pacific/Auckland")
    # It is the morning of 5 January there.
    clock.move_to(datetime(2027, 1, 4, 20, tzinfo=UTC))
    assert "5 January 2027" in text_of(cho.post(address(dr_cho, "api_tokens"), follow=True))
