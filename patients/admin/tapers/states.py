"""Lists of tapers narrowed to what somebody is to do about them, in the clinic’s words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from clinics.admin.desk import at_of
from patients.models import RedFlagReport
from protocols.domain.taper_states import OPEN, TaperStatus


def with_status(*statuses: TaperStatus) -> Callable[[Any, datetime], Any]:
    return lambda tapers, at: tapers.filter(status__in=[status.value for status in statuses])


def with_open_red_flag(tapers: Any, at: datetime) -> Any:
    """Those about which a warning sign was reported that nobody has reviewed yet."""
    return tapers.filter(Exists(RedFlagReport.objects.filter(taper=OuterRef("pk"), cleared_at__isnull=True)))


STATES: Final[dict[str, tuple[str, Callable[[Any, datetime], Any]]]] = {
    "red-flag": ("Warning sign open", with_open_red_flag),
    "rescue": ("Rescue medicine often", lambda tapers, at: tapers.rescue_over(at.date())),
    "signature": ("Signatures wanted", lambda tapers, at: tapers.awaiting_signature()),
    "unknown": ("Use unknown", lambda tapers, at: tapers.use_unknown(at)),
    "held": ("On hold", with_status(TaperStatus.HELD)),
    "running": ("Running", lambda tapers, at: tapers.running()),
    "draft": ("Drafts", with_status(TaperStatus.DRAFT)),
    "ended": ("Ended", with_status(TaperStatus.COMPLETED, TaperStatus.STOPPED)),
    "entered-in-error": ("Entered in error", with_status(TaperStatus.ENTERED_IN_ERROR)),
}
"""By what stands in the address: the words, and the tapers of that state at that instant."""


class TaperStateFilter(SimpleListFilter):
    """Open tapers, unless another state is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        self.at = at_of(request)
        return [(name, words) for name, (words, _) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if (chosen := STATES.get(self.value() or "")) is not None:
            return chosen[1](queryset, self.at)
        return queryset.filter(status__in=[status.value for status in OPEN])

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [first | {"display": "Open"}, *rest]
