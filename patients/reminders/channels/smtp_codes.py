"""Whose fault it is when a mail server says no for good: the second code that most write after their “550”.

RFC 3463 (https://www.rfc-editor.org/rfc/rfc3463): 5.1 is about an address and 5.2 about a mailbox; 5.3, 5.4 and 5.5 are
about systems, routes and limits, and what was said in the protocol; 5.7 is about who may send. Of us and our account
servers speak as late as at the recipient, “553 5.7.1 Sender address rejected: not owned by user”
(https://kb.mailbox.org/en/business/e-mail-article/sending-e-mails-with-non-registered-mailaddresses-sender-address-rejected-not-owned-by-user),
or at the message: “550 5.4.5 Daily user sending quota exceeded”.
"""

import re
from enum import Enum
from typing import Final

_CODE: Final = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})(?!\d)")
# 5.1.7 and 5.1.8: the sender’s address. 5.2.2: full. 5.2.3: the message is too long for it.
_OF_THE_SENDER: Final = {(1, 7), (1, 8)}
_PASSES: Final = {(2, 2), (2, 3)}


class Fault(Enum):
    """address: takes nothing. message: this one is not taken. ours: our server or account, whoever it is for.

    later: it passes or is mended, and may be about this recipient alone.
    """

    ADDRESS = "address"
    MESSAGE = "message"
    LATER = "later"
    OURS = "ours"


def fault_of_recipient(said: bytes | str) -> Fault:
    """What a refusal at the recipient means. Without such a code it is taken to be about the address.

    Who may send, and by which route, is mostly about us. Yet it may be about one recipient, for whose sake nobody else
    is to wait.
    """
    code = _code(said)
    if code in _PASSES or (code is not None and code[0] in (4, 7)):
        return Fault.LATER
    is_address = code is None or (code[0] in (0, 1, 2) and code not in _OF_THE_SENDER)
    return Fault.ADDRESS if is_address else Fault.OURS


def fault_of_message(said: bytes | str) -> Fault:
    """What a refusal after the message means. Who may send is asked earlier, so that 5.7 is about what it says."""
    code = _code(said)
    return Fault.OURS if code is not None and code[0] in (3, 4, 5) else Fault.MESSAGE


def _code(said: bytes | str) -> tuple[int, int] | None:
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    found = _CODE.match(text)
    return (int(found[1]), int(found[2])) if found else None
