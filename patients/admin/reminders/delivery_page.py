"""How delivery goes, for whoever runs a clinic: numbers of the own clinics, and whether the background work lives."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from clinics.actor import NotAllowed
from clinics.admin.desk import at_of, desk_of, signed_in
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.models import Channel, Reminder
from patients.reminders.figures import figures
from patients.reminders.ledger_words import instant_words

TITLE = "How delivery goes"
REASON_WORDS = {
    "too-late": "It could not go in time",
    "unreachable": "No address with consent",
    "refused": "Refused for good",
    "undelivered": "Accepted, and then reported as not delivered",
    "over-budget": "Two messages a day had gone",
    "not-heard-from": "Not heard from the patient, so once a week",
    "other": "Another reason",
}


def delivery_page(admin: ScopedAdmin, request: HttpRequest) -> HttpResponse:
    """For clinic admins: of their own clinics, and of the server what no clinic can see for itself."""
    clinics = desk_of(request).clinics_where(Act.MANAGE_STAFF)
    if not clinics:
        raise NotAllowed(f"You may not {Act.MANAGE_STAFF.value}. Ask a clinic admin.")
    at, zone_name = at_of(request), signed_in(request).zone
    own = Reminder.objects.visible_to(request.user).filter(plan__patient__clinic__in=clinics)
    found = figures(at=at, reminders=own)
    return admin.page(
        request,
        "admin/patients/reminders/delivery.html",
        title=TITLE,
        trail=admin.trail_to(None, TITLE),
        figures=found,
        oldest=_when(found.oldest_due_at, zone_name),
        swept=_when(found.swept_at, zone_name),
        broke=_when(found.broke_at, zone_name),
        failed=_lines(found.failed, {channel.value: channel.value.capitalize() for channel in Channel}),
        missed=_lines(found.missed, REASON_WORDS),
        at=instant_words(at, zone_name),
        back=admin.list_address(),
    )


def _when(at: datetime | None, zone_name: str) -> str:
    return "" if at is None else instant_words(at, zone_name)


def _lines(counts: Mapping[str, int], words: Mapping[str, str]) -> list[tuple[str, int]]:
    return [(words.get(name, name), count) for name, count in counts.items()]
