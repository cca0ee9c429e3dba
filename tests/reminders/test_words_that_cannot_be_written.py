"""A broken template of one kind of message stops that kind alone, visibly, and goes once it is mended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from patients.models import Attempt, Plan, Reminder
from patients.reminders.channels import Envelope
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("broken", ["{% no_such_tag %}", "{% for %}", "{{ count|no_such_filter }}"])
def test_a_template_error_in_one_kind_lets_the_others_go(
    plan: Plan, settings: Settings, tmp_path: Path, sender: RecordingSender, sweep_at: Sweep, broken: str
) -> None:
    (tmp_path / "emails").mkdir()
    (tmp_path / "emails/staff_morning.txt").write_text(broken)
    sound: list[dict[str, Any]] = settings.TEMPLATES
    settings.TEMPLATES = [{**sound[0], "DIRS": [tmp_path, *sound[0]["DIRS"]]}, *sound[1:]]
    with pytest.raises(ExceptionGroup):
        sweep_at(MORNING)
    assert [envelope.address for envelope in sender.accepted] == ["angela@example.org"]
    (attempt,) = Attempt.objects.filter(message__recipient_kind="staff")
    assert attempt.outcome == "failed"
    assert (
        attempt.detail
        == "gutclinic could not make up this message (TemplateSyntaxError). Tell whoever runs this server."
    )
    assert Reminder.objects.owed().filter(message=attempt.message).exists(), "nothing is lost"
    settings.TEMPLATES = sound
    (went,) = sweep_at(MORNING + timedelta(minutes=2))
    assert went.address == "dr_cho@example.org"
