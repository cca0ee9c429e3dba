"""Rounds: how far a clinic’s plans have come with a new edition of the safety rules. They are only read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import display

from clinics.admin.changes import local_words
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from patients.models import SafetyRound


def progress_words(found: SafetyRound) -> str:
    """“212 of 480 plans looked at”, with what could not be looked at."""
    words = f"{found.done + found.failed} of {found.plans} plans looked at"
    if found.failed:
        words += f"; {found.failed} could not be, and {'is' if found.failed == 1 else 'are'} tried again"
    return words if found.finished_at is not None or found.plans else "No plan runs"


@admin.register(SafetyRound)
class SafetyRoundAdmin(ScopedAdmin):
    clinic_path = "clinic"
    list_title = "Rounds of the safety rules"
    list_display: ClassVar[Sequence[Any]] = ["code", "clinic", "edition", "progress", "begun", "over"]
    list_display_links = None
    ordering = ["-started_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SafetyRound]":
        rows: QuerySet[SafetyRound] = super().get_queryset(request)
        return rows.select_related("clinic")

    @display(description="How far")
    def progress(self, obj: SafetyRound) -> str:
        return progress_words(obj)

    @display(description="Begun", ordering="started_at")
    def begun(self, obj: SafetyRound) -> str:
        return self._when(obj, obj.started_at)

    @display(description="Over", ordering="finished_at", empty_value="still going on")
    def over(self, obj: SafetyRound) -> str | None:
        return self._when(obj, obj.finished_at) if obj.finished_at else None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The line in the list says all there is."""
        self.get_object(request, object_id)
        return redirect(self.list_address())

    @staticmethod
    def _when(obj: SafetyRound, at: datetime) -> str:
        return local_words(at, zone(obj.clinic.zone))
