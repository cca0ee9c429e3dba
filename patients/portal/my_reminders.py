"""What her day reminds her of: morning, noon, evening and bed, each off until she switches it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from patients.actor import acting_patient
from patients.models import Channel, MessageGroup, Patient
from patients.portal.messages_sent import BY
from patients.portal.own_page import own_page, sign_in_first
from patients.portal.records import own_record
from patients.portal.typed import clock_of
from patients.reminders.day_kinds import kind_of
from patients.reminders.ways import Ways, ways_of
from patients.services.day.reminding import DayReminder, day_reminders_of, set_day_reminders
from patients.services.errors import InvalidRequest
from protocols.domain.day_parts import DayPart

LABELS: Final = {
    DayPart.MORNING: "In the morning",
    DayPart.NOON: "At noon",
    DayPart.EVENING: "In the evening",
    DayPart.BED: "At bedtime",
}


@dataclass(frozen=True, slots=True)
class _Comes:
    """By which way one part of the day comes; None where a tick brings none: she wants none, as whoever ended such
    messages by the link in one, or what she chose leads nowhere now.
    """

    by: Channel | None
    is_wanted: bool

    @property
    def words(self) -> dict[str, object]:
        """Where they do not all come the same way. What does not come has no hour either."""
        if self.by is None:
            lost, none = "The way that you chose leads nowhere at present", "You chose no messages about this"
            return {"comes": f"{lost if self.is_wanted else none}, so none comes.", "moved_to": ""}
        if self.by is Channel.PORTAL:
            return {"comes": "It comes here: you see it when you look."}
        return {"comes": f"It comes {BY[self.by]}."}


@never_cache
@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """All four as they were on the page: those that are ticked are on, the others off."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:my-day", args=[code]))
    record = own_record(request.user, code)
    at = timezone.now()
    errors = _save(record.patient, request.POST, at=at)
    if not errors:
        messages.success(request, "Your reminders are saved.")
        return redirect("portal:my-day", code)
    context = own_page(record, at=at) | reminders_shown(record.patient, at=at, typed=request.POST, errors=errors)
    return render(request, "portal/my_reminders.html", context)


def reminders_shown(
    patient: Patient, *, at: datetime, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the page shows of them. typed, errors: what was sent, and what is wrong with it, by part."""
    wrong = errors or {}
    ways = ways_of([patient])[patient.pk]
    comes = {part: _comes(part, ways) for part in DayPart}
    of_all = comes[DayPart.MORNING]
    is_mixed = len(set(comes.values())) > 1
    return {
        "reminders": [
            _row(each, typed, wrong.get(each.part.value, "")) | (comes[each.part].words if is_mixed else {})
            for each in day_reminders_of(patient, at=at)
        ],
        "has_wrong_reminders": bool(wrong),
        "is_written_to": any(way.channel is not Channel.PORTAL for way in ways.usable),
        "is_mixed": is_mixed,
        "is_wanted": of_all.is_wanted,
        "come_by": "" if of_all.by is None else BY[of_all.by],
        "come_here": of_all.by is Channel.PORTAL,
    }


def _comes(part: DayPart, ways: Ways) -> _Comes:
    group, kind = MessageGroup.TIMES_OF_DAY, kind_of(part)
    by = next((way.channel for way in ways.wanted(group, kind)), None)
    return _Comes(by, is_wanted=bool(ways.order(group, kind)))


def _row(each: DayReminder, typed: Mapping[str, str] | None, error: str) -> dict[str, object]:
    name = each.part.value
    wanted_at = each.own_time or each.usual
    return {
        "name": name,
        "label": LABELS[each.part],
        "is_on": each.is_on if typed is None else name in typed,
        "value": _shown(each.own_time) if typed is None else typed.get(f"{name}-at", ""),
        "usual": _shown(each.usual),
        "comes": "",
        "moved_to": _shown(each.goes_at) if each.goes_at != wanted_at else "",
        "error": error,
    }


def _save(patient: Patient, typed: Mapping[str, str], *, at: datetime) -> dict[str, str]:
    """What was sent is saved; or by part what is wrong with it, and nothing is."""
    errors: dict[str, str] = {}
    wanted: dict[DayPart, time | None] = {}
    for part in DayPart:
        if part.value not in typed:
            continue
        try:
            wanted[part] = clock_of(typed.get(f"{part.value}-at", ""), field=part.value)
        except InvalidRequest as wrong:
            errors[part.value] = str(wrong)
    if errors:
        return errors
    try:
        set_day_reminders(patient, wanted=wanted, by=acting_patient(patient), at=at)
    except InvalidRequest as refused:
        return {refused.field: str(refused)}
    return {}


def _shown(at: time | None) -> str:
    return "" if at is None else f"{at.hour}:{at:%M}"
