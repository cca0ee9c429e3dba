"""A mail server that counts: `python -m tests.servers.counting_sink FOLDER`.

It answers as `tests.servers.smtp_sink` does. Instead of whole messages it writes one line for each into the file
`accepted` in FOLDER: the Message-ID, the recipient, the instant in seconds since 1970, and how it answered. What stands
there was accepted, whether or not the sender was told.
"""

import asyncio
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import Envelope

from tests.servers.outbox import Answer
from tests.servers.smtp_sink import Sink, serve

ACCEPTED: Final = "accepted"
_MESSAGE_ID = re.compile(rb"^message-id:\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that the mail server, or the provider of text messages, has taken.

    at: in seconds since 1970. is_answered: whether it said so.
    """

    key: str
    recipient: str
    at: float
    is_answered: bool


class CountingSink(Sink):
    """The handler that aiosmtpd calls for each message."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # Unbuffered: what was accepted is written down before it is answered, whatever becomes of this process.
        self._lines = (folder / ACCEPTED).open("ab", buffering=0)

    def keep(self, envelope: Envelope, answer: Answer) -> None:
        """Write one line."""
        assert isinstance(envelope.content, bytes)
        found = _MESSAGE_ID.search(envelope.content)
        key = "" if found is None else found[1].decode("ascii", "replace")
        line = f"{key}\t{envelope.rcpt_tos[0]}\t{time.time():.6f}\t{answer.value}\n"
        self._lines.write(line.encode())


def accepted(folder: Path) -> list[Accepted]:
    """What the server of this folder has taken so far, in the order of arrival."""
    path = folder / ACCEPTED
    if not path.exists():
        return []
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Accepted(key, recipient, float(at), answer != Answer.DROP_AFTER_ACCEPT.value)
        for key, recipient, at, answer in rows
    ]


if __name__ == "__main__":
    asyncio.run(serve(CountingSink(Path(sys.argv[1]))))
