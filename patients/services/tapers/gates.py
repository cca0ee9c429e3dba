"""The gates of one patient’s taper: what the record says, what people answered, and whether it may start."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Q

from clinics.domain.instants import civil_date, zone
from patients.models import MedicineUse, Patient, RedFlagReport, Taper
from patients.services.core_record import facts_about
from patients.services.errors import InvalidRequest
from patients.services.tapers.errors import GatesOpen, RecordChanged, TwoOfOneClass
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_evidence import answers_from
from protocols.domain.gate_list import INDICATION
from protocols.domain.gates import GATES, GateError, lift, open_stops, overlay, two_active, with_indication
from protocols.domain.medicines import MedicineClass

BY_PRESCRIBER = "Answered by the prescriber"
PREGNANCY = "A2"


def gates_for(
    patient: Patient, *, reduces: MedicineUse, indication: str, given: tuple[GateAnswer, ...], on: date
) -> tuple[GateAnswer, ...]:
    """Every gate as it stands that day: the record’s answer, and where it has none the one that was given.

    A given no that is older than what the record says of it by now does not count. Raises `InvalidRequest` where an
    answer contradicts the record.
    """
    taken = _taken(patient, on=on)
    from_record = answers_from(
        facts_about(patient, on=on),
        tapered_substance=reduces.substance,
        tapered_since=reduces.since,
        red_flags_open=_has_open_red_flag(patient),
        indication=indication,
    )
    try:
        return overlay(from_record, [answer for answer in given if _counts(answer, taken)])
    except GateError as error:
        raise InvalidRequest(str(error), field=f"gates.{error.gate}") from error


def require_unchanged(
    gates: tuple[GateAnswer, ...], *, taper: Taper, given: tuple[GateAnswer, ...], drawn_up_at: datetime, on: date
) -> None:
    """Refuse where the record of that day answers a gate otherwise than these terms do, or knows no more of it.

    given: what the practitioner answered beyond the record when these terms were drawn up. What the prescriber
    answered is no difference, unless something was written down since.
    """
    taken = _taken(taper.plan.patient, on=on)
    given = tuple(answer for answer in given if _counts(answer, taken, drawn_up_at=drawn_up_at))
    indication = next((answer for answer in gates if answer.gate == INDICATION.id), None)
    written = "written" if indication is not None and indication.answer is Answer.NO else ""
    try:
        now = gates_for(taper.plan.patient, reduces=taper.reduces, indication=written, given=given, on=on)
    except InvalidRequest as conflict:
        raise RecordChanged from conflict
    known = {answer.gate: answer for answer in gates}
    for answer in now:
        before = known.get(answer.gate)
        said = Answer.UNKNOWN if before is None else before.answer
        if answer.answer is Answer.YES and said is not Answer.YES:
            raise RecordChanged
        if answer.answer is Answer.NO and said is Answer.YES:
            raise RecordChanged
        if answer.answer is Answer.UNKNOWN and before is not None and said is Answer.NO:
            is_own = before.source == BY_PRESCRIBER and _counts(before, taken, drawn_up_at=drawn_up_at)
            if not is_own:
                raise RecordChanged


def forbids_the_start(taper: Taper, signed: tuple[GateAnswer, ...], *, signed_at: datetime, on: date) -> bool:
    """Whether the record says something by now with which the first step must not begin as it was signed.

    A hard stop, or a pregnancy, that was not known; a hard stop that it no longer denies; two medicines of one class.
    """
    patient = taper.plan.patient
    try:
        require_one_of_each_class(patient, on=on)
    except TwoOfOneClass:
        return True
    taken = _taken(patient, on=on)
    known = {answer.gate: answer for answer in signed}
    for now in gates_for(patient, reduces=taper.reduces, indication="signed", given=(), on=on):
        before = known.get(now.gate)
        looks_at = GATES[now.gate].is_hard or now.gate == PREGNANCY
        if before is None or not looks_at:
            continue
        if now.answer is Answer.YES and before.answer is not Answer.YES:
            return True
        is_denied = before.answer is Answer.NO and now.answer is Answer.UNKNOWN
        if is_denied and not _counts(before, taken, drawn_up_at=signed_at):
            return True
    return False


def _taken(patient: Patient, *, on: date) -> list[MedicineUse]:
    """Every medicine that the record shows as taken that day."""
    rows = MedicineUse.objects.standing().filter(
        Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on), patient=patient
    )
    return list(rows.select_related("patient"))


def _counts(answer: GateAnswer, taken: list[MedicineUse], *, drawn_up_at: datetime | None = None) -> bool:
    """Whether nothing that this gate looks at was written down later than the answer, if that is a no.

    A medicine of which nobody knows what it is may be one of those.
    """
    classes = GATES[answer.gate].classes if answer.gate in GATES else ()
    if answer.answer is not Answer.NO or not classes or answer.as_of is None:
        return True
    facts = [use for use in taken if use.known_class is None or use.known_class in classes]
    return not any(
        max(use.as_of, civil_date(use.recorded_at, zone(use.patient.zone))) > answer.as_of
        or (drawn_up_at is not None and use.recorded_at > drawn_up_at)
        for use in facts
    )


def with_given(
    gates: tuple[GateAnswer, ...],
    *,
    given: tuple[GateAnswer, ...],
    lifted: Mapping[str, str],
    indication: str,
    on: date,
) -> tuple[GateAnswer, ...]:
    """The gates of a proposal with what its prescriber answered, and lifted with a typed reason.

    indication: as the prescriber wrote it, if the proposal had none.
    """
    try:
        answered = overlay(gates, given)
        if indication:
            answered = with_indication(answered, indication=indication, source=BY_PRESCRIBER, on=on)
        if unknown := set(lifted) - {answer.gate for answer in answered}:
            raise GateError("There is no such gate to lift.", gate=min(unknown))
        return tuple(
            lift(answer, by_prescriber=True, reason=lifted[answer.gate]) if answer.gate in lifted else answer
            for answer in answered
        )
    except GateError as error:
        raise InvalidRequest(str(error), field=f"gates.{error.gate}") from error


def answers_of_prescriber(answers: Mapping[str, Answer], *, on: date) -> tuple[GateAnswer, ...]:
    """What the prescriber answered, each with its source and day."""
    return tuple(
        GateAnswer(gate=gate, answer=answer, source=BY_PRESCRIBER, as_of=on)
        for gate, answer in answers.items()
        if answer is not Answer.UNKNOWN
    )


def require_gates(gates: tuple[GateAnswer, ...]) -> None:
    """Refuse to start while a hard stop is yes and not lifted, or unknown."""
    stops = open_stops(gates)
    if not stops:
        return
    unknown = [stop.gate.question for stop in stops if stop.answer.answer is Answer.UNKNOWN]
    standing = [stop.gate.question for stop in stops if stop.answer.answer is Answer.YES]
    sentences = []
    if unknown:
        sentences.append("These must be answered first: " + " ".join(unknown))
    if standing:
        sentences.append("These forbid it as they stand: " + " ".join(standing))
    raise GatesOpen([stop.gate.id for stop in stops], " ".join(sentences))


def require_one_of_each_class(patient: Patient, *, on: date) -> None:
    """Refuse while the record shows two active PPIs or two active H2 blockers."""
    facts = facts_about(patient, on=on)
    for medicine_class in (MedicineClass.PPI, MedicineClass.H2RA):
        names = two_active(facts, medicine_class)
        if names:
            raise TwoOfOneClass(list(names))


def _has_open_red_flag(patient: Patient) -> bool | None:
    """True while a reported warning sign is not cleared. None otherwise: that none was reported is not that none is."""
    is_open = RedFlagReport.objects.filter(taper__plan__patient=patient, cleared_at__isnull=True).exists()
    return True if is_open else None
