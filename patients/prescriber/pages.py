"""What all pages behind a link have in common: nobody keeps a copy, and each begins with who is visiting."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.prescriber.browser import visitor_of
from patients.prescriber.words import in_words
from patients.services.errors import Refused
from patients.services.tapers.by_link import visit_of
from patients.services.tapers.link_codes import waits_for_code
from patients.services.tapers.link_errors import LinkDead, VisitOver
from patients.services.tapers.link_standing import link_state, linked_request
from patients.services.tapers.reported import reported_since
from protocols.domain.taper_states import IllegalTaperMove
from protocols.domain.terms import TermsError

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """No copy is kept and no search engine lists it.

    The address of a page has no secret in it, so it keeps the site’s referrer policy: with “no-referrer” browsers
    hide where a form comes from, and the protection against forged forms would refuse it.
    """

    @never_cache
    @wraps(view)
    def marked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return marked


def for_reading(view: View) -> View:
    """A page of whoever opened the link here and entered the code: `view(request, visit, at=...)`."""

    @private
    @require_http_methods(["GET", "HEAD"])
    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        at = timezone.now()
        visitor = visitor_of(request, code)
        try:
            if visitor is None:
                return closed_page(request)
            visit = visit_of(visitor, at=at)
        except LinkDead:
            return closed_page(request)
        except VisitOver:
            return door(request, code, at=at)
        try:
            return view(request, visit, at=at)
        except TermsError as error:
            return _unreadable(request, error, reported=reported_since(visit.taper))

    return opened


def for_acting(view: View) -> View:
    """Something done on the page: `view(request, visitor, visit, at=...)`.

    Only a tap does it: whoever follows the address, as scanners do, is led to the page. So is who is refused, and
    reads there why.
    """

    @private
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        visitor = visitor_of(request, code)
        if request.method != "POST":
            return to_page(code)
        if visitor is None:
            return closed_page(request)
        at = timezone.now()
        try:
            return view(request, visitor, visit_of(visitor, at=at), at=at)
        except LinkDead:
            return closed_page(request)
        except (Refused, IllegalTaperMove) as refused:
            messages.error(request, in_words(refused))
            return to_page(code)
        except TermsError as error:
            return _unreadable(request, error)

    return opened


def door(request: HttpRequest, code: str, *, at: datetime) -> HttpResponse:
    """The neutral page: it says nothing of whom or what this is about, and offers a code."""
    visitor = visitor_of(request, code)
    found = None if visitor is None else linked_request(code)
    if visitor is None or found is None or not link_state(found, at=at).opens:
        return closed_page(request)
    waits = waits_for_code(found, browser=visitor.browser, at=at)
    return render(request, "prescriber/door.html", {"code": code, "waits": waits})


def closed_page(request: HttpRequest) -> HttpResponse:
    """The one answer to every link that opens nothing, whatever the reason."""
    return render(request, "prescriber/closed.html", status=HTTPStatus.GONE)


def _unreadable(request: HttpRequest, error: TermsError, *, reported: tuple[str, ...] = ()) -> HttpResponse:
    """Stored terms that are not what was stored are shown to nobody; what has come up since is."""
    context = {"why": str(error), "reported": reported}
    return render(request, "prescriber/unreadable.html", context, status=HTTPStatus.CONFLICT)


def to_page(code: str) -> HttpResponse:
    return redirect("prescriber:page", code=code)
