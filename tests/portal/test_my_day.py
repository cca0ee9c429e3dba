"""Her own times: said once, they are those of her day; and the day as it stands beside her plan."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import DayRhythm, Finding, Intake, MedicineUse, Patient, Plan, SourceKind, Taper
from patients.services import plan_moves
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day
from tests.portal.conftest import AddOrder, SignedIn
from tests.portal.reading import forms_of, text_of
from tests.portal.visits import VisitOn

Page = Callable[[Patient], str]
TIMES = {"wakes_at": "9", "breakfast_at": "10.15", "lunch_at": "", "dinner_at": "19:00", "sleeps_at": "1:00"}


@pytest.fixture
def levothyroxine(angela: Patient, dr_price: Prescriber, by: Actor) -> MedicineUse:
    return add_medicine(
        angela,
        name="Levothyroxine",
        amount=Amount.parse("50 ug"),
        pattern="daily",
        times_of_day=[Slot.ON_WAKING],
        since=date(2020, 1, 1),
        prescriber=dr_price,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )


@pytest.fixture
def client(signed_in: SignedIn, angela: Patient) -> Client:
    return signed_in(angela.user)


def test_she_says_her_times_and_they_are_kept_with_who_said_them(client: Client, angela: Patient, plan: Plan) -> None:
    page = client.post(f"/portal/{angela.code}/my-day/", TIMES, follow=True).content.decode()
    row = DayRhythm.objects.get()
    assert (row.wakes_at, row.breakfast_at, row.lunch_at) == (time(9), time(10, 15), None)
    assert (row.said_at, row.said_by_kind, row.said_by_code) == (NOON, "patient", angela.code)
    assert "Your times: up at 9:00, breakfast at 10:15, dinner at 19:00 and bed at 1:00." in text_of(page)
    client.post(f"/portal/{angela.code}/my-day/", TIMES | {"wakes_at": "8"})
    assert DayRhythm.history.count() == 2, "what was said before stays on record"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"wakes_at": "early"}, "Write a time such as 7:30."),
        ({"wakes_at": ""}, "Write a time such as 7:30."),
        ({"lunch_at": "25:00"}, "Write a time such as 7:30."),
        ({"lunch_at": "3:00"}, "Lunch lies between going to bed and getting up."),
        ({"lunch_at": "19:30"}, "Dinner comes after lunch."),
        ({"sleeps_at": "9:00"}, "Getting up and going to bed are at the same time."),
        ({"sleeps_at": "8:30"}, "That leaves less than 2 hours of sleep."),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_its_field(
    client: Client, angela: Patient, wrong: dict[str, str], sentence: str
) -> None:
    response = client.post(f"/portal/{angela.code}/my-day/", TIMES | wrong)
    assert response.status_code == 200
    html = response.content.decode()
    assert sentence in text_of(html)
    assert html.count('aria-invalid="true"') == 1
    assert 'value="10.15"' in html, "what was typed is still there"
    assert DayRhythm.objects.count() == 0


def test_until_she_says_them_her_times_are_a_guess_and_said_to_be(plan: Plan, angela: Patient, read_page: Page) -> None:
    text = text_of(read_page(angela))
    assert (
        "These times are a guess: up at 7:00, breakfast at 7:30, lunch at 12:30, dinner at 18:30 and bed at 22:30."
        in text
    )
    assert "Say when you get up, eat and go to bed" in text


@pytest.mark.parametrize("path", ["my-day/", "my-day/day.pdf"])
def test_nobody_else_sees_or_says_it(
    path: str, plan: Plan, angela: Patient, ben: Patient, dr_cho: object, signed_in: SignedIn
) -> None:
    assert signed_in(ben.user).get(f"/portal/{angela.code}/{path}").status_code == 404
    assert signed_in(dr_cho).get(f"/portal/{angela.code}/{path}").status_code == 404  # type: ignore[arg-type]
    assert signed_in(None).get(f"/portal/{angela.code}/{path}").status_code == 302
    assert signed_in(ben.user).post(f"/portal/{angela.code}/my-day/", TIMES).status_code == 404
    assert DayRhythm.objects.count() == 0


def test_what_others_prescribe_stands_in_her_day_without_a_tap(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, read_page: Page
) -> None:
    html = read_page(angela)
    assert "7:00 · on waking Levothyroxine 50 µg Prescribed by Dr Price." in text_of(html)
    assert not [form for form in forms_of(html) if "7:00" in form.button]


def test_a_tap_beside_them_says_what_it_records(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, client: Client, read_page: Page, add_order: AddOrder
) -> None:
    add_order(plan, name="Thing", times_of_day=["on-waking"])
    (form,) = [
        form for form in forms_of(read_page(angela)) if form.button == "I took what is from my plan , 7:00, on waking"
    ]
    client.post(form.action, form.fields)
    assert [intake.order.name for intake in Intake.objects.all()] == ["Thing"]


def test_what_was_moved_is_said_in_one_sentence(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    order = add_order(plan, name="Magnesium", times_of_day=["with-breakfast", "bedtime"])
    hours_apart(plan, levothyroxine.code, order.code)
    text = text_of(read_page(angela))
    assert text.count("four hours from levothyroxine") == 1
    assert "Magnesium is with lunch: four hours from levothyroxine." in text


def test_what_does_not_fit_is_said_with_whom_to_ask(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, read_page: Page, by: Actor
) -> None:
    other = add_medicine(
        angela,
        name="Powder",
        pattern="daily",
        times_of_day=[Slot.WITH_BREAKFAST],
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    hours_apart(plan, levothyroxine.code, other.code)
    text = text_of(read_page(angela))
    assert "Levothyroxine and powder are meant four hours apart, and this day has no place for that." in text
    assert "Ask us or Dr Price before you change anything." in text


def test_a_plan_at_rest_leaves_what_others_prescribe(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, read_page: Page, by: Actor
) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    text = text_of(read_page(angela))
    assert "7:00 · on waking Levothyroxine" in text
    assert "No alcohol" not in text


def test_without_a_plan_there_is_a_day_all_the_same(
    levothyroxine: MedicineUse, angela: Patient, read_page: Page
) -> None:
    assert "7:00 · on waking Levothyroxine" in text_of(read_page(angela))


def test_a_dose_of_a_taper_stands_in_the_day_and_leads_to_its_card(visit: VisitOn) -> None:
    page = visit(1).html("today")
    assert "7:00 · on waking Omeprazole one capsule of 20 mg Your step of today" in text_of(page)
    code = visit(1).taper.code
    assert f'href="#medicine-{code}"' in page
    assert f'id="medicine-{code}"' in page
    assert "When needed Alginate 10 mL" not in page


def test_before_bed_after_midnight_it_is_still_the_day_before(
    plan: Plan, angela: Patient, client: Client, read_page: Page, by: Actor, travel: time_machine.Traveller
) -> None:
    """Bed at 1:00. At 0:30 of the 5th, the evening of the 4th can still be recorded; at 1:30 it cannot."""
    set_rhythm(
        angela,
        wakes_at=time(9),
        breakfast_at=None,
        lunch_at=None,
        dinner_at=None,
        sleeps_at=time(1),
        by=acting_patient(angela),
        at=NOON,
    )
    travel.move_to(NOON + timedelta(hours=12, minutes=30), tick=False)
    html = read_page(angela)
    assert "It is past midnight. Until you go to bed, at 1:00, this is still Monday’s day." in text_of(html)
    (form,) = [form for form in forms_of(html) if form.button.startswith("I did this")]
    assert form.fields["day"] == "2027-01-04"
    client.post(form.action, form.fields)
    assert Intake.objects.get().taken_on == TODAY
    travel.move_to(NOON + timedelta(hours=13, minutes=30), tick=False)
    assert "It is past midnight" not in read_page(angela)


def test_the_printed_day_says_what_the_page_says(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, client: Client, add_order: AddOrder
) -> None:
    order = add_order(plan, name="Magnesium", times_of_day=["with-breakfast"])
    add_order(plan, name="Antacid", pattern="as needed", times_of_day=[])
    hours_apart(plan, levothyroxine.code, order.code)
    response = client.get(f"/portal/{angela.code}/my-day/day.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="day-{angela.code}.pdf"'
    printed = Pdf(response.content)
    assert len(printed.pages) == 1
    assert printed.is_tagged
    assert printed.title == "My day"
    for words in (
        "7:00 on waking Levothyroxine – 50 µg prescribed by Dr Price",
        "12:30 lunch Magnesium – 1 capsule",
        "20:30 after dinner No alcohol",
        "Only when needed Antacid – 1 capsule",
        "Magnesium is with lunch: four hours from levothyroxine.",
        "Monday 4 January 2027",
        "Valid through Sunday 17 January 2027, unless something changes before.",
    ):
        assert words in printed.words, words


def test_no_unsigned_step_is_ever_printed(sent_taper: object, angela: Patient, client: Client) -> None:
    words = Pdf(client.get(f"/portal/{angela.code}/my-day/day.pdf").content).words
    assert "Omeprazole – 40 mg" in words
    assert "20 mg" not in words


def test_what_somebody_typed_is_text_on_paper(plan: Plan, angela: Patient, client: Client, add_order: AddOrder) -> None:
    add_order(plan, name="#panic() *Zinc* $x$", key="zinc", times_of_day=["bedtime"])
    assert "#panic() *Zinc* $x$" in Pdf(client.get(f"/portal/{angela.code}/my-day/day.pdf").content).words


def hours_apart(plan: Plan, a: str, b: str) -> Finding:
    spacing = {"a": "a", "b": "b", "a_codes": [a], "b_codes": [b], "before_hours": "4", "after_hours": "4"}
    return Finding.objects.create(
        plan=plan,
        rule="R05",
        rule_version="1",
        facts_key=f"{a}-{b}",
        severity="SPACE",
        text="Apart.",
        cite="A test.",
        mark="R",
        first_day=TODAY,
        spacing=spacing,
        opened_at=NOON,
    )


def test_no_part_of_the_page_speaks_of_the_next_day_before_bed(
    taper: Taper, angela: Patient, read_page: Page, travel: time_machine.Traveller
) -> None:
    """At 0:30 of her first day of 20 mg, up until 1:00: card, timetable and date are those of the day before."""
    set_rhythm(
        angela,
        wakes_at=time(9),
        breakfast_at=None,
        lunch_at=None,
        dinner_at=None,
        sleeps_at=time(1),
        by=acting_patient(angela),
        at=NOON,
    )
    travel.move_to(on_day(1) - timedelta(hours=11, minutes=30), tick=False)
    text = text_of(read_page(angela))
    assert "Sunday 10 January Hello, Angela" in text
    assert "Omeprazole 40 mg" in text
    assert "from today on" not in text


def test_what_was_tapped_is_said_also_where_its_time_has_moved(
    plan: Plan, angela: Patient, client: Client, read_page: Page, add_order: AddOrder
) -> None:
    add_order(plan, name="Zinc", times_of_day=["with-breakfast"])
    (form,) = [form for form in forms_of(read_page(angela)) if "7:30" in form.button]
    set_rhythm(
        angela,
        wakes_at=time(8),
        breakfast_at=time(9),
        lunch_at=None,
        dinner_at=None,
        sleeps_at=time(23),
        by=acting_patient(angela),
        at=NOON,
    )
    html = client.post(form.action, form.fields, follow=True).content.decode()
    assert html.count('role="status"') == 1
    assert "Recorded." in text_of(html)
