"""No kind of reminder is registered that nothing can owe: each is named by a test that owes it."""

from pathlib import Path

from patients.reminders.kinds import KINDS

TESTS = Path(__file__).parents[1]


def test_each_kind_is_named_by_a_test() -> None:
    parts = ("reminders", "safety", "services", "stocks")
    written = "".join(path.read_text() for part in parts for path in (TESTS / part).glob("test_*.py"))
    assert [name for name in KINDS if f'"{name}"' not in written] == []
