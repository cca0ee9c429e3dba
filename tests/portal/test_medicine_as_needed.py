"""A last step that is taken only as needed: said as such, and without dates that nobody can know."""

from dataclasses import replace

import pytest

from patients.services.tapers.drawing_up import Draft
from tests.fixtures.tapers import PPI_1D
from tests.portal.visits import VisitOn


@pytest.fixture
def angelas_draft(angelas_draft: Draft) -> Draft:
    tail = [{"pattern": "as needed", "amount": "10 mg", "days": 28}]
    return replace(angelas_draft, recipe={**PPI_1D, "tail": tail})


def test_it_may_be_left_out(visit: VisitOn) -> None:
    html = visit(60).html("today")
    assert "Only if you need it: one capsule of 10 mg before breakfast. If you do not, take none." in visit(60).text()
    assert 'aria-label="Picture: one capsule of 10 mg"' in html


def test_the_weeks_after_the_last_dose_have_no_dates(visit: VisitOn) -> None:
    text = visit(60).text()
    assert "When your last dose will be is not known yet, so these weeks have no dates yet." in text
    assert "Expected until" not in text


def test_it_is_drawn_on_the_floor(visit: VisitOn) -> None:
    text = visit(60).text()
    assert "One capsule of 10 mg before breakfast, only if needed" in text
    assert "Step 3 of 3" in text
