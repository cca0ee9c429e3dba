"""The drawing of tapers unlike Angela’s: with many short steps, and with only one."""

import re
from dataclasses import replace

import pytest

from patients.services.tapers.drawing_up import Draft
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.portal.visits import VisitOn

RECIPES = {
    "many": {
        "method": "strength_ladder",
        "days_per_step": 3,
        "tail": [{"pattern": f"every {days} days", "amount": "10 mg", "days": days * 2} for days in range(2, 14)],
    },
    "one": {"method": "strength_ladder", "days_per_step": 5, "floor": "20 mg"},
}


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def angelas_draft(angelas_draft: Draft, kind: str) -> Draft:
    return replace(angelas_draft, recipe=RECIPES[kind], start=((Slot.BEFORE_BREAKFAST, Amount.parse("40 mg")),))


@pytest.mark.parametrize("kind", list(RECIPES), indirect=True)
def test_only_what_a_thumb_can_hit_is_a_link_and_all_of_it_stands_in_the_table(visit: VisitOn, kind: str) -> None:
    html = visit(2).html()
    links = re.findall(r'<a href="#(step-\d+)" aria-label=', html)
    rows = re.findall(r'<tr id="(step-\d+)"', html)
    assert set(links) <= set(rows)
    assert len(rows) == (14 if kind == "many" else 1)
    widths = [int(width) for width in re.findall(r'<rect class="area"[^>]*width="(\d+)"', html)]
    assert all(width >= 44 for width in widths)
    assert html.count('class="point"') == len(rows)
