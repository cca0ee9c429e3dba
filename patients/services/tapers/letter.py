"""The request to a prescriber as a letter: to be posted, faxed, or carried by the patient to her own visit."""

from datetime import UTC, datetime, time
from typing import Any

from patients.services.documents.printable import as_plain
from patients.services.documents.typesetting import pdf
from patients.services.tapers.request_content import RequestContent


def letter_pdf(content: RequestContent) -> bytes:
    """The letter, on the paper of the clinic. The same content gives the same bytes, whenever it is set."""
    at = datetime.combine(content.written_on, time(12), tzinfo=UTC)
    return pdf("letter", letter_data(content), at=at, paper=content.paper)


def letter_data(content: RequestContent) -> dict[str, Any]:
    """What the template reads: the content itself, with dates in words."""
    data: dict[str, Any] = as_plain(content)
    return data


def letter_file_name(content: RequestContent) -> str:
    """By codes alone: “taper-ABCDEFGHJK.pdf”."""
    return f"taper-{content.signature.version_code}.pdf"
