"""The pages on which somebody asks for a reminder again, cancels it, mutes its kind for the patient, or unmutes."""

import secrets
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.refusals import add_refusal
from patients.admin.reminders.muted import mute_words, mutes_ever, mutes_for
from patients.models import RecipientKind, Reminder, ReminderNote, ReminderStatus
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.ledger_words import kind_words
from patients.reminders.mutes import MUTABLE
from patients.services.errors import InvalidRequest, Refused
from patients.services.reminder_acts import LONGEST_REASON, ask_again, cancel, mute, unmute


class ReasonForm(forms.Form):
    """request_key: the same for every click on this form, and another for each form that is opened."""

    request_key = forms.CharField(max_length=64, widget=forms.HiddenInput())
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        widget=inputs.TextareaInput(),
        help_text="Others will read it, and it stays with the reminder.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("request_key", secrets.token_hex(16))


class MuteForm(ReasonForm):
    kind = forms.ChoiceField(label="What to mute", required=False, widget=inputs.SelectInput())
    until = forms.DateField(
        label="Up to and including",
        required=False,
        widget=inputs.DateInput(),
        help_text="A day where the patient lives. Leave it empty to mute for good.",
    )
    field_order = ("request_key", "kind", "until", "reason")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, f"“{kind_words(kind)}” alone"),
            ("", "Every routine message to this patient"),
        ]


class UnmuteForm(ReasonForm):
    muted = forms.ChoiceField(label="What to unmute", widget=inputs.SelectInput())
    field_order = ("request_key", "muted", "reason")

    def __init__(self, *args: Any, notes: list[ReminderNote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["muted"].choices = [(note.code, mute_words(note)) for note in notes]  # type: ignore[attr-defined]


def offers(reminder: Reminder, standing: list[ReminderNote]) -> list[str]:
    """Which of the pages make sense for this row as it is."""
    is_owed = reminder.status == ReminderStatus.OWED.value
    can_mute = reminder.recipient_kind == RecipientKind.PATIENT.value and reminder.kind in MUTABLE
    is_muted = any(note.kind in {"", reminder.kind} for note in standing)
    offered = {
        "again": not is_owed,
        "cancel": is_owed and reminder.kind not in EXEMPT_FROM_QUIET_HOURS,
        "mute": can_mute and not is_muted,
        "unmute": bool(standing),
    }
    return [name for name, makes_sense in offered.items() if makes_sense]


def again_page(admin: ScopedAdmin, request: HttpRequest, reminder: Reminder) -> HttpResponse:
    """Owe once more what was sent, missed or cancelled, with a reason."""
    form = ReasonForm(request.POST or None)

    def act() -> object:
        return ask_again(reminder, **_said(admin, request, reminder, form))

    return _answer(
        admin,
        request,
        reminder,
        form,
        act,
        title="Send again",
        done="It is owed once more.",
        sentences=[
            "It goes once more, to the same recipient, as soon as the quiet hours there allow; an alert goes at once.",
            "Whether it is still true is looked at before it goes.",
        ],
    )


def cancel_page(admin: ScopedAdmin, request: HttpRequest, reminder: Reminder) -> HttpResponse:
    """Let go of what is owed, with a reason."""
    form = ReasonForm(request.POST or None)

    def act() -> object:
        return cancel(reminder, **_said(admin, request, reminder, form))

    return _answer(
        admin,
        request,
        reminder,
        form,
        act,
        title="Cancel",
        done="Cancelled.",
        sentences=[
            "It does not go, and the plan does not owe it again. Others of its kind still go.",
            "If it is being handed over at this moment, it goes all the same, and the ledger says so.",
        ],
        is_grave=True,
    )


def mute_page(admin: ScopedAdmin, request: HttpRequest, reminder: Reminder) -> HttpResponse:
    """Keep this kind, or every routine message, from the patient, until a day or for good."""
    form = MuteForm(request.POST or None, kind=reminder.kind)

    def act() -> object:
        given = form.cleaned_data
        said = _said(admin, request, reminder, form)
        return mute(reminder.plan.patient, kind=given["kind"], until=given["until"], reminder=reminder, **said)

    return _answer(
        admin,
        request,
        reminder,
        form,
        act,
        title="Mute",
        done="Muted.",
        sentences=[
            "What is muted does not go to the patient. What goes to the clinic and to prescribers still goes.",
            "What the patient does not want at all belongs to the patient’s own settings and consent.",
        ],
        is_grave=True,
    )


def unmute_page(admin: ScopedAdmin, request: HttpRequest, reminder: Reminder) -> HttpResponse:
    """Take one of the mutes of this patient back."""
    # A second click names what the first one has lifted: the service knows that it is the same act.
    ever = request.method == "POST"
    notes = mutes_ever(reminder.plan.patient_id) if ever else mutes_for(reminder, at=at_of(request))
    form = UnmuteForm(request.POST or None, notes=notes)

    def act() -> object:
        muted = next(note for note in notes if note.code == form.cleaned_data["muted"])
        return unmute(muted, **_said(admin, request, reminder, form))

    return _answer(
        admin,
        request,
        reminder,
        form,
        act,
        title="Unmute",
        done="Unmuted.",
        sentences=["From now on it goes again. What was not sent meanwhile is not sent by itself."],
    )


def _said(admin: ScopedAdmin, request: HttpRequest, reminder: Reminder, form: forms.Form) -> dict[str, Any]:
    given = form.cleaned_data
    by, at = admin.actor(request, reminder), at_of(request)
    return {"reason": given["reason"], "request_key": given["request_key"], "by": by, "at": at}


def _answer(
    admin: ScopedAdmin,
    request: HttpRequest,
    reminder: Reminder,
    form: forms.Form,
    act: Callable[[], object],
    *,
    title: str,
    done: str,
    sentences: list[str],
    is_grave: bool = False,
) -> HttpResponse:
    """The form, until it is sent whole and nothing is refused."""
    if form.is_valid():
        try:
            act()
        except InvalidRequest as refusal:
            add_refusal(form, refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, reminder, done)
    return admin.page(
        request,
        "admin/scoped/confirm.html",
        title=title,
        trail=admin.trail_to(reminder, title),
        form=form,
        sentences=sentences,
        submit=title,
        is_grave=is_grave,
        back=admin.address_of(reminder),
    )
