"""The message that invites somebody to work in a clinic."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from pytest_django import Settings

from clinics.actor import for_system
from clinics.models import Clinic, StaffInvitation
from clinics.roles import Role
from clinics.services.invitation_mail import InvitationNotSent, send_staff_invitation
from clinics.services.staff import open_clinic
from tests.fixtures.personae import NOON

LINK = "https://clinic.example.org/join/CODE/secret/"


@pytest.fixture
def invitation(db: None) -> StaffInvitation:
    clinic, _ = open_clinic(
        name="Lindenhof gut practice",
        zone="Europe/Berlin",
        admin_email="dr_cho@example.org",
        roles=[Role.CLINIC_ADMIN],
        by=for_system(),
        at=NOON,
    )
    assert clinic == Clinic.objects.get()
    return StaffInvitation.objects.get()


def test_the_invitation_carries_the_link_and_no_telling_name(
    invitation: StaffInvitation, mailoutbox: list[EmailMultiAlternatives], settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "gutclinic <clinic@example.org>"
    send_staff_invitation(invitation, link=LINK)
    message = mailoutbox[0]
    html = message.alternatives[0].content
    assert message.to == ["dr_cho@example.org"]
    assert LINK in message.body
    assert f'href="{LINK}"' in html
    assert message.from_email == "Your clinic <clinic@example.org>"
    everything = " ".join([message.subject, message.from_email, message.body, html]).lower()
    assert "lindenhof" not in everything
    assert "gut " not in everything


def test_a_dead_mail_server_is_a_sentence_and_the_invitation_stands(
    invitation: StaffInvitation, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(get_connection()), "send_messages", refuse)
    with pytest.raises(InvitationNotSent, match="stands all the same"):
        send_staff_invitation(invitation, link=LINK)
    assert StaffInvitation.objects.get().is_open(NOON)
