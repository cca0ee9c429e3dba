"""The core record as people read it: each fact in words, with its source, its date and who wrote it down."""

from datetime import date

from clinics.models import User
from patients.models import (
    Allergy,
    AllergyAnswer,
    Characteristic,
    CharacteristicKind,
    Comparator,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Presence,
    RecordEntry,
    ReviewAnswer,
    Severity,
    Sex,
    WeightUnit,
)
from protocols.domain.facts import PersonFacts

UNKNOWN = "Not known"


def day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def title_of(entry: RecordEntry) -> str:
    """What a row is about: “Weight”, “K21.00 …”, “Omeprazole”, “Ferritin”."""
    match entry:
        case Characteristic():
            return CharacteristicKind(entry.kind).label
        case Condition():
            return f"{entry.icd10cm_code} {entry.title}"
        case Allergy():
            return entry.substance.capitalize() or "Allergies"
        case MedicineUse():
            return entry.name
        case MedicineReview():
            return "Is anything else taken?"
        case LabResult():
            return entry.title
    raise TypeError(f"No words for a {type(entry).__name__}.")


def value_of(entry: RecordEntry, *, today: date) -> str:
    """What a row says, as a sentence or the beginning of one."""
    match entry:
        case Characteristic():
            return _characteristic(entry, today)
        case Condition():
            return ". ".join(filter(None, [_condition(entry), entry.detail]))
        case Allergy():
            return _allergy(entry)
        case MedicineUse():
            return _medicine(entry)
        case MedicineReview():
            return ReviewAnswer(entry.answer).label
        case LabResult():
            return _result(entry)
    raise TypeError(f"No words for a {type(entry).__name__}.")


def source_of(entry: RecordEntry) -> str:
    """“A document: discharge letter · as of 3 May 2026”."""
    return f"{entry.source_words} · as of {day_words(entry.as_of)}"


def names_of(entries: list[RecordEntry]) -> dict[str, str]:
    """By code, the names of the members of staff who wrote these rows, ended them, or marked them. One read."""
    codes = {entry.by_code for entry in entries} | {entry.entered_in_error_by_code for entry in entries}
    codes |= {entry.end_by_code for entry in entries if isinstance(entry, MedicineUse)}
    return {user.code: str(user) for user in User.objects.filter(code__in=codes - {""})}


def _characteristic(entry: Characteristic, today: date) -> str:
    if entry.is_unknown:
        return UNKNOWN
    if entry.sex:
        return Sex(entry.sex).label
    if entry.birth_date is not None:
        age = PersonFacts(on=today, birth_date=entry.birth_date).age
        return f"{day_words(entry.birth_date)} ({age} years)"
    if entry.weight_value is not None:
        return f"{_number(entry.weight_value)} {WeightUnit(entry.weight_unit).label}"
    return "Yes" if entry.is_so else "No"


def _condition(entry: Condition) -> str:
    if entry.presence != Presence.PRESENT.value:
        return Presence(entry.presence).label
    if entry.resolved_on is not None:
        since = f"from {day_words(entry.onset_on)} " if entry.onset_on else ""
        return f"Had it, {since}until {day_words(entry.resolved_on)}"
    return f"Has it, since {day_words(entry.onset_on)}" if entry.onset_on else "Has it, or had it"


def _allergy(entry: Allergy) -> str:
    if entry.answer != AllergyAnswer.ALLERGY.value:
        return AllergyAnswer(entry.answer).label
    severity = Severity(entry.severity).value if entry.severity else ""
    return ", ".join(filter(None, [entry.reaction, severity])).capitalize() or "What happened is not known"


def _medicine(use: MedicineUse) -> str:
    often = use.parsed_pattern.display() if use.parsed_pattern else ""
    dose = ", ".join(filter(None, [use.amount.display() if use.amount else "", often]))
    dose = ", ".join([dose, *(slot.label.lower() for slot in use.slots)] if dose else [])
    why = f"For {use.indication or use.indication_code}" if use.indication or use.indication_code else ""
    known = use.known_class
    sentences = [
        known.label if known else "Class not known",
        dose or "How much is not known",
        use.directions,
        _taken(use),
        why,
        _prescribed(use),
    ]
    return ". ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences if sentence) + "."


def _taken(use: MedicineUse) -> str:
    since = f"since {day_words(use.since)}" if use.since else "since when is not known"
    if use.until is None:
        return since
    return f"From {day_words(use.since)} until {day_words(use.until)}" if use.since else f"Until {day_words(use.until)}"


def _prescribed(use: MedicineUse) -> str:
    if use.prescriber is not None:
        return f"Prescribed by {use.prescriber.name}"
    return {
        True: "Bought without a prescription",
        False: "Prescribed, by whom is not known",
        None: "Whether somebody prescribes it is not known",
    }[use.is_bought_without_prescription]


def _result(entry: LabResult) -> str:
    on = f", sample of {day_words(entry.collected_on)}" if entry.collected_on else ""
    if entry.status != LabStatus.FINAL.value:
        return f"{LabStatus(entry.status).label}{on}"
    if entry.value is None:
        return f"{entry.text.capitalize()}{on}"
    sign = "" if entry.comparator == Comparator.EQUAL.value else f"{entry.comparator} "
    return f"{sign}{_number(entry.value)} {entry.unit}{on}"


def _number(value: object) -> str:
    """Without the zeros that a database pads it with."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
