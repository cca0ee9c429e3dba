"""What a provider says later of a message that it has accepted, as its adapter reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from patients.models import ReportOutcome

LONGEST_ID: Final = 200


@dataclass(frozen=True, slots=True)
class StatusReport:
    """detail: the provider’s own code for the reason, or empty; never a text.

    key: the message’s opaque key, if the report carries it. It finds a message whose acceptance never reached us.
    """

    provider_id: str
    outcome: ReportOutcome
    detail: str = ""
    key: str = ""


class ForgedReport(Exception):
    """The report is not signed by the provider. It says nothing, and is answered with 403."""


class UnreadableReport(Exception):
    """The report is signed, but says nothing that we know. It is answered with 400."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A request to our status address, as it arrived.

    url: the address that was called, with its query. headers: by their names in small letters.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes


def short_code(found: object) -> str:
    """A provider’s code for a reason, as text; empty for anything that is more than a code."""
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if len(text) <= 40 and text.isascii() and all(c.isalnum() or c in "-_." for c in text) else ""


def usable_id(found: object) -> str:
    """What a provider calls a message, as it can be kept; empty otherwise: half of it would be the id of another."""
    return found if isinstance(found, str) and len(found) <= LONGEST_ID and found.isprintable() else ""
