"""Where the signature lets the software hold the dose: it says so before, and when it has happened."""

from datetime import timedelta

import pytest

from patients.models import Taper
from patients.services.tapers.drawing_up import Draft
from tests.fixtures.tapers import FIRST_DAY, with_permissions
from tests.portal.visits import VisitOn


@pytest.fixture
def angelas_draft(angelas_draft: Draft) -> Draft:
    return with_permissions(angelas_draft, automatic_hold_at_threshold=True)


def test_rescue_on_too_many_days_keeps_the_dose_where_it_is(visit: VisitOn) -> None:
    page = visit(30)
    assert "If you need it on 4 of 7 days, the dose stays where it is, and we talk with you." in page.text("diary/")
    for back in range(4):
        page.send("diary/", day=(FIRST_DAY + timedelta(days=29 - back)).isoformat(), rescue="1")
    assert Taper.objects.get().status == "held"
    for path in ("today", "", "diary/"):
        text = page.text(path)
        assert "You needed it on 4 of 7 days. As was signed, the dose stays where it is" in text
    assert "Stay at this dose until we tell you." in page.text("today")
    assert "One capsule of 10 mg" in page.text("today")


def test_the_diary_of_a_held_taper_goes_on(visit: VisitOn) -> None:
    page = visit(30)
    for back in range(4):
        page.send("diary/", day=(FIRST_DAY + timedelta(days=29 - back)).isoformat(), rescue="1")
    assert "Written down." in visit(33).send("diary/", symptoms="2")
