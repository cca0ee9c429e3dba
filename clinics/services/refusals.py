"""What is refused about prescribers, each as a sentence that says what to do. Nothing was written."""

from datetime import datetime

from clinics.actor import NotAllowed


class PrescriberRefused(Exception):
    """As things stand this cannot be done. field: the name of what to correct, empty for none."""

    field = ""


class StaffAddress(PrescriberRefused):
    """Whoever asks for a signature would give it themselves."""

    field = "email"

    def __init__(self) -> None:
        super().__init__(
            "Somebody who works here signs in with this address. Enter the prescriber’s own address. "
            "A colleague who prescribes is entered as a member of staff."
        )


class NotAFaxNumber(PrescriberRefused):
    field = "fax"


class NoSuchClass(PrescriberRefused):
    field = "licensed_classes"

    def __init__(self, words: list[str]) -> None:
        super().__init__(f"There is no class of medicines called {', '.join(words)}. Choose from the list.")


class OnlyStaffAreLicensed(PrescriberRefused):
    field = "licensed_classes"

    def __init__(self) -> None:
        super().__init__("Classes are chosen for members of staff alone. A prescriber outside decides for themselves.")


class NotOnTheStaff(PrescriberRefused):
    field = "user"

    def __init__(self) -> None:
        super().__init__("This person does not work here. Invite them as a colleague first.")


class OwnLicence(NotAllowed):
    def __init__(self) -> None:
        super().__init__("Nobody enters or changes their own licence. Ask another clinic admin.")


class PrescriberEnded(PrescriberRefused):
    def __init__(self) -> None:
        super().__init__("This entry has ended. Add the prescriber anew.")


class SignsInside(PrescriberRefused):
    def __init__(self) -> None:
        super().__init__("A member of staff signs inside this app, so there is no address to confirm.")


class NoAddress(PrescriberRefused):
    def __init__(self) -> None:
        super().__init__("There is no such address here. Enter it first, then confirm it.")


class AddressChanged(PrescriberRefused):
    def __init__(self) -> None:
        super().__init__("This address was changed since you opened the page. Look at the new one, and compare it.")


class ConfirmedAlready(PrescriberRefused):
    """By this person; whether that is enough depends on who draws up the taper."""

    def __init__(self) -> None:
        super().__init__(
            "You have confirmed this address already. It counts for tapers that colleagues draw up; "
            "for your own a colleague confirms it too."
        )


class ConfirmedTwice(PrescriberRefused):
    def __init__(self) -> None:
        super().__init__("You have confirmed this address twice already. Nothing more is needed.")


class TooSoon(PrescriberRefused):
    """Nobody else works here, and 24 hours have not passed. until: from when it may be confirmed again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "Nobody else works here who could confirm it, so you confirm it a second time. "
            "Look it up afresh, 24 hours after the first time."
        )
        self.until = until
