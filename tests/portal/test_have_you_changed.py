"""“Have you changed?”, and what is said without being asked: one tap, without reproach, taken back by another."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clinics.actor import Actor, for_system
from patients.models import ContactConsent, Door, Reminder, Taper, UseReport
from patients.models.taper_course import course_of
from patients.services.tapers import looking_after
from patients.services.tapers.consent import withdraw_consent
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.revising import StepBack, draw_up_revision
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.visits import VisitOn

BLAME = ("missed", "forgot", "late", "should have", "failed", "overdue")


def answers(html: str) -> list[str]:
    """The answers that the page offers, in their order, as the buttons send them."""
    return re.findall(r'<button[^>]*name="kind" value="([^"]+)"', html)


def said() -> list[tuple[str, int, date]]:
    return [(row.kind, row.step, row.since) for row in UseReport.objects.all()]


@pytest.mark.parametrize("path", ["today", ""])
def test_each_step_asks_once_it_has_begun(visit: VisitOn, path: str) -> None:
    assert "Have you changed?" not in visit(0).text(path)
    for first, sentence in [
        (1, "From today on it is one capsule of 20 mg before breakfast, every day."),
        (29, "From today on it is one capsule of 10 mg before breakfast, every day."),
        (57, "From today on it is one capsule of 10 mg before breakfast, every 2 days."),
        (85, "From today on it is one capsule of 10 mg before breakfast, on Mondays and Thursdays."),
    ]:
        text = visit(first).text(path)
        assert "Have you changed?" in text
        assert sentence in text
        visit(first).send("use/", kind="changed")
        assert "Have you changed?" not in visit(first).text(path)


def test_yes_is_written_down_for_the_step_of_that_day(visit: VisitOn) -> None:
    page = visit(30)
    text = page.send("use/", kind="changed", back="today")
    assert "Thank you. It is written down." in text
    assert "You told us that you take it as planned." in text
    assert said() == [("changed", 2, FIRST_DAY + timedelta(days=29))]
    assert UseReport.objects.get().by_kind == "patient"


def test_not_yet_is_fine_and_can_become_yes(visit: VisitOn) -> None:
    text = visit(30).send("use/", kind="not-yet")
    assert "There is no hurry: the next step waits until you have changed." in text
    assert "Yes, I have changed" in text
    text = visit(31).send("use/", kind="changed")
    assert "You told us that you take it as planned." in text
    assert [kind for kind, *_ in said()] == ["not-yet", "changed"]


def test_not_yet_is_known_for_as_long_as_it_is_so(visit: VisitOn) -> None:
    visit(29).send("use/", kind="not-yet")
    text = visit(40).text()
    assert "You told us: “Not yet”, since Monday 8 February." in text
    assert "We don’t know what you take." not in text


def test_three_days_without_an_answer_nobody_knows(visit: VisitOn) -> None:
    sentence = "We don’t know what you take. Until you tell us, the next step waits."
    for path in ("today", ""):
        assert sentence not in visit(31).text(path)
        assert sentence in visit(32).text(path)
    assert sentence not in visit(32).send("use/", kind="changed")


def test_a_step_that_waits_goes_on_with_her_answer(visit: VisitOn, taper: Taper) -> None:
    looking_after.look_after(taper, by=for_system(), at=on_day(28))
    text = visit(31).send("use/", kind="changed", back="today")
    assert "Next change on" in text
    assert Taper.objects.get().status == "active"
    assert any(step.first > FIRST_DAY for step in course_of(Taper.objects.get()).steps)


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("stopped", "I stopped"),
        ("faster", "I went faster"),
        ("back-up", "I went back up"),
        ("no-supply", "The pharmacy hasn’t got it"),
    ],
)
def test_what_she_says_without_being_asked_is_one_tap_and_no_fault(visit: VisitOn, kind: str, label: str) -> None:
    page = visit(30)
    assert kind in answers(page.html())
    text = page.send("use/", kind=kind, back="today")
    assert f"You told us: “{label}”, since today." in text
    assert "Your practitioner and Dr Price are told." in text
    assert "Please call before" in text
    assert "The next step waits." in text
    assert not [word for word in BLAME if re.search(rf"\b{word}\b", text.lower())]
    assert said() == [(kind, 2, FIRST_DAY + timedelta(days=29))]
    assert set(Reminder.objects.filter(kind="use-left").values_list("recipient_kind", flat=True)) >= {"staff"}


def test_who_is_not_told_is_not_said_to_be(visit: VisitOn, consent: ContactConsent, by: Actor) -> None:
    page = visit(30)
    withdraw_consent(consent, by=by, at=on_day(30))
    text = page.send("use/", kind="stopped", back="today")
    assert "Thank you for telling us. Your practitioner is told. Please call before" in text
    assert set(Reminder.objects.filter(kind="use-left").values_list("recipient_kind", flat=True)) == {"staff"}


def test_nothing_tells_her_to_begin_again(visit: VisitOn) -> None:
    visit(30).send("use/", kind="stopped", since=(FIRST_DAY + timedelta(days=27)).isoformat())
    for path in ("today", ""):
        text = visit(33).text(path)
        assert "You told us: “I stopped”, since Sunday 7 February." in text
        before_the_steps = text.split("Your steps")[0]
        assert "What was signed for today Today: one capsule of 10 mg before breakfast." in before_the_steps
        assert "Next change" not in before_the_steps
        assert "We don’t know what you take." not in text


def test_she_says_since_when_and_what_else_there_is_to_know(visit: VisitOn) -> None:
    since = FIRST_DAY + timedelta(days=25)
    visit(30).send("use/", kind="no-supply", since=since.isoformat(), note="  Not before Friday. ")
    report = UseReport.objects.get()
    assert (report.since, report.note) == (since, "Not before Friday.")


def test_every_answer_is_taken_back_by_another(visit: VisitOn) -> None:
    page = visit(30)
    page.send("use/", kind="no-supply")
    assert "I have got it, and take it as planned" in page.text()
    text = page.send("use/", kind="changed")
    assert "You told us that you take it as planned." in text
    assert "The pharmacy hasn’t got it”, since" not in text
    text = page.send("use/", kind="not-yet")
    assert "Yes, I have changed" in text
    assert [kind for kind, *_ in said()] == ["no-supply", "changed", "not-yet"], "nothing is deleted"


def test_a_double_tap_is_one_answer(visit: VisitOn) -> None:
    page = visit(30)
    for _ in range(3):
        page.send("use/", kind="stopped")
    assert len(said()) == 1
    page.send("use/", kind="stopped", since=(FIRST_DAY + timedelta(days=20)).isoformat())
    assert len(said()) == 2, "another day is another word"


def test_the_same_word_on_another_day_is_another_word(visit: VisitOn) -> None:
    visit(30).send("use/", kind="not-yet")
    visit(31).send("use/", kind="not-yet")
    assert len(said()) == 2


def test_a_page_left_open_over_midnight_answers_nothing(visit: VisitOn) -> None:
    """On day 28 the question was about another dose."""
    opened = visit(28)
    yesterday = opened.day
    page = visit(29)
    text = page.send("use/", kind="changed", day=yesterday)
    assert "The day has changed since this page was opened. Look again, then tap once more." in text
    assert said() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "perhaps"}, "There is no such answer."),
        ({"kind": ""}, "There is no such answer."),
        ({"kind": "stopped", "since": "yesterday"}, "The day could not be read."),
        ({"kind": "stopped", "since": "2027-06-01"}, "That day has not come yet."),
        ({"kind": "stopped", "since": "2026-01-01"}, "That day lies before this schedule was signed."),
        ({"kind": "stopped", "note": "x" * 1001}, "The note is too long"),
        ({"kind": "changed", "day": "soon"}, "The day could not be read."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(visit: VisitOn, fields: dict[str, str], sentence: str) -> None:
    assert sentence in visit(30).send("use/", **fields)
    assert said() == []


def test_before_the_first_step_there_is_nothing_to_answer(visit: VisitOn) -> None:
    assert answers(visit(0).html("today")) == []
    assert "The first step has not begun yet." in visit(0).send("use/", kind="changed")
    assert said() == []


def test_following_a_link_answers_nothing(visit: VisitOn) -> None:
    page = visit(30)
    response = page.client.get(page.address("use/"), {"kind": "stopped"})
    assert response.status_code == 302
    assert said() == []


def test_after_the_last_step_only_going_back_up_is_left_to_say(visit: VisitOn, taper: Taper) -> None:
    for first in (1, 29, 57, 85):
        visit(first).send("use/", kind="changed")
    looking_after.look_after(taper, by=for_system(), at=on_day(113))
    page = visit(120)
    assert answers(page.html()) == ["back-up"]
    text = page.send("use/", kind="back-up", back="today")
    assert "Your practitioner and Dr Price are told." in text
    assert "The next step waits." not in text
    assert "No omeprazole any more" not in text


def test_what_was_signed_afterwards_is_asked_about_anew(
    visit: VisitOn, taper: Taper, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    """She went faster; the prescriber then signed a step back, knowing it."""
    visit(30).send("use/", kind="faster")
    back_on = FIRST_DAY + timedelta(days=33)
    taper.refresh_from_db()
    version = draw_up_revision(
        taper,
        StepBack(),
        first_day=back_on,
        reason="Symptoms came back.",
        by=by,
        at=on_day(31),
        on_screen=taper.revision,
    )
    taper.refresh_from_db()
    propose(taper, shown=version.sha256, by=by, at=on_day(31), revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=on_day(31), revision=taper.revision)
    sign_taper(Taper.objects.get(), at=on_day(32))
    assert "You told us: “I went faster”" in visit(33).text("today")
    text = visit(34).text("today")
    assert "One capsule of 20 mg" in text
    assert "Have you changed? From today on it is one capsule of 20 mg before breakfast, every day." in text


def test_said_after_four_weeks_of_waiting_it_is_the_practitioner_who_goes_on(visit: VisitOn) -> None:
    """The signature lets it be held for 28 days at a time; then a yes alone lets nothing go on."""
    looking_after.look_after(Taper.objects.get(), by=for_system(), at=on_day(28))
    assert "until you tell us that you have changed" in visit(40).text()
    visit(60).send("use/", kind="changed")
    text = visit(60).text()
    assert "until you tell us that you have changed" not in text
    assert "Your practitioner sees to it that the next step can come." in text
    assert Taper.objects.get().status == "held"
