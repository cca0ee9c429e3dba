"""Invitations: signed links that work once. The link carries a random secret; the row keeps only its digest."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from clinics.codes import new_code

VALID_FOR = timedelta(days=7)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["SingleUseInvitation"]):
    def open(self, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


class SingleUseInvitation(models.Model):
    """An offer of a login, sent to one address. Consumed once, by POST, before it expires."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    secret_digest = models.CharField(max_length=64, editable=False)
    email = models.EmailField("sign-in address")
    created_at = models.DateTimeField(editable=False)
    created_by_kind = models.CharField(max_length=20, editable=False)
    created_by_code = models.CharField(max_length=20, editable=False)
    expires_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.code

    def is_open(self, at: datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and at < self.expires_at

    def claim(self, *, at: datetime) -> bool:
        """Mark as used; True for exactly one caller, however many ask at once."""
        return type(self)._default_manager.open(at).filter(pk=self.pk).update(used_at=at) == 1

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)


class StaffInvitation(SingleUseInvitation):
    """An offer to work in a clinic in one or more roles."""

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="invitations")
    name = models.CharField(max_length=120, blank=True)
    roles = models.JSONField(help_text="The roles that come with it.")

    class Meta(SingleUseInvitation.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="staff_invitation_ends_later"
            ),
        ]
