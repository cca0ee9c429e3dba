"""The page of a taper: every step with its dates, the same as a drawing, what comes after, and who signed."""

import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from clinics.actor import Actor
from patients.models import Door, Patient, Taper
from patients.portal.tapers.curve import curve_of
from patients.portal.tapers.curve_shapes import FLOOR, TOP, WIDTH, Curve
from patients.portal.tapers.reading import reading_of
from patients.portal.tapers.shown import taper_to_show
from patients.services.tapers import holding, stopping
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.revising import StepBack, draw_up_revision
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.visits import VisitOn

ROWS = [
    ("1", "11 Jan – 7 Feb", "One capsule of 20 mg before breakfast, every day"),
    ("2", "8 Feb – 7 Mar", "One capsule of 10 mg before breakfast, every day"),
    ("3", "8 Mar – 4 Apr", "One capsule of 10 mg before breakfast, every 2 days"),
    ("4", "5 Apr – 2 May", "One capsule of 10 mg before breakfast, on Mondays and Thursdays"),
]
"""112 days from Monday 11 January, 28 days each, counted by hand on a calendar."""


def rows(html: str) -> list[tuple[str, ...]]:
    table = html[html.index('<table class="steps">') : html.index("</table>")]
    found = []
    for row in re.findall(r"<tr id=.*?</tr>", table, re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        found.append(tuple(" ".join(re.sub(r"<[^>]+>", "", cell).replace("\xa0", " ").split()) for cell in cells))
    return found


@pytest.fixture
def drawn(taper: Taper, angela: Patient) -> Callable[[int], Curve]:
    """Return the drawing on the taper’s day so-and-so."""

    def draw(number: int) -> Curve:
        shown = taper_to_show(angela, taper.code, user=angela.user)
        reading = reading_of(shown, today=FIRST_DAY + timedelta(days=number - 1))
        assert reading is not None
        curve = curve_of(reading)
        assert curve is not None
        return curve

    return draw


def test_every_step_stands_there_with_its_dates(visit: VisitOn) -> None:
    assert rows(visit(0).html()) == ROWS
    now = rows(visit(57).html())
    assert [row[0] for row in now] == ["1", "2", "3 now", "4"]


def test_while_it_is_held_later_steps_have_no_date(visit: VisitOn, taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(30), revision=taper.revision)
    assert [row[1] for row in rows(visit(31).html())] == [
        "11 Jan – 7 Feb",
        "8 Feb – until we tell you",
        "no date yet",
        "no date yet",
    ]
    holding.resume(taper, by=by, at=on_day(37), revision=Taper.objects.get().revision)
    assert [row[1] for row in rows(visit(38).html())] == [
        "11 Jan – 7 Feb",
        "8 Feb – 14 Mar",
        "15 Mar – 11 Apr",
        "12 Apr – 9 May",
    ]


def test_it_says_who_signed_it_when_and_which_version(visit: VisitOn, taper: Taper) -> None:
    text = visit(30).text()
    code = taper.versions.get().code
    assert f"Signed by Dr Price on Monday 4 January; counts from Monday 11 January. Version code {code}" in text


def test_a_second_version_counts_from_its_day_and_the_first_is_not_forgotten(
    visit: VisitOn, taper: Taper, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    back_on = FIRST_DAY + timedelta(days=40)
    version = draw_up_revision(
        taper,
        StepBack(),
        first_day=back_on,
        reason="Symptoms came back.",
        by=by,
        at=on_day(38),
        on_screen=taper.revision,
    )
    taper.refresh_from_db()
    propose(taper, shown=version.sha256, by=by, at=on_day(38), revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=on_day(38), revision=taper.revision)
    before = visit(38).text()
    assert version.code not in before, "what is only proposed changes nothing for her"
    assert [row[1] for row in rows(visit(38).html())] == [row[1] for row in ROWS]
    sign_taper(Taper.objects.get(), at=on_day(39))
    html = visit(41).html()
    assert [row[:2] for row in rows(html)][:4] == [
        ("1", "11 Jan – 7 Feb"),
        ("2", "8 Feb – 19 Feb"),
        ("3 now", "20 Feb – 19 Mar"),
        ("4", "20 Mar – 16 Apr"),
    ]
    assert html.index(version.code) < html.index(taper.versions.get(number=1).code), "the newest first"


# --- The drawing --------------------------------------------------------------------------------------------


def test_steps_go_down_by_what_they_are_on_average(drawn: Callable[[int], Curve]) -> None:
    """40 mg stood before; 20, 10, 10 every second day, and 10 twice a week: 20, 10, 5 and 20/7 a day."""
    curve = drawn(30)
    span = FLOOR - TOP
    expected = [FLOOR - span * 20 / 40, FLOOR - span * 10 / 40, FLOOR - span * 5 / 40, FLOOR - span * (20 / 7) / 40]
    assert [plateau.y for plateau in curve.plateaus] == pytest.approx(expected, abs=1)
    assert curve.before_y == TOP


@pytest.mark.parametrize("number", [-20, 0, 1, 28, 29, 112, 113, 160])
def test_she_is_where_today_is(drawn: Callable[[int], Curve], number: int) -> None:
    curve = drawn(number)
    assert curve.here_x is not None
    assert 0 <= curve.here_x <= WIDTH
    today = FIRST_DAY + timedelta(days=number - 1)
    for plateau in curve.plateaus:
        first = FIRST_DAY + timedelta(days=28 * (plateau.number - 1))
        inside = first <= today < first + timedelta(days=28)
        assert (plateau.x <= curve.here_x < plateau.x_end) == inside
        if inside:
            assert curve.here_y == plateau.y
    assert curve.here_label_x is not None
    assert 40 <= curve.here_label_x <= WIDTH - 40


def test_what_was_lived_and_what_comes_meet_today(drawn: Callable[[int], Curve]) -> None:
    curve = drawn(30)
    assert curve.lived.endswith(f"H{curve.here_x}")
    assert curve.coming.startswith(f"M{curve.here_x} ")
    assert curve.coming.endswith(f"V{FLOOR}")
    assert drawn(-5).lived == ""
    assert drawn(130).coming == ""


def test_nothing_is_drawn_outside(drawn: Callable[[int], Curve]) -> None:
    for number in (-20, 1, 60, 112, 190):
        curve = drawn(number)
        for plateau in curve.plateaus:
            assert 0 <= plateau.x < plateau.x_end <= WIDTH
            assert TOP <= plateau.y <= FLOOR
        assert len(curve.months) <= 6


def test_a_hold_has_an_open_end(drawn: Callable[[int], Curve], taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(30), revision=taper.revision)
    curve = drawn(40)
    assert curve.open_end == curve.plateaus[-1].x_end
    assert len(curve.dots) == 3
    assert all(curve.open_end < x <= WIDTH for x in curve.dots)
    assert not curve.coming.endswith(f"V{FLOOR}"), "nobody knows yet when it goes down"
    assert len(curve.plateaus) == 2


def test_the_drawing_has_a_name_a_description_and_points_to_go_to(visit: VisitOn) -> None:
    html = visit(30).html()
    picture = html[html.index('<svg class="curve"') : html.index("</svg>", html.index('<svg class="curve"')) + 6]
    svg = ElementTree.fromstring(picture)
    drawing = next(node for node in svg if node.get("role") == "img")
    names = {node.get("id"): node.text or "" for node in drawing if node.tag in {"title", "desc"}}
    assert [drawing.get("aria-labelledby"), drawing.get("aria-describedby")] == list(names)
    assert "You are here: Tuesday 9 February, in step 2 of 4." in names["curve-description"]
    assert [node for node in drawing.iter() if node.tag == "a"] == [], "an image holds nothing to go to"
    links = {link.get("href"): link.get("aria-label") for link in svg.iter("a")}
    assert list(links) == ["#step-1", "#step-2", "#step-3", "#step-4"]
    for address, label in links.items():
        assert f'id="{(address or "")[1:]}"' in html
        assert label
    assert [node for node in svg.iter() if node.get("style")] == []


# --- After the last dose ------------------------------------------------------------------------------------


def test_the_weeks_after_the_last_dose_have_their_dates(visit: VisitOn) -> None:
    """The last dose is on Thursday 29 April: days 3 to 14 after it, and eight weeks."""
    text = visit(100).text()
    assert "After the last dose the stomach may make more acid than before for a while." in text
    assert "Counted from the last dose of your steps, which is on Thursday 29 April." in text
    assert "It most often begins Sunday 2 May to Thursday 13 May" in text
    assert "Expected until Thursday 24 June" in text
    assert "Reimer C et al., Gastroenterology 2009;137:80–87" in text
    assert "relapse" not in text.lower()


def test_they_are_counted_from_the_day_on_which_she_really_stopped(visit: VisitOn) -> None:
    page = visit(60)
    page.send("use/", kind="stopped", since="2027-03-01")
    text = visit(60).text()
    assert "Counted from the day on which you stopped, Monday 1 March." in text
    # The last dose was on Sunday 28 February.
    assert "It most often begins Wednesday 3 March to Sunday 14 March" in text
    assert "Expected until Sunday 25 April" in text
    assert "Today day 11 of 56" in text
    assert "Day 11 after your last dose." in visit(60).text("today")


def test_they_are_counted_from_the_day_on_which_she_went_faster(visit: VisitOn) -> None:
    visit(60).send("use/", kind="faster", since="2027-03-01")
    assert "Counted from the day on which you went faster, Monday 1 March." in visit(60).text()
    today = visit(62).text("today")
    assert "Day 13 since you went faster." in today
    assert "your last dose" not in today, "she still takes something"


def test_they_are_counted_from_the_day_on_which_there_was_none_left(visit: VisitOn) -> None:
    visit(60).send("use/", kind="no-supply", since="2027-03-01")
    assert "Counted from the day on which you had none left, Monday 1 March." in visit(60).text()
    assert "Day 13 since you had none left." in visit(62).text("today")


def test_whoever_went_back_up_has_no_dates(visit: VisitOn) -> None:
    visit(60).send("use/", kind="back-up")
    assert "these weeks have no dates yet" in visit(60).text()
    assert "Expected until" not in visit(60).text()


def test_coming_back_to_the_schedule_counts_from_its_last_dose_again(visit: VisitOn) -> None:
    visit(60).send("use/", kind="stopped", since="2027-03-01")
    visit(61).send("use/", kind="changed")
    assert "which is on Thursday 29 April" in visit(61).text()


def test_the_rescue_plan_is_the_signed_one(visit: VisitOn) -> None:
    text = visit(30).text()
    assert "Alginate : 10 mL after meals and at bedtime when needed" in text
    assert "If you need it on 4 of 7 days, your practitioner looks, and we talk with you." in text


def test_what_was_ended_early_is_not_drawn_down_to_nothing(
    drawn: Callable[[int], Curve], taper: Taper, price: Actor
) -> None:
    stopping.revoke(taper, instruction="Take 20 mg.", by=price, at=on_day(40))
    curve = drawn(41)
    assert curve.here_x is None
    assert not curve.lived.endswith(f"V{FLOOR}")


def test_whoever_takes_something_else_reads_that_the_drawing_is_what_was_signed(visit: VisitOn) -> None:
    sentence = "This is what was signed; you told us that you take something else."
    assert sentence not in visit(30).text()
    visit(30).send("use/", kind="faster")
    assert sentence in visit(30).text()
