"""A no to a gate holds while nothing newer is in the record: what is unknown by then is asked anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import ContactConsent, Patient, Plan, ReviewAnswer, Signature, SourceKind, Taper
from patients.services.record import add_medicine, add_medicine_review
from patients.services.record_writing import Source
from patients.services.tapers.drawing_up import Draft, draw_up, save_draft
from patients.services.tapers.editing import EditedStep, preview_edits
from patients.services.tapers.errors import RecordChanged
from patients.services.tapers.requesting import propose
from patients.services.tapers.revising import StepBack
from patients.services.tapers.signing import Agreement
from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.terms import Terms
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import NO_STOPS, on_day

LATER = NOON + timedelta(hours=1)
SAID = Source(kind=SourceKind.PATIENT, as_of=TODAY)


def takes_ibuprofen(angela: Patient, by: Actor, *, at_day: int | None = None) -> None:
    at = LATER if at_day is None else on_day(at_day)
    add_medicine(angela, name="Ibuprofen", medicine_class=MedicineClass.NSAID, source=SAID, by=by, at=at)


def g8(terms: Terms) -> Answer:
    return next(gate.answer for gate in terms.gates if gate.gate == "G8")


@pytest.fixture
def by_the_record(
    plan: Plan,
    angelas_draft: Draft,
    by: Actor,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
) -> Taper:
    """Proposed: nobody answered G8, the complete list of medicines did."""
    draft = replace(angelas_draft, answers=tuple(one for one in NO_STOPS if one.gate != "G8"))
    taper = save_draft(plan, draft, by=by, at=NOON)
    assert g8(taper.versions.get().terms()) is Answer.NO
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    return Taper.objects.get(pk=taper.pk)


def test_what_the_record_no_longer_denies_is_not_signed(
    by_the_record: Taper, sign_taper: Callable[..., Taper], angela: Patient, by: Actor
) -> None:
    takes_ibuprofen(angela, by)
    with pytest.raises(RecordChanged):
        sign_taper(by_the_record, at=LATER + timedelta(hours=1))
    assert not Signature.objects.exists()


def test_nor_once_the_list_of_medicines_is_no_longer_complete(
    by_the_record: Taper, sign_taper: Callable[..., Taper], angela: Patient, by: Actor
) -> None:
    add_medicine_review(angela, answer=ReviewAnswer.INCOMPLETE, source=SAID, by=by, at=LATER)
    with pytest.raises(RecordChanged):
        sign_taper(by_the_record, at=LATER + timedelta(hours=1))


def test_nor_with_edits_of_the_prescriber(by_the_record: Taper, price: Actor, angela: Patient, by: Actor) -> None:
    takes_ibuprofen(angela, by)
    with pytest.raises(RecordChanged):
        preview_edits(
            by_the_record,
            version_sha256=by_the_record.versions.get().sha256,
            edits=[EditedStep((("before-breakfast", Amount.parse("20 mg")),), Pattern.daily(), 14)],
            agreement=Agreement(),
            by=price,
            at=LATER + timedelta(hours=1),
        )


def test_a_practitioners_no_does_not_settle_what_was_written_down_after_it(
    sent_taper: Taper, sign_taper: Callable[..., Taper], angela: Patient, by: Actor
) -> None:
    """Answered and sent at noon; ibuprofen is recorded an hour later, of the same day."""
    takes_ibuprofen(angela, by)
    with pytest.raises(RecordChanged):
        sign_taper(sent_taper, at=LATER + timedelta(hours=1))


def test_an_older_no_is_asked_anew_when_a_draft_is_drawn_up(
    plan: Plan, angelas_draft: Draft, angela: Patient, by: Actor
) -> None:
    old = tuple(replace(one, as_of=TODAY - timedelta(days=1)) for one in NO_STOPS)
    takes_ibuprofen(angela, by)
    drawn_up = draw_up(plan, replace(angelas_draft, answers=old), today=TODAY)
    assert g8(drawn_up.terms) is Answer.UNKNOWN
    assert {gate.answer for gate in drawn_up.terms.gates if gate.gate in {"G1", "G2"}} == {Answer.NO}
    # Said today, knowing of it, it counts.
    assert g8(draw_up(plan, angelas_draft, today=TODAY).terms) is Answer.NO


def test_in_a_later_version_it_is_asked_too(life: Life, angela: Patient, by: Actor) -> None:
    life.changes(1, 29)
    takes_ibuprofen(angela, by, at_day=38)
    version = life.draw_up(StepBack(), first=45, on=40)
    assert g8(version.terms()) is Answer.UNKNOWN
    life.propose(40)
    life.sign(41, agreement=Agreement(answers={"G8": Answer.NO}))
    # Her own no was given on day 41, knowing of it: it holds for the next version.
    assert g8(life.draw_up(StepBack(), first=50, on=46).terms()) is Answer.NO
    assert life.course.on(day(45)) is not None
