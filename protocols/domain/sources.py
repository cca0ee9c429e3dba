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
