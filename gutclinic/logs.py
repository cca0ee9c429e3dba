"""What must not reach a log: whoever reads a log must not be able to use what stands in it."""

import logging
import re

# The last part of an invitation’s address is its secret.
INVITATION = re.compile(r"(/(?:portal/invitation|join)/[^/\s]+/)[^/\s?]+")
# What follows the code in a prescriber’s link is its secret.
PRESCRIBER_LINK = re.compile(r"(/prescriber/[^/\s?-]*-)[^/\s?]+")


class WithoutSecrets(logging.Filter):
    """Django logs the address of a request that it refuses; the secret of an invitation or a link is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        safe = PRESCRIBER_LINK.sub(r"\1…", INVITATION.sub(r"\1…", said))
        if safe != said:
            record.msg, record.args = safe, ()
        return True
