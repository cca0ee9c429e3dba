"""“How we reach you”: the first way for each group of messages, and for each kind in it; where she agreed to be written
to; and her devices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.domain.instants import civil_date, zone
from patients.actor import acting_patient
from patients.models import Channel, ContactKind, MessageGroup, Patient, PushSubscription, StopReason
from patients.portal.own_page import do_and_say, own_page, sign_in_first
from patients.portal.records import own_record
from patients.portal.words import day_in_full
from patients.reminders.channels.configured import channels_set_up, push_public_key
from patients.reminders.kinds import GROUPS, KINDS, kinds_in
from patients.reminders.ways import Way, Ways, ways_of
from patients.services.errors import InvalidRequest
from patients.services.reaching import add_browser, end_browser, prefer

NONE = "none"
STOPPED = {
    StopReason.REFUSED: "It refuses messages. Give the clinic another one.",
    StopReason.UNWANTED: "From there it was said that no more messages are wanted. Tell the clinic if you want some.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes the same way, a group of messages or one kind: the first way, and whether the others may stand in."""

    name: str
    label: str
    first: str
    has_others: bool

    def is_as(self, other: "Choice") -> bool:
        """Whether both go the same way, as the page shows it."""
        return (self.first, self.has_others) == (other.first, other.has_others)


@dataclass(frozen=True, slots=True)
class GroupOfChoices:
    """One group as a whole, and each of its kinds by itself; empty where there is but one."""

    whole: Choice
    single: list[Choice]

    @property
    def is_mixed(self) -> bool:
        """Whether something in it goes otherwise than the group."""
        return not all(each.is_as(self.whole) for each in self.single)


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
    if request.method == "POST":
        return do_and_say(request, lambda: _change(request, record.patient, at=at), back=here)
    patient = record.patient
    context = own_page(record, at=at)
    found = ways_of([patient])[patient.pk]
    context |= {
        "groups": [_group_of_choices(group, found) for group in GROUPS],
        "usable": [way.channel for way in found.usable],
        "none": NONE,
        "agreed": _agreed(patient),
        "push_key": push_public_key() if Channel.PUSH in channels_set_up() else "",
        "browsers": [_browser(row, context["today"], patient) for row in _browsers(request, patient)],
    }
    return render(request, "portal/reaching.html", context)


def _group_of_choices(group: MessageGroup, ways: Ways) -> GroupOfChoices:
    kinds = kinds_in(group)
    single = [_choice(kind.name, kind.her_words, ways.wanted(group, kind.name)) for kind in kinds]
    return GroupOfChoices(_choice(group.value, group.label, ways.wanted(group)), single if len(single) > 1 else [])


def _choice(name: str, label: str, wanted: Sequence[Way]) -> Choice:
    return Choice(name, label, wanted[0].channel.value if wanted else NONE, has_others=len(wanted) > 1)


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
    made_on = civil_date(row.made_at, zone(patient.zone))
    return {"code": row.code, "words": f"On since {day_in_full(made_on, today)}"}


def _change(request: HttpRequest, patient: Patient, *, at: datetime) -> str:
    by = acting_patient(patient)
    match request.POST.get("change", ""):
        case "prefer":
            group, kind = _group(request.POST.get("group", "")), request.POST.get("kind", "")
            prefer(patient, group=group, kind=kind, channels=_channels(request, patient), by=by, at=at)
            return f"Saved: “{KINDS[kind].her_words}”." if kind else f"Saved: {group.label.lower()}."
        case "add-browser":
            add_browser(patient, request.POST.get("subscription", ""), by=by, at=at)
            return "This device shows notes now."
        case "end-browser":
            for row in _browsers(request, patient):
                if row.code == request.POST.get("browser", ""):
                    end_browser(row, by=by, at=at)
            return "That device shows no notes any more."
    raise InvalidRequest("There is no such button. Look again, then tap once more.", field="change")


def _group(typed: str) -> MessageGroup:
    found = next((group for group in GROUPS if group.value == typed), None)
    if found is None:
        raise InvalidRequest("There are no such messages. Look again, then choose.", field="group")
    return found


def _channels(request: HttpRequest, patient: Patient) -> list[Channel]:
    """The first choice, and after it, if she wants so, the other ways that lead to her."""
    first = request.POST.get("first", "")
    if first == NONE:
        return []
    if first not in {channel.value for channel in Channel}:
        raise InvalidRequest("Choose one of the ways, or none.", field="first")
    if not request.POST.get("others"):
        return [Channel(first)]
    usable = [way.channel for way in ways_of([patient])[patient.pk].usable]
    return [Channel(first), *(channel for channel in usable if channel.value != first)]
