"""A clinic and who works there."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.domain.paper import Paper
from clinics.models.receiving import validate_zone
from clinics.roles import MAY, Act, Role


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def unnoticed(self) -> "ClinicQuerySet":
        """Where cover or the order of escalation was changed, and nobody has planned messages anew since."""
        return self.filter(unnoticed_since__isnull=False)


class Clinic(models.Model):
    """One practice. All health information belongs to exactly one clinic.

    hours: the edition in force of when somebody reads; None: nobody has set one, so it is unknown.
    covered_until: the last day of any cover that was ever entered; None where there was none.
    unnoticed_since: when cover or the order of escalation was changed first, since whoever plans messages looked last.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=120, help_text="Shown to staff, and to patients once they have signed in.")
    message_name = models.CharField(
        "sender of messages",
        max_length=60,
        default="Your clinic",
        help_text="The name on messages. Keep it neutral: a name such as “Gut Clinic” on a locked telephone tells "
        "others what somebody is treated for.",
    )
    zone = models.CharField(
        "time zone",
        max_length=64,
        validators=[validate_zone],
        help_text="Suggested for new patients and staff.",
    )
    telephone = models.CharField(max_length=40, blank=True, help_text="Shown to patients in the portal.")
    fax = models.CharField(
        "fax number", max_length=40, blank=True, help_text="Where prescribers send signed papers back."
    )
    postal_address = models.TextField(max_length=400, blank=True, help_text="Stands on letters to prescribers.")
    paper = models.CharField(
        "paper size",
        max_length=10,
        choices=[(paper.value, paper.label) for paper in Paper],
        default=Paper.A4.value,
        help_text="Of letters and calendars, as they are printed and faxed.",
    )
    hours = models.ForeignKey(
        "clinics.StaffedHours", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    covered_until = models.DateField(null=True, blank=True, editable=False)
    unnoticed_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(
                fields=["unnoticed_since"], condition=Q(unnoticed_since__isnull=False), name="clinic_unnoticed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def open(self) -> "MembershipQuerySet":
        """Not ended."""
        return self.filter(ended_at__isnull=True)

    def of(self, user: object) -> "MembershipQuerySet":
        """The open memberships of a signed-in, active user; none for anybody else."""
        if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
            return self.none()
        return self.open().filter(user_id=user.pk)  # type: ignore[attr-defined]

    def unnoticed(self) -> "MembershipQuerySet":
        """Ended, and nobody has planned messages anew since: one read of one partial index."""
        return self.filter(unnoticed_since__isnull=False)

    def that_may(self, act: Act) -> "MembershipQuerySet":
        return self.filter(role__in=[role.value for role in MAY[act]])


class Membership(models.Model):
    """One role of one user in one clinic. Roles combine: a person may have several rows. It is ended, never deleted.

    unnoticed_since: when it was ended, until whoever plans messages has looked; this app does not know who that is.
    """

    user = models.ForeignKey("clinics.User", models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    unnoticed_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "user", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_open_membership_per_role",
                violation_error_message="This person already has that role in this clinic.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unnoticed_since"], condition=Q(unnoticed_since__isnull=False), name="membership_unnoticed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {Role(self.role).label} · {self.clinic}"

    def end(self, *, at: datetime) -> None:
        self.ended_at = self.unnoticed_since = at
        self.save(update_fields=["ended_at", "unnoticed_since"])
