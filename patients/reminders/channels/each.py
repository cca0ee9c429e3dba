"""One sender for a batch in which each envelope goes by its own channel."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from patients.reminders.channels.envelope import Envelope, HandOverFailed, Sender


class SenderOfEach:
    """Hands each envelope to the sender of its channel, which is made when the first one comes.

    make: the sender of a channel; None where this server has nobody to carry for it.
    """

    def __init__(self, make: Callable[[str], Sender | None]) -> None:
        self._make = make
        self._made: dict[str, Sender] = {}

    def __enter__(self) -> Self:
        self._open = ExitStack()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._made.clear()
        self._open.__exit__(kind, error, trace)

    def send(self, envelope: Envelope) -> str | None:
        channel = envelope.channel
        if channel not in self._made:
            sender = self._make(channel)
            if sender is None:
                # Taken out of the settings since this was planned: the re-check finds another way at the next try.
                raise HandOverFailed("This channel is not set up on this server.", permanent=False, channel_down=True)
            self._made[channel] = self._open.enter_context(sender)
        return self._made[channel].send(envelope)
