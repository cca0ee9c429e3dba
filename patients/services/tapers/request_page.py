"""What a prescriber reads about one version of a taper: put together here once, shown by the letter and by the page.

Everything about the taper comes from the bytes that are signed; what stands around them comes from the version, the
record and the plan of that day.
"""

from datetime import date

from clinics.domain.instants import zone
from clinics.domain.paper import Paper
from clinics.models import Clinic, Prescriber
from patients.models import Characteristic, CharacteristicKind, Patient, Signature, TaperVersion
from patients.models.taper_course import signature_of, steps_as_lived
from patients.services.documents.printable import day, paragraphs
from patients.services.tapers import request_sentences as sentences
from patients.services.tapers.entered import asked_for
from patients.services.tapers.request_content import Fact, Party, RequestContent, SignatureBlock
from patients.services.tapers.request_gates import gate_lines
from patients.services.tapers.request_steps import dose_line, step_line, totals
from patients.services.tapers.start_check import start_finding
from patients.services.tapers.taken import completeness, taken_besides
from protocols.domain.dose_words import pattern_in_words
from protocols.domain.pattern import PatternKind
from protocols.domain.prescription import prescriptions
from protocols.domain.taper import schedule
from protocols.domain.taper_states import VersionStatus
from protocols.domain.terms import Terms
from protocols.models.catalogue import CONSULT

NOT_SAID = "Not said."
_GROUP = 8


def request_content(version: TaperVersion, *, today: date, agreed: Terms | None = None) -> RequestContent:
    """Everything about this version. today: the patient’s civil date, on which the record is read.

    agreed: what its prescriber is about to sign, to be read instead of what was proposed. Raises `TermsError` where
    the stored bytes are not what was stored: then nothing may be shown.
    """
    taper = version.taper
    patient, clinic = taper.plan.patient, taper.plan.patient.clinic
    signature = signature_of(version)
    terms = agreed or (version.terms() if signature is None else signature.terms())
    first_day = version.first_day or terms.planned_first_day
    dated = schedule(steps_as_lived(version, terms, first_day=first_day), first_day=first_day)
    practitioner, form = taper.plan.practitioner.name, terms.medicine.form
    return RequestContent(
        title=f"Taper of {medicine_in_words(terms)}",
        paper=Paper(clinic.paper),
        standing=_standing(version, signature),
        written_on=today,
        sender=sender(clinic, practitioner),
        recipient=recipient(taper.prescriber),
        patient=particulars(patient, on=today),
        request=_request(version, terms, signature, today=today),
        medicine=medicine_in_words(terms),
        taken_now=tuple(dose_line(dose, form) for dose in terms.starting_doses),
        taken_how_often=_how_often(terms),
        rise=sentences.rise_in_words(terms),
        reason=_said(version.reason),
        indication=" · ".join(words for words in (terms.indication, terms.indication_code) if words),
        alternatives=_said(version.alternatives),
        source=_said(version.source),
        gates=gate_lines(terms.gates),
        medicines=taken_besides(patient, plan=taper.plan, reduces=taper.reduces, on=today),
        medicines_standing=completeness(patient, on=today),
        dates=sentences.dates_in_words(terms, first_day=version.first_day),
        steps=tuple(step_line(step, form) for step in dated.steps),
        totals=totals(dated),
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
            version_code=version.code,
            is_controlled=terms.medicine.medicine_class.is_controlled,
            is_inside=taper.prescriber.is_inside,
        ),
        answers=sentences.answers_in_words(version_code=version.code),
        signature=_signature_block(version, signature, patient),
        consult=CONSULT,
    )


# --- Who ----------------------------------------------------------------------------------------------------


def sender(clinic: Clinic, practitioner: str) -> Party:
    """The clinic as it can be answered: by post, fax or telephone, as far as it has entered them."""
    lines = [practitioner, *clinic.postal_address.splitlines()]
    lines += [f"Fax {clinic.fax}"] if clinic.fax else []
    lines += [f"Telephone {clinic.telephone}"] if clinic.telephone else []
    return Party(name=clinic.name, lines=tuple(line.strip() for line in lines if line.strip()))


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


def _request(version: TaperVersion, terms: Terms, signature: Signature | None, *, today: date) -> tuple[str, ...]:
    if signature is not None:
        return (f"This is what was signed about {medicine_in_words(terms)}.",)
    asked = [
        *sentences.asked_in_words(terms, asked_for(version), medicine=medicine_in_words(terms)),
        *_differs(version, terms, today=today),
        "Nothing changes for the patient unless you sign.",
    ]
    earlier = version.taper.versions.filter(status=VersionStatus.IN_FORCE.value).first()
    if earlier is not None:
        asked.append(
            f"It would take the place of version {earlier.number} ({earlier.code}), which you signed and which goes on "
            "until then."
        )
    return tuple(asked)


def _differs(version: TaperVersion, terms: Terms, *, today: date) -> tuple[str, ...]:
    """Where it starts from something else than is known to be taken: the prescriber clears that up first."""
    found = start_finding(terms, reduces=version.taper.reduces, on=today, taper=version.taper)
    return (found.text,) if found else ()


def _how_often(terms: Terms) -> str:
    """How often what is taken now is taken, where that is not every day; that nothing is, where nothing is."""
    if not terms.starting_doses:
        return "nothing, by the schedule in force"
    return "" if terms.starting_pattern.kind is PatternKind.DAILY else pattern_in_words(terms.starting_pattern)


def medicine_in_words(terms: Terms) -> str:
    """“omeprazole, delayed-release capsule”."""
    return ", ".join(words for words in (terms.medicine.name, terms.medicine.form) if words)


def _said(text: str) -> tuple[str, ...]:
    return paragraphs(text) or (NOT_SAID,)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- The signature ------------------------------------------------------------------------------------------


def _signature_block(version: TaperVersion, signature: Signature | None, patient: Patient) -> SignatureBlock:
    sha256 = version.sha256 if signature is None else signature.sha256
    return SignatureBlock(
        version_code=version.code,
        version_number=version.number,
        sha256=in_groups(sha256),
        sha256_is_of="the terms as proposed" if signature is None else "the terms as signed",
        is_signed=signature is not None,
        facts=() if signature is None else _who_signed(signature, patient),
    )


def in_groups(sha256: str) -> tuple[str, ...]:
    """As a person can compare it with another."""
    return tuple(sha256[start : start + _GROUP] for start in range(0, len(sha256), _GROUP))


def _who_signed(signature: Signature, patient: Patient) -> tuple[Fact, ...]:
    signed_at = signature.signed_at.astimezone(zone(patient.zone))
    recorded = f"{day(signature.signed_on)}, {signed_at:%H:%M} ({patient.zone})"
    agreed_on = signature.agreed_on
    on = recorded if agreed_on == signature.signed_on else f"{day(agreed_on)}, recorded on {recorded}"
    facts = [
        Fact(label="Signed by", words=signature.prescriber.name),
        Fact(label="On", words=on),
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
