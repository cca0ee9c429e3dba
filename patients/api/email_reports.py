"""What the email service reports, for the service alone: it brings the secret that both were told.

Anymail looks at the secret or the signature, and reads. Its signal is not used: what is to happen is called here.
"""

from typing import Final

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from patients.api.status_reports import is_too_large
from patients.models import Channel
from patients.reminders.channels.email_reports import read_event
from patients.reminders.isolation import each
from patients.reminders.reported import take_report

MOST_BYTES = 1_048_576
"""Some services post a thousand events at once."""
UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What Anymail lets through of a body that is none: parts that are missing, or of another type, or without an end."""


@csrf_exempt  # A service has no cookie. The secret that it brings says all that there is to say.
@never_cache
@require_http_methods(["HEAD", "POST"])
def email_reports(request: HttpRequest) -> HttpResponse:
    """204: taken, also for the second time, and what is not about a message of ours. 403: forged. 400: unreadable."""
    if not settings.EMAIL_REPORTS or not settings.EMAIL_WEBHOOK_SECRET:
        raise Http404
    if request.method == "HEAD":
        # Some services try the address before they use it.
        return HttpResponse(status=204)
    if is_too_large(request, most=MOST_BYTES):
        return HttpResponse(status=413)
    reader = import_string(settings.EMAIL_REPORTS)()
    reader.setup(request)
    try:
        reader.run_validators(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    except UNREADABLE:
        # Where a signature stands in what is signed, it has to be read first.
        return HttpResponse(status=400)
    try:
        found = [read_event(event) for event in reader.parse_events(request)]
    except (*UNREADABLE, AnymailError):
        return HttpResponse(status=400)
    at = timezone.now()
    # One that breaks keeps no other one back. It is raised then, so that the service posts it again.
    each(
        [report for report in found if report is not None],
        lambda report: take_report(report, channel=Channel.EMAIL, at=at),
        what="a report of an email",
    )
    return HttpResponse(status=204)
