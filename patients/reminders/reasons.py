"""Why a reminder was not sent, in the words that the ledger shows."""

NO_LONGER_CALLED_FOR = "The plan no longer calls for it."
SOMEBODY_ELSE = "Somebody else looks after this plan now."
TOO_LATE = "It could not go in time."
TOO_LATE_UNTIL = "It could not go in time, nor could those of the days until {last}."
"""What comes back each day and was slept through, as one row for all of those days."""
UNREACHABLE = "There is no address with consent to send it to."
NOT_WANTED = "The patient does not want such messages."
OTHER_PRESCRIBER = "Another prescriber is responsible for this taper now."
OVER_BUDGET = "Two messages had gone that day, and the next day was too late for it."
NOT_HEARD_FROM = "Nobody has heard from the patient for a week, so messages go once a week: too late for it."
REFUSED = "It was refused for good where it was to go."
OTHER_CHANNEL = "It goes by another channel now."
CANCELLED_BY_HAND = "Somebody at the clinic cancelled it."
MUTED = "The clinic had muted it."
NOT_MADE_UP = "gutclinic could not make it up: tell whoever runs this server."
UNDELIVERED = "It was accepted where it was to go, and then did not arrive."


def is_too_late(reason: str) -> bool:
    """Whether this says that something could not go in time."""
    return reason == TOO_LATE or reason.startswith(TOO_LATE_UNTIL.partition("{")[0])
