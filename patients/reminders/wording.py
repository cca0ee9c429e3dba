"""The words of a message. Neutral: a count and a link; no name, phase, medicine or telling clinic name."""

from django.template.loader import render_to_string
from django.urls import reverse

from clinics.services.letters import public_address
from patients.models import Message, RecipientKind, Reminder
from patients.reminders.channels import Envelope


def envelope_for(message: Message, reminders: list[Reminder], *, address: str) -> Envelope:
    """The envelope of these reminders. reminders: the frozen set, with plan, patient and clinic loaded."""
    if message.recipient_kind == RecipientKind.PATIENT.value:
        template = "emails/patient_note"
        patient = reminders[0].plan.patient
        context = {"count": len(reminders), "link": public_address(reverse("portal:home", args=[patient.code]))}
        sender_name = patient.clinic.message_name
    else:
        template = "emails/staff_morning"
        context = {
            "count": len(reminders),
            "patients": _by_patient(reminders),
            "link": public_address(reverse("admin:index")),
        }
        sender_name = reminders[0].plan.patient.clinic.message_name
    return Envelope(
        address=address,
        sender_name=sender_name,
        subject=render_to_string(f"{template}.subject.txt", context).strip(),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        idempotency_key=message.idempotency_key,
    )


def _by_patient(reminders: list[Reminder]) -> list[dict[str, object]]:
    """One line a patient: the code, how many notes, and where to look."""
    counts: dict[str, int] = {}
    for reminder in reminders:
        code = reminder.plan.patient.code
        counts[code] = counts.get(code, 0) + 1
    return [{"code": code, "count": count} for code, count in sorted(counts.items())]
