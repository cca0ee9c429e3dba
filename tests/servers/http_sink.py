"""A real HTTP server that counts what it is given: `python -m tests.servers.http_sink FOLDER`.

Prints `{"port", "tls_port", "trust"}` when it listens on loopback, plain and with TLS (`trust` is the file to trust it
by), and ends when standard input closes. Every request becomes one JSON file in FOLDER, numbered in the order of
arrival; the file `answer` in FOLDER, read for every request, says how to answer (see `HttpAnswer` in
`tests.servers.http_outbox`).
"""

import asyncio
import contextlib
import itertools
import json
import ssl
import sys
from pathlib import Path

from tests.servers.certificate import make_certificate
from tests.servers.http_outbox import HttpAnswer, Mood, current_answer

DRIP_SECONDS = 0.1


class Sink:
    """Answers requests one after the other on each connection, as a provider does that keeps connections open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._requests = itertools.count(1)
        self._connections = itertools.count(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        connection = next(self._connections)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._one(reader, writer, connection):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        """Read one request and answer it; whether another may follow."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        answer = current_answer(self._folder)
        if answer.mood != Mood.DROP_BEFORE:
            self.keep({"method": method, "path": path, "headers": headers, "connection": connection}, body, answer)
        match answer.mood:
            case Mood.DROP_BEFORE | Mood.DROP_AFTER_ACCEPT:
                writer.transport.abort()
                return False
            case Mood.HANG:
                await reader.read()
                return False
            case Mood.ANSWER_HALF:
                await _write(writer, answer, missing=1)
                await reader.read()
                return False
            case Mood.DRIP:
                await _drip(writer)
                return False
        await _write(writer, answer)
        return answer.mood != Mood.ANSWER_AND_CLOSE

    def keep(self, request: dict[str, object], body: bytes, answer: HttpAnswer) -> None:
        """Write down one request that was taken."""
        # Latin-1 maps every byte to one character and back.
        kept = request | {"body": body.decode("latin-1"), "status": answer.status}
        number = next(self._requests)
        unfinished = self._folder / f"{number:06}.part"
        unfinished.write_text(json.dumps(kept), encoding="utf-8")
        unfinished.rename(self._folder / f"{number:06}.json")


async def _write(writer: asyncio.StreamWriter, answer: HttpAnswer, *, missing: int = 0) -> None:
    body = answer.body.encode()
    headers = {"Content-Length": str(len(body) + missing), "Content-Type": "application/json"} | answer.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {answer.status} Answer\r\n{lines}\r\n".encode() + body)
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter) -> None:
    """A status line that never ends, a letter at a time."""
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


async def until_input_closes() -> None:
    """Return once whoever started this process has closed its input, or has ended."""
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


async def serve(folder: Path) -> None:
    """Listen on two free loopback ports until standard input closes."""
    sink = Sink(folder)
    certificate, key = make_certificate(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    plain = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    secure = await asyncio.start_server(sink.serve, "127.0.0.1", 0, ssl=tls)
    ports = {"port": plain.sockets[0].getsockname()[1], "tls_port": secure.sockets[0].getsockname()[1]}
    print(json.dumps(ports | {"trust": str(certificate)}), flush=True)
    await until_input_closes()
    plain.close()
    secure.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
