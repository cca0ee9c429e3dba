"""All that Angela takes, ordered, checked, decided upon, placed and lived through a day: in two browsers."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor, for_system
from clinics.models import Clinic, Prescriber, User
from patients.models import Intake, Patient, Plan, SourceKind
from patients.services.assign import assign
from patients.services.record import add_condition, add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.packs import load_pack
from protocols.services.templates import publish
from tests.browser.day_read import Read, minutes_of, of_feed, of_page, on_paper
from tests.browser.orders_clicked import Wanted, change_amount, order_it, stop_it, write_medicine_into_the_record
from tests.browser.portal_visits import let_in
from tests.browser.taper_scenes import at, day
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(clinic: Clinic, angela: Patient, dr_cho: User, dr_price: Prescriber, by: Actor) -> Plan:
    """The shipped protocol as a draft: today is its 66th day, in Replace, Re-inoculate, Repair and Rebalance."""
    clinic.telephone = "+49 30 123 45 67"
    clinic.save()
    load_catalogue(by=for_system(), at=NOON)
    version = publish(load_pack("five-phase", clinic=clinic, by=by, at=NOON).version, by=by, at=NOON)
    said = {"source": Source(kind=SourceKind.PATIENT, as_of=TODAY), "by": by, "at": NOON}
    for code in ("G25.81", "K21.9"):
        add_condition(angela, icd10cm_code=code, **said)
    add_medicine(
        angela,
        name="Levothyroxine",
        amount=Amount.parse("50 ug"),
        pattern="daily",
        times_of_day=[Slot.ON_WAKING],
        since=date(2020, 1, 1),
        prescriber=dr_price,
        **said,
    )
    return assign(
        angela,
        version,
        starts_on=TODAY - timedelta(days=65),
        practitioner=dr_cho,
        request_key="a-day",
        by=by,
        at=NOON,
    )


MEALS = ("With breakfast", "With lunch", "With dinner")
ORDERED = (
    Wanted(
        search="rifaximin",
        product="Rifaximin",
        value="550",
        unit="mg",
        times=("On waking", "Afternoon", "Bedtime"),
        last_day="2027-01-17",
        prescriber="Dr Price (Price and partners)",
    ),
    Wanted(
        search="enzymes",
        product="Digestive enzymes from plants",
        value="1",
        unit="capsules",
        first="Rebalance",
        last="Rebalance",
        times=MEALS,
    ),
    Wanted(
        search="glutamine",
        product="L-glutamine",
        value="5",
        unit="g",
        times=MEALS,
        slow_start="3 days: 1.25\n3 days: 2.5",
    ),
    Wanted(
        search="famotidine",
        product="Famotidine",
        value="20",
        unit="mg",
        pattern="as needed",
        tie="From its first day until it is watched no more",
    ),
    Wanted(search="betaine", product="Betaine hydrochloride", value="650", unit="mg", times=("With lunch",)),
)
"""What the protocol does not bring: an antibiotic course of 14 days, enzymes for longer, glutamine that begins slowly,
the rescue of the taper, and the acid that the rules are to object to."""

FOUND = {
    # Acid is suppressed by both, and betaine adds it: one finding for each of the two.
    ("To be weighed", "Betaine hydrochloride + omeprazole", "R04"),
    ("To be weighed", "Betaine hydrochloride + famotidine", "R04"),
    # 400 mg of magnesium, as magnesium itself; the limit is 350 mg from supplements and medicines.
    ("To be weighed", "Magnesium", "R14"),
    # Any antibiotic: C. difficile is watched for, until two months after.
    ("To be weighed", "Rifaximin", "R30"),
    # Omeprazole since March 2021: for more than one year, and for more than three.
    ("To be watched", "Omeprazole", "R31"),
    ("To be watched", "Omeprazole", "R32"),
    # It comes down, and levothyroxine hangs on stomach acid.
    ("To be watched", "Levothyroxine + omeprazole", "R36"),
    # Restless legs, and neither ferritin nor transferrin saturation in the record.
    ("To be known", "Restless legs syndrome (G25.81)", "R57"),
    # Four hours apart; the timetable keeps them, so nobody is asked.
    ("To be taken apart", "Magnesium + levothyroxine", "R12"),
}
"""By hand, from the rules. Not: R03, since her reflux is without oesophagitis; R05, since betaine is with lunch; R15,
since 75 mg of zinc carnosine hold 16.95 mg of zinc; R16, since rifaximin is no quinolone and no tetracycline; R17,
since 2000 IU of vitamin D are 50 µg; R27, which is off; R43, since this fibre is no bulk fibre; R58 and R59, since
nobody has said IBS; R60, since the diet ended with Remove on its 28th day."""
AHEAD = {
    # The slow starts of fibre and glutamine rise on the fourth day, on which vitamin D begins.
    (
        "To be known",
        "Prebiotic fibre (partially hydrolysed guar gum), step 2 + L-glutamine, step 2 + Vitamin D",
        "ONE-CHANGE",
    ),
    # They rise again on the day on which the taper, its rescue and magnesium begin.
    (
        "To be known",
        "Prebiotic fibre (partially hydrolysed guar gum), step 3 + L-glutamine, step 3 + Famotidine + Magnesium"
        " + Omeprazole, next step",
        "ONE-CHANGE",
    ),
}
"""What changes together on a day to come: a week ahead of the taper’s first day."""
BLOCKS = {
    ("Stops the order", "Betaine hydrochloride + ibuprofen", "R01"),
    ("Stops the order", "Ibuprofen + omeprazole", "R37"),
}
"""What one painkiller adds: to the acid, and to the taper."""

TIMES_A_DAY = {
    "Omeprazole": 1,
    "Levothyroxine": 1,
    "Rifaximin": 3,
    "Prebiotic fibre (partially hydrolysed guar gum)": 1,
    "Probiotic": 1,
    "Glutathione": 1,
    "L-glutamine": 3,
    "Vitamin D": 1,
    "Zinc carnosine": 2,
    "Magnesium": 1,
    "Digestive enzymes from plants": 3,
    "Betaine hydrochloride": 1,
    "Movement that you like": 1,
    "Ten calm minutes": 1,
    "A steady bedtime": 1,
}


def found_on(desk: Page, plan: Plan) -> set[tuple[str, str, str]]:
    """How grave, about what, which rule: every line of the plan’s page."""
    desk.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    section = desk.get_by_role("region", name="What the safety rules find")
    for closed in section.locator("details", has_text="kept by the timetable").all():
        closed.locator("summary").click()
    found = set()
    for line in section.locator("li:has(.own-badge)").all():
        head = line.locator("p").first
        about = head.get_by_role("link").inner_text()
        found.add((head.locator(".own-badge").inner_text(), about, head.locator(".own-code").inner_text()))
    return found


def open_finding(desk: Page, plan: Plan, rule: str) -> None:
    desk.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    section = desk.get_by_role("region", name="What the safety rules find")
    section.get_by_role("listitem").filter(has_text=rule).get_by_role("link").first.click()


def answer(command: str, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a command prints for this document."""
    printed = StringIO()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdin", StringIO(json.dumps(document)))
        call_command(command, stdout=printed)
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


