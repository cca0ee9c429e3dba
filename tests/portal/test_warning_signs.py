"""A warning sign: the emergency text first, then the ticks; once reported it stays on top until it is cleared."""

import re
from dataclasses import replace

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from clinics.services.prescribers import change_prescriber
from patients.models import ContactConsent, RedFlagReport, Reminder, Taper, TaperEnd
from patients.services.tapers.consent import withdraw_consent
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.stopping import stop
from patients.services.tapers.using import clear_red_flag
from protocols.domain.red_flags import EMERGENCY, RED_FLAGS
from protocols.domain.terms import AlertRoute
from tests.fixtures.lives import Life, forge
from tests.fixtures.tapers import on_day
from tests.portal.reading import text_of
from tests.portal.visits import VisitOn


@pytest.fixture
def route(request: pytest.FixtureRequest) -> AlertRoute:
    """How the prescriber wants to hear of it; email unless a test says otherwise."""
    return AlertRoute(getattr(request, "param", AlertRoute.EMAIL))


@pytest.fixture
def angelas_draft(angelas_draft: Draft, route: AlertRoute) -> Draft:
    return replace(angelas_draft, alert_route=route)


@pytest.mark.parametrize("path", ["today", ""])
def test_the_button_is_on_every_page(visit: VisitOn, path: str) -> None:
    page = visit(30)
    assert f'href="{page.address("warning/")}"' in page.html(path)
    assert "I have a warning sign" in page.text(path)


def test_the_emergency_text_stands_before_anything_to_tick(visit: VisitOn) -> None:
    html = visit(30).html("warning/")
    assert html.index(EMERGENCY) < html.index('type="checkbox"')
    text = text_of(html)
    assert all(flag.sentence in text for flag in RED_FLAGS.values())
    assert "local emergency number" in text
    assert not re.search(r"\b(112|911|999|110)\b", text), "numbers differ between countries"
    assert "capsule" not in text, "the dose comes second"


def test_reporting_tells_the_clinic_and_holds_where_that_was_signed(visit: VisitOn) -> None:
    text = visit(30).send("warning/", flag=["bloody-stool", "chest-pain"])
    report = RedFlagReport.objects.get()
    assert (report.flags, report.by_kind) == (["bloody-stool", "chest-pain"], "patient")
    assert Taper.objects.get().status == "held"
    told = set(Reminder.objects.filter(kind="red-flag").values_list("recipient_kind", flat=True))
    assert told == {"staff", "prescriber"}
    assert "Your clinic and Dr Price are written to at once." in text
    assert "do not wait for an answer" in text


def test_whoever_has_stopped_is_not_told_to_stay_at_a_dose(visit: VisitOn) -> None:
    visit(30).send("use/", kind="stopped")
    assert "Stay at this dose" not in visit(30).send("warning/", flag=["bloody-stool"])
    assert "Stay at this dose" not in visit(31).text("warning/")


@pytest.mark.parametrize("path", ["today", "", "diary/", "warning/"])
def test_its_emergency_text_stands_before_every_dose_until_it_is_cleared(visit: VisitOn, by: Actor, path: str) -> None:
    visit(30).send("warning/", flag=["weight-loss", "chest-pain"])
    html = visit(31).html(path)
    main = html[html.index("<main") :]
    urgent, less = RED_FLAGS["chest-pain"].emergency_text, RED_FLAGS["weight-loss"].emergency_text
    assert main.index(urgent) < main.index(less), "the most urgent first"
    assert "You reported a warning sign on Tuesday 9 February" in text_of(html)
    if "capsule" in main:
        assert main.index(less) < main.index("capsule")
    assert main.index(urgent) < main.index("</section>")
    clear_red_flag(RedFlagReport.objects.get(), because="An old haemorrhoid.", by=by, at=on_day(31))
    later = visit(32).text(path)
    assert urgent not in later
    assert "haemorrhoid" not in later


