"""Races, on purpose: two tabs, two browsers, a colleague at the clinic, at the same instant."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail

from clinics.actor import Actor
from patients.models import LinkCode, PrescriberAnswer, PrescriberAnswerKind, Signature, SigningRequest, Taper
from patients.services.errors import Refused
from patients.services.tapers import by_link
from patients.services.tapers.by_link import Visitor, visit_of
from patients.services.tapers.link_codes import enter_code, send_code
from patients.services.tapers.link_errors import LinkRefused
from patients.services.tapers.requesting import withdraw
from patients.services.tapers.signing import Agreement
from protocols.domain.canonical import sha256_of
from tests.fixtures.personae import NOON
from tests.prescriber.visiting import another, code_in_last_message
from tests.services.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def signs(request: SigningRequest, visitor: Visitor, *, at: datetime = NOON) -> Callable[[], Signature]:
    """What the second tap does, after the first has shown what is signed."""
    sha256 = request.version.sha256
    visit = visit_of(visitor, at=at)
    shown = sha256_of(by_link.preview(visit, Agreement(), version_sha256=sha256, edits=None, at=at).as_bytes())
    return lambda: by_link.sign(visitor, Agreement(), version_sha256=sha256, shown=shown, at=at)


@pytest.fixture
def inside(signing_request: SigningRequest) -> Visitor:
    """A browser in which the code was entered."""
    visitor = Visitor(request=signing_request.code, browser="a secret of the browser")
    send_code(signing_request, browser=visitor.browser, at=NOON)
    enter_code(signing_request, code_in_last_message(), browser=visitor.browser, at=NOON)
    return visitor


def outcome(results: list[Any]) -> tuple[int, int]:
    """How many were done, and how many refused in words."""
    return (
        sum(not isinstance(result, Exception) for result in results),
        sum(isinstance(result, Refused) for result in results),
    )


def test_two_tabs_that_sign_at_once(signing_request: SigningRequest, inside: Visitor) -> None:
    act = signs(signing_request, inside)
    assert outcome(at_once(act, act)) == (1, 1)
    assert (Signature.objects.count(), PrescriberAnswer.objects.count()) == (1, 1)


def test_signing_in_one_tab_and_declining_in_the_other(signing_request: SigningRequest, inside: Visitor) -> None:
    def declines() -> PrescriberAnswer:
        sha256 = signing_request.version.sha256
        return by_link.answer(inside, PrescriberAnswerKind.DECLINE, version_sha256=sha256, text="No.", at=NOON)

    assert outcome(at_once(signs(signing_request, inside), declines)) == (1, 1)
    assert PrescriberAnswer.objects.count() == 1
    assert Taper.objects.get().status == ("active" if Signature.objects.exists() else "stopped")


def test_signing_while_the_clinic_takes_the_version_back(
    signing_request: SigningRequest, inside: Visitor, sent_taper: Taper, by: Actor
) -> None:
    def takes_back() -> Taper:
        return withdraw(sent_taper, by=by, at=NOON, revision=sent_taper.revision)

    assert outcome(at_once(signs(signing_request, inside), takes_back)) == (1, 1)
    assert Taper.objects.get().status == ("active" if Signature.objects.exists() else "draft")


def test_tries_at_once_are_all_counted(signing_request: SigningRequest) -> None:
    send_code(signing_request, browser="one", at=NOON)
    wrong = another(code_in_last_message())
    results = at_once(*[lambda: enter_code(signing_request, wrong, browser="one", at=NOON)] * 8)
    assert all(isinstance(result, LinkRefused) for result in results), results
    assert LinkCode.objects.get().wrong_tries == 5


def test_codes_asked_for_at_once_stay_within_the_limit(signing_request: SigningRequest) -> None:
    def asks(browser: str) -> Callable[[], None]:
        return lambda: send_code(signing_request, browser=browser, at=NOON)

    results = at_once(*[asks(str(number)) for number in range(8)])
    assert outcome(results) == (5, 3)
    assert len(mail.outbox) == 5
    assert LinkCode.objects.filter(ended_at__isnull=True).count() == 1
