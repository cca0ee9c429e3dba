"""The signed rescue plan, and what is said once rescue medicine is needed on as many days as it names."""

from dataclasses import dataclass

from patients.models import HoldReason
from patients.portal.tapers.reading import Reading
from patients.services.tapers.rescue_days import needs_rescue_too_often
from protocols.domain.taper_states import TaperStatus


@dataclass(frozen=True, slots=True)
class RescuePlan:
    """What may be taken for symptoms in between. too_often: what happens now; empty below the threshold."""

    medicine: str
    directions: str
    threshold: str
    too_often: str


def rescue_plan_of(reading: Reading) -> RescuePlan:
    rescue, permissions = reading.terms.rescue, reading.terms.permissions
    reached = "the dose stays where it is" if permissions.automatic_hold_at_threshold else "your practitioner looks"
    days = f"{rescue.threshold_days} of {rescue.within_days} days"
    threshold = f"If you need it on {days}, {reached}, and we talk with you."
    return RescuePlan(
        medicine=rescue.medicine,
        directions=rescue.directions,
        threshold=f"{threshold} Write down every day on which you took it.",
        too_often=_too_often(reading, days),
    )


def _too_often(reading: Reading, days: str) -> str:
    if not reading.taper.is_running:
        return ""
    hold = reading.taper.open_hold
    if hold is not None and hold.reason_kind == HoldReason.RESCUE_THRESHOLD.value:
        return (
            f"You needed it on {days}. As was signed, the dose stays where it is until we have talked with you. "
            "Your practitioner is told."
        )
    if not needs_rescue_too_often(reading.taper, on=reading.today):
        return ""
    if reading.status is TaperStatus.ACTIVE:
        return (
            f"You needed it on {days}. Your practitioner is told, and looks whether the dose should stay where it is. "
            "Until you hear from us your steps go on as they are; call us if you would rather talk now."
        )
    return f"You needed it on {days}. Your practitioner is told, and calls you."
