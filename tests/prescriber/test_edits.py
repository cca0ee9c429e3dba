"""“I agree with these edits”: the steps are changed in a table, the whole is read again, and that is signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.http import HttpResponse

from clinics.actor import Actor
from clinics.models import Clinic
from patients.actor import acting_patient
from patients.models import Door, Patient, PrescriberAnswer, Signature, SigningRequest, Taper, Transition, UseKind
from patients.models.taper_course import course_of
from patients.reminders.links import prescriber_link
from patients.services.tapers import revising, using
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.requesting import propose, send
from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer
from protocols.domain.slots import Slot
from protocols.models import Medicine
from protocols.services.medicines import add_medicine
from tests.fixtures.medicines import OWN
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import FIRST_DAY, NO_STOPS, on_day
from tests.prescriber.visiting import NEUTRAL, Browser, form_with, said


@pytest.fixture
def table(opened: Browser) -> HttpResponse:
    return opened.begin_edits()


def nothing_was_signed() -> bool:
    waits = Taper.objects.get().versions.values_list("status", flat=True)
    return not Signature.objects.exists() and not PrescriberAnswer.objects.exists() and list(waits) == ["proposed"]


def milligrams(taper: Taper) -> list[int]:
    """What is taken on each day of the course."""
    course = course_of(taper)
    assert course.first_day is not None
    assert course.ends_on is not None
    days = (course.ends_on - course.first_day).days + 1
    return [
        sum(int(d.amount.value) for d in course.doses_on(course.first_day + timedelta(days=n))) for n in range(days)
    ]


def test_the_table_holds_what_was_proposed(opened: Browser, table: HttpResponse) -> None:
    page = said(table)
    assert "Taken now: one capsule of 40 mg before breakfast." in page
    html = table.content.decode()
    assert html.count('value="28"') == 4
    # 10 mg and 20 mg capsules, and those of 40 mg, make these and nothing between.
    assert [f"{dose} mg" in html for dose in (40, 30, 20, 10, 5, 15)] == [True, True, True, True, False, False]


def test_edits_are_read_as_a_whole_and_then_signed(opened: Browser, table: HttpResponse) -> None:
    """Fourteen days of 20 mg, and the second half taken every three days: worked out by hand."""
    shown = opened.press(table, "look", **{"step-0-days": "14", "step-2-pattern": "every 3 days"})
    page = said(shown)
    assert "with your edits" in page
    # 14 × 20 + 28 × 10 + 10 × 10 (days 1, 4, …, 28) + 8 × 10
    assert "740 mg" in page
    assert "14 × 20 mg and 46 × 10 mg" in page
    assert nothing_was_signed()
    assert "Signed. Thank you." in said(opened.sign(shown))
    taper = Taper.objects.get()
    assert sum(milligrams(taper)) == 740
    assert len(milligrams(taper)) == 14 + 28 + 28 + 28
    assert taper.status == "active"


def test_what_the_prescriber_drew_up_is_a_version_of_its_own(opened: Browser, table: HttpResponse) -> None:
    shown = opened.press(table, "look", **{"step-0-days": "14", "text": "Quicker at the start."})
    opened.sign(shown)
    proposed, edited = Taper.objects.get().versions.order_by("number")
    assert (proposed.status, edited.status) == ("declined", "in-force")
    assert (edited.number, edited.drawn_up_by_kind) == (2, "prescriber")
    assert edited.drawn_up_by_code == edited.taper.prescriber.code
    assert (edited.reason, edited.monitored_by) == ("Symptoms have resolved.", "dr_cho")
    before, after = proposed.terms(), edited.terms()
    assert replace(after, version=1, steps=before.steps) == before
    signature = Signature.objects.get()
    assert signature.version == edited
    assert signature.terms().request == edited.sha256
    assert signature.sha256 in said(shown).replace(" ", "")
    given = PrescriberAnswer.objects.get()
    assert (given.kind, given.text, given.request) == ("agree-with-edits", "Quicker at the start.", opened.request)
    assert edited.entered["recipe"]["method"] == "explicit"
    moves = list(Transition.objects.filter(taper=edited.taper).order_by("pk").values_list("move", flat=True))
    assert moves[-2:] == ["withdraw", "start"]


def test_the_link_still_opens_what_came_of_it_and_so_does_a_later_one(
    opened: Browser, table: HttpResponse, travel: time_machine.Traveller
) -> None:
    opened.sign(opened.press(table, "look", **{"step-0-days": "14"}))
    travel.move_to(on_day(2), tick=False)
    assert NEUTRAL in said(opened.follow())
    assert "Version 2" in said(opened.open())
    taper = Taper.objects.get()
    newest = SigningRequest.objects.get(version__number=2)
    link = prescriber_link(taper, about="something else", address="dr_price@example.org")
    assert link is not None
    assert newest.code in link
    other = Browser(newest)
    other.follow()
    assert "Today it is in step 1" in said(other.open())


def test_a_step_is_added_after_another_and_one_is_left_out(opened: Browser, table: HttpResponse) -> None:
    """Ten days of 30 mg before the first step; the last step goes."""
    more = opened.press(table, "add-1")
    assert more.content.decode().count("<legend>Step") == 5
    fewer = opened.press(more, "drop-5")
    assert fewer.content.decode().count("<legend>Step") == 4
    changed = {"step-0-take-0": "30 mg", "step-0-days": "10"}
    opened.sign(opened.press(fewer, "look", **changed))
    doses = milligrams(Taper.objects.get())
    assert doses[:10] == [30] * 10
    assert sum(doses) == 10 * 30 + 28 * 20 + 28 * 10 + 14 * 10


def test_the_last_step_cannot_be_left_out(opened: Browser, table: HttpResponse) -> None:
    for number in (4, 3, 2):
        table = opened.press(table, f"drop-{number}")
    assert "Leave out step" not in said(table)
    page = opened.post("edit/", **{"step-TOTAL_FORMS": "1", "step-INITIAL_FORMS": "0", "then": "drop-1"})
    assert page.content.decode().count("<legend>Step") == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("days", "0", "greater than or equal to 1"),
        ("days", "-3", "greater than or equal to 1"),
        ("days", "10000", "less than or equal to 730"),
        ("days", "", "Say how many days."),
        ("days", "a week", "Enter a whole number."),
        ("take-0", "40 mg", "This step takes more a day, on average, than the one before"),
        ("take-0", "15 mg", "15 mg is not one of the available choices"),
        ("take-0", "-10 mg", "-10 mg is not one of the available choices"),
        ("take-0", "10 mL", "10 mL is not one of the available choices"),
        ("take-0", "", "Choose a dose, or leave this step out."),
        ("pattern", "hourly", "hourly is not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_beside_its_step(
    opened: Browser, table: HttpResponse, field: str, typed: str, sentence: str
) -> None:
    page = opened.press(table, "look", **{f"step-1-{field}": typed})
    assert "Change the steps" in said(page)
    second = page.content.decode().split("<legend>Step 2</legend>")[1].split("<legend>Step 3</legend>")[0]
    assert sentence in second
    assert nothing_was_signed()


def test_all_together_it_may_not_be_too_long(opened: Browser, table: HttpResponse) -> None:
    for _ in range(3):
        table = opened.press(table, "add-4")
    page = said(opened.press(table, "look", **{f"step-{n}-days": "730" for n in range(7)}))
    assert "A schedule lasts at most 3660 days" in page


def test_nothing_changed_is_no_edit(opened: Browser, table: HttpResponse) -> None:
    page = said(opened.press(table, "look"))
    assert "Nothing was changed. Agree to it as it stands, or change a step." in page


@pytest.mark.parametrize("forms", ["0", "", "many", "100000"])
def test_a_table_that_was_tampered_with_signs_nothing(opened: Browser, table: HttpResponse, forms: str) -> None:
    shown = opened.press(table, "look", **{"step-0-days": "14"})
    _, fields = form_with(shown, "sign")
    for then in ("look", "sign"):
        page = opened.post("edit/", **(fields | {"step-TOTAL_FORMS": forms, "then": then}))
        assert "Change the steps" in said(page)
    assert nothing_was_signed()


def test_edits_that_change_between_reading_and_signing_are_refused(opened: Browser, table: HttpResponse) -> None:
    shown = opened.press(table, "look", **{"step-0-days": "14"})
    page = said(opened.press(shown, "sign", **{"step-0-days": "7"}))
    assert "What you would agree to now is not what you were shown." in page
    assert nothing_was_signed()


def test_edits_are_not_signed_unread(opened: Browser, table: HttpResponse) -> None:
    shown = opened.press(table, "look", **{"step-0-days": "14"})
    assert "Read first what exactly you sign" in said(opened.press(shown, "sign", shown=""))
    assert nothing_was_signed()


def test_a_change_of_mind_finds_the_table_as_it_was(opened: Browser, table: HttpResponse) -> None:
    shown = opened.press(table, "look", **{"step-0-days": "14", "text": "Quicker."})
    again = opened.press(shown, "change")
    assert 'value="14"' in again.content.decode()
    assert "Quicker." in again.content.decode()


def test_two_tabs_with_edits_sign_once(opened: Browser, table: HttpResponse) -> None:
    first = opened.press(table, "look", **{"step-0-days": "14"})
    second = opened.press(table, "look", **{"step-0-days": "7"})
    plain = opened.agree()
    opened.sign(first)
    for late in (second, plain):
        assert "This was answered already." in said(opened.sign(late))
    assert Signature.objects.count() == 1
    assert len(milligrams(Taper.objects.get())) == 98


def test_the_questions_go_along_with_the_edits(send_draft: Callable[[Draft], Browser], angelas_draft: Draft) -> None:
    draft = replace(angelas_draft, answers=tuple(answer for answer in NO_STOPS if answer.gate != "G2"))
    visitor = send_draft(draft)
    table = visitor.begin_edits(**{"answer-G2": "no"})
    assert 'value="no" id="id_answer-G2_1" checked' in table.content.decode()
    unanswered = visitor.press(table, "look", **{"step-0-days": "14", "answer-G2": "unknown"})
    assert "These must be answered first" in said(unanswered)
    visitor.sign(visitor.press(table, "look", **{"step-0-days": "14"}))
    gates = {gate.gate: gate for gate in Signature.objects.get().terms().gates}
    assert (gates["G2"].answer, gates["G2"].source) == (Answer.NO, "Answered by the prescriber")


def test_several_times_of_day_are_columns(send_draft: Callable[[Draft], Browser], angelas_draft: Draft) -> None:
    draft = replace(
        angelas_draft,
        start=(
            (Slot.BEFORE_BREAKFAST, Amount.parse("20 mg")),
            (Slot.BEFORE_DINNER, Amount.parse("20 mg")),
        ),
        recipe={"method": "strength_ladder", "days_per_step": 14, "first_drop": ["before-dinner"]},
    )
    visitor = send_draft(draft)
    table = visitor.begin_edits()
    assert "Before breakfast" in said(table)
    assert "Before dinner" in said(table)
    first = {"step-0-take-0": "20 mg", "step-0-take-1": "10 mg"}
    visitor.sign(visitor.press(table, "look", **first))
    step = Taper.objects.get().versions.get(status="in-force").terms().steps[0]
    assert [(dose.slot, str(dose.amount)) for dose in step.doses] == [
        ("before-breakfast", "20 mg"),
        ("before-dinner", "10 mg"),
    ]


def test_a_later_version_may_be_edited_too(
    signed: Browser, angela: Patient, by: Actor, travel: time_machine.Traveller
) -> None:
    """A step back on day 41, which the prescriber makes shorter; the version before ends the day before it."""
    using.report_use(Taper.objects.get(), kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(1))
    using.report_use(Taper.objects.get(), kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(29))
    taper, back_on = Taper.objects.get(), FIRST_DAY + timedelta(days=40)
    version = revising.draw_up_revision(
        taper,
        revising.StepBack(),
        first_day=back_on,
        reason="Symptoms came back.",
        by=by,
        at=on_day(38),
        on_screen=taper.revision,
    )
    taper = Taper.objects.get()
    propose(taper, shown=version.sha256, by=by, at=on_day(38), revision=taper.revision)
    taper = Taper.objects.get()
    visitor = Browser(send(taper, door=Door.LINK, by=by, at=on_day(38), revision=taper.revision))
    travel.move_to(on_day(39), tick=False)
    visitor.follow()
    visitor.open()
    table = visitor.begin_edits()
    assert "Taken now: one capsule of 10 mg before breakfast." in said(table)
    shown = visitor.press(table, "look", **{"step-0-days": "5"})
    # She takes 10 mg by then: 20 mg is more, and nobody signs that without saying so.
    assert "The dose RISES: from 10 mg before breakfast to 20 mg before breakfast." in said(shown)
    action, fields = form_with(shown, "sign")
    del fields["raises_knowingly"]
    refused = visitor.client.post(action, fields | {"then": "sign"}, follow=True)
    assert "Say that you raise it knowingly, or choose lower doses." in said(refused)
    assert Taper.objects.get().versions.get(number=2).status == "proposed"
    visitor.press(shown, "sign", raises_knowingly="on")
    doses = milligrams(Taper.objects.get())
    assert doses[:28] == [20] * 28
    assert doses[28:40] == [10] * 12
    assert doses[40:45] == [20] * 5
    assert doses[45] == 10
    assert NEUTRAL in said(Browser(signed.request).follow())


def test_every_second_day_goes_on_counting_in_a_later_version(
    signed: Browser, angela: Patient, by: Actor, travel: time_machine.Traveller
) -> None:
    """Day 57 is a dose day of the step that is taken every 2 days, so day 60 is none, whoever draws the version up."""
    for day in (1, 29, 57):
        using.report_use(Taper.objects.get(), kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(day))
    taper = Taper.objects.get()
    first_day = FIRST_DAY + timedelta(days=59)
    version = revising.draw_up_revision(
        taper,
        revising.Extension(7),
        first_day=first_day,
        reason="Symptoms came back.",
        by=by,
        at=on_day(58),
        on_screen=taper.revision,
    )
    taper = Taper.objects.get()
    propose(taper, shown=version.sha256, by=by, at=on_day(58), revision=taper.revision)
    taper = Taper.objects.get()
    visitor = Browser(send(taper, door=Door.LINK, by=by, at=on_day(58), revision=taper.revision))
    travel.move_to(on_day(59), tick=False)
    visitor.follow()
    visitor.open()
    visitor.sign(visitor.press(visitor.begin_edits(), "look", **{"step-0-days": "10"}))
    doses = milligrams(Taper.objects.get())
    # The fourth to the thirteenth day of that step are lived under the new version.
    assert doses[56:69] == [10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10]
    assert len(doses) == 59 + 10 + 28


def test_signing_with_edits_costs_no_consent_of_the_clinic(opened: Browser, table: HttpResponse) -> None:
    """The planned and the latest first day, and everything else that was asked, stay as they were."""
    opened.sign(opened.press(table, "look", **{"step-3-days": "14"}))
    terms = Taper.objects.get().versions.get(number=2).terms()
    assert (terms.planned_first_day, terms.latest_first_day) == (FIRST_DAY, FIRST_DAY + timedelta(days=28))
    assert Signature.objects.get().signed_at == NOON


def test_what_cannot_be_made_at_the_second_time_of_day_is_said_there(
    send_draft: Callable[[Draft], Browser], suspension: Medicine, angelas_draft: Draft
) -> None:
    """Of a liquid there are too many doses to choose from, so they are typed."""
    draft = replace(
        angelas_draft,
        medicine=suspension,
        start=((Slot.BEFORE_BREAKFAST, Amount.parse("20 mg")), (Slot.BEFORE_DINNER, Amount.parse("20 mg"))),
        recipe={"method": "percent_of_start", "percent": "25", "days_per_step": 14},
    )
    visitor = send_draft(draft)
    table = visitor.begin_edits()
    page = visitor.press(table, "look", **{"step-0-take-0": "7.4 mg", "step-0-take-1": "7.5 mg"})
    dinner = page.content.decode().split("<legend>Step 1</legend>")[1].split("Before dinner")[1].split("</div>")[0]
    assert "7.5 mg cannot be made of 2 mg/mL, measured by 0.1 mL" in dinner
    page = visitor.press(table, "look", **{"step-0-take-1": "a lot"})
    assert "“a lot” is not an amount." in said(page)


def test_a_last_step_may_be_taken_as_needed(opened: Browser, table: HttpResponse) -> None:
    shown = opened.press(table, "look", **{"step-3-pattern": "as needed"})
    assert "10 mg, when needed" in said(shown)
    opened.sign(shown)
    assert sum(milligrams(Taper.objects.get())) == 560 + 280 + 140


@pytest.fixture
def suspension(clinic: Clinic, by: Actor) -> Medicine:
    """Of the clinic's own: omeprazole, 2 mg in each mL, measured by 0.1 mL."""
    facts = OWN | {
        "name": "Omeprazole suspension of the Linden pharmacy",
        "form": "oral liquid",
        "liquid_value": Decimal(2),
        "liquid_unit": "mg",
        "liquid_step_ml": Decimal("0.1"),
    }
    return add_medicine(clinic=clinic, facts=facts, strengths=[], by=by, at=NOON)
