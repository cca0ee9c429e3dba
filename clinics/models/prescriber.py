"""Who prescribes a medicine and signs its taper: somebody outside, without a login, or a licensed member of staff."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from clinics.codes import new_code
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from clinics.models.clinic import Clinic, Membership
from clinics.models.receiving import Receiving


class AddressKind(StrEnum):
    """A way to send a prescriber something to sign; its value is also the name of the field that holds it."""

    EMAIL = "email"
    FAX = "fax"

    @property
    def label(self) -> str:
        return {"email": "Email address", "fax": "Fax number"}[self.value]


class PrescriberQuerySet(models.QuerySet["Prescriber"]):
    def open(self) -> "PrescriberQuerySet":
        """Not ended."""
        return self.filter(ended_at__isnull=True)

    def inside(self) -> "PrescriberQuerySet":
        return self.filter(user__isnull=False)

    def outside(self) -> "PrescriberQuerySet":
        return self.filter(user__isnull=True)

    def unnoticed(self) -> "PrescriberQuerySet":
        """Those that were changed, and for whom nobody has planned messages anew: one read of one partial index."""
        return self.filter(unnoticed_since__isnull=False)

    def visible_to(self, user: Any) -> "PrescriberQuerySet":
        """For the staff of their clinic."""
        return self.filter(clinic__in=Membership.objects.of(user).values("clinic"))


class Prescriber(Receiving):
    """One prescriber, as one clinic knows them. Shown in logs and addresses by the code; ended, never deleted.

    user: set for a member of staff who is licensed, and never changed. Whether a class of medicines may be signed is
    `licensed_for`; whether an address counts is `confirmed_address`, both in `clinics/services/`.
    email_since, fax_since: when the address took the value that it has now. What was confirmed, or sent as a link,
    before that instant does not count for it.
    unnoticed_since: when an address, a confirmation or the end of it was written down last, until whoever plans
    messages has looked; this app does not know who that is.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="prescribers")
    user = models.ForeignKey(
        "clinics.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        help_text="The login of a member of staff who signs inside this app.",
    )
    name = models.CharField(max_length=120, help_text="With the title, as it should stand on a letter: Dr Ada Price.")
    practice = models.CharField(max_length=120, blank=True, help_text="Where this person can be found.")
    email = models.EmailField("email address", blank=True)
    fax = models.CharField("fax number", max_length=40, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    postal_address = models.TextField(max_length=400, blank=True)
    email_since = models.DateTimeField(null=True, blank=True, editable=False)
    fax_since = models.DateTimeField(null=True, blank=True, editable=False)
    unnoticed_since = models.DateTimeField(null=True, blank=True, editable=False)
    licence_register = models.CharField(
        "register of the licence",
        max_length=120,
        blank=True,
        help_text="Who keeps it, for example GMC or NPI.",
    )
    licence_number = models.CharField(max_length=60, blank=True)
    jurisdiction = models.CharField(
        max_length=60, blank=True, help_text="Where the licence holds, for example Berlin or Oregon."
    )
    licensed_classes = models.JSONField(
        "licensed for",
        default=list,
        blank=True,
        help_text="The classes of medicines that this member of staff may sign for.",
    )
    created_at = models.DateTimeField(editable=False)
    created_by_kind = models.CharField(max_length=20, editable=False)
    created_by_code = models.CharField(max_length=20, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    ended_by_code = models.CharField(max_length=20, blank=True, editable=False)

    # Who changed or ended it, and when, stands beside each version.
    history = HistoricalRecords(
        excluded_fields=["email_since", "fax_since", "unnoticed_since", "ended_by_kind", "ended_by_code"],
        related_name="+",
    )
    objects = PrescriberQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        indexes = [
            models.Index(
                fields=["unnoticed_since"], condition=Q(unnoticed_since__isnull=False), name="prescriber_unnoticed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "user"],
                condition=Q(user__isnull=False, ended_at__isnull=True),
                name="one_open_licence_per_clinic_and_login",
                violation_error_message="This member of staff is a prescriber here already. Change that entry.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by_kind="", ended_by_code="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by_kind="") & ~Q(ended_by_code="")),
                name="prescriber_ended_by_somebody",
                violation_error_message="An ended entry says when it was ended, and by whom.",
            ),
            models.CheckConstraint(
                condition=(Q(email="") | Q(email_since__isnull=False)) & (Q(fax="") | Q(fax_since__isnull=False)),
                name="prescriber_address_says_since_when",
                violation_error_message="An address says since when it stands.",
            ),
        ]

    def __str__(self) -> str:
        return f"Prescriber {self.code}"

    @property
    def is_inside(self) -> bool:
        """Whether this is a member of staff, who signs inside the app."""
        return self.user_id is not None

    def address(self, kind: AddressKind) -> str:
        """The address as entered, whether it counts or not; empty for none."""
        return {AddressKind.EMAIL: self.email, AddressKind.FAX: self.fax}[kind]


class PrescriberConfirmationQuerySet(AppendOnlyQuerySet):
    """Only ever added to."""


class PrescriberConfirmation(AppendOnlyModel):
    """One member of staff found one address of a prescriber to be right, through a public register.

    repeats: where nobody else works in the clinic, the first confirmation that this one repeats after 24 hours.
    """

    prescriber = models.ForeignKey(Prescriber, models.PROTECT, related_name="confirmations")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.label) for kind in AddressKind])
    value = models.CharField(max_length=254)
    register_name = models.CharField("register", max_length=120)
    register_number = models.CharField("number in that register", max_length=60)
    confirmed_at = models.DateTimeField()
    by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    repeats = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = PrescriberConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["prescriber", "confirmed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(value="") & ~Q(register_name="") & ~Q(register_number="") & ~Q(by_code=""),
                name="confirmation_says_what_where_and_who",
                violation_error_message="A confirmation says the address, the register, its number, and who looked.",
            ),
        ]

    def __str__(self) -> str:
        return f"{AddressKind(self.kind).label} of {self.prescriber}"
