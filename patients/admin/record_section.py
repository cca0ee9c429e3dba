"""The record on the patient's page: what counts now, group by group, with what may be done about each fact."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest

from clinics.actor import ActorKind
from clinics.admin.changes import local_words
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.roles import Act
from patients.admin.record_words import UNKNOWN, names_of, source_of, title_of, value_of
from patients.admin.standing import today_of
from patients.models import (
    Allergy,
    Characteristic,
    CharacteristicKind,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Patient,
    RecordEntry,
)
from patients.services.core_record import (
    ACID_SUPPRESSANTS,
    allergies_that_count,
    conditions_that_count,
    is_answered,
)

CONDITION, ALLERGY, MEDICINE, REVIEW, RESULT = "condition", "allergy", "medicine", "review", "result"
MODELS: Final[dict[str, type[RecordEntry]]] = {
    **{kind.value: Characteristic for kind in CharacteristicKind},
    CONDITION: Condition,
    ALLERGY: Allergy,
    MEDICINE: MedicineUse,
    REVIEW: MedicineReview,
    RESULT: LabResult,
}
"""What stands in addresses, and the rows that it names."""
OTHERS: Final = {
    ActorKind.PATIENT.value: "The patient",
    ActorKind.PRESCRIBER.value: "The prescriber",
    ActorKind.SYSTEM.value: "gutclinic, by itself",
}
NOT_RECORDED: Final = "Nothing is written down: not known."


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    address: str
    about: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One row in words. state: empty for what counts; else why it does not."""

    title: str
    value: str
    source: str = ""
    who: str = ""
    notes: list[str] = field(default_factory=list)
    state: str = ""
    is_in_error: bool = False
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    facts: list[Fact]
    add: list[Link]
    empty: str = NOT_RECORDED


def kind_of(entry: RecordEntry) -> str:
    """What stands for this row in addresses."""
    if isinstance(entry, Characteristic):
        return str(entry.kind)
    return next(kind for kind, model in MODELS.items() if model is type(entry))


