"""A planned decrease of one medicine, its versions, and its days on hold.

What a version says is read from its frozen bytes and nowhere else; dates are counted from its first day and the days
on hold.
"""

import json
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from clinics.codes import new_code
from clinics.models import Prescriber
from patients.models.medicine_use import MedicineUse
from patients.models.people import seen_by, staffed_by
from patients.models.plan import Plan
from protocols.domain.amount import Amount, Unit
from protocols.domain.canonical import sha256_of
from protocols.domain.phases import PlanStatus
from protocols.domain.taper_states import OPEN, RUNNING, TaperStatus, VersionStatus
from protocols.domain.terms import Terms, TermsError, terms_from
from protocols.domain.window import Window, held_days
from protocols.models import Medicine
from protocols.models.content import choices


class TaperEnd(StrEnum):
    """Why a taper ended."""

    FINISHED = "finished"
    NO_AGREEMENT = "no-agreement"
    PRESCRIBER_MANAGES = "prescriber-manages"
    REVOKED = "revoked"
    PATIENTS_CHOICE = "patients-choice"
    SYMPTOMS = "symptoms"
    REACTION = "reaction"
    PREGNANCY = "pregnancy"
    NEW_REASON_TO_TAKE = "new-reason-to-take"
    TRANSFERRED = "transferred"
    LOST = "lost"
    CLINIC_ENDED_CARE = "clinic-ended-care"
    DIED = "died"

    @property
    def label(self) -> str:
        return {
            "no-agreement": "No taper was agreed",
            "prescriber-manages": "The prescriber manages it",
            "revoked": "The prescriber took the agreement back",
            "patients-choice": "Patient’s choice",
            "symptoms": "Symptoms came back",
            "new-reason-to-take": "There is a new reason to take it",
            "lost": "Lost to follow-up",
        }.get(self.value, self.value.replace("-", " ").capitalize())


def taper_seen_by(user: Any, *, path: str = "") -> Q:
    """Tapers this user may see. `path` leads to the taper.

    A patient sees one only once a version of it was signed, and not what was entered in error.
    """
    own = seen_by(user, path=f"{path}plan__patient__") & shown_to_patients(path=path)
    return own | staffed_by(user, path=f"{path}plan__patient__")


def shown_to_patients(*, path: str = "") -> Q:
    """Tapers of which a version was signed, and that were not entered in error, neither they nor their plans."""
    return Q(**{f"{path}started_at__isnull": False}) & _is_meant(path=path)


def _is_meant(*, path: str = "") -> Q:
    """Tapers that were not entered in error, neither they nor their plans."""
    of_plan = Q(**{f"{path}plan__status": PlanStatus.ENTERED_IN_ERROR.value})
    return ~Q(**{f"{path}status": TaperStatus.ENTERED_IN_ERROR.value}) & ~of_plan


class TaperQuerySet(models.QuerySet["Taper"]):
    def visible_to(self, user: Any) -> "TaperQuerySet":
        return self.filter(taper_seen_by(user))

    def shown_to_patients(self) -> "TaperQuerySet":
        """Those that a patient’s pages and her calendar may tell of."""
        return self.filter(shown_to_patients())

    def not_in_error(self) -> "TaperQuerySet":
        """Those that count: not entered in error, neither they nor their plans."""
        return self.filter(_is_meant())

    def open(self) -> "TaperQuerySet":
        """Those in which something may still happen; their plans stay open as long."""
        return self.filter(status__in=[status.value for status in OPEN])

    def running(self) -> "TaperQuerySet":
        """Those of which a signed version is in force."""
        return self.filter(status__in=[status.value for status in RUNNING])

    def awaiting_signature(self) -> "TaperQuerySet":
        """Those of which a version waits for its prescriber; another one may be in force meanwhile."""
        waiting = TaperVersion.objects.filter(taper=OuterRef("pk"), status=VersionStatus.PROPOSED.value)
        return self.filter(Exists(waiting))

    def use_unknown(self, at: datetime) -> "TaperQuerySet":
        """Those running of which nobody knows, at that instant, what she takes: she has said nothing of a step."""
        return self.running().filter(use_unknown_at__lte=at)

    def rescue_over(self, on: date) -> "TaperQuerySet":
        """Those whose rescue days reach the signed threshold on that day, and about which nobody has decided yet."""
        undecided = [TaperStatus.ACTIVE.value, TaperStatus.WATCHING.value]
        return self.filter(status__in=undecided, rescue_over_until__gte=on)

    def to_look_at(self, at: Any) -> "TaperQuerySet":
        """Those whose instant has come for the sweep: one read of one partial index."""
        return self.filter(looks_at__lte=at)


