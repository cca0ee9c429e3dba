"""Sending the invitation to work in a clinic: neutral words and one link."""

from clinics.models import StaffInvitation
from clinics.models.invitation import VALID_FOR
from clinics.services.letters import LetterNotSent, send_letter


class InvitationNotSent(Exception):
    """The mail server did not take it. The invitation stands; its link can be handed over in another way."""

    def __init__(self) -> None:
        super().__init__(
            "The invitation could not be sent by email. It stands all the same: hand its link over yourself."
        )


def send_staff_invitation(invitation: StaffInvitation, *, link: str) -> None:
    """Send the link to the invited address. Raises `InvitationNotSent`. Never call it inside a transaction.

    link: the whole address, with the secret, which is stored nowhere. The words name neither the clinic nor
    what it does: whoever reads them over a shoulder learns nothing.
    """
    try:
        send_letter(
            "staff_invitation",
            about=invitation.code,
            address=invitation.email,
            sender_name=invitation.clinic.message_name,
            context={"link": link, "days": VALID_FOR.days},
        )
    except LetterNotSent as error:
        raise InvitationNotSent from error
