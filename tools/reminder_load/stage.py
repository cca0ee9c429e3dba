"""The servers of one run, and Django set up on them as in production. Nothing of it is left afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.servers.child import Child
from tests.servers.postgresql import Cluster, make_cluster, serving
from tests.servers.process import give_to_ordinary_user
from tests.servers.redis_server import free_port, prepare_redis, serving_redis

# Commits are waited for, as in production. That they reach the disk is left out: only a machine without power needs it.
FSYNC_OFF: Final = ("fsync=off", "full_page_writes=off", "max_wal_size=4GB", "autovacuum=off")


class Server:
    """Something that can be stopped and started again while others use it."""

    def __init__(self, serve: object) -> None:
        self._serve = serve
        self._running = ExitStack()

    def start(self) -> None:
        """Run it; returns once it answers."""
        assert callable(self._serve)
        self._running.enter_context(self._serve())

    def stop(self) -> None:
        """Stop it as a crash would."""
        self._running.close()


@dataclass(frozen=True, slots=True)
class Stage:
    """folder: of everything temporary. mail: of the counting mail server. texts: of the counting provider of text
    messages. redis_port: on loopback."""

    folder: Path
    mail: Path
    texts: Path
    redis_port: int
    postgresql: Server
    redis: Server


@contextmanager
def staged(*, fsync: bool = False, environment: dict[str, str] | None = None) -> Iterator[Stage]:
    """Start the servers, set Django up on them, and make the tables. Enter it before anything imports a model.

    fsync: whether a commit waits for the disk. environment: further settings, of this process and of its workers.
    """
    # Not the configured temporary folder: the path of a Unix socket must stay below 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="gutclinic-load-", dir="/tmp"))
    give_to_ordinary_user(folder)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster = make_cluster(folder)
        postgresql = Server(lambda: serving(cluster, *(() if fsync else FSYNC_OFF)))
        home, port = prepare_redis(folder), free_port()
        redis = Server(lambda: serving_redis(home, port=port))
        for server in (postgresql, redis):
            stack.callback(server.stop)
            server.start()
        mail, texts = folder / "mail", folder / "texts"
        ports = {}
        for kept_in, module in ((mail, "counting_sink"), (texts, "counting_http_sink")):
            kept_in.mkdir()
            sink = Child(f"tests.servers.{module}", str(kept_in))
            stack.callback(sink.stop)
            ports[kept_in.name] = sink.report["port"]
        os.environ.update(_production(folder, cluster, redis_port=port, ports=ports))
        os.environ.update(environment or {})
        _make_tables()
        yield Stage(folder, mail, texts, port, postgresql, redis)


def _production(folder: Path, cluster: Cluster, *, redis_port: int, ports: dict[str, int]) -> dict[str, str]:
    """What production is told, with these servers."""
    var = folder / "var"
    (var / "static").mkdir(parents=True)
    return {
        "DJANGO_SETTINGS_MODULE": "gutclinic.settings",
        "GUTCLINIC_MODE": "production",
        "GUTCLINIC_VAR": str(var),
        "SECRET_KEY": "of one run, " * 8,
        # An empty host and a path of two parts: the folder of the socket, then the database.
        "DATABASE_URL": f"postgresql://postgres@/{cluster.home}/gutclinic",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{redis_port}/1",
        "PUBLIC_URL": "https://clinic.example.org",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports['mail']}",
        "SMS_PROVIDER": "http",
        "SMS_URL": f"http://127.0.0.1:{ports['texts']}/",
        "SMS_TOKEN": "of one run",
        "SMS_WEBHOOK_SECRET": "of one run alone, " * 2,
        "DEFAULT_FROM_EMAIL": "clinic@example.org",
        "LOG_LEVEL": "WARNING",
        "DEBUG": "false",
    }


def _make_tables() -> None:
    import environ
    import psycopg
    from django.apps import apps

    address = environ.Env().db("DATABASE_URL")
    with psycopg.connect(host=address["HOST"], user=address["USER"], dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE gutclinic")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # Straight from the models, in a fifth of the time. What only migrations bring, such as triggers against changing a
    # signed version, has no part in how messages go.
    settings.MIGRATION_MODULES = dict.fromkeys((app.label for app in apps.get_app_configs()), None)
    call_command("migrate", run_syncdb=True, verbosity=0)
