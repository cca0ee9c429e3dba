"""A letter about a medicine that nobody prescribes: what is known, what is asked, and no schedule at all."""

from datetime import date, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import MedicineUse, Patient, SourceKind
from patients.services.record import add_medicine, mark_in_error
from patients.services.record_writing import Source
from patients.services.tapers.doctor_letter import (
    TO_WHOM_IT_CONCERNS,
    HasPrescriber,
    NoLongerTaken,
    doctor_letter,
    doctor_letter_pdf,
)
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.models import Medicine
from protocols.models.catalogue import CONSULT
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY

SAID = Source(kind=SourceKind.PATIENT, as_of=TODAY, note="By telephone")


def uses(patient: Patient, by: Actor, **said: Any) -> MedicineUse:
    return add_medicine(patient, source=SAID, by=by, at=NOON, **said)


@pytest.fixture
def bought(angela: Patient, omeprazole: Medicine, by: Actor) -> MedicineUse:
    """Omeprazole 20 mg a day, bought without prescription."""
    return uses(
        angela,
        by,
        medicine=omeprazole,
        amount=Amount.parse("20 mg"),
        pattern="daily",
        since=date(2026, 3, 1),
        is_bought_without_prescription=True,
    )


def test_it_says_what_is_taken_and_asks(bought: MedicineUse, angela: Patient, by: Actor) -> None:
    uses(angela, by, name="Ibuprofen", medicine_class=MedicineClass.NSAID)
    letter = doctor_letter(bought, today=TODAY, practitioner="dr_cho", reason="No heartburn since summer.")
    words = Pdf(doctor_letter_pdf(letter)).words
    for said in (
        "Omeprazole is bought without a prescription. Please look at whether it is still needed.",
        "As far as we know it has been taken for 44 weeks.",
        "meant for 14 days, not more often than every 4 months",
        "No heartburn since summer.",
        "How 20 mg each time, every day",
        "Since 1 March 2026",
        "For not known",
        "Ibuprofen amount not known, how often is not known not known not known not known",
        "Nobody has asked whether this is all",
        "Does the patient have eosinophilic oesophagitis? ☐ yes ☐ no",
        "☐ It may be reduced. Please send me an exact schedule to sign.",
        CONSULT,
    ):
        assert said in words
    assert letter.recipient == TO_WHOM_IT_CONCERNS


def test_it_holds_no_date_to_come_and_no_schedule(bought: MedicineUse) -> None:
    letter = doctor_letter(bought, today=TODAY, practitioner="dr_cho")
    pdf = Pdf(doctor_letter_pdf(letter))
    assert pdf.is_tagged
    assert all("NOT A PRESCRIPTION" in page.words for page in pdf.pages)
    assert len(pdf.pages) == 1
    ahead = [TODAY + timedelta(days=number) for number in range(1, 500)]
    assert [on for on in ahead if f"{on.day} {on:%B %Y}" in pdf.words] == []
    assert "step" not in pdf.words.lower().replace("stepwise", "")
    assert "We have drawn up no schedule and change nothing" in pdf.words


def test_it_may_be_addressed(bought: MedicineUse, dr_price: Prescriber) -> None:
    letter = doctor_letter(bought, today=TODAY, practitioner="dr_cho", to=dr_price)
    assert letter.recipient.name == "Dr Price"


def test_where_nobody_knows_who_prescribes_it_says_that(angela: Patient, omeprazole: Medicine, by: Actor) -> None:
    letter = doctor_letter(uses(angela, by, medicine=omeprazole), today=TODAY, practitioner="dr_cho")
    assert "we do not know who prescribes it" in letter.request[0]
    assert not any("14 days" in sentence or "weeks" in sentence for sentence in letter.request)


def test_of_other_medicines_nothing_is_asked_that_is_about_acid(angela: Patient, by: Actor) -> None:
    other = uses(
        angela, by, name="Alginate", medicine_class=MedicineClass.ALGINATE, is_bought_without_prescription=True
    )
    letter = doctor_letter(other, today=TODAY, practitioner="dr_cho")
    assert letter.questions == ()
    assert not any("14 days" in sentence for sentence in letter.request)


def test_with_a_prescriber_it_is_refused(takes_omeprazole: MedicineUse) -> None:
    with pytest.raises(HasPrescriber, match="draw up a taper"):
        doctor_letter(takes_omeprazole, today=TODAY, practitioner="dr_cho")


def test_what_is_not_taken_is_refused(bought: MedicineUse, angela: Patient, by: Actor) -> None:
    ended = uses(angela, by, name="Ended", until=TODAY - timedelta(days=1))
    wrong = mark_in_error(bought, reason="Another patient.", by=by, at=NOON)
    for use in (ended, wrong):
        with pytest.raises(NoLongerTaken):
            doctor_letter(use, today=TODAY, practitioner="dr_cho")
