"""What must hold of an order before it is written: its dates, its item, its amount, and who prescribes it."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from patients.models import Order, PlanPhase
from patients.services.errors import InvalidRequest
from patients.services.moving import Moving
from patients.services.orders.errors import ItemAlreadyOrdered, UnusualAmount
from patients.services.orders.reduced import check_not_reduced
from protocols.domain.amount import Amount
from protocols.domain.contents import ContentsError, contents_of_dose
from protocols.domain.dose_count import DoseCountError, units_to_take
from protocols.domain.layout import MAX_DURATION_DAYS
from protocols.domain.order_states import OrderStanding
from protocols.domain.order_window import Tie, order_window
from protocols.domain.phases import PhaseStatus, PlanStatus
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.domain.taper_error import TaperError
from protocols.domain.titration import Titration
from protocols.domain.usual_amounts import usual_amount_words
from protocols.domain.window import Window
from protocols.models import Medicine
from protocols.models.content import ItemKind, OrderContent
from protocols.services.knowledge import shipped_knowledge

UNKNOWN_PRESCRIBER = "This clinic does not know this prescriber: enter the prescriber first."
"""Said alike of one that there is nowhere, in another clinic, or no more: a code tells nothing."""
FIELDS = {"amount_value": "amount", "amount_unit": "amount"}
"""What rows call otherwise than `Says` does."""
CONTENTS = ("supplement__ingredients", "medicine__ingredients", "medicine__strengths")
"""What is read of a product to tell what it can be taken in; prefetch it for many orders."""


def check_new(order: Order, move: Moving, *, amount_confirmed: bool) -> None:
    """Refuse what cannot be, before it is saved. Raises `InvalidRequest` with its field, or a named refusal."""
    _check_columns(order)
    _check_amount(order, may_be_open=move.plan.status == PlanStatus.DRAFT.value)
    check_makeable(order)
    _check_product(order, move)
    check_prescriber(order, move)
    _check_dates(order, move)
    check_the_only_one(order)
    check_not_reduced([order], move.plan)
    if not amount_confirmed:
        sentence = unusual(order)
        if sentence:
            raise UnusualAmount(sentence)


def unusual(order: Order) -> str:
    """“… Did you mean mg?” where the amount is far from the usual; empty where nothing is odd, or nothing is known."""
    substances, amount = shipped_knowledge().substances, order.amount
    if amount is None:
        return ""
    named = [(order.name, amount)]
    product = order.supplement or order.medicine
    if product is not None:
        try:
            named = [
                (held.substance, held.amount) for held in contents_of_dose(product.contents(), amount) if held.amount
            ]
        except ContentsError:
            return ""
    for typed, each in named:
        found = substances.find(typed)
        words = "" if found is None else usual_amount_words(found, each)
        if words:
            return words
    return ""


def _check_columns(order: Order) -> None:
    if order.amount_value is not None and order.amount_value <= 0:
        raise InvalidRequest("An amount is more than zero. To take nothing, stop the order.", field="amount")
    try:
        order.clean_fields(exclude={"plan", "first_phase", "last_phase", "supplement", "medicine", "prescriber"})
        order.clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise InvalidRequest(sentences[0], field=FIELDS.get(field, field)) from error
    if not order.name:
        raise InvalidRequest("Say what is taken or done.", field="name")
    if bool(order.taper_tie == TaperTie.AFTER.value) != (order.taper_tie_days is not None):
        raise InvalidRequest(
            "Say how many days after the last dose; only what comes after a taper has them.", field="taper_tie_days"
        )


def _check_amount(order: Order, *, may_be_open: bool) -> None:
    if order.amount is None and ItemKind(order.item_kind).is_taken and not may_be_open:
        raise InvalidRequest("Say how much is taken each time.", field="amount")


def check_makeable(order: OrderContent) -> None:
    """Refuse an amount, or a stage of a slow start, that this product cannot be taken in: 0.4 of a capsule.

    A medicine in several strengths makes what a mixture of them makes. Where nobody knows how it is counted, nothing
    is refused.
    """
    full = order.amount
    if full is None or (order.supplement is None and order.medicine is None):
        return
    stages = Titration.parse(list(order.titration), full=full).stages
    for field, dose in [("amount", full), *(("titration", stage.amount) for stage in stages)]:
        try:
            _take(order, dose)
        except (DoseCountError, TaperError) as error:
            raise InvalidRequest(f"{order.name}: {error.text}", field=field) from error


def not_makeable(orders: Iterable[OrderContent]) -> list[str]:
    """Of each of these that cannot be taken as it stands there, the sentence that says why."""
    found = []
    for order in orders:
        try:
            check_makeable(order)
        except InvalidRequest as error:
            found.append(f"{error} Change it in the draft, or leave it out.")
    return found


def _take(order: OrderContent, dose: Amount) -> None:
    medicine = order.medicine
    item = order.supplement or medicine
    assert item is not None  # asked by the caller
    counted = item.counted()
    if counted.contents.counted_in is not None:
        try:
            units_to_take(dose, counted)
        except DoseCountError as error:
            if error.code == "no_one_unit":
                return
            raise
    elif medicine is not None and medicine.is_measurable:
        product = medicine.product()
        if dose.unit is product.unit:
            product.make(dose)


def _check_product(order: Order, move: Moving) -> None:
    product, name = order.supplement or order.medicine, "supplement" if order.supplement else "medicine"
    if product is None:
        return
    if product.clinic_id not in {None, move.plan.patient.clinic_id}:
        raise InvalidRequest("This belongs to the catalogue of another clinic.", field=name)
    before = _before(order)
    stood_already = before is not None and getattr(before, f"{name}_id") == product.pk
    if product.is_retired and not stood_already:
        raise InvalidRequest("This is no longer in the catalogue. Choose what replaced it.", field=name)


def check_prescriber(order: Order, move: Moving) -> None:
    """Who prescribes it is said where somebody has to, and is known to this clinic."""
    prescriber, by_whom = order.prescriber, PrescribedBy(order.prescribed_by)
    if prescriber is not None:
        is_gone = prescriber.ended_at is not None and not _is_named_already(order)
        if prescriber.clinic_id != move.plan.patient.clinic_id or is_gone:
            raise InvalidRequest(UNKNOWN_PRESCRIBER, field="prescriber")
    is_first = order._state.adding and order.replaces_id is None
    if is_first and prescriber is None and _is_known_to_need_one(order, move):
        raise InvalidRequest(f"{order.name} needs a prescription: say who prescribes it.", field="prescriber")
    if order.needs_prescriber and by_whom is PrescribedBy.OVER_THE_COUNTER:
        raise InvalidRequest(
            f"{order.name} needs a prescription: say who prescribes it instead.", field="prescribed_by"
        )
    if order.needs_prescriber:
        raise InvalidRequest(f"{order.name}: say who prescribes it.", field="prescriber")
    if prescriber is None:
        return
    if by_whom is PrescribedBy.OVER_THE_COUNTER:
        raise InvalidRequest("What is bought without a prescription has no prescriber: name none.", field="prescriber")
    if order.item_kind != ItemKind.MEDICINE.value:
        raise InvalidRequest("Only a medicine has a prescriber: name none.", field="prescriber")


def _is_named_already(order: Order) -> bool:
    """Whether the prescriber stood there before: a change of the dose is not refused because the entry has ended."""
    before = _before(order)
    return before is not None and before.prescriber_id == order.prescriber_id


def _before(order: Order) -> Order | None:
    """What it stands in the place of: the row itself where it is filled in, else the version before; None: new."""
    return order.replaces if order._state.adding else Order.objects.get(pk=order.pk)


def _is_known_to_need_one(order: Order, move: Moving) -> bool:
    """Whether the catalogue knows what was only typed, as something that is sold on prescription alone."""
    if order.item_kind != ItemKind.MEDICINE.value or order.medicine is not None:
        return False
    rows = Medicine.objects.available_to([move.plan.patient.clinic])
    same = rows.filter(Q(name__iexact=order.name) | Q(substance__iexact=order.name))
    sold = set(same.values_list("prescription_only", flat=True))
    return True in sold and False not in sold


def _check_dates(order: Order, move: Moving) -> None:
    first, last = move.phases.get(order.first_phase.key), move.phases.get(order.last_phase.key)
    if first is None or last is None or {first.pk, last.pk} != {order.first_phase_id, order.last_phase_id}:
        raise InvalidRequest("Choose phases of this plan.", field="first_phase")
    if first.position > last.position:
        raise InvalidRequest("An order ends with the phase it begins with, or with a later one.", field="last_phase")
    gone = {PhaseStatus.COMPLETED.value, PhaseStatus.SKIPPED.value}
    if not order.follows_taper_alone and last.status in gone and not _goes_on(order, last):
        raise InvalidRequest(f"{last.title} is over or left out: choose another phase.", field="last_phase")
    tie = Tie(TaperTie(order.taper_tie), order.taper_tie_days) if order.taper_tie else None
    window = plan_window(move)
    if _goes_on(order, last) and last.ends_on is not None:
        # As when its phase was finished: it may go on for longer than the plan does.
        window = Window(window.first, last.ends_on + timedelta(days=MAX_DURATION_DAYS))
    found = order_window(
        plan=window,
        first_phase=first.window,
        last_phase=_lived_window(last, move, order),
        starts_after_days=order.starts_after_days,
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        tie=tie,
        taper=None,
    )
    if found.problem:
        raise InvalidRequest(found.problem, field=found.field)
    for field, day in (("starts_on", order.starts_on), ("ends_on", order.ends_on)):
        # What waits for a taper has no dates yet, but may have been given days of its own.
        if day is not None and not window.contains(day):
            raise InvalidRequest(f"{day} lies outside the plan: choose a day within it.", field=field)
    if tie is None and order.starts_on is not None and order.starts_on < first.starts_on:
        raise InvalidRequest(
            f"{order.starts_on} comes before {first.title} begins, on {first.starts_on}: choose a later day.",
            field="starts_on",
        )


def _goes_on(order: Order, last: PlanPhase) -> bool:
    """Whether it outlives its phase: somebody said so when that was finished, and its end is still its own."""
    before = order.replaces
    return (
        last.status == PhaseStatus.COMPLETED.value
        and before is not None
        and before.ends_on is not None
        and order.ends_on is not None
        and (order.first_phase_id, order.last_phase_id) == (before.first_phase_id, before.last_phase_id)
    )


def _lived_window(phase: PlanPhase, move: Moving, order: Order) -> Window:
    """A phase past its planned last day is lived until a person finishes it, and so are its orders."""
    is_over = phase.ends_on is not None and phase.ends_on < move.today and (phase.is_open or _goes_on(order, phase))
    return Window(phase.starts_on, None if is_over else phase.ends_on)


def plan_window(move: Moving) -> Window:
    """From its first day to the last planned day of its last phase; without an end where one phase has none.

    Without an end as well where a phase is past its planned one and not finished.
    """
    lasts = [
        None if phase.is_open and phase.ends_on is not None and phase.ends_on < move.today else phase.ends_on
        for phase in move.phases.values()
        if phase.status != PhaseStatus.SKIPPED.value
    ]
    is_open = not lasts or any(last is None for last in lasts)
    last = None if is_open else max(last for last in lasts if last is not None)
    return Window(move.plan.starts_on, None if last is None else max(last, move.plan.starts_on))


def check_the_only_one(order: Order) -> None:
    """Refuse a second open order of one item on days that they would share. Raises `ItemAlreadyOrdered`.

    Of the other one every version counts that still stands: an earlier one runs until the newest begins.
    """
    others = Order.objects.to_reckon().select_related("supplement", "medicine")
    standing = [OrderStanding.OPEN.value, OrderStanding.HELD.value]
    for other in others.filter(plan=order.plan, standing__in=standing).exclude(key=order.key):
        if other.waits and not other.is_current:
            continue
        if is_same_item(order, other) and _share_a_day(order, other):
            raise ItemAlreadyOrdered(other.name)


def is_same_item(one: Order, other: Order) -> bool:
    """The same product, the same substance of a medicine, or the same name of what no catalogue knows."""
    if one.item_kind != other.item_kind:
        return False
    if one.medicine and other.medicine:
        return one.medicine.substance == other.medicine.substance
    if one.supplement and other.supplement:
        return one.supplement_id == other.supplement_id or str(one.supplement) == str(other.supplement)
    return one.name.casefold() == other.name.casefold()


def _share_a_day(one: Order, other: Order) -> bool:
    """Whether their windows meet. What waits for a taper might begin on any day."""
    if one.waits or other.waits:
        return True
    first, second = one.window, other.window
    if first is None or second is None:
        return False
    # A day of its own does not move when the other’s phase is finished later than planned.
    if one.replaces_id is None and one.starts_on is not None and not _is_end_certain(other):
        second = Window(second.first, None)
    if one.replaces_id is None and other.starts_on is not None and not _is_end_certain(one):
        first = Window(first.first, None)
    return _begins_in(first, second) or _begins_in(second, first)


def _is_end_certain(order: Order) -> bool:
    """Whether its last day is no mere plan: said for it, or its phase is over."""
    phases = order.phases()
    return order.is_end_said or not phases or phases[-1].status == PhaseStatus.COMPLETED.value


def _begins_in(one: Window, other: Window) -> bool:
    return other.contains(one.first)
