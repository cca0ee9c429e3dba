"""Which version of an order is in force on a day, and what a change may not bring forward by the way."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from patients.models import Order
from patients.services.errors import InvalidRequest
from patients.services.orders.says import Says, says_of
from protocols.domain.order_states import OrderStanding

_TOGETHER: Final = (
    ("amount", ("amount_value", "amount_unit", "titration")),
    ("pattern", ("pattern",)),
    ("times_of_day", ("times_of_day",)),
    ("name", ("supplement", "medicine")),
)
"""What decides what is taken: by the field that is named when nobody says it, the columns that are said together."""


def begun_by(versions: Sequence[Order], day: date) -> Order | None:
    """The newest of these, in the order of their numbers, that has begun by that day; None where none has.

    What was replaced before its first day, and what was entered in error, has never begun.
    """
    for row in reversed(versions):
        first = row.first_day
        if row.standing == OrderStanding.ENTERED_IN_ERROR.value or first is None or first > day:
            continue
        if row.ends_on is None or row.ends_on >= first:
            return row
    return None


def require_dose_said(newest: Order, running: Order | None, says: Says, *, day: date) -> None:
    """Refuse to bring forward what is ordered from a later day only, where nobody says so.

    running: the version in force on `day`. What is said of the dose is measured against the newest version, which
    begins later: what is left as it is there would hold from `day` on, and a dose would rise by itself.
    """
    if running is None or running.pk == newest.pk:
        return
    now, later, said = says_of(running).columns(), says_of(newest).columns(), says.columns()
    for field, names in _TOGETHER:
        differs = any(now[name] != later[name] for name in names)
        if differs and all(said[name] == later[name] for name in names):
            raise InvalidRequest(
                f"From {newest.first_day} on it is ordered otherwise already: choose that day or a later one, "
                "or write how it is taken until then.",
                field="from_day" if field != "amount" else "amount",
            )
