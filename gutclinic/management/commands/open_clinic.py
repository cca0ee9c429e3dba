"""manage.py open_clinic: the first clinic of a server, or one more, and the invitation of whoever will run it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from clinics.actor import for_system
from clinics.models import StaffInvitation
from clinics.models.invitation import VALID_FOR
from clinics.roles import Role
from clinics.services.invitation_mail import InvitationNotSent, send_staff_invitation
from clinics.services.letters import public_address
from clinics.services.staff import open_clinic
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.packs import PackError, available_packs, load_pack

# What the rows call a field, and what it is called on the command line.
OPTIONS = {"name": "--name", "zone": "--zone", "email": "--admin-email"}


class Command(BaseCommand):
    help = (
        "Open a clinic: write it, load the shipped medicines, and the protocols as drafts, and invite its admin "
        "by email. "
        "Run again with the name of a clinic that nobody has entered yet, it corrects that clinic and invites anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="Shown to staff, and to patients once they have signed in.")
        parser.add_argument("--zone", required=True, help="The clinic’s time zone, for example Europe/Berlin.")
        parser.add_argument(
            "--admin-email", required=True, help="Who will run the clinic; the address they will sign in with."
        )
        parser.add_argument(
            "--also-practitioner",
            action="store_true",
            help="This person treats patients too: publishes protocols, assigns and moves plans.",
        )

    def handle(
        self, *args: Any, name: str, zone: str, admin_email: str, also_practitioner: bool, **options: Any
    ) -> None:
        roles = [Role.PRACTITIONER, Role.CLINIC_ADMIN] if also_practitioner else [Role.CLINIC_ADMIN]
        try:
            invitation, secret, loaded = self._write(name=name, zone=zone, admin_email=admin_email, roles=roles)
        except ValidationError as error:
            raise CommandError(_sentence(error)) from error
        except PackError as error:
            raise CommandError(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(
                "The database is not ready. Check DATABASE_URL, run manage.py migrate, then try again."
            ) from error
        link = public_address(reverse("joining:staff", args=[invitation.code, secret]))
        self.stdout.write(f"{invitation.clinic.name} is open. Its code is {invitation.clinic.code}.")
        for what in loaded:
            self.stdout.write(f"  {what}.")
        try:
            send_staff_invitation(invitation, link=link)
        except InvitationNotSent as error:
            self.stderr.write(f"{error} Then check EMAIL_URL.")
        else:
            self.stdout.write(f"The invitation is on its way to {invitation.email}.")
        self.stdout.write(
            f"This is its link. It is shown once, works once, and ends after {VALID_FOR.days} days:\n\n  {link}\n"
        )
        if not also_practitioner:
            self.stdout.write("A protocol is published by a practitioner: invite one from the admin.")

    @transaction.atomic
    def _write(
        self, *, name: str, zone: str, admin_email: str, roles: list[Role]
    ) -> tuple[StaffInvitation, str, list[str]]:
        """All or nothing: the clinic, its admin's invitation with the secret of its link, and what was loaded."""
        at, by = timezone.now(), for_system()
        clinic, secret = open_clinic(name=name, zone=zone, admin_email=admin_email, roles=roles, by=by, at=at)
        catalogue = load_catalogue(by=by, at=at)
        drafts = [str(load_pack(key, clinic=clinic, by=by, at=at)) for key in available_packs()]
        return clinic.invitations.open(at).get(), secret, [*catalogue, *drafts]


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, with the option it concerns."""
    if not hasattr(error, "error_dict"):
        return error.messages[0]
    field, messages = next(iter(error.message_dict.items()))
    option = OPTIONS.get(field)
    return f"{option}: {messages[0]}" if option else messages[0]
