"""Reading the core record: what is known about a patient on one day, as gates and rules ask it.

Only what stands counts. Of plain facts and of one test the newest counts; a condition that was once found stays found.
What was said after the day is not known on it yet. Six reads, however long the record is; four without allergies and
medicines.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeVar, cast

from django.db.models import Q

from patients.models import (
    Allergy,
    AllergyAnswer,
    Characteristic,
    CharacteristicKind,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Patient,
    Presence,
    RecordEntry,
    ReviewAnswer,
)
from protocols.domain.facts import (
    AllergyFact,
    ConditionFact,
    FactSource,
    LabAnswerFact,
    LabFact,
    MedicineFact,
    PendingLabFact,
    PersonFacts,
)
from protocols.domain.medicines import MedicineClass

Entry = TypeVar("Entry", bound=RecordEntry)
ACID_SUPPRESSANTS: Final = [kind.value for kind in MedicineClass if kind.is_acid_suppressant]
_ATTRIBUTES: Final = {
    CharacteristicKind.SEX: "sex",
    CharacteristicKind.BIRTH_DATE: "birth_date",
    CharacteristicKind.PREGNANCY: "is_pregnant",
    CharacteristicKind.BREASTFEEDING: "is_breastfeeding",
    CharacteristicKind.WEIGHT: "weight",
}


def facts_about(patient: Patient, *, on: date) -> PersonFacts:
    """What the record says about this person on that civil day. What it does not say is unknown."""
    return replace(
        facts_beside_what_is_taken(patient, on=on),
        allergies=_allergies(_known(Allergy, patient, on=on)),
        medicines=_medicines(patient, on=on),
    )


def facts_beside_what_is_taken(patient: Patient, *, on: date) -> PersonFacts:
    """The same without medicines and allergies, for whoever reads the medicines themselves."""
    plain = _newest(_known(Characteristic, patient, on=on), lambda entry: entry.kind)
    results = [
        result
        for result in _known(LabResult, patient, on=on)
        if result.collected_on is None or result.collected_on <= on
    ]
    values: dict[str, Any] = {_ATTRIBUTES[CharacteristicKind(entry.kind)]: _value(entry) for entry in plain}
    return PersonFacts(
        on=on,
        **values,
        conditions=_conditions(_known(Condition, patient, on=on)),
        medicines_complete_as_of=_complete_as_of(_known(MedicineReview, patient, on=on)),
        **_labs(results),
        sources={
            _ATTRIBUTES[CharacteristicKind(entry.kind)]: FactSource(as_of=entry.as_of, source=entry.source_words)
            for entry in plain
        },
    )


def _known(model: type[Entry], patient: Patient, *, on: date) -> list[Entry]:
    standing = model._default_manager.standing().filter(patient=patient, as_of__lte=on)
    return cast(list[Entry], list(standing.newest_first()))


def _newest(newest_first: Iterable[Entry], about: Callable[[Entry], str]) -> list[Entry]:
    """The first row about each thing."""
    found: dict[str, Entry] = {}
    for entry in newest_first:
        found.setdefault(about(entry), entry)
    return list(found.values())


def _value(entry: Characteristic) -> Any:
    value = entry.value
    return str(value) if entry.sex else value


def conditions_that_count(newest_first: list[Condition]) -> list[Condition]:
    """Of rows that stand, by code: the newest, and beside it the newest that found it, since gates ask for that too.

    A later “looked for and not there” does not undo a finding; one that was wrong is marked as entered in error.
    """
    newest = {entry.pk for entry in _newest(newest_first, lambda entry: entry.icd10cm_code)}
    found = [entry for entry in newest_first if entry.presence == Presence.PRESENT.value]
    once_found = {entry.pk for entry in _newest(found, lambda entry: entry.icd10cm_code)}
    counting = [entry for entry in newest_first if entry.pk in newest | once_found]
    return sorted(counting, key=lambda entry: entry.icd10cm_code)


def allergies_that_count(newest_first: list[Allergy]) -> list[Allergy]:
    """Of rows that stand: those that are named; without any, the newest answer."""
    named = [entry for entry in newest_first if entry.answer == AllergyAnswer.ALLERGY.value]
    return named or newest_first[:1]


def _conditions(newest_first: list[Condition]) -> tuple[ConditionFact, ...]:
    """A row that says “not known” says nothing of its own."""
    return tuple(
        ConditionFact(
            code=entry.icd10cm_code,
            is_present=entry.presence == Presence.PRESENT.value,
            as_of=entry.as_of,
            source=entry.source_words,
            resolved_on=entry.resolved_on,
        )
        for entry in conditions_that_count(newest_first)
        if entry.presence != Presence.UNKNOWN.value
    )


def _allergies(newest_first: list[Allergy]) -> tuple[AllergyFact, ...] | None:
    counting = allergies_that_count(newest_first)
    if not counting or counting[0].answer == AllergyAnswer.UNKNOWN.value:
        return None
    return tuple(
        AllergyFact(
            substance=entry.substance,
            reaction=entry.reaction,
            severity=entry.severity,
            as_of=entry.as_of,
            source=entry.source_words,
        )
        for entry in counting
        if entry.answer == AllergyAnswer.ALLERGY.value
    )


def _medicines(patient: Patient, *, on: date) -> tuple[MedicineFact, ...]:
    """All that stand, ended ones too: `since` and `until` say when they were taken.

    One of which nobody knows the first day is known from the day on which it was said.
    """
    said = Q(since__isnull=False) | Q(as_of__lte=on)
    uses = MedicineUse.objects.standing().filter(said, patient=patient).order_by("substance", "since", "pk")
    return tuple(
        MedicineFact(
            substance=use.substance,
            medicine_class=use.known_class,
            since=use.since,
            until=use.until,
            as_of=use.as_of,
            source=use.source_words,
        )
        for use in uses
    )


def _complete_as_of(newest_first: list[MedicineReview]) -> date | None:
    if not newest_first or newest_first[0].answer != ReviewAnswer.COMPLETE.value:
        return None
    return newest_first[0].as_of


def _labs(newest_first: list[LabResult]) -> dict[str, Any]:
    """The newest result of each test, and the newest awaited one that nothing has answered."""
    pending = [row for row in newest_first if row.status == LabStatus.PENDING.value]
    done = [row for row in newest_first if row.status != LabStatus.PENDING.value]
    final = [row for row in done if row.status == LabStatus.FINAL.value]
    final.sort(key=lambda row: row.collected_on or date.min, reverse=True)
    awaited = [row for row in pending if not is_answered(row, done)]
    results = sorted(_newest(final, lambda row: row.lab_code), key=lambda row: row.lab_code)
    return {
        "labs": tuple(
            LabFact(
                code=row.lab_code,
                value=row.value,
                unit=row.unit,
                collected_on=row.collected_on,
                comparator=row.comparator,
            )
            for row in results
            if row.value is not None and row.collected_on is not None
        ),
        "lab_answers": tuple(
            LabAnswerFact(code=row.lab_code, answer=row.text, collected_on=row.collected_on)
            for row in results
            if row.text and row.collected_on is not None
        ),
        "labs_without_result": tuple(
            sorted({row.lab_code for row in newest_first} - {row.lab_code for row in results})
        ),
        "pending_labs": tuple(
            PendingLabFact(code=row.lab_code, collected_on=row.collected_on, as_of=row.as_of)
            for row in sorted(_newest(awaited, lambda row: row.lab_code), key=lambda row: row.lab_code)
        ),
    }


def is_answered(awaited: LabResult, results: Iterable[LabResult]) -> bool:
    """Whether what was awaited has come, among these rows that stand."""
    return any(row.status != LabStatus.PENDING.value and _answers(row, awaited) for row in results)


def _answers(result: LabResult, awaited: LabResult) -> bool:
    """Whether this is what was awaited: the same test, heard of later, of a sample that is not older."""
    if result.lab_code != awaited.lab_code or (result.as_of, result.recorded_at) < (awaited.as_of, awaited.recorded_at):
        return False
    sample_since = awaited.collected_on or awaited.as_of
    return result.collected_on is None or result.collected_on >= sample_since
