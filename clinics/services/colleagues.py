"""Who works in a clinic now, as far as it decides what one of them may do alone."""

from django.db.models import Q

from clinics.domain.addresses import mailbox
from clinics.models import Clinic, Membership, User
from clinics.roles import Act


def who_may(clinic: Clinic, act: Act) -> set[str]:
    """The codes of all members of staff who may do this here now and can sign in."""
    found = Membership.objects.open().that_may(act).filter(clinic=clinic, user__is_active=True)
    return set(found.values_list("user__code", flat=True))


def staff_mailboxes(clinic: Clinic, *, and_of: str = "") -> frozenset[str]:
    """The mailboxes in which people who work here receive their sign-in codes, closed logins included.

    and_of: the code of one more login, perhaps of somebody who has left.
    """
    works_here = Q(memberships__clinic=clinic, memberships__ended_at__isnull=True)
    logins = User.objects.filter(works_here | Q(code=and_of))
    found = logins.order_by().values_list("email", "emailaddress__email").distinct()
    return frozenset(mailbox(address) for row in found for address in row if address)
