"""A text message is one segment that names nothing, whatever the clinic is called."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from clinics.domain.sms_text import sms_text
from clinics.models import Clinic
from patients.actor import acting_patient
from patients.models import Channel, ContactPoint, MessageGroup, Patient, Plan
from patients.reminders.channels import Envelope
from patients.services.reaching import prefer
from tests.fixtures.personae import NOON

Sweep = Callable[[datetime], list[Envelope]]

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
# 3GPP TS 23.038, 6.2.1, what is needed of it here, typed in apart from the code.
GSM_7 = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;/-?!'()äöüÄÖÜß\n")


@pytest.mark.parametrize(
    ("name", "is_named"),
    [
        ("Your clinic", True),
        ("Praxis am Grünen Weg", True),
        ("Dr. Cho’s practice – upstairs", True),
        ("A clinic with a name of sixty characters, as long as allowed", False),
        ("Клиника", False),
    ],
)
def test_it_is_one_segment_of_plain_letters_with_the_whole_link(
    plan: Plan, texting: ContactPoint, angela: Patient, settings: Settings, sweep_at: Sweep, name: str, is_named: bool
) -> None:
    settings.PUBLIC_URL = "https://patients.a-clinic-with-a-long-name.example.org"
    Clinic.objects.update(message_name=name)
    prefer(angela, group=MessageGroup.PHASES, channels=[Channel.SMS], by=acting_patient(angela), at=NOON)
    (went,) = [each for each in sweep_at(MORNING) if each.channel == "sms"]
    written = sms_text(went.text)
    assert written.segment_count == 1
    assert len(written.text) <= 160
    assert set(written.text) <= GSM_7
    words = "you have a new note. Replies are not read. Sign in: "
    link = f"https://patients.a-clinic-with-a-long-name.example.org/portal/{angela.code}/"
    assert written.text.lower().endswith((words + link).lower())
    assert (written.text == f"Y{words[1:]}{link}") is not is_named
