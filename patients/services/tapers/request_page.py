"""What a prescriber reads about one version of a taper: put together here once, shown by the letter and by the page.

Everything about the taper comes from the bytes that are signed; what stands around them comes from the version, the
record and the plan of that day.
"""

from collections.abc import Iterable
from datetime import date

from clinics.domain.instants import zone
from clinics.models import Clinic, Prescriber
from patients.models import Characteristic, CharacteristicKind, Patient, Signature, TaperVersion
from patients.models.taper_course import signature_of
from patients.services.documents.printable import day, paragraphs
from patients.services.tapers import request_sentences as sentences
from patients.services.tapers.request_content import (
    DoseLine,
    Fact,
    GateLine,
    Party,
    RequestContent,
    SignatureBlock,
    StepLine,
)
from patients.services.tapers.taken import completeness, taken_besides
from protocols.domain.dose_words import form_words, joined, slot_in_words, taken_in_figures, taken_in_words
from protocols.domain.dose_words import pattern_in_words as often
from protocols.domain.gate import Gate, Lifting
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_list import GATES, INDICATION
from protocols.domain.prescription import prescriptions
from protocols.domain.taper import DatedStep, Dose, Schedule, schedule
from protocols.domain.taper_states import VersionStatus
from protocols.domain.terms import Terms
from protocols.models.catalogue import CONSULT

NOT_SAID = "Not said."
_GROUP = 8


def request_content(version: TaperVersion, *, today: date) -> RequestContent:
    """Everything about this version. today: the patient’s civil date, on which the record is read.

    Raises `TermsError` where the stored bytes are not what was stored: then nothing may be shown.
    """
    taper = version.taper
    patient, clinic = taper.plan.patient, taper.plan.patient.clinic
    signature = signature_of(version)
    terms = version.terms() if signature is None else signature.terms()
    dated = schedule(terms.steps, first_day=version.first_day or terms.planned_first_day)
    practitioner = taper.plan.practitioner.name
    return RequestContent(
        title=f"Taper of {medicine_in_words(terms)}",
        standing=_standing(version, signature),
        written_on=today,
        sender=sender(clinic, practitioner),
        recipient=recipient(taper.prescriber),
        patient=particulars(patient, on=today),
        request=_request(version, terms, signature),
        medicine=medicine_in_words(terms),
        taken_now=tuple(_dose(dose, terms) for dose in terms.starting_doses),
        reason=_said(version.reason),
        indication=" · ".join(words for words in (terms.indication, terms.indication_code) if words),
        alternatives=_said(version.alternatives),
        source=_said(version.source),
        gates=tuple(_gates(terms.gates)),
        medicines=taken_besides(patient, plan=taper.plan, reduces=taper.reduces, on=today),
        medicines_standing=completeness(patient, on=today),
        dates=sentences.dates_in_words(terms) if version.first_day is None else _dates_of_signed(version.first_day),
        steps=tuple(_step(step, terms) for step in dated.steps),
        totals=_totals(dated),
        prescriptions=prescriptions(dated, terms.medicine),
        rescue=sentences.rescue_in_words(terms, dated),
        permissions=sentences.permissions_in_words(terms),
        alert=sentences.alert_in_words(terms),
        follow_up=sentences.follow_up(
            dated,
            monitored_by=_one_line(version.monitored_by) or _at(clinic, practitioner),
            call=_one_line(version.call) or _at(clinic, clinic.telephone),
        ),
        revoke=sentences.revoke_in_words(
            version_code=version.code, is_controlled=terms.medicine.medicine_class.is_controlled
        ),
        answers=sentences.answers_in_words(version_code=version.code),
        signature=_signature_block(version, signature, patient),
        consult=CONSULT,
    )


# --- Who ----------------------------------------------------------------------------------------------------


def sender(clinic: Clinic, practitioner: str) -> Party:
    lines = [practitioner, f"Telephone {clinic.telephone}" if clinic.telephone else ""]
    return Party(name=clinic.name, lines=tuple(line for line in lines if line))


def recipient(prescriber: Prescriber) -> Party:
    lines = [prescriber.practice, *prescriber.postal_address.splitlines()]
    lines += [f"Fax {prescriber.fax}"] if prescriber.fax else []
    lines += [f"Telephone {prescriber.telephone}"] if prescriber.telephone else []
    return Party(name=prescriber.name, lines=tuple(line.strip() for line in lines if line.strip()))


def particulars(patient: Patient, *, on: date) -> tuple[Fact, ...]:
    """By what a prescriber knows the patient."""
    births = Characteristic.objects.standing().filter(
        patient=patient, kind=CharacteristicKind.BIRTH_DATE.value, as_of__lte=on
    )
    birth = births.newest_first().first()
    born = day(birth.birth_date) if birth is not None and birth.birth_date is not None else "not known"
    return (
        Fact(label="Patient", words=patient.full_name),
        Fact(label="Born", words=born),
        Fact(label="Patient code", words=patient.code),
    )


def _at(clinic: Clinic, words: str) -> str:
    return f"{clinic.name}, {words}" if words else clinic.name


# --- What is asked ------------------------------------------------------------------------------------------


