"""Orders that hang on a taper: a replacement medicine, rescue medicine, betaine HCl afterwards. They move with it.

Nothing of a taper counts before it is signed: until then what hangs on it waits. An order that comes after the taper
never begins while that runs, nor where it was given up: whoever takes the medicine again is not given acid.
"""

from datetime import date, datetime

from clinics.domain.instants import civil_date, zone
from patients.models import Order, Plan, Taper, TaperEnd
from patients.models.order import OPEN_STANDINGS
from patients.models.taper_course import course_of
from patients.reminders.taper_subject import TAPER_ROWS
from patients.services.tapers.last_dose import last_dose_of
from patients.services.tapers.looking import watched_until
from protocols.domain.course import Course
from protocols.domain.order_window import TaperDates, Tie, order_window
from protocols.domain.supplements import TaperTie
from protocols.domain.taper_states import TaperStatus
from protocols.domain.terms import TermsError
from protocols.domain.window import Window


def follow_taper(taper: Taper, *, at: datetime) -> None:
    """Bring what hangs on this taper to its dates as they are now. Call it within the move that changed them.

    What no taper was chosen for yet is tied to it, if it is the only one of its plan.
    """
    plan = taper.plan
    let_go_and_tie(plan)
    today = civil_date(at, zone(plan.patient.zone))
    orders = list(Order.objects.to_reckon().filter(taper=taper, standing__in=OPEN_STANDINGS))
    if orders:
        signed = loaded(taper)
        for order in orders:
            follow(order, signed, today=today)


def tie_and_follow(order: Order, *, today: date) -> None:
    """The same for one order that has just been written."""
    if not order.taper_tie:
        return
    let_go_and_tie(order.plan)
    fresh = Order.objects.to_reckon().select_related("taper").get(pk=order.pk)
    if fresh.taper is not None:
        follow(fresh, loaded(fresh.taper), today=today)


def let_go_and_tie(plan: Plan) -> None:
    """Untie what hangs on a taper that came to nothing, and tie what hangs on none to the plan’s only one."""
    waiting = plan.orders.filter(standing__in=OPEN_STANDINGS).exclude(taper_tie="")
    tapers = list(plan.tapers.all())
    gone = [taper for taper in tapers if not counts(taper)]
    waiting.filter(taper__in=gone).update(taper=None, tied_from=None, tied_until=None)
    left = [taper for taper in tapers if counts(taper)]
    if len(left) == 1:
        waiting.filter(taper__isnull=True).update(taper=left[0])


def counts(taper: Taper) -> bool:
    """Whether an order may hang on it: it was signed once, or may still be."""
    if taper.status == TaperStatus.ENTERED_IN_ERROR.value:
        return False
    return taper.is_open or taper.started_at is not None


def loaded(taper: Taper) -> Taper:
    """Read anew with all that its dates are reckoned from."""
    return Taper.objects.select_related("plan__patient").prefetch_related(*TAPER_ROWS).get(pk=taper.pk)


def follow(order: Order, taper: Taper, *, today: date) -> None:
    """Write what this taper says of the days of this order. Load it by `loaded`."""
    tie = Tie(TaperTie(order.taper_tie), order.taper_tie_days)
    dates = dates_of(taper, tie.kind, today=today)
    found = order_window(
        # A plan stays open as long as its tapers do, whenever its last phase was to end; and what hangs on a taper
        # that began before the plan’s first day has been taken since.
        plan=Window(min(order.plan.starts_on, today if dates is None else dates.first), None),
        first_phase=order.first_phase.window,
        last_phase=Window(order.first_phase.starts_on, None),
        tie=tie,
        taper=dates,
    )
    window = found.window
    days = (None, None) if window is None else (window.first, window.last)
    if (order.tied_from, order.tied_until) != days:
        order.tied_from, order.tied_until = days
        if order.tied_from is None or order.tied_from > today:
            # It begins anew then: so does its slow start.
            order.raised_from = None
        order.save(update_fields=["tied_from", "tied_until", "raised_from"])


def dates_of(taper: Taper, kind: TaperTie, *, today: date) -> TaperDates | None:
    """The dates of a taper as this tie sees them; None before its first day is known, and where it came to nothing."""
    if taper.started_at is None or not counts(taper):
        return None
    try:
        course = course_of(taper)
        last = last_dose_of(taper, course, today=today)
    except TermsError:
        # What is stored is not what was signed: nothing of it is shown, and nothing hangs on it.
        return None
    if course.first_day is None:
        return None
    return TaperDates(
        first=course.first_day,
        last_dose_on=_last_dose(taper, kind, course, real=None if last is None else last.on),
        watched_through=_watched(taper, course),
    )


def _last_dose(taper: Taper, kind: TaperTie, course: Course, *, real: date | None) -> date | None:
    if kind is TaperTie.AFTER:
        was_given_up = not taper.is_open and taper.end not in {"", TaperEnd.FINISHED.value}
        return None if was_given_up else real
    if taper.stopped_on is not None and course.last_dose_on is None:
        return taper.stopped_on
    return course.last_dose_on


def _watched(taper: Taper, course: Course) -> date | None:
    if not taper.is_open:
        return taper.ended_on
    return None if course.ends_on is None else watched_until(course.ends_on)
