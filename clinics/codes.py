"""Opaque public codes: what stands in addresses, logs and messages instead of names and row numbers."""

import secrets

# Crockford's alphabet: no I, L, O or U, so a code can be read out over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def new_code() -> str:
    """Ten random characters, 50 bits: enough that nobody finds a code by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
