"""Classes of medicines: what each permits, and which the gates of a taper look at."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from protocols.domain.pattern import Pattern, PatternKind


class MedicineClass(StrEnum):
    """What a medicine is to the arithmetic and the gates; its value is the word of commands and of the catalogue."""

    PPI = "PPI"
    H2RA = "H2RA"
    ALGINATE = "alginate"
    ANTACID = "antacid"
    MUCOSAL_PROTECTANT = "mucosal protectant"
    NSAID = "NSAID"
    ANTIPLATELET = "antiplatelet"
    ANTICOAGULANT = "anticoagulant"
    CORTICOSTEROID = "corticosteroid"
    SSRI = "SSRI"
    BENZODIAZEPINE = "benzodiazepine"
    OPIOID = "opioid"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The class in words: "Proton pump inhibitor"."""
        return _LABELS.get(self, self.value[:1].upper() + self.value[1:])

    @property
    def is_acid_suppressant(self) -> bool:
        """Whether it can become a patient's taper without a prescriber enabling its class by name."""
        return self in {MedicineClass.PPI, MedicineClass.H2RA}

    @property
    def is_controlled(self) -> bool:
        """Whether it gets no outside link, no automatic hold and no detail in a calendar."""
        return self in {MedicineClass.BENZODIAZEPINE, MedicineClass.OPIOID}

    def permits(self, pattern: Pattern) -> bool:
        """Whether a medicine of this class may be taken in this pattern while it is reduced.

        Days off are wrong for what must not lapse: never for an SSRI, a benzodiazepine or an opioid, and only
        every second day for a corticosteroid.
        """
        if pattern.kind == PatternKind.DAILY:
            return True
        if self == MedicineClass.CORTICOSTEROID:
            return pattern == Pattern.every(2)
        return self not in _DAILY_ONLY

    @property
    def permitted_in_words(self) -> str:
        """What may be written of a class that does not permit everything: “daily”, and what else there is."""
        return "“daily” or “every 2 days”" if self == MedicineClass.CORTICOSTEROID else "“daily”"


_DAILY_ONLY: Final = frozenset({MedicineClass.SSRI, MedicineClass.BENZODIAZEPINE, MedicineClass.OPIOID})
_LABELS: Final = {
    MedicineClass.PPI: "Proton pump inhibitor",
    MedicineClass.H2RA: "H2 blocker",
    MedicineClass.MUCOSAL_PROTECTANT: "Mucosal protectant",
}
