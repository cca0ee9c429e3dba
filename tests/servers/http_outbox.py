"""What the HTTP server of the tests was given, and how it is told to answer."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Mood(StrEnum):
    """How the server treats the next requests."""

    ANSWER = "answer"
    ANSWER_AND_CLOSE = "answer and close"
    """Answers, and closes the connection without a word: a kept connection that has ended meanwhile."""
    HANG = "hang"
    """Takes the request and never answers."""
    DRIP = "drip"
    """Answers with a letter now and then, for ever."""
    ANSWER_HALF = "answer half"
    """Answers with half of the body, and then nothing more."""
    DROP_BEFORE = "drop before"
    """Cuts the connection and has not taken the request."""
    DROP_AFTER_ACCEPT = "drop after accept"
    """Takes the request, then cuts the connection before answering: the sender cannot know."""


@dataclass(frozen=True)
class HttpAnswer:
    """What is answered. The body is sent as it is."""

    mood: Mood = Mood.ANSWER
    status: int = 201
    body: str = '{"id": "abc-1", "sid": "SM1"}'
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReceivedRequest:
    """One request. headers: by their names in small letters. connection: the number of the one it came over."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int
    status: int

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class HttpOutbox:
    """The requests that arrived in one server's folder, oldest first."""

    def __init__(self, folder: Path, *, port: int, tls_port: int, trust: str) -> None:
        self._folder = folder
        self.port = port
        self.tls_port = tls_port
        self.trust = trust

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def requests(self) -> list[ReceivedRequest]:
        """Return what arrived since the last `clear`."""
        return [_read(path) for path in sorted(self._folder.glob("*.json"))]

    def counts(self, header: str) -> Counter[str]:
        """How often each value of a header arrived: an idempotency key that came twice is counted twice."""
        return Counter(request.headers.get(header, "") for request in self.requests())

    def answer(self, answer: HttpAnswer) -> None:
        """Answer every request from now on like this."""
        unfinished = self._folder / "answer.part"
        unfinished.write_text(json.dumps(asdict(answer)), encoding="utf-8")
        unfinished.rename(self._folder / "answer")

    def clear(self) -> None:
        """Forget what arrived and accept everything again."""
        self.answer(HttpAnswer())
        for path in self._folder.glob("*.json"):
            path.unlink()


def current_answer(folder: Path) -> HttpAnswer:
    """Return what the file `answer` says; without it, requests are accepted."""
    path = folder / "answer"
    if not path.exists():
        return HttpAnswer()
    said = json.loads(path.read_text(encoding="utf-8"))
    return HttpAnswer(**said | {"mood": Mood(said["mood"])})


def _read(path: Path) -> ReceivedRequest:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return ReceivedRequest(**kept | {"body": kept["body"].encode("latin-1")})