class Taper(models.Model):
    """One medicine of one patient, coming down together with its prescriber."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tapers")
    reduces = models.ForeignKey(
        MedicineUse, models.PROTECT, related_name="tapers", help_text="What she takes now, as the record says."
    )
    medicine = models.ForeignKey(Medicine, models.PROTECT, related_name="+")
    prescriber = models.ForeignKey(Prescriber, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=20, choices=choices(TaperStatus), default=TaperStatus.DRAFT.value, editable=False
    )
    # The instant at which the sweep is to look at this taper next; null while nothing happens by itself.
    looks_at = models.DateTimeField(null=True, editable=False)
    # From this instant on nobody knows what she takes, unless she says so before: a day of hers begins then.
    use_unknown_at = models.DateTimeField(null=True, editable=False)
    # Until this civil date, included, her rescue days reach the signed threshold, unless she writes of more.
    rescue_over_until = models.DateField(null=True, editable=False)
    # Somebody looked at her rescue days through this one, and let the taper go on: they count no more.
    rescue_decided_on = models.DateField(null=True, editable=False)
    started_at = models.DateTimeField(
        null=True, editable=False, help_text="When the first version was signed. Before, no patient sees it."
    )
    ended_on = models.DateField(null=True, editable=False)
    end = models.CharField("why it ended", max_length=20, blank=True, choices=choices(TaperEnd), editable=False)
    instruction = models.TextField(blank=True, editable=False, help_text="What she is to do instead, as she reads it.")
    # Counts the moves. Whoever confirms a move says which revision was on the screen.
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by_kind = models.CharField(max_length=20, editable=False)
    created_by_code = models.CharField(max_length=20, editable=False)

    objects = TaperQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "created_at", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["reduces"],
                condition=Q(status__in=sorted(status.value for status in OPEN)),
                name="one_open_taper_per_medicine_taken",
                violation_error_message="This medicine is being tapered already. End that taper first.",
            ),
        ]
        indexes = [
            models.Index(fields=["looks_at"], condition=Q(looks_at__isnull=False), name="taper_to_look_at"),
            models.Index(
                fields=["use_unknown_at"], condition=Q(use_unknown_at__isnull=False), name="taper_use_unknown_at"
            ),
        ]

    def __str__(self) -> str:
        return f"Taper {self.code}"

    @property
    def rescue_code(self) -> str:
        """By this, findings and the day name what was signed with it for symptoms, apart from what comes down."""
        return f"{self.code}-rescue"

    @property
    def is_open(self) -> bool:
        return TaperStatus(self.status).is_open

    @property
    def is_running(self) -> bool:
        return TaperStatus(self.status).is_running

    @property
    def open_hold(self) -> "TaperHold | None":
        """The hold that is on; None if there is none. Whoever loads tapers for a list prefetches their holds."""
        holds = (hold for version in self.versions.all() for hold in version.holds.all())
        return next((hold for hold in holds if hold.resumed_on is None), None)

    @property
    def stopped_on(self) -> date | None:
        """The day from which its steps count no more because somebody ended it; None for what was lived to its end."""
        return self.ended_on if self.status == TaperStatus.STOPPED.value else None

    @property
    def is_in_error(self) -> bool:
        """Whether it should never have been there: it, or the plan that it is of."""
        in_error = {TaperStatus.ENTERED_IN_ERROR.value, PlanStatus.ENTERED_IN_ERROR.value}
        return bool(in_error & {self.status, self.plan.status})


FROZEN = (
    *("code", "taper_id", "number", "content", "sha256", "entered"),
    *("reason", "alternatives", "source", "monitored_by", "call"),
    *("drawn_up_at", "drawn_up_by_kind", "drawn_up_by_code"),
)
"""What never changes of a version once it was put before a prescriber. A trigger lists the same columns."""


class TermsFrozen(Exception):
    """Somebody tried to change what was put before a prescriber."""

    def __init__(self) -> None:
        super().__init__("What was put before a prescriber never changes. Draw up a new version instead.")


class TaperVersionQuerySet(models.QuerySet["TaperVersion"]):
    def visible_to(self, user: Any) -> "TaperVersionQuerySet":
        """A patient sees what was signed; staff see drafts and proposals too."""
        staff = staffed_by(user, path="taper__plan__patient__")
        return self.filter(staff | (taper_seen_by(user, path="taper__") & Q(first_day__isnull=False)))


class TaperVersion(models.Model):
    """One version of a taper: a draft, then frozen bytes that a prescriber may sign.

    On PostgreSQL a trigger refuses any change of what was put before a prescriber, on SQLite the model; on both
    databases the bytes are compared with their SHA-256 whenever they are read.
    """

    code = models.CharField(
        max_length=10,
        unique=True,
        default=new_code,
        editable=False,
        help_text="Stands on every page of the letter; staff compare it with what comes back.",
    )
    taper = models.ForeignKey(Taper, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=20, choices=choices(VersionStatus), default=VersionStatus.DRAFT.value, editable=False
    )
    # What the request says around the terms: why, instead of what, on which evidence, who monitors, whom to call.
    reason = models.TextField("why now", blank=True)
    alternatives = models.TextField(blank=True)
    source = models.TextField("evidence", blank=True)
    monitored_by = models.TextField("who monitors", blank=True)
    call = models.TextField("whom to call", blank=True)
    entered = models.JSONField(
        default=dict, editable=False, help_text="What was entered to draw it up: recipe, start, answers to gates."
    )
    content = models.BinaryField(help_text="The canonical bytes of the terms.")
    sha256 = models.CharField(max_length=64)
    drawn_up_at = models.DateTimeField(editable=False)
    drawn_up_by_kind = models.CharField(max_length=20, editable=False)
    drawn_up_by_code = models.CharField(max_length=20, editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    # Once it is signed: from which civil date of the patient it counts, and until which (the next one's eve).
    first_day = models.DateField(null=True, editable=False)
    last_day = models.DateField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = TaperVersionQuerySet.as_manager()

    class Meta:
        ordering = ["taper", "number"]
        constraints = [
            models.UniqueConstraint(fields=["taper", "number"], name="one_taper_version_per_number"),
            models.UniqueConstraint(
                fields=["taper"],
                condition=Q(status=VersionStatus.IN_FORCE.value),
                name="one_version_in_force",
                violation_error_message="Another version of this taper is in force.",
            ),
            models.UniqueConstraint(
                fields=["taper"],
                condition=Q(status__in=[VersionStatus.DRAFT.value, VersionStatus.PROPOSED.value]),
                name="one_version_proposed",
                violation_error_message="Another version of this taper is being drawn up or waits for its signature.",
            ),
            models.CheckConstraint(
                condition=~Q(status=VersionStatus.IN_FORCE.value) | Q(first_day__isnull=False),
                name="version_in_force_has_a_first_day",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.taper}"

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **kwargs: Any) -> Self:
        version = super().from_db(db, field_names, values, **kwargs)
        version._freeze()
        return version

    def save(self, *args: Any, **kwargs: Any) -> None:
        frozen = vars(self).get("_frozen")
        if frozen is not None and (self.is_draft or frozen.items() - self._what_freezes().items()):
            raise TermsFrozen
        super().save(*args, **kwargs)
        self._freeze()

    def _freeze(self) -> None:
        """Remember what may not change any more, as it was read or written."""
        if vars(self).get("status") not in {None, VersionStatus.DRAFT.value}:
            vars(self)["_frozen"] = self._what_freezes()

    def _what_freezes(self) -> dict[str, Any]:
        """Those columns that are loaded, each as something that stays as it is."""
        loaded = {name: vars(self)[name] for name in FROZEN if name in vars(self)}
        if "content" in loaded:
            loaded["content"] = bytes(loaded["content"])
        if "entered" in loaded:
            loaded["entered"] = json.dumps(loaded["entered"], sort_keys=True)
        return loaded

    @property
    def begins_on(self) -> date:
        """The first day of a signed version; only those have one."""
        if self.first_day is None:
            raise ValueError("A version that was never signed begins on no day.")
        return self.first_day

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT.value

    def terms(self) -> Terms:
        """What this version says. Raises `TermsError` where the stored bytes are not what was stored."""
        content = bytes(self.content)
        if sha256_of(content) != self.sha256:
            raise TermsError(
                "The stored terms of this version were altered. Nothing is shown until this is cleared up."
            )
        terms = terms_from(content)
        if terms.version != self.number:
            raise TermsError(
                "The stored terms are those of another version. Nothing is shown until this is cleared up."
            )
        return terms


class HoldReason(StrEnum):
    """Why a taper stays at its dose. All but the first two begin without a person.

    At the threshold and at a warning sign only where the signature allows it. While nobody knows what she takes, and
    while the written confirmation is missing, the next step simply waits: that needs no permission.
    """

    CLINICIAN = "clinician"
    PRESCRIBER = "prescriber"
    RESCUE_THRESHOLD = "rescue-threshold"
    RED_FLAG = "red-flag"
    USE_UNKNOWN = "use-unknown"
    CONFIRMATION_MISSING = "confirmation-missing"
    RECORD_CHANGED = "record-changed"

    @property
    def label(self) -> str:
        return {
            "clinician": "The practitioner holds it",
            "prescriber": "The prescriber holds it",
            "rescue-threshold": "Rescue medicine was needed too often",
            "red-flag": "A warning sign was reported",
            "use-unknown": "She has not said that she takes this step",
            "confirmation-missing": "The written confirmation is missing",
            "record-changed": "The record forbids the start by now",
        }[self.value]


class TaperHold(models.Model):
    """Days on which the dose of `first_day` goes on: up to the day on which it was resumed."""

    version = models.ForeignKey(TaperVersion, models.PROTECT, related_name="holds")
    reason_kind = models.CharField(max_length=24, choices=choices(HoldReason))
    reason = models.TextField(blank=True)
    first_day = models.DateField()
    resumed_on = models.DateField(null=True)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    resumed_at = models.DateTimeField(null=True)
    resumed_by_kind = models.CharField(max_length=20, blank=True)
    resumed_by_code = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["version", "first_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(resumed_on__isnull=True), name="one_open_hold_per_version"
            ),
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("first_day")),
                name="taper_hold_is_resumed_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Held from {self.first_day}"

    @property
    def window(self) -> Window | None:
        """The held days; None if there were none."""
        return held_days(self.first_day, self.resumed_on)

    def days_through(self, today: date) -> int:
        """How many days it has held the dose so far, today included while it is open."""
        last = today if self.resumed_on is None else self.resumed_on - timedelta(days=1)
        return max(0, (last - self.first_day).days + 1)


class Substitution(models.Model):
    """From `first_day` one strength is made of others of the same molecule and release: 2 × 10 mg for 20 mg.

    `replacement` holds the units that stand in for one unit of that strength, as steps write them.
    """

    version = models.ForeignKey(TaperVersion, models.PROTECT, related_name="substitutions")
    strength_value = models.DecimalField(max_digits=15, decimal_places=6)
    strength_unit = models.CharField(max_length=20)
    replacement = models.JSONField()
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)

    class Meta:
        ordering = ["version", "first_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "strength_value", "strength_unit"],
                condition=Q(last_day__isnull=True),
                name="one_open_substitution_per_strength",
            ),
        ]

    def __str__(self) -> str:
        return f"Substitution from {self.first_day}"

    @property
    def strength(self) -> Amount:
        return Amount(self.strength_value, Unit(self.strength_unit))
