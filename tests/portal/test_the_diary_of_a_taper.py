"""The diary: one day after another, corrected by writing it again, and read beside the weeks in which rebound comes."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from clinics.actor import for_system
from patients.actor import acting_patient
from patients.models import DiaryEntry, Taper, UseKind
from patients.portal.tapers.chart import SYMPTOMS_FLOOR, SYMPTOMS_TOP, WIDTH, chart_of
from patients.portal.tapers.diary import DiaryDay
from patients.services.tapers import looking_after, using
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.reading import text_of
from tests.portal.visits import Visit, VisitOn


def written() -> list[tuple[date, int | None, int | None, str]]:
    standing = DiaryEntry.objects.filter(replaced_at__isnull=True)
    return [(row.on, row.symptoms, row.rescue_doses, row.note) for row in standing]


def days_of(html: str) -> dict[str, str]:
    """Each line of the table: the day, and what stands beside it."""
    table = html[html.index('<table class="diary-days">') : html.rindex("</table>")]
    found = {}
    for row in re.findall(r"<tr(?: class=[^>]*)?>\s*<th scope=\"row\".*?</tr>", table, re.S):
        day, beside = row.split("</th>", 1)
        found[text_of(day)] = text_of(beside)
    return found


def send(page: Visit, **fields: str) -> str:
    return page.send("diary/", **fields)


def test_today_is_written_down(visit: VisitOn) -> None:
    text = send(visit(30), symptoms="3", rescue="1", note="After the wedding.")
    assert "Written down." in text
    assert written() == [(FIRST_DAY + timedelta(days=29), 3, 1, "After the wedding.")]
    assert DiaryEntry.objects.get().by_kind == "patient"
    assert days_of(visit(30).html("diary/"))["Today After the wedding."] == "3 1"
    assert "Your diary. Today: symptoms 3, rescue 1" in visit(30).text("today")


def test_nothing_is_taken_to_be_zero(visit: VisitOn) -> None:
    send(visit(30), symptoms="0")
    assert written() == [(FIRST_DAY + timedelta(days=29), 0, None, "")]
    lines = days_of(visit(30).html("diary/"))
    assert lines["Today"] == "0 –"
    assert lines["Yesterday"] == "not recorded"


def test_an_earlier_day_is_chosen_from_the_table(visit: VisitOn) -> None:
    page = visit(30)
    day = (FIRST_DAY + timedelta(days=27)).isoformat()
    assert f'href="?day={day}"' in page.html("diary/")
    assert "2 days ago, Sunday 7 February" in page.text(f"diary/?day={day}")
    text = send(page, day=day, symptoms="7")
    assert "2 days ago, Sunday 7 February" in text, "it comes back to the day that was written"
    assert written() == [(FIRST_DAY + timedelta(days=27), 7, None, "")]


def test_the_diary_reaches_two_weeks_back(visit: VisitOn) -> None:
    page = visit(30)
    for back, is_open in [(0, True), (14, True), (15, False), (-1, False)]:
        day = (FIRST_DAY + timedelta(days=29 - back)).isoformat()
        assert (f'href="?day={day}"' in page.html("diary/")) == is_open
        text = send(page, day=day, symptoms="1")
        assert ("Written down." in text) == is_open
        assert ("The diary takes today and the two weeks before it." in text) != is_open
    assert len(written()) == 2
    assert "Today, Tuesday 9 February" in page.text("diary/?day=2026-01-01")
    assert "Today, Tuesday 9 February" in page.text("diary/?day=then")


def test_a_correction_replaces_and_both_stay_on_record(visit: VisitOn) -> None:
    page = visit(30)
    send(page, symptoms="3", rescue="1")
    send(page, symptoms="5", rescue="1")
    assert written() == [(FIRST_DAY + timedelta(days=29), 5, 1, "")]
    assert DiaryEntry.objects.count() == 2


def test_what_was_written_for_the_wrong_day_is_taken_back(visit: VisitOn) -> None:
    page = visit(30)
    send(page, symptoms="3", rescue="1")
    assert "Written down." in send(page, symptoms="", rescue="", note="")
    assert days_of(page.html("diary/"))["Today"] == "not recorded"


def test_a_double_tap_writes_once(visit: VisitOn) -> None:
    page = visit(30)
    for _ in range(3):
        send(page, symptoms="3", rescue="1")
    assert DiaryEntry.objects.count() == 1


def test_what_was_written_stands_in_the_form_of_its_day(visit: VisitOn) -> None:
    page = visit(30)
    send(page, symptoms="3", rescue="2", note="Late dinner")
    html = page.html("diary/")
    assert re.search(r'value="3" checked', html)
    assert 'value="2"' in html
    assert ">Late dinner</textarea>" in html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Write at least one thing of that day."),
        ({"symptoms": "11"}, "Symptoms are a number from 0, none, to 10, the worst imaginable."),
        ({"symptoms": "-1"}, "Write a whole number, such as 2."),
        ({"symptoms": "three"}, "Write a whole number, such as 2."),
        ({"rescue": "51"}, "The number of rescue doses is from 0 to 50."),
        ({"rescue": "1.5"}, "Write a whole number, such as 2."),
        ({"rescue": "٣"}, "Write a whole number, such as 2."),
        ({"rescue": "99999999999999999999"}, "Write a whole number, such as 2."),
        ({"symptoms": "1", "day": "2027-02-30"}, "The day could not be read."),
        ({"symptoms": "1", "note": "x" * 1001}, "The note is too long"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_lost(
    visit: VisitOn, fields: dict[str, str], sentence: str
) -> None:
    page = visit(30)
    response = page.client.post(
        page.address("diary/"), {"day": page.day, "note": "Kept", **fields} if fields else {"day": page.day}
    )
    html = response.content.decode()
    assert sentence in text_of(html)
    assert written() == []
    if fields and "note" not in fields:
        assert ">Kept</textarea>" in html


def test_the_same_days_are_drawn_and_a_gap_stays_a_gap(visit: VisitOn) -> None:
    page = visit(30)
    for back, symptoms in [(0, 2), (1, 4), (3, 10)]:
        send(page, day=(FIRST_DAY + timedelta(days=29 - back)).isoformat(), symptoms=str(symptoms))
    html = page.html("diary/")
    picture = html[html.index('<svg class="curve"') : html.index("</svg>") + 6]
    svg = ElementTree.fromstring(picture)
    assert svg.get("role") == "img"
    description = next(node.text or "" for node in svg if node.tag == "desc")
    assert "3 of the last 28 days are recorded. Symptoms between 2 and 10, last 2." in description
    assert len([node for node in svg if node.tag == "circle"]) == 3
    assert len([node for node in svg if node.tag == "path"]) == 1, "no line leads over the day without a word"


def test_without_a_word_there_is_no_drawing(visit: VisitOn) -> None:
    assert "diary-chart" not in visit(30).html("diary/")


def test_points_lie_between_none_and_the_worst() -> None:
    days = [_day(number, symptoms=number % 11) for number in range(28)]
    chart = chart_of(days, [False] * 28)
    assert chart is not None
    heights = {day.symptoms: y for day, (_, y) in zip(days, chart.points, strict=True)}
    assert heights[0] == SYMPTOMS_FLOOR
    assert heights[10] == SYMPTOMS_TOP
    assert sorted(heights.values(), reverse=True) == [heights[symptoms] for symptoms in range(11)]
    assert all(0 <= x <= WIDTH for x, _ in chart.points)
    assert len(chart.lines) == 1
    assert chart.expected is None


def test_the_weeks_of_rebound_are_shaded() -> None:
    chart = chart_of([_day(number, symptoms=1) for number in range(28)], [number >= 20 for number in range(28)])
    assert chart is not None
    assert chart.expected is not None
    first, width = chart.expected
    inside = [number for number, (x, _) in enumerate(chart.points) if first <= x <= first + width]
    assert inside == list(range(20, 28))


def _day(number: int, *, symptoms: int) -> DiaryDay:
    on = FIRST_DAY + timedelta(days=number)
    return DiaryDay(on, str(on), symptoms, 0, "", "", is_recorded=True, may_be_written=True)


# --- After the last dose, and too often -----------------------------------------------------------------------


@pytest.fixture
def over(visit: VisitOn, taper: Taper) -> Taper:
    """Taken as planned to its end: the last dose was on day 109, Thursday 29 April."""
    by = acting_patient(taper.plan.patient)
    for first in (1, 29, 57, 85):
        using.report_use(taper, kind=UseKind.CHANGED, by=by, at=on_day(first))
    looking_after.look_after(taper, by=for_system(), at=on_day(113))
    return taper


def test_symptoms_of_the_rebound_window_are_said_to_be_expected(visit: VisitOn, over: Taper) -> None:
    page = visit(115)
    for back, symptoms in [(0, 4), (1, 0), (5, 3), (6, 2)]:
        send(page, day=(FIRST_DAY + timedelta(days=114 - back)).isoformat(), symptoms=str(symptoms))
    lines = days_of(page.html("diary/"))
    assert lines["Today"] == "4 expected in this time –"
    assert lines["Yesterday"] == "0 –", "nothing is expected of no symptoms"
    assert lines["Fri 30 Apr"] == "3 expected in this time –"
    assert lines["Thu 29 Apr"] == "2 –", "the day of the last dose lies before it"


@pytest.mark.parametrize(
    ("number", "label"),
    [
        (109 + 28, "expected in this time"),
        (109 + 29, "can still be expected; tell your clinic"),
        (109 + 56, "can still be expected; tell your clinic"),
        (109 + 57, ""),
    ],
)
def test_before_week_five_nothing_is_called_more_than_that(
    visit: VisitOn, over: Taper, number: int, label: str
) -> None:
    page = visit(number)
    send(page, symptoms="4")
    assert days_of(page.html("diary/"))["Today"] == f"4 {label} –".replace("  ", " ")
    assert "relapse" not in page.html("diary/").lower()


def test_rescue_on_too_many_days_proposes_a_hold(visit: VisitOn, taper: Taper) -> None:
    """Angela’s signature does not let the software hold: her practitioner decides."""
    page = visit(30)
    for back in range(3):
        send(page, day=(FIRST_DAY + timedelta(days=29 - back)).isoformat(), rescue="1")
    assert "You needed it on 4 of 7 days." not in page.text("diary/")
    text = send(page, day=(FIRST_DAY + timedelta(days=26)).isoformat(), rescue="2")
    sentence = "You needed it on 4 of 7 days. Your practitioner is told, and looks whether the dose should stay"
    assert sentence in text
    assert sentence in page.text("today")
    assert sentence in page.text()
    assert Taper.objects.get().status == "active"


def test_days_without_a_dose_are_no_rescue_days(visit: VisitOn) -> None:
    page = visit(30)
    for back in range(6):
        send(page, day=(FIRST_DAY + timedelta(days=29 - back)).isoformat(), rescue="0", symptoms="2")
    assert "You needed it" not in page.text("diary/")


# --- What a message leads to --------------------------------------------------------------------------------


def test_a_week_without_a_word_is_asked_about_kindly_until_she_writes(visit: VisitOn) -> None:
    """The first day is day 1; a week is full on day 8."""
    assert "We have not heard from you" not in visit(7).text("today")
    text = visit(9).text("today")
    assert text.count("We have not heard from you for a while. How are you?") == 1
    assert "missed" not in text
    visit(9).send("diary/", symptoms="2")
    assert "We have not heard from you" not in visit(9).text("today")


@pytest.mark.parametrize(("weeks", "day"), [("Four", 112 + 28), ("Twelve", 112 + 84)])
def test_the_reviews_after_the_last_step_stand_on_her_page_for_a_week(
    visit: VisitOn, over: Taper, weeks: str, day: int
) -> None:
    sentence = f"{weeks} weeks have passed since your last step."
    assert sentence not in visit(day - 1).text("today")
    for number in (day, day + 6):
        assert sentence in visit(number).text("today")
    assert sentence not in visit(day + 7).text("today")
