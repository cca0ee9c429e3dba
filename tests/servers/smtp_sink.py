"""A real mail server that keeps what it is given: `python -m tests.servers.smtp_sink FOLDER`.

Prints `{"port"}` when it listens on loopback and ends when standard input closes. Every accepted message
becomes one JSON file in FOLDER, numbered in the order of arrival; the file `answer` in FOLDER, read for
every message, says how to answer (see `tests.servers.outbox.Answer`).
"""

import asyncio
import itertools
import json
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.outbox import Answer, current_answer

OK = "250 2.0.0 accepted"
BUSY = "451 4.3.0 try again later"
NO_SUCH_MAILBOX = "550 5.1.1 no such mailbox"
REFUSED = "554 5.7.1 message refused"
# Longer than anybody waits.
HANGS_SECONDS = 600.0


class Sink:
    """The handler aiosmtpd calls for each recipient and each message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        match current_answer(self._folder):
            case Answer.REFUSE_TEMPORARILY:
                return BUSY
            case Answer.REFUSE_PERMANENTLY:
                return NO_SUCH_MAILBOX
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep or refuse one message."""
        answer = current_answer(self._folder)
        match answer:
            case Answer.REFUSE_MESSAGE_TEMPORARILY:
                return BUSY
            case Answer.REFUSE_MESSAGE_PERMANENTLY:
                return REFUSED
            case Answer.HANG:
                await asyncio.sleep(HANGS_SECONDS)
                return BUSY
        self.keep(envelope, answer)
        if answer == Answer.DROP_AFTER_ACCEPT:
            # The message is ours, and the sender will never hear of it.
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return OK

    def keep(self, envelope: Envelope, answer: Answer) -> None:
        """Write down one message that is ours from now on."""
        assert isinstance(envelope.content, bytes)
        kept = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            # Latin-1 maps every byte to one character and back.
            "content": envelope.content.decode("latin-1"),
        }
        number = next(self._numbers)
        unfinished = self._folder / f"{number:06}.part"
        unfinished.write_text(json.dumps(kept), encoding="utf-8")
        unfinished.rename(self._folder / f"{number:06}.json")


async def serve(sink: Sink) -> None:
    """Listen on a free loopback port until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost"), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Sink(Path(sys.argv[1]))))
