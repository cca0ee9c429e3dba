"""Pages of other packages that begin with a product of the catalogue. Those packages name them; this one knows none."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from protocols.models import Supplement

Lead = Callable[[HttpRequest, Supplement], tuple[str, str] | None]
"""The words and the address of a link for this user and this product; None where it leads nowhere."""

_LEADS: Final[list[Lead]] = []


def lead_on(lead: Lead) -> None:
    """Put this link on the page of every product."""
    if lead not in _LEADS:
        _LEADS.append(lead)


def leads_from(request: HttpRequest, supplement: Supplement) -> list[tuple[str, str]]:
    """The links that stand on the page of this product, in the order in which they were named."""
    return [found for lead in _LEADS if (found := lead(request, supplement)) is not None]
