"""No order of what a signed taper reduces: a taper runs only what its prescriber signed, and nothing beside it.

What the taper itself brings is none of that: the rescue medicine that was signed, as needed, and what begins after the
last step. Before its signature a taper forbids nothing.
"""

from collections.abc import Iterable

from patients.models import Order, Plan, Taper
from patients.models.taper_course import COURSE_ROWS, course_of, signed_terms, signed_versions
from patients.services.orders.errors import ReducedByTaper
from protocols.domain.supplements import TaperTie
from protocols.domain.terms import TermsError
from protocols.domain.window import Window
from protocols.services.knowledge import canonical_name


def check_not_reduced(orders: Iterable[Order], plan: Plan) -> None:
    """Refuse what a running taper of this patient reduces, on days that they would share. Raises `ReducedByTaper`."""
    running = Taper.objects.not_in_error().running().filter(plan__patient=plan.patient_id, started_at__isnull=False)
    tapers = list(running.select_related("medicine", "reduces").prefetch_related(*COURSE_ROWS))
    if not tapers:
        return
    for order in orders:
        for taper in tapers:
            if not _reduced(taper).isdisjoint(_held(order)):
                _check(order, taper)


def _check(order: Order, taper: Taper) -> None:
    if order.taper_tie == TaperTie.AFTER.value:
        return
    try:
        course, signed = course_of(taper), signed_versions(taper)
        rescue = signed_terms(signed[-1]).rescue.medicine if signed else ""
    except TermsError:
        # What is stored is not what was signed, so nobody knows when it ends, nor what it brings.
        raise ReducedByTaper(order.name, taper.medicine.substance, ends_on=None) from None
    if order.parsed_pattern.is_as_needed and rescue and canonical_name(rescue) in _held(order):
        return
    # What waits for a taper would begin with it.
    window = Window(course.first_day, None) if order.waits and course.first_day is not None else order.window
    if window is None or course.first_day is None:
        return
    is_over_before = window.last is not None and window.last < course.first_day
    is_after = course.ends_on is not None and window.first > course.ends_on
    if not is_over_before and not is_after:
        raise ReducedByTaper(order.name, taper.medicine.substance, ends_on=course.ends_on)


def _reduced(taper: Taper) -> set[str]:
    return {canonical_name(taper.medicine.substance), canonical_name(taper.reduces.substance)}


def _held(order: Order) -> set[str]:
    """Every substance in it: of a product what it is made of, else what its name says."""
    product = order.supplement or order.medicine
    named = [order.name] if product is None else [row.substance for row in product.ingredients.all()]
    if order.medicine is not None:
        named.append(order.medicine.substance)
    return {canonical_name(name) for name in named}
