"""Entering, changing and ending prescribers."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from clinics.actor import Actor, ActorKind, NotAllowed, acting_prescriber, for_system, require, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.roles import Act, Role
from clinics.services.prescribers import add_prescriber, change_prescriber, end_prescriber
from clinics.services.refusals import (
    NotAFaxNumber,
    NotOnTheStaff,
    OnlyStaffAreLicensed,
    PrescriberEnded,
    StaffAddress,
)
from tests.fixtures.personae import NOON, make_member
from tests.servers.outbox import Answer, Outbox

LATER = NOON + timedelta(days=1)
Commit = Callable[..., object]


def test_a_prescriber_is_entered_with_a_name_alone(clinic: Clinic, by: Actor) -> None:
    somebody = add_prescriber(clinic, name=" Dr Somebody ", by=by, at=NOON)
    stored = Prescriber.objects.get(pk=somebody.pk)
    assert (stored.name, stored.email, stored.fax, stored.zone) == ("Dr Somebody", "", "", clinic.zone)
    assert (stored.created_at, stored.created_by_kind, stored.created_by_code) == (NOON, "staff", by.code)
    assert not stored.is_inside


def test_addresses_are_kept_in_one_spelling(clinic: Clinic, by: Actor) -> None:
    somebody = add_prescriber(
        clinic, name="Dr Somebody", email=" Dr.Somebody@Example.ORG", fax="+49 (0)30 12 34-56", by=by, at=NOON
    )
    assert (somebody.email, somebody.fax) == ("dr.somebody@example.org", "+4930123456")
    assert (somebody.email_since, somebody.fax_since) == (NOON, NOON)


@pytest.mark.parametrize("role", Role)
def test_every_role_enters_prescribers(clinic: Clinic, role: Role) -> None:
    colleague = make_member(clinic, "colleague_1@example.org", role)
    add_prescriber(clinic, name="Dr Somebody", by=staff_in(clinic, colleague), at=NOON)


def test_nobody_else_enters_changes_or_ends_one(
    clinic: Clinic, other_clinic: Clinic, dr_dee: User, dr_price: Prescriber
) -> None:
    for stranger in [
        staff_in(other_clinic, dr_dee),
        staff_in(clinic, dr_dee),
        for_system(),
        acting_prescriber(dr_price),
    ]:
        with pytest.raises(NotAllowed, match="You may not enter or confirm prescribers here"):
            add_prescriber(clinic, name="Dr Somebody", by=stranger, at=NOON)
        with pytest.raises(NotAllowed):
            change_prescriber(dr_price, email="dr_dee@example.org", by=stranger, at=NOON)
        with pytest.raises(NotAllowed):
            end_prescriber(dr_price, by=stranger, at=NOON)
    dr_price.refresh_from_db()
    assert (dr_price.email, dr_price.ended_at) == ("dr_price@example.org", None)


def test_a_prescriber_who_acts_is_no_member_of_staff(dr_price: Prescriber, dr_cho: User, clinic: Clinic) -> None:
    outside = acting_prescriber(dr_price)
    assert (outside.kind, outside.code, outside.clinic_code) == (ActorKind.PRESCRIBER, dr_price.code, clinic.code)
    assert (outside.user_id, outside.role_words) == (None, "")
    assert acting_prescriber(dr_price, user=dr_cho).user_id == dr_cho.pk
    for act in Act:
        with pytest.raises(NotAllowed):
            require(acting_prescriber(dr_price, user=dr_cho), act, clinic=clinic)


@pytest.mark.parametrize(
    "address",
    ["assistant_1@example.org", "Assistant_1@EXAMPLE.org", " assistant_1+dr@example.org", "dr_cho@example.org"],
)
def test_an_address_of_the_staff_is_refused(
    clinic: Clinic, by: Actor, assistant_1: User, dr_price: Prescriber, address: str
) -> None:
    with pytest.raises(StaffAddress, match="Somebody who works here signs in with this address"):
        add_prescriber(clinic, name="Dr Somebody", email=address, by=by, at=NOON)
    with pytest.raises(StaffAddress):
        change_prescriber(dr_price, email=address, by=by, at=LATER)
    dr_price.refresh_from_db()
    assert dr_price.email == "dr_price@example.org"
    assert Prescriber.objects.count() == 1


def test_an_address_of_another_clinics_staff_is_a_prescribers_own(clinic: Clinic, by: Actor, dr_dee: User) -> None:
    assert add_prescriber(clinic, name="Dr Dee", email=dr_dee.email, by=by, at=NOON).email == dr_dee.email


def test_what_is_no_address_is_a_sentence(clinic: Clinic, by: Actor) -> None:
    with pytest.raises(NotAFaxNumber, match="Write the fax number in digits"):
        add_prescriber(clinic, name="Dr Somebody", fax="none", by=by, at=NOON)
    for wrong in [{"email": "dr_price"}, {"name": "  "}, {"name": "Dr Somebody", "zone": "Europe/Atlantis"}]:
        with pytest.raises(ValidationError):
            add_prescriber(clinic, by=by, at=NOON, **({"name": "Dr Somebody"} | wrong))
    assert Prescriber.objects.count() == 0


def test_a_prescriber_outside_is_licensed_for_nothing_here(clinic: Clinic, by: Actor) -> None:
    with pytest.raises(OnlyStaffAreLicensed):
        add_prescriber(clinic, name="Dr Somebody", licensed_classes=["PPI"], by=by, at=NOON)


def test_a_licence_is_for_somebody_who_works_here(clinic: Clinic, dr_dee: User) -> None:
    admin = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    with pytest.raises(NotOnTheStaff):
        add_prescriber(clinic, name="Dr Dee", user=dr_dee, by=staff_in(clinic, admin), at=NOON)


def test_a_change_is_kept_with_who_and_when(dr_price: Prescriber, by: Actor, dr_cho: User) -> None:
    changed = change_prescriber(dr_price, telephone="030 1", by=by, at=LATER)
    assert (changed.telephone, changed.email, changed.email_since) == ("030 1", "dr_price@example.org", NOON)
    newest, oldest = Prescriber.history.filter(id=dr_price.pk)
    assert (newest.history_date, newest.history_user, newest.telephone) == (LATER, dr_cho, "030 1")
    assert (oldest.history_date, oldest.telephone) == (NOON, "")


def test_an_ended_prescriber_stays_and_is_not_changed(dr_price: Prescriber, by: Actor) -> None:
    ended = end_prescriber(dr_price, by=by, at=NOON)
    assert (ended.ended_at, ended.ended_by_kind, ended.ended_by_code) == (NOON, "staff", by.code)
    assert end_prescriber(dr_price, by=by, at=LATER).ended_at == NOON
    with pytest.raises(PrescriberEnded, match="Add the prescriber anew"):
        change_prescriber(dr_price, telephone="030 1", by=by, at=LATER)
    assert list(Prescriber.objects.open()) == []


# --- The old address is told ------------------------------------------------------------------------------------


def test_the_old_address_is_told_in_neutral_words(
    dr_price: Prescriber, clinic: Clinic, by: Actor, smtp_sink: Outbox, django_capture_on_commit_callbacks: Commit
) -> None:
    clinic.telephone = "030 555"
    clinic.save()
    with django_capture_on_commit_callbacks(execute=True):
        change_prescriber(dr_price, email="new@example.org", by=by, at=LATER)
        assert smtp_sink.messages() == [], "nothing is sent before it is committed"
    [letter] = smtp_sink.wait_for(1)
    assert letter.recipients == ("dr_price@example.org",)
    assert letter.subject == "Your address in our records"
    assert "030 555" in letter.text
    assert "Links that we sent you before do not work any more." in " ".join(letter.html.split())
    told = f"{letter.subject} {letter.email['From']} {letter.text} {letter.html}".lower()
    for telling in (
        "lindenhof",
        "price",
        "new@example.org",
        "taper",
        "medicine",
        "patient",
        "gut",
        dr_price.code.lower(),
    ):
        assert telling not in told.replace("dr_price@example.org", "")


def test_another_fax_number_is_told_to_the_mailbox_too(
    dr_price: Prescriber, by: Actor, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change_prescriber(dr_price, fax="030 999999", by=by, at=LATER)
    assert [letter.to for letter in mail.outbox] == [["dr_price@example.org"]]
    letter = mail.outbox[0]
    html = str(letter.alternatives[0][0])  # type: ignore[attr-defined]
    for words in (str(letter.body), html):
        assert "at the number that you know" in words
        assert "Links" not in words, "the links go to the mailbox, which has not changed"


def test_what_changes_no_address_sends_no_letter(
    dr_price: Prescriber, by: Actor, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change_prescriber(
            dr_price, name="Dr Ada Price", email="DR_Price@example.org ", fax="+49 (30) 123-456", by=by, at=LATER
        )
        nobody = change_prescriber(dr_price, email="", by=by, at=LATER)
    assert [letter.to for letter in mail.outbox] == [["dr_price@example.org"]], "emptied, once"
    assert (nobody.email_since, nobody.fax_since) == (None, NOON)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        change_prescriber(dr_price, email="new@example.org", by=by, at=LATER)
    assert mail.outbox == [], "there was nobody to tell"


def test_a_dead_mail_server_undoes_nothing_and_says_so(
    dr_price: Prescriber,
    by: Actor,
    smtp_sink: Outbox,
    django_capture_on_commit_callbacks: Commit,
    caplog: pytest.LogCaptureFixture,
) -> None:
    smtp_sink.answer(Answer.REFUSE_TEMPORARILY)
    said: list[str] = []
    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        change_prescriber(dr_price, email="new@example.org", by=by, at=LATER, not_told=lambda: said.append("not told"))
        change_prescriber(dr_price, fax="", by=by, at=LATER)
    assert said == ["not told"]
    dr_price.refresh_from_db()
    assert dr_price.email == "new@example.org"
    assert "@example.org" not in caplog.text
