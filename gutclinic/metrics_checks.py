"""What must be so of the token that opens the numbers."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

SHORTEST_TOKEN = 24


@register(Tags.security)
def metrics_token_is_long(**kwargs: Any) -> list[CheckMessage]:
    """Nothing limits how often a token may be tried, so that it must not be one that can be guessed."""
    token = settings.METRICS_TOKEN
    if not token or (len(token) >= SHORTEST_TOKEN and token == token.strip() and token.isascii()):
        return []
    return [
        Error(
            "METRICS_TOKEN could be guessed, or cannot be sent.",
            hint="Set it to at least 24 letters and digits, as `openssl rand -hex 24` gives them. Or unset it: then "
            "there is no page of numbers.",
            id="gutclinic.E015",
        )
    ]
