"""The numbers of delivery for whatever collects them: Prometheus’ text format, behind a token.

Written by hand: a few gauges read from rows have no use for a client library, which counts within one process.
"""

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.reminders.figures import Figures, figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever brings the token; where none is set there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("not found", content_type="text/plain", status=HTTPStatus.NOT_FOUND)
    if not _has_token(request):
        refused = HttpResponse("a token is needed", content_type="text/plain", status=HTTPStatus.UNAUTHORIZED)
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(text_of(figures(at=timezone.now())), content_type=CONTENT_TYPE)


def text_of(found: Figures) -> str:
    """Every number as one or more lines, each kind with what it means."""
    return "".join(_families(found))


def _families(found: Figures) -> Iterator[str]:
    yield _gauge("reminders_due", "Reminders that are owed and whose time has come.", {"": found.due})
    oldest = found.oldest_due.total_seconds()
    yield _gauge("reminders_oldest_due_seconds", "For how long the oldest of these has waited.", {"": oldest})
    yield _gauge("reminders_ahead", "Reminders that are owed for later.", {"": found.ahead})
    failed = {f'{{channel="{channel}"}}': count for channel, count in found.failed.items()}
    yield _gauge("attempts_failed_1h", "Hand-overs of the last hour that were not accepted, by channel.", failed)
    missed = {f'{{reason="{reason}"}}': count for reason, count in found.missed.items()}
    yield _gauge("reminders_missed_24h", "Reminders of the last 24 hours that did not go, by reason.", missed)
    yield _gauge("sweep_timestamp_seconds", "When the sweep ran last; 0 for never.", {"": _stamp(found.swept_at)})
    broke = _stamp(found.broke_at)
    yield _gauge("sweep_broke_timestamp_seconds", "When something broke in a sweep last; 0 for never.", {"": broke})
    yield _gauge("workers_seen_1h", "Workers that did something within the last hour.", {"": found.workers})
    is_well = 0 if found.faults else 1
    yield _gauge("delivery_healthy", "1 while the sweep runs and nothing due waits for long; else 0.", {"": is_well})


def _gauge(name: str, meaning: str, values: Mapping[str, float]) -> str:
    """values: by their labels as they are written, "" for none. Labels are words of ours and need no escaping."""
    name = f"gutclinic_{name}"
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    lines += [f"{name}{labels} {value:.15g}" for labels, value in values.items()]
    return "\n".join(lines) + "\n"


def _stamp(at: datetime | None) -> float:
    return 0 if at is None else at.timestamp()


def _has_token(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "")
    return hmac.compare_digest(said.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
