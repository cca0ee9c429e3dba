"""What is wrong with a taper or a document about one: what to change, where, and how."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


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


@contextmanager
def at(field: str) -> Iterator[None]:
    """Give an error raised within the path of what it is about, unless it knows a closer one."""
    try:
        yield
    except TaperError as error:
        error.field = error.field or field
        raise
