"""What one person takes, as things with dates: orders of a plan, tapers that run, medicines of the record.

A thing may have several ingredients. Nobody is asked here what of it is taken on which day; `situation` does that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from patients.models import MedicineUse, Order, Taper
from patients.models.taper_course import course_of, signed_terms, signed_versions
from patients.services.tapers.last_dose import last_dose_of
from protocols.domain.amount import Amount
from protocols.domain.contents import Content, ContentsError, contents_of_dose
from protocols.domain.course import Course
from protocols.domain.order_states import OrderStanding
from protocols.domain.safety import Taken
from protocols.domain.slots import Slot
from protocols.domain.taper_states import TaperStatus
from protocols.domain.terms import TermsError
from protocols.domain.written_twice import Place
from protocols.models import Medicine, Supplement
from protocols.models.content import ItemKind

BY_MOUTH: Final = "oral"
_MEALS: Final = frozenset({Slot.WITH_BREAKFAST, Slot.WITH_LUNCH, Slot.WITH_DINNER})
# Rules look at diets and habits too; a test that is done once is neither.
_ASKED_ABOUT: Final = frozenset({kind.value for kind in ItemKind} - {ItemKind.TEST.value})
# What a person took out of the plan before anybody took it, or by mistake, was never taken.
_NEVER_TAKEN: Final = frozenset({OrderStanding.LEFT_OUT.value, OrderStanding.ENTERED_IN_ERROR.value})
_ONE_DAY: Final = timedelta(days=1)

Days = tuple[date, date | None]
"""First and last day; None: no end in sight."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is taken, with all its ingredients; each ingredient says since when and until when."""

    taken: tuple[Taken, ...]

    @property
    def window(self) -> tuple[date | None, date | None]:
        return self.taken[0].first_day, self.taken[0].until


# --- Orders ---------------------------------------------------------------------------------------------------


def things_of_orders(orders: Sequence[Order], *, today: date) -> list[Thing]:
    """Each order as it lies now; of a changed one its versions, one after another.

    What a finding stops, and what somebody holds, counts as taken: it is to be taken again, and nothing that stops it
    may vanish because it is stopped. What is tied to a taper without dates has none either, and is not there yet. What
    somebody stopped today is not taken any more from then on, although the day is its last one.
    """
    found: list[Thing] = []
    chains: dict[str, list[Order]] = {}
    for order in orders:
        if order.item_kind in _ASKED_ABOUT and order.standing not in _NEVER_TAKEN:
            chains.setdefault(order.key, []).append(order)
    for chain in chains.values():
        chain.sort(key=lambda order: order.number)
        windows = [(order, window) for order in chain if (window := window_of(order)) is not None]
        found += _versions(windows, today=today)
    return found


def _versions(windows: list[tuple[Order, Days]], *, today: date) -> list[Thing]:
    """A version ends on the eve of the next; of the same product it is one thing, taken since its first version."""
    found: list[Thing] = []
    since: date | None = None
    for place, (order, window) in enumerate(windows):
        before = windows[place - 1][0] if place else None
        if before is None or (before.supplement_id, before.medicine_id, before.name) != (
            *(order.supplement_id, order.medicine_id, order.name),
        ):
            since = window[0]
        last = window[1]
        following = windows[place + 1] if place + 1 < len(windows) else None
        if following is not None:
            eve = following[1][0] - _ONE_DAY
            last = eve if last is None else min(last, eve)
        if last is None or last >= window[0]:
            begun, begins = since or window[0], window[0]
            if last == today and order.standing == OrderStanding.STOPPED.value:
                last = today - _ONE_DAY
                begun, begins = min(begun, last), min(begins, last)
            found.append(thing_of_order(order, since=begun, begins=begins, until=last))
    return found


def window_of(order: Order) -> Days | None:
    """Its first and last day; no last one while the phase that ends it has not been finished. None: no dates yet."""
    first, phases = order.first_day, order.phases()
    if first is None or (not phases and not order.follows_taper_alone):
        return None
    # A phase past its planned last day is lived until a person finishes it.
    is_lived_on = not order.is_end_said and bool(phases) and phases[-1].is_open
    last = None if is_lived_on else order.last_day
    return None if last is not None and last < first else (first, last)


