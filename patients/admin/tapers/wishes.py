"""What a prescriber wants of a taper that runs: written down from a paper or the telephone, or said here in person."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import NotAllowed, acting_prescriber
from clinics.admin import inputs
from clinics.admin.desk import at_of, signed_in
from clinics.admin.scoped import ScopedAdmin
from clinics.services.reauthentication import has_just_authenticated, way_to_reauthenticate
from patients.admin.standing import today_of
from patients.admin.tapers.answer_forms import ScanField
from patients.models import Door, HoldReason, PrescriberAnswerKind, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.errors import NotThePrescriber
from patients.services.tapers.said import PAPER_DOORS, Said
from patients.services.tapers.wishes import Wish, carry_out, file_wish
from protocols.domain.taper_states import IllegalTaperMove, TaperMove, TaperStatus, legal_taper_moves
from protocols.models.catalogue import CONSULT

MOVES = {
    PrescriberAnswerKind.HOLD: TaperMove.HOLD,
    PrescriberAnswerKind.RESUME: TaperMove.RESUME,
    PrescriberAnswerKind.REVOKE: TaperMove.REVOKE,
}
DONE = {
    PrescriberAnswerKind.HOLD: "It is on hold. Only the prescriber lets it go on.",
    PrescriberAnswerKind.RESUME: "The taper goes on.",
    PrescriberAnswerKind.REVOKE: "The agreement is taken back, and the taper is stopped.",
}
NOTHING_RUNS = "Nothing that was signed runs now."


class WishForm(forms.Form):
    """Of a prescriber who works here. revision: what was on the screen."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    kind = forms.ChoiceField(label="What is wanted", widget=inputs.SelectInput())
    text = forms.CharField(
        label="In the prescriber’s own words",
        required=False,
        widget=inputs.TextareaInput(),
        help_text="Why it is held; or, once the agreement is taken back, what the patient is to do instead: it is read "
        "in the portal.",
    )
    field_of_service = {"reason": "text", "instruction": "text"}

    def __init__(self, *args: Any, taper: Taper, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices = [("", "Choose"), *((kind.value, kind.label) for kind in wishes_for(taper))]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.initial["revision"] = taper.revision

    def wish(self) -> Wish:
        """The form is valid."""
        said = self.cleaned_data
        return Wish(
            kind=PrescriberAnswerKind(said["kind"]),
            answered_on=said.get("answered_on", self.today),
            text=said["text"],
            version_code=said.get("version_code", ""),
        )


class FiledWishForm(WishForm):
    """Written down by a practitioner."""

    door = forms.ChoiceField(
        label="How it was said",
        choices=[
            ("", "Choose"),
            *((door.value, door.label) for door in (Door.TELEPHONE, Door.FAX_OR_LETTER, Door.CARRIED)),
        ],
        widget=inputs.SelectInput(),
    )
    answered_on = forms.DateField(label="Said on", widget=inputs.DateInput())
    version_code = forms.CharField(
        label="Version code",
        required=False,
        max_length=20,
        widget=inputs.TextInput({"autocomplete": "off"}),
        help_text="As it was named. A hold, or an agreement taken back, counts without it: compare patient and "
        "medicine. To let it go on, it is needed.",
    )
    scan = ScanField(label="Scan of the paper", required=False)
    is_read_back = forms.BooleanField(
        label="By telephone: I spoke to the prescriber in person, and read it back",
        required=False,
        widget=inputs.CheckboxInput(),
    )
    field_order = ("revision", "kind", "text", "door", "answered_on", "version_code", "scan", "is_read_back")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["answered_on"] = self.today


def wishes_for(taper: Taper) -> Iterator[PrescriberAnswerKind]:
    """What its prescriber may want of it as it stands."""
    status = TaperStatus(taper.status)
    legal, held = legal_taper_moves(status), taper.open_hold
    for kind, move in MOVES.items():
        takes_over = kind is PrescriberAnswerKind.HOLD and held is not None
        if takes_over and held is not None and held.reason_kind == HoldReason.PRESCRIBER.value:
            continue
        if status.is_running and (move in legal or takes_over):
            yield kind


def filed_wish_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """A practitioner writes down what came by telephone or on paper."""
    if not taper.is_running or taper.prescriber.is_inside:
        messages.error(request, NOTHING_RUNS if not taper.is_running else "This prescriber says it here in person.")
        return redirect(admin.address_of(taper))
    today = today_of(taper.plan.patient, at_of(request))
    form = FiledWishForm(request.POST or None, request.FILES or None, taper=taper, today=today)

    def write() -> object:
        said, door = form.cleaned_data, Door(form.cleaned_data["door"])
        scan = said["scan"] if door in PAPER_DOORS else None
        return file_wish(
            taper,
            form.wish(),
            door=door,
            content=scan.read() if scan else b"",
            is_read_back=said["is_read_back"],
            by=admin.actor(request, taper),
            at=at_of(request),
            revision=said["revision"],
        )

    name = taper.prescriber.name
    return _answer(
        admin,
        request,
        taper,
        form,
        write,
        title="Write down what the prescriber wants",
        intro=[
            f"Write down what {name} said of the taper that runs, and nothing else. It counts as the prescriber’s own "
            "wish, with your name beside it.",
            "It holds from today: days that were lived are never rewritten. Nothing new is agreed to, so no written "
            "confirmation is due.",
        ],
    )


def own_wish_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """The prescriber works here: shown once more who it is, as for signing."""
    user = signed_in(request)
    if taper.prescriber.user_id != user.pk:
        raise NotThePrescriber
    if not taper.is_running:
        messages.error(request, NOTHING_RUNS)
        return redirect(admin.address_of(taper))
    if not has_just_authenticated(request, at=at_of(request)):
        return redirect(way_to_reauthenticate(admin.address_of(taper, "own_wish")))
    today = today_of(taper.plan.patient, at_of(request))
    form = WishForm(request.POST or None, taper=taper, today=today)

    def write() -> object:
        return carry_out(
            taper,
            form.wish(),
            said=Said(door=Door.INSIDE),
            by=acting_prescriber(taper.prescriber, user=user),
            at=at_of(request),
            revision=form.cleaned_data["revision"],
        )

    return _answer(
        admin,
        request,
        taper,
        form,
        write,
        title="Hold, resume or take back",
        intro=["You signed what runs. What you hold, only you let go on; a change of the steps is a new version."],
    )


def _answer(
    admin: ScopedAdmin,
    request: HttpRequest,
    taper: Taper,
    form: WishForm,
    write: Any,
    *,
    title: str,
    intro: list[str],
) -> HttpResponse:
    if form.is_valid():
        try:
            write()
        except InvalidRequest as refusal:
            field = form.field_of_service.get(refusal.field, refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
        except (Refused, IllegalTaperMove) as refusal:
            form.add_error(None, str(refusal))
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, taper, DONE[form.wish().kind])
    return admin.page(
        request,
        "admin/patients/taper_wish.html",
        title=title,
        trail=admin.trail_to(taper, title),
        form=form,
        intro=intro,
        consult=CONSULT,
        back=admin.address_of(taper),
    )
