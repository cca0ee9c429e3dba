"""Which links open something. All others lead to one and the same page, so that nobody learns why."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from clinics.actor import Actor, staff_in
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.services.confirmations import confirm_address
from clinics.services.prescribers import change_prescriber, end_prescriber
from patients.models import ContactConsent, Door, LinkCode, SigningRequest, Taper
from patients.reminders.links import prescriber_link
from patients.services.tapers.consent import withdraw_consent
from patients.services.tapers.requesting import send, withdraw
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day
from tests.prescriber.visiting import CLOSED, NEUTRAL, Browser, said


def is_dead(visitor: Browser) -> bool:
    """Whether the link opens nothing, in a new browser and in this one, and sends no code."""
    sent = len(mail.outbox)
    for page in (Browser(visitor.request).follow(), visitor.follow(), visitor.get(), visitor.post("code/")):
        if page.status_code != 410 or CLOSED not in said(page):
            return False
    return len(mail.outbox) == sent


def test_it_is_the_one_that_messages_carry(visitor: Browser, sent_taper: Taper, settings: LazySettings) -> None:
    sent = prescriber_link(sent_taper, about=visitor.request.code, address="dr_price@example.org")
    assert sent == settings.PUBLIC_URL + visitor.link


def test_the_secret_leaves_the_address_at_once(visitor: Browser) -> None:
    response = visitor.client.get(visitor.link)
    assert (response.status_code, response["Location"]) == (302, visitor.at)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert response.content == b""
    secret = visitor.link.rpartition("-")[2].strip("/")
    assert secret not in visitor.get().content.decode()
    assert all(secret not in morsel.value for morsel in visitor.client.cookies.values())


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        (r".{4}/$", "/"),
        (r"-.", "-x"),
        (r"-.*/$", "/"),
        (r"-.*/$", "-/"),
        ("/prescriber/.", "/prescriber/ü"),
        (r"/$", "0/"),
    ],
)
def test_an_edited_link_opens_nothing(visitor: Browser, whole: str, broken: str) -> None:
    edited = re.sub(whole, broken, visitor.link)
    assert edited != visitor.link
    response = visitor.client.get(edited, follow=True)
    assert response.status_code == 410
    assert CLOSED in said(response)
    assert visitor.get().status_code == 410


def test_a_link_that_was_never_sent_says_the_same_as_a_dead_one(visitor: Browser, client: Client) -> None:
    page = visitor.follow()
    never = client.get("/prescriber/0000000000-1234/", follow=True)
    SigningRequest.objects.update(closed_at=NOON, closed_because="A test.")
    dead = visitor.follow()
    assert page.status_code == 200
    assert (never.status_code, dead.status_code) == (410, 410)
    assert never.content == dead.content


def test_the_secret_of_one_request_does_not_open_another(visitor: Browser, client: Client) -> None:
    mixed = visitor.link.replace(visitor.request.code, "0" * 10)
    assert client.get(mixed, follow=True).status_code == 410


def test_a_cookie_is_for_its_own_request_and_cannot_be_made_up(visitor: Browser, sent_taper: Taper, by: Actor) -> None:
    visitor.follow()
    name = f"link-{visitor.request.code}"
    kept = visitor.client.cookies[name].value
    other = Client()
    other.cookies[name] = kept[:-1] + ("a" if kept[-1] != "a" else "b")
    assert other.get(visitor.at).status_code == 410
    other.cookies[name] = kept
    assert other.get(visitor.at).status_code == 200
    newer = send(sent_taper, door=Door.LINK, by=by, at=NOON, revision=sent_taper.revision)
    other.cookies[f"link-{newer.code}"] = kept
    assert other.get(f"/prescriber/{newer.code}/").status_code == 410


def test_a_browser_forgets_the_link_after_two_hours(visitor: Browser, travel: time_machine.Traveller) -> None:
    visitor.follow()
    travel.move_to(NOON + timedelta(hours=1, minutes=59), tick=False)
    assert NEUTRAL in visitor.text()
    travel.move_to(NOON + timedelta(hours=2, seconds=1), tick=False)
    assert visitor.get().status_code == 410
    assert NEUTRAL in said(visitor.follow())


def test_following_the_link_again_leaves_an_open_page_open(opened: Browser) -> None:
    assert "Taper of Omeprazole" in said(opened.follow())


def test_sent_again_the_earlier_link_is_dead(opened: Browser, sent_taper: Taper, by: Actor) -> None:
    newer = send(sent_taper, door=Door.LINK, by=by, at=NOON, revision=sent_taper.revision)
    assert "This no longer waits for your answer" in opened.text()
    opened.post("close/")
    assert is_dead(opened)
    assert NEUTRAL in said(Browser(newer).follow())


def test_taken_back_by_the_clinic_it_is_dead(visitor: Browser, sent_taper: Taper, by: Actor) -> None:
    visitor.follow()
    withdraw(sent_taper, by=by, at=NOON, revision=sent_taper.revision)
    assert is_dead(visitor)


def test_answered_it_is_dead(opened: Browser) -> None:
    opened.answer("decline", text="Not now.")
    opened.post("close/")
    assert is_dead(opened)


def test_on_the_day_on_which_it_is_closed_it_is_dead_even_before_the_sweep(
    visitor: Browser, travel: time_machine.Traveller
) -> None:
    travel.move_to(NOON + timedelta(days=20), tick=False)
    assert NEUTRAL in said(visitor.follow())
    travel.move_to(NOON + timedelta(days=21), tick=False)
    assert is_dead(visitor)


def test_a_changed_address_closes_it_even_if_the_page_is_open(opened: Browser, dr_price: Prescriber, by: Actor) -> None:
    change_prescriber(dr_price, by=by, at=NOON + timedelta(seconds=1), email="dr_price@example.com")
    assert is_dead(opened)


def test_an_address_that_was_changed_there_and_back_is_not_the_confirmed_one(
    opened: Browser, dr_price: Prescriber, by: Actor
) -> None:
    for second, address in enumerate(["dr_price@example.com", "dr_price@example.org"], start=1):
        changed = Prescriber.objects.get(pk=dr_price.pk)
        change_prescriber(changed, by=by, at=NOON + timedelta(seconds=second), email=address)
    assert is_dead(opened)


def test_changed_there_and_back_and_confirmed_anew_only_a_new_link_opens(
    opened: Browser,
    dr_price: Prescriber,
    sent_taper: Taper,
    clinic: Clinic,
    assistant_1: User,
    by: Actor,
    travel: time_machine.Traveller,
) -> None:
    """Whoever had the other address for a minute could have had the link sent there, or kept it."""
    for minute, address in enumerate(["dr_price@example.com", "dr_price@example.org"], start=1):
        changed = Prescriber.objects.get(pk=dr_price.pk)
        change_prescriber(changed, by=by, at=NOON + timedelta(minutes=minute), email=address)
    later = NOON + timedelta(minutes=5)
    confirm_address(
        Prescriber.objects.get(pk=dr_price.pk),
        AddressKind.EMAIL,
        register="Register of physicians",
        number="4711",
        by=staff_in(clinic, assistant_1),
        at=later,
    )
    travel.move_to(later, tick=False)
    assert is_dead(opened)
    taper = Taper.objects.get(pk=sent_taper.pk)
    assert prescriber_link(taper, about=opened.request.code, address="dr_price@example.org") is None
    anew = send(taper, door=Door.LINK, by=by, at=later, revision=taper.revision)
    assert NEUTRAL in said(Browser(anew).follow())
    assert prescriber_link(Taper.objects.get(pk=taper.pk), about=anew.code, address="dr_price@example.org")


def test_a_new_address_opens_nothing_of_the_old_link_once_it_is_confirmed(
    opened: Browser, dr_price: Prescriber, clinic: Clinic, assistant_1: User, by: Actor, travel: time_machine.Traveller
) -> None:
    later = NOON + timedelta(minutes=1)
    change_prescriber(dr_price, by=by, at=later, email="dr_price@example.com")
    confirm_address(
        Prescriber.objects.get(pk=dr_price.pk),
        AddressKind.EMAIL,
        register="Register of physicians",
        number="4711",
        by=staff_in(clinic, assistant_1),
        at=later,
    )
    travel.move_to(later, tick=False)
    assert is_dead(opened)


def test_a_withdrawn_consent_closes_it_even_if_the_page_is_open(
    opened: Browser, consent: ContactConsent, by: Actor
) -> None:
    withdraw_consent(consent, by=by, at=NOON)
    assert is_dead(opened)


def test_after_the_signature_too_a_withdrawn_consent_closes_it(
    signed: Browser, consent: ContactConsent, by: Actor
) -> None:
    withdraw_consent(consent, by=by, at=NOON)
    assert is_dead(signed)


def test_a_prescriber_who_was_ended_opens_nothing(opened: Browser, dr_price: Prescriber, by: Actor) -> None:
    end_prescriber(dr_price, by=by, at=NOON)
    assert is_dead(opened)


def test_another_door_is_not_opened_by_a_link(
    sent_taper: Taper, by: Actor, new_taper_letter: Callable[[], SigningRequest]
) -> None:
    """A letter has a row of the same kind; nobody follows it as a link."""
    visitor = Browser(new_taper_letter())
    assert visitor.follow().status_code == 410
    assert LinkCode.objects.count() == 0


@pytest.fixture
def new_taper_letter(sent_taper: Taper, by: Actor) -> Callable[[], SigningRequest]:
    return lambda: send(sent_taper, door=Door.FAX_OR_LETTER, by=by, at=NOON, revision=sent_taper.revision)


def test_once_the_taper_has_ended_it_is_dead(signed: Browser, travel: time_machine.Traveller) -> None:
    travel.move_to(on_day(3), tick=False)
    signed.follow()
    signed.open()
    signed.press(signed.post("revoke/", instruction="Go on as before."), "revoke")
    signed.post("close/")
    assert is_dead(signed)
