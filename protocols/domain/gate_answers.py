"""How the gates of a taper are answered: yes, no or unknown, each with its source and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Answer(StrEnum):
    """Whether what the gate asks about is so. Unknown is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """One gate as it stands for one person.

    gate: its identifier, "G1" to "G11" for hard stops, "A1"… for questions asked first. source: what says so, empty
    when unknown. as_of: of which day that is, None when unknown. lifted_because: the reason for which the prescriber
    goes on although the answer is yes; empty unless lifted.
    """

    gate: str
    answer: Answer
    source: str = ""
    as_of: date | None = None
    lifted_because: str = ""

    @property
    def is_lifted(self) -> bool:
        return bool(self.lifted_because)
