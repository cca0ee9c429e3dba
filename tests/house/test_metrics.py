"""The page of numbers: behind a token, in Prometheus’ format, with nothing in it of anybody."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from gutclinic.metrics_checks import metrics_token_is_long
from patients.models import Part, Plan, Reminder
from patients.reminders.heartbeat import beating
from tests.fixtures.personae import NOON

TOKEN = "a token that nobody guesses, 0123456789"
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
# One line of the text format: a name, labels or none, a number.
LINE = re.compile(r'([a-z_0-9]+)((?:\{[a-z]+="[a-z-]+"\})?) ([0-9.e+]+)')


def numbers(client: Client, *, token: str = TOKEN) -> dict[str, float]:
    """The page, read line by line: every one is a comment of two kinds or a number."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = {}
    text = answer.content.decode()
    assert text.endswith("\n")
    for line in text.splitlines():
        if not line.startswith(("# HELP ", "# TYPE ")):
            match = LINE.fullmatch(line)
            assert match, line
            found[match[1] + match[2]] = float(match[3])
    return found


def test_without_a_token_in_the_settings_there_is_no_such_page(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}ä"])
def test_without_the_token_nothing_is_told(client: Client, settings: Settings, said: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": said})
    assert (answer.status_code, answer.content) == (401, b"a token is needed")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_the_numbers_are_those_of_the_rows(client: Client, settings: Settings, plan: Plan) -> None:
    settings.METRICS_TOKEN = TOKEN
    with beating(Part.SWEEP, worker="worker_1", at=MORNING - timedelta(minutes=2)):
        pass
    with time_machine.travel(MORNING, tick=False):
        found = numbers(client)
    owed = list(Reminder.objects.owed())
    due = [row for row in owed if row.send_at <= MORNING]
    assert found["gutclinic_reminders_due"] == len(due) > 0
    assert found["gutclinic_reminders_ahead"] == len(owed) - len(due)
    waited = MORNING - min(row.send_at for row in due)
    assert found["gutclinic_reminders_oldest_due_seconds"] == waited.total_seconds()
    assert found["gutclinic_sweep_timestamp_seconds"] == (MORNING - timedelta(minutes=2)).timestamp()
    assert found["gutclinic_workers_seen_1h"] == 1
    assert found['gutclinic_attempts_failed_1h{channel="email"}'] == 0
    assert found['gutclinic_reminders_missed_24h{reason="too-late"}'] == 0
    assert found["gutclinic_delivery_healthy"] == (1 if waited <= timedelta(minutes=15) else 0)


def test_nothing_of_anybody_stands_in_it(client: Client, settings: Settings, plan: Plan) -> None:
    settings.METRICS_TOKEN = TOKEN
    Reminder.objects.filter(plan=plan).update(status="missed", reason="Angela.", finished_at=NOON)
    with time_machine.travel(NOON, tick=False):
        text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'gutclinic_reminders_missed_24h{reason="other"}' in text
    patient = plan.patient
    for secret in ("Angela", patient.code, plan.code, patient.clinic.name, "worker_1", "phase-"):
        assert secret not in text


def test_the_health_of_delivery_is_red_until_the_sweep_runs(client: Client, db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = client.get("/healthz/reminders")
        assert (answer.status_code, answer.content) == (503, b"The sweep has never run.")
        with beating(Part.SWEEP, worker="worker_1", at=NOON):
            pass
        answer = client.get("/healthz/reminders")
        assert (answer.status_code, answer.content) == (200, b"up")
        assert not answer.cookies
    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        assert client.get("/healthz/reminders").status_code == 503


@pytest.mark.parametrize(("token", "is_well"), [("", True), (TOKEN, True), ("short", False), (f"{TOKEN}ä", False)])
def test_a_token_that_could_be_guessed_keeps_the_server_from_starting(
    settings: Settings, token: str, is_well: bool
) -> None:
    settings.METRICS_TOKEN = token
    assert (metrics_token_is_long() == []) == is_well
