"""What is broken in a fault run, and mended again."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.servers.counting_sink import Accepted, accepted
from tests.servers.http_outbox import HttpAnswer, HttpOutbox, Mood
from tests.servers.outbox import Answer, Outbox
from tools.reminder_load.stage import Stage
from tools.reminder_load.workers import CeleryProcess

PATIENCE_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class House:
    """What can break.

    outlasts: seconds after which a claim is over. pause: how long something stays broken. let_pauses_pass: makes what
    waits after a failure due now.
    """

    stage: Stage
    sink: Outbox
    texts: HttpOutbox
    workers: list[CeleryProcess]
    beats: list[CeleryProcess]
    outlasts: float
    pause: float
    let_pauses_pass: Callable[[], object]

    def accepted(self) -> list[Accepted]:
        """What both servers have taken."""
        return [*accepted(self.stage.mail), *accepted(self.stage.texts)]

    def cut_off(self, folder: Path) -> int:
        """How many messages were taken by the server of this folder without a word."""
        return sum(not one.is_answered for one in accepted(folder))


def worker_kill(house: House) -> None:
    """`kill -9` of a worker with all its processes; another takes its place."""
    worker = house.workers[0]
    worker.kill()
    worker.start()
    # The next time it is another one’s turn.
    house.workers.append(house.workers.pop(0))


def worker_process_kill(house: House) -> None:
    """`kill -9` of one process of a worker, which starts another by itself."""
    for pid in house.workers[0].children[:1]:
        os.kill(pid, signal.SIGKILL)


def worker_freeze(house: House) -> None:
    """One process stands still for longer than any claim lasts, and wakes as if nothing had happened."""
    frozen = house.workers[0].children[:1]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(house.outlasts)
    for pid in frozen:
        # Somebody may have ended it meanwhile.
        if Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGCONT)


def redis_flush(house: House) -> None:
    """Redis stops, and comes back with nothing in it."""
    house.stage.redis.stop()
    time.sleep(house.pause)
    house.stage.redis.start()


def postgres_restart(house: House) -> None:
    """PostgreSQL ends in the middle of everything, and recovers from its log."""
    house.stage.postgresql.stop()
    time.sleep(house.pause)
    house.stage.postgresql.start()


def beat_kill(house: House) -> None:
    """`kill -9` of one of the beats; another takes its place."""
    house.beats[0].kill()
    house.beats[0].start()


def sink_refuse(house: House) -> None:
    """The mail server refuses everybody for now."""
    _answering(house, Answer.REFUSE_TEMPORARILY)


def sink_refuse_message(house: House) -> None:
    """The mail server refuses for now, after the message was sent."""
    _answering(house, Answer.REFUSE_MESSAGE_TEMPORARILY)


def sink_hang(house: House) -> None:
    """The mail server says nothing any more after the message was sent."""
    _answering(house, Answer.HANG)


def sink_drop_after_accept(house: House) -> None:
    """The mail server keeps the message and cuts the connection: whoever sent it cannot know."""
    before = house.cut_off(house.stage.mail)
    _answering(house, Answer.DROP_AFTER_ACCEPT, until=lambda: house.cut_off(house.stage.mail) > before)


def texts_refuse(house: House) -> None:
    """The provider of text messages refuses everything for now."""
    _texting(house, HttpAnswer(status=503, body="{}"))


def texts_hang(house: House) -> None:
    """The provider of text messages takes requests, and never answers."""
    _texting(house, HttpAnswer(Mood.HANG))


def texts_drop_after_accept(house: House) -> None:
    """The provider keeps the text message and cuts the connection: whoever sent it cannot know."""
    before = house.cut_off(house.stage.texts)
    dropping = HttpAnswer(Mood.DROP_AFTER_ACCEPT)
    _texting(house, dropping, until=lambda: house.cut_off(house.stage.texts) > before)


def _answering(house: House, answer: Answer, *, until: Callable[[], bool] = lambda: True) -> None:
    house.sink.answer(answer)
    _last(house, until=until)
    house.sink.answer(Answer.ACCEPT)


def _texting(house: House, answer: HttpAnswer, *, until: Callable[[], bool] = lambda: True) -> None:
    house.texts.answer(answer)
    _last(house, until=until)
    house.texts.answer(HttpAnswer())


def _last(house: House, *, until: Callable[[], bool]) -> None:
    """Let it be so for a while, and in any case until that has happened; but not for ever."""
    deadline = time.monotonic() + 2 * house.pause
    while time.monotonic() < deadline or (not until() and time.monotonic() < deadline + PATIENCE_SECONDS):
        house.let_pauses_pass()
        time.sleep(0.2)


FAULTS: Final[tuple[Callable[[House], None], ...]] = (
    worker_kill,
    sink_refuse,
    texts_drop_after_accept,
    worker_process_kill,
    redis_flush,
    sink_drop_after_accept,
    postgres_restart,
    texts_refuse,
    worker_freeze,
    sink_hang,
    beat_kill,
    texts_hang,
    sink_refuse_message,
)
"""In the order in which they happen, again and again."""
