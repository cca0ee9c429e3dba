"""What the mail server of the tests received, and how it is told to answer."""

import json
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path

POLL_SECONDS = 0.02


class Answer(StrEnum):
    """How the mail server answers the next messages."""

    ACCEPT = "accept"
    REFUSE_TEMPORARILY = "refuse temporarily"
    """451 to each recipient."""
    REFUSE_PERMANENTLY = "refuse permanently"
    """550 to each recipient."""
    REFUSE_MESSAGE_TEMPORARILY = "refuse message temporarily"
    """451 after the message was sent."""
    REFUSE_MESSAGE_PERMANENTLY = "refuse message permanently"
    """554 after the message was sent."""
    DROP_AFTER_ACCEPT = "drop after accept"
    """Keeps the message, then cuts the connection before answering: the sender cannot know."""
    HANG = "hang"
    """Says nothing after the message was sent, and keeps nothing, until the sender gives up."""


@dataclass(frozen=True)
class ReceivedMessage:
    """One accepted message: the addresses of its envelope and the parsed message."""

    sender: str
    recipients: tuple[str, ...]
    email: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.email["Subject"])

    @property
    def text(self) -> str:
        """The plain text, or an empty string if there is none."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML alternative, or an empty string if there is none."""
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.email.get_body((kind,))
        # Mail travels with the line ends of the network.
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


class Outbox:
    """The messages that arrived in one mail server's folder, oldest first."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self._folder = folder
        self.port = port

    def messages(self) -> list[ReceivedMessage]:
        """Return what was accepted since the last `clear`."""
        return [_read(path) for path in sorted(self._folder.glob("*.json"))]

    def wait_for(self, count: int, *, timeout: float = 20.0) -> list[ReceivedMessage]:
        """Return the messages once there are at least `count`; fail after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while len(messages := self.messages()) < count:
            if time.monotonic() > deadline:
                subjects = [message.subject for message in messages]
                raise AssertionError(
                    f"{count} messages were expected within {timeout:g} seconds, {len(messages)} arrived: {subjects}"
                )
            time.sleep(POLL_SECONDS)
        return messages

    def answer(self, answer: Answer) -> None:
        """Answer every message from now on like this."""
        unfinished = self._folder / "answer.part"
        unfinished.write_text(answer.value, encoding="utf-8")
        unfinished.rename(self._folder / "answer")

    def clear(self) -> None:
        """Forget what arrived and accept everything again."""
        self.answer(Answer.ACCEPT)
        for path in self._folder.glob("*.json"):
            path.unlink()


def current_answer(folder: Path) -> Answer:
    """Return what the file `answer` says; without it, messages are accepted."""
    path = folder / "answer"
    return Answer(path.read_text(encoding="utf-8")) if path.exists() else Answer.ACCEPT


def _read(path: Path) -> ReceivedMessage:
    kept = json.loads(path.read_text(encoding="utf-8"))
    email = message_from_bytes(kept["content"].encode("latin-1"), policy=policy.default)
    assert isinstance(email, EmailMessage)
    return ReceivedMessage(sender=kept["sender"], recipients=tuple(kept["recipients"]), email=email)
