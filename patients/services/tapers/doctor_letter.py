"""A letter to a doctor about an acid suppressant that nobody prescribes: no schedule, no dates, a request to look.

Bought without a prescription there is nobody to sign, so no taper is drawn up. The letter says what is taken as far as
it is known, what would speak against reducing it, and asks.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from clinics.domain.paper import Paper
from clinics.models import Prescriber
from patients.models import MedicineUse
from patients.services.documents.printable import as_plain, day, paragraphs
from patients.services.documents.typesetting import pdf
from patients.services.errors import Refused
from patients.services.tapers.request_content import Fact, Party, TakenLine
from patients.services.tapers.request_page import particulars, recipient, sender
from patients.services.tapers.taken import completeness, how_taken, taken_besides, use_line
from protocols.domain.gate import Lifting
from protocols.domain.gate_list import GATES
from protocols.domain.medicines import MedicineClass
from protocols.models.catalogue import CONSULT

TO_WHOM_IT_CONCERNS: Final = Party(name="The doctor who looks after this patient", lines=())
_LIMIT: Final = (
    "Sold without prescription it is meant for 14 days, not more often than every 4 months "
    "(US Drug Facts of esomeprazole without prescription, DailyMed)."
)


class HasPrescriber(Refused):
    def __init__(self) -> None:
        super().__init__("This medicine has a prescriber: draw up a taper and ask that prescriber to sign it.")


class NoLongerTaken(Refused):
    def __init__(self) -> None:
        super().__init__("The record does not show this medicine as taken now. Look at the record first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorLetter:
    """Everything in the letter. questions: what the doctor may know and the clinic does not. answers: what to tick."""

    title: str
    paper: Paper
    written_on: date
    sender: Party
    recipient: Party
    patient: tuple[Fact, ...]
    request: tuple[str, ...]
    reason: tuple[str, ...]
    taken: tuple[Fact, ...]
    medicines: tuple[TakenLine, ...]
    medicines_standing: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    consult: str


def doctor_letter(
    use: MedicineUse, *, today: date, practitioner: str, to: Prescriber | None = None, reason: str = ""
) -> DoctorLetter:
    """The letter about this row of the record. to: None for a letter that the patient carries to a doctor of hers.

    Raises `HasPrescriber` where somebody could sign, and `NoLongerTaken` for what is not taken on that day.
    """
    if use.is_in_error or (use.until is not None and use.until < today):
        raise NoLongerTaken
    if use.prescriber_id is not None:
        raise HasPrescriber
    patient = use.patient
    return DoctorLetter(
        title=f"Please review: {use.name}",
        paper=Paper(patient.clinic.paper),
        written_on=today,
        sender=sender(patient.clinic, practitioner),
        recipient=TO_WHOM_IT_CONCERNS if to is None else recipient(to),
        patient=particulars(patient, on=today),
        request=_request(use, today=today),
        reason=paragraphs(reason),
        taken=_taken(use),
        medicines=taken_besides(patient, plan=None, reduces=use, on=today),
        medicines_standing=completeness(patient, on=today),
        questions=_questions(use),
        answers=(
            "It is to go on as it is, because:",
            "It may be reduced. Please send me an exact schedule to sign.",
            "I would like to see the patient first.",
            "Something else:",
        ),
        consult=CONSULT,
    )


def doctor_letter_pdf(letter: DoctorLetter) -> bytes:
    """The letter as PDF, on the paper of the clinic. The same letter gives the same bytes, whenever it is set."""
    at = datetime.combine(letter.written_on, time(12), tzinfo=UTC)
    return pdf("doctor_letter", doctor_letter_data(letter), at=at, paper=letter.paper)


def doctor_letter_data(letter: DoctorLetter) -> dict[str, Any]:
    """What the template reads: the letter itself, with dates in words."""
    data: dict[str, Any] = as_plain(letter)
    return data


def _request(use: MedicineUse, *, today: date) -> tuple[str, ...]:
    bought = use.is_bought_without_prescription
    who = "bought without a prescription" if bought else "taken, and we do not know who prescribes it"
    sentences = [f"{use.name} is {who}. Please look at whether it is still needed."]
    if bought and use.known_class is MedicineClass.PPI:
        sentences.append(_LIMIT)
    sentences.append(
        "We have drawn up no schedule and change nothing: a stepwise reduction begins only with the signature of a "
        "prescriber. If you take this on, tell us, and we send you one to sign."
    )
    if use.since is not None and use.since <= today:
        weeks = (today - use.since).days // 7
        sentences.insert(1, f"As far as we know it has been taken for {weeks} weeks.")
    return tuple(sentences)


def _taken(use: MedicineUse) -> tuple[Fact, ...]:
    line = use_line(use)
    return (
        Fact(label="What", words=line.name),
        Fact(label="How", words=how_taken(use)),
        Fact(label="Since", words=line.since),
        Fact(label="For", words=line.reason),
        Fact(label="Known from", words=f"{use.source_words}, {day(use.as_of)}"),
    )


def _questions(use: MedicineUse) -> tuple[str, ...]:
    """What would speak against reducing it; of an acid suppressant alone is that known here."""
    if use.known_class is None or not use.known_class.is_acid_suppressant:
        return ()
    stops = [gate for gate in GATES.values() if gate.lifting is Lifting.PRESCRIBER]
    return tuple(gate.question for gate in stops)
