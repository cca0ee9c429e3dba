"""Everything that one patient takes or does, read once: orders of the plan, medicines of the record, running tapers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from patients.models import MedicineUse, Order, Patient, Plan, Taper
from patients.models.taper_course import COURSE_ROWS, course_of, signed_terms, signed_version_on
from patients.services.day.apart import HoursApart, spacing_of
from patients.services.day.rhythm import Rhythm, rhythm_of
from patients.services.tapers.standing import ended_by
from patients.services.tapers.use_known import left_schedule
from protocols.domain.course import Course
from protocols.domain.day_placing import place
from protocols.domain.day_taken import Placing, Taken
from protocols.domain.dose_form import FoodRule
from protocols.domain.dose_words import taken_in_words
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import LONGEST_INTERVAL_DAYS, Pattern
from protocols.domain.phases import PlanStatus
from protocols.domain.stages import next_dose_on
from protocols.domain.taper_days import WATCHED_DAYS
from protocols.domain.terms import Terms, TermsError
from protocols.models import Medicine, Supplement
from protocols.models.content import ItemKind
from protocols.services.knowledge import canonical_name

_ONE_DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """Where it is written down. Only an order of the plan can be ticked."""

    ORDER = "order"
    USE = "use"
    TAPER = "taper"
    RESCUE = "rescue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing on one day.

    code: of the order, the taper or the medicine in use; findings name it so. written: its times of day, as they were
    written. doses: by these, what is taken then in words; empty words if nobody has said how much. is_due: whether that
    day is one of its days; if not, `next_on` may say which is. how: what else is to be said of taking it. prescriber:
    who decides about it; empty if it is the clinic. is_nameable: whether a calendar may name it. substance: what it is,
    whatever it is called; empty if it stands for itself alone, as each supplement of the plan does.
    """

    kind: Kind
    code: str
    name: str
    written: tuple[str, ...] = ()
    doses: Mapping[str, str] = field(default_factory=dict)
    dose: str = ""
    is_due: bool = True
    is_as_needed: bool = False
    is_fixed: bool = True
    is_taken: bool = True
    food: FoodRule = FoodRule.UNKNOWN
    minutes_before: int | None = None
    pattern: str = ""
    how: str = ""
    prescriber: str = ""
    next_on: date | None = None
    is_nameable: bool = True
    substance: str = ""
    order: Order | None = None

    def as_taken(self) -> Taken:
        return Taken(
            code=self.code,
            name=self.name,
            written=self.written,
            is_fixed=self.is_fixed,
            food=self.food,
            minutes_before=self.minutes_before,
        )


@dataclass(frozen=True, slots=True)
class _Reduced:
    """A signed taper. course None: the stored bytes are not what was signed, and nothing of it is shown."""

    taper: Taper
    course: Course | None


