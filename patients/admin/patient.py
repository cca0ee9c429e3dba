"""Patients: the list that says how each plan stands, the record, and what can be begun from it."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from clinics.admin import inputs
from clinics.admin.adding import code_of_submission
from clinics.admin.changes import Change, changes_in
from clinics.admin.desk import at_of, clinics_with, desk_of
from clinics.admin.meanwhile import StillThereFormSet, UnlessChangedMeanwhile, values_of
from clinics.admin.scoped import ScopedInline, row_page
from clinics.domain.instants import zone
from clinics.models import Clinic
from clinics.phone_numbers import PhoneNumberError, mobile_number
from clinics.roles import Act
from patients.admin.assigning import assign_page
from patients.admin.day.page import day_page, sheet_page
from patients.admin.day.times import times_page
from patients.admin.inviting import invite_page, portal_words
from patients.admin.plan_filter import PlanStateFilter
from patients.admin.reached import reached_words
from patients.admin.record import RecordPages
from patients.admin.reminders.day_page import reminders_page
from patients.admin.reminders.muted import muted_words
from patients.admin.standing import current_plan, standing, today_of
from patients.admin.tapers.drawing_up import from_record_page
from patients.admin.tapers.printing import doctor_letter_page
from patients.models import ContactKind, ContactPoint, Patient, Plan, Taper
from patients.services import people
from patients.services.progress import sentence, with_progress
from patients.services.tapers.standing import sentence as taper_sentence
from patients.services.tapers.standing import with_standing

ONE_A_LINE = "Enter it in a line of its own."


class ContactPointForm(forms.ModelForm):
    ends = forms.BooleanField(
        label="Use no longer",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="The address is kept in the history.",
    )

    again = forms.BooleanField(
        label="Works again",
        required=False,
        widget=inputs.CheckboxInput(),
        help_text="Messages were refused there. Tick when it takes them again.",
    )

    class Meta:
        model = ContactPoint
        fields = ("value", "messages_allowed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.stopped_at is None:
            self.fields["again"].widget = forms.HiddenInput()

    def clean_value(self) -> str:
        """What was typed decides whether it is an email address or a number, which is stored in one way of writing."""
        typed: str = self.cleaned_data["value"].strip()
        kind = ContactKind.of(typed)
        if self.instance.pk and kind.value != self.instance.kind:
            raise forms.ValidationError(f"This is no {ContactKind(self.instance.kind).label.lower()}. {ONE_A_LINE}")
        self.instance.kind = kind.value
        if kind is ContactKind.EMAIL:
            return typed
        try:
            return mobile_number(typed)
        except PhoneNumberError as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("ends") and "value" in self.changed_data:
            self.add_error("ends", "End the address first, and save. Then another one may be entered.")
        return cleaned


class ContactPointFormSet(StillThereFormSet):
    gone = "Somebody else has changed this address meanwhile. Look again."


class ContactPointInline(ScopedInline):
    """The addresses in use: one of each kind. One is ended, and then another may be entered; none is ever deleted."""

    model = ContactPoint
    form = ContactPointForm
    formset = ContactPointFormSet
    fields = ["value", "messages_allowed", "ends", "again"]
    verbose_name = "email address or mobile number for messages"
    verbose_name_plural = "email address and mobile number for messages"
    max_num = len(ContactKind)
    extra = 1

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ContactPoint]":
        return super().get_queryset(request).filter(ended_at__isnull=True)


def _tapers_of(patient: Patient) -> "QuerySet[Taper]":
    """Newest first, but for those that should never have been there."""
    tapers = Taper.objects.not_in_error().filter(plan__patient=patient)
    return with_standing(tapers).order_by("-created_at", "code")


@admin.register(Patient)
class PatientAdmin(UnlessChangedMeanwhile, RecordPages):
    clinic_path = "clinic"
    add_act = Act.EDIT_PATIENT
    change_act = Act.EDIT_PATIENT
    list_display: ClassVar[Sequence[Any]] = ["code", "name", "zone"]
    list_display_links = ["code", "name"]
    list_filter = [PlanStateFilter]
    search_fields = ["given_name", "family_name", "code"]
    search_help_text = "Name or code"
    fieldsets = [
        (None, {"fields": ["clinic", "given_name", "family_name", "zone"]}),
        ("When messages may come", {"fields": ["message_time", "quiet_starts", "quiet_ends"]}),
    ]
    inlines = [ContactPointInline]
    actions_detail = ["assign", "invite", "reminders", "changes"]
    change_form_outer_before_template = "admin/patients/patient_head.html"

    def own_urls(self) -> list[URLPattern]:
        tapering = self.wrapped(self.draw_up)
        letter = self.wrapped(self.doctor_letter)
        return [
            *self.record_urls(),
            path("<slug:object_id>/day/", self.wrapped(self.day), name="patients_patient_day"),
            path("<slug:object_id>/day/sheet/", self.wrapped(self.day_sheet), name="patients_patient_day_sheet"),
            path("<slug:object_id>/day/times/", self.wrapped(self.day_times), name="patients_patient_day_times"),
            path("<slug:object_id>/taper/<slug:entry>/", tapering, name="patients_patient_taper"),
            path("<slug:object_id>/taper/<slug:entry>/letter/", letter, name="patients_patient_doctor_letter"),
        ]

    # --- The day --------------------------------------------------------------------------------------------

    def day(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._day(request, object_id)

    def day_sheet(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._day_sheet(request, object_id)

    def day_times(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._day_times(request, object_id)

    @row_page(Act.SEE_PATIENTS)
    def _day(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return day_page(self, request, obj)

    @row_page(Act.SEE_PATIENTS)
    def _day_sheet(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return sheet_page(self, request, obj)

    @row_page(Act.EDIT_PATIENT)
    def _day_times(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return times_page(self, request, obj)

    # --- Tapers ---------------------------------------------------------------------------------------------

    def draw_up(self, request: HttpRequest, object_id: str, entry: str) -> HttpResponse:
        return self._draw_up(request, object_id, entry)

    def doctor_letter(self, request: HttpRequest, object_id: str, entry: str) -> HttpResponse:
        return self._doctor_letter(request, object_id, entry)

    @row_page(Act.MANAGE_TAPER)
    def _draw_up(self, request: HttpRequest, obj: Patient, entry: str) -> HttpResponse:
        return from_record_page(self, request, obj, entry)

    @row_page(Act.HANDLE_TAPER_PAPERS)
    def _doctor_letter(self, request: HttpRequest, obj: Patient, entry: str) -> HttpResponse:
        return doctor_letter_page(self, request, obj, entry)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Patient]":
        plans = with_progress(Plan.objects.visible_to(request.user))
        return super().get_queryset(request).select_related("clinic", "user").prefetch_related(Prefetch("plans", plans))

    def title_of(self, obj: Patient) -> str:
        return obj.full_name

    # --- The list -------------------------------------------------------------------------------------------

    @display(description="Name", ordering="family_name")
    def name(self, obj: Patient) -> str:
        return obj.full_name

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        at = at_of(request)

        @display(description="Plan")
        def plan(patient: Patient) -> str:
            return standing(patient, at=at)

        columns: list[str | Callable[[Patient], str]] = ["code", "name", plan, "zone"]
        return columns if len(desk_of(request).clinics_where(self.view_act)) == 1 else [*columns, "clinic"]

    # --- The record -----------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Patient | None = None) -> list[Any]:
        """The clinic is chosen once, by whoever works in several."""
        (first, particulars), *rest = super().get_fieldsets(request, obj)
        hides = obj is not None or len(desk_of(request).clinics_where(Act.EDIT_PATIENT)) == 1
        fields = [name for name in particulars["fields"] if not (hides and name == "clinic")]
        return [(first, {"fields": fields}), *rest]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "zone":
            kwargs["widget"] = inputs.ZoneInput()
        if db_field.name == "clinic":
            kwargs["queryset"] = clinics_with(request, Act.EDIT_PATIENT)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        clinic = self._only_clinic(request)
        return {"zone": clinic.zone} if clinic else {}

    def _only_clinic(self, request: HttpRequest) -> Clinic | None:
        clinics = list(clinics_with(request, Act.EDIT_PATIENT))
        return clinics[0] if len(clinics) == 1 else None

    def stored_values(self, obj: Patient) -> list[Any]:
        addresses = ContactPoint.objects.filter(patient=obj, ended_at__isnull=True).order_by("pk")
        # The login comes and goes by invitation, and no form changes it.
        return [values_of(obj, leave_out=["user"]), *map(values_of, addresses)]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Patient:
        patient: Patient = super().save_form(request, form, change)
        if not change and "clinic" not in form.fields:
            clinic = self._only_clinic(request)
            assert clinic is not None  # the form asks whoever works in several
            patient.clinic = clinic
        if not change and (code := code_of_submission(request)):
            patient.code = code
        return patient

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:
        people.save_patient(obj, by=self.actor(request, obj), at=at_of(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        by, at = self.actor(request, form.instance), at_of(request)
        for row in formset.forms:
            if row.has_changed() and row.instance.value:
                save = people.end_contact_point if row.cleaned_data.get("ends") else people.save_contact_point
                save(row.instance, by=by, at=at)
                if row.cleaned_data.get("again"):
                    people.use_again(row.instance, by=by, at=at)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        code = code_of_submission(request) if object_id is None else ""
        if code and (added := self.get_queryset(request).filter(code=code).first()):
            return self.done(request, added, "Saved.")
        nonce = {"nonce": request.POST.get("nonce") or secrets.token_hex(16)} if object_id is None else {}
        try:
            return super().changeform_view(request, object_id, form_url, nonce | (extra_context or {}))
        except (IntegrityError, ValidationError) as refusal:
            # Sent twice at once, and the other was first?
            if code and (added := self.get_queryset(request).filter(code=code).first()):
                return self.done(request, added, "Saved.")
            if not isinstance(refusal, ValidationError) or self.was_refused(request):
                raise
            # Somebody else saved the same record between our reading and our writing.
            self.refuse_form(request, refusal.messages)
            return super().changeform_view(request, object_id, form_url, nonce | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        patient = self.get_object(request, object_id)
        today = today_of(patient, at_of(request))
        plans = list(patient.plans.all())
        head = {
            "patient": patient,
            "current": current_plan(plans),
            "plans": [(plan, sentence(plan, today=today)) for plan in plans],
            "tapers": [(taper, taper_sentence(taper, today=today)) for taper in _tapers_of(patient)],
            "portal": portal_words(patient, at=at_of(request)),
            "reached": [*reached_words(patient), *muted_words(patient, at=at_of(request))],
            **self.record_context(request, patient),
        }
        return super().change_view(request, object_id, form_url, head | (extra_context or {}))

    def changes_of(self, obj: Patient) -> list[Change]:
        where = zone(obj.clinic.zone)
        record = obj.history.select_related("history_user").order_by("-history_date", "-history_id")
        addresses = ContactPoint.history.filter(patient=obj).select_related("history_user")
        found = changes_in(record, noun="Patient", zone=where) + changes_in(
            addresses.order_by("-history_date", "-history_id"), noun="Address", zone=where
        )
        return sorted(found, key=lambda change: change.at, reverse=True)

    # --- What can be begun ----------------------------------------------------------------------------------

    @action(description="Assign a protocol", url_path="assign", icon="assignment_add", variant=ActionVariant.PRIMARY)
    @row_page(Act.MOVE_PLAN)
    def assign(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return assign_page(self, request, obj)

    @action(description="Invite to the portal", url_path="invite", icon="mail")
    @row_page(Act.INVITE_PATIENT)
    def invite(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return invite_page(self, request, obj)

    @action(description="Reminders", url_path="reminders", icon="outbox")
    @row_page(Act.SEE_PATIENTS)
    def reminders(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return reminders_page(self, request, obj)

    @action(description="Changes", url_path="changes", icon="history")
    def changes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.history_view(request, object_id)

    def offers(self, action: str, obj: Patient) -> bool:
        return action != "invite" or obj.user_id is None
