"""The pages of staffed hours, cover and the order of escalation: three pages of a clinic, for its admins."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.changes import local_words
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.admin.staffing_forms import WEEKDAYS, CoverForm, EscalationForm, HoursForm, hours_shown
from clinics.domain.instants import civil_date, zone
from clinics.domain.staffed import times_in_words
from clinics.models import Clinic, Cover, EscalationOrder, StaffedHours, User
from clinics.services.cover import add_cover, end_cover
from clinics.services.escalation import set_escalation_order
from clinics.services.staffed_hours import set_staffed_hours
from clinics.services.staffing_errors import StaffingRefused

HOURS, COVER, ESCALATION = "When somebody reads", "Who stands in for whom", "Who is called in turn"
KEPT = 20
"""So many earlier editions are shown."""


def hours_page(admin: ScopedAdmin, request: HttpRequest, clinic: Clinic) -> HttpResponse:
    """When somebody reads what patients write, and whom they are told to call otherwise."""
    today = civil_date(at_of(request), zone(clinic.zone))
    form = HoursForm(request.POST or None, initial=hours_shown(clinic.hours, today=today))
    return _edition_page(
        admin,
        request,
        clinic,
        form,
        lambda said: set_staffed_hours(clinic, week=form.week, numbers=form.cleaned_data["numbers"], **said),
        title=HOURS,
        done="Saved. Patients are told so from now on.",
        sentences=[
            f"By the clock of the clinic, {clinic.zone}. Patients are told whether somebody reads now, until when and "
            "when again, and outside these hours whom to call. While every day is empty they are told that it is not "
            "known when somebody reads.",
            "These hours hold no message back: a warning sign goes out at once, by day and by night.",
        ],
        before=StaffedHours.objects.prefetch_related("stretches", "numbers"),
        in_words=_hours_in_words,
    )


def cover_page(admin: ScopedAdmin, request: HttpRequest, clinic: Clinic) -> HttpResponse:
    """Who stands in for whom: a form for one more, and a button to end each that is not over."""
    at = at_of(request)
    by = admin.actor(request, clinic)
    if request.POST.get("end"):
        cover = Cover.objects.filter(clinic=clinic, code=request.POST["end"]).first()
        if cover is None:
            raise Http404
        end_cover(cover, by=by, at=at)
        messages.success(request, "Ended. From today on messages go to whoever they are for.")
        return redirect(request.path)
    form = CoverForm(request.POST or None, staff=_staff(clinic))
    if form.is_valid():
        try:
            add_cover(clinic, **form.cleaned_data, by=by, at=at)
        except StaffingRefused as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect(request.path)
    today = civil_date(at, zone(clinic.zone))
    covers = list(Cover.objects.filter(clinic=clinic).select_related("absent", "stand_in").order_by("first_day", "pk"))
    names = _names(each.by_code for each in covers) | _names(each.ended_by_code for each in covers)
    return admin.page(
        request,
        "admin/clinics/cover.html",
        title=COVER,
        trail=admin.trail_to(clinic, COVER),
        form=form,
        sentences=[
            "While somebody is away, all messages about that person’s patients go to whoever stands in. A warning "
            "sign goes to whoever stands in at once.",
        ],
        submit="Add",
        standing=[(each, _cover_in_words(each)) for each in covers if each.ended_at is None and each.last_day >= today],
        over=[
            _cover_over(each, names, clinic)
            for each in reversed(covers)
            if each.ended_at is not None or each.last_day < today
        ],
        back=admin.address_of(clinic),
    )


def escalation_page(admin: ScopedAdmin, request: HttpRequest, clinic: Clinic) -> HttpResponse:
    """Who is called in turn about a warning sign that nobody has taken on."""
    order = EscalationOrder.objects.in_force(clinic)
    steps = [] if order is None else list(order.steps.select_related("user"))
    initial = {f"place_{place}": step.user.code for place, step in enumerate(steps, start=1)}
    initial["shown"] = "" if order is None else order.code
    form = EscalationForm(request.POST or None, initial=initial, staff=list(_staff(clinic)))
    return _edition_page(
        admin,
        request,
        clinic,
        form,
        lambda said: set_escalation_order(clinic, people=form.people, **said),
        title=ESCALATION,
        done="Saved.",
        sentences=[
            "A warning sign goes at once to the practitioner of the plan, or to whoever stands in. If nobody has taken "
            "it on after 60 minutes, the next person of this list is written to, after another 60 minutes the one "
            "after that, by day and by night; then the admins of the clinic. It ends when somebody takes it on.",
            "Choose only people who have agreed to be written to at night.",
        ],
        before=EscalationOrder.objects.prefetch_related("steps__user"),
        in_words=_order_in_words,
    )


def _edition_page(
    admin: ScopedAdmin,
    request: HttpRequest,
    clinic: Clinic,
    form: forms.Form,
    save: Callable[[dict[str, Any]], object],
    *,
    title: str,
    done: str,
    sentences: list[str],
    before: "QuerySet[Any]",
    in_words: Callable[[Any], str],
) -> HttpResponse:
    """A form that sets a new edition, with those before it beneath.

    save: given who, when and which edition was on the screen. before: editions, with what `in_words` reads.
    """
    if form.is_valid():
        try:
            save({"shown": form.cleaned_data["shown"], "by": admin.actor(request, clinic), "at": at_of(request)})
        except StaffingRefused as refusal:
            _refuse(form, refusal)
        else:
            return admin.done(request, clinic, done)
    return admin.page(
        request,
        "admin/scoped/confirm.html",
        title=title,
        trail=admin.trail_to(clinic, title),
        form=form,
        sentences=sentences,
        submit="Save",
        back=admin.address_of(clinic),
        beneath_title="What was set before",
        beneath=_history(before.filter(clinic=clinic), clinic, in_words),
    )


def _staff(clinic: Clinic) -> "QuerySet[User]":
    here = User.objects.filter(is_active=True, memberships__clinic=clinic, memberships__ended_at__isnull=True)
    return here.distinct().order_by("name", "code")


def _refuse(form: forms.Form, refusal: StaffingRefused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _history(editions: "QuerySet[Any]", clinic: Clinic, in_words: Callable[[Any], str]) -> list[str]:
    """Newest first: who set what, and when."""
    found = list(editions.order_by("-pk")[:KEPT])
    names = _names(each.by_code for each in found)
    where = zone(clinic.zone)
    return [
        f"{local_words(each.set_at, where)} · {names.get(each.by_code, each.by_code)}: {in_words(each)}"
        for each in found
    ]


def _names(codes: Iterable[str]) -> dict[str, str]:
    return {person.code: str(person) for person in User.objects.filter(code__in=set(codes))}


def _hours_in_words(edition: StaffedHours) -> str:
    week = edition.week
    parts = [
        f"{name} {times_in_words(week.weekly[number])}"
        for number, name in enumerate(WEEKDAYS)
        if week.weekly.get(number)
    ] or ["no hours"]
    parts += [
        f"{day.isoformat()} {times_in_words(times) or 'nobody'}" for day, times in sorted(week.exceptions.items())
    ]
    parts += [f"{each.number} ({each.words})" for each in edition.numbers.all()]
    return "; ".join(parts) + "."


def _order_in_words(order: EscalationOrder) -> str:
    return ", then ".join(str(step.user) for step in order.steps.all()) or "the admins alone"


def _cover_in_words(cover: Cover) -> str:
    return f"{cover.stand_in} stands in for {cover.absent}, {_day(cover.first_day)} to {_day(cover.last_day)}."


def _cover_over(cover: Cover, names: dict[str, str], clinic: Clinic) -> str:
    if cover.ended_at is None:
        return _cover_in_words(cover)
    who = names.get(cover.ended_by_code, cover.ended_by_code)
    ended = f"Ended by {who}, {local_words(cover.ended_at, zone(clinic.zone))}."
    if cover.last_day < cover.first_day:
        return f"{cover.stand_in} was to stand in for {cover.absent} from {_day(cover.first_day)} on. {ended}"
    return f"{_cover_in_words(cover)} {ended}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
