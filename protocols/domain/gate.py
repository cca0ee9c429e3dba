"""What a gate of a taper is: a question before it starts, why it is asked, and what becomes of a yes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from protocols.domain.medicines import MedicineClass
from protocols.domain.sources import HowRead


class Lifting(StrEnum):
    """What becomes of a yes."""

    PRESCRIBER = "prescriber"
    REVIEW = "review"
    RESOLVED = "resolved"
    NOT_NEEDED = "not-needed"

    @property
    def label(self) -> str:
        """Who may lift it, as a page says it."""
        return {
            "prescriber": "Only the prescriber may lift it, with a reason",
            "review": "Cleared after clinical review, never lifted",
            "resolved": "Resolved, never lifted",
            "not-needed": "Asked first; it stops nothing",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate.

    id: "G1" to "G11" stop, "A1" to "A7" are asked first. why: one sentence for the prescriber. mark: how the citation
    was read; the weakest of several.
    codes: beginnings of ICD-10-CM codes; a condition that somebody has or had with one of them is a yes.
    denied_by: codes that must all be recorded as looked for and not there before that is a no; empty where no code
    can say so, because there is none or because today's absence says nothing of the past.
    classes: which medicines it looks at.
    """

    id: str
    question: str
    why: str
    citation: str
    mark: HowRead
    lifting: Lifting
    codes: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    classes: tuple[MedicineClass, ...] = ()

    @property
    def is_hard(self) -> bool:
        """Whether a yes, or an unknown, stops the taper from starting."""
        return self.lifting is not Lifting.NOT_NEEDED

    @property
    def label(self) -> str:
        return "Hard stop" if self.is_hard else "Ask first"
