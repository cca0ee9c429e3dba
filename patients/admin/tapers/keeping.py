"""A hold is proposed since rescue medicine is needed often: decided here, where the taper goes on, with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.refusals import add_refusal
from patients.admin.standing import today_of
from patients.admin.tapers.consent import confirm_page
from patients.models import Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.keeping_going import keep_going
from patients.services.tapers.rescue_days import needs_rescue_too_often, rescue_words
from protocols.domain.taper_states import TaperMove, TaperStatus

BECAUSE_OF_RESCUE: Final = "rescue"
"""In the address of a hold that is proposed since rescue medicine is needed often: its reason is filled in."""


class KeepGoingForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput())
    reason = forms.CharField(
        label="Why it goes on",
        widget=inputs.TextareaInput(),
        help_text="What you found, and with whom you spoke. Written into the history.",
    )


@dataclass(frozen=True, slots=True)
class RescueNotice:
    """words: how often it was needed. offers: what may be decided, each in words with its address."""

    words: str
    offers: list[tuple[str, str]]


def rescue_notice(taper: Taper, *, today: date, manages: bool) -> RescueNotice | None:
    """What to decide while rescue medicine is needed often; None while it is not, or the dose is held anyway."""
    is_undecided = taper.is_running and taper.status != TaperStatus.HELD.value
    if not is_undecided or not needs_rescue_too_often(taper, on=today):
        return None
    return RescueNotice(f"{rescue_words(taper, on=today)}: decide.", list(rescue_offers(taper)) if manages else [])


def rescue_offers(taper: Taper) -> Iterator[tuple[str, str]]:
    """The hold, with its preview, where there is a dose to hold; and going on all the same."""
    if taper.status == TaperStatus.ACTIVE.value:
        hold = reverse("admin:patients_taper_move", args=[taper.code, TaperMove.HOLD.value])
        yield "Hold the dose…", f"{hold}?because={BECAUSE_OF_RESCUE}"
    yield "Keep going…", reverse("admin:patients_taper_keep_going", args=[taper.code])


def keep_going_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    today = today_of(taper.plan.patient, at_of(request))
    form = KeepGoingForm(request.POST or None, initial={"revision": taper.revision})
    if form.is_valid():
        said = form.cleaned_data
        try:
            keep_going(
                taper,
                reason=said["reason"],
                by=admin.actor(request, taper),
                at=at_of(request),
                revision=said["revision"],
            )
        except InvalidRequest as refusal:
            add_refusal(form, refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, taper, "The taper goes on, and your reason is in the history.")
    return confirm_page(
        admin,
        request,
        taper,
        "Keep going",
        form=form,
        sentences=[
            f"{rescue_words(taper, on=today)}.",
            "No dose and no date changes. The days through today are decided upon and count no more; if it is needed "
            "as often again, a hold is proposed again.",
        ],
        submit="Keep going",
    )
