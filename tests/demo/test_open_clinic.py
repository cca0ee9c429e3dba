"""manage.py open_clinic: the first clinic of a server, and what it refuses."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import resolve
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Clinic, Membership, StaffInvitation
from clinics.services.staff import InvitationClosed, accept_staff_invitation, find_staff_invitation
from protocols.models import ProtocolTemplate, TemplateVersion

pytestmark = pytest.mark.django_db(transaction=True)


def run(*, errors: StringIO | None = None, **options: object) -> str:
    """What the command prints. A field is left out of the good call by naming it here."""
    output = StringIO()
    good = {"name": "Lindenhof practice", "zone": "Europe/Berlin", "admin_email": "dr_cho@example.org"}
    call_command("open_clinic", **(good | options), stdout=output, stderr=errors or StringIO())
    return output.getvalue()


def link_in(text: str) -> str:
    return next(word for word in text.split() if word.startswith("http"))


def code_and_secret(link: str) -> tuple[str, str]:
    match = resolve(urlsplit(link).path)
    assert match.view_name == "joining:staff"
    return match.kwargs["code"], match.kwargs["secret"]


def test_the_clinic_stands_with_the_shipped_protocols_as_drafts(mailoutbox: list[EmailMultiAlternatives]) -> None:
    run()
    clinic = Clinic.objects.get()
    assert (clinic.name, clinic.zone, clinic.message_name) == ("Lindenhof practice", "Europe/Berlin", "Your clinic")
    assert ProtocolTemplate.objects.filter(clinic=clinic).exists()
    assert {version.status for version in TemplateVersion.objects.all()} == {"draft"}
    assert not Membership.objects.exists()


def test_the_printed_link_is_the_one_that_was_sent_and_makes_the_clinic_admin(
    mailoutbox: list[EmailMultiAlternatives], settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://clinic.example.org"
    link = link_in(run())
    assert link.startswith("https://clinic.example.org/")
    assert link in mailoutbox[0].body
    assert mailoutbox[0].to == ["dr_cho@example.org"]
    user = accept_staff_invitation(*code_and_secret(link), at=timezone.now())
    assert [membership.role for membership in user.memberships.all()] == ["clinic-admin"]


def test_an_admin_who_treats_patients_gets_both_roles(mailoutbox: list[EmailMultiAlternatives]) -> None:
    link = link_in(run(also_practitioner=True))
    user = accept_staff_invitation(*code_and_secret(link), at=timezone.now())
    assert {membership.role for membership in user.memberships.all()} == {"clinic-admin", "practitioner"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"zone": "Mars/Base"},
            "--zone: “Mars/Base” is not a time zone. Choose one by its place, such as Europe/Berlin.",
        ),
        ({"zone": "../etc/passwd"}, "--zone: “../etc/passwd” is not a time zone."),
        ({"admin_email": "dr_cho"}, "--admin-email: Enter a valid email address."),
        ({"admin_email": ""}, "--admin-email: This field cannot be blank."),
        ({"name": "  "}, "--name: This field cannot be blank."),
        ({"name": "x" * 121}, "--name: Ensure this value has at most 120 characters"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(
    wrong: dict[str, str], sentence: str, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    with pytest.raises(CommandError) as refused:
        run(**wrong)
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)
    assert refused.value.returncode == 1
    assert not Clinic.objects.exists()
    assert not StaffInvitation.objects.exists()
    assert not mailoutbox


def test_a_broken_pack_opens_no_clinic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gutclinic.management.commands.open_clinic.available_packs", lambda: ["nothing-of-the-kind"])
    with pytest.raises(CommandError, match="There is no pack “nothing-of-the-kind”"):
        run()
    assert not Clinic.objects.exists()


def test_without_mail_the_clinic_stands_and_the_link_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(get_connection()), "send_messages", refuse)
    errors = StringIO()
    link = link_in(run(errors=errors))
    assert "could not be sent" in errors.getvalue()
    find_staff_invitation(*code_and_secret(link), at=timezone.now())


def test_a_database_without_tables_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_tables(**kwargs: object) -> None:
        raise OperationalError("no such table: clinics_clinic")

    monkeypatch.setattr("gutclinic.management.commands.open_clinic.open_clinic", no_tables)
    with pytest.raises(CommandError, match=r"run manage\.py migrate"):
        run()


def test_a_clinic_that_nobody_has_entered_is_opened_anew(mailoutbox: list[EmailMultiAlternatives]) -> None:
    first = link_in(run(admin_email="dr_chp@example.org", zone="Europe/London"))
    second = link_in(run(name=" lindenhof practice"))
    assert Clinic.objects.get().zone == "Europe/Berlin"
    with pytest.raises(InvitationClosed):
        find_staff_invitation(*code_and_secret(first), at=timezone.now())
    assert find_staff_invitation(*code_and_secret(second), at=timezone.now()).email == "dr_cho@example.org"
    assert TemplateVersion.objects.count() == ProtocolTemplate.objects.count()


def test_a_clinic_with_staff_is_not_opened_twice(mailoutbox: list[EmailMultiAlternatives]) -> None:
    accept_staff_invitation(*code_and_secret(link_in(run())), at=timezone.now())
    with pytest.raises(CommandError, match="--name: There is a clinic “Lindenhof practice” already"):
        run(zone="Europe/London")
    assert Clinic.objects.get().zone == "Europe/Berlin"
    assert len(mailoutbox) == 1
