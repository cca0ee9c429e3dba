"""The time of a run: it stands still until the run moves it on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A Friday. Within the next twenty weeks the clocks change in both hemispheres.
BEGINS = datetime(2027, 1, 1, tzinfo=UTC)


class Clock:
    """Called, it says what time it is in the run."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move_on(self, to: datetime) -> None:
        if to < self.at:
            raise ValueError(f"Time does not run back, from {self.at} to {to}.")
        self.at = to


@dataclass(frozen=True, slots=True)
class Outage:
    """From `begins` up to, not including, `ends` something did not work."""

    begins: datetime
    ends: datetime

    def covers(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


def after(at: datetime, outages: "list[Outage]") -> datetime:
    """This instant, or the end of the outage it lies in."""
    for outage in outages:
        if outage.covers(at):
            return after(outage.ends, outages)
    return at


def days(number: float) -> timedelta:
    return timedelta(days=number)
