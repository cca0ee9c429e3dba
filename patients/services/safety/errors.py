"""What is refused about a finding, each as a sentence that says what to do."""

from patients.services.errors import Refused


class FindingChanged(Refused):
    """Something became of the finding since it was shown."""

    def __init__(self) -> None:
        super().__init__("This finding has just been changed. Look at it again, then decide.")


class NothingToDecide(Refused):
    """It is over, decided, or kept by the timetable."""


class NotToBeAcknowledged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "What stops an order or a taper is not acknowledged. Change what it stops; or, where a prescribed medicine "
            "is stopped, ask its prescriber."
        )


class NotToBeOverridden(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nobody overrides this: what it stops is not a prescribed medicine of one prescriber. Change the order."
        )


class NotResponsible(Refused):
    """This prescriber is not the one who prescribes what is stopped, or is not licensed for it."""

    def __init__(self) -> None:
        super().__init__("Only who prescribes this medicine, and is licensed for its class, may override this.")