@dataclass(frozen=True)
class Life:
    """What is read once, however many days are looked at. plan None: without one there are medicines all the same.

    today: the days after it are as planned, with phases that begin and end on theirs; None: only what has begun counts.
    previews: a draft counts too, as if it ran from its first day.
    """

    patient: Patient
    plan: Plan | None
    rhythm: Rhythm
    apart: list[HoursApart]
    orders: list[Order]
    uses: list[MedicineUse]
    tapers: list[_Reduced]
    today: date | None = None
    previews: bool = False
    _placings: dict[tuple[Taken, ...], Placing] = field(init=False, default_factory=dict)

    @property
    def is_unclear(self) -> bool:
        """Whether something that was signed cannot be read, so that the day is not whole."""
        return any(reduced.course is None and reduced.taper.is_running for reduced in self.tapers)

    def things_on(self, day: date) -> list[Thing]:
        """All that is open in the stretch of days around this one, also what is not due on it."""
        return [*self._of_tapers(day), *self._of_record(day), *self._of_plan(day)]

    def placing_of(self, things: Sequence[Thing]) -> Placing:
        """Where all of these lie, due or not. Days with the same things are reckoned once."""
        taken = tuple(thing.as_taken() for thing in things if thing.written and not thing.is_as_needed)
        if taken not in self._placings:
            self._placings[taken] = place(self.rhythm.day, taken, self.apart)
        return self._placings[taken]

    # --- The plan ---------------------------------------------------------------------------------------------

    def _of_plan(self, day: date) -> Iterator[Thing]:
        if self.plan is None:
            return
        is_draft = self.previews and self.plan.status == PlanStatus.DRAFT.value
        if not is_draft and self.plan.status != PlanStatus.ACTIVE.value:
            return
        is_ahead = self.today is not None and day > self.today
        # Nothing of a draft was lived: all of it is as planned.
        seen_on = date.min if is_draft else self.today if is_ahead else None
        for order in self.orders:
            if order.is_open_on(day, seen_on=seen_on):
                yield _of_order(order, day, seen_on=seen_on)

    # --- The record -------------------------------------------------------------------------------------------

    def _of_record(self, day: date) -> Iterator[Thing]:
        reduced = {each.taper.reduces_id: each for each in self.tapers}
        for use in self.uses:
            if (use.since is not None and use.since > day) or (use.until is not None and use.until < day):
                continue
            taper = reduced.get(use.pk)
            if taper is None:
                yield _of_use(use, day, code=use.code)
            elif taper.taper.stopped_on is not None:
                yield _as_told(use, taper.taper, day)
            elif not _has_begun(taper, day):
                yield _of_use(use, day, code=taper.taper.code)

    # --- Tapers -----------------------------------------------------------------------------------------------

    def _of_tapers(self, day: date) -> Iterator[Thing]:
        for reduced in self.tapers:
            if reduced.course is not None and reduced.taper.is_running:
                yield from _of_taper(reduced.taper, reduced.course, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAlready:
    """Rows that somebody loaded for this moment, with what hangs on them.

    orders: of the plan, `to_reckon`, with product and prescriber. uses: all that stand, with product and prescriber, by
    substance. tapers: signed, with plan, medicine, prescriber, `COURSE_ROWS` and what she said of them.
    """

    apart: Sequence[HoursApart]
    orders: Sequence[Order]
    uses: Sequence[MedicineUse]
    tapers: Sequence[Taper]


def life_of(
    patient: Patient,
    plan: Plan | None,
    *,
    today: date | None = None,
    tapers: Sequence[Taper] | None = None,
    read: ReadAlready | None = None,
) -> Life:
    """About ten queries, however much there is: none of them for a single order or medicine.

    today: where days ahead are looked at too; the civil date, or the day lived.
    tapers: the patient’s signed ones, where they were loaded already with what their course and their use is read from.
    read: in place of all that is read here but the rhythm. One query.
    """
    if read is not None:
        return Life(
            patient=patient,
            plan=plan,
            rhythm=rhythm_of(patient),
            apart=list(read.apart),
            orders=list(read.orders),
            uses=list(read.uses),
            tapers=[_Reduced(taper, _course(taper)) for taper in sorted(read.tapers, key=_since_when)],
            today=today,
        )
    return Life(
        patient=patient,
        plan=plan,
        rhythm=rhythm_of(patient),
        apart=[] if plan is None else spacing_of(plan),
        orders=[] if plan is None else _orders(plan),
        uses=_uses(patient),
        tapers=[_Reduced(taper, _course(taper)) for taper in (_tapers(patient) if tapers is None else tapers)],
        today=today,
    )


def _orders(plan: Plan) -> list[Order]:
    orders = list(plan.orders.to_reckon().select_related("supplement", "medicine", "prescriber"))
    for order in orders:
        order.plan.patient = plan.patient
    return orders


def _uses(patient: Patient) -> list[MedicineUse]:
    rows = MedicineUse.objects.standing().filter(patient=patient).select_related("medicine", "prescriber")
    return list(rows.order_by("substance", "since", "pk"))


def _tapers(patient: Patient) -> list[Taper]:
    """Her signed ones. Of one that was ended early no step is taken, and what it reduced is as she was told then."""
    tapers = Taper.objects.shown_to_patients().filter(plan__patient=patient)
    rows = tapers.select_related("plan", "medicine", "prescriber").prefetch_related(*COURSE_ROWS, "use_reports")
    return list(rows.order_by("started_at", "code"))


def _since_when(taper: Taper) -> tuple[datetime, str]:
    assert taper.started_at is not None
    return taper.started_at, taper.code


def _course(taper: Taper) -> Course | None:
    try:
        return course_of(taper)
    except TermsError:
        return None


def _has_begun(reduced: _Reduced, day: date) -> bool:
    course = reduced.course
    return course is None or (course.first_day is not None and course.first_day <= day)


def _of_order(order: Order, day: date, *, seen_on: date | None) -> Thing:
    kind = ItemKind(order.item_kind)
    product: Supplement | Medicine | None = order.supplement or order.medicine
    amount = order.amount_on(day)
    words = amount.display() if amount is not None else ""
    written = tuple(slot.value for slot in order.slots)
    pattern = order.parsed_pattern
    is_due = order.is_due_on(day, seen_on=seen_on)
    return Thing(
        kind=Kind.ORDER,
        code=order.code,
        name=order.name,
        written=written,
        doses=dict.fromkeys(written, words),
        dose=words,
        is_due=is_due,
        is_as_needed=pattern.is_as_needed,
        # What is done, and not swallowed, has hours with nothing; its time is what was written.
        is_fixed=order.is_prescribed or not kind.is_taken,
        is_taken=kind.is_taken,
        food=FoodRule(product.food) if product is not None else FoodRule.UNKNOWN,
        minutes_before=product.minutes_before_meal if product is not None else None,
        pattern=_pattern_words(pattern),
        prescriber=order.prescriber.name if order.prescriber is not None else "",
        next_on=None if is_due or pattern.is_as_needed else _next_day(order, day, seen_on=seen_on),
        is_nameable=_may_be_named(order),
        # What supplements hold of one nutrient is added up instead; two of them are two.
        substance=_substance_of(order) if kind is ItemKind.MEDICINE else "",
        order=order,
    )


def _may_be_named(order: Order) -> bool:
    """Never a controlled medicine; and of a medicine that no catalogue knows, nobody knows whether it is one."""
    if order.medicine is not None:
        return not MedicineClass(order.medicine.medicine_class).is_controlled
    return order.item_kind != ItemKind.MEDICINE.value


def _substance_of(order: Order) -> str:
    return canonical_name(order.medicine.substance if order.medicine is not None else order.name)


def _next_day(order: Order, day: date, *, seen_on: date | None) -> date | None:
    coming = (day + timedelta(days=ahead) for ahead in range(1, LONGEST_INTERVAL_DAYS + 1))
    return next((candidate for candidate in coming if order.is_due_on(candidate, seen_on=seen_on)), None)


def _of_use(use: MedicineUse, day: date, *, code: str) -> Thing:
    pattern = use.parsed_pattern
    written = tuple(slot.value for slot in use.slots)
    words = use.amount.display() if use.amount is not None else ""
    return Thing(
        kind=Kind.USE,
        code=code,
        name=use.name,
        written=written,
        doses=dict.fromkeys(written, words),
        dose=words,
        is_due=_is_day_of_use(use, pattern, day),
        is_as_needed=use.is_prn,
        food=FoodRule(use.medicine.food) if use.medicine is not None else FoodRule.UNKNOWN,
        minutes_before=use.medicine.minutes_before_meal if use.medicine is not None else None,
        pattern=_pattern_words(pattern) if pattern is not None else "how often is not known",
        how=use.directions,
        prescriber=use.prescriber.name if use.prescriber is not None else "",
        is_nameable=use.known_class is not None and not use.known_class.is_controlled,
        substance=canonical_name(use.substance),
    )


def _as_told(use: MedicineUse, taper: Taper, day: date) -> Thing:
    """What a taper reduced that was ended early: neither its steps nor the old amount, but what she was told then.

    Twelve weeks later, with no plan that runs, these words are old.
    """
    speaker = ended_by(taper)
    is_old = not taper.plan.is_running and day > (taper.ended_on or day) + timedelta(days=WATCHED_DAYS)
    told = f"{speaker[:1].upper()}{speaker[1:]} says: {taper.instruction}"
    return Thing(
        kind=Kind.USE,
        code=use.code,
        name=use.name,
        how="how you take it now is not written down here; tell us" if is_old else told,
        prescriber=taper.prescriber.name,
        is_nameable=False,
        substance=canonical_name(use.substance),
    )


def _is_day_of_use(use: MedicineUse, pattern: Pattern | None, day: date) -> bool:
    """Where nobody knows its days it stands on each: nothing is left out that may be taken."""
    if pattern is None or pattern.is_as_needed or (use.since is None and pattern.interval_days is not None):
        return True
    return pattern.is_dose_day(day, first_day=use.since or day)


def _of_taper(taper: Taper, course: Course, day: date) -> Iterator[Thing]:
    version = signed_version_on(taper, day)
    if version is None:
        return
    terms = signed_terms(version)
    yield from _of_step(taper, course, terms, day)
    rescue = terms.rescue
    if rescue.medicine.strip() and _is_lived(course, day):
        yield Thing(
            kind=Kind.RESCUE,
            code=taper.rescue_code,
            name=rescue.medicine,
            is_as_needed=True,
            how=rescue.directions,
            prescriber=taper.prescriber.name,
        )


def _is_lived(course: Course, day: date) -> bool:
    return course.first_day is not None and course.first_day <= day


def _of_step(taper: Taper, course: Course, terms: Terms, day: date) -> Iterator[Thing]:
    """What was signed for these days; no dose and no time once she has said that she takes something else."""
    step = course.on(day)
    if step is None:
        return
    if left_schedule(taper, course, today=day) is not None:
        yield _as_she_says(taper, terms)
        return
    pattern, form = step.step.pattern, terms.medicine.form
    doses = course.doses_on(day)
    shown = doses or step.step.doses
    words = {dose.slot: taken_in_words(dose.units, form) for dose in shown}
    if not words:
        return
    is_due = bool(doses)
    yield Thing(
        kind=Kind.TAPER,
        code=taper.code,
        name=terms.medicine.name[:1].upper() + terms.medicine.name[1:],
        written=() if pattern.is_as_needed else tuple(words),
        doses=words,
        dose=", ".join(dict.fromkeys(words.values())),
        is_due=is_due,
        is_as_needed=pattern.is_as_needed,
        food=FoodRule(taper.medicine.food),
        minutes_before=taper.medicine.minutes_before_meal,
        pattern=_pattern_words(pattern),
        prescriber=taper.prescriber.name,
        next_on=None if is_due or pattern.is_as_needed else next_dose_on(course, after=day),
        is_nameable=not terms.medicine.medicine_class.is_controlled,
        substance=canonical_name(taper.medicine.substance),
    )


def _as_she_says(taper: Taper, terms: Terms) -> Thing:
    return Thing(
        kind=Kind.TAPER,
        code=taper.code,
        name=terms.medicine.name[:1].upper() + terms.medicine.name[1:],
        how="as you told us you take it; ask before you change anything",
        prescriber=taper.prescriber.name,
        is_nameable=False,
        substance=canonical_name(taper.medicine.substance),
    )


def _pattern_words(pattern: Pattern) -> str:
    """When it is not every day."""
    words = pattern.display()
    return "" if words == "every day" else words
