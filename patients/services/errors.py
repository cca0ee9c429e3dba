"""What a service refuses, each as a sentence that says what to do. The faces show it; the API answers 409 or 422."""


class Refused(Exception):
    """A request that cannot be carried out as things stand. Nothing was written."""


class InvalidRequest(Refused):
    """The request itself is wrong; `field` names what to correct."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class PlanChanged(Refused):
    """Somebody moved the plan since it was shown."""

    def __init__(self) -> None:
        super().__init__("Somebody else has just moved this plan. Look at it again, then decide.")


class TaperChanged(Refused):
    """Somebody moved the taper since it was shown."""

    def __init__(self) -> None:
        super().__init__("This taper has just been changed. Look at it again, then decide.")


class TaperStillOpen(Refused):
    """The plan cannot end while a taper of it may still go on."""

    def __init__(self) -> None:
        super().__init__(
            "A taper of this plan is still open. Stop it first, or mark it as entered in error; the plan stays open as "
            "long."
        )


class PlanAlreadyRunning(Refused):
    def __init__(self) -> None:
        super().__init__("This patient already has a plan that is active or on hold. Complete or revoke it first.")


class AmountsMissing(Refused):
    """Orders that ship without an amount, still undecided. `names` lists them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("Decide how much of these before the plan is activated: " + ", ".join(names) + ".")
        self.names = names


class PrescribersMissing(Refused):
    """Medicines on prescription of which nobody has said who prescribes them. `names` lists them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("Say who prescribes these before the plan is activated: " + ", ".join(names) + ".")
        self.names = names


class RequestKeyReused(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This request was already used to assign something else. Open the form again and send it anew."
        )
