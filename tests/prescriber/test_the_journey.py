"""dr_price follows the link, reads, agrees, and later comes back to hold the taper and to take the agreement back."""

from datetime import timedelta

import time_machine
from django.core import mail

from patients.models import PrescriberAnswer, Signature, Taper
from patients.models.taper_course import course_of
from protocols.domain.canonical import sha256_of
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY
from tests.prescriber.visiting import NEUTRAL, Browser, said


def test_from_the_link_to_the_signature(visitor: Browser, sent_taper: Taper) -> None:
    assert NEUTRAL in said(visitor.follow())
    assert "The code" in said(visitor.post("code/"))
    page = said(visitor.post("open/", code=str(mail.outbox[-1].body).split("It is")[1].split()[0]))
    for words in ("Taper of Omeprazole", "Heartburn, resolved", "1060 mg", "28 × 20 mg and 50 × 10 mg", "Alginate"):
        assert words in page, words
    shown = visitor.agree()
    assert "This is what you sign" in said(shown)
    assert Signature.objects.count() == 0
    done = said(visitor.sign(shown))
    assert "Signed. Thank you." in done
    assert "It has not begun: day one is 11 January 2027." in done
    signature = Signature.objects.get()
    assert (signature.door, signature.means) == ("link", "by control of this mailbox: d…e@example.org")
    assert (signature.signed_at, signature.signed_on) == (NOON, TODAY)
    assert signature.answer.request == visitor.request
    assert course_of(Taper.objects.get()).first_day == FIRST_DAY


def test_what_is_signed_is_what_was_shown(opened: Browser) -> None:
    shown = opened.agree()
    opened.sign(shown)
    signature = Signature.objects.get()
    text = said(shown)
    assert sha256_of(bytes(signature.content)) == signature.sha256
    assert signature.sha256 in text.replace(" ", "")
    # Word for word, as a browser turns it back into text.
    assert bytes(signature.content).decode() in text


def test_months_later_the_same_link_opens_with_a_fresh_code(signed: Browser, travel: time_machine.Traveller) -> None:
    travel.move_to(NOON + timedelta(days=40), tick=False)
    other = Browser(signed.request)
    assert NEUTRAL in said(other.follow())
    page = said(other.open())
    assert "Today it is in step 2: one capsule of 10 mg before breakfast, every day, until 7 March 2027." in page
    assert "Held. The dose of today goes on" in said(other.post("hold/", reason="Heartburn at night"))
    assert "It is held since 13 February 2027" in other.text()
    shown = other.post("revoke/", instruction="Take 20 mg before breakfast until we meet.")
    assert "Take 20 mg before breakfast until we meet." in said(shown)
    assert Taper.objects.get().status == "held"
    done = said(other.press(shown, "revoke"))
    assert "You have taken your agreement back." in done
    taper = Taper.objects.get()
    assert (taper.status, taper.end, taper.instruction) == (
        "stopped",
        "revoked",
        "Take 20 mg before breakfast until we meet.",
    )
    given = list(PrescriberAnswer.objects.order_by("pk").values_list("kind", "request__code"))
    assert given == [(kind, signed.request.code) for kind in ("agree", "hold", "revoke")]
