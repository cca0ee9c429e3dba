"""The patient's record in one clinic, and where messages may go. The login is `clinics.User` and stands apart."""

from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from clinics.codes import new_code
from clinics.models import Clinic, Membership, SingleUseInvitation
from clinics.models.receiving import Receiving
from clinics.phone_numbers import validate_mobile_number
from protocols.models.content import choices


def seen_by(user: Any, *, path: str = "") -> Q:
    """Whom this user may see: patients of the clinics where they work, and their own record.

    path: how to get from the filtered model to its patient, for example "plan__patient__". The one place where
    access to health information is decided; every `visible_to` is built on it.
    """
    if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
        return Q(pk__in=[])
    return staffed_by(user, path=path) | Q(**{f"{path}user": user})


def staffed_by(user: Any, *, path: str = "") -> Q:
    """Patients of the clinics where this user works."""
    return Q(**{f"{path}clinic__in": Membership.objects.of(user).values("clinic")})


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: Any) -> "PatientQuerySet":
        return self.filter(seen_by(user))


class Patient(Receiving):
    """One person's record in one clinic. Shown in lists and logs by its code."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    user = models.ForeignKey(
        "clinics.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        help_text="The login that opens the portal. It comes by invitation.",
    )
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80, blank=True)

    history = HistoricalRecords(excluded_fields=[], related_name="+")
    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "user"],
                condition=Q(user__isnull=False),
                name="one_record_per_clinic_and_login",
                violation_error_message="This login already opens another record of this clinic.",
            ),
        ]

    def __str__(self) -> str:
        return f"Patient {self.code}"

    @property
    def full_name(self) -> str:
        """For pages only; never for logs, addresses or messages."""
        return f"{self.given_name} {self.family_name}".strip()


class ContactKind(StrEnum):
    EMAIL = "email"
    SMS = "sms"

    @property
    def label(self) -> str:
        return "Email" if self is ContactKind.EMAIL else "Mobile number"

    @classmethod
    def of(cls, typed: str) -> "ContactKind":
        """What somebody typed an address of: a number has no letters and no “@”."""
        return cls.EMAIL if "@" in typed or any(sign.isalpha() for sign in typed) else cls.SMS


class StopReason(StrEnum):
    REFUSED = "refused"
    UNWANTED = "unwanted"

    @property
    def label(self) -> str:
        if self is StopReason.UNWANTED:
            return "Whoever reads there answered that no more messages are wanted."
        return "Messages to it are refused for good."


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def visible_to(self, user: Any) -> "ContactPointQuerySet":
        return self.filter(seen_by(user, path="patient__"))

    def agreed(self) -> "ContactPointQuerySet":
        """Where messages may go today."""
        return self.filter(messages_allowed=True, ended_at__isnull=True, stopped_at__isnull=True)

    def stopped(self) -> "ContactPointQuerySet":
        """In use, with consent, and refused by the other side: somebody at the clinic must ask for another one."""
        return self.filter(messages_allowed=True, ended_at__isnull=True, stopped_at__isnull=False)


class ContactPoint(models.Model):
    """An address where a patient can be reached. Two patients may share one; a patient may have none.

    stopped: the other side refuses it for good. Nothing goes there until somebody corrects it, or says that it works.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contact_points")
    kind = models.CharField(
        max_length=10,
        choices=[(kind.value, kind.label) for kind in ContactKind],
        default=ContactKind.EMAIL.value,
    )
    value = models.CharField("address", max_length=254)
    messages_allowed = models.BooleanField(
        "reminders allowed",
        default=False,
        help_text="Tick only when the patient has agreed to reminders at this address.",
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_because = models.CharField(max_length=10, blank=True, editable=False, choices=choices(StopReason))

    history = HistoricalRecords(related_name="+")
    objects = ContactPointQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(ended_at__isnull=True),
                name="one_open_contact_point_per_kind",
                violation_error_message="There is already such an address. Change that one.",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_because="")
                | (Q(stopped_at__isnull=False) & ~Q(stopped_because="")),
                name="stopped_contact_point_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{ContactKind(self.kind).label} of {self.patient}"

    def clean_fields(self, exclude: Any = None) -> None:
        """What is stored is what a message is addressed to: a number is E.164 here."""
        super().clean_fields(exclude=exclude)
        if exclude and "value" in exclude:
            return
        try:
            if self.kind == ContactKind.SMS.value:
                validate_mobile_number(self.value)
            else:
                validate_email(self.value)
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error


class PortalInvitation(SingleUseInvitation):
    """An offer to a patient to open the portal."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="invitations")

    class Meta(SingleUseInvitation.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="portal_invitation_ends_later"
            ),
        ]
