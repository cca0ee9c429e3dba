"""The queue of a machine without Redis: a folder, in which no worker ever finds half a message."""

from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection

# kombu remembers in a process which queues there are: each test has a queue of its own.
TRANSPORT = "gutclinic.file_queue:Transport"


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    folders = {"data_folder_in": tmp_path, "data_folder_out": tmp_path, "control_folder": tmp_path / "control"}
    return Connection("filesystem://", transport=TRANSPORT, transport_options=folders)


def test_what_is_put_in_comes_out_once_and_in_order(connection: Connection, tmp_path: Path) -> None:
    with connection, connection.SimpleQueue("in-order") as queue:
        tasks = [f"“task” – number {number}" for number in range(30)]
        for task in tasks:
            queue.put({"task": task})
        assert [queue.get(timeout=5).payload["task"] for _ in tasks] == tasks
        with pytest.raises(Empty):
            queue.get(block=False)
    assert not list(tmp_path.glob("*.part"))


def test_a_message_is_not_there_before_it_is_whole(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    rename, write = Path.rename, Path.write_text

    def look() -> None:
        seen.extend(file.read_bytes() for file in tmp_path.glob("*.msg"))

    def written(path: Path, text: str, **how: str) -> int:
        path.touch()
        look()
        count = write(path, text, **how)
        look()
        return count

    monkeypatch.setattr(Path, "write_text", written)
    monkeypatch.setattr(Path, "rename", lambda path, target: (rename(path, target), look())[0])
    with connection, connection.SimpleQueue("whole") as queue:
        queue.put({"task": "whole"})
    assert len(seen) == 1
    assert seen[0].endswith(b"}")


def test_without_redis_the_settings_name_it() -> None:
    source = (settings.BASE_DIR / "gutclinic" / "settings.py").read_text(encoding="utf-8")
    assert f'CELERY_BROKER_TRANSPORT = "{TRANSPORT}"' in source
