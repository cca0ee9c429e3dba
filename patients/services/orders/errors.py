"""What is refused about orders alone, each as a sentence that says what to do."""

from datetime import date

from patients.services.errors import InvalidRequest, Refused


class PlanIsOver(Refused):
    """Nothing of a plan that has ended is changed any more."""

    def __init__(self) -> None:
        super().__init__("This plan is over, so its orders stay as they were. Assign a new plan instead.")


class OldVersion(Refused):
    """The order was changed since; only its newest version can be moved."""

    def __init__(self) -> None:
        super().__init__("This order has a newer version. Open that one, then decide.")


class ItemAlreadyOrdered(Refused):
    """Never two open orders of one item on the same days."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"This plan has an open order of the same already: {name}. Change that one, stop it, or choose other days."
        )


class ReducedByTaper(InvalidRequest):
    """A taper runs only what its prescriber signed; an order of the same would be taken besides.

    ends_on: the last day of its last step; None while nobody knows it.
    """

    def __init__(self, name: str, substance: str, *, ends_on: date | None) -> None:
        later = "" if ends_on is None else f", or order it from a day after the last step, {ends_on:%-d %B %Y}"
        super().__init__(
            f"{name}: a signed taper reduces {substance}, and runs only what its prescriber signed. An order of it "
            f"would be taken besides. Change the taper and have that signed, or stop the taper{later}.",
            field="name",
        )


class PrescriberMustSay(InvalidRequest):
    """A prescribed medicine changes only by the word of whoever prescribes it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is prescribed: it changes only by its prescriber’s word. Write down how and when it was said.",
            field="prescriber_word",
        )


class UnusualAmount(InvalidRequest):
    """Far from the usual: whoever entered it is asked once whether that unit was meant."""

    def __init__(self, sentence: str, *, field: str = "amount_confirmed") -> None:
        super().__init__(f"{sentence} Correct it, or confirm that it is right.", field=field)
