"""What the services of tapers refuse, each as a sentence that says what to do."""

from datetime import date

from clinics.actor import NotAllowed
from patients.services.errors import InvalidRequest, Refused


class OtherVersion(Refused):
    """What is being answered is not what was proposed."""

    def __init__(self) -> None:
        super().__init__(
            "This is not the version that waits for an answer. Compare the version code, and answer the newest one."
        )


class OtherCode(InvalidRequest):
    """The code on the paper is not that of the version that waits."""

    def __init__(self) -> None:
        super().__init__(
            "This code is not that of the version that waits. Compare it with the one printed on every page: an answer "
            "to another version does not count for this one.",
            field="version_code",
        )


class OtherTerms(Refused):
    """What would be signed is not what was read."""

    def __init__(self) -> None:
        super().__init__("What you would agree to now is not what you were shown. Look at it once more, then agree.")


class OtherThanShown(Refused):
    """What would be saved is not what was on the screen: the record, or the day, has changed since."""

    def __init__(self) -> None:
        super().__init__("What would be saved now is not what was shown. Look at it again, then save it.")


class TooLateToSign(Refused):
    def __init__(self, latest: date) -> None:
        super().__init__(
            f"Signed today, day one would come after the latest first day of this version, {latest:%-d %B %Y}. Draw it "
            "up again with new dates."
        )


class GatesOpen(Refused):
    """Hard stops that are yes, or unknown. `gates` holds their identifiers."""

    def __init__(self, gates: list[str], sentence: str) -> None:
        super().__init__(sentence)
        self.gates = gates


class RecordChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The record says something else by now than this version does. Open the draft, look at its questions and "
            "save it again; if it was sent already, take it back first."
        )


class TwoOfOneClass(Refused):
    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"The record shows two medicines of one kind that are taken now: {' and '.join(names)}. "
            "Clear up which of them is taken, and end the other in the record."
        )


class NoConsent(Refused):
    def __init__(self) -> None:
        super().__init__("Record first that the patient agrees to this prescriber being contacted.")


class AddressNotConfirmed(Refused):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"The prescriber’s {what} does not count yet: a colleague who did not draw up this taper confirms it "
            "through a public register."
        )


class DoorClosed(Refused):
    """This way to the prescriber cannot be used for this taper; the sentence says why."""


class PrescriberGone(DoorClosed):
    def __init__(self) -> None:
        super().__init__(
            "This prescriber was ended in the clinic’s list, and is sent and signs nothing new. Choose another one."
        )


class NotTakenNow(Refused):
    """The record no longer says that she takes what the taper reduces."""

    def __init__(self) -> None:
        super().__init__(
            "The record says something else of this medicine by now than when the taper was drawn up. Stop this taper, "
            "and draw it up from the record as it stands."
        )


class TaperedAlready(Refused):
    """The same medicine, of another line of the record or in another plan."""

    def __init__(self) -> None:
        super().__init__("This medicine is being tapered already. End that taper first.")


class HoldTooLong(Refused):
    def __init__(self, days: int) -> None:
        super().__init__(
            f"It has been held for more than {days} days, which is what was signed. "
            "Draw up a new version and have it signed; until then the dose stays as it is."
        )


class WaitsForPrescriber(Refused):
    def __init__(self) -> None:
        super().__init__("The prescriber holds it. Only the prescriber lets it go on, or signs a new version.")


class RedFlagOpen(Refused):
    def __init__(self) -> None:
        super().__init__("A warning sign is open. Record first what the clinical review found.")


class NotThePrescriber(NotAllowed):
    def __init__(self) -> None:
        super().__init__("Nobody signs for a prescriber. Only the prescriber of this taper may do this.")
