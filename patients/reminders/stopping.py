"""A way to a patient that takes nothing any more is stopped, so that nothing else is sent into the void.

What went wrong with one message is no reason. The clinic reads it on the patient’s page and on Today, and what is owed
goes by the next channel.
"""

import json
from datetime import datetime

from django.db import transaction

from clinics.actor import for_system
from clinics.services.record_history import stamp_history
from patients.models import (
    Attempt,
    Channel,
    ContactPoint,
    Message,
    PushSubscription,
    RecipientKind,
    StopReason,
    SubscriptionEnd,
)
from patients.reminders.channels import Envelope


def stop_way(envelope: Envelope, *, message_id: int, at: datetime) -> None:
    """Stop what this envelope was addressed to, if that is still so. Call it outside of every transaction.

    Of staff and prescribers there is one address each, which belongs to the clinic and is mended there.
    """
    message = Message.objects.get(pk=message_id)
    if message.recipient_kind != RecipientKind.PATIENT.value:
        return
    if message.channel == Channel.PUSH.value:
        _end_subscription(message.recipient_code, envelope.address, at=at)
    else:
        _stop_contact(message.recipient_code, message.channel, envelope.address, at=at)


def _end_subscription(patient_code: str, address: str, *, at: datetime) -> None:
    endpoint = json.loads(address)["endpoint"]
    PushSubscription.objects.filter(patient__code=patient_code, endpoint=endpoint, ended_at__isnull=True).update(
        ended_at=at, ended_because=SubscriptionEnd.GONE.value
    )


@transaction.atomic
def stop_contact_of(attempt: Attempt, *, because: StopReason, at: datetime) -> None:
    """Stop the address that this hand-over went to, of which the provider said only later that it takes nothing.

    Where it went is written down nowhere but in the history of her addresses. One that was corrected since then is
    another one; one that was stopped since then and works again was not meant.
    """
    message = attempt.message
    if message.recipient_kind != RecipientKind.PATIENT.value:
        return
    contact = _locked(message.recipient_code, message.channel)
    if contact is None:
        return
    then = contact.history.filter(history_date__lte=attempt.started_at).order_by("history_date", "history_id").last()
    since = contact.history.filter(history_date__gt=attempt.started_at)
    if then is None or then.value != contact.value or since.filter(stopped_at__isnull=False).exists():
        return
    _stop(contact, because=because, at=at)


@transaction.atomic
def _stop_contact(patient_code: str, channel: str, address: str, *, at: datetime) -> None:
    contact = _locked(patient_code, channel)
    if contact is not None and contact.value == address:
        _stop(contact, because=StopReason.REFUSED, at=at)


def _locked(patient_code: str, channel: str) -> ContactPoint | None:
    rows = ContactPoint.objects.agreed().select_for_update(of=("self",))
    return rows.filter(patient__code=patient_code, kind=channel).first()


def _stop(contact: ContactPoint, *, because: StopReason, at: datetime) -> None:
    contact.stopped_at, contact.stopped_because = at, because.value
    stamp_history(contact, by=for_system(), at=at)
    contact.save(update_fields=["stopped_at", "stopped_because"])
