"""What the demonstration runs: the web server, and one worker with beat inside it."""

import urllib.request
from functools import partial
from http import HTTPStatus
from pathlib import Path

from gutclinic.demo.children import Program
from gutclinic.demo.environment import HOST


def programs(*, port: int) -> list[Program]:
    """Web on this port, and the worker. They read where everything lies from their environment."""
    web = ["gunicorn", "gutclinic.wsgi", f"--bind={HOST}:{port}", "--workers=1", "--threads=4"]
    # The control socket would lie in the home folder, which need not exist.
    web += ["--graceful-timeout=5", "--no-control-socket"]
    worker = ["celery", "--app=gutclinic", "worker", "--beat", "--pool=threads", "--concurrency=2"]
    worker += ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [Program("web", web, partial(_answers, port)), Program("worker", worker, _celery_is_ready)]


def _answers(port: int, log: Path) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
            return answer.status == HTTPStatus.OK
    except OSError:
        return False


def _celery_is_ready(log: Path) -> bool:
    return " ready." in log.read_text(encoding="utf-8", errors="replace")
