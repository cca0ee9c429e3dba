"""Licences of members of staff: who enters them, and what they permit to sign."""

from collections.abc import Collection

from django.conf import settings

from clinics.actor import Actor, require
from clinics.models import Clinic, Membership, Prescriber, User
from clinics.roles import Act
from clinics.services.colleagues import who_may
from clinics.services.refusals import NoSuchClass, NotOnTheStaff, OwnLicence


def licensed_for(prescriber: Prescriber, class_word: str) -> bool:
    """Whether this is a member of staff who may sign for medicines of that class inside the app, today.

    class_word: one of the words in settings.LICENSABLE_CLASSES. Asked anew each time: whoever has left, may no longer
    sign in, or has no licence number, signs nothing. False for a prescriber outside.
    """
    stored = Prescriber.objects.open().inside().filter(pk=prescriber.pk).select_related("user").first()
    if stored is None or not stored.licence_number or class_word not in stored.licensed_classes:
        return False
    return Membership.objects.of(stored.user).filter(clinic=stored.clinic_id).exists()


def require_licensing(by: Actor, *, clinic: Clinic, user: User) -> None:
    """Refuse unless `by` may enter the licence of `user` here: a clinic admin, and not the own one.

    The only admin of a clinic has nobody to ask, and enters it alone; the history says so.
    """
    require(by, Act.MANAGE_STAFF, clinic=clinic)
    if by.code == user.code and who_may(clinic, Act.MANAGE_STAFF) != {user.code}:
        raise OwnLicence


def require_colleague(user: User, *, clinic: Clinic) -> None:
    if not Membership.objects.of(user).filter(clinic=clinic).exists():
        raise NotOnTheStaff


def known_classes(words: Collection[str]) -> list[str]:
    """These classes, each once, in the order of the settings. Raises NoSuchClass."""
    if unknown := sorted(set(words) - set(settings.LICENSABLE_CLASSES)):
        raise NoSuchClass(unknown)
    return [word for word in settings.LICENSABLE_CLASSES if word in words]
