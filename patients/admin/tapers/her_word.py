"""What the patient tells the clinic, by telephone or otherwise, written down as she would in the portal.

The same services as hers write it; the record says that staff did, and how they heard it.
"""

from datetime import date
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.standing import today_of
from patients.admin.tapers.consent import confirm_page
from patients.models import DiaryEntry, Taper, Told, UseKind
from patients.services.documents.printable import day
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.using import DIARY_REACHES_BACK, report_red_flags, report_use, write_diary
from protocols.domain.red_flags import EMERGENCY, RED_FLAGS
from protocols.models.content import choices


class HerWordForm(forms.Form):
    """What she told, and how the clinic heard it."""

    told = forms.ChoiceField(
        label="How the patient told it", choices=[("", "Choose"), *choices(Told)], widget=inputs.SelectInput()
    )

    def how(self) -> Told:
        """The form is valid."""
        return Told(self.cleaned_data["told"])

    def refuse(self, refusal: Refused) -> None:
        field = refusal.field if isinstance(refusal, InvalidRequest) else ""
        self.add_error(field if field in self.fields else None, str(refusal))


class UseForm(HerWordForm):
    kind = forms.ChoiceField(
        label="The patient says", choices=[("", "Choose"), *choices(UseKind)], widget=inputs.SelectInput()
    )
    since = forms.DateField(label="Since", widget=inputs.DateInput())
    note = forms.CharField(label="In the patient’s words", required=False, widget=inputs.TextareaInput())


class DiaryForm(HerWordForm):
    """One day. replaces: the code of the entry of that day which was on the screen."""

    replaces = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput())
    on = forms.DateField(label="Day", widget=inputs.DateInput(), help_text="Today, or one of the two weeks before it.")
    symptoms = forms.IntegerField(
        label="Symptoms",
        required=False,
        widget=inputs.IntegerInput(),
        help_text="From 0, none, to 10, the worst imaginable. Empty: not recorded.",
    )
    rescue_doses = forms.IntegerField(
        label="Doses of rescue medicine",
        required=False,
        widget=inputs.IntegerInput(),
        help_text="0 if none was needed. Empty: not recorded.",
    )
    note = forms.CharField(label="In the patient’s words", required=False, widget=inputs.TextareaInput())


class WarningForm(HerWordForm):
    flags = forms.MultipleChoiceField(
        label="What the patient has noticed",
        choices=[(flag.key, flag.name.capitalize()) for flag in RED_FLAGS.values()],
        widget=inputs.CheckboxesInput(),
    )


def use_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Write down what she says she takes, as she would in the portal."""
    form = UseForm(request.POST or None, initial={"since": _today(request, taper)})
    if form.is_valid():
        said = form.cleaned_data
        kind = UseKind(said["kind"])
        try:
            report_use(taper, kind=kind, since=said["since"], note=said["note"], **_who(admin, request, taper, form))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return admin.done(request, taper, f"Written down: {kind.label}.")
    return _page(
        admin,
        request,
        taper,
        "Write down what is taken",
        form,
        "Schedule and use are two records. What is said here changes no step, and is nobody’s fault.",
        "“Yes, I have changed” lets a taper go on that waited for this answer.",
    )


def diary_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Write one day of the diary. What stands of that day is shown before it is replaced."""
    today = _today(request, taper)
    form = DiaryForm(request.POST or None, initial={"on": today})
    if form.is_valid() and _has_seen(form, taper):
        said = form.cleaned_data
        day_of_it = {name: said[name] for name in ("on", "symptoms", "rescue_doses", "note")}
        try:
            write_diary(taper, **day_of_it, **_who(admin, request, taper, form))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return admin.done(request, taper, f"Written down for {day(said['on'])}.")
    since = today - DIARY_REACHES_BACK
    written = taper.diary.filter(replaced_at__isnull=True, on__gte=since).order_by("-on")
    return _page(
        admin,
        request,
        taper,
        "Write a day of the diary",
        form,
        "What is left empty is not recorded, which is not zero.",
        beneath=[entry_in_words(entry) for entry in written],
        beneath_title="Written already, in these two weeks",
    )


def warning_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Write down a warning sign that she told of: it alerts whoever is to know, as if she had reported it."""
    form = WarningForm(request.POST or None)
    if form.is_valid():
        try:
            report_red_flags(taper, flags=form.cleaned_data["flags"], **_who(admin, request, taper, form))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return admin.done(request, taper, "The warning sign is written down, and whoever is to know is told.")
    return _page(
        admin,
        request,
        taper,
        "Write down a warning sign",
        form,
        f"First tell the patient where to get help now: {EMERGENCY} Then write it down.",
        "Practitioner and prescriber are alerted as was signed, and the dose is held if the signature allows it.",
    )


def entry_in_words(entry: DiaryEntry) -> str:
    """“3 February 2027: symptoms 4 of 10, rescue doses not recorded; written by the patient.”"""
    symptoms = "not recorded" if entry.symptoms is None else f"{entry.symptoms} of 10"
    doses = "not recorded" if entry.rescue_doses is None else str(entry.rescue_doses)
    note = f", “{entry.note}”" if entry.note else ""
    return f"{day(entry.on)}: symptoms {symptoms}, rescue doses {doses}{note}; written by {written_by(entry.told)}."


def written_by(told: str) -> str:
    """Who wrote it: she, or the clinic on her word."""
    return f"the clinic, told {Told(told).label.lower()}" if told else "the patient"


def _has_seen(form: DiaryForm, taper: Taper) -> bool:
    """Whether nothing stands of that day but what was on the screen; else the form asks for the whole day once more."""
    standing = taper.diary.filter(on=form.cleaned_data["on"], replaced_at__isnull=True).first()
    if standing is None or form.cleaned_data["replaces"] == standing.code:
        return True
    data = cast(QueryDict, form.data).copy()
    data["replaces"] = standing.code
    form.data = data
    form.add_error(
        None,
        f"Of this day there is something already. {entry_in_words(standing)} Enter the whole day as it is to stand, "
        "and write it down once more: it takes the place of that.",
    )
    return False


def _who(admin: ScopedAdmin, request: HttpRequest, taper: Taper, form: HerWordForm) -> dict[str, Any]:
    return {"told": form.how(), "by": admin.actor(request, taper), "at": at_of(request)}


def _page(
    admin: ScopedAdmin,
    request: HttpRequest,
    taper: Taper,
    title: str,
    form: HerWordForm,
    *sentences: str,
    **beneath: Any,
) -> HttpResponse:
    return confirm_page(admin, request, taper, title, form=form, sentences=sentences, submit="Write it down", **beneath)


def _today(request: HttpRequest, taper: Taper) -> date:
    return today_of(taper.plan.patient, at_of(request))
