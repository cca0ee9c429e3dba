"""The outbox of the demonstration: it shows sign-in codes, so it exists there alone and for this machine alone."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import clear_url_caches, include, path
from pytest_django import Settings

from gutclinic.demo.outbox import letters
from gutclinic.urls import urlpatterns as without_demonstration

ADDRESS = "/demo/outbox/"
urlpatterns = [*without_demonstration, path("demo/", include("gutclinic.demo.urls"))]


@pytest.fixture
def outbox(settings: Settings, tmp_path: Path) -> Path:
    """A demonstration with an empty outbox."""
    settings.DEMO = True
    settings.ROOT_URLCONF = __name__
    settings.EMAIL_FILE_PATH = str(tmp_path)
    clear_url_caches()
    return tmp_path


def post(outbox: Path, *messages: EmailMessage) -> None:
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(outbox))
    connection.send_messages(list(messages))


def code_for(address: str, code: str = "1234-5678") -> EmailMessage:
    return EmailMessage(
        "Your sign-in code", f"Hello,\n\n{code}\n\nIt works once.", "Your clinic <clinic@localhost>", [address]
    )


def test_the_page_shows_code_and_link(client: Client, outbox: Path) -> None:
    link = "http://127.0.0.1:8000/join/AB12/secret-one_two/"
    letter = EmailMultiAlternatives("An invitation", f"Open this:\n\n{link}\n", "clinic@localhost", ["ben@example.org"])
    letter.attach_alternative("<p>not this one</p>", "text/html")
    post(outbox, code_for("angela@example.org"), letter)
    page = client.get(ADDRESS).content.decode()
    assert '<p class="letter-code">1234-5678</p>' in page
    assert f'<a href="{link}"' in page
    assert "not this one" not in page


def test_the_newest_message_comes_first(client: Client, outbox: Path) -> None:
    post(outbox, code_for("angela@example.org", "1111-1111"), code_for("angela@example.org", "2222-2222"))
    post(outbox, code_for("angela@example.org", "3333-3333"))
    assert [letter.code for letter in letters(outbox)] == ["3333-3333", "2222-2222", "1111-1111"]


def test_a_code_for_a_prescribers_link_is_shown_large_too(client: Client, outbox: Path) -> None:
    post(outbox, code_for("dr_price@example.org", "04213755"))
    assert '<p class="letter-code">04213755</p>' in client.get(ADDRESS).content.decode()


def test_messages_with_a_date_of_their_own_stand_among_the_others(outbox: Path) -> None:
    """Django writes the zone of its dates as “-0000”, the story of the demonstration as “+0000”."""
    old = code_for("angela@example.org", "1111-1111")
    old.extra_headers["Date"] = "Sun, 04 Jan 2026 10:00:00 +0000"
    post(outbox, code_for("angela@example.org", "2222-2222"), old)
    assert [letter.code for letter in letters(outbox)] == ["2222-2222", "1111-1111"]


def test_one_address_can_be_asked_for(client: Client, outbox: Path) -> None:
    post(outbox, code_for("angela@example.org", "1111-1111"), code_for("ben@example.org", "2222-2222"))
    page = client.get(ADDRESS, {"to": "Ben@example.org"}).content.decode()
    assert "2222-2222" in page
    assert "1111-1111" not in page


def test_a_message_half_written_waits(outbox: Path) -> None:
    post(outbox, code_for("angela@example.org"))
    (file,) = outbox.iterdir()
    file.write_bytes(file.read_bytes() + b"Subject: half a mess")
    assert len(letters(outbox)) == 1


def test_what_a_message_says_is_never_run(client: Client, outbox: Path) -> None:
    post(outbox, EmailMessage("<script>1</script>", "<script>2</script>", "a@localhost", ["b@example.org"]))
    assert b"<script>" not in client.get(ADDRESS).content


def test_without_the_setting_there_is_no_such_address(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404


def test_without_the_setting_the_page_refuses_even_if_it_had_an_address(
    client: Client, outbox: Path, settings: Settings
) -> None:
    settings.DEMO = False
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.2.1", "::1"])
def test_this_machine_may_look(client: Client, outbox: Path, address: str) -> None:
    assert client.get(ADDRESS, REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.1", "0.0.0.0", "::ffff:192.168.1.20", "8.8.8.8", "", "unix:"]
)
def test_nobody_else_may_look(client: Client, outbox: Path, address: str) -> None:
    assert client.get(ADDRESS, REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_behind_a_proxy_nobody_may_look(client: Client, outbox: Path, header: str) -> None:
    assert client.get(ADDRESS, headers={header: "for=127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_is_only_read(client: Client, outbox: Path, method: str) -> None:
    assert getattr(client, method)(ADDRESS).status_code == 405