class Section:
    """The record of one patient for one request. Six reads of rows and one of names, however long it is."""

    def __init__(self, admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> None:
        self.admin, self.patient = admin, patient
        self.today: date = today_of(patient, at_of(request))
        self.clinic_zone = zone(patient.clinic.zone)
        self.may_edit = admin.may(request, Act.EDIT_RECORD, patient)
        self.rows: dict[type[RecordEntry], list[Any]] = {
            model: self._read(model, request) for model in dict.fromkeys(MODELS.values())
        }
        self.names = names_of([entry for rows in self.rows.values() for entry in rows])

    def _read(self, model: type[RecordEntry], request: HttpRequest) -> list[Any]:
        rows: Any = model._default_manager
        found = rows.visible_to(request.user).filter(patient=self.patient).newest_first()
        return list(found.select_related("prescriber") if model is MedicineUse else found)

    # --- What counts now ------------------------------------------------------------------------------------

    def groups(self) -> list[Group]:
        return [
            Group("Person", self._person(), []),
            Group("Conditions", self._facts(self._conditions()), self._add(CONDITION, "Add a condition")),
            Group("Allergies", self._facts(self._allergies()), self._add(ALLERGY, "Add an allergy or none known")),
            Group(
                "Medicines taken now",
                self._facts([*self._medicines(), *self._standing(MedicineReview)[:1]]),
                [*self._add(MEDICINE, "Add a medicine"), *self._add(REVIEW, "Is anything else taken?")],
                "Nothing is written down, and nobody has asked: not known.",
            ),
            Group("Laboratory and breath tests", self._facts(self._results()), self._add(RESULT, "Add a result")),
        ]

    def _standing(self, model: type[RecordEntry]) -> list[Any]:
        return [entry for entry in self.rows[model] if not entry.is_in_error]

    def _person(self) -> list[Fact]:
        newest = _first_of_each(self._standing(Characteristic), lambda entry: entry.kind)
        facts = []
        for kind in CharacteristicKind:
            known = newest.get(kind.value)
            fact = self._fact(known) if known else Fact(kind.label, UNKNOWN)
            words = "Write down" if known is None else "New value"
            facts.append(replace(fact, links=[*self._add(kind.value, words, about=kind.label), *fact.links]))
        return facts

    def _conditions(self) -> list[Condition]:
        return conditions_that_count(self._standing(Condition))

    def _allergies(self) -> list[Allergy]:
        return allergies_that_count(self._standing(Allergy))

    def _medicines(self) -> list[MedicineUse]:
        taken = [use for use in self._standing(MedicineUse) if use.until is None or use.until >= self.today]
        return sorted(taken, key=lambda use: use.name)

    def _results(self) -> list[LabResult]:
        standing: list[LabResult] = self._standing(LabResult)
        awaited = [row for row in standing if row.status == LabStatus.PENDING.value and not is_answered(row, standing)]
        done = [row for row in standing if row.status != LabStatus.PENDING.value]
        done.sort(key=lambda row: row.collected_on or row.as_of, reverse=True)
        return [*awaited, *_first_of_each(done, lambda row: row.lab_code).values()]

    # --- The whole record -----------------------------------------------------------------------------------

    def all_groups(self) -> list[Group]:
        """Every row that was ever written, the newest first, with those that count no more."""
        counting = {fact.code for fact in self._counting()}
        titles: dict[type[RecordEntry], str] = {
            Characteristic: "Person",
            Condition: "Conditions",
            Allergy: "Allergies",
            MedicineUse: "Medicines",
            MedicineReview: "Whether anything else is taken",
            LabResult: "Laboratory and breath tests",
        }
        return [
            Group(title, [self._fact(entry, counts=entry.code in counting) for entry in self.rows[model]], [])
            for model, title in titles.items()
        ]

    def _counting(self) -> list[RecordEntry]:
        person = _first_of_each(self._standing(Characteristic), lambda entry: entry.kind).values()
        reviews = self._standing(MedicineReview)[:1]
        return [
            *person,
            *self._conditions(),
            *self._allergies(),
            *self._medicines(),
            *reviews,
            *self._results(),
        ]

    def thread_of(self, entry: RecordEntry) -> list[Fact]:
        """This row and all that it corrects or that corrects it, the newest first."""
        by_pk = {row.pk: row for row in self.rows[type(entry)]}
        correction_of = {row.corrects_id: row for row in by_pk.values() if row.corrects_id}
        newest = by_pk[entry.pk]
        while newest.pk in correction_of:
            newest = correction_of[newest.pk]
        thread = [newest]
        while thread[-1].corrects_id:
            thread.append(by_pk[thread[-1].corrects_id])
        return [self._fact(row, with_links=False) for row in thread]

    # --- One fact -------------------------------------------------------------------------------------------

    def _facts(self, entries: Iterable[RecordEntry]) -> list[Fact]:
        return [self._fact(entry) for entry in entries]

    def _fact(self, entry: RecordEntry, *, counts: bool = True, with_links: bool = True) -> Fact:
        state, notes = "", []
        if entry.is_in_error:
            assert entry.entered_in_error_at is not None
            state = "entered in error"
            marked = self._who(
                entry.entered_in_error_by_kind, entry.entered_in_error_by_code, entry.entered_in_error_at
            )
            notes.append(f"Entered in error: “{entry.entered_in_error_reason}” · {marked}")
        elif not counts:
            state = "no longer taken" if isinstance(entry, MedicineUse) else "older"
        if isinstance(entry, MedicineUse) and entry.end_recorded_at is not None:
            ended = self._who(entry.end_by_kind, entry.end_by_code, entry.end_recorded_at)
            notes.insert(0, f"The end: {entry.end_source_words} · {ended}")
        return Fact(
            title_of(entry),
            value_of(entry, today=self.today),
            source_of(entry),
            self._who(entry.by_kind, entry.by_code, entry.recorded_at),
            notes,
            state,
            entry.is_in_error,
            self._links(entry) if with_links else [],
        )

    def _who(self, kind: str, code: str, at: datetime) -> str:
        who = OTHERS.get(kind) or self.names.get(code, code)
        return f"{who}, {local_words(at, self.clinic_zone)}"

    def _links(self, entry: RecordEntry) -> list[Link]:
        about = title_of(entry)
        pages = [("History", "history")]
        if self.may_edit and not entry.is_in_error:
            pages = [("Correct", "correct"), ("Entered in error", "error"), *pages]
            if isinstance(entry, MedicineUse) and entry.until is None:
                pages.insert(0, ("Ended", "end"))
            if isinstance(entry, MedicineUse) and self._may_come_down(entry):
                taper = Link("Draw up a taper", self.admin.address_of(self.patient, "taper", entry.code), about)
                return [taper, *self._to(entry, pages, about)]
            if isinstance(entry, LabResult) and entry.status == LabStatus.PENDING.value:
                result = self.admin.address_of(self.patient, "record_add", RESULT)
                return [Link("Enter the result", f"{result}?of={entry.code}", about), *self._to(entry, pages, about)]
        return self._to(entry, pages, about)

    def _may_come_down(self, use: MedicineUse) -> bool:
        """Whether it is an acid suppressant of the list that is taken now."""
        is_taken = use.until is None or use.until >= self.today
        return is_taken and use.medicine_id is not None and use.medicine_class in ACID_SUPPRESSANTS

    def _to(self, entry: RecordEntry, pages: list[tuple[str, str]], about: str) -> list[Link]:
        at = kind_of(entry), entry.code
        return [Link(words, self.admin.address_of(self.patient, f"record_{page}", *at), about) for words, page in pages]

    def _add(self, kind: str, words: str, *, about: str = "") -> list[Link]:
        if not self.may_edit:
            return []
        return [Link(words, self.admin.address_of(self.patient, "record_add", kind), about)]


def _first_of_each(newest_first: Iterable[Any], about: Callable[[Any], str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in newest_first:
        found.setdefault(about(entry), entry)
    return found
