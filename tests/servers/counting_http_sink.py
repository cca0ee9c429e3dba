"""A provider of text messages that counts: `python -m tests.servers.counting_http_sink FOLDER`.

It answers as `tests.servers.http_sink` does, and speaks the protocol of `patients.reminders.channels.sms_http`. Instead
of whole requests it writes one line for each message that it has taken, as `tests.servers.counting_sink` does. It takes
the same key again, and counts it again: whether a message came twice is what is to be seen.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from tests.servers.counting_sink import ACCEPTED
from tests.servers.http_outbox import HttpAnswer, Mood
from tests.servers.http_sink import Sink, until_input_closes


class CountingHttpSink(Sink):
    """Takes what it answers with success, and what it takes without a word."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # Unbuffered: what was accepted is written down before it is answered, whatever becomes of this process.
        self._lines = (folder / ACCEPTED).open("ab", buffering=0)

    def keep(self, request: dict[str, object], body: bytes, answer: HttpAnswer) -> None:
        """Write one line, if this was accepted."""
        is_taken = answer.mood == Mood.ANSWER and answer.status < 300
        if not is_taken and answer.mood != Mood.DROP_AFTER_ACCEPT:
            return
        headers = request["headers"]
        assert isinstance(headers, dict)
        key = headers.get("idempotency-key", "")
        line = f"{key}\t{json.loads(body)['to']}\t{time.time():.6f}\t{answer.mood.value}\n"
        self._lines.write(line.encode())


async def serve(folder: Path) -> None:
    """Listen on a free loopback port until standard input closes."""
    server = await asyncio.start_server(CountingHttpSink(folder).serve, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await until_input_closes()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
