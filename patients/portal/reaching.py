"""“How we reach you”: the first way for each group of messages, and for each kind in it; where she agreed to be written
to; and her devices.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.domain.instants import civil_date, zone
from patients.actor import acting_patient
from patients.models import (
    USUAL_ORDER,
    Channel,
    ContactKind,
    MessageGroup,
    Patient,
    PushSubscription,
    StopReason,
)
from patients.portal.chosen_ways import AS_GROUP, NONE, Refusal, choices_in
from patients.portal.own_page import do_and_say, own_page, sign_in_first
from patients.portal.records import Record, own_record
from patients.portal.words import day_in_full
from patients.reminders.channels.configured import channels_set_up, may_call, push_public_key, takes_from_us
from patients.reminders.kinds import GROUPS, KINDS
from patients.reminders.ways import ways_of
from patients.services.errors import InvalidRequest
from patients.services.reaching import add_browser, end_browser, follow_group, prefer

STOPPED = {
    StopReason.REFUSED: "It refuses messages. Give the clinic another one.",
    StopReason.UNWANTED: "From there it was said that no more messages are wanted. Tell the clinic if you want some.",
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One way that leads to her: where, and how it stands with it."""

    label: str
    address: str
    words: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What she wants; each button does what it says, once."""
    here = reverse("portal:reaching", args=[code])
    if not request.user.is_authenticated:
        return sign_in_first(here)
    record = own_record(request.user, code)
    at = timezone.now()
    patient = record.patient
    if request.method != "POST":
        return _shown(request, record, at=at)
    if request.POST.get("change", "") != "prefer":
        return do_and_say(request, lambda: _change(request, patient, at=at), back=here)
    try:
        messages.success(request, _prefer(request, patient, at=at))
    except InvalidRequest as refused:
        return _shown(request, record, at=at, refusal=_refusal(request, str(refused)))
    return redirect(here)


def _shown(request: HttpRequest, record: Record, *, at: datetime, refusal: Refusal | None = None) -> HttpResponse:
    patient = record.patient
    context = own_page(record, at=at)
    found = ways_of([patient])[patient.pk]
    browsers = _browsers(request, patient)
    groups = [choices_in(group, found, refusal) for group in GROUPS]
    context |= {
        "groups": groups,
        "usable": [way.channel for way in found.usable],
        "none": NONE,
        "as_group": AS_GROUP,
        "refusal": refusal,
        # What no form of this page sends has no place beside one.
        "is_beside": any(group.has_error for group in groups),
        "agreed": _agreed(patient),
        "push_key": push_public_key(),
        "browsers": [_browser(row, context["today"], patient) for row in browsers],
        "has_several": sum(takes_from_us(row.endpoint, made_for=row.made_for) for row in browsers) > 1,
    }
    return render(request, "portal/reaching.html", context)


def _agreed(patient: Patient) -> list[Agreed]:
    rows = patient.contact_points.filter(ended_at__isnull=True)
    by_kind = {row.kind: row for row in rows}
    found = []
    for kind in ContactKind:
        row = by_kind.get(kind.value)
        if row is None:
            found.append(Agreed(kind.label, "", "The clinic has none. Tell them if you want messages there."))
        elif not row.messages_allowed:
            found.append(Agreed(kind.label, row.value, "You have not agreed to messages there."))
        elif row.stopped_at is not None:
            found.append(Agreed(kind.label, row.value, STOPPED[StopReason(row.stopped_because)]))
        elif Channel(kind.value) not in channels_set_up():
            found.append(Agreed(kind.label, row.value, "Such messages are not set up here."))
        else:
            found.append(Agreed(kind.label, row.value, "You have agreed to messages there."))
    return found


def _browsers(request: HttpRequest, patient: Patient) -> list[PushSubscription]:
    own = PushSubscription.objects.visible_to(request.user).filter(patient=patient)
    return list(own.filter(ended_at__isnull=True).order_by("-made_at", "-pk"))


def _browser(row: PushSubscription, today: date, patient: Patient) -> dict[str, str]:
    made_on = day_in_full(civil_date(row.made_at, zone(patient.zone)), today)
    words = f"On since {made_on}"
    if not may_call(row.endpoint):
        words = f"Switched on {made_on}, but nothing gets there at present."
    elif row.made_for != push_public_key():
        words = f"Switched on {made_on}, but nothing gets there any more. Tap “Show notes on this device” there."
    return {"code": row.code, "words": words}


def _change(request: HttpRequest, patient: Patient, *, at: datetime) -> str:
    by = acting_patient(patient)
    match request.POST.get("change", ""):
        case "add-browser":
            said, key, before = (request.POST.get(name, "") for name in ("subscription", "key", "before"))
            add_browser(patient, said, made_for=key, before=before, by=by, at=at)
            return "This device shows notes now."
        case "end-browser":
            for row in _browsers(request, patient):
                if row.code == request.POST.get("browser", ""):
                    end_browser(row, by=by, at=at)
            return "That device shows no notes any more."
    raise InvalidRequest("There is no such button. Look again, then tap once more.", field="change")


def _prefer(request: HttpRequest, patient: Patient, *, at: datetime) -> str:
    by = acting_patient(patient)
    group, kind = _group(request.POST.get("group", "")), request.POST.get("kind", "")
    if kind and request.POST.get("first", "") == AS_GROUP:
        follow_group(patient, group=group, kind=kind, by=by, at=at)
        return f"Saved: “{KINDS[kind].her_words}” goes as is chosen for all of these."
    prefer(patient, group=group, kind=kind, channels=_channels(request), by=by, at=at)
    return f"Saved: “{KINDS[kind].her_words}”." if kind else f"Saved: {group.label.lower()}."


def _refusal(request: HttpRequest, why: str) -> Refusal:
    sent = request.POST
    return Refusal(
        group=sent.get("group", ""),
        kind=sent.get("kind", ""),
        first=sent.get("first", ""),
        has_others=bool(sent.get("others")),
        why=why,
    )


def _group(typed: str) -> MessageGroup:
    found = next((group for group in GROUPS if group.value == typed), None)
    if found is None:
        raise InvalidRequest("There are no such messages. Look again, then choose.", field="group")
    return found


def _channels(request: HttpRequest) -> list[Channel]:
    """The first choice, and after it, if she wants so, every other way: also one that she agrees to later."""
    first = request.POST.get("first", "")
    if first == NONE:
        return []
    if first not in {channel.value for channel in Channel}:
        raise InvalidRequest("Choose one of the ways, or none.", field="first")
    if not request.POST.get("others"):
        return [Channel(first)]
    return [Channel(first), *(channel for channel in USUAL_ORDER if channel.value != first)]
