"""manage.py preview_taper: a taper as one JSON document on standard input, its schedule on standard output."""

from typing import Any

from protocols.domain.taper_preview import preview
from protocols.management.json_command import JsonCommand


class Command(JsonCommand):
    help = (
        "Reads a taper as one JSON document on standard input and prints its schedule as another. Wrong input ends "
        "with 2 and one JSON document that says what to change. Needs no database."
    )

    def answer(self, document: object) -> dict[str, Any]:
        return preview(document)
