"""The page that whatever watches over the server asks."""

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_a_server_whose_database_answers_is_up(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"up")


@pytest.mark.django_db
def test_a_server_without_its_database_is_down_and_says_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OperationalError("connection to server at 10.0.0.7 failed: password of gutclinic is wrong")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"down")


@pytest.mark.django_db
def test_asking_opens_no_session(client: Client) -> None:
    assert not client.get("/healthz").cookies
