"""The code that a prescriber has sent to the own mailbox, and the half hour for which it opens one browser.

browser: a secret that only this browser holds; here only its hash is stored.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from clinics.services.letters import LetterNotSent, send_letter
from patients.models import LinkCode, SigningRequest
from patients.services.errors import Refused
from patients.services.tapers.link_errors import (
    CodeNotSent,
    CodeOfOtherBrowser,
    CodeTooOld,
    LinkDead,
    NoCode,
    TooManyCodes,
    TooManyCodesToday,
    TriesOver,
    WrongCode,
)
from patients.services.tapers.link_standing import link_state, linked_request

CODE_DIGITS = 8
NOT_SENT = ""
"""In the place of the hash of a code that the mail server did not take: nothing that is typed has this hash."""
CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
OPEN_FOR = timedelta(minutes=30)
MOST_CODES = 5
MOST_SENDINGS = 20
"""Also those that the mail server did not take: within the hour no more than these are tried."""
WITHIN = timedelta(hours=1)
MOST_CODES_A_DAY = 15
A_DAY = timedelta(hours=24)


def send_code(request: SigningRequest, *, browser: str, at: datetime) -> None:
    """Send a new code to the address of this request; an earlier one is dead. Never call it inside a transaction.

    Raises `LinkRefused`.
    """
    typed = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        request = _locked(request, at=at)
        _require_few(request, at=at)
        request.link_codes.filter(entered_at__isnull=True, ended_at__isnull=True).update(ended_at=at)
        code = LinkCode.objects.create(
            request=request,
            code_hash=_code_hash(request, typed),
            browser_hash=_browser_hash(browser),
            sent_at=at,
            expires_at=at + CODE_LASTS,
        )
    try:
        send_letter(
            "prescriber_code",
            about=request.code,
            address=request.address,
            sender_name=request.version.taper.plan.patient.clinic.message_name,
            context={"code": typed, "minutes": CODE_LASTS // timedelta(minutes=1)},
        )
    except LetterNotSent as error:
        LinkCode.objects.filter(pk=code.pk, entered_at__isnull=True).update(ended_at=at, code_hash=NOT_SENT)
        raise CodeNotSent from error


def _require_few(request: SigningRequest, *, at: datetime) -> None:
    """Refuse more codes than somebody needs who reads the mailbox. Those that never left count for little."""
    tried = request.link_codes.filter(sent_at__gt=at - A_DAY).values_list("sent_at", "code_hash")
    within_hour = [code_hash for sent_at, code_hash in tried if sent_at > at - WITHIN]
    if len(within_hour) >= MOST_SENDINGS or sum(found != NOT_SENT for found in within_hour) >= MOST_CODES:
        raise TooManyCodes
    if sum(found != NOT_SENT for _, found in tried) >= MOST_CODES_A_DAY:
        raise TooManyCodesToday


def waits_for_code(request: SigningRequest, *, browser: str, at: datetime) -> bool:
    """Whether this browser was sent a code that may still be entered."""
    return request.link_codes.filter(
        browser_hash=_browser_hash(browser), entered_at__isnull=True, ended_at__isnull=True, expires_at__gt=at
    ).exists()


def enter_code(request: SigningRequest, typed: str, *, browser: str, at: datetime) -> LinkCode:
    """Open this browser for half an hour. Raises `LinkRefused`; a wrong try is counted all the same."""
    with transaction.atomic():
        request = _locked(request, at=at)
        code = request.link_codes.filter(entered_at__isnull=True, ended_at__isnull=True).first()
        if code is None:
            raise NoCode
        refusal = _try(code, typed, browser=browser, at=at)
    # Raised out here: what was counted stays counted.
    if refusal is not None:
        raise refusal
    return code


def _try(code: LinkCode, typed: str, *, browser: str, at: datetime) -> Refused | None:
    """Count one try and write down what came of it; None if it was right."""
    if not constant_time_compare(code.browser_hash, _browser_hash(browser)):
        return CodeOfOtherBrowser()
    refusal: Refused | None = None
    if at >= code.expires_at:
        code.ended_at = at
        refusal = CodeTooOld()
    elif constant_time_compare(code.code_hash, _code_hash(code.request, _digits(typed))):
        code.entered_at, code.open_until = at, at + OPEN_FOR
    else:
        code.wrong_tries += 1
        left = MOST_TRIES - code.wrong_tries
        refusal = WrongCode(tries_left=left) if left else TriesOver()
        if not left:
            code.ended_at = at
    code.save()
    return refusal


def open_visit(request: SigningRequest, *, browser: str, at: datetime) -> LinkCode | None:
    """The code by which this browser may read now; None if it may not."""
    return (
        request.link_codes.filter(browser_hash=_browser_hash(browser), open_until__gt=at, ended_at__isnull=True)
        .order_by("-open_until")
        .first()
    )


def close_visit(request: SigningRequest, *, browser: str, at: datetime) -> None:
    """Whoever read here has left: the browser needs a new code."""
    request.link_codes.filter(browser_hash=_browser_hash(browser), ended_at__isnull=True).update(ended_at=at)


def _locked(request: SigningRequest, *, at: datetime) -> SigningRequest:
    """The request as it is now: its codes are sent and tried one after another. Raises `LinkDead`."""
    SigningRequest.objects.select_for_update().get(pk=request.pk)
    found = linked_request(request.code)
    if found is None or not link_state(found, at=at).opens:
        raise LinkDead
    return found


def _code_hash(request: SigningRequest, typed: str) -> str:
    """Keyed with the site’s key and the request’s secret: digits alone would be found by trying."""
    return salted_hmac("gutclinic.link-code", f"{request.nonce}\0{typed}", algorithm="sha256").hexdigest()


def _browser_hash(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()


def _digits(typed: str) -> str:
    """What was typed without the spaces and hyphens that people put between figures."""
    return "".join(sign for sign in typed if sign.isdigit() and sign.isascii())
