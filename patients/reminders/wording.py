"""The words of a message. Neutral: a count and a link; no name, phase, medicine or telling clinic name."""

from collections import Counter
from datetime import timedelta

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.urls import reverse

from clinics.domain.sms_text import sms_text
from clinics.services.letters import public_address
from patients.models import Channel, Message, Patient, RecipientKind, Reminder
from patients.models.private_links import stopping_token
from patients.reminders.channels import Envelope
from patients.reminders.digest import is_digest
from patients.reminders.escalation_kinds import NOT_TAKEN_ON
from patients.reminders.kind import Asks, about_of
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS, KINDS
from patients.reminders.links import LINK_ROWS, prescriber_link
from patients.reminders.taper_kinds import NOT_ALERTED


def envelope_for(
    message: Message, reminders: list[Reminder], *, address: str, keep_for: timedelta | None = None
) -> Envelope:
    """The envelope of these reminders.

    reminders: the frozen set, with plan, patient, clinic and taper loaded. keep_for: how long it may wait on its way.
    """
    clinic = reminders[0].plan.patient.clinic
    context: dict[str, object] = {"count": len(reminders)}
    unsubscribe_address = ""
    if message.recipient_kind == RecipientKind.PATIENT.value:
        template = text_template = "emails/patient_note"
        patient = reminders[0].plan.patient
        context["link"] = public_address(reverse("portal:home", args=[patient.code]))
        stop = context["stop"] = public_address(reverse("stop-messages", args=[ending(patient, reminders)]))
        # RFC 8058, 3.1: one click works over https alone.
        unsubscribe_address = stop if stop.startswith("https://") else ""
        if message.channel == Channel.SMS.value:
            # Read where it arrives, on a screen that others may see: who writes, how much, and where to look.
            text_template = "emails/patient_sms"
            context["clinic"] = _name_that_leaves_one_segment(clinic.message_name, context)
    elif message.recipient_kind == RecipientKind.PRESCRIBER.value and not _is_inside(reminders):
        template = text_template = "emails/prescriber_alert" if _is_alert(reminders) else "emails/prescriber_note"
        context |= {"links": _links(reminders, address=address), "telephone": clinic.telephone}
    else:
        template = text_template = _staff_template(reminders)
        context |= {"patients": _by_patient(reminders), "link": public_address(reverse("admin:index"))}
        context["sorts"] = _by_sort(reminders)
        kinds = {reminder.kind for reminder in reminders}
        context |= {"is_untold": NOT_ALERTED.name in kinds, "is_next": NOT_TAKEN_ON.name in kinds}
        context["is_followed"] = template == "emails/staff_alert" and _is_followed(reminders)
    return Envelope(
        address=address,
        sender_name=clinic.message_name,
        subject=render_to_string(f"{template}.subject.txt", context).strip(),
        text=render_to_string(f"{text_template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        idempotency_key=message.idempotency_key,
        channel=message.channel,
        unsubscribe_address=unsubscribe_address,
        keep_for=keep_for,
    )


def _name_that_leaves_one_segment(name: str, context: dict[str, object]) -> str:
    """The clinic’s name for a text message; empty where the message would be two with it. The link is never cut."""
    text = render_to_string("emails/patient_sms.txt", context | {"clinic": name})
    return name if sms_text(text).segment_count == 1 else ""


def ending(patient: Patient, reminders: list[Reminder]) -> str:
    """What ends messages like this one; all of them, where it speaks of several things."""
    groups = {KINDS[reminder.kind].group for reminder in reminders}
    return stopping_token(patient.code, groups.pop() if len(groups) == 1 else None)


def _staff_template(reminders: list[Reminder]) -> str:
    """One digest in the morning; apart from it warning signs, and what somebody has just asked for once more."""
    if _is_alert(reminders):
        return "emails/staff_alert"
    return "emails/staff_morning" if is_digest(reminders) else "emails/staff_note"


def _is_inside(reminders: list[Reminder]) -> bool:
    """Whether this prescriber works in the clinic, and reads there."""
    return any(reminder.taper is not None and reminder.taper.prescriber.is_inside for reminder in reminders)


def _is_alert(reminders: list[Reminder]) -> bool:
    return any(reminder.kind in EXEMPT_FROM_QUIET_HOURS for reminder in reminders)


def _is_followed(reminders: list[Reminder]) -> bool:
    """Whether somebody is still to be called after this about anything in it; at the end of the order nobody is."""
    about = {about_of(reminder.key) for reminder in reminders}
    in_turn = Reminder.objects.owed().filter(
        kind=NOT_TAKEN_ON.name, plan__in={reminder.plan_id for reminder in reminders}
    )
    later = in_turn.exclude(pk__in=[reminder.pk for reminder in reminders]).values_list("key", flat=True)
    return any(about_of(key) in about for key in later)


def _by_patient(reminders: list[Reminder]) -> list[dict[str, object]]:
    """One line a patient: the code, how many notes, and where to look."""
    counts: dict[str, int] = {}
    for reminder in reminders:
        code = reminder.plan.patient.code
        counts[code] = counts.get(code, 0) + 1
    return [{"code": code, "count": count} for code, count in sorted(counts.items())]


def _by_sort(reminders: list[Reminder]) -> list[dict[str, object]]:
    """How many there are of each sort: to decide, to telephone, to look at."""
    counts = Counter(KINDS[reminder.kind].asks for reminder in reminders)
    return [{"words": sort.value, "count": counts[sort]} for sort in Asks if counts[sort]]


def _links(reminders: list[Reminder], *, address: str) -> list[str]:
    """One for each taper or request that the notes are about, each once. Empty where none was ever sent by email."""
    tapers = [reminder.taper for reminder in reminders if reminder.taper is not None]
    prefetch_related_objects(tapers, *LINK_ROWS)
    links = [
        prescriber_link(reminder.taper, about=about_of(reminder.key), address=address)
        for reminder in reminders
        if reminder.taper is not None
    ]
    return list(dict.fromkeys(link for link in links if link is not None))
