"""What a prescriber reads when the link, the code or the visit does not do. Each sentence says what to do next."""

from patients.services.errors import Refused


class LinkRefused(Refused):
    """Something about the way in, and not about what was answered."""


class LinkDead(LinkRefused):
    """Whatever the reason, whoever holds the link reads the same."""

    def __init__(self) -> None:
        super().__init__("This link does not work any more. Ask the clinic that wrote to you.")


class TooManyCodes(LinkRefused):
    def __init__(self) -> None:
        super().__init__("Several codes were sent within the hour. Enter the newest one, or wait an hour.")


class TooManyCodesToday(LinkRefused):
    def __init__(self) -> None:
        super().__init__(
            "As many codes were sent as are sent in a day. Enter the newest one, try again tomorrow, or call the "
            "clinic."
        )


class CodeNotSent(LinkRefused):
    def __init__(self) -> None:
        super().__init__("The code could not be sent just now. Try again in a few minutes.")


class NoCode(LinkRefused):
    """None waits: it was used, tried too often, or never asked for."""

    def __init__(self) -> None:
        super().__init__("No code waits to be entered: it was used already, or it has ended. Have a new one sent.")


class CodeOfOtherBrowser(LinkRefused):
    def __init__(self) -> None:
        super().__init__(
            "The newest code belongs to another browser: the one in which it was asked for. "
            "Enter it there, or have a new one sent here."
        )


class CodeTooOld(LinkRefused):
    def __init__(self) -> None:
        super().__init__("This code is more than ten minutes old. Have a new one sent.")


class WrongCode(LinkRefused):
    def __init__(self, *, tries_left: int) -> None:
        tries = "one more try" if tries_left == 1 else f"{tries_left} more tries"
        super().__init__(f"That is not the code. Compare it with the newest message; you have {tries}.")


class TriesOver(LinkRefused):
    def __init__(self) -> None:
        super().__init__("That was not the code either, and five tries are all it has. Have a new one sent.")


class VisitOver(LinkRefused):
    def __init__(self) -> None:
        super().__init__("The page was closed, as it is after 30 minutes. Nothing was recorded. Have a new code sent.")


class AnsweredAlready(Refused):
    """The request was answered, perhaps in another tab, or by another way."""

    def __init__(self) -> None:
        super().__init__("This was answered already. What was recorded stands here; nothing was added.")


class TakenBack(Refused):
    """The request was closed by the clinic, or because nobody answered."""

    def __init__(self) -> None:
        super().__init__(
            "The clinic has taken this version back, so nothing was recorded. If it sent you another one, open that "
            "message; otherwise call the clinic."
        )


class NotInForce(Refused):
    def __init__(self) -> None:
        super().__init__("This taper has ended, so nothing was recorded. If in doubt, call the clinic.")
