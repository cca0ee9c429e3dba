"""POST over HTTP to a provider: connections that are kept, limits on everything, and nothing followed.

Own and small, on the standard library, because of what it must not do: no redirects, no proxy or password out of the
environment, no address in a log, and to each host only by an address that `route` gave.
"""

import contextlib
import http.client
import json
import select
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from clinics.domain.public_addresses import is_public

# An answer is an id and a word. What goes beyond this is not read.
LONGEST_ANSWER = 65_536
# How many addresses of one host are tried; each may take the whole time for connecting.
MOST_ADDRESSES = 3

# Where to connect for a host and a port: addresses and ports in the order in which they are tried.
Route = Callable[[str, int], list[tuple[str, int]]]


class NoAnswer(Exception):
    """It is not known whether the provider took the request: no, or no whole, status line came back.

    The text names the kind of error alone. Libraries quote addresses in theirs.
    """


class PointsInside(Exception):
    """The host leads into a network that the server must not speak to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def said(self) -> dict[str, object]:
        """The body as a JSON object; empty if it is anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def anywhere(host: str, port: int) -> list[tuple[str, int]]:
    """Every address of a host. For addresses that the operator wrote into the settings."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[0]), port) for *_, address in found))


def outside(host: str, port: int) -> list[tuple[str, int]]:
    """Every address of a host, or `PointsInside` if a single one is not public. For hosts that a visitor named.

    The connection goes to these very addresses: the name is not looked up again, and cannot change its mind.
    """
    found = anywhere(host, port)
    if not all(is_public(address) for address, _ in found):
        raise PointsInside
    return found


class Connections:
    """The open connections of a batch, one for each origin.

    seconds: how long connecting to one address, and after that the request with its answer, may take at most.
    """

    def __init__(self, *, seconds: float, route: Route = anywhere, trust: ssl.SSLContext | None = None) -> None:
        self._seconds = seconds
        self._route = route
        self._trust = trust
        self._kept: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post once, never twice. Raises `NoAnswer`, or `PointsInside` before anything was sent."""
        parts = urlsplit(url)
        try:
            connection = self._to(parts.scheme, parts.netloc)
            path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            return self._exchange(connection, path, headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._drop(parts.scheme, parts.netloc)
            raise NoAnswer(type(error).__name__) from None
        except PointsInside:
            self._drop(parts.scheme, parts.netloc)
            raise

    def _to(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        kept = self._kept.get((scheme, netloc))
        if kept is None:
            kept = self._kept[scheme, netloc] = (
                _Secure(netloc, seconds=self._seconds, route=self._route, trust=self._trust)
                if scheme == "https"
                else _Plain(netloc, seconds=self._seconds, route=self._route)
            )
        if kept.sock is not None and _has_ended(kept.sock):
            kept.close()
        if kept.sock is None:
            kept.connect()
        return kept

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        # The limit of a socket is for one read; whoever sends a letter a second would hold a worker for a day.
        limit = threading.Timer(self._seconds, _cut, [connection.sock])
        limit.daemon = True
        limit.start()
        try:
            connection.request("POST", path, body, {"User-Agent": "gutclinic", **headers})
            response = connection.getresponse()
            # From here on it is known what became of the request. What is missing of the body changes nothing.
            answered = {name.lower(): value for name, value in response.getheaders()}
            read = b""
            with contextlib.suppress(OSError, http.client.HTTPException):
                read = response.read(LONGEST_ANSWER)
            if not response.isclosed():
                connection.close()
            return Answer(response.status, answered, read)
        finally:
            limit.cancel()

    def _drop(self, scheme: str, netloc: str) -> None:
        dropped = self._kept.pop((scheme, netloc), None)
        if dropped is not None:
            dropped.close()


class _Plain(http.client.HTTPConnection):
    """A connection to an address that the route gave."""

    def __init__(self, netloc: str, *, seconds: float, route: Route) -> None:
        super().__init__(netloc, timeout=seconds)
        self._seconds = seconds
        self._route = route

    def connect(self) -> None:
        self.sock = _connected(self._route(self.host, self.port), seconds=self._seconds)


class _Secure(http.client.HTTPSConnection):
    """The same with TLS, for the name of the host and not for its address."""

    def __init__(self, netloc: str, *, seconds: float, route: Route, trust: ssl.SSLContext | None) -> None:
        self._tls = trust or ssl.create_default_context()
        super().__init__(netloc, timeout=seconds, context=self._tls)
        self._seconds = seconds
        self._route = route

    def connect(self) -> None:
        plain = _connected(self._route(self.host, self.port), seconds=self._seconds)
        limit = threading.Timer(self._seconds, _cut, [plain])
        limit.daemon = True
        limit.start()
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        finally:
            limit.cancel()


def _connected(addresses: list[tuple[str, int]], *, seconds: float) -> socket.socket:
    failed: OSError = ConnectionError("no address")
    for address in addresses[:MOST_ADDRESSES]:
        try:
            connected = socket.create_connection(address, timeout=seconds)
        except OSError as error:
            failed = error
        else:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
    raise failed


def _has_ended(connection: socket.socket) -> bool:
    """Whether the other side has closed meanwhile: nothing is expected now, so anything to read is the end."""
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


def _cut(connection: socket.socket) -> None:
    """Wake whoever reads from it, with an end. Closing alone would not."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