def test_all_that_she_takes_is_ordered_checked_and_lived_through_a_day(
    live_server: LiveServer,
    settings: Settings,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    plan: Plan,
    angela: Patient,
    dr_cho: User,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    settings.PUBLIC_URL = live_server.url
    desk, phone = make_page(phone=False), make_page()
    phone.set_viewport_size({"width": 360, "height": 740})

    with at(TODAY):
        # dr_cho activates the protocol, with an amount for what ships without one; what is ordered anew is left out.
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_plan_change", args=[plan.code]))
        desk.get_by_role("link", name="Activate").click()
        for name, value, unit in [
            ("Probiotic", "10", "10*9.[CFU]"),
            ("Vitamin D", "2000", "[iU]"),
            ("Magnesium", "400", "mg"),
        ]:
            desk.get_by_label(f"{name}: how much each time").fill(value)
            desk.get_by_label(f"{name}: unit").select_option(value=unit)
        left_out = desk.get_by_role("group", name="Not for this patient")
        left_out.get_by_label("L-glutamine").check()
        left_out.get_by_label("Digestive enzymes").check()
        desk.get_by_role("button", name="Activate").click()
        expect(desk.get_by_text("The plan is active.")).to_be_visible()
        plan.refresh_from_db()
        request.getfixturevalue("taper")
        for wanted in ORDERED:
            order_it(desk, plan, wanted)

        # The right findings, and only those.
        assert found_on(desk, plan) == FOUND | AHEAD
        assert_accessible(desk)
        screenshot(desk, "day-story-01-findings")

        # One is acknowledged. It goes with a smaller dose, and comes back with the larger one as it was decided.
        open_finding(desk, plan, "R14")
        desk.get_by_role("link", name="Acknowledge").click()
        desk.get_by_label("Why").fill("Two weeks only, for the legs.")
        desk.get_by_role("button", name="Acknowledge").click()
        change_amount(desk, plan, "Magnesium", "200", why="Less will do")
        assert found_on(desk, plan) == {line for line in FOUND | AHEAD if line[2] != "R14"}
        change_amount(desk, plan, "Magnesium", "400", why="It did not")
        assert found_on(desk, plan) == FOUND | AHEAD
        section = desk.get_by_role("region", name="What the safety rules find")
        expect(section).to_contain_text("Acknowledged: “Two weeks only, for the legs.”")

    with at(day(1), 10):
        # She sees her day on her telephone: everything as often as it is ordered, and the hours kept.
        assert angela.user is not None
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:home", args=[angela.code]))
        before = of_page(phone)
        assert {name: len(minutes) for name, minutes in minutes_of(before).items()} == TIMES_A_DAY
        assert_kept(before, breakfast=450)
        assert [each.clock for each in before] == ["7:00", "7:30", "12:30", "15:30", "18:30", "20:30", "22:30"]
        assert ("L-glutamine", "5 g") in before[1].items, "its slow start is over"
        assert_accessible(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") == 360
        screenshot(phone, "day-story-02-phone")
        phone.emulate_media(color_scheme="dark")
        assert_accessible(phone)
        screenshot(phone, "day-story-03-phone-dark")
        phone.emulate_media(color_scheme="light")

        # A double tap counts once.
        breakfast = phone.get_by_role("article", name="7:30 · breakfast")
        breakfast.get_by_role("button", name="I took these").dblclick()
        expect(breakfast).to_contain_text("Recorded at 10:")
        taken = sorted(Intake.objects.standing().values_list("order__name", flat=True))
        assert taken == sorted(name for name, _ in before[1].items)

        # The paper and the calendar say the same.
        with phone.expect_download() as download:
            phone.get_by_role("link", name="Print your day").click()
        sheet = Pdf(download.value.path().read_bytes())
        assert [text for text in on_paper(before) if text not in sheet.words] == []
        phone.goto(reverse("portal:calendar", args=[angela.code]))
        phone.get_by_role("button", name="Make a private address").click()
        phone.get_by_role("button", name="Name what I take").click()
        phone.get_by_role("button", name="Add the times of my day").click()
        feed = phone.get_by_label("Your private address").input_value()
        events = of_feed(phone.context.request.get(feed).body(), on=day(1))
        assert [clock for clock, _ in events] == [each.clock for each in before]
        # Nobody said of what class levothyroxine is, so it is not named outside.
        named = [(name, title) for each, (_, title) in zip(before, events, strict=True) for name, _ in each.items]
        assert [name for name, title in named if name not in title] == ["Levothyroxine"]

        # The commands, given the same facts, say the same.
        ibuprofen = {"substance": "ibuprofen", "amount": "400 mg", "times_per_day": 1, "since": "2027-01-11"}
        assert rules_of(answer("check_safety", TAKEN | {"intakes": [*INTAKES, ibuprofen]}, monkeypatch)) == sorted(
            line[2] for line in FOUND | BLOCKS
        )
        assert rules_of(answer("check_safety", TAKEN | {"intakes": INTAKES}, monkeypatch)) == sorted(
            line[2] for line in FOUND
        )
        told = answer("preview_day", DAY, monkeypatch)
        assert told["conflicts"] == []
        assert {(each["at"], name) for each in told["times"] for name in each["take"]} == {
            (f"{each.minute // 60:02}:{each.minute % 60:02}", name)
            for each in before
            for name, dose in each.items
            if dose and name not in {"Rifaximin", "Zinc carnosine"}
        }

        # She buys a painkiller. The acid stops at once, and she is told; the taper waits for its prescriber’s word.
        write_medicine_into_the_record(desk, angela, "Ibuprofen", amount="400", since="2027-01-11")
        assert found_on(desk, plan) == FOUND | BLOCKS
        assert_accessible(desk)
        screenshot(desk, "day-story-04-blocks")
        phone.goto(reverse("portal:home", args=[angela.code]))
        checked = phone.get_by_role("region", name="Being checked")
        expect(checked).to_contain_text("Not now: your clinic is checking this together with Ibuprofen.")
        expect(checked).to_contain_text("Do not reduce it further until your prescriber has answered.")
        assert "Betaine hydrochloride" not in minutes_of(of_page(phone))
        assert_accessible(phone)
        screenshot(phone, "day-story-05-stopped")
        open_finding(desk, plan, "R01")
        expect(desk.get_by_text("Nobody overrides this. It is cleared by changing the order.")).to_be_visible()
        expect(desk.get_by_role("link", name="Acknowledge")).to_have_count(0)
        stop_it(desk, plan, "Betaine hydrochloride", because="Interaction")
        open_finding(desk, plan, "R37")
        expect(desk.get_by_text("overridden by Dr Price, who prescribes the medicine")).to_be_visible()
        desk.get_by_role("link", name="Write down the prescriber’s word").click()
        desk.get_by_label("In the prescriber’s own words").fill("Go on; ibuprofen for three days at most.")
        desk.get_by_label("How it was said").select_option(label="Telephone")
        desk.get_by_label("By telephone: I spoke").check()
        desk.get_by_role("button", name="Write down the prescriber’s word").click()
        expect(desk.get_by_text("Overridden by the prescriber.").first).to_be_visible()
        assert found_on(desk, plan) == {
            line for line in FOUND | BLOCKS if not line[1].startswith("Betaine hydrochloride")
        }
        expect(section).to_contain_text("Overridden: “Go on; ibuprofen for three days at most.”")
        phone.reload()
        expect(checked).to_have_count(0)

        # She says when she gets up and eats, and her day follows; what she ticked stays ticked.
        phone.get_by_role("link", name="Say when you get up").click()
        for label, clock in [
            ("I get up at", "6:00"),
            ("Breakfast at", "8:00"),
            ("Lunch at", "13:00"),
            ("Dinner at", "19:00"),
            ("I go to bed at", "23:00"),
        ]:
            phone.get_by_label(label).fill(clock)
        assert_accessible(phone)
        phone.get_by_role("button", name="Save my times").click()
        after = of_page(phone)
        counted = TIMES_A_DAY | {"Ibuprofen": 1}
        del counted["Betaine hydrochloride"]
        assert {name: len(minutes) for name, minutes in minutes_of(after).items()} == counted
        assert_kept(after, breakfast=480)
        expect(phone.get_by_role("article", name="8:00 · breakfast")).to_contain_text("Recorded at 10:")
        screenshot(phone, "day-story-06-her-times")

        # Without JavaScript it is the same day, and the same tap.
        plain = make_page(javascript=False)
        let_in(plain, live_server, angela.user)
        plain.goto(reverse("portal:home", args=[angela.code]))
        assert of_page(plain) == after
        lunch = plain.get_by_role("article", name="13:00 · lunch")
        lunch.get_by_role("button", name="I took what is from my plan").click()
        expect(lunch).to_contain_text("Recorded at 10:")
        lunch.get_by_role("button", name=re.compile(r"^Undo\s*,")).click()
        expect(lunch).to_contain_text("not recorded")

        # Her clinic sees the same day, with its reasons.
        desk.goto(reverse("admin:patients_plan_day", args=[plan.code]))
        for each in after:
            expect(desk.locator("main")).to_contain_text(each.clock)
        assert_accessible(desk)
        screenshot(desk, "day-story-07-desk")


def assert_kept(read: list[Read], *, breakfast: int) -> None:
    """Reckoned here: four hours, half an hour before breakfast, and meals where meals are due. In minutes."""
    minutes = minutes_of(read)
    assert all(abs(x - y) >= 240 for x in minutes["Levothyroxine"] for y in minutes["Magnesium"])
    assert minutes["Omeprazole"] == [breakfast - 30]
    assert minutes["L-glutamine"] == minutes["Digestive enzymes from plants"]
    assert len(set(minutes["Rifaximin"])) == 3


def rules_of(answered: dict[str, Any]) -> list[str]:
    return sorted(each["rule"] for each in answered["findings"])


TAKEN: dict[str, Any] = {"on": "2027-01-11", "conditions": ["G25.81", "K21.9"], "labs": []}
INTAKES: list[dict[str, Any]] = [
    {"substance": "levothyroxine", "amount": "50 ug", "times_per_day": 1, "since": "2020-01-01"},
    {"substance": "omeprazole", "amount": "20 mg", "times_per_day": 1, "since": "2021-03-01", "tapering": True},
    {"substance": "famotidine", "amount": "20 mg", "since": "2027-01-11"},
    {"substance": "rifaximin", "amount": "550 mg", "times_per_day": 3, "since": "2027-01-04"},
    {"substance": "amylase"},
    {"substance": "probiotic", "amount": "10 10*9.[CFU]", "times_per_day": 1},
    {"substance": "partially hydrolysed guar gum", "amount": "6 g", "times_per_day": 1},
    {"substance": "glutamine", "amount": "5 g", "times_per_day": 3},
    {"substance": "glutathione", "amount": "250 mg", "times_per_day": 1},
    {"substance": "zinc carnosine", "amount": "37.5 mg", "times_per_day": 2, "basis": "salt"},
    {"substance": "vitamin d", "amount": "2000 [iU]", "times_per_day": 1},
    {"substance": "magnesium", "amount": "400 mg", "times_per_day": 1, "basis": "elemental"},
    {"substance": "betaine hydrochloride", "amount": "650 mg", "times_per_day": 1, "with_meal": True},
]


def _at_meal(name: str, meal: str = "breakfast", times: int = 1) -> dict[str, Any]:
    prefer = {} if times == 3 else {"prefer": meal}
    return {"id": name, "times_per_day": times, "food": "with"} | prefer


DAY: dict[str, Any] = {
    "wake": "07:00",
    "sleep": "22:30",
    "meals": {"breakfast": "07:30", "lunch": "12:30", "dinner": "18:30"},
    "intakes": [
        {"id": "Levothyroxine", "times_per_day": 1, "prefer": "wake"},
        {"id": "Omeprazole", "times_per_day": 1, "before_meal": {"meal": "breakfast", "minutes": 30}},
        _at_meal("Prebiotic fibre (partially hydrolysed guar gum)"),
        _at_meal("Probiotic"),
        _at_meal("Glutathione"),
        _at_meal("Vitamin D"),
        _at_meal("L-glutamine", times=3),
        _at_meal("Digestive enzymes from plants", times=3),
        _at_meal("Betaine hydrochloride", "lunch"),
        _at_meal("Magnesium", "dinner"),
    ],
    "spacing": [{"a": "Levothyroxine", "b": "Magnesium", "before_hours": 4, "after_hours": 4}],
}
"""Without what is written for several times of its own, which the command cannot be told."""
