"""From the link in a message to the open page: a tap sends a code, and the code opens. Looking alone does nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.models.private_links import request_of
from patients.prescriber.browser import forget, new_visitor, remember, visitor_of
from patients.prescriber.pages import closed_page, private, to_page
from patients.services.tapers.link_codes import close_visit, enter_code, open_visit, send_code
from patients.services.tapers.link_errors import LinkDead, LinkRefused
from patients.services.tapers.link_standing import linked_request


@private
@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the link’s secret out of the address at once. Nothing is looked up for people here, and nothing written.

    A link that opens nothing leads on in the same way: the page after it says so.
    """
    found = request_of(token)
    response = redirect("prescriber:closed") if found is None else to_page(found.code)
    if found is not None:
        remember(response, visitor_of(request, found.code) or new_visitor(found.code))
    response["Referrer-Policy"] = "no-referrer"
    return response


@private
@require_http_methods(["GET", "HEAD"])
def closed(request: HttpRequest) -> HttpResponse:
    return closed_page(request)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, code: str) -> HttpResponse:
    """Send a code to the confirmed mailbox, for this browser alone."""
    visitor, found = visitor_of(request, code), linked_request(code)
    if request.method != "POST":
        return to_page(code)
    if visitor is None or found is None:
        return closed_page(request)
    try:
        send_code(found, browser=visitor.browser, at=timezone.now())
    except LinkDead:
        return closed_page(request)
    except LinkRefused as refused:
        messages.error(request, str(refused))
    return to_page(code)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Open the page with the code out of the message."""
    visitor, found = visitor_of(request, code), linked_request(code)
    if request.method != "POST":
        return to_page(code)
    if visitor is None or found is None:
        return closed_page(request)
    at = timezone.now()
    if open_visit(found, browser=visitor.browser, at=at) is None:
        # A second tap on the same button finds the page open, and is led on.
        try:
            enter_code(found, request.POST.get("code", ""), browser=visitor.browser, at=at)
        except LinkDead:
            return closed_page(request)
        except LinkRefused as refused:
            messages.error(request, str(refused))
    return to_page(code)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Close the page in this browser."""
    if request.method != "POST":
        return to_page(code)
    visitor, found = visitor_of(request, code), linked_request(code)
    if visitor is not None and found is not None:
        close_visit(found, browser=visitor.browser, at=timezone.now())
    response = render(request, "prescriber/left.html")
    forget(response, code)
    return response
