"""A version laid out from a chosen first day: every phase and every order with its dates."""

from dataclasses import dataclass
from datetime import date

from protocols.admin.drawing import Drawing, Row, draw
from protocols.domain.layout import LayoutError, Window, lay_out
from protocols.models import OrderTemplate, PhaseTemplate, TemplateVersion


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a plan would look like. problem: why it cannot be laid out, if it cannot."""

    starts_on: date
    phases: list[tuple[PhaseTemplate, Window]]
    orders: list[tuple[OrderTemplate, Window]]
    drawing: Drawing | None
    problem: str


def calendar_of(version: TemplateVersion, *, starts_on: date) -> Calendar:
    phases = list(version.phases.all())
    try:
        windows = lay_out([phase.spec() for phase in phases], plan_start=starts_on)
    except LayoutError as error:
        return Calendar(starts_on, [], [], None, str(error))
    orders = []
    for order in version.orders.select_related("first_phase", "last_phase"):
        first, last = windows[order.first_phase.key], windows[order.last_phase.key]
        if last.last is None or last.last >= first.first:
            orders.append((order, Window(first.first, last.last)))
    return Calendar(
        starts_on,
        [(phase, windows[phase.key]) for phase in phases],
        orders,
        draw([Row(label=phase.title, window=windows[phase.key]) for phase in phases]),
        "",
    )
