"""What she writes leaves an open page of the practitioner as it stands, unless it moves the taper."""

import pytest

from patients.models import UseKind
from patients.services.errors import TaperChanged
from patients.services.tapers import holding
from tests.fixtures.lives import Life
from tests.fixtures.tapers import on_day


def test_a_line_of_the_diary_keeps_no_hold_from_being_confirmed(life: Life) -> None:
    taper = life.taper
    life.needs_rescue(10)
    life.says(UseKind.CHANGED, 10)
    holding.hold(taper, reason="Travelling", by=life.cho, at=on_day(10), revision=taper.revision)
    assert life.status == "held"


def test_a_hold_that_her_report_brings_about_is_seen_first(life: Life) -> None:
    """The signature permits that a warning sign holds it by itself."""
    taper = life.taper
    life.reports(10)
    assert life.status == "held"
    with pytest.raises(TaperChanged):
        holding.hold(taper, reason="Travelling", by=life.cho, at=on_day(10), revision=taper.revision)


def test_every_move_raises_it(life: Life) -> None:
    seen = [life.taper.revision]
    life.changes(1, 29)
    seen.append(life.taper.revision)
    life.hold(30)
    seen.append(life.taper.revision)
    life.resume(32)
    seen.append(life.taper.revision)
    life.stop(40)
    seen.append(life.taper.revision)
    first = seen[0]
    assert seen == [first, first, first + 1, first + 2, first + 3]
