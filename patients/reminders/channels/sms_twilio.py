"""SMS through Twilio’s REST interface.

Read of Twilio’s documentation:
- the Messages resource and its states: https://www.twilio.com/docs/messaging/api/message-resource
- it names no key that makes a request idempotent. The header I-Twilio-Idempotency-Token goes the other way, to us
  (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). So a message whose acceptance was lost on
  its way goes twice, and the status address carries our key: its report tells which message that was.
- ValidityPeriod, 1 to 36,000 seconds: what waits longer in Twilio’s queue is not sent
  (https://www.twilio.com/docs/api/errors/90007). Left alone it could wait until the middle of the night.
- codes: https://www.twilio.com/docs/api/errors/21211, and 21614, 21635, 30003 and 30006 there. 21610, “the recipient
  has opted out”, was read in https://help.sleekflow.io/en_US/sms/troubleshooting-your-twilio-sms-channel. Twilio
  changes its codes now and then, so a code that is not in this list never ends anything.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from clinics.domain.webhook_signatures import is_signed_by_twilio
from patients.models import ReportOutcome
from patients.reminders.channels.envelope import at_most
from patients.reminders.channels.http import Connections
from patients.reminders.channels.sms import TextMessage, not_accepted
from patients.reminders.channels.status_report import (
    Callback,
    ForgedReport,
    StatusReport,
    UnreadableReport,
    short_code,
)

API = "https://api.twilio.com"
# Not a number, not a mobile number, a landline, opted out; and later: a landline or no carrier that takes it.
REFUSED_FOR_GOOD = frozenset({"21211", "21614", "21635", "21610"})
UNREACHABLE = REFUSED_FOR_GOOD | {"30006"}
OUTCOMES = {
    "delivered": ReportOutcome.DELIVERED,
    "read": ReportOutcome.DELIVERED,
    "undelivered": ReportOutcome.FAILED,
    "failed": ReportOutcome.FAILED,
    "canceled": ReportOutcome.FAILED,
} | dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), ReportOutcome.UNDER_WAY)
WAITS_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TwilioSms:
    """One account. sender: a number (E.164), a name, or a messaging service (MG…).

    status_address: where Twilio reports to, without a query; empty for no reports.
    """

    account: str
    token: str = field(repr=False)
    sender: str
    status_address: str = ""
    api: str = API

    def submit(self, message: TextMessage, *, connections: Connections) -> str:
        said = {
            "To": message.number,
            "MessagingServiceSid" if self.sender.startswith("MG") else "From": self.sender,
            "Body": message.text,
            "ValidityPeriod": str(max(1, int(at_most(WAITS_AT_MOST, message.keep_for).total_seconds()))),
        }
        if self.status_address:
            said["StatusCallback"] = f"{self.status_address}?key={message.key}"
        signed_in = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        answer = connections.post(
            f"{self.api}/2010-04-01/Accounts/{quote(self.account, safe='')}/Messages.json",
            headers={"Authorization": f"Basic {signed_in}", "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(said).encode(),
        )
        if not answer.is_accepted:
            code = short_code(answer.said.get("code"))
            raise not_accepted(answer, for_good=answer.status == 400 and code in REFUSED_FOR_GOOD, code=code)
        return short_code(answer.said.get("sid"))

    def read_report(self, callback: Callback, *, at: datetime) -> StatusReport:
        """Twilio signs no time, so an old report can be played again: it says again what it said."""
        try:
            parameters = parse_qsl(callback.body.decode(), keep_blank_values=True, max_num_fields=200)
        except ValueError:
            raise ForgedReport from None
        signature = callback.headers.get("x-twilio-signature", "")
        if not is_signed_by_twilio(signature, secret=self.token, url=callback.url, parameters=parameters):
            raise ForgedReport
        said = dict(parameters)
        provider_id = short_code(said.get("MessageSid"))
        outcome = OUTCOMES.get(said.get("MessageStatus", ""))
        if not provider_id or outcome is None or said.get("AccountSid", self.account) != self.account:
            raise UnreadableReport
        code = short_code(said.get("ErrorCode"))
        if outcome is ReportOutcome.FAILED and code in UNREACHABLE:
            outcome = ReportOutcome.UNREACHABLE
        (key,) = parse_qs(urlsplit(callback.url).query).get("key", [""])[:1]
        return StatusReport(provider_id, outcome, code, short_code(key))
