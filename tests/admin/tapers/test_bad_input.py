"""What cannot be is refused at its field, in a sentence that says what to do; and nothing is written."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import MedicineUse, Patient, Plan, SourceKind, Taper, Transition
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.models import Medicine
from protocols.services.medicines import add_medicine as add_own
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import sheet_address
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON, TODAY

Draft = Callable[..., Any]
LADDER = {"recipe-way": "strength_ladder", "recipe-days_per_step": "28"}
EXPLICIT = {"recipe-way": "explicit", "steps-0-amount": "20 mg", "steps-0-days": "14"}

REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a negative amount": (
        {"start-0-amount": "-40 mg"},
        "An amount is above 0: write it without a minus.",
    ),
    "a minus of print": ({"start-0-amount": "−40 mg"}, "An amount is above 0: write it without a minus."),
    "a decimal comma": ({"start-0-amount": "37,5 mg"}, "Write decimals with a point"),
    "a thousands comma": ({"start-0-amount": "1,000 mg"}, "thousands with nothing"),
    "words": ({"start-0-amount": "forty"}, "“forty” is not an amount. Write a number, a space and a unit"),
    "an amount of zero": ({"start-0-amount": "0 mg"}, "An amount here is above 0."),
    "no amount": ({"start-0-amount": ""}, "Say how much is taken then."),
    "no time of day": ({"start-0-slot": ""}, "Say at which time of day it is taken."),
    "nothing taken": ({"start-0-amount": "", "start-0-slot": ""}, "Say what is taken now"),
    "another unit": ({"start-0-amount": "40 g"}, "40 g is not in mg, as Omeprazole is: write it in that."),
    "a unit that is none": ({"start-0-amount": "40 spoons"}, "spoons"),
    "no strength makes it": (
        {"start-0-amount": "35 mg"},
        "35 mg cannot be made of",
    ),
    "0 days a step": (LADDER | {"recipe-days_per_step": "0"}, "A step lasts 1 to 730 days: 0 is not possible."),
    "10,000 days a step": (
        LADDER | {"recipe-days_per_step": "10000"},
        "A step lasts 1 to 730 days: 10000 is not possible.",
    ),
    "days below zero": (EXPLICIT | {"steps-0-days": "-3"}, "A step lasts 1 to 730 days: -3 is not possible."),
    "no days a step": (LADDER | {"recipe-days_per_step": ""}, "Say how many days each step lasts."),
    "no amount less": (
        {"recipe-way": "fixed_amount", "recipe-days_per_step": "7"},
        "Say by how much each step is less than the one before.",
    ),
    "no percent less": (
        {"recipe-way": "percent_of_current", "recipe-days_per_step": "7"},
        "Say by how many percent each step is less.",
    ),
    "not one step written": ({"recipe-way": "explicit"}, "Write out at least one step."),
    "no days": (EXPLICIT | {"steps-0-days": ""}, "Say for how many days."),
    "a written step of no strength": (EXPLICIT | {"steps-0-amount": "15 mg"}, "15 mg cannot be made of"),
    "a written step of zero": (EXPLICIT | {"steps-0-amount": "0 mg"}, "To stop, end the schedule: it needs no entry."),
    "a dose that rises": (
        EXPLICIT | {"steps-1-amount": "40 mg", "steps-1-days": "14"},
        "This step takes more a day, on average, than the one before: a taper only goes down.",
    ),
    "days between doses that are none": (
        EXPLICIT | {"steps-0-pattern": "every 0 days"},
        "Every 0 days is not possible",
    ),
    "a cut that cannot be made": (
        {"recipe-way": "fixed_amount", "recipe-days_per_step": "7", "recipe-amount": "5 mg"},
        "35 mg cannot be made of",
    ),
    "more than all of it": (
        {"recipe-way": "percent_of_start", "recipe-days_per_step": "7", "recipe-percent": "100"},
        "A cut is more than 0 and less than 100 percent.",
    ),
    "a field of another way": (LADDER | {"recipe-percent": "10"}, "This belongs to another way of going down"),
    "steps of another way": (LADDER | {"steps-0-amount": "20 mg", "steps-0-days": "7"}, "This belongs to another way"),
    "a first day in the past": ({"who-planned_first_day": "2027-01-03"}, "The planned first day is today or later"),
    "a latest day before the first": (
        {"who-latest_first_day": "2027-01-05"},
        "The latest first day comes before the planned one: choose a later one.",
    ),
    "a code that is none": ({"terms-indication_code": "ZZZ"}, "ZZZ"),
    "a threshold nobody reaches": ({"terms-threshold_days": "9"}, "The rescue threshold is a number of days within"),
    "an answer from nowhere": ({"gates-asked_source": ""}, "Say how you know, here or once for all above."),
    "answers of tomorrow": ({"gates-asked_on": "2027-01-05"}, "That day has not come yet."),
    "nobody who signs": (
        {"who-prescriber": ""},
        "Without anybody who signs there is no schedule with dates: give the patient a letter for a doctor instead.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_a_sentence_and_nothing_is_written(
    what: str, cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    before = Transition.objects.count()
    typed, sentence = REFUSED[what]
    address = sheet_address(plan, takes_omeprazole)
    page = type_draft(cho, address, typed, save=False)
    assert page.status_code == 200
    words = text_of(page)
    assert sentence in words
    assert "This is what it comes to" not in words
    assert 'class="errorlist"' in page.content.decode() or "own-note-refused" in page.content.decode()
    assert (Taper.objects.count(), Transition.objects.count()) == (0, before)


def test_an_end_that_is_never_reached_is_refused(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft, clinic: Clinic, by: Actor
) -> None:
    """A tenth of a millilitre less each time, of a suspension that is measured as finely."""
    liquid = {"form": "oral liquid", "liquid_value": Decimal(2), "liquid_unit": "mg", "liquid_step_ml": Decimal("0.1")}
    suspension = add_own(clinic=clinic, facts=OWN | liquid, strengths=[], by=by, at=NOON)
    typed = {
        "who-medicine": suspension.code,
        "start-0-amount": "80 mg",
        "recipe-way": "fixed_amount",
        "recipe-days_per_step": "1",
        "recipe-amount": "0.2 mg",
    }
    words = text_of(type_draft(cho, sheet_address(plan, takes_omeprazole), typed, save=False))
    assert "After 200 steps this taper has not reached its end: take larger cuts, or set a floor." in words
    assert Taper.objects.count() == 0


def test_two_of_one_kind_forbid_a_start(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft, clinic: Clinic, by: Actor
) -> None:
    facts = OWN | {"substance": "pantoprazole", "name": "Pantoprazole", "form": "tablet"}
    add_medicine(
        plan.patient,
        medicine=add_own(clinic=clinic, facts=facts, strengths=strengths("20 mg"), by=by, at=NOON),
        amount=Amount.parse("20 mg"),
        times_of_day=[Slot.BEFORE_DINNER],
        pattern="daily",
        since=TODAY,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    words = text_of(type_draft(cho, sheet_address(plan, takes_omeprazole), save=False))
    assert "It cannot start as things stand. The record shows two medicines of one kind that are taken now" in words


def test_bought_without_prescription_and_nobody_to_sign_there_is_a_letter_and_no_schedule(
    cho: Client, plan: Plan, angela: Patient, omeprazole: Medicine, by: Actor, type_draft: Draft
) -> None:
    use = add_medicine(
        angela,
        medicine=omeprazole,
        amount=Amount.parse("20 mg"),
        pattern="daily",
        times_of_day=[Slot.BEFORE_BREAKFAST],
        is_bought_without_prescription=True,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    letter = reverse("admin:patients_patient_doctor_letter", args=[angela.code, use.code])
    chosen = cho.get(reverse("admin:patients_plan_taper", args=[plan.code]))
    assert "Nobody: bought without a prescription" in text_of(chosen)
    assert letter in chosen.content.decode()
    page = type_draft(cho, sheet_address(plan, use), {"start-0-amount": "20 mg"}, save=True)
    assert "Without anybody who signs there is no schedule with dates" in text_of(page)
    assert letter in page.content.decode()
    assert Taper.objects.count() == 0
    answer = cho.get(letter)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{angela.code}.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_what_is_not_in_her_record_has_no_sheet(
    cho: Client, plan: Plan, ben: Patient, omeprazole: Medicine, by: Actor
) -> None:
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    of_ben = add_medicine(ben, medicine=omeprazole, source=source, by=by, at=NOON)
    assert cho.get(sheet_address(plan, of_ben)).status_code == 404
    other = add_medicine(plan.patient, name="Valerian", source=source, by=by, at=NOON)
    assert cho.get(sheet_address(plan, other)).status_code == 404
