"""A prescriber agrees: what is signed, from which day it counts, and everything that forbids it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, acting_prescriber, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.services.prescribers import add_prescriber
from patients.models import (
    Door,
    MedicineUse,
    Patient,
    Plan,
    PrescriberAnswer,
    Scan,
    Signature,
    SourceKind,
    Taper,
    TaperVersion,
    Transition,
)
from patients.models.taper_course import course_of
from patients.services.errors import InvalidRequest, Refused
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.errors import (
    GatesOpen,
    NotThePrescriber,
    OtherVersion,
    RecordChanged,
    TooLateToSign,
    TwoOfOneClass,
)
from patients.services.tapers.requesting import propose
from patients.services.tapers.signing import Agreement, confirm_in_writing, sign
from protocols.domain.canonical import sha256_of
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.medicines import MedicineClass
from protocols.domain.terms import TermsError, terms_from
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, NO_STOPS, on_day


@pytest.fixture
def propose_draft(plan: Plan, by: Actor) -> Callable[[Draft], Taper]:
    """Draw this up and freeze it."""

    def make(draft: Draft) -> Taper:
        taper = save_draft(plan, draft, by=by, at=NOON)
        propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
        return Taper.objects.get(pk=taper.pk)

    return make


def unanswered(*gates: str) -> tuple[GateAnswer, ...]:
    return tuple(answer for answer in NO_STOPS if answer.gate not in gates)


def test_the_signature_holds_the_bytes_of_the_version_and_what_was_answered(taper: Taper) -> None:
    signature = Signature.objects.get()
    version = taper.versions.get()
    assert sha256_of(bytes(signature.content)) == signature.sha256
    signed = terms_from(bytes(signature.content))
    assert signed.request == version.sha256
    assert signed.steps == version.terms().steps
    assert (signed.patient, signed.taper, signed.version) == (taper.plan.patient.code, taper.code, 1)
    assert signature.means == "By control of a mailbox."


def test_before_the_planned_first_day_it_counts_from_that_day(taper: Taper) -> None:
    assert (taper.status, taper.versions.get().first_day) == ("active", FIRST_DAY)


@pytest.mark.parametrize("late", [0, 1, 27])
def test_on_or_after_the_planned_first_day_it_counts_from_the_day_after(
    sent_taper: Taper, sign_taper: Callable[..., Taper], late: int
) -> None:
    taper = sign_taper(sent_taper, at=on_day(1 + late))
    assert taper.versions.get().first_day == FIRST_DAY + timedelta(days=late + 1)


def test_past_the_latest_first_day_it_is_refused(sent_taper: Taper, sign_taper: Callable[..., Taper]) -> None:
    with pytest.raises(TooLateToSign):
        sign_taper(sent_taper, at=on_day(30))
    assert Signature.objects.count() == 0
    assert Taper.objects.get().status == "awaiting-signature"


def test_the_history_says_who_signed(taper: Taper, dr_price: Prescriber) -> None:
    line = Transition.objects.filter(taper=taper).latest("pk")
    assert (line.move, line.from_status, line.to_status) == ("start", "awaiting-signature", "active")
    assert (line.by_kind, line.by_code) == ("prescriber", dr_price.code)


def test_an_unknown_hard_stop_forbids_the_start_until_the_prescriber_answers_it(
    propose_draft: Callable[[Draft], Taper], angelas_draft: Draft, sign_taper: Callable[..., Taper]
) -> None:
    taper = propose_draft(replace(angelas_draft, answers=unanswered("G2", "G5")))
    with pytest.raises(GatesOpen) as refused:
        sign_taper(taper)
    assert refused.value.gates == ["G2", "G5"]
    assert PrescriberAnswer.objects.count() == 0
    taper = sign_taper(taper, agreement=Agreement(answers={"G2": Answer.NO, "G5": Answer.NO}))
    gates = {gate.gate: gate for gate in Signature.objects.get().terms().gates}
    assert (gates["G2"].answer, gates["G2"].source) == (Answer.NO, "Answered by the prescriber")


def test_a_hard_stop_that_is_yes_starts_only_with_the_prescribers_reason(
    propose_draft: Callable[[Draft], Taper], angelas_draft: Draft, sign_taper: Callable[..., Taper]
) -> None:
    yes = GateAnswer(gate="G1", answer=Answer.YES, source="Endoscopy of 2019", as_of=TODAY)
    taper = propose_draft(replace(angelas_draft, answers=(*unanswered("G1"), yes)))
    with pytest.raises(GatesOpen):
        sign_taper(taper)
    with pytest.raises(InvalidRequest):
        sign_taper(taper, agreement=Agreement(answers={"G1": Answer.NO}))
    with pytest.raises(InvalidRequest):
        sign_taper(taper, agreement=Agreement(lifted={"G1": " "}))
    sign_taper(taper, agreement=Agreement(lifted={"G1": "Regression shown twice; surveillance goes on."}))
    gate = next(gate for gate in Signature.objects.get().terms().gates if gate.gate == "G1")
    assert gate.lifted_because.startswith("Regression")


def test_an_open_warning_sign_is_never_lifted(
    propose_draft: Callable[[Draft], Taper], angelas_draft: Draft, sign_taper: Callable[..., Taper]
) -> None:
    yes = GateAnswer(gate="G9", answer=Answer.YES, source="She says so", as_of=TODAY)
    taper = propose_draft(replace(angelas_draft, answers=(*unanswered("G9"), yes)))
    with pytest.raises(InvalidRequest):
        sign_taper(taper, agreement=Agreement(lifted={"G9": "It will pass."}))


def test_a_missing_indication_is_asked_of_the_prescriber(
    propose_draft: Callable[[Draft], Taper], angelas_draft: Draft, sign_taper: Callable[..., Taper]
) -> None:
    taper = propose_draft(replace(angelas_draft, indication="", indication_code=""))
    with pytest.raises(InvalidRequest) as refused:
        sign_taper(taper)
    assert refused.value.field == "indication"
    sign_taper(taper, agreement=Agreement(indication="Reflux since 2015"))
    assert Signature.objects.get().terms().indication == "Reflux since 2015"


def test_a_prescriber_does_not_replace_the_indication_that_was_sent(
    sent_taper: Taper, sign_taper: Callable[..., Taper]
) -> None:
    with pytest.raises(InvalidRequest):
        sign_taper(sent_taper, agreement=Agreement(indication="Something else"))


def test_a_second_ppi_in_the_record_forbids_it(
    sent_taper: Taper, sign_taper: Callable[..., Taper], angela: Patient, by: Actor
) -> None:
    add_medicine(
        angela,
        name="Pantoprazole",
        medicine_class=MedicineClass.PPI,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    with pytest.raises(TwoOfOneClass):
        sign_taper(sent_taper)


def test_a_record_that_says_more_by_now_forbids_it(
    sent_taper: Taper, sign_taper: Callable[..., Taper], angela: Patient, by: Actor
) -> None:
    for name in ("Apixaban", "Clopidogrel"):
        classes = {"Apixaban": MedicineClass.ANTICOAGULANT, "Clopidogrel": MedicineClass.ANTIPLATELET}
        add_medicine(
            angela,
            name=name,
            medicine_class=classes[name],
            source=Source(kind=SourceKind.PHARMACY, as_of=TODAY),
            by=by,
            at=NOON,
        )
    with pytest.raises(RecordChanged):
        sign_taper(sent_taper)
    assert Signature.objects.count() == 0


def test_a_signature_for_another_version_is_refused(sent_taper: Taper, price: Actor) -> None:
    with pytest.raises(OtherVersion):
        sign(
            sent_taper,
            door=Door.LINK,
            version_sha256="0" * 64,
            agreement=Agreement(),
            means="By control of a mailbox.",
            by=price,
            at=NOON,
        )


def test_nobody_signs_twice(taper: Taper, price: Actor) -> None:
    with pytest.raises(OtherVersion):
        sign(
            taper,
            door=Door.LINK,
            version_sha256=taper.versions.get().sha256,
            agreement=Agreement(),
            means="By control of a mailbox.",
            by=price,
            at=NOON,
        )


@pytest.mark.parametrize("door", [Door.LINK, Door.INSIDE])
def test_staff_do_not_sign_for_a_prescriber(sent_taper: Taper, by: Actor, door: Door) -> None:
    with pytest.raises(NotThePrescriber):
        sign(
            sent_taper,
            door=door,
            version_sha256=sent_taper.versions.get().sha256,
            agreement=Agreement(),
            means="",
            by=by,
            at=NOON,
        )


def test_another_prescriber_does_not_sign(sent_taper: Taper, clinic: Clinic, by: Actor) -> None:
    another = add_prescriber(clinic, name="Dr Another", email="another@example.org", by=by, at=NOON)
    with pytest.raises(NotAllowed):
        sign(
            sent_taper,
            door=Door.LINK,
            version_sha256=sent_taper.versions.get().sha256,
            agreement=Agreement(),
            means="",
            by=acting_prescriber(another),
            at=NOON,
        )


def test_a_stranger_to_the_clinic_files_nothing(sent_taper: Taper, dr_dee: User, other_clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        sign(
            sent_taper,
            door=Door.FAX_OR_LETTER,
            version_sha256=sent_taper.versions.get().sha256,
            agreement=Agreement(),
            means="",
            by=staff_in(other_clinic, dr_dee),
            at=NOON,
        )


def scan_of(version: TaperVersion) -> Scan:
    return Scan.objects.create(
        version=version,
        media_type="application/pdf",
        content=b"%PDF-",
        sha256=sha256_of(b"%PDF-"),
        added_at=NOON,
        by_kind="staff",
        by_code="x",
    )


def test_a_paper_is_filed_with_its_scan_by_a_practitioner(
    sent_taper: Taper, by: Actor, clinic: Clinic, assistant_1: User
) -> None:
    version = sent_taper.versions.get()
    arguments = {
        "door": Door.FAX_OR_LETTER,
        "version_sha256": version.sha256,
        "agreement": Agreement(),
        "means": "Signed paper with this version’s code.",
        "at": NOON,
    }
    with pytest.raises(InvalidRequest) as refused:
        sign(sent_taper, by=by, **arguments)
    assert refused.value.field == "scan"
    with pytest.raises(NotAllowed):
        sign(sent_taper, by=staff_in(clinic, assistant_1), scan=scan_of(version), **arguments)
    assert Taper.objects.get().status == "awaiting-signature"
    sign(sent_taper, by=by, scan=scan_of(version), **arguments)
    assert Taper.objects.get().status == "active"
    assert PrescriberAnswer.objects.get().by_kind == "staff"


def test_an_answer_is_never_of_tomorrow(sent_taper: Taper, by: Actor) -> None:
    version = sent_taper.versions.get()
    with pytest.raises(InvalidRequest) as refused:
        sign(
            sent_taper,
            door=Door.FAX_OR_LETTER,
            version_sha256=version.sha256,
            agreement=Agreement(),
            means="",
            answered_on=TODAY + timedelta(days=1),
            scan=scan_of(version),
            by=by,
            at=NOON,
        )
    assert refused.value.field == "answered_on"


def test_a_telephone_agreement_is_between_clinicians_and_followed_by_paper(
    sent_taper: Taper, by: Actor, clinic: Clinic, assistant_1: User
) -> None:
    version = sent_taper.versions.get()
    arguments = {
        "door": Door.TELEPHONE,
        "version_sha256": version.sha256,
        "agreement": Agreement(),
        "means": "Read back.",
        "at": NOON,
    }
    with pytest.raises(NotAllowed):
        sign(sent_taper, by=staff_in(clinic, assistant_1), **arguments)
    signature = sign(sent_taper, by=by, **arguments)
    assert signature.written_due_on == TODAY + timedelta(days=7)
    taper = Taper.objects.get()
    confirm_in_writing(taper, scan=scan_of(version), received_on=TODAY, by=by, at=NOON, revision=taper.revision)
    taper.refresh_from_db()
    with pytest.raises(Refused):
        confirm_in_writing(taper, scan=scan_of(version), received_on=TODAY, by=by, at=NOON, revision=taper.revision)


def test_what_was_signed_is_compared_each_time_it_is_read(taper: Taper) -> None:
    """Somebody with a hand in the database changes the bytes and their checksum alike; the signature tells."""
    version = taper.versions.get()
    forged = bytes(version.content).replace(b'"days":28', b'"days":14', 1)
    version.content, version.sha256 = forged, sha256_of(forged)
    taper.versions.all()[0]
    signature = version.signature
    signature.version = version
    with pytest.raises(TermsError):
        signature.terms()


def test_bytes_that_do_not_fit_their_checksum_are_never_shown(taper: Taper) -> None:
    version = taper.versions.get()
    version.content = bytes(version.content).replace(b'"days":28', b'"days":14', 1)
    with pytest.raises(TermsError):
        version.terms()


def test_the_course_is_empty_before_the_first_signature(sent_taper: Taper, takes_omeprazole: MedicineUse) -> None:
    assert course_of(sent_taper).steps == ()
    assert sent_taper.started_at is None
    assert takes_omeprazole.tapers.get() == sent_taper


def test_what_is_planned_for_a_day_that_is_over_is_not_drawn_up(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    with pytest.raises(InvalidRequest) as refused:
        save_draft(plan, replace(angelas_draft, planned_first_day=date(2027, 1, 3)), by=by, at=NOON)
    assert refused.value.field == "planned_first_day"
