"""Why a reminder was not sent, in the words that the ledger shows."""

NO_LONGER_CALLED_FOR = "The plan no longer calls for it."
SOMEBODY_ELSE = "Somebody else looks after this plan now."
TOO_LATE = "It could not go in time."
UNREACHABLE = "There is no address with consent to send it to."
OTHER_PRESCRIBER = "Another prescriber is responsible for this taper now."
REFUSED = "The recipient’s mail server refused it for good."
