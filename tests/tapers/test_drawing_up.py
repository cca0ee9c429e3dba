"""What a practitioner enters becomes a draft; nothing that cannot be a taper of this plan is drawn up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.services.prescribers import add_prescriber, end_prescriber
from patients.actor import acting_patient
from patients.models import MedicineUse, Patient, Plan, SourceKind, Taper
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, Refused, TaperChanged
from patients.services.record import add_medicine, end_medicine, mark_in_error
from patients.services.record_writing import Source
from patients.services.tapers.drawing_up import Draft, change_draft, draw_up, save_draft
from patients.services.tapers.errors import OtherThanShown
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.phases import EndReason
from protocols.domain.slots import Slot
from protocols.domain.terms import Permissions, Rescue
from protocols.models import Medicine
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, PPI_1D

SAID = Source(kind=SourceKind.PATIENT, as_of=TODAY)


def refused(plan: Plan, draft: Draft, by: Actor) -> str:
    """The field at which this draft is refused; nothing was written."""
    with pytest.raises(InvalidRequest) as error:
        save_draft(plan, draft, by=by, at=NOON)
    assert not Taper.objects.exists()
    return error.value.field


def test_a_draft_holds_what_was_entered_and_nothing_is_scheduled(draft_taper: Taper, by: Actor) -> None:
    version = draft_taper.versions.get()
    assert (draft_taper.status, version.status, version.number, version.first_day) == ("draft", "draft", 1, None)
    assert (draft_taper.looks_at, draft_taper.started_at, draft_taper.use_unknown_at) == (None, None, None)
    assert version.entered["recipe"] == PPI_1D
    assert version.entered["start"] == [{"slot": "before-breakfast", "amount": "40 mg"}]
    assert (version.drawn_up_by_code, version.reason) == (by.code, "Symptoms have resolved.")
    line = draft_taper.transitions.get()
    assert (line.move, line.from_status, line.to_status) == ("draw-up", "", "draft")


def test_the_preview_is_what_is_saved(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    seen = draw_up(plan, angelas_draft, today=TODAY)
    taper = save_draft(plan, angelas_draft, by=by, at=NOON, shown=seen.fingerprint)
    assert taper.versions.get().terms().steps == seen.terms.steps


def test_what_would_come_out_otherwise_than_shown_is_not_saved(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    seen = draw_up(plan, replace(angelas_draft, planned_first_day=FIRST_DAY + timedelta(days=1)), today=TODAY)
    with pytest.raises(OtherThanShown):
        save_draft(plan, angelas_draft, by=by, at=NOON, shown=seen.fingerprint)
    assert not Taper.objects.exists()


# --- What cannot be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"planned_first_day": TODAY - timedelta(days=1)}, "planned_first_day"),
        ({"planned_first_day": TODAY + timedelta(days=366)}, "planned_first_day"),
        ({"latest_first_day": FIRST_DAY - timedelta(days=1)}, "latest_first_day"),
        ({"latest_first_day": FIRST_DAY + timedelta(days=366)}, "latest_first_day"),
        ({"indication_code": "Z99.999X"}, "indication_code"),
        ({"start": ((Slot.BEFORE_BREAKFAST, Amount.parse("7 mg")),)}, "start"),
        ({"start": ()}, "start"),
        ({"recipe": PPI_1D | {"days_per_step": 0}}, "recipe.days_per_step"),
        ({"recipe": PPI_1D | {"days_per_step": 10_000}}, "recipe.days_per_step"),
        ({"recipe": PPI_1D | {"floor": "0 mg"}}, "recipe.floor"),
        ({"recipe": PPI_1D | {"floor": "3 g"}}, "recipe.floor"),
        ({"recipe": {"method": "magic"}}, "recipe.method"),
        (
            {"rescue": Rescue(medicine="Alginate", directions="10 mL", threshold_days=8, within_days=7)},
            "threshold_days",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_thing_that_cannot_be_is_said_at_its_field(
    plan: Plan, angelas_draft: Draft, by: Actor, changes: dict[str, Any], field: str
) -> None:
    assert refused(plan, replace(angelas_draft, **changes), by).startswith(field)


def test_a_medicine_that_she_no_longer_takes_is_not_reduced(
    plan: Plan, angelas_draft: Draft, takes_omeprazole: MedicineUse, by: Actor
) -> None:
    ended = end_medicine(takes_omeprazole, until=TODAY - timedelta(days=1), source=SAID, by=by, at=NOON)
    assert refused(plan, replace(angelas_draft, reduces=ended), by) == "reduces"


def test_nor_one_that_was_entered_in_error(
    plan: Plan, angelas_draft: Draft, takes_omeprazole: MedicineUse, by: Actor
) -> None:
    wrong = mark_in_error(takes_omeprazole, reason="Somebody else’s.", by=by, at=NOON)
    assert refused(plan, replace(angelas_draft, reduces=wrong), by) == "reduces"


def test_nor_that_of_somebody_else(
    plan: Plan, angelas_draft: Draft, ben: Patient, omeprazole: Medicine, by: Actor
) -> None:
    bens = add_medicine(ben, medicine=omeprazole, source=SAID, by=by, at=NOON)
    assert refused(plan, replace(angelas_draft, reduces=bens), by) == "reduces"


def test_nor_another_medicine_than_the_record_names(
    plan: Plan, angelas_draft: Draft, angela: Patient, by: Actor
) -> None:
    other = add_medicine(angela, name="Famotidine", medicine_class=MedicineClass.H2RA, source=SAID, by=by, at=NOON)
    assert refused(plan, replace(angelas_draft, reduces=other), by) == "medicine"


def test_a_prescriber_of_another_clinic_or_who_was_ended_is_not_chosen(
    plan: Plan,
    angelas_draft: Draft,
    dr_price: Prescriber,
    other_clinic: Clinic,
    dr_dee: User,
    by: Actor,
) -> None:
    elsewhere = add_prescriber(other_clinic, name="Dr Else", by=staff_in(other_clinic, dr_dee), at=NOON)
    assert refused(plan, replace(angelas_draft, prescriber=elsewhere), by) == "prescriber"
    ended = end_prescriber(dr_price, by=by, at=NOON)
    assert refused(plan, replace(angelas_draft, prescriber=ended), by) == "prescriber"


def test_a_plan_that_has_ended_gets_no_taper(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    plan_moves.revoke(plan, by=by, at=NOON, revision=plan.revision, end_reason=EndReason.PATIENTS_CHOICE)
    with pytest.raises(Refused, match="has ended"):
        save_draft(plan, angelas_draft, by=by, at=NOON)


def test_a_practitioner_of_the_clinic_draws_up_and_nobody_else(
    plan: Plan,
    angelas_draft: Draft,
    angela: Patient,
    price: Actor,
    clinic: Clinic,
    assistant_1: User,
    other_clinic: Clinic,
    dr_dee: User,
) -> None:
    staff = [staff_in(clinic, assistant_1), staff_in(other_clinic, dr_dee)]
    for by in [acting_patient(angela), price, for_system(), *staff]:
        with pytest.raises(NotAllowed):
            save_draft(plan, angelas_draft, by=by, at=NOON)
    assert not Taper.objects.exists()


# --- Changing a draft ---------------------------------------------------------------------------------------


def test_a_changed_draft_keeps_its_number_and_says_who_changed_it(
    draft_taper: Taper, angelas_draft: Draft, by: Actor
) -> None:
    later = FIRST_DAY + timedelta(days=7)
    changed = replace(angelas_draft, planned_first_day=later, permissions=Permissions())
    change_draft(draft_taper, changed, by=by, at=NOON, revision=draft_taper.revision)
    version = draft_taper.versions.get()
    terms = version.terms()
    assert (version.number, terms.planned_first_day, terms.permissions.equivalents) == (1, later, False)
    assert terms.latest_first_day == later + timedelta(days=28)


def test_a_draft_keeps_the_line_of_the_record(
    draft_taper: Taper, angelas_draft: Draft, angela: Patient, omeprazole: Medicine, by: Actor
) -> None:
    another = add_medicine(angela, medicine=omeprazole, source=SAID, by=by, at=NOON)
    with pytest.raises(InvalidRequest) as error:
        change_draft(
            draft_taper, replace(angelas_draft, reduces=another), by=by, at=NOON, revision=draft_taper.revision
        )
    assert error.value.field == "reduces"


def test_a_page_that_is_out_of_date_changes_nothing(draft_taper: Taper, angelas_draft: Draft, by: Actor) -> None:
    change_draft(draft_taper, angelas_draft, by=by, at=NOON, revision=draft_taper.revision)
    with pytest.raises(TaperChanged):
        change_draft(draft_taper, angelas_draft, by=by, at=NOON, revision=draft_taper.revision)


def test_what_waits_or_runs_is_not_changed(
    sent_taper: Taper, angelas_draft: Draft, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    with pytest.raises(Refused, match="Only a draft can be changed"):
        change_draft(sent_taper, angelas_draft, by=by, at=NOON, revision=sent_taper.revision)
    taper = sign_taper(sent_taper)
    with pytest.raises(Refused, match="Only a draft can be changed"):
        change_draft(taper, angelas_draft, by=by, at=NOON, revision=taper.revision)


def test_the_clinic_alone_changes_it(draft_taper: Taper, angelas_draft: Draft, angela: Patient, price: Actor) -> None:
    for by in (acting_patient(angela), price, for_system()):
        with pytest.raises(NotAllowed):
            change_draft(draft_taper, angelas_draft, by=by, at=NOON, revision=draft_taper.revision)
