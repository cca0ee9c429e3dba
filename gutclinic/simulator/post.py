"""The channel of a run: it records every envelope, and fails as real mail servers do, the same way each time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Self

from gutclinic.simulator.clock import Clock, Outage
from gutclinic.simulator.evidence import Carried, HandOver
from patients.models import Message
from patients.reminders.channels import Envelope, HandOverFailed


@dataclass(slots=True)
class Post:
    """A `Sender` that keeps what it was given.

    What fails depends on the seed, the recipient’s name and how often something came for them, never on codes, which
    are random, nor on the order in which different people are served.
    """

    seed: int
    clock: Clock
    outages: list[Outage]
    # The name of each recipient, by kind and code.
    names: Mapping[tuple[str, str], str]
    hand_overs: list[HandOver]
    # The share of hand-overs to whoever has this name that fail for the moment.
    unreliable: dict[str, float] = field(default_factory=dict)
    # From which hand-over on this one is refused for good.
    refusing_from: dict[str, int] = field(default_factory=dict)
    _seen: Counter[str] = field(default_factory=Counter)
    _tries: Counter[int] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @property
    def most_tries(self) -> int:
        """How often the one envelope was handed over that was handed over most often."""
        return max(self._tries.values(), default=0)

    def send(self, envelope: Envelope) -> None:
        message = Message.objects.get(idempotency_key=envelope.idempotency_key)
        recipient = (message.recipient_kind, message.recipient_code)
        self._tries[message.pk] += 1
        outcome = self._outcome(self.names[recipient])
        self.hand_overs.append(HandOver(self.clock.at, envelope, message.pk, recipient, _carried(message), outcome))
        if outcome != "accepted":
            raise HandOverFailed("The simulated mail server said no.", permanent=outcome == "refused")

    def _outcome(self, name: str) -> str:
        self._seen[name] += 1
        number = self._seen[name]
        if any(outage.covers(self.clock.at) for outage in self.outages):
            return "failed"
        if number >= self.refusing_from.get(name, number + 1):
            return "refused"
        if Random(f"{self.seed} {name} {number}").random() < self.unreliable.get(name, 0):
            return "failed"
        return "accepted"


def _carried(message: Message) -> tuple[Carried, ...]:
    """Look, at this very instant, at what the envelope speaks of."""
    return tuple(
        Carried(
            reminder_id=reminder.pk,
            key=reminder.key,
            kind=reminder.kind,
            phase=reminder.phase.key if reminder.phase else "",
            taper_id=reminder.taper_id,
            plan_id=reminder.plan_id,
            civil_date=reminder.civil_date,
            status=reminder.status,
            plan_status=reminder.plan.status,
            phase_status=reminder.phase.status if reminder.phase else "",
            phase_starts_on=reminder.phase.starts_on if reminder.phase else reminder.civil_date,
        )
        for reminder in message.reminders.select_related("plan", "phase").order_by("pk")
    )
