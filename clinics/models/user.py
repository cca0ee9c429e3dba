"""A login. It is neither a person's record nor the address a message goes to."""

from datetime import datetime, time
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from clinics.codes import new_code
from clinics.models.receiving import Receiving


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, *, joined_at: datetime, password: str | None = None, **fields: Any) -> "User":
        """A login with this address; without a password it signs in by emailed code alone."""
        user = self.model(email=email.strip().lower(), joined_at=joined_at, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Receiving, AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in.

    A user may be a patient in two clinics and staff in a third. Being a superuser opens settings, never a patient:
    what a user sees comes from memberships and the own record alone.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    email = models.EmailField(
        "sign-in address",
        unique=True,
        help_text="Sign-in codes go here. One address, one login, whatever its case.",
    )
    name = models.CharField(max_length=120, blank=True, help_text="How colleagues see this person.")
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(editable=False)
    # Staff read their messages together, in the morning.
    message_time = models.TimeField(
        "morning message at",
        default=time(8),
        help_text="When the one message about all your patients should arrive.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_login_per_address",
                violation_error_message="Somebody already signs in with this address.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @cached_property
    def is_staff(self) -> bool:
        """Whether the admin opens at all: staff of some clinic, or a superuser."""
        from clinics.models.clinic import Membership

        return self.is_superuser or Membership.objects.of(self).exists()
