"""Who may change a prescribed medicine: whoever prescribes it, or staff who write down what the prescriber said."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from clinics.actor import Actor
from clinics.services.licences import licensed_for
from patients.models import Door, Order
from patients.services.errors import InvalidRequest
from patients.services.orders.errors import PrescriberMustSay

SAID_AT_MOST_DAYS_AGO: Final = 90
"""What was said earlier was said of other days: it is asked again."""
HEARD_THROUGH: Final = (Door.TELEPHONE, Door.FAX_OR_LETTER, Door.CARRIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriberWord:
    """What the prescriber of a medicine said about it, on which day and how."""

    door: Door
    on: date
    words: str


def require_word(order: Order, *, by: Actor, word: PrescriberWord | None, today: date) -> dict[str, Any]:
    """What the history keeps of it; empty for what nobody prescribes. Raises `PrescriberMustSay` without a word."""
    if not order.is_prescribed:
        return {}
    if is_prescriber_of(order, by=by):
        return {"prescriber": by.code}
    if word is None:
        raise PrescriberMustSay(order.name)
    if word.door not in HEARD_THROUGH:
        raise InvalidRequest("Say whether it was by telephone, by fax or letter, or carried.", field="prescriber_word")
    if word.on > today:
        raise InvalidRequest("The prescriber cannot have said it on a day to come.", field="prescriber_word")
    if word.on < today - timedelta(days=SAID_AT_MOST_DAYS_AGO):
        raise InvalidRequest(
            f"That was said more than {SAID_AT_MOST_DAYS_AGO} days ago: ask the prescriber again.",
            field="prescriber_word",
        )
    if not word.words.strip():
        raise InvalidRequest("Write down what the prescriber said.", field="prescriber_word")
    said = {"through": word.door.value, "on": word.on.isoformat(), "words": word.words.strip()}
    return {"prescriber_word": said, "prescriber": order.prescriber.code if order.prescriber else ""}


def is_prescriber_of(order: Order, *, by: Actor) -> bool:
    """Whether this member of staff is the one who prescribes it now, and licensed for its class where that is known."""
    prescriber = order.prescriber
    if prescriber is None or prescriber.user_id is None or prescriber.user_id != by.user_id:
        return False
    if prescriber.ended_at is not None:
        return False
    return order.medicine is None or licensed_for(prescriber, order.medicine.medicine_class)
