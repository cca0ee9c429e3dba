"""The reminder that what a patient has at home of something ordered runs low, for her and for the clinic."""

from collections.abc import Iterator

from patients.models import MessageGroup, RecipientKind
from patients.reminders.kind import Call, Kind
from patients.reminders.order_subject import OrderSubject
from protocols.domain.run_out import LOW_BEFORE_DAYS


def _runs_low(subject: OrderSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Once for each time it runs low: what `running_low` says. While it rests nobody knows how long it has to last."""
    on = subject.supply.low_on
    if on is not None:
        yield Call(on, subject.code)


ORDER_KINDS: tuple[Kind[OrderSubject], ...] = (
    Kind(
        name="order-running-low",
        recipients=(RecipientKind.PATIENT, RecipientKind.STAFF),
        calls=_runs_low,
        late_days=LOW_BEFORE_DAYS - 1,
        words="What the patient has at home of something runs low: buy or prescribe it in time",
        says="What you have at home runs low",
        group=MessageGroup.SUPPLIES,
    ),
)