def _standing(version: TaperVersion, signature: Signature | None) -> str:
    if signature is not None:
        ended = version.status != VersionStatus.IN_FORCE.value
        return "Signed, and no longer in force." if ended else "Signed."
    if version.status in {VersionStatus.DRAFT.value, VersionStatus.PROPOSED.value}:
        return "Not signed. Nothing in it is to be taken before its prescriber has signed."
    return "Not signed, and no longer wanted. Nothing in it is to be taken."


def _request(version: TaperVersion, terms: Terms, signature: Signature | None) -> tuple[str, ...]:
    if signature is not None:
        return (f"This is what was signed about {medicine_in_words(terms)}.",)
    asked = [
        f"We ask you, who prescribe it, to agree to the stepwise reduction of {medicine_in_words(terms)} set out here.",
        "Nothing changes for the patient unless you sign.",
    ]
    earlier = version.taper.versions.filter(status=VersionStatus.IN_FORCE.value).first()
    if earlier is not None:
        asked.append(
            f"It would take the place of version {earlier.number} ({earlier.code}), which you signed and which goes on "
            "until then."
        )
    return tuple(asked)


def medicine_in_words(terms: Terms) -> str:
    """“omeprazole, delayed-release capsule”."""
    form = form_words(terms.medicine.form, terms.medicine.release)
    return ", ".join(words for words in (terms.medicine.name, form) if words)


def _said(text: str) -> tuple[str, ...]:
    return paragraphs(text) or (NOT_SAID,)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _gates(answers: Iterable[GateAnswer]) -> Iterable[GateLine]:
    """All that are questions about the patient. The indication has a place of its own on the page."""
    for answer in answers:
        gate = GATES[answer.gate]
        if gate is not INDICATION:
            yield _gate(gate, answer)


def _gate(gate: Gate, answer: GateAnswer) -> GateLine:
    is_yes = answer.answer is Answer.YES
    return GateLine(
        gate=gate.id,
        kind=gate.label,
        question=gate.question,
        why=gate.why,
        citation=gate.citation,
        answer=answer.answer,
        source=answer.source,
        as_of=answer.as_of,
        is_hard=gate.is_hard,
        is_asked=answer.answer is Answer.UNKNOWN,
        wants_lifting=is_yes and gate.lifting is Lifting.PRESCRIBER and not answer.is_lifted,
        lifted_because=answer.lifted_because,
    )


# --- The schedule -------------------------------------------------------------------------------------------


def _dose(dose: Dose, terms: Terms) -> DoseLine:
    return DoseLine(
        slot=slot_in_words(dose.slot),
        words=taken_in_words(dose.units, terms.medicine.form),
        figures=taken_in_figures(dose.units),
    )


def _step(dated: DatedStep, terms: Terms) -> StepLine:
    # Laid out without holds: every step has its end.
    assert dated.last is not None and dated.dose_days is not None and dated.total is not None
    return StepLine(
        number=dated.number,
        first=dated.first,
        last=dated.last,
        days=(dated.last - dated.first).days + 1,
        pattern=often(dated.step.pattern),
        doses=tuple(_dose(dose, terms) for dose in dated.step.doses),
        per_dose_day=dated.step.amount_per_dose_day.display(),
        dose_days=dated.dose_days,
        total=dated.total.display(),
    )


def _totals(dated: Schedule) -> tuple[Fact, ...]:
    assert dated.ends_on is not None and dated.total is not None
    dispensed = joined(taken_in_figures([each.units]) for each in dated.dispense() or ())
    last_dose = day(dated.last_dose_on) if dated.last_dose_on else "none is planned; taken as needed"
    return (
        Fact(label="First day", words=day(dated.first_day)),
        Fact(label="Last day", words=day(dated.ends_on)),
        Fact(label="Last dose", words=last_dose),
        Fact(label="Days", words=str(dated.days)),
        Fact(label="Total", words=dated.total.display()),
        Fact(label="Units", words=dispensed or "none are counted; taken as needed"),
    )


def _dates_of_signed(first_day: date) -> tuple[str, ...]:
    return (
        f"Day one was set by the signature: {day(first_day)}.",
        "Days on hold move the later dates; they are not shown on this page.",
    )


# --- The signature ------------------------------------------------------------------------------------------


def _signature_block(version: TaperVersion, signature: Signature | None, patient: Patient) -> SignatureBlock:
    sha256 = version.sha256 if signature is None else signature.sha256
    return SignatureBlock(
        version_code=version.code,
        version_number=version.number,
        sha256=tuple(sha256[start : start + _GROUP] for start in range(0, len(sha256), _GROUP)),
        sha256_is_of="the terms as proposed" if signature is None else "the terms as signed",
        is_signed=signature is not None,
        facts=() if signature is None else _who_signed(signature, patient),
    )


def _who_signed(signature: Signature, patient: Patient) -> tuple[Fact, ...]:
    signed_at = signature.signed_at.astimezone(zone(patient.zone))
    facts = [
        Fact(label="Signed by", words=signature.prescriber.name),
        Fact(label="On", words=f"{day(signature.signed_on)}, {signed_at:%H:%M} ({patient.zone})"),
        Fact(label="How", words=f"{signature.get_door_display()}: {signature.means}"),
    ]
    if signature.written_due_on is not None:
        confirmation = getattr(signature, "written_confirmation", None)
        came = (
            f"received on {day(confirmation.received_on)}"
            if confirmation
            else f"due by {day(signature.written_due_on)}"
        )
        facts.append(Fact(label="Written confirmation", words=came))
    return tuple(facts)
