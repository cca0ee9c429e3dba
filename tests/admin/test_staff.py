"""The clinic admin invites and ends; a clinic is never left without one."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail
from django.core.mail import get_connection
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic, Membership, StaffInvitation, User
from clinics.roles import Role
from clinics.services.staff import find_staff_invitation
from tests.admin.conftest import text_of
from tests.admin.test_patients import TOO_LONG
from tests.fixtures.personae import NOON, make_member

INVITE = "admin:clinics_membership_invite"
SENT = {"email": "dr_new@example.org", "name": "Dr New", "roles": ["practitioner", "assistant"]}


def test_a_colleague_is_invited_by_letter(manager: Client, clinic: Clinic) -> None:
    answer = manager.post(reverse(INVITE), SENT, follow=True)
    assert "The invitation to dr_new@example.org was sent." in text_of(answer)
    [letter] = mail.outbox
    assert letter.to == ["dr_new@example.org"]
    assert "Lindenhof" not in f"{letter.subject} {letter.body} {letter.from_email}"
    link = next(word for word in letter.body.split() if word.startswith("http"))
    *_, code, secret, _ = link.split("/")
    invitation = find_staff_invitation(code, secret, at=NOON)
    assert (invitation.clinic, invitation.roles) == (clinic, ["practitioner", "assistant"])


def test_an_invitation_without_a_role_is_a_sentence(manager: Client) -> None:
    page = manager.post(reverse(INVITE), SENT | {"roles": []})
    assert page.context["form"].errors["roles"] == ["This field is required."]
    assert StaffInvitation.objects.count() == 0


def test_a_dead_mail_server_invites_nobody_and_says_so(
    manager: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise TimeoutError

    monkeypatch.setattr(type(get_connection()), "send_messages", refuse)
    page = manager.post(reverse(INVITE), SENT)
    assert "The mail server did not take the letter, so nobody was invited." in text_of(page)
    assert not StaffInvitation.objects.get().is_open(NOON)
    assert "example.org" not in caplog.text
    assert "http" not in caplog.text


def test_an_address_longer_than_the_column_is_a_sentence(manager: Client) -> None:
    page = manager.post(reverse(INVITE), SENT | {"email": TOO_LONG})
    assert page.status_code == 200
    assert "at most 254 characters" in text_of(page)


def test_ending_a_role_withdraws_the_way_back(manager: Client, dr_cho: User, clinic: Clinic) -> None:
    manager.post(reverse(INVITE), SENT | {"email": dr_cho.email.upper()})
    manager.post(reverse(INVITE), SENT)
    membership = Membership.objects.get(user=dr_cho)
    end = reverse("admin:clinics_membership_end", args=[membership.pk])
    assert f"Invitations to {dr_cho.email} that are still open here are withdrawn." in text_of(manager.get(end))
    manager.post(end)
    assert [invitation.email for invitation in StaffInvitation.objects.open(NOON)] == [SENT["email"]]


def test_the_last_day_of_an_invitation_is_the_clinics_own(
    manager: Client, clinic: Clinic, clock: time_machine.Traveller
) -> None:
    clinic.zone = "Pacific/Auckland"
    clinic.save()
    # It is the morning of 5 January there.
    clock.move_to(datetime(2027, 1, 4, 20, tzinfo=UTC))
    manager.post(reverse(INVITE), SENT)
    assert "12 January 2027" in text_of(manager.get(reverse(INVITE)))


def test_every_link_on_a_roles_page_leads_somewhere(manager: Client, dr_cho: User) -> None:
    page = manager.get(reverse("admin:clinics_membership_change", args=[Membership.objects.get(user=dr_cho).pk]))
    links = re.findall(r'href="(/admin/clinics/[^"#]*)"', page.content.decode())
    assert links
    for link in links:
        assert manager.get(link).status_code in {200, 302}, link


def test_an_open_invitation_is_withdrawn(manager: Client) -> None:
    manager.post(reverse(INVITE), SENT)
    invitation = StaffInvitation.objects.get()
    assert "dr_new@example.org" in text_of(manager.get(reverse(INVITE)))
    answer = manager.post(reverse(INVITE), {"withdraw": invitation.code}, follow=True)
    assert "was withdrawn. Its link works no more." in text_of(answer)
    invitation.refresh_from_db()
    assert not invitation.is_open(NOON)
    assert manager.post(reverse(INVITE), {"withdraw": invitation.code}).status_code == 404


def test_an_invitation_of_another_clinic_is_not_found(manager: Client, other_clinic: Clinic, sign_in: object) -> None:
    boss = make_member(other_clinic, "clinic_admin_2@example.org", Role.CLINIC_ADMIN)
    sign_in(boss).post(reverse(INVITE), SENT)  # type: ignore[operator]
    invitation = StaffInvitation.objects.get()
    assert "dr_new" not in text_of(manager.get(reverse(INVITE)))
    assert manager.post(reverse(INVITE), {"withdraw": invitation.code}).status_code == 404
    assert invitation.is_open(NOON)


def end_address(user: User) -> str:
    return reverse("admin:clinics_membership_end", args=[user.memberships.get().pk])


def test_ending_a_role_is_confirmed_and_keeps_the_row(manager: Client, assistant_1: User) -> None:
    assert "will no longer be assistant of Lindenhof practice" in text_of(manager.get(end_address(assistant_1)))
    assert assistant_1.memberships.get().ended_at is None
    manager.post(end_address(assistant_1))
    assert assistant_1.memberships.get().ended_at == NOON
    address = reverse("admin:clinics_membership_changelist")
    manager.get(address)  # The message about what was done is read once.
    assert "assistant_1" not in text_of(manager.get(address))
    assert "assistant_1" in text_of(manager.get(address, {"state": "ended"}))


def test_ending_twice_keeps_the_first_date(manager: Client, assistant_1: User) -> None:
    Membership.objects.filter(user=assistant_1).update(ended_at=NOON.replace(year=2026))
    manager.post(end_address(assistant_1))
    assert assistant_1.memberships.get().ended_at == NOON.replace(year=2026)


def test_the_last_clinic_admin_stays(manager: Client, clinic_admin_1: User, clinic: Clinic) -> None:
    answer = manager.post(end_address(clinic_admin_1), follow=True)
    assert "This is the clinic’s last clinic admin. Invite another one first." in text_of(answer)
    assert clinic_admin_1.memberships.get().ended_at is None
    make_member(clinic, "clinic_admin_3@example.org", Role.CLINIC_ADMIN)
    manager.post(end_address(clinic_admin_1))
    assert clinic_admin_1.memberships.get().ended_at == NOON


def test_the_clinics_settings_are_changed(manager: Client, clinic: Clinic) -> None:
    address = reverse("admin:clinics_clinic_change", args=[clinic.code])
    assert manager.get(reverse("admin:clinics_clinic_changelist"))["Location"] == address
    sent = {
        "name": "Lindenhof",
        "message_name": "Your practice",
        "zone": "Europe/Atlantis",
        "telephone": "030 123",
        "paper": "us-letter",
    }
    page = manager.post(address, sent)
    assert "“Europe/Atlantis” is not a time zone." in page.context["adminform"].form.errors["zone"][0]
    manager.post(address, sent | {"zone": "Europe/Vienna"})
    clinic.refresh_from_db()
    assert (clinic.name, clinic.message_name, clinic.zone) == ("Lindenhof", "Your practice", "Europe/Vienna")
    assert clinic.paper == "us-letter"
