"""How a patient wants to be reached: what about, by which channel first, and the browsers that may show a note."""

from enum import StrEnum
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from clinics.codes import new_code
from patients.models.people import Patient, seen_by
from protocols.models.content import choices


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    PORTAL = "portal"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Channel.EMAIL: "Email",
    Channel.SMS: "Text message",
    Channel.PUSH: "Notification on a device",
    Channel.PORTAL: "Here, on these pages",
}

USUAL_ORDER: Final = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.PORTAL)
"""In which order the channels are tried that somebody can be reached by, until that person says otherwise."""


class MessageGroup(StrEnum):
    """What messages to a patient are about, as far as somebody may want them or not.

    Alerts, and what somebody has just asked for, are in no group: nobody can switch them off.
    """

    PHASES = "phases"
    MEDICINES = "medicines"
    SUPPLIES = "supplies"
    PLAN_CHANGES = "plan-changes"
    TIMES_OF_DAY = "times-of-day"

    @property
    def label(self) -> str:
        return _GROUP_LABELS[self]


_GROUP_LABELS: Final = {
    MessageGroup.PHASES: "Steps of your plan",
    MessageGroup.MEDICINES: "Medicine that is being reduced",
    MessageGroup.SUPPLIES: "What runs low at home",
    MessageGroup.PLAN_CHANGES: "Changes in your plan",
    MessageGroup.TIMES_OF_DAY: "Times of your day",
}


def validate_channels(value: object) -> None:
    """A list of channels, each once. None at all means: no messages."""
    known = [channel.value for channel in Channel]
    if not isinstance(value, list) or any(each not in known for each in value) or len(set(value)) != len(value):
        raise ValidationError("Name each channel once, the first one first.", code="channels")


class MessagePreferenceQuerySet(models.QuerySet["MessagePreference"]):
    def visible_to(self, user: Any) -> "MessagePreferenceQuerySet":
        return self.filter(seen_by(user, path="patient__"))


class MessagePreference(models.Model):
    """What one patient wants of one group of messages, or of one kind in it.

    A word on one kind beats the word on its group, and that one the usual order.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="message_preferences")
    group = models.CharField(max_length=20, choices=choices(MessageGroup))
    kind = models.CharField(max_length=40, blank=True, help_text="A kind of reminder; empty: the group as a whole.")
    channels = models.JSONField(
        default=list, blank=True, validators=[validate_channels], help_text="In their order; empty: no messages."
    )
    said_at = models.DateTimeField(editable=False)
    said_by_kind = models.CharField(max_length=20, editable=False)
    said_by_code = models.CharField(max_length=20, editable=False)

    history = HistoricalRecords(related_name="+")
    objects = MessagePreferenceQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "group", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "group", "kind"],
                name="one_preference_per_patient_group_and_kind",
                violation_error_message="This was just said elsewhere. Look again, then choose.",
            ),
        ]

    def __str__(self) -> str:
        return f"Preference of {self.patient}"

    @property
    def order(self) -> tuple[Channel, ...]:
        return tuple(Channel(channel) for channel in self.channels)


class SubscriptionEnd(StrEnum):
    """by-person: switched off on her page. gone: the push service says so. replaced: by a newer one."""

    BY_PERSON = "by-person"
    GONE = "gone"
    REPLACED = "replaced"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def visible_to(self, user: Any) -> "PushSubscriptionQuerySet":
        """For the patient alone: whoever knows an endpoint can call it."""
        return self.filter(seen_by(user, path="patient__"), patient__user=getattr(user, "pk", None))

    def usable(self) -> "PushSubscriptionQuerySet":
        """Those of the login that opens the record now, the newest last."""
        return self.filter(ended_at__isnull=True, user=F("patient__user")).order_by("made_at", "pk")


class PushSubscription(models.Model):
    """One browser that may show notes. Making it is the consent; ending it withdraws that."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="push_subscriptions")
    user = models.ForeignKey("clinics.User", models.PROTECT, related_name="+")
    # Whoever knows it can call it: a secret, as the two keys are.
    endpoint = models.CharField(max_length=2048)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    # The public key of this server then: with another one its push service takes nothing from us for this browser.
    made_for = models.CharField(max_length=90)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=10, blank=True, choices=choices(SubscriptionEnd))

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "endpoint"],
                condition=Q(ended_at__isnull=True),
                name="one_open_subscription_per_browser",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="ended_subscription_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Push subscription {self.code}"
