"""What must not reach a log: whoever reads a log must not be able to use what stands in it."""

import logging
import re

# The last part of an invitation’s address is its secret.
INVITATION = re.compile(r"(/(?:portal/invitation|join)/[^/\s]+/)[^/\s?]+")
# What follows the code in a prescriber’s link is its secret.
PRESCRIBER_LINK = re.compile(r"(/prescriber/[^/\s?-]*-)[^/\s?]+")
# So is what follows the code in the address of a private calendar.
CALENDAR = re.compile(r"(/calendar/[^/\s?-]*-)[^/\s?]+")
# And what follows the code in the link that ends somebody’s messages.
STOPPING = re.compile(r"(/messages/[^/\s?-]*-)[^/\s?]+")


class WithoutSecrets(logging.Filter):
    """Django logs the address of a request that it refuses; its secret is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        safe = said
        for secret in (INVITATION, PRESCRIBER_LINK, CALENDAR, STOPPING):
            safe = secret.sub(r"\1…", safe)
        if safe != said:
            record.msg, record.args = safe, ()
        return True
