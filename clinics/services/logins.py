"""Making a login for an address: the one place where an invited person becomes a user."""

from datetime import datetime

from allauth.account.models import EmailAddress

from clinics.models import User


class LoginClosed(Exception):
    """The address belongs to a login that may not sign in."""

    def __init__(self) -> None:
        super().__init__("This address belongs to a login that was closed. Ask the clinic to open it again.")


def login_for(email: str, *, name: str, zone: str, at: datetime) -> User:
    """The login that signs in with this address, made if there is none. It has no password: codes are emailed.

    The address counts as verified, since whoever asks has opened a link that was sent to it.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = User.objects.create_user(email, joined_at=at, name=name, zone=zone)
    elif not user.is_active:
        raise LoginClosed
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
    return user
