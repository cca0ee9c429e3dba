"""The paper that a clinic prints and faxes on."""

from enum import StrEnum


class Paper(StrEnum):
    """The value is typst’s name of it."""

    A4 = "a4"
    LETTER = "us-letter"

    @property
    def label(self) -> str:
        return {"a4": "A4", "us-letter": "US Letter"}[self.value]
