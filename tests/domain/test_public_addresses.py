"""Which addresses the server may be sent to by somebody else."""

import pytest

from clinics.domain.public_addresses import is_public


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "142.250.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
)
def test_the_world_may_be_spoken_to(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.0", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff0e::1", "2001:db8::1"),
    ],
)
def test_the_house_and_what_belongs_to_nobody_may_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:a00:1::",
    ],
)
def test_an_inner_address_wrapped_in_an_outer_one_may_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "8.8.8.8:443", "0x7f.1", "2130706433", "[::1]", "8.8.8.8 "])
def test_what_is_no_address_may_not(text: str) -> None:
    assert not is_public(text)
