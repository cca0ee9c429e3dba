"""Commands that read one JSON document on standard input and print one on standard output, without any database."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from protocols.domain.document import MOST_BYTES, parse_document
from protocols.domain.taper_error import DocumentError

WRONG_INPUT = 2


class JsonCommand(BaseCommand):
    """`answer` says what is printed; a `DocumentError` ends with 2 and a document that says what to change."""

    requires_system_checks: list[str] = []

    def answer(self, document: object) -> dict[str, Any]:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.answer(parse_document(_standard_input()))
        except DocumentError as error:
            self._print({"error": {"code": error.code, "field": error.field, "text": error.text}})
            raise SystemExit(WRONG_INPUT) from None
        self._print(answer)

    def _print(self, document: dict[str, Any]) -> None:
        # A terminal that cannot show every character gets escapes: the same JSON, and never an error.
        utf_8 = (getattr(self.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
        self.stdout.write(json.dumps(document, ensure_ascii=not utf_8))


def _standard_input() -> bytes:
    """As much of it as a document may hold, and a byte more; nothing where it is closed, and text as UTF-8."""
    if sys.stdin is None:
        return b""
    found: bytes | str = getattr(sys.stdin, "buffer", sys.stdin).read(MOST_BYTES + 1)
    return found.encode("utf-8", "surrogatepass") if isinstance(found, str) else found
