"""Patients and plans are locked without their keys, so that a row that points to one never waits for whoever holds it.

What happens otherwise is seen in `tests/reminders/test_people_and_messages_meet.py`; here no place is forgotten.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

POINTED_TO = {"Patient", "Plan"}


def locks() -> Iterator[tuple[str, ast.Call]]:
    """Each lock that begins at one of these models, and where it stands."""
    for package in ("clinics", "protocols", "patients", "gutclinic"):
        for path in sorted((Path(settings.BASE_DIR) / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                is_lock = isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".select_for_update")
                if is_lock and ast.unparse(node).partition(".")[0] in POINTED_TO:
                    yield f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}", node


def test_every_lock_of_a_patient_or_a_plan_leaves_its_key_free() -> None:
    found = list(locks())
    assert len(found) > 20, "the places are found at all"
    keyed = [where for where, lock in found if "no_key=True" not in ast.unparse(lock)]
    assert keyed == [], "Write select_for_update(…, no_key=True) there."
