"""manage.py preview_day: all that is taken in a day as one JSON document on standard input, its timetable out."""

from typing import Any

from protocols.domain.dayplan_document import preview_day
from protocols.management.json_command import JsonCommand


class Command(JsonCommand):
    help = (
        "Reads what is taken in a day as one JSON document on standard input and prints its timetable as another. "
        "Wrong input ends with 2 and one JSON document that says what to change. Needs no database."
    )

    def answer(self, document: object) -> dict[str, Any]:
        return preview_day(document)
