"""A pack as small as a pack can be, for tests that spoil it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SMALL_PACK = """
key = "small"
version = "1"
title = "A small protocol"
summary = "For tests."

[[phases]]
key = "first"
kind = "remove"
title = "First"
purpose = "Why."
teaching = "What to know."
evidence = "weak"
sources = [{ cite = "A book", read = "primary" }]
anchor = "plan-start"
duration_days = 28

[[phases.criteria]]
key = "days"
kind = "minimum_days"
parameters = { days = 21 }
sentence = "At least 21 days."

[[phases]]
key = "second"
kind = "repair"
title = "Second"
purpose = "Why."
teaching = "What to know."
evidence = "none"
sources = [{ cite = "A report", read = "secondary" }]
anchor = "phase-end"
anchor_phase = "first"
offset_days = 1

[[orders]]
key = "zinc"
name = "Zinc carnosine"
item_kind = "supplement"
first_phase = "first"
last_phase = "second"
amount = "37.5 mg"
pattern = "daily"
times_of_day = ["with-breakfast"]
instructions = "With water."
evidence = "limited"
sources = [{ cite = "A trial", read = "primary" }, { cite = "With breakfast", read = "own" }]

[[orders]]
key = "walk"
name = "A walk"
item_kind = "practice"
first_phase = "second"
last_phase = "second"
pattern = "as needed"
times_of_day = []
evidence = "none"
sources = [{ cite = "We like walking", read = "own" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of packs that holds the small one alone."""
    (tmp_path / "small.toml").write_text(SMALL_PACK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def rewrite(folder: Path) -> Callable[[str, str], None]:
    """Replace one piece of the small pack's text; it must be there exactly once."""

    def replace(old: str, new: str) -> None:
        text = (folder / "small.toml").read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        (folder / "small.toml").write_text(text.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture
def set_in() -> Callable[[dict[str, Any], str, Any], None]:
    """Put a value at a path such as phases.0.duration_days; None removes the key."""

    def put(content: dict[str, Any], path: str, value: Any) -> None:
        *parents, last = path.split(".")
        inner: Any = content
        for name in parents:
            inner = inner[int(name)] if isinstance(inner, list) else inner[name]
        if value is None:
            del inner[last]
        elif isinstance(inner, list):
            inner[int(last)] = value
        else:
            inner[last] = value

    return put
