"""What is wrong with a taper or a document about one: what to change, where, and how."""

from __future__ import annotations

from typing import Self


class DocumentError(ValueError):
    """A document cannot be used.

    `code` is for programs, `field` the path of what to change as in “recipe.tail[0].days” (empty for the document
    as a whole), `text` a sentence that tells a person what to do.
    """

    def __init__(self, code: str, field: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.field = field
        self.text = text


class TaperError(DocumentError):
    """The taper cannot be."""

    def at(self, field: str) -> Self:
        """The same error, now that it is known where in the document it belongs."""
        self.field = field
        return self