def test_a_double_tap_is_one_report(visit: VisitOn) -> None:
    page = visit(30)
    for _ in range(3):
        page.send("warning/", flag=["swallowing"])
    assert RedFlagReport.objects.count() == 1
    page.send("warning/", flag=["swallowing", "vomiting-blood"])
    assert RedFlagReport.objects.count() == 2, "another sign is another report"


def test_the_same_sign_after_it_was_cleared_is_a_new_report(visit: VisitOn, by: Actor) -> None:
    visit(30).send("warning/", flag=["swallowing"])
    clear_red_flag(RedFlagReport.objects.get(), because="Nothing found.", by=by, at=on_day(30))
    visit(30).send("warning/", flag=["swallowing"])
    assert RedFlagReport.objects.count() == 2


@pytest.mark.parametrize("flags", [[], ["headache"], ["swallowing", "headache"]])
def test_without_a_sign_nothing_is_reported(visit: VisitOn, flags: list[str]) -> None:
    text = visit(30).send("warning/", flag=flags)
    assert "Choose what you have noticed." in text
    assert EMERGENCY in text
    assert RedFlagReport.objects.count() == 0


def test_a_page_from_yesterday_still_reports(visit: VisitOn) -> None:
    """A warning sign is not turned away because a day has changed."""
    visit(30).send("warning/", flag=["swallowing"], day="2027-01-01")
    assert RedFlagReport.objects.count() == 1


def test_opening_the_page_reports_nothing(visit: VisitOn) -> None:
    page = visit(30)
    page.client.get(page.address("warning/"), {"flag": "swallowing"})
    assert RedFlagReport.objects.count() == 0


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        (AlertRoute.EMAIL, "Your clinic and Dr Price are written to at once."),
        (AlertRoute.TELEPHONE, "Your clinic is written to at once, and asked to telephone Dr Price."),
        (AlertRoute.FAX, "Your clinic is written to at once, and asked to send Dr Price a fax."),
    ],
    indirect=["route"],
)
def test_she_reads_how_her_prescriber_hears_of_it(visit: VisitOn, route: AlertRoute, sentence: str) -> None:
    assert sentence in visit(30).send("warning/", flag=["swallowing"])


def test_it_is_taken_after_the_steps_have_ended(visit: VisitOn, by: Actor) -> None:
    page = visit(30)
    taper = Taper.objects.get()
    stop(taper, end=TaperEnd.SYMPTOMS, instruction="Call us.", by=by, at=on_day(30), revision=taper.revision)
    text = page.send("warning/", flag=["vomiting-blood"])
    assert RED_FLAGS["vomiting-blood"].emergency_text in text
    assert RedFlagReport.objects.count() == 1
    assert RED_FLAGS["vomiting-blood"].emergency_text in page.text("today")


def test_it_is_taken_although_the_steps_cannot_be_shown(visit: VisitOn, life: Life) -> None:
    forge(life)
    text = visit(30).send("warning/", flag=["vomiting-blood"])
    assert RED_FLAGS["vomiting-blood"].emergency_text in text
    assert "Your clinic and Dr Price are written to at once." in text
    assert RedFlagReport.objects.count() == 1


@pytest.mark.parametrize("route", list(AlertRoute), indirect=True)
def test_who_may_not_be_told_is_not_said_to_be(
    visit: VisitOn, route: AlertRoute, consent: ContactConsent, by: Actor
) -> None:
    page = visit(30)
    withdraw_consent(consent, by=by, at=on_day(30))
    text = page.send("warning/", flag=["swallowing"])
    assert "Your clinic is written to at once." in text
    assert "Dr Price" not in text


def test_without_an_address_that_counts_the_clinic_is_told(visit: VisitOn, dr_price: Prescriber, by: Actor) -> None:
    page = visit(30)
    change_prescriber(dr_price, email="dr_price@example.com", by=by, at=on_day(30))
    assert "Your clinic is written to at once." in page.send("warning/", flag=["swallowing"])
