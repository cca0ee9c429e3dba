"""SMS through any provider, or a small program of one’s own, that speaks this protocol.

    POST <SMS_URL>                               Authorization: Bearer <SMS_TOKEN>
    Idempotency-Key: <key>                       Content-Type: application/json
    {"to": "+49…", "from": "<SMS_FROM>", "text": "…", "key": "<key>"}

It answers 2xx and {"id": "…"} once it has accepted, and the same again for a key that it has accepted before. Any other
status is a failure that passes, unless it is 4xx and its body says {"permanent": true}: this number takes no messages,
with {"detail": "<code>"} for the reason if there is one. Later it may post to the status address:

    X-Gutclinic-Timestamp: <seconds since 1970>
    X-Gutclinic-Signature: <HMAC-SHA256 with SMS_WEBHOOK_SECRET over timestamp, a full stop and the body, hexadecimal>
    {"id": "…", "status": "under way" | "delivered" | "failed" | "unreachable" | "unwanted",
     "detail": "<code>", "key": "<key>"}

“unwanted” is said of the last message to a number from which STOP was answered. A report that was not answered with 2xx
may be posted again, and one that comes twice counts once.

The header follows https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ in what it is for, and in
its form those providers that take letters, digits, “-” and “_” without quotation marks
(https://developers.telnyx.com/docs/development/api-fundamentals/idempotency).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from clinics.domain.webhook_signatures import is_signed_in_time
from patients.models import ReportOutcome
from patients.reminders.channels.http import Connections
from patients.reminders.channels.sms import TextMessage, not_accepted
from patients.reminders.channels.status_report import (
    Callback,
    ForgedReport,
    StatusReport,
    UnreadableReport,
    short_code,
)


@dataclass(frozen=True, slots=True)
class HttpSms:
    """A provider behind one address. sender: the number or name that messages come from, empty for the provider’s."""

    url: str
    token: str = field(repr=False)
    sender: str = ""
    webhook_secret: str = field(default="", repr=False)

    def submit(self, message: TextMessage, *, connections: Connections) -> str:
        said = {"to": message.number, "from": self.sender, "text": message.text, "key": message.key}
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": message.key,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        answer = connections.post(self.url, headers=headers, body=json.dumps(said).encode())
        if not answer.is_accepted:
            code = short_code(answer.said.get("detail"))
            for_good = 400 <= answer.status < 500 and answer.said.get("permanent") is True
            raise not_accepted(answer, for_good=for_good, code=code)
        return short_code(answer.said.get("id"))

    def read_report(self, callback: Callback, *, at: datetime) -> StatusReport:
        if not is_signed_in_time(
            callback.headers.get("x-gutclinic-signature", ""),
            secret=self.webhook_secret,
            timestamp=callback.headers.get("x-gutclinic-timestamp", ""),
            body=callback.body,
            at=at,
        ):
            raise ForgedReport
        try:
            said = json.loads(callback.body)
            provider_id, outcome = short_code(said["id"]), ReportOutcome(said["status"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UnreadableReport from None
        if not provider_id:
            raise UnreadableReport
        return StatusReport(provider_id, outcome, short_code(said.get("detail")), short_code(said.get("key")))
