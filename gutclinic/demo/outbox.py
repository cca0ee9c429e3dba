"""Reading the messages that Django's file backend has written: one file per connection, several messages in one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

# What the backend writes after each message.
SEPARATOR: Final = b"\n" + b"-" * 79 + b"\n"
# A code alone on its line: for signing in two groups of four digits, for the link to a prescriber eight digits in one.
CODE: Final = re.compile(r"^\s*(\d{4}-\d{4}|\d{8})\s*$", re.MULTILINE)
LINK: Final = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as its recipient would read it. code: the code in it, or nothing."""

    sent_at: datetime
    sender: str
    recipient: str
    subject: str
    text: str

    @property
    def code(self) -> str:
        found = CODE.search(self.text)
        return found[1] if found else ""

    @property
    def links(self) -> list[str]:
        return LINK.findall(self.text)


def letters(folder: Path, *, recipient: str = "") -> list[Letter]:
    """All messages in this folder, the newest first; to one address, if it is given."""
    found = [letter for letter in _read(folder) if recipient.lower() in {"", letter.recipient.lower()}]
    # Dates know no fractions of a second: among equals the order of writing decides.
    return sorted(found, key=lambda letter: letter.sent_at)[::-1]


def _read(folder: Path) -> Iterator[Letter]:
    """Every message, oldest file first. A message that is being written at this moment is left for the next time."""
    for file in sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime_ns, file.name)):
        *complete, _ = file.read_bytes().split(SEPARATOR)
        for content in complete:
            yield _letter(message_from_bytes(content, policy=policy.default))


def _letter(message: EmailMessage) -> Letter:
    body = message.get_body(preferencelist=("plain",))
    return Letter(
        sent_at=_sent_at(message),
        sender=str(message["From"]),
        recipient=", ".join(address.addr_spec for address in message["To"].addresses),
        subject=str(message["Subject"]),
        text=body.get_content().strip() if body else "",
    )


def _sent_at(message: EmailMessage) -> datetime:
    """Django writes “-0000”, which means UTC and is read as a time without a zone."""
    if not message["Date"]:
        return datetime.min.replace(tzinfo=UTC)
    written: datetime = message["Date"].datetime
    return written if written.tzinfo else written.replace(tzinfo=UTC)
