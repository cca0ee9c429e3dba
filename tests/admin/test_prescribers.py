"""Entering prescribers, confirming their addresses, licensing colleagues and ending entries, in the workspace."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import get_connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor, staff_in
from clinics.models import AddressKind, Clinic, Membership, Prescriber, PrescriberConfirmation, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, change_prescriber, confirmed_address, licensed_for
from tests.admin.conftest import hidden, mark_of_page, text_of
from tests.fixtures.personae import NOON, make_member, make_user

LIST = "admin:clinics_prescriber_changelist"
NEW = "admin:clinics_prescriber_enter"
LICENSE = "admin:clinics_prescriber_license"
OUTSIDE = {
    "name": "Dr Somebody",
    "email": "dr_somebody@example.org",
    "fax": "+49 (0)30 12 34-56",
    "zone": "Europe/Berlin",
}
LOOKED_UP = {"register": "Ärztekammer Berlin", "number": "B-1234", "is_compared": "on"}
Commit = Callable[..., object]


def address(prescriber: Prescriber, page: str) -> str:
    return reverse(f"admin:clinics_prescriber_{page}", args=[prescriber.code])


def enter(client: Client, **more: str) -> HttpResponse:
    page = client.get(reverse(NEW))
    return client.post(reverse(NEW), OUTSIDE | {"nonce": hidden(page, "nonce")} | more, follow=True)


def confirm(client: Client, prescriber: Prescriber, *, kind: str = "email", **more: str) -> HttpResponse:
    page = address(prescriber, f"confirm_{kind}")
    seen = hidden(client.get(page), "seen")
    return client.post(page, LOOKED_UP | {"seen": seen} | more, follow=True)


def edit(client: Client, prescriber: Prescriber, **more: str) -> HttpResponse:
    page = client.get(address(prescriber, "edit"))
    filled = {name: getattr(prescriber, name) for name in ("name", "practice", "email", "fax", "zone")}
    return client.post(address(prescriber, "edit"), filled | mark_of_page(page) | more, follow=True)


# --- Entering ---------------------------------------------------------------------------------------------------


def test_a_prescriber_is_entered_and_named_in_no_address(assistant: Client, clinic: Clinic) -> None:
    page = enter(assistant)
    words = text_of(page)
    assert "Saved." in words
    assert "dr_somebody@example.org · Not confirmed" in words
    assert "+4930123456 · Not confirmed" in words
    found = Prescriber.objects.get()
    assert (found.clinic, found.name, found.is_inside) == (clinic, "Dr Somebody", False)
    assert page.redirect_chain == [(address(found, "change"), 302)]
    assert "Somebody" not in page.redirect_chain[0][0]


def test_the_same_form_sent_twice_enters_one(assistant: Client) -> None:
    nonce = hidden(assistant.get(reverse(NEW)), "nonce")
    for _ in range(2):
        answer = assistant.post(reverse(NEW), OUTSIDE | {"nonce": nonce}, follow=True)
        assert "Saved." in text_of(answer)
    assert Prescriber.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"email": "Assistant_1+x@Example.org"}, "email", "Somebody who works here signs in with this address."),
        ({"fax": "none"}, "fax", "Write the fax number in digits, for example +49 30 123456."),
        ({"name": ""}, "name", "This field is required."),
        ({"email": "nobody"}, "email", "Enter a valid email address."),
        ({"zone": "Europe/Atlantis"}, "zone", "“Europe/Atlantis” is not a time zone."),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    assistant: Client, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = enter(assistant, **typed)
    assert page.context["form"].errors[field][0].startswith(sentence)
    assert 'value="+49 (0)30 12 34-56"' in page.content.decode() or "fax" in typed, "what was typed is kept"
    assert Prescriber.objects.count() == 0


def test_whoever_works_in_two_clinics_says_for_which(
    assistant: Client, assistant_1: User, clinic: Clinic, other_clinic: Clinic
) -> None:
    Membership.objects.create(user=assistant_1, clinic=other_clinic, role=Role.ASSISTANT.value, started_at=NOON)
    enter(assistant, clinic=str(other_clinic.pk), zone="")
    found = Prescriber.objects.get()
    assert (found.clinic, found.zone) == (other_clinic, "Pacific/Auckland")
    assert "Harbour practice" in text_of(assistant.get(reverse(LIST)))


def test_a_clinic_where_one_does_not_work_is_no_choice(assistant: Client, other_clinic: Clinic, clinic: Clinic) -> None:
    enter(assistant, clinic=str(other_clinic.pk))
    assert not Prescriber.objects.filter(clinic=other_clinic).exists()


# --- Confirming -------------------------------------------------------------------------------------------------


def test_an_address_is_confirmed_and_the_page_says_by_whom(
    assistant: Client, dr_price: Prescriber, dr_cho: User
) -> None:
    page = text_of(assistant.get(address(dr_price, "confirm_email")))
    assert "dr_price@example.org" in page
    assert "Find this prescriber yourself in a public register" in page
    assert "Why somebody else does this" in page
    words = text_of(confirm(assistant, dr_price))
    assert "Email address confirmed." in words
    assert "dr_price@example.org · Confirmed by assistant_1" in words
    assert "assistant_1 confirmed it on 4 January 2027, 12:00: Ärztekammer Berlin, number B-1234." in words
    assert confirmed_address(dr_price, AddressKind.EMAIL, drawn_up_by_code=dr_cho.code, at=NOON) == dr_price.email
    assert "Confirmed by assistant_1" in text_of(assistant.get(reverse(LIST)))
    confirm(assistant, dr_price, kind="fax")
    assert confirmed_address(dr_price, AddressKind.FAX, drawn_up_by_code=dr_cho.code, at=NOON) == "+4930123456"


@pytest.mark.parametrize("missing", ["register", "number", "is_compared"])
def test_nothing_is_confirmed_without_looking_it_up(assistant: Client, dr_price: Prescriber, missing: str) -> None:
    page = confirm(assistant, dr_price, **{missing: ""})
    assert page.context["form"].errors[missing] == ["This field is required."]
    assert PrescriberConfirmation.objects.count() == 0


def test_nobody_confirms_an_address_that_was_changed_meanwhile(
    assistant: Client, dr_price: Prescriber, by: Actor
) -> None:
    seen = hidden(assistant.get(address(dr_price, "confirm_email")), "seen")
    change_prescriber(dr_price, email="new@example.org", by=by, at=NOON)
    page = assistant.post(address(dr_price, "confirm_email"), LOOKED_UP | {"seen": seen})
    assert "This address was changed since you opened the page." in text_of(page)
    assert PrescriberConfirmation.objects.count() == 0


def test_a_clinic_of_one_is_told_to_come_back(
    cho: Client, dr_price: Prescriber, dr_cho: User, clock: time_machine.Traveller
) -> None:
    assert "Nobody else works here who could confirm it." in text_of(cho.get(address(dr_price, "confirm_email")))
    confirm(cho, dr_price)
    clock.shift(timedelta(hours=23, minutes=59))
    page = text_of(cho.get(address(dr_price, "confirm_email")))
    assert "You can confirm it for the second time from 5 January 2027, 12:00 on." in page
    assert "Look it up afresh, 24 hours after the first time." in text_of(confirm(cho, dr_price))
    clock.shift(timedelta(minutes=1))
    assert ", for the second time" in text_of(confirm(cho, dr_price))
    at = NOON + timedelta(hours=24)
    assert confirmed_address(dr_price, AddressKind.EMAIL, drawn_up_by_code=dr_cho.code, at=at) == dr_price.email
    assert "You have confirmed it twice." in text_of(cho.get(address(dr_price, "confirm_email")))


def test_whoever_draws_up_tapers_is_told_that_a_colleague_confirms_too(
    cho: Client, dr_price: Prescriber, assistant_1: User
) -> None:
    assert "For your own, a colleague confirms it too." in text_of(cho.get(address(dr_price, "confirm_email")))
    confirm(cho, dr_price)
    assert "for your own a colleague confirms it too" in text_of(confirm(cho, dr_price))
    assert PrescriberConfirmation.objects.count() == 1


def test_an_address_of_a_colleague_is_marked_in_the_list(cho: Client, clinic: Clinic, dr_price: Prescriber) -> None:
    confirm(cho, dr_price)
    make_member(clinic, "dr_price@example.org", Role.ASSISTANT)
    assert "Belongs to a colleague" in text_of(cho.get(reverse(LIST)))
    answer = cho.get(address(dr_price, "confirm_email"), follow=True)
    assert "Somebody who works here signs in with this address." in text_of(answer)


def test_what_is_not_there_is_not_offered_for_confirming(cho: Client, clinic: Clinic, by: Actor) -> None:
    without = add_prescriber(clinic, name="Dr Somebody", by=by, at=NOON)
    words = text_of(cho.get(address(without, "change")))
    assert "Confirm the email address" not in words
    answer = cho.get(address(without, "confirm_email"), follow=True)
    assert "There is no such address here. Enter it first, then confirm it." in text_of(answer)
    cho.post(address(without, "confirm_email"), LOOKED_UP | {"seen": "x@example.org"})
    assert PrescriberConfirmation.objects.count() == 0


# --- Changing and ending ----------------------------------------------------------------------------------------


def test_a_changed_address_is_unconfirmed_and_the_old_one_is_told(
    cho: Client, assistant: Client, dr_price: Prescriber, django_capture_on_commit_callbacks: Commit
) -> None:
    confirm(assistant, dr_price)
    with django_capture_on_commit_callbacks(execute=True):
        words = text_of(edit(cho, dr_price, email="new@example.org"))
    assert "A new address counts only after it was confirmed, and links that were sent before are dead." in words
    assert "new@example.org · Not confirmed" in words
    assert [letter.to for letter in mail.outbox] == [["dr_price@example.org"]]
    assert "Email address: dr_price@example.org → new@example.org" in text_of(cho.get(address(dr_price, "changes")))


@pytest.mark.django_db(transaction=True)
def test_a_dead_mail_server_keeps_the_change_and_says_whom_to_ring(
    cho: Client, dr_price: Prescriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise TimeoutError

    monkeypatch.setattr(type(get_connection()), "send_messages", refuse)
    words = text_of(edit(cho, dr_price, email="new@example.org"))
    assert "The mail server did not take the letter to the old address. Ring the prescriber" in words
    assert "links that were sent before are dead" in words
    dr_price.refresh_from_db()
    assert dr_price.email == "new@example.org"


def test_another_fax_number_leaves_the_links_alive(cho: Client, dr_price: Prescriber) -> None:
    words = text_of(edit(cho, dr_price, fax="+49 30 999999"))
    assert "The new fax number counts only after it was confirmed. Links that were sent by email go on." in words
    assert "are dead" not in words


def test_of_two_who_change_it_at_once_the_second_is_told(cho: Client, dr_price: Prescriber, by: Actor) -> None:
    page = cho.get(address(dr_price, "edit"))
    change_prescriber(dr_price, telephone="030 1", by=by, at=NOON)
    answer = cho.post(address(dr_price, "edit"), {"name": "Dr Other"} | mark_of_page(page))
    assert "Somebody else has changed this since you opened it, so nothing was saved." in text_of(answer)
    assert 'value="Dr Other"' in answer.content.decode()
    dr_price.refresh_from_db()
    assert (dr_price.name, dr_price.telephone) == ("Dr Price", "030 1")


def test_a_change_to_a_colleagues_address_is_said_beside_the_field(
    cho: Client, dr_price: Prescriber, assistant_1: User
) -> None:
    page = edit(cho, dr_price, email="ASSISTANT_1@example.org")
    assert page.context["form"].errors["email"][0].startswith("Somebody who works here signs in with this address.")


def test_an_ended_prescriber_leaves_the_list_and_stays_readable(cho: Client, dr_price: Prescriber) -> None:
    assert "links that were sent are dead" in text_of(cho.get(address(dr_price, "end")))
    assert dr_price.ended_at is None
    assert "Dr Price is asked for no more signatures." in text_of(cho.post(address(dr_price, "end"), follow=True))
    assert "Dr Price" not in text_of(cho.get(reverse(LIST)))
    assert "Dr Price" in text_of(cho.get(reverse(LIST), {"state": "ended"}))
    assert "Dr Price" in text_of(cho.get(reverse(LIST), {"state": "all"}))
    words = text_of(cho.get(address(dr_price, "change")))
    assert "This entry has ended." in words
    assert "Confirm the email address" not in words
    refused = cho.post(
        address(dr_price, "edit"), {"name": "Dr Other"} | mark_of_page(cho.get(address(dr_price, "edit")))
    )
    assert "This entry has ended. Add the prescriber anew." in text_of(refused)


# --- Licences of the staff --------------------------------------------------------------------------------------


def license_colleague(client: Client, user: User, **more: object) -> HttpResponse:
    nonce = hidden(client.get(reverse(LICENSE)), "nonce")
    filled = {"user": user.pk, "name": "Dr Cho", "licence_number": "B-1", "licensed_classes": ["PPI", "H2RA"]}
    return client.post(reverse(LICENSE), filled | {"nonce": nonce} | more, follow=True)


def test_a_clinic_admin_licenses_a_colleague(manager: Client, cho: Client, dr_cho: User) -> None:
    words = text_of(license_colleague(manager, dr_cho))
    assert "Proton pump inhibitor, H2 blocker" in words
    assert "signs inside this app" in words
    licensed = Prescriber.objects.get()
    assert (licensed.user, licensed_for(licensed, "PPI")) == (dr_cho, True)
    assert "Here, as dr_cho" in text_of(cho.get(reverse(LIST), {"state": "inside"}))
    page = manager.get(address(licensed, "edit"))
    filled = {"name": "Dr Cho", "licence_number": "B-1", "licensed_classes": ["H2RA"]}
    manager.post(address(licensed, "edit"), filled | mark_of_page(page))
    assert (licensed_for(licensed, "PPI"), licensed_for(licensed, "H2RA")) == (False, True)
    assert "Licensed for: PPI, H2RA → H2RA" in text_of(manager.get(address(licensed, "changes")))


def test_others_are_not_offered_licences_and_are_refused(
    manager: Client, cho: Client, assistant: Client, dr_cho: User, assistant_1: User
) -> None:
    assert "License a colleague" in text_of(manager.get(reverse(LIST)))
    assert "License a colleague" not in text_of(cho.get(reverse(LIST)))
    assert cho.get(reverse(LICENSE)).status_code == 404
    license_colleague(manager, assistant_1)
    licensed = Prescriber.objects.get()
    for page in ("edit", "end"):
        assert cho.get(address(licensed, page)).status_code in {200, 403}
        assert cho.post(address(licensed, page), {"name": "Dr Other"}).status_code == 403
    assert 'href="' + address(licensed, "edit") not in cho.get(address(licensed, "change")).content.decode()
    licensed.refresh_from_db()
    assert (licensed.name, licensed.ended_at) == ("Dr Cho", None)


def test_nobody_licenses_themselves_while_there_is_another_admin(
    manager: Client, clinic_admin_1: User, clinic: Clinic
) -> None:
    second = make_member(clinic, "clinic_admin_2@example.org", Role.CLINIC_ADMIN)
    assert "Nobody enters or changes their own licence." in text_of(license_colleague(manager, clinic_admin_1))
    assert Prescriber.objects.count() == 0
    own = add_prescriber(clinic, name="Dr Admin", user=clinic_admin_1, by=staff_in(clinic, second), at=NOON)
    assert manager.get(address(own, "edit")).status_code == 403
    Membership.objects.filter(user=second).update(ended_at=NOON)
    assert manager.get(address(own, "edit")).status_code == 200


def test_only_people_who_work_here_can_be_chosen(manager: Client, dr_dee: User) -> None:
    assert "dr_dee" not in text_of(manager.get(reverse(LICENSE)))
    assert "user" in license_colleague(manager, dr_dee).context["form"].errors
    assert Prescriber.objects.count() == 0


def test_a_colleague_is_licensed_once(manager: Client, dr_cho: User) -> None:
    license_colleague(manager, dr_cho)
    assert "This member of staff is a prescriber here already." in text_of(license_colleague(manager, dr_cho))
    assert Prescriber.objects.count() == 1


# --- Who gets in ------------------------------------------------------------------------------------------------


def test_strangers_find_none_of_it(dee: Client, dr_price: Prescriber, sign_in: Callable[[User], Client]) -> None:
    for page in ("change", "edit", "confirm_email", "confirm_fax", "changes", "end"):
        assert dee.get(address(dr_price, page)).status_code == 404, page
        assert dee.post(address(dr_price, page), LOOKED_UP | {"seen": dr_price.email}).status_code == 404, page
    assert "Dr Price" not in text_of(dee.get(reverse(LIST)))
    assert "Dr Price" not in text_of(dee.get(reverse(LIST), {"q": "Price"}))
    nobody = sign_in(make_user("assistant_2@example.org"))
    assert nobody.get(reverse(NEW), follow=True).status_code == 403


def test_the_sidebar_leads_to_prescribers(cho: Client) -> None:
    assert f'href="{reverse(LIST)}"' in cho.get(reverse("admin:index")).content.decode()


def test_nothing_is_added_or_changed_by_the_forms_of_django(cho: Client, manager: Client, dr_price: Prescriber) -> None:
    for client in (cho, manager):
        assert client.get(reverse("admin:clinics_prescriber_add")).status_code == 403
        client.post(address(dr_price, "change"), {"name": "Dr Other"})
    dr_price.refresh_from_db()
    assert dr_price.name == "Dr Price"
