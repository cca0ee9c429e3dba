"""How a fact that gutclinic ships came to be known."""

from enum import StrEnum


class HowRead(StrEnum):
    """Whether a source was read. An amount ships only on the strength of one that was."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    OWN = "own"

    @property
    def label(self) -> str:
        return {
            "primary": "primary source or its abstract read",
            "secondary": "secondary source read",
            "own": "our own choice or calculation",
        }[self.value]

    @property
    def was_read(self) -> bool:
        return self is not HowRead.OWN


class Mark(StrEnum):
    """How far one fact of the knowledge packs was checked. A rule or a limit that was only remembered never counts."""

    PRIMARY = "R"
    SECONDARY = "R2"
    REMEMBERED = "M"
    COMPUTED = "C"
    OWN = "D"

    @property
    def label(self) -> str:
        return {
            "R": "primary source, abstract or label read",
            "R2": "secondary source read",
            "M": "from memory, not read: does not count",
            "C": "computed from stated inputs",
            "D": "our own concrete form of a looser statement",
        }[self.value]

    @property
    def counts(self) -> bool:
        """Whether people are told of it. What somebody only remembers waits until a source was read."""
        return self is not Mark.REMEMBERED
