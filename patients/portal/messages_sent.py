"""“Messages”: everything that she was sent, by whichever channel, with what each was about. She is signed in here."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinics.domain.instants import zone
from patients.models import Channel, Message, MessageStatus, Reminder, ReminderStatus
from patients.portal.own_page import own_page, sign_in_first
from patients.portal.records import own_record
from patients.portal.tapers.shown import shown_tapers
from patients.portal.words import day_in_full
from patients.reminders.kinds import KINDS
from patients.reminders.reasons import UNDELIVERED
from protocols.domain.order_states import OrderStanding
from protocols.domain.phases import PlanStatus

ON_A_PAGE = 50

BY = {
    Channel.EMAIL: "by email",
    Channel.SMS: "as a text message",
    Channel.PUSH: "as a notification",
    Channel.PORTAL: "here",
}
"""How a message came, as she reads it."""
DID_NOT_ARRIVE = "It did not arrive."
CALLED_OFF = "What it was about had changed by then."


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as she reads it. about: one line for each note in it."""

    day: str
    clock: str
    by: str
    about: list[str]


@never_cache
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The newest first. Nothing is written."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:messages", args=[code]))
    record = own_record(request.user, code)
    context = own_page(record, at=timezone.now())
    rows = Reminder.objects.select_related("plan", "phase", "taper__reduces", "order")
    sent = (
        Message.objects.visible_to(request.user)
        .filter(recipient_code=record.patient.code, status=MessageStatus.SENT.value)
        .prefetch_related(Prefetch("reminders", rows.order_by("civil_date", "pk")))
        .order_by("-finished_at", "-pk")
    )
    shown = Paginator(sent, ON_A_PAGE).get_page(request.GET.get("page"))
    # A taper that was entered in error is hidden here as everywhere.
    tapers = set(shown_tapers(request.user).filter(plan__patient=record.patient).values_list("pk", flat=True))
    where = zone(record.patient.zone)
    context |= {
        "shown": shown,
        "sent": [_sent(message, tapers=tapers, where=where, today=context["today"]) for message in shown],
    }
    return render(request, "portal/messages_sent.html", context)


def _sent(message: Message, *, tapers: set[int], where: ZoneInfo, today: date) -> Sent:
    assert message.finished_at is not None
    local = message.finished_at.astimezone(where)
    members = list(message.reminders.all())
    went = [reminder for reminder in members if reminder.status == ReminderStatus.SENT.value]
    about = [_about(reminder, tapers=tapers, today=today) for reminder in went]
    if not about:
        about = [DID_NOT_ARRIVE if any(each.reason == UNDELIVERED for each in members) else CALLED_OFF]
    return Sent(
        day=day_in_full(local.date(), today),
        clock=f"{local.hour}:{local:%M}",
        by=BY[Channel(message.channel)],
        about=about,
    )


def _about(reminder: Reminder, *, tapers: set[int], today: date) -> str:
    """What this note said of which day. What was entered in error is told without its name."""
    kind = KINDS.get(reminder.kind)
    says = kind.her_words if kind else "A note"
    name = _name(reminder, tapers=tapers)
    on = day_in_full(reminder.civil_date, today)
    return f"{says}: {name}. Of {on}." if name else f"{says}. Of {on}."


def _name(reminder: Reminder, *, tapers: set[int]) -> str:
    if reminder.plan.status == PlanStatus.ENTERED_IN_ERROR.value:
        return ""
    if reminder.phase is not None:
        return reminder.phase.title
    if reminder.taper is not None:
        return reminder.taper.reduces.name if reminder.taper_id in tapers else ""
    if reminder.order is not None and reminder.order.standing != OrderStanding.ENTERED_IN_ERROR.value:
        return reminder.order.name
    return ""
