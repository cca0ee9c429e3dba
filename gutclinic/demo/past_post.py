"""What becomes of messages of days gone by: all were accepted then; those of the last week still lie in the outbox."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Final, Self

from django.core.mail import EmailMultiAlternatives, get_connection

from clinics.services.letters import sender_line
from gutclinic.demo.timeline import Clock
from patients.models import Channel
from patients.reminders.channels import Envelope

KEPT_FOR: Final = timedelta(days=7)


class PastPost:
    """A sender in the time of the story. keeps: whether letters are written to the outbox at all."""

    def __init__(self, clock: Clock, *, until: datetime, keeps: bool) -> None:
        self._clock = clock
        self._kept_since = until - KEPT_FOR
        self._keeps = keeps

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, envelope: Envelope) -> None:
        """Accept it. An email that is written down bears the date on which it went, not that of today."""
        is_email = envelope.channel == Channel.EMAIL.value
        if not self._keeps or not is_email or self._clock.at < self._kept_since:
            return
        letter = EmailMultiAlternatives(
            subject=envelope.subject,
            body=envelope.text,
            from_email=sender_line(envelope.sender_name),
            to=[envelope.address],
            headers={"Date": format_datetime(self._clock.at), "Message-ID": f"<{envelope.idempotency_key}>"},
            connection=get_connection(),
        )
        letter.attach_alternative(envelope.html, "text/html")
        letter.send()
