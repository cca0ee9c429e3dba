"""When somebody of a clinic reads, whom to call otherwise, who stands in for whom, and who is called in turn.

Hours and the order of escalation are written as editions: what stood before stays, with who set it and when.
"""

from datetime import date, time
from typing import Any

from django.db import models
from django.db.models import F, Q

from clinics.codes import new_code
from clinics.domain.staffed import StaffedTimes, StaffedWeek
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from clinics.models.clinic import Clinic
from clinics.phone_numbers import dialled


class EditionQuerySet(AppendOnlyQuerySet):
    def in_force(self, clinic: Clinic) -> Any:
        """The newest edition of this clinic, or None: nobody has set one."""
        return self.filter(clinic=clinic).order_by("-pk").first()


class Edition(AppendOnlyModel):
    """What somebody set for a clinic at an instant. The newest counts."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    set_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class StaffedHours(Edition):
    """One edition of when somebody reads, and of the numbers to call when nobody does."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "-pk"]

    @property
    def week(self) -> StaffedWeek:
        weekly: dict[int, list[StaffedTimes]] = {}
        exceptions: dict[date, list[StaffedTimes]] = {}
        for stretch in self.stretches.all():
            if stretch.on is not None:
                exceptions.setdefault(stretch.on, []).extend(stretch.times)
            elif stretch.weekday is not None:
                weekly.setdefault(stretch.weekday, []).extend(stretch.times)
        return StaffedWeek(
            {day: tuple(times) for day, times in weekly.items()},
            {day: tuple(times) for day, times in exceptions.items()},
        )


class StaffedStretch(AppendOnlyModel):
    """One stretch of a weekday or of a single date; for a date without times nobody reads on it."""

    edition = models.ForeignKey(StaffedHours, models.PROTECT, related_name="stretches")
    weekday = models.PositiveSmallIntegerField(null=True, help_text="0 is Monday, 6 is Sunday.")
    on = models.DateField(null=True)
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True, help_text="Midnight is the end of the day.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "on", "weekday", "begins"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=False, on__isnull=True, weekday__lte=6)
                | Q(weekday__isnull=True, on__isnull=False),
                name="a_stretch_is_of_a_weekday_or_a_date",
            ),
            models.CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True, on__isnull=False)
                | (Q(begins__isnull=False, ends__isnull=False) & (Q(ends__gt=F("begins")) | Q(ends=time(0)))),
                name="a_stretch_ends_later_than_it_begins",
                violation_error_message="A stretch ends later than it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"Stretch of {self.edition_id}"

    @property
    def times(self) -> list[StaffedTimes]:
        """One stretch of time, or none where nobody reads on its date."""
        return [] if self.begins is None or self.ends is None else [StaffedTimes(self.begins, self.ends)]


class EmergencyNumber(AppendOnlyModel):
    """A number to call when nobody reads, with the words for whom it is. They are shown in this order."""

    edition = models.ForeignKey(StaffedHours, models.PROTECT, related_name="numbers")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=40)
    words = models.CharField(max_length=120)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="one_emergency_number_per_place"),
        ]

    def __str__(self) -> str:
        return f"Emergency number of {self.edition_id}"

    @property
    def link(self) -> str:
        """What of it can be dialled."""
        return dialled(self.number)


class EscalationOrder(Edition):
    """One edition of who is called in turn about a warning sign that nobody has taken on."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "-pk"]


class EscalationStep(AppendOnlyModel):
    """One person of an order of escalation."""

    order = models.ForeignKey(EscalationOrder, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    user = models.ForeignKey("clinics.User", models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_person_per_place_of_an_order"),
            models.UniqueConstraint(fields=["order", "user"], name="one_place_of_an_order_per_person"),
        ]

    def __str__(self) -> str:
        return f"Step {self.position} of {self.order_id}"


class CoverQuerySet(models.QuerySet["Cover"]):
    def overlapping(self, first_day: date, last_day: date) -> "CoverQuerySet":
        """Those that have a day between these two, both included."""
        with_days = self.filter(last_day__gte=F("first_day"))
        return with_days.filter(first_day__lte=last_day, last_day__gte=first_day)


class Cover(models.Model):
    """Somebody stands in for somebody else, from one civil date of the clinic to another, both included.

    Ended early, its last day is the day before; ended before it began, it has no day at all. It is never deleted.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    absent = models.ForeignKey("clinics.User", models.PROTECT, related_name="+")
    stand_in = models.ForeignKey("clinics.User", models.PROTECT, related_name="+")
    first_day = models.DateField("from")
    last_day = models.DateField("until")
    added_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True)
    ended_by_kind = models.CharField(max_length=20, blank=True)
    ended_by_code = models.CharField(max_length=20, blank=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")) | Q(ended_at__isnull=False),
                name="cover_ends_on_or_after_its_first_day",
                violation_error_message="The last day is the first one, or a later one.",
            ),
            models.CheckConstraint(
                condition=~Q(absent=F("stand_in")),
                name="nobody_stands_in_for_themselves",
                violation_error_message="Choose two different people.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by_code="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by_code="")),
                name="cover_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "last_day"], name="cover_of_a_clinic")]

    def __str__(self) -> str:
        return f"Cover {self.code}"

    def is_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day
