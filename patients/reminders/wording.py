"""The words of a message. Neutral: a count and a link; no name, phase, medicine or telling clinic name."""

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.urls import reverse

from clinics.services.letters import public_address
from patients.models import Message, RecipientKind, Reminder
from patients.reminders.channels import Envelope
from patients.reminders.kind import about_of
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS, KINDS
from patients.reminders.links import LINK_ROWS, prescriber_link
from patients.reminders.taper_kinds import NOT_ALERTED


def envelope_for(message: Message, reminders: list[Reminder], *, address: str) -> Envelope:
    """The envelope of these reminders. reminders: the frozen set, with plan, patient, clinic and taper loaded."""
    clinic = reminders[0].plan.patient.clinic
    context: dict[str, object] = {"count": len(reminders)}
    if message.recipient_kind == RecipientKind.PATIENT.value:
        template = "emails/patient_note"
        patient = reminders[0].plan.patient
        context["link"] = public_address(reverse("portal:home", args=[patient.code]))
    elif message.recipient_kind == RecipientKind.PRESCRIBER.value and not _is_inside(reminders):
        template = "emails/prescriber_alert" if _is_alert(reminders) else "emails/prescriber_note"
        context |= {"links": _links(reminders, address=address), "telephone": clinic.telephone}
    else:
        template = _staff_template(reminders)
        context |= {"patients": _by_patient(reminders), "link": public_address(reverse("admin:index"))}
        context["is_untold"] = any(reminder.kind == NOT_ALERTED.name for reminder in reminders)
    return Envelope(
        address=address,
        sender_name=clinic.message_name,
        subject=render_to_string(f"{template}.subject.txt", context).strip(),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        idempotency_key=message.idempotency_key,
    )


def _staff_template(reminders: list[Reminder]) -> str:
    """What is due together comes in the morning; what has just happened does not."""
    if _is_alert(reminders):
        return "emails/staff_alert"
    if any(KINDS[reminder.kind].goes_at_once for reminder in reminders):
        return "emails/staff_note"
    return "emails/staff_morning"


def _is_inside(reminders: list[Reminder]) -> bool:
    """Whether this prescriber works in the clinic, and reads there."""
    return any(reminder.taper is not None and reminder.taper.prescriber.is_inside for reminder in reminders)


def _is_alert(reminders: list[Reminder]) -> bool:
    return any(reminder.kind in EXEMPT_FROM_QUIET_HOURS for reminder in reminders)


def _by_patient(reminders: list[Reminder]) -> list[dict[str, object]]:
    """One line a patient: the code, how many notes, and where to look."""
    counts: dict[str, int] = {}
    for reminder in reminders:
        code = reminder.plan.patient.code
        counts[code] = counts.get(code, 0) + 1
    return [{"code": code, "count": count} for code, count in sorted(counts.items())]


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
