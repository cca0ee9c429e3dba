"""What the provider of text messages reports, for the provider alone: signed, small, and of use only once.

A stranger is answered in the same way whatever a message’s id is: the signature is looked at first.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from patients.models import Channel
from patients.reminders.channels.configured import sms_provider
from patients.reminders.channels.status_report import Callback, ForgedReport, UnreadableReport
from patients.reminders.reported import take_report

MOST_BYTES = 16_384
"""Of a report; real ones have a few hundred."""


@csrf_exempt  # A provider has no cookie. Its signature says all that there is to say.
@never_cache
@require_POST
def text_message_reports(request: HttpRequest) -> HttpResponse:
    """204: taken, also for the second time. 403: forged. 400: says nothing known. 404: of no message of ours."""
    provider = sms_provider()
    if provider is None:
        raise Http404
    if is_too_large(request):
        return HttpResponse(status=413)
    at = timezone.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    # As the provider called it. What a proxy in front of us says of host and scheme is not needed.
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    try:
        report = provider.read_report(Callback(url, headers, request.body), at=at)
    except ForgedReport:
        return HttpResponse(status=403)
    except UnreadableReport:
        return HttpResponse(status=400)
    return HttpResponse(status=204 if take_report(report, channel=Channel.SMS, at=at) else 404)


def is_too_large(request: HttpRequest, *, most: int = MOST_BYTES) -> bool:
    """Whether more is announced than is read. Without a length nothing is read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return not said.isdecimal() or int(said) > most
