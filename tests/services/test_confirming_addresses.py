"""An address of a prescriber outside counts only after somebody who did not draw up the taper has looked it up."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import AddressKind, Clinic, Membership, Prescriber, PrescriberConfirmation, User
from clinics.models.append_only import AppendOnly
from clinics.roles import Role
from clinics.services.prescribers import (
    add_prescriber,
    change_prescriber,
    confirm_address,
    confirmed_address,
    end_prescriber,
)
from clinics.services.refusals import (
    AddressChanged,
    ConfirmedAlready,
    ConfirmedTwice,
    NoAddress,
    PrescriberEnded,
    SignsInside,
    StaffAddress,
    TooSoon,
)
from tests.fixtures.personae import NOON, make_member, make_user

EMAIL, FAX = AddressKind.EMAIL, AddressKind.FAX
DAY = timedelta(hours=24)
LATER = NOON + timedelta(days=2)
PRICE = "dr_price@example.org"


@pytest.fixture
def colleague(clinic: Clinic, assistant_1: User) -> Actor:
    """assistant_1, who draws up no tapers."""
    return staff_in(clinic, assistant_1)


def confirm(prescriber: Prescriber, by: Actor, *, kind: AddressKind = EMAIL, at: object = NOON, **more: str) -> object:
    fields = {"register": "Ärztekammer Berlin", "number": "B-1234"} | more
    return confirm_address(prescriber, kind, by=by, at=at, **fields)  # type: ignore[arg-type]


def counts(prescriber: Prescriber, drawn_up_by: Actor, *, kind: AddressKind = EMAIL, at: object = LATER) -> str | None:
    return confirmed_address(prescriber, kind, drawn_up_by_code=drawn_up_by.code, at=at)  # type: ignore[arg-type]


def test_nothing_counts_before_it_is_confirmed(dr_price: Prescriber, by: Actor) -> None:
    assert counts(dr_price, by) is None
    assert counts(dr_price, by, kind=FAX) is None


def test_a_colleagues_confirmation_counts_and_says_who_when_and_where(
    dr_price: Prescriber, by: Actor, colleague: Actor, assistant_1: User
) -> None:
    confirm(dr_price, colleague, register=" Ärztekammer Berlin ", number=" B-1234 ")
    assert counts(dr_price, by) == PRICE
    assert counts(dr_price, by, kind=FAX) is None, "each address is confirmed for itself"
    row = PrescriberConfirmation.objects.get()
    assert (row.kind, row.value, row.register_name, row.register_number) == (
        "email",
        PRICE,
        "Ärztekammer Berlin",
        "B-1234",
    )
    assert (row.confirmed_at, row.by_user, row.by_kind, row.by_code) == (NOON, assistant_1, "staff", colleague.code)
    assert row.repeats is None


def test_a_fax_number_is_confirmed_in_the_same_way(dr_price: Prescriber, by: Actor, colleague: Actor) -> None:
    confirm(dr_price, colleague, kind=FAX)
    assert counts(dr_price, by, kind=FAX) == "+4930123456"
    assert counts(dr_price, by) is None


def test_it_counts_from_the_instant_of_confirming(dr_price: Prescriber, by: Actor, colleague: Actor) -> None:
    confirm(dr_price, colleague, at=NOON + DAY)
    assert counts(dr_price, by, at=NOON + DAY - timedelta(seconds=1)) is None
    assert counts(dr_price, by, at=NOON + DAY) == PRICE


def test_the_own_confirmation_does_not_count_for_an_own_taper(
    dr_price: Prescriber, by: Actor, colleague: Actor
) -> None:
    confirm(dr_price, by)
    assert counts(dr_price, by) is None
    assert counts(dr_price, colleague) == PRICE, "it counts for what somebody else draws up"
    with pytest.raises(ConfirmedAlready, match="for your own a colleague confirms it too"):
        confirm(dr_price, by, at=LATER)
    confirm(dr_price, colleague, at=LATER)
    assert counts(dr_price, by) == PRICE


def test_without_a_word_on_who_drew_it_up_nothing_is_answered(dr_price: Prescriber, colleague: Actor) -> None:
    confirm(dr_price, colleague)
    with pytest.raises(ValueError, match="Say who drew up the taper"):
        confirmed_address(dr_price, EMAIL, drawn_up_by_code="", at=LATER)


# --- A clinic of one --------------------------------------------------------------------------------------------


def test_a_clinic_of_one_confirms_again_after_24_hours(dr_price: Prescriber, by: Actor) -> None:
    first = confirm(dr_price, by)
    assert counts(dr_price, by, at=NOON) is None
    with pytest.raises(TooSoon, match="24 hours after the first time") as refusal:
        confirm(dr_price, by, at=NOON + DAY - timedelta(minutes=1))
    assert refusal.value.until == NOON + DAY
    assert counts(dr_price, by) is None
    second = confirm(dr_price, by, at=NOON + DAY)
    assert second.repeats == first  # type: ignore[attr-defined]
    assert counts(dr_price, by, at=NOON + DAY - timedelta(minutes=1)) is None
    assert counts(dr_price, by, at=NOON + DAY) == PRICE
    with pytest.raises(ConfirmedTwice):
        confirm(dr_price, by, at=LATER + DAY)


def test_two_confirmations_of_one_person_count_only_while_nobody_else_works_here(
    dr_price: Prescriber, by: Actor, clinic: Clinic
) -> None:
    confirm(dr_price, by)
    confirm(dr_price, by, at=NOON + DAY)
    new = make_member(clinic, "assistant_2@example.org", Role.ASSISTANT)
    assert counts(dr_price, by) is None
    confirm(dr_price, staff_in(clinic, new), at=LATER)
    assert counts(dr_price, by) == PRICE


@pytest.mark.parametrize("left", ["ended", "closed"])
def test_a_colleague_who_has_left_cannot_confirm_so_the_clinic_is_one(
    dr_price: Prescriber, by: Actor, assistant_1: User, left: str
) -> None:
    if left == "ended":
        Membership.objects.filter(user=assistant_1).update(ended_at=NOON)
    else:
        User.objects.filter(pk=assistant_1.pk).update(is_active=False)
    confirm(dr_price, by)
    confirm(dr_price, by, at=NOON + DAY)
    assert counts(dr_price, by) == PRICE


def test_what_a_colleague_confirmed_still_counts_after_they_left(
    dr_price: Prescriber, by: Actor, colleague: Actor, assistant_1: User
) -> None:
    confirm(dr_price, colleague)
    Membership.objects.filter(user=assistant_1).update(ended_at=LATER)
    assert counts(dr_price, by, at=LATER) == PRICE


# --- Changes ----------------------------------------------------------------------------------------------------


def test_a_changed_address_is_confirmed_anew(dr_price: Prescriber, by: Actor, colleague: Actor) -> None:
    confirm(dr_price, colleague)
    confirm(dr_price, colleague, kind=FAX)
    changed = change_prescriber(dr_price, email="new@example.org", by=by, at=NOON + DAY)
    assert counts(changed, by) is None
    assert counts(dr_price, by) is None, "also for whoever still holds the row as it was"
    assert counts(changed, by, kind=FAX) == "+4930123456", "the other address stands"
    confirm(changed, colleague, at=LATER)
    assert counts(changed, by) == "new@example.org"


def test_changing_it_back_does_not_bring_the_confirmation_back(
    dr_price: Prescriber, by: Actor, colleague: Actor
) -> None:
    confirm(dr_price, colleague)
    change_prescriber(dr_price, email="new@example.org", by=by, at=NOON + DAY)
    back = change_prescriber(dr_price, email=PRICE, by=by, at=NOON + DAY)
    assert counts(back, by) is None
    confirm(back, colleague, at=LATER)
    assert counts(back, by) == PRICE


def test_another_spelling_or_another_telephone_changes_nothing(
    dr_price: Prescriber, by: Actor, colleague: Actor
) -> None:
    confirm(dr_price, colleague)
    confirm(dr_price, colleague, kind=FAX)
    change_prescriber(dr_price, email="DR_PRICE@example.org", fax="+49-30-123456", telephone="1", by=by, at=NOON + DAY)
    assert counts(dr_price, by) == PRICE
    assert counts(dr_price, by, kind=FAX) == "+4930123456"


def test_what_was_compared_must_be_what_stands_there(dr_price: Prescriber, by: Actor, colleague: Actor) -> None:
    changed = change_prescriber(dr_price, email="new@example.org", by=by, at=NOON)
    with pytest.raises(AddressChanged, match="Look at the new one"):
        confirm(dr_price, colleague, at=LATER)
    with pytest.raises(AddressChanged):
        confirm(changed, colleague, at=LATER, seen=PRICE)
    with pytest.raises(AddressChanged):
        confirm(change_prescriber(changed, email="", by=by, at=NOON), colleague, at=LATER, seen=PRICE)
    assert PrescriberConfirmation.objects.count() == 0


# --- Addresses of the staff -------------------------------------------------------------------------------------


def test_an_address_becomes_worthless_when_its_owner_joins_the_staff(
    dr_price: Prescriber, by: Actor, colleague: Actor, clinic: Clinic
) -> None:
    confirm(dr_price, colleague)
    assert counts(dr_price, by) == PRICE
    joined = make_member(clinic, "DR_Price+work@example.org", Role.ASSISTANT)
    assert counts(dr_price, by) is None
    with pytest.raises(StaffAddress):
        confirm(dr_price, staff_in(clinic, joined), at=LATER)
    Membership.objects.filter(user=joined).update(ended_at=LATER)
    assert counts(dr_price, by) == PRICE


def test_a_colleagues_second_sign_in_address_is_theirs_too(
    dr_price: Prescriber, by: Actor, colleague: Actor, assistant_1: User
) -> None:
    confirm(dr_price, colleague)
    assistant_1.emailaddress_set.create(email="Dr_Price@Example.org", verified=True)  # type: ignore[attr-defined]
    assert counts(dr_price, by) is None


def test_the_address_of_whoever_drew_it_up_never_counts_even_after_they_left(
    clinic: Clinic, by: Actor, colleague: Actor, dr_cho: User
) -> None:
    Membership.objects.filter(user=dr_cho).update(ended_at=NOON)
    own = add_prescriber(clinic, name="Dr Somebody", email=dr_cho.email, by=colleague, at=NOON)
    confirm(own, colleague)
    assert counts(own, by) is None
    assert counts(own, staff_in(clinic, make_user("practitioner_2@example.org"))) == dr_cho.email


# --- Refusals ---------------------------------------------------------------------------------------------------


def test_an_ended_prescriber_has_no_address_that_counts(dr_price: Prescriber, by: Actor, colleague: Actor) -> None:
    confirm(dr_price, colleague)
    end_prescriber(dr_price, by=by, at=NOON)
    assert counts(dr_price, by) is None
    with pytest.raises(PrescriberEnded):
        confirm(dr_price, colleague, kind=FAX)


def test_what_is_not_there_cannot_be_confirmed(clinic: Clinic, by: Actor, colleague: Actor) -> None:
    somebody = add_prescriber(clinic, name="Dr Somebody", by=by, at=NOON)
    with pytest.raises(NoAddress, match="Enter it first"):
        confirm(somebody, colleague)


def test_a_member_of_staff_has_no_address_to_confirm(clinic: Clinic, dr_cho: User, colleague: Actor) -> None:
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    inside = add_prescriber(clinic, name="Dr Cho", user=dr_cho, email=dr_cho.email, by=admin, at=NOON)
    with pytest.raises(SignsInside):
        confirm(inside, colleague)
    assert counts(inside, colleague) is None


@pytest.mark.parametrize("missing", [{"register": "  "}, {"number": ""}])
def test_a_confirmation_names_the_register_and_the_number(
    dr_price: Prescriber, colleague: Actor, missing: dict[str, str]
) -> None:
    with pytest.raises(ValidationError):
        confirm(dr_price, colleague, **missing)
    assert PrescriberConfirmation.objects.count() == 0


def test_strangers_confirm_nothing(dr_price: Prescriber, other_clinic: Clinic, dr_dee: User, clinic: Clinic) -> None:
    for stranger in (staff_in(other_clinic, dr_dee), staff_in(clinic, dr_dee)):
        with pytest.raises(NotAllowed):
            confirm(dr_price, stranger)


# --- What was confirmed stays as it was -------------------------------------------------------------------------


def test_a_confirmation_is_never_changed_or_deleted(dr_price: Prescriber, colleague: Actor) -> None:
    row = confirm(dr_price, colleague)
    assert isinstance(row, PrescriberConfirmation)
    for change in (
        row.save,
        row.delete,
        PrescriberConfirmation.objects.all().delete,
        lambda: PrescriberConfirmation.objects.update(value="other@example.org"),
        lambda: PrescriberConfirmation.objects.bulk_update([row], ["value"]),
    ):
        with pytest.raises(AppendOnly):
            change()


def test_the_database_itself_keeps_confirmations(dr_price: Prescriber, colleague: Actor) -> None:
    confirm(dr_price, colleague)
    statement = "UPDATE clinics_prescriberconfirmation SET value = 'other@example.org'"
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            connection.cursor().execute(statement)
    assert PrescriberConfirmation.objects.get().value == PRICE
