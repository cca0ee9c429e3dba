"""The core record in the workspace: a section of the patient's page, and the pages behind its links."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.roles import Act
from patients.admin import record_closing as closing
from patients.admin import record_pages as pages
from patients.admin.record_section import Section
from patients.models import Patient

PLACE = "<slug:object_id>/record/"
FACT = f"{PLACE}<slug:kind>/<slug:entry>/"


class RecordPages(ScopedAdmin):
    """For the admin of patients. Whoever sees the patient reads the record; practitioners write it."""

    def record_urls(self) -> list[URLPattern]:
        name = "patients_patient_record"
        return [
            path(PLACE, self.wrapped(self.record), name=name),
            path(f"{PLACE}<slug:kind>/add/", self.wrapped(self.record_add), name=f"{name}_add"),
            path(f"{FACT}correct/", self.wrapped(self.record_correct), name=f"{name}_correct"),
            path(f"{FACT}end/", self.wrapped(self.record_end), name=f"{name}_end"),
            path(f"{FACT}error/", self.wrapped(self.record_error), name=f"{name}_error"),
            path(f"{FACT}history/", self.wrapped(self.record_history), name=f"{name}_history"),
        ]

    def record_context(self, request: HttpRequest, patient: Patient) -> dict[str, Any]:
        """What the section on the patient's page shows."""
        section = Section(self, request, patient)
        return {
            "record_groups": section.groups(),
            "may_edit_record": section.may_edit,
            "whole_record": self.address_of(patient, "record"),
        }

    @row_page(Act.SEE_PATIENTS)
    def _record(self, request: HttpRequest, obj: Patient) -> HttpResponse:
        return pages.whole_record_page(self, request, obj)

    @row_page(Act.SEE_PATIENTS)
    def _record_history(self, request: HttpRequest, obj: Patient, kind: str, entry: str) -> HttpResponse:
        return pages.history_page(self, request, obj, kind, entry)

    @row_page(Act.EDIT_RECORD)
    def _record_add(self, request: HttpRequest, obj: Patient, kind: str) -> HttpResponse:
        return pages.add_page(self, request, obj, kind)

    @row_page(Act.EDIT_RECORD)
    def _record_correct(self, request: HttpRequest, obj: Patient, kind: str, entry: str) -> HttpResponse:
        return pages.correct_page(self, request, obj, kind, entry)

    @row_page(Act.EDIT_RECORD)
    def _record_end(self, request: HttpRequest, obj: Patient, kind: str, entry: str) -> HttpResponse:
        return closing.end_page(self, request, obj, kind, entry)

    @row_page(Act.EDIT_RECORD)
    def _record_error(self, request: HttpRequest, obj: Patient, kind: str, entry: str) -> HttpResponse:
        return closing.error_page(self, request, obj, kind, entry)

    # Django names what an address holds; `row_page` takes it in order.

    def record(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._record(request, object_id)

    def record_add(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        return self._record_add(request, object_id, kind)

    def record_correct(self, request: HttpRequest, object_id: str, kind: str, entry: str) -> HttpResponse:
        return self._record_correct(request, object_id, kind, entry)

    def record_end(self, request: HttpRequest, object_id: str, kind: str, entry: str) -> HttpResponse:
        return self._record_end(request, object_id, kind, entry)

    def record_error(self, request: HttpRequest, object_id: str, kind: str, entry: str) -> HttpResponse:
        return self._record_error(request, object_id, kind, entry)

    def record_history(self, request: HttpRequest, object_id: str, kind: str, entry: str) -> HttpResponse:
        return self._record_history(request, object_id, kind, entry)
