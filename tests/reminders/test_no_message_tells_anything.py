"""Every kind there is, to everybody it is for, by every channel: a count and a link, and nothing of what it is."""

import itertools
import re
from datetime import date
from typing import Any

from django.conf import settings

from clinics.domain.sms_text import sms_text
from patients.models import Channel, Message, RecipientKind, Reminder, Taper
from patients.reminders.channels import Envelope
from patients.reminders.kind import Kind
from patients.reminders.kinds import KINDS
from patients.reminders.wording import envelope_for

# Of what somebody takes, has, is treated for, is called or does; as beginnings of words.
TELLING = re.compile(
    r"\b(angela|price|cho\b|lindenhof|omeprazole|taper|medicin|dose|drug|capsule|tablet|pill|supply|suppl|gut|bowel|stomach"
    r"|stool|bleed|blood|heartburn|acid|reaction|symptom|diary|rescue|diet|food|remove|replace|repair|rebalance|inoculat"
    r"|phase|step|plan\b|plans|protocol|treat|therap|health|pregnan|allerg|hold|held|sign(?! in)|review|finding|risk"
    r"|morning dose|noon|evening|bed|running low|left|stop(?!ped| messages))",
    re.IGNORECASE,
)
COUNTS = (1, 2, 12)


def going(kind: Kind[Any], whom: RecipientKind, channel: Channel, taper: Taper, *, count: int) -> Envelope:
    """So many reminders of this kind in one envelope."""
    code = {"patient": taper.plan.patient.code, "staff": taper.plan.practitioner.code}.get(whom.value, "")
    code = code or taper.prescriber.code
    message = Message(recipient_kind=whom.value, recipient_code=code, channel=channel.value, idempotency_key="k@x")
    reminders = [
        Reminder(
            key=f"{kind.name}:{taper.code}:2027-01-{day + 1:02}:{whom.value}-{code}:{channel.value}",
            kind=kind.name,
            plan=taper.plan,
            taper=taper if whom is RecipientKind.PRESCRIBER else None,
            civil_date=date(2027, 1, day + 1),
            recipient_kind=whom.value,
            recipient_code=code,
            channel=channel.value,
        )
        for day in range(count)
    ]
    return envelope_for(message, reminders, address="x@example.org")


def said_in(envelope: Envelope) -> str:
    """All that can be read of it, without its addresses and markup; of those what they are made of."""
    words = "\n".join((envelope.sender_name, envelope.subject, envelope.text, envelope.html))
    for address in set(re.findall(rf"{re.escape(settings.PUBLIC_URL)}[^\s\"<]*", words)):
        assert re.fullmatch(
            r"/(portal/\w{10}/|messages/\w{10}-[a-z]-\w{40}/stop/|admin/|prescriber/\w{10}-\w{40}/)",
            address.removeprefix(settings.PUBLIC_URL),
        ), address
        words = words.replace(address, "")
    return re.sub(r"<[^>]*>", " ", words)


def test_no_kind_tells_anything_by_any_channel(taper: Taper) -> None:
    seen = 0
    for kind in KINDS.values():
        for whom, channel, count in itertools.product(kind.recipients, Channel, COUNTS):
            if channel is not Channel.EMAIL and whom is not RecipientKind.PATIENT:
                continue
            envelope = going(kind, whom, channel, taper, count=count)
            found = said_in(envelope)
            assert TELLING.findall(found) == [], (kind.name, whom, channel, found)
            assert not any(telling in found for telling in (kind.name, kind.words, kind.says) if telling), kind.name
            assert whom is not RecipientKind.PRESCRIBER or taper.plan.patient.code not in f"{envelope}", kind.name
            seen += 1
    assert seen > 3 * len(KINDS)


def test_what_is_read_on_a_locked_screen_is_who_writes_and_how_much(taper: Taper) -> None:
    for kind in KINDS.values():
        if RecipientKind.PATIENT not in kind.recipients:
            continue
        texts = {going(kind, RecipientKind.PATIENT, Channel.SMS, taper, count=count).text for count in COUNTS}
        assert {sms_text(text).segment_count for text in texts} == {1}
        one, two, many = (going(kind, RecipientKind.PATIENT, Channel.PUSH, taper, count=count) for count in COUNTS)
        assert {envelope.sender_name for envelope in (one, two, many)} == {taper.plan.patient.clinic.message_name}
        subjects = ["You have a new note", "You have 2 new notes", "You have 12 new notes"]
        assert [envelope.subject for envelope in (one, two, many)] == subjects
