"""Email addresses that lead to one mailbox, and fax numbers as they are stored."""

import pytest

from clinics.domain.addresses import FaxNumberError, fax_number, mailbox, masked


@pytest.mark.parametrize(
    "written",
    ["dr_price@example.org", "DR_Price@Example.ORG", "  dr_price@example.org\n", "dr_price+tapers@example.org"],
)
def test_one_mailbox_has_many_spellings(written: str) -> None:
    assert mailbox(written) == "dr_price@example.org"


@pytest.mark.parametrize("other", ["drprice@example.org", "dr.price@example.org", "dr_price@example.com"])
def test_other_mailboxes_stay_apart(other: str) -> None:
    assert mailbox(other) != mailbox("dr_price@example.org")


def test_a_plus_sign_at_the_front_leaves_no_name() -> None:
    assert mailbox("+tapers@example.org") == "@example.org"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("dr_price@example.org", "d…e@example.org"),
        ("ada@example.org", "a…@example.org"),
        ("a@example.org", "a…@example.org"),
        (" dr_price@example.org ", "d…e@example.org"),
    ],
)
def test_a_masked_address_is_known_to_its_owner_alone(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize("nothing", ["", "  ", "@example.org"])
def test_what_is_no_address_has_no_mailbox(nothing: str) -> None:
    assert mailbox(nothing) == ""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+49 (0)30 12 34-56", "+4930123456"),
        ("(030) 123/456", "030123456"),
        ("030–123.456", "030123456"),
        (" +1 503 555 0100 ", "+15035550100"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_fax_number_is_kept_in_digits(typed: str, stored: str) -> None:
    assert fax_number(typed) == stored


@pytest.mark.parametrize("typed", ["fax", "030 123456 ext. 7", "1234", "+4930123456789012", "30+123456", "٠٣٠١٢٣٤٥٦"])
def test_what_is_no_fax_number_is_a_sentence(typed: str) -> None:
    with pytest.raises(FaxNumberError, match="Write the fax number in digits"):
        fax_number(typed)


def test_a_stored_number_is_stored_as_it_is() -> None:
    assert fax_number(fax_number("+49 (0)30 12 34-56")) == "+4930123456"
