"""The servers of the tests are real ones."""

import os
import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import environ
import psycopg
import pytest
import redis

from tests.servers.child import Child
from tests.servers.outbox import Answer, Outbox
from tests.servers.process import ServerError

POSTGRESQL = os.environ.get("GUTCLINIC_TEST_DATABASE", "postgresql") == "postgresql"


def _send(outbox: Outbox, *, subject: str = "A message", recipient: str = "angela@example.org") -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "clinic@example.org"
    message["To"] = recipient
    message.set_content("Grüße\n")
    with smtplib.SMTP("127.0.0.1", outbox.port, timeout=10) as server:
        server.send_message(message)


if POSTGRESQL:
    # Not skipped but absent on SQLite: that configuration has no such servers.

    def test_postgresql_answers_at_the_address_given_to_the_settings() -> None:
        address = environ.Env().db("DATABASE_URL")
        with psycopg.connect(host=address["HOST"], user=address["USER"], dbname="postgres") as connection:
            row = connection.execute("SELECT version(), current_setting('TimeZone')").fetchone()
        assert row is not None
        assert row[0].startswith("PostgreSQL 18")
        assert row[1] == "UTC"

    def test_redis_answers_at_the_address_given_to_the_settings() -> None:
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            assert client.ping()
            assert client.set("key", "value")
        with redis.Redis.from_url(os.environ["CELERY_BROKER_URL"]) as queue:
            assert queue.get("key") is None, "the cache and the queue share a database"


def test_what_is_sent_arrives(smtp_sink: Outbox) -> None:
    _send(smtp_sink, subject="Ein Gruß")
    (message,) = smtp_sink.wait_for(1)
    assert message.sender == "clinic@example.org"
    assert message.recipients == ("angela@example.org",)
    assert message.subject == "Ein Gruß"
    assert message.text == "Grüße\n"
    assert message.html == ""


def test_messages_come_in_the_order_of_their_arrival(smtp_sink: Outbox) -> None:
    for number in range(12):
        _send(smtp_sink, subject=str(number))
    assert [message.subject for message in smtp_sink.messages()] == [str(number) for number in range(12)]


def test_a_cleared_outbox_is_empty_and_accepts_again(smtp_sink: Outbox) -> None:
    _send(smtp_sink)
    smtp_sink.answer(Answer.REFUSE_PERMANENTLY)
    smtp_sink.clear()
    assert smtp_sink.messages() == []
    _send(smtp_sink)
    assert len(smtp_sink.messages()) == 1


@pytest.mark.parametrize(
    ("answer", "code"), [(Answer.REFUSE_TEMPORARILY, 451), (Answer.REFUSE_PERMANENTLY, 550)], ids=str
)
def test_a_recipient_is_refused(smtp_sink: Outbox, answer: Answer, code: int) -> None:
    smtp_sink.answer(answer)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        _send(smtp_sink)
    assert refusal.value.recipients["angela@example.org"][0] == code
    assert smtp_sink.messages() == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Answer.REFUSE_MESSAGE_TEMPORARILY, 451), (Answer.REFUSE_MESSAGE_PERMANENTLY, 554)],
    ids=str,
)
def test_a_message_is_refused(smtp_sink: Outbox, answer: Answer, code: int) -> None:
    smtp_sink.answer(answer)
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        _send(smtp_sink)
    assert refusal.value.smtp_code == code
    assert smtp_sink.messages() == []


def test_a_dropped_connection_leaves_the_message_with_the_server(smtp_sink: Outbox) -> None:
    smtp_sink.answer(Answer.DROP_AFTER_ACCEPT)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(smtp_sink)
    assert len(smtp_sink.messages()) == 1


def test_waiting_for_mail_that_does_not_come_names_what_came(smtp_sink: Outbox) -> None:
    _send(smtp_sink, subject="The only one")
    with pytest.raises(AssertionError, match=r"2 messages were expected .* 1 arrived: \['The only one'\]"):
        smtp_sink.wait_for(2, timeout=0.1)


def _redis_listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_the_servers_end_with_the_process_that_asked_for_them() -> None:
    servers = Child("tests.servers", "redis")
    folder, port = Path(servers.report["folder"]), servers.report["redis"]
    assert folder.is_dir()
    assert _redis_listens(port)
    servers.stop()
    assert not folder.exists()
    assert not _redis_listens(port)


def test_the_servers_end_even_if_that_process_is_killed() -> None:
    parent = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "from tests.servers.child import Child; import signal\n"
            "servers = Child('tests.servers', 'redis')\n"
            "print(servers.report['folder'], flush=True); signal.pause()",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stderr is not None
    with parent.stdout, parent.stderr:
        folder = Path(parent.stdout.readline().strip())
        assert folder.is_dir()
        parent.kill()
        parent.wait()
        # The servers inherited this pipe: it ends when they have.
        assert parent.stderr.read() == ""
    assert not folder.exists()


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(ServerError, match="ended without a word"):
        Child("tests.servers.no_such_module")
