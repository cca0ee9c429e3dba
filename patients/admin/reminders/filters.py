"""By what the ledger is narrowed: patient and day, kind, status."""

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from patients.models import Attempt, Patient, Reminder, ReminderStatus
from patients.reminders.kinds import KINDS
from patients.reminders.ledger_facts import NOT_ACCEPTED
from patients.reminders.ledger_words import kind_words


def failing(reminders: "QuerySet[Reminder]") -> "QuerySet[Reminder]":
    """Still owed, though at least one attempt to hand it over has failed."""
    attempts = Attempt.objects.filter(message=OuterRef("message"), outcome__in=NOT_ACCEPTED)
    return reminders.owed().filter(Exists(attempts))  # type: ignore[attr-defined]


def missed_altogether(reminders: "QuerySet[Reminder]") -> "QuerySet[Reminder]":
    """Missed, and not sent, nor owed, by another channel either: what nobody has read."""
    otherwise = Reminder.objects.filter(
        occurrence=OuterRef("occurrence"), status__in=[ReminderStatus.SENT.value, ReminderStatus.OWED.value]
    )
    return reminders.filter(~Exists(otherwise), status=ReminderStatus.MISSED.value)


class PatientAndDayFilter(admin.SimpleListFilter):
    """Two fields of one form: the code of a patient, and a civil day. Both together lead to the answer for that day."""

    title = "patient and day"
    parameter_name = "patient"
    day_name = "day"
    template = "admin/patients/reminders/filter.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.day = (params.pop(self.day_name, None) or [""])[-1].strip()
        self.patient = (self.value() or "").strip().upper()
        found = self.patient and Patient.objects.visible_to(request.user).filter(code=self.patient).exists()
        self.asks_about = self.patient if found and day_of(self.day) else ""

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name, self.day_name]

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def choices(self, changelist: Any) -> Iterator[Any]:
        own = {self.parameter_name, self.day_name, "p"}
        kept = [(name, value) for name, value in changelist.get_filters_params().items() if name not in own]
        kept += [("q", changelist.query)] if changelist.query else []
        address = reverse("admin:patients_patient_reminders", args=[self.asks_about]) if self.asks_about else ""
        yield {
            "patient": self.patient,
            "day": self.day,
            "kept": [(name, value[-1] if isinstance(value, list) else value) for name, value in kept],
            "without": changelist.get_query_string(remove=list(own)),
            "answer": f"{address}?on={self.day}" if address else "",
        }

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.patient:
            queryset = queryset.filter(plan__patient__code=self.patient)
        if self.day:
            on = day_of(self.day)
            queryset = queryset.none() if on is None else queryset.filter(civil_date=on)
        return queryset


def day_of(text: str) -> date | None:
    """“2027-01-15” as a date; None for what is none, or lies where calendars end."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if MINYEAR < on.year < MAXYEAR else None


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, kind_words(kind.name)) for kind in KINDS.values()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        statuses = [(status.value, status.value.capitalize()) for status in ReminderStatus]
        return [("failing", "Failing"), *statuses, ("missed-altogether", "Missed, by every channel")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "failing":
            return failing(queryset)
        if self.value() == "missed-altogether":
            return missed_altogether(queryset)
        return queryset.filter(status=self.value()) if self.value() else queryset
