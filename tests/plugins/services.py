"""Starts the real servers before Django reads its settings, and tells the settings where they are.

Loaded with `-p`, so that it runs before pytest-django. GUTCLINIC_TEST_DATABASE chooses the configuration:
`postgresql` (the default) is production's, with PostgreSQL and Redis; `sqlite` is that of a fresh machine
without servers. Both have a real mail server. The processes of pytest-xdist share PostgreSQL and Redis,
each with databases of its own, and have a mail server each.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.child import Child
from tests.servers.outbox import Outbox
from tests.servers.process import ServerError

CHOICE = "GUTCLINIC_TEST_DATABASE"
# Set by the first process for those it starts: what `python -m tests.servers` reported.
SHARED = "GUTCLINIC_TEST_SERVERS"
# A developer's own settings must not reach the tests.
FOREIGN_VARIABLES = (
    *("ALLOWED_HOSTS", "API_RATE", "CELERY_BROKER_URL", "DATABASE_URL", "DEBUG", "DEFAULT_FROM_EMAIL"),
    *("EMAIL_RATE", "EMAIL_TIMEOUT", "EMAIL_URL", "EMAIL_WEBHOOK_SECRET", "GUTCLINIC_DEMO", "GUTCLINIC_MODE"),
    *("GUTCLINIC_SWEEP_SECONDS", "HTTP_TIMEOUT", "LOG_LEVEL", "METRICS_TOKEN", "PUBLIC_URL", "PUSH_HOSTS"),
    *("PUSH_RATE", "REDIS_URL", "SECRET_KEY", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SMS_ACCOUNT", "SMS_FROM"),
    *("SMS_PROVIDER", "SMS_RATE", "SMS_TOKEN", "SMS_URL", "SMS_WEBHOOK_SECRET", "TRUSTED_PROXIES", "VAPID_CONTACT"),
    "VAPID_PRIVATE_KEY",
)

OUTBOX = pytest.StashKey[Outbox]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start what this process needs; pytest stops it with its own tidying up, also after Ctrl-C."""
    options = early_config.known_args_namespace
    if not (options.help or options.version):
        try:
            _prepare(early_config, runs_tests="PYTEST_XDIST_WORKER" in os.environ or not options.numprocesses)
        except ServerError as error:
            raise pytest.UsageError(str(error)) from error
    yield


def _prepare(config: pytest.Config, *, runs_tests: bool) -> None:
    choice = os.environ.get(CHOICE, "postgresql")
    if choice not in {"postgresql", "sqlite"}:
        raise ServerError(f"{CHOICE} is “{choice}”. Set it to postgresql or sqlite.")
    if SHARED not in os.environ:
        servers = Child("tests.servers", *(["postgresql", "redis"] if choice == "postgresql" else []))
        config.add_cleanup(servers.stop)
        os.environ[SHARED] = json.dumps(servers.report)
    for name in FOREIGN_VARIABLES:
        os.environ.pop(name, None)
    shared = json.loads(os.environ[SHARED])
    process_name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(shared["folder"]) / process_name
    # WhiteNoise warns when the folder of collected static files is not there.
    (folder / "static").mkdir(parents=True)
    os.environ.update(_addresses(shared, folder, process_name))
    if runs_tests:
        os.environ["EMAIL_URL"] = _start_mail_server(config, folder / "mail")


def _addresses(shared: dict[str, Any], folder: Path, process_name: str) -> dict[str, str]:
    """Return the variables that gutclinic/settings.py reads."""
    found = {"GUTCLINIC_VAR": str(folder)}
    if "postgresql" in shared:
        # An empty host and a path of two parts: the folder of the socket, then the database. pytest-django
        # adds the process's name to the database.
        found["DATABASE_URL"] = f"postgresql://postgres@/{shared['postgresql']}/gutclinic?conn_max_age=0"
    else:
        found["DATABASE_URL"] = f"sqlite:///{folder / 'gutclinic.sqlite3'}"
    if "redis" in shared:
        first = 2 * (int(process_name.removeprefix("gw")) if process_name.startswith("gw") else 0)
        found["REDIS_URL"] = f"redis://127.0.0.1:{shared['redis']}/{first}"
        found["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{shared['redis']}/{first + 1}"
    return found


def _start_mail_server(config: pytest.Config, folder: Path) -> str:
    folder.mkdir()
    mail_server = Child("tests.servers.smtp_sink", str(folder))
    config.add_cleanup(mail_server.stop)
    port = mail_server.report["port"]
    config.stash[OUTBOX] = Outbox(folder, port=port)
    return f"smtp://127.0.0.1:{port}"


def pytest_report_header() -> str | None:
    """Say which servers the tests talk to."""
    shared = os.environ.get(SHARED)
    if shared is None:
        return None
    return "servers: " + ", ".join([name for name in ("postgresql", "redis") if name in json.loads(shared)] or ["none"])
