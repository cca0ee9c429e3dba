"""The benchmark of reminders works and has its shape; how fast anything is, is not asked here."""

from pathlib import Path

import pytest
from django.db import connection

from gutclinic.celery import app
from patients.models import Attempt, Message
from tests.servers.outbox import Outbox
from tools.bench_reminders.bench import Counts, bench
from tools.reminder_load.workers import worker


@pytest.mark.worker
def test_a_tiny_sitting_has_every_figure(transactional_db: None, smtp_sink: Outbox, tmp_path: Path) -> None:
    database = connection.settings_dict
    workers = worker(
        "tiny",
        concurrency=2,
        folder=tmp_path,
        environment={"DATABASE_URL": f"postgresql://{database['USER']}@/{database['HOST']}/{database['NAME']}"},
    )
    app.control.purge()
    counts = Counts(messages=6, noops=20, due=4, scheduled=(10, 20, 40), runs=1)
    result = bench(counts, workers, processes=2)
    assert set(result) >= {
        *("messages_per_second", "handovers_per_second", "smtp_loop_per_second", "celery_noop_per_second"),
        *("sweep_ms", "workers", "rss_mib"),
    }
    assert all(isinstance(value, int | float) and value > 0 for name, value in result.items() if name != "sweep_ms")
    assert isinstance(result["sweep_ms"], dict)
    assert list(result["sweep_ms"]) == ["10", "20", "40"]
    assert len(smtp_sink.messages()) == 18, "six to warm up, six by the bare loop, and six by the workers"
    assert Message.objects.filter(status="open").count() == 4, "the last sweep put four into envelopes"
    assert not Attempt.objects.exists()
