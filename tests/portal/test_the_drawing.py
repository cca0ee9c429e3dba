"""The journey as a drawing: every phase where it lies in time, today's mark, and the same in words."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Patient, Plan, PlanPhase
from patients.portal.journey import WIDTH, Journey, journey
from patients.services import phase_moves, plan_moves
from patients.services.progress import with_progress
from tests.fixtures.personae import NOON, TODAY


def drawn(plan: Plan, *, days: int = 0) -> Journey:
    found = journey(with_progress(Plan.objects.all()).get(pk=plan.pk), today=TODAY + timedelta(days=days))
    assert found is not None
    return found


def test_phases_lie_as_they_follow_each_other(plan: Plan) -> None:
    rows = {row.title: row for row in drawn(plan).rows}
    assert list(rows) == ["Remove", "Replace", "Re-inoculate", "Repair", "Rebalance"]
    starts = [rows[title].bar.x for title in ("Remove", "Replace", "Re-inoculate", "Repair")]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert rows["Remove"].bar.x < rows["Replace"].bar.x < rows["Remove"].bar.x + rows["Remove"].bar.width
    # Four weeks each.
    widths = [rows[title].bar.width for title in ("Remove", "Replace", "Re-inoculate", "Repair")]
    assert max(widths) - min(widths) <= 1


def test_what_was_lived_reaches_up_to_today(plan: Plan) -> None:
    drawing = drawn(plan, days=13)
    remove = drawing.rows[0]
    assert remove.lived is not None
    assert drawing.today_x is not None
    assert remove.lived.width == pytest.approx(remove.bar.width / 2, abs=1)
    assert abs(remove.lived.x + remove.lived.width - drawing.today_x) <= 3
    assert drawing.rows[1].lived is None, "not begun"


def test_a_phase_without_a_fixed_end_trails_off(plan: Plan) -> None:
    rows = drawn(plan).rows
    assert [row.title for row in rows if row.dots] == ["Rebalance"]
    assert max(rows[-1].dots) < WIDTH


def test_a_phase_longer_than_planned_is_drawn_up_to_today(plan: Plan) -> None:
    planned, longer = drawn(plan), drawn(plan, days=40)
    assert longer.rows[0].bar.width > planned.rows[0].bar.width
    assert longer.rows[0].words == "day 41"


def test_days_on_hold_are_drawn_as_rest(plan: Plan, by: Actor) -> None:
    held = plan_moves.hold(plan, by=by, at=NOON + timedelta(days=4), revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + timedelta(days=9), revision=held.revision)
    remove = drawn(plan, days=12).rows[0]
    assert len(remove.rests) == 1
    rest = remove.rests[0]
    assert remove.bar.x < rest.x < rest.x + rest.width < remove.bar.x + remove.bar.width


def test_a_hold_of_no_day_is_not_drawn(plan: Plan, by: Actor) -> None:
    held = plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON, revision=held.revision)
    assert drawn(plan).rows[0].rests == []


def test_what_was_left_out_stands_in_the_table_alone(plan: Plan, by: Actor) -> None:
    replace = plan.phases.get(key="replace")
    phase_moves.skip(replace, by=by, at=NOON, revision=plan.revision, reason="Not needed.")
    drawing = drawn(plan)
    assert "Replace" not in [row.title for row in drawing.rows]
    assert ("Replace", "left out") in [(line.title, line.words) for line in drawing.lines]


def test_a_plan_that_is_over_has_no_today(plan: Plan, by: Actor) -> None:
    plan_moves.complete(plan, by=by, at=NOON + timedelta(days=20), revision=plan.revision)
    drawing = drawn(plan, days=400)
    assert drawing.today_x is None
    assert [row.title for row in drawing.rows] == ["Remove"]
    assert "Today" not in drawing.description


def test_a_plan_of_which_nothing_was_lived_has_no_drawing(plan: Plan) -> None:
    plan.phases.update(status="skipped")
    assert journey(with_progress(Plan.objects.all()).get(pk=plan.pk), today=TODAY) is None


@pytest.mark.parametrize("days", [0, 1, 13, 27, 28, 60, 140, 700])
def test_nothing_is_drawn_outside(plan: Plan, days: int) -> None:
    drawing = drawn(plan, days=days)
    for row in drawing.rows:
        for bar in [row.bar, *row.rests, *([row.lived] if row.lived else [])]:
            assert bar.x >= 0
            assert bar.width >= 3
            assert bar.x + bar.width <= WIDTH + 3
        assert row.bar_y + 10 <= drawing.floor
    assert drawing.today_x is not None
    assert 0 <= drawing.today_x <= WIDTH
    assert len(drawing.months) <= 6
    assert [x for x, _ in drawing.months] == sorted(x for x, _ in drawing.months)


def test_a_plan_of_one_day_is_drawn(plan: Plan) -> None:
    PlanPhase.objects.filter(plan=plan).exclude(key="remove").update(status="skipped")
    PlanPhase.objects.filter(plan=plan, key="remove").update(duration_days=1, ends_on=TODAY)
    drawing = drawn(plan)
    assert (drawing.rows[0].bar.x, drawing.rows[0].bar.width) == (0, WIDTH)
    assert drawing.months == []


def test_a_long_title_is_shortened_in_the_drawing_and_whole_in_the_table(plan: Plan) -> None:
    title = "Remove what irritates, slowly and one at a time"
    PlanPhase.objects.filter(plan=plan, key="remove").update(title=title)
    drawing = drawn(plan)
    assert drawing.rows[0].title == "Remove what irritates, sl…"
    assert drawing.lines[0].title == title


def test_the_drawing_says_in_words_what_it_shows(plan: Plan) -> None:
    assert drawn(plan, days=8).description == (
        "The plan begins on Monday 4 January. Today is Tuesday 12 January. Remove: day 9 of 28. "
        "Replace: from 18 January. Re-inoculate: from 1 February. Repair: from 1 March. Rebalance: from 25 January."
    )


def test_the_table_has_every_date(plan: Plan) -> None:
    lines = [(line.title, line.first_day, line.last_day, line.words) for line in drawn(plan).lines]
    assert lines == [
        ("Remove", "4 Jan", "31 Jan", "day 1 of 28"),
        ("Replace", "18 Jan", "14 Feb", "to come"),
        ("Re-inoculate", "1 Feb", "28 Feb", "to come"),
        ("Repair", "1 Mar", "28 Mar", "to come"),
        ("Rebalance", "25 Jan", "open", "to come"),
    ]


def test_the_page_carries_it_as_an_image_with_a_name_and_a_description(
    plan: Plan, angela: Patient, read_page: Callable[[Patient], str]
) -> None:
    html = read_page(angela)
    picture = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    svg = ElementTree.fromstring(picture)
    assert svg.get("role") == "img"
    names = {node.get("id"): node.text for node in svg if node.tag in {"title", "desc"}}
    assert (svg.get("aria-labelledby") or "").split() == list(names)
    assert "Today is Monday 4 January." in str(names["journey-description"])
    assert [node for node in svg.iter() if node.get("style")] == []
    assert "<table>" in html[html.index("</svg>") :]


def test_dates_of_the_drawing_are_civil_dates(plan: Plan) -> None:
    """Months are named where they begin, whatever the day of the month the plan began on."""
    drawing = drawn(plan)
    assert [name for _, name in drawing.months] == ["Feb", "Mar", "Apr"]
    first_of_february = (date(2027, 2, 1) - TODAY).days
    assert drawing.months[0][0] == drawing.rows[2].bar.x
    assert drawing.months[0][0] == round(first_of_february * WIDTH / 98)
