"""A request that nobody answers: the first page says what to try next, as the reminders of those days do."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import User
from patients.models import Door, PrescriberAnswerKind, SigningRequest, Taper
from patients.services.tapers.answering import answer
from patients.services.tapers.requesting import send
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON


def today(client: Client) -> str:
    return text_of(client.get(reverse("admin:index")))


def test_what_stays_unanswered_says_on_the_fifth_day_to_fax_and_on_the_seventh_to_telephone(
    sign_in: Callable[[User], Client],
    dr_cho: User,
    sent_taper: Taper,
    by: Actor,
    clock: time_machine.Traveller,
) -> None:
    def said(days: int) -> str:
        clock.move_to(NOON + timedelta(days=days))
        return today(sign_in(dr_cho))

    assert "no answer" not in said(4)
    assert "closes on 25 January (16 days) · no answer for 5 days: fax the letter" in said(5)
    # It is faxed on that day.
    sent_taper.refresh_from_db()
    send(sent_taper, door=Door.FAX_OR_LETTER, by=by, at=NOON + timedelta(days=5), revision=sent_taper.revision)
    assert "no answer" not in said(6)
    assert "no answer for 7 days: telephone" in said(7)


def test_whoever_answered_is_not_called_silent(
    sign_in: Callable[[User], Client], dr_cho: User, sent_taper: Taper, price: Actor, clock: time_machine.Traveller
) -> None:
    answer(
        sent_taper,
        kind=PrescriberAnswerKind.CALL_ME,
        door=Door.LINK,
        version_sha256=sent_taper.versions.get().sha256,
        text="After four.",
        request=SigningRequest.objects.get(),
        by=price,
        at=NOON,
    )
    clock.move_to(NOON + timedelta(days=8))
    assert "Waits for Dr Price since 4 January" in today(sign_in(dr_cho))
    assert "no answer" not in today(sign_in(dr_cho))
