"""Whether this server can serve, and whether reminders go: asked by whatever watches over it.

It says yes or no, and of reminders which of two fixed sentences is the fault; nothing else.
"""

from http import HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.reminders.figures import pulse


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 while it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("down", content_type="text/plain", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse("up", content_type="text/plain")


@never_cache
@require_safe
def delivery_health(request: HttpRequest) -> HttpResponse:
    """200 while the sweep runs and nothing due waits for long; 503 with what is wrong."""
    try:
        faults = pulse(at=timezone.now())
    except DatabaseError:
        faults = ["The database does not answer."]
    if faults:
        return HttpResponse(" ".join(faults), content_type="text/plain", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse("up", content_type="text/plain")
