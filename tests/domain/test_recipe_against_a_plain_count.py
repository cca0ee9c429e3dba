"""Random recipes of one dose a day, against a count in whole numbers that knows nothing of the code under test."""

from math import ceil
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from protocols.domain.taper_error import TaperError
from protocols.domain.taper_preview import preview
from tests.domain.tapers import document, doses_of, tablets, taken


class Impossible(Exception):
    """A dose that cannot be made, or no step at all."""


def plain_count(strengths: list[int], start: int, method: str, *, by: int, floor: int | None, down: bool) -> list[int]:
    """The doses in milligrams, one after another, all strengths and the start being whole."""
    reach = {0}
    for dose in range(1, start + 1):
        if any(dose - strength in reach for strength in strengths):
            reach.add(dose)
    if floor is not None and (floor not in reach or floor > start):
        raise Impossible
    doses: list[int] = []
    now = start
    while floor is None or now > floor:
        # Hundredths of a milligram, so that percentages of whole doses stay whole numbers.
        if method == "strength_ladder":
            wanted = 100 * max((strength for strength in strengths if strength < now), default=0)
        elif method == "fixed_amount":
            wanted = 100 * (now - by)
        elif method == "percent_of_start":
            wanted = 100 * now - start * by
        else:
            wanted = (100 - by) * now
        if floor is not None and wanted < 100 * floor:
            doses.append(floor)
            break
        if wanted <= 0:
            break
        now = max(dose for dose in reach if 100 * dose <= wanted)
        if 100 * now != wanted and not down:
            raise Impossible
        if now == 0:
            break
        doses.append(now)
        if len(doses) > 200:
            raise Impossible
    if not doses:
        raise Impossible
    return doses


methods = st.sampled_from(["strength_ladder", "fixed_amount", "percent_of_start", "percent_of_current"])


@settings(max_examples=600)
@given(
    st.lists(st.integers(1, 25), min_size=1, max_size=4, unique=True),
    st.integers(1, 12),
    methods,
    st.integers(1, 99),
    st.one_of(st.none(), st.integers(1, 60)),
    st.booleans(),
)
def test_every_dose_is_the_one_that_was_counted(
    strengths: list[int], pieces: int, method: str, by: int, floor: int | None, down: bool
) -> None:
    start = strengths[0] * pieces
    recipe: dict[str, Any] = {"method": method, "days_per_step": 3, "round": "down" if down else "none"}
    if method == "fixed_amount":
        by = ceil(by / 4)
        recipe["amount"] = f"{by} mg"
    elif method.startswith("percent"):
        recipe["percent"] = by
    if floor is not None:
        recipe["floor"] = f"{floor} mg"
    written = document(**tablets(*(f"{each} mg" for each in strengths)), start=taken(f"{start} mg"), recipe=recipe)
    try:
        expected = plain_count(strengths, start, method, by=by, floor=floor, down=down)
    except Impossible:
        expected = []
    event("possible" if expected else "impossible")
    try:
        found = doses_of(preview(written))
    except TaperError:
        found = []
    assert found == [f"{dose} mg" for dose in expected]
