"""What is refused about hours, cover and escalation, each as a sentence that says what to do. Nothing was written."""

from clinics.models.staffing import Edition


class StaffingRefused(Exception):
    """As things stand this cannot be done. field: the name of what to correct, empty for none."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def require_as_shown(newest: Edition | None, shown: str | None) -> None:
    """Refuse where another edition is in force than the one on the screen."""
    if shown is not None and shown != ("" if newest is None else newest.code):
        raise StaffingRefused("Somebody else has changed this meanwhile. Look at it again, then decide.")
