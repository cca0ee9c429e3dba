"""What a patient really does and feels while a medicine comes down. The schedule and the use are two records."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.people import Patient, seen_by
from patients.models.taper import Taper, TaperVersion, taper_seen_by
from protocols.domain.amount import Amount, Unit
from protocols.domain.supply import Stock
from protocols.models.content import choices


class OwnOrStaffed(models.QuerySet[Any]):
    """What the patient recorded: for her and for the staff of her clinic."""

    def visible_to(self, user: Any) -> "OwnOrStaffed":
        return self.filter(taper_seen_by(user, path="taper__"))


class AddedOwnOrStaffed(AppendOnlyQuerySet):
    """The same, of rows that are only ever added."""

    def visible_to(self, user: Any) -> "AddedOwnOrStaffed":
        return self.filter(taper_seen_by(user, path="taper__"))


class UseKind(StrEnum):
    """What she says she takes. None of them is a fault."""

    CHANGED = "changed"
    NOT_YET = "not-yet"
    STOPPED = "stopped"
    FASTER = "faster"
    BACK_UP = "back-up"
    NO_SUPPLY = "no-supply"

    @property
    def label(self) -> str:
        return {
            "changed": "Yes, I have changed",
            "not-yet": "Not yet",
            "stopped": "I stopped",
            "faster": "I went faster",
            "back-up": "I went back up",
            "no-supply": "The pharmacy hasn’t got it",
        }[self.value]

    @property
    def leaves_schedule(self) -> bool:
        """Whether she no longer takes what the schedule says."""
        return self in {UseKind.STOPPED, UseKind.FASTER, UseKind.BACK_UP, UseKind.NO_SUPPLY}


class Told(StrEnum):
    """How the clinic heard what its staff write down for her. Nothing where she wrote it herself."""

    TELEPHONE = "telephone"
    IN_PERSON = "in-person"
    IN_WRITING = "in-writing"

    @property
    def label(self) -> str:
        return {
            "telephone": "By telephone",
            "in-person": "In person",
            "in-writing": "In a letter or message",
        }[self.value]


def told_to_the_clinic(name: str) -> models.CheckConstraint:
    """What staff wrote down says how they heard it; what she wrote herself was not told to anybody."""
    return models.CheckConstraint(
        condition=(Q(by_kind="staff") & ~Q(told="")) | (~Q(by_kind="staff") & Q(told="")),
        name=name,
        violation_error_message="Say how the patient told it.",
    )


class UseReport(AppendOnlyModel):
    """One answer to “Have you changed?”, or what she said without being asked. Only ever added; the newest counts."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    taper = models.ForeignKey(Taper, models.PROTECT, related_name="use_reports")
    version = models.ForeignKey(TaperVersion, models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(help_text="The number of the step in that version.")
    kind = models.CharField(max_length=12, choices=choices(UseKind))
    since = models.DateField(help_text="The first day of which it is true.")
    note = models.TextField(blank=True)
    reported_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    told = models.CharField("how the clinic heard it", max_length=12, blank=True, choices=choices(Told))

    objects = AddedOwnOrStaffed.as_manager()

    class Meta:
        ordering = ["taper", "reported_at", "pk"]
        constraints = [told_to_the_clinic("a_report_of_use_by_staff_says_how_they_heard")]

    def __str__(self) -> str:
        return f"Report {self.code}"


class DiaryEntry(models.Model):
    """One day: how strong the symptoms were, and how many doses of rescue medicine. A correction replaces it."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    taper = models.ForeignKey(Taper, models.PROTECT, related_name="diary")
    on = models.DateField()
    symptoms = models.PositiveSmallIntegerField(null=True, help_text="0, none, to 10, the worst imaginable.")
    rescue_doses = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    told = models.CharField("how the clinic heard it", max_length=12, blank=True, choices=choices(Told))
    replaced_at = models.DateTimeField(null=True)

    objects = OwnOrStaffed.as_manager()

    class Meta:
        ordering = ["taper", "on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["taper", "on"], condition=Q(replaced_at__isnull=True), name="one_standing_diary_entry_per_day"
            ),
            models.CheckConstraint(
                condition=Q(symptoms__isnull=True) | Q(symptoms__lte=10),
                name="symptoms_are_from_0_to_10",
                violation_error_message="Symptoms are a number from 0 to 10.",
            ),
            told_to_the_clinic("a_diary_entry_by_staff_says_how_they_heard"),
        ]

    def __str__(self) -> str:
        return f"Diary entry {self.code}"


class RedFlagReport(models.Model):
    """A warning sign that she reported. It is cleared by a clinician, with what was found.

    Taken on: a member of staff has said that they see to it; so has whoever wrote it down for her, or cleared it. Until
    then one person after another is written to.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    taper = models.ForeignKey(Taper, models.PROTECT, related_name="red_flags")
    flags = models.JSONField(help_text="The keys of the warning signs.")
    on = models.DateField()
    reported_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    told = models.CharField("how the clinic heard it", max_length=12, blank=True, choices=choices(Told))
    taken_on_at = models.DateTimeField(null=True)
    taken_on_by_kind = models.CharField(max_length=20, blank=True)
    taken_on_by_code = models.CharField(max_length=20, blank=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_because = models.TextField(blank=True)
    cleared_by_kind = models.CharField(max_length=20, blank=True)
    cleared_by_code = models.CharField(max_length=20, blank=True)

    objects = OwnOrStaffed.as_manager()

    class Meta:
        ordering = ["taper", "reported_at"]
        constraints = [
            told_to_the_clinic("a_warning_sign_by_staff_says_how_they_heard"),
            models.CheckConstraint(
                condition=Q(taken_on_at__isnull=True, taken_on_by_code="", cleared_at__isnull=True)
                | (Q(taken_on_at__isnull=False) & ~Q(taken_on_by_code="")),
                name="a_warning_sign_is_taken_on_by_somebody",
                violation_error_message="A warning sign that was taken on, or cleared, says who did so, and when.",
            ),
        ]
        indexes = [
            models.Index(fields=["taper"], condition=Q(taken_on_at__isnull=True), name="red_flag_not_taken_on"),
        ]

    def __str__(self) -> str:
        return f"Red flag {self.code}"

    @property
    def is_taken_on(self) -> bool:
        return self.taken_on_at is not None

    def take_on(self, *, by_kind: str, by_code: str, at: datetime) -> None:
        """Write down who sees to it, unless somebody does already. Not saved."""
        if not self.is_taken_on:
            self.taken_on_at, self.taken_on_by_kind, self.taken_on_by_code = at, by_kind, by_code


class Supply(AppendOnlyModel):
    """Units of one strength that she has: what was handed out that day, or what was counted at home."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    taper = models.ForeignKey(Taper, models.PROTECT, related_name="supplies")
    strength_value = models.DecimalField(max_digits=15, decimal_places=6)
    strength_unit = models.CharField(max_length=20)
    count = models.DecimalField(max_digits=9, decimal_places=2)
    is_all = models.BooleanField(help_text="Counted: this is all there is. If not, it came on top of the rest.")
    on = models.DateField(help_text="Before that day’s dose.")
    recorded_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)

    objects = AddedOwnOrStaffed.as_manager()

    class Meta:
        ordering = ["taper", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=0),
                name="a_supply_is_zero_or_more",
                violation_error_message="A count of units is zero or more.",
            ),
        ]

    def __str__(self) -> str:
        return f"Supply {self.code}"

    @property
    def strength(self) -> Amount:
        return Amount(self.strength_value, Unit(self.strength_unit))

    @property
    def stock(self) -> Stock:
        return Stock(strength=self.strength, count=self.count, on=self.on, is_all=self.is_all)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: Any) -> "CalendarFeedQuerySet":
        """For the patient alone: staff do not read where she reads her calendar, unless it is their own."""
        return self.filter(seen_by(user, path="patient__"), patient__user=getattr(user, "pk", None))


class CalendarFeed(models.Model):
    """A private calendar address. It is derived from `nonce` and the site’s key; a new nonce is a new address."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="calendar_feeds")
    nonce = models.CharField(max_length=64)
    shows_detail = models.BooleanField(default=False)
    # Whether it carries the times of each day: several entries a day, which not everybody wants.
    shows_times = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(revoked_at__isnull=True), name="one_calendar_feed_per_patient"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar {self.code}"