def thing_of_order(order: Order, *, since: date | None, begins: date | None, until: date | None) -> Thing:
    """One order with its full amount, which no day of a slow start exceeds."""
    product: Supplement | Medicine | None = order.supplement or order.medicine
    slots = order.slots
    # One dose between meals is enough to be taken without a meal.
    with_meal = None if not slots else all(slot in _MEALS for slot in slots)
    as_needed = order.parsed_pattern.is_as_needed
    common = Taken(
        substance=order.name,
        code=order.code,
        times_per_day=Decimal(len(slots)) if slots and not as_needed else None,
        times=frozenset(slot.value for slot in slots),
        pattern=order.parsed_pattern,
        with_meal=with_meal,
        route=BY_MOUTH if product is not None and product.form else None,
        since=since,
        begins=begins,
        until=until,
        phase=order.first_phase.kind,
        # Of a diet nobody expects that a list of substances knows it.
        is_known_item=not ItemKind(order.item_kind).is_taken,
        is_medicine=order.item_kind == ItemKind.MEDICINE.value,
        medicine_class="" if order.medicine is None else order.medicine.medicine_class,
        written_in=Place.PLAN,
    )
    if product is None:
        return Thing((replace(common, amount=order.amount),))
    return Thing(
        tuple(
            replace(common, substance=content.substance, amount=content.amount, basis=content.basis)
            for content in _contents(product, order.amount)
        )
        or (common,)
    )


def _contents(product: Supplement | Medicine, dose: Amount | None) -> Iterable[Content]:
    """What a dose holds; without a dose that fits, what it holds of unknown amounts."""
    contents = product.contents()
    if dose is not None:
        try:
            return contents_of_dose(contents, dose)
        except ContentsError:
            pass
    return [Content(content.substance, None) for content in contents.holds]


# --- Tapers and the record ------------------------------------------------------------------------------------


def things_of_record(uses: Sequence[MedicineUse], tapers: Sequence[Taper], *, today: date) -> list[Thing]:
    """Medicines as the record has them; one that a signed taper reduces is as that says."""
    reduced = {taper.reduces_id: taper for taper in tapers if TaperStatus(taper.status).is_running or _is_over(taper)}
    found: list[Thing] = []
    for use in uses:
        taper = reduced.get(use.pk)
        course = None if taper is None else _course(taper)
        if taper is None or course is None:
            found.append(_as_written(use))
        else:
            found += _as_tapered(use, taper, course, today=today)
    return found


def _course(taper: Taper) -> Course | None:
    """None where the signed bytes were altered: then the record alone says what is taken."""
    try:
        return course_of(taper)
    except TermsError:
        return None


def _is_over(taper: Taper) -> bool:
    return taper.status == TaperStatus.COMPLETED.value


def _as_written(use: MedicineUse) -> Thing:
    slots = use.slots
    product = use.medicine
    common = Taken(
        substance=use.substance,
        code=use.code,
        amount=use.amount,
        times_per_day=Decimal(len(slots)) if slots and use.pattern and not use.is_prn else None,
        times=frozenset(slot.value for slot in slots),
        pattern=use.parsed_pattern,
        with_meal=None if not slots else all(slot in _MEALS for slot in slots),
        route=BY_MOUTH if product is not None and product.form else None,
        since=use.since,
        until=use.until,
        is_medicine=True,
        medicine_class=use.known_class.value if use.known_class is not None else "",
        written_in=Place.RECORD,
    )
    others = [] if product is None else [row for row in product.ingredients.all() if row.substance != use.substance]
    return Thing((common, *(replace(common, substance=row.substance, amount=None) for row in others)))


def _as_tapered(use: MedicineUse, taper: Taper, course: Course, *, today: date) -> list[Thing]:
    """The medicine that comes down, with the dose of today’s step; and what may be taken for symptoms meanwhile."""
    last = last_dose_of(taper, course, today=today)
    until = use.until or (last.on if last is not None else None)
    amount, times = _dose(course, today)
    written = _as_written(use).taken[0]
    is_reduced = course.first_day is not None and course.first_day <= today
    reduced = replace(
        written,
        code=taper.code,
        amount=amount if is_reduced else written.amount,
        times_per_day=times if is_reduced else written.times_per_day,
        until=until,
        # Each step has its own; the dose is that of a day on which it is taken.
        pattern=None,
        written_in=Place.TAPER,
        tapering=True if TaperStatus(taper.status).is_running and (until is None or today <= until) else None,
    )
    found = [Thing((reduced,))]
    signed = signed_versions(taper)
    if signed and TaperStatus(taper.status).is_running:
        rescue = signed_terms(signed[-1]).rescue.medicine
        if rescue.strip():
            # Of its own code: the timetable places the medicine that comes down, and not what is taken in need.
            found.append(Thing((Taken(substance=rescue, code=taper.rescue_code, since=course.first_day),)))
    return found


def _dose(course: Course, today: date) -> tuple[Amount | None, Decimal | None]:
    """What is taken at one time and how often, on a dose day of the step of today; the highest where they differ."""
    step = course.on(today)
    if step is None or not step.step.doses or step.step.pattern.is_as_needed:
        return None, None
    amounts = [dose.amount for dose in step.step.doses]
    return max(amounts), Decimal(len(amounts))
