"""manage.py check_safety: what is taken as one JSON document on standard input, findings on standard output."""

from typing import Any

from protocols.domain.safety_document import check
from protocols.management.json_command import JsonCommand
from protocols.services.knowledge import shipped_knowledge


class Command(JsonCommand):
    help = (
        "Reads what one person takes as one JSON document on standard input and prints what the safety rules find as "
        "another. Wrong input ends with 2 and one JSON document that says what to change. Needs no database."
    )

    def answer(self, document: object) -> dict[str, Any]:
        return check(document, shipped_knowledge())
