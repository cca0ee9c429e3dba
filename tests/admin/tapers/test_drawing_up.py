"""A taper is drawn up on one sheet: everything is seen before anything is written, and what was seen is saved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import MedicineUse, Patient, Plan, Presence, SourceKind, Taper, TaperVersion
from patients.services.record import add_condition, add_medicine, end_medicine
from patients.services.record_writing import Source
from protocols.domain.canonical import sha256_of
from protocols.services.medicines import add_medicine as add_own
from protocols.services.medicines import retire_medicine
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import ANGELAS, filled_in, sheet_address, taper_address
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, PPI_1D

Draft = Callable[..., Any]


def test_angelas_taper_is_drawn_up_as_the_published_one(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    address = sheet_address(plan, takes_omeprazole)
    shown = text_of(type_draft(cho, address, save=False))
    assert Taper.objects.count() == 0
    assert "28 × 20 mg and 50 × 10 mg" in shown
    assert "1060 mg" in shown
    assert "112" in shown
    answer = type_draft(cho, address)
    taper = Taper.objects.get()
    assert answer["Location"] == taper_address(taper)
    version = taper.versions.get()
    assert version.entered["recipe"] == PPI_1D
    terms = version.terms()
    assert [step.days for step in terms.steps] == [28, 28, 28, 28]
    assert terms.planned_first_day == FIRST_DAY
    assert (terms.indication, terms.indication_code) == ("Heartburn, resolved", "R12")
    assert terms.permissions.equivalents
    assert not terms.permissions.automatic_hold_at_threshold
    words = text_of(cho.get(taper_address(taper)))
    assert "Draft, not sent yet" in words
    assert "28 × 20 mg and 50 × 10 mg" in words


def test_the_sheet_begins_from_the_record(cho: Client, plan: Plan, takes_omeprazole: MedicineUse) -> None:
    page = filled_in(cho.get(sheet_address(plan, takes_omeprazole)))
    assert (page["start-0-slot"], page["start-0-amount"]) == ("before-breakfast", "40 mg")
    assert page["who-prescriber"] == takes_omeprazole.prescriber.code  # type: ignore[union-attr]
    assert page["recipe-way"] == "ppi-tam213"


def test_what_was_not_shown_is_not_saved(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    address = sheet_address(plan, takes_omeprazole)
    shown = type_draft(cho, address, save=False)
    sent = filled_in(shown) | {"start-0-amount": "20 mg", "_save": "1"}
    again = cho.post(address, sent)
    assert "What you entered was not shown yet." in text_of(again)
    assert Taper.objects.count() == 0
    cho.post(address, sent | {"shown": hidden(again, "shown")})
    assert str(Taper.objects.get().versions.get().terms().starting_doses[0].amount) == "20 mg"


def test_a_record_that_changed_since_the_preview_is_shown_again(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft, angela: Patient, by: Actor
) -> None:
    address = sheet_address(plan, takes_omeprazole)
    shown = type_draft(cho, address, save=False)
    source = Source(kind=SourceKind.DOCUMENT, as_of=TODAY)
    add_condition(angela, icd10cm_code="K22.70", presence=Presence.PRESENT, source=source, by=by, at=NOON)
    again = cho.post(address, filled_in(shown) | {"_save": "1"})
    words = text_of(again)
    assert "What you entered was not shown yet." in words
    assert "Hard stop: Does the patient have Barrett’s oesophagus" in words
    assert Taper.objects.count() == 0


def test_what_is_saved_is_what_was_shown_byte_for_byte(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    shown = hidden(type_draft(cho, sheet_address(plan, takes_omeprazole), save=False), "shown")
    type_draft(cho, sheet_address(plan, takes_omeprazole))
    terms = TaperVersion.objects.get().terms()
    assert sha256_of(replace(terms, taper="").as_bytes()) == shown


def test_the_fragment_is_the_preview_alone(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    address = sheet_address(plan, takes_omeprazole)
    sent = filled_in(cho.get(address)) | ANGELAS
    live = cho.post(address, sent | {"_fragment": "1"})
    assert "<html" not in live.content.decode()
    assert "28 × 20 mg and 50 × 10 mg" in text_of(live)
    assert hidden(live, "shown") == hidden(cho.post(address, sent | {"_preview": "1"}), "shown")
    wrong = cho.post(address, sent | {"_fragment": "1", "start-0-amount": "-40 mg"})
    assert "How much: An amount is above 0: write it without a minus." in text_of(wrong)
    assert Taper.objects.count() == 0


def test_an_own_recipe_is_written_out_with_days_between_doses(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    own = {
        "recipe-way": "explicit",
        "steps-0-amount": "20 mg",
        "steps-0-days": "14",
        "steps-1-amount": "10",
        "steps-1-pattern": "every 2 days",
        "steps-1-days": "15",
    }
    type_draft(cho, sheet_address(plan, takes_omeprazole), own)
    steps = TaperVersion.objects.get().terms().steps
    assert [(str(step.amount_per_dose_day), str(step.pattern), step.days) for step in steps] == [
        ("20 mg", "daily", 14),
        ("10 mg", "every 2 days", 15),
    ]


def test_twice_a_day_one_time_of_day_goes_first(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    twice = {
        "start-0-amount": "20 mg",
        "start-1-slot": "bedtime",
        "start-1-amount": "20 mg",
        "start-1-goes_first": "on",
        "recipe-way": "strength_ladder",
        "recipe-days_per_step": "14",
    }
    type_draft(cho, sheet_address(plan, takes_omeprazole), twice)
    version = TaperVersion.objects.get()
    steps = version.terms().steps
    assert [[(dose.slot, str(dose.amount)) for dose in step.doses] for step in steps] == [
        [("before-breakfast", "20 mg")],
        [("before-breakfast", "10 mg")],
    ]
    # And a draft opens as it was left.
    held = filled_in(cho.get(taper_address(version.taper, "draft")))
    assert (held["start-1-slot"], held.get("start-1-goes_first")) == ("bedtime", "on")
    assert (held["recipe-way"], held["recipe-days_per_step"]) == ("strength_ladder", "14")


def test_more_rows_come_without_a_word_about_what_is_missing(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse
) -> None:
    address = sheet_address(plan, takes_omeprazole)
    page = cho.post(address, filled_in(cho.get(address)) | {"_more": "steps", "terms-rescue_medicine": ""})
    assert 'name="steps-4-amount"' in page.content.decode()
    assert "This field is required." not in text_of(page)


def test_a_draft_is_changed_and_opens_as_it_was_left(cho: Client, draft_taper: Taper, type_draft: Draft) -> None:
    address = taper_address(draft_taper, "draft")
    page = filled_in(cho.get(address))
    assert page["recipe-way"] == "ppi-tam213"
    assert (page["gates-G1"], page["gates-G1-source"]) == ("no", "Asked by the practitioner")
    later = (FIRST_DAY + timedelta(days=7)).isoformat()
    answer = type_draft(cho, address, {"who-planned_first_day": later})
    assert answer["Location"] == taper_address(draft_taper)
    assert draft_taper.versions.get().terms().planned_first_day.isoformat() == later


def test_of_two_tabs_with_one_draft_the_second_is_told(cho: Client, draft_taper: Taper, type_draft: Draft) -> None:
    address = taper_address(draft_taper, "draft")
    first, second = cho.get(address), cho.get(address)
    later = (FIRST_DAY + timedelta(days=7)).isoformat()
    for page, day in ((first, later), (second, (FIRST_DAY + timedelta(days=14)).isoformat())):
        sent = filled_in(page) | {"who-planned_first_day": day}
        shown = cho.post(address, sent | {"_preview": "1"})
        answer = cho.post(address, filled_in(shown) | {"_save": "1"})
    assert "This taper has just been changed. Look at it again, then decide." in text_of(answer)
    assert draft_taper.versions.get().terms().planned_first_day.isoformat() == later


def test_of_two_tabs_that_draw_up_the_same_one_taper_comes(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, type_draft: Draft
) -> None:
    type_draft(cho, sheet_address(plan, takes_omeprazole))
    again = type_draft(cho, sheet_address(plan, takes_omeprazole))
    assert "This medicine is being tapered already. End that taper first." in text_of(again)
    assert Taper.objects.count() == 1


def test_the_plan_offers_the_medicines_of_the_record(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, by: Actor
) -> None:
    address = reverse("admin:patients_plan_taper", args=[plan.code])
    assert sheet_address(plan, takes_omeprazole) in cho.get(address).content.decode()
    assert address in cho.get(reverse("admin:patients_plan_change", args=[plan.code])).content.decode()
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    end_medicine(takes_omeprazole, until=TODAY - timedelta(days=1), source=source, by=by, at=NOON)
    assert "The record names no medicine that may be tapered" in text_of(cho.get(address))


def test_from_the_record_one_gets_to_the_sheet_of_the_plan(
    cho: Client, plan: Plan, takes_omeprazole: MedicineUse, ben: Patient
) -> None:
    address = reverse("admin:patients_patient_taper", args=[plan.patient.code, takes_omeprazole.code])
    assert address in cho.get(reverse("admin:patients_patient_change", args=[plan.patient.code])).content.decode()
    assert cho.get(address)["Location"] == sheet_address(plan, takes_omeprazole)


def test_without_a_plan_one_is_assigned_first(cho: Client, takes_omeprazole: MedicineUse, angela: Patient) -> None:
    address = reverse("admin:patients_patient_taper", args=[angela.code, takes_omeprazole.code])
    assert cho.get(address)["Location"] == reverse("admin:patients_patient_assign", args=[angela.code])


def test_of_a_medicine_without_strengths_nothing_is_drawn_up(
    cho: Client, plan: Plan, clinic: Clinic, by: Actor
) -> None:
    facts = OWN | {"substance": "rabeprazole", "name": "Rabeprazole"}
    unknown = add_own(clinic=clinic, facts=facts, strengths=strengths("20 mg"), by=by, at=NOON)
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    use = add_medicine(plan.patient, medicine=unknown, source=source, by=by, at=NOON)
    retire_medicine(unknown, by=by, at=NOON)
    address = reverse("admin:patients_patient_taper", args=[plan.patient.code, use.code])
    words = text_of(cho.get(address, follow=True))
    assert "No strengths of Rabeprazole are in the clinic’s list, so no dose can be counted." in words
    assert cho.get(sheet_address(plan, use)).status_code == 404


def test_the_page_of_the_plan_tells_its_tapers(cho: Client, draft_taper: Taper) -> None:
    page = cho.get(reverse("admin:patients_plan_change", args=[draft_taper.plan.code]))
    words = text_of(page)
    assert "Draft, not sent yet" in words
    assert "dr_cho (practitioner) drew up the taper of Omeprazole (Draft)" in words


def test_an_assistant_may_look_but_not_draw_up(
    assistant: Client, draft_taper: Taper, takes_omeprazole: MedicineUse
) -> None:
    refused = assistant.get(sheet_address(draft_taper.plan, takes_omeprazole))
    assert refused.status_code == 403
    assert "You may not draw up or move tapers here." in text_of(refused)
    page = assistant.get(taper_address(draft_taper))
    assert "Draft, not sent yet" in text_of(page)
    assert taper_address(draft_taper, "draft") not in page.content.decode()
