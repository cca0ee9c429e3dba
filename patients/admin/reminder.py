"""The reminders ledger: what is owed to whom, when it goes, and what became of every attempt. It is only read."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from clinics.admin.changes import local_words
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.models import Prescriber, User
from patients.models import Attempt, AttemptOutcome, RecipientKind, Reminder, ReminderStatus
from patients.reminders.kinds import KINDS

FAILED = [AttemptOutcome.FAILED.value, AttemptOutcome.REFUSED.value, AttemptOutcome.UNKNOWN.value]


def kind_words(kind: str) -> str:
    """“A phase starts today”. A kind that is no longer in the registry keeps its name."""
    return KINDS[kind].words if kind in KINDS else kind


def _of_recipient(field: str, *, of_patient: Any) -> Case:
    """This column of whoever receives: staff and prescribers are found by their codes."""
    by_code = {
        RecipientKind.STAFF: User.objects.filter(code=OuterRef("recipient_code")),
        RecipientKind.PRESCRIBER: Prescriber.objects.filter(code=OuterRef("recipient_code")),
    }
    return Case(
        When(recipient_kind=RecipientKind.PATIENT.value, then=of_patient),
        *(When(recipient_kind=kind.value, then=Subquery(rows.values(field)[:1])) for kind, rows in by_code.items()),
        output_field=CharField(),
    )


def failing(reminders: "QuerySet[Reminder]") -> "QuerySet[Reminder]":
    """Still owed, though at least one attempt to hand it over has failed."""
    attempts = Attempt.objects.filter(message=OuterRef("message"), outcome__in=FAILED)
    return reminders.owed().filter(Exists(attempts))  # type: ignore[attr-defined]


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
        return [("failing", "Failing"), *statuses]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "failing":
            return failing(queryset)
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    clinic_path = "plan__patient__clinic"
    list_display: ClassVar[Sequence[Any]] = ["code", "what", "patient", "for_whom", "goes_at", "badge"]
    list_filter = [StatusFilter, KindFilter]
    search_fields = ["code", "plan__patient__code", "plan__code", "taper__code"]
    search_help_text = "Code of the patient, plan, taper or reminder"
    ordering = ["-send_at", "code"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Reminder]":
        rows: QuerySet[Reminder] = super().get_queryset(request)
        return rows.select_related("plan__patient__clinic", "phase", "taper", "message").annotate(
            recipient_zone=_of_recipient("zone", of_patient=F("plan__patient__zone")),
            recipient_name=_of_recipient("name", of_patient=Value("the patient")),
            has_failed=Exists(Attempt.objects.filter(message=OuterRef("message"), outcome__in=FAILED)),
        )

    def title_of(self, obj: Reminder) -> str:
        return f"{kind_words(obj.kind)} · {obj.plan.patient.code}"

    @display(description="What", ordering="kind")
    def what(self, obj: Reminder) -> str:
        return kind_words(obj.kind)

    @display(description="Patient", ordering="plan__patient__code")
    def patient(self, obj: Reminder) -> str:
        return obj.plan.patient.code

    @display(description="For")
    def for_whom(self, obj: Any) -> str:
        return obj.recipient_name or obj.recipient_code

    @display(description="Goes at", ordering="send_at")
    def goes_at(self, obj: Any) -> str:
        return when_words(obj.send_at, obj.recipient_zone)

    @display(description="Status", ordering="status")
    def badge(self, obj: Any) -> SafeString:
        status, words = status_words(obj)
        reason = format_html(' <span class="own-quiet">{}</span>', obj.reason) if obj.reason else ""
        return format_html('<span class="own-badge own-badge-{}">{}</span>{}', status, words, reason)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        reminder = self.get_object(request, object_id)
        local: Callable[[datetime], str] = lambda at: when_words(at, reminder.recipient_zone)  # noqa: E731
        attempts = reminder.message.attempts.all() if reminder.message else []
        return self.page(
            request,
            "admin/patients/reminder.html",
            title=str(reminder),
            trail=self.trail_to(reminder),
            reminder=reminder,
            words=kind_words(reminder.kind),
            badge=status_words(reminder),
            for_whom=self.for_whom(reminder),
            send_at=local(reminder.send_at),
            too_late_at=local(reminder.too_late_at),
            finished_at=local(reminder.finished_at) if reminder.finished_at else "",
            next_attempt_at=_next_attempt(reminder, local),
            attempts=[
                (attempt, local(attempt.started_at), AttemptOutcome(attempt.outcome).value.capitalize())
                for attempt in attempts
            ],
        )


def status_words(reminder: Any) -> tuple[str, str]:
    """How the badge looks, and what it says. An owed reminder whose attempts failed says so."""
    if reminder.status == ReminderStatus.OWED.value and reminder.has_failed:
        return "owed-failing", "Owed, failing"
    return reminder.status, reminder.get_status_display()


def when_words(at: datetime, zone_name: str | None) -> str:
    """The instant on the recipient's own clock."""
    name = zone_name or "UTC"
    return f"{local_words(at, zone(name))} {name}"


def _next_attempt(reminder: Reminder, local: Callable[[datetime], str]) -> str:
    message = reminder.message
    if message is None or message.finished_at is not None or reminder.status != ReminderStatus.OWED.value:
        return ""
    return local(message.next_attempt_at)
