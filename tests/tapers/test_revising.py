"""A later version counts from its first day, once it is signed. Until then, and before that day, nothing changes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from clinics.actor import Actor, NotAllowed
from clinics.services.prescribers import add_prescriber
from patients.models import Patient, PrescriberAnswerKind, Signature, SourceKind, TaperVersion, UseKind
from patients.models.signing import Door
from patients.services.errors import InvalidRequest, Refused
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import answering, requesting, revising
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.errors import GatesOpen, TooLateToSign
from patients.services.tapers.revising import Extension, StepBack
from patients.services.tapers.signing import Agreement
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from protocols.domain.terms import terms_from
from tests.fixtures.lives import Life, day, ppi_1d
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day


def in_force(life: Life) -> list[int]:
    return [version.number for version in life.taper.versions.filter(status="in-force")]


@pytest.fixture
def told(life: Life) -> Life:
    """She says of each step that she has changed to it."""
    life.changes(1, 29)
    return life


def test_drawn_up_and_proposed_it_changes_nothing(told: Life) -> None:
    before = told.all_mg(range(1, 113))
    told.draw_up(StepBack(), first=45, on=40)
    assert told.all_mg(range(1, 113)) == before
    told.propose(40)
    told.send(40)
    assert (told.status, told.all_mg(range(1, 113)), in_force(told)) == ("active", before, [1])


def test_signed_in_time_it_counts_from_its_planned_day(told: Life) -> None:
    told.revise(StepBack(), first=45, on=40)
    lived = [int(ppi_1d(n)) for n in range(1, 45)]
    back = [20] * 28 + [10] * 28
    assert told.all_mg(range(1, 101)) == lived + back
    assert in_force(told) == [2]
    # 44 days lived, then 28 + 28 + 28 + 28.
    assert told.ends_on == 44 + 112


def test_an_extension_goes_on_with_the_dose_and_its_days(told: Life) -> None:
    told.revise(Extension(7), first=45, on=40)
    assert told.all_mg(range(29, 65)) == [10] * 35 + [10]
    assert told.ends_on == 112 + 7


def test_an_extension_keeps_the_days_of_a_pattern(life: Life) -> None:
    life.changes(1, 29, 57)
    life.revise(Extension(6), first=66, on=60)
    assert life.all_mg(range(57, 91)) == [10 if n % 2 else 0 for n in range(57, 91)]


def test_a_first_day_today_is_too_early(told: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        told.draw_up(Extension(7), first=40, on=40)
    assert refused.value.field == "first_day"


def test_before_the_first_day_there_is_nothing_to_extend(life: Life) -> None:
    with pytest.raises(InvalidRequest, match="has not begun on that day"):
        life.draw_up(Extension(7), first=-1, on=-3)


@pytest.mark.parametrize("days", [0, -3, 10_000])
def test_an_extension_has_a_sensible_length(told: Life, days: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        told.draw_up(Extension(days), first=45, on=40)
    assert refused.value.field == "days"


def test_what_was_never_signed_is_changed_and_not_revised(unsigned: Life) -> None:
    with pytest.raises(Refused, match="Only a taper that was signed"):
        unsigned.draw_up(Extension(7), first=5, on=1)


def test_while_one_waits_no_other_is_drawn_up(told: Life) -> None:
    told.draw_up(Extension(7), first=45, on=40)
    told.propose(40)
    with pytest.raises(Refused, match="Another version waits"):
        told.draw_up(StepBack(), first=45, on=40)


def test_a_draft_is_replaced_under_its_number(told: Life) -> None:
    told.draw_up(Extension(7), first=45, on=40)
    told.draw_up(StepBack(), first=46, on=41)
    version = told.taper.versions.get(status="draft")
    assert (version.number, version.terms().planned_first_day) == (2, day(46))
    assert told.taper.versions.count() == 2


@pytest.mark.parametrize("who", ["angela", "price"])
def test_the_clinic_alone_draws_up(told: Life, who: str) -> None:
    taper = told.taper
    with pytest.raises(NotAllowed):
        revising.draw_up_revision(
            taper,
            StepBack(),
            first_day=day(45),
            reason="Symptoms came back.",
            by=getattr(told, who),
            at=on_day(40),
            on_screen=taper.revision,
        )


# --- Signed late --------------------------------------------------------------------------------------------


def test_signed_on_its_planned_day_it_counts_from_the_day_after(told: Life) -> None:
    told.revise(StepBack(), first=45, on=40, signed=45)
    assert told.all_mg([45, 46]) == [10, 20]


def test_signed_late_within_the_same_step_it_still_fits(told: Life) -> None:
    told.revise(StepBack(), first=45, on=40, signed=54)
    assert told.all_mg([54, 55]) == [10, 20]


def test_signed_after_the_taper_went_on_to_another_step_it_no_longer_fits(told: Life) -> None:
    told.draw_up(StepBack(), first=45, on=40)
    told.propose(40)
    with pytest.raises(Refused, match="gone on to another step"):
        told.sign(56)
    assert (Signature.objects.count(), in_force(told)) == (1, [1])
    told.sign(55)
    assert told.all_mg([55, 56]) == [10, 20]


def test_past_its_latest_first_day_it_is_not_signed(told: Life) -> None:
    told.changes(57)
    told.draw_up(StepBack(), first=57, on=50)
    told.propose(50)
    with pytest.raises(TooLateToSign):
        told.sign(57 + 29)


def test_what_is_signed_is_what_was_drawn_up_whatever_was_held_meanwhile(told: Life) -> None:
    told.draw_up(StepBack(), first=45, on=40)
    told.propose(40)
    told.hold(42)
    told.resume(48)
    told.sign(50)
    assert told.all_mg(range(51, 108)) == [20] * 28 + [10] * 28 + [10]


# --- What comes of a proposal that is not signed ------------------------------------------------------------


def answered(life: Life, kind: PrescriberAnswerKind, on: int) -> None:
    answering.answer(
        life.taper,
        kind=kind,
        door=Door.LINK,
        version_sha256=life.taper.versions.get(status="proposed").sha256,
        text="Rather not.",
        by=life.price,
        at=on_day(on),
    )


@pytest.mark.parametrize(
    "kind",
    [
        PrescriberAnswerKind.DECLINE,
        PrescriberAnswerKind.I_MANAGE_IT,
        PrescriberAnswerKind.NOT_MY_PATIENT,
        PrescriberAnswerKind.AGREE_WITH_EDITS,
    ],
)
def test_what_is_not_agreed_to_changes_nothing(told: Life, kind: PrescriberAnswerKind) -> None:
    before = told.all_mg(range(1, 113))
    told.draw_up(StepBack(), first=45, on=40)
    told.propose(40)
    answered(told, kind, 41)
    assert (told.status, told.all_mg(range(1, 113)), in_force(told)) == ("active", before, [1])
    assert told.taper.versions.get(number=2).status == "declined"
    told.draw_up(StepBack(), first=46, on=42)


def test_taken_back_it_changes_nothing(told: Life) -> None:
    before = told.all_mg(range(1, 113))
    told.draw_up(StepBack(), first=45, on=40)
    told.propose(40)
    taper = told.taper
    requesting.withdraw(taper, by=told.cho, at=on_day(41), revision=taper.revision)
    assert (told.status, told.all_mg(range(1, 113))) == ("active", before)
    assert [version.status for version in told.taper.versions.order_by("number")] == ["in-force", "withdrawn"]


def test_unanswered_for_21_days_it_ends_and_what_is_in_force_goes_on(told: Life) -> None:
    before = told.all_mg(range(1, 113))
    told.draw_up(Extension(20), first=31, on=30)
    told.propose(30)
    told.send(30)
    told.sweeps(30, 50)
    assert told.taper.versions.get(number=2).status == "proposed"
    told.sweep(51)
    assert told.taper.versions.get(number=2).status == "expired"
    assert (told.status, told.all_mg(range(1, 113))) == ("active", before)


def test_while_it_waits_a_hold_goes_on(told: Life) -> None:
    told.hold(40)
    told.draw_up(StepBack(), first=45, on=41)
    told.propose(41)
    assert told.all_mg([45, 60]) == [10, 10]
    assert told.status == "held"


# --- One after another --------------------------------------------------------------------------------------


def test_a_third_version_takes_the_place_of_a_second_that_has_not_begun(told: Life) -> None:
    told.revise(StepBack(), first=50, on=40)
    told.revise(Extension(7), first=46, on=42)
    # The extension of what is taken on day 46; the step back never counts.
    assert told.all_mg(range(29, 65)) == [10] * 36
    assert in_force(told) == [3]
    assert told.ends_on == 112 + 7
    assert [step.version for step in told.course.steps] == [1, 1, 3, 3, 3]


def test_a_third_version_follows_a_second_that_has_not_begun(told: Life) -> None:
    told.revise(StepBack(), first=50, on=40)
    told.revise(Extension(7), first=60, on=42)
    # 20 mg from day 50, for 28 + 7 days; then 10 mg for 28.
    assert told.all_mg(range(45, 115)) == [10] * 5 + [20] * 35 + [10] * 28 + [told.mg(113), told.mg(114)]
    assert told.mg(113) == Decimal(10)


def test_revised_while_a_later_version_waits_for_a_hold_to_end(told: Life) -> None:
    """Held, with a step back signed for later: what is extended is the step that is held."""
    told.revise(StepBack(), first=50, on=40)
    told.hold(45)
    told.draw_up(Extension(7), first=60, on=46)
    version = told.taper.versions.get(status="draft")
    assert str(version.terms().steps[0].amount_per_dose_day) == "10 mg"


def test_while_it_is_held_what_a_later_version_replaces_is_not_said_to_be_coming(told: Life) -> None:
    """Stepped back from day 50, in its second step of four: the other two of the first version never come."""
    told.revise(StepBack(), first=50, on=40)
    told.hold(45)
    waiting = [(str(step.amount_per_dose_day), step.days) for step in told.course.waiting]
    assert waiting == [("20 mg", 28), ("10 mg", 28), ("10 mg", 28), ("10 mg", 28)]
    told.resume(48)
    assert [step.version for step in told.course.steps] == [1, 1, 2, 2, 2, 2]


# --- A step back --------------------------------------------------------------------------------------------


def first_doses(version: TaperVersion) -> list[str]:
    return [str(step.amount_per_dose_day) for step in version.terms().steps]


def test_in_the_first_step_it_goes_back_to_what_was_taken_before(life: Life) -> None:
    life.changes(1)
    version = life.draw_up(StepBack(), first=11, on=10)
    assert first_doses(version) == ["40 mg", "20 mg", "10 mg", "10 mg", "10 mg"]
    assert [step.days for step in version.terms().steps] == [28] * 5


def test_within_an_extension_it_goes_back_before_what_was_extended(told: Life) -> None:
    """The second version goes on with 10 mg: the step before that is 20 mg, and not the 10 mg of the first version."""
    told.revise(Extension(7), first=45, on=40)
    version = told.draw_up(StepBack(), first=50, on=46)
    assert first_doses(version)[:2] == ["20 mg", "10 mg"]
    # All of the extended step is lived again: 28 days and 7.
    assert version.terms().steps[1].days == 35


def test_within_an_extension_of_an_extension_too(told: Life) -> None:
    told.revise(Extension(7), first=45, on=40)
    told.revise(Extension(5), first=50, on=46)
    version = told.draw_up(StepBack(), first=55, on=51)
    assert first_doses(version)[:2] == ["20 mg", "10 mg"]
    assert version.terms().steps[1].days == 40


def test_within_a_step_back_it_goes_back_further_and_never_down(told: Life) -> None:
    """Stepped back from 10 to 20 mg, and again: the next one up is 40 mg."""
    told.revise(StepBack(), first=45, on=40)
    version = told.draw_up(StepBack(), first=50, on=46)
    assert first_doses(version)[:3] == ["40 mg", "20 mg", "10 mg"]


def test_above_what_she_took_at_the_start_there_is_no_step(told: Life) -> None:
    told.revise(StepBack(), first=20 + 25, on=40)
    told.revise(StepBack(), first=50, on=46)
    assert told.all_mg([49, 50]) == [20, 40]
    with pytest.raises(InvalidRequest, match="first step"):
        told.draw_up(StepBack(), first=60, on=51)


def test_in_the_second_step_of_a_step_back_it_goes_back_to_its_first(told: Life) -> None:
    told.revise(StepBack(), first=45, on=40)
    told.changes(45, 73)
    version = told.draw_up(StepBack(), first=80, on=75)
    assert first_doses(version)[:2] == ["20 mg", "10 mg"]


def test_after_the_last_step_it_is_that_step_anew(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    assert life.status == "watching"
    life.revise(StepBack(), first=120, on=118)
    assert life.status == "active"
    taken = [n for n in range(113, 160) if life.mg(n)]
    assert taken == [n for n in range(120, 148) if day(n).weekday() in {0, 3}]
    life.changes(120)
    life.sweeps(119, 148)
    assert life.status == "watching"


def test_after_an_extended_last_step_all_of_it_comes_again(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.revise(Extension(7), first=95, on=90)
    life.sweeps(118, 120)
    assert life.status == "watching"
    version = life.draw_up(StepBack(), first=125, on=121)
    assert [step.days for step in version.terms().steps] == [35]


def test_a_report_between_the_end_and_a_step_back_is_taken(life: Life) -> None:
    """Watched, with a step back signed for tomorrow: “I went back up” is about the step that is over."""
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.revise(StepBack(), first=120, on=118)
    report = life.says(UseKind.BACK_UP, 119)
    assert (report.version.number, report.step) == (1, 4)


# --- Drawn up anew ------------------------------------------------------------------------------------------


def test_drawn_up_anew_it_begins_from_what_is_taken(told: Life, angelas_draft: Draft) -> None:
    taper = told.taper
    draft = replace(
        angelas_draft,
        start=((Slot.BEFORE_BREAKFAST, Amount.parse("10 mg")),),
        recipe={
            "method": "explicit",
            "steps": [
                {
                    "pattern": "every 2 days",
                    "days": 14,
                    "take": [{"slot": "before-breakfast", "amount": "10 mg"}],
                }
            ],
        },
        planned_first_day=day(45),
    )
    revising.draw_up_again(taper, draft, by=told.cho, at=on_day(40), on_screen=taper.revision)
    told.propose(40)
    told.sign(41)
    assert told.all_mg(range(44, 60)) == [10] + [10, 0] * 7 + [0]


def test_drawn_up_anew_it_keeps_medicine_and_prescriber(told: Life, angelas_draft: Draft) -> None:
    taper = told.taper
    another = add_prescriber(taper.plan.patient.clinic, name="Dr Another", by=told.cho, at=NOON)
    with pytest.raises(InvalidRequest, match="keeps medicine and prescriber"):
        revising.draw_up_again(
            taper,
            replace(angelas_draft, prescriber=another, planned_first_day=day(45)),
            by=told.cho,
            at=on_day(40),
            on_screen=taper.revision,
        )


# --- The gates of a later version ---------------------------------------------------------------------------


def test_what_the_record_says_since_is_asked_in_a_later_version(told: Life, angela: Patient, by: Actor) -> None:
    """Answered no at the start; by now she takes an anticoagulant. A step back must be possible all the same."""
    add_medicine(
        angela,
        name="Apixaban",
        medicine_class=MedicineClass.ANTICOAGULANT,
        source=Source(kind=SourceKind.PHARMACY, as_of=TODAY),
        by=by,
        at=on_day(38),
    )
    add_medicine(
        angela,
        name="Clopidogrel",
        medicine_class=MedicineClass.ANTIPLATELET,
        source=Source(kind=SourceKind.PHARMACY, as_of=TODAY),
        by=by,
        at=on_day(38),
    )
    version = told.draw_up(StepBack(), first=45, on=40)
    stops = [gate.gate for gate in version.terms().gates if gate.answer == "yes"]
    assert stops
    told.propose(40)
    with pytest.raises(GatesOpen) as refused:
        told.sign(41)
    told.sign(41, agreement=Agreement(lifted=dict.fromkeys(refused.value.gates, "It is a step back.")))
    assert told.mg(45) == 20


def test_what_the_prescriber_lifted_is_lifted_anew_in_each_version(told: Life) -> None:
    signed = terms_from(bytes(Signature.objects.get().content))
    assert all(not gate.lifted_because for gate in signed.gates)
    version = told.draw_up(StepBack(), first=45, on=40)
    assert all(not gate.lifted_because for gate in version.terms().gates)
