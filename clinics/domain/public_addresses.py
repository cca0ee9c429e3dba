"""Which network addresses are out in the world, and which lead back into the house.

An address that somebody else chose must never make the server speak to its own network: to a database, to a neighbour,
or to the service of a hosting company that hands out passwords (169.254.169.254).
"""

from __future__ import annotations

import ipaddress
from typing import Final

# RFC 6052: an IPv4 address wrapped for networks that speak IPv6 alone.
_WRAPPED: Final = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether this IP address may be spoken to. What is no IP address, or carries an inner one inside it, may not."""
    try:
        # “fe80::1%eth0” belongs to one cable.
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (carried := _carried(found)):
        return all(_is_outside(one) for one in carried)
    return _is_outside(found)


def _is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    # What IPv6 once kept for the inside of a house (fec0::/10) is in none of Python’s other lists.
    is_inside = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_inside)


def _carried(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for, where it is one of the kinds that carry some."""
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if address in _WRAPPED:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return []
