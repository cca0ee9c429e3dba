"""With no environment it is development; production names all that is missing, and never runs the demonstration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from gutclinic.checks import lease_outlasts_the_mail_server, time_zone_is_utc

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "GUTCLINIC_MODE": "production",
    "SECRET_KEY": "x7-a long random string that nobody has ever seen before, 0123456789",
    "DATABASE_URL": "postgres://gutclinic@localhost/gutclinic",
    "REDIS_URL": "redis://localhost:6379/0",
    "PUBLIC_URL": "https://clinic.example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "clinic@example.org",
}


def load(**environment: str) -> str:
    """What loading the settings says in a process with this environment alone: DEBUG, or the last line of an error."""
    code = 'import gutclinic.settings as s; print(f\'debug={s.DEBUG} engine={s.DATABASES["default"]["ENGINE"]}\')'
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return (done.stdout or done.stderr).strip().splitlines()[-1]


def test_with_no_environment_it_is_development() -> None:
    assert load() == "debug=True engine=django.db.backends.sqlite3"


def test_a_complete_production_environment_is_accepted() -> None:
    assert load(**COMPLETE) == "debug=False engine=django.db.backends.postgresql"


def test_production_names_everything_that_is_missing_at_once() -> None:
    said = load(GUTCLINIC_MODE="production")
    for name in set(COMPLETE) - {"GUTCLINIC_MODE"}:
        assert f"{name} (" in said


@pytest.mark.parametrize("name", sorted(set(COMPLETE) - {"GUTCLINIC_MODE"}))
def test_production_does_not_start_without(name: str) -> None:
    assert f"{name} (" in load(**{key: value for key, value in COMPLETE.items() if key != name})


def test_production_never_runs_the_demonstration() -> None:
    assert "GUTCLINIC_DEMO is set in production" in load(**COMPLETE, GUTCLINIC_DEMO="true")


@pytest.mark.parametrize("address", ["rubbish", "nonsense://clinic:hidden-word@host"])
def test_an_address_that_is_no_mail_server_is_a_sentence_without_its_password(address: str) -> None:
    said = load(**COMPLETE | {"EMAIL_URL": address})
    assert "EMAIL_URL names no mail server. Write for example smtp+tls://" in said
    assert "hidden-word" not in said


def test_an_email_service_takes_the_place_of_the_mail_server() -> None:
    assert load(**COMPLETE | {"EMAIL_URL": "postmark://token@"}).startswith("debug=False")
    assert "EMAIL_URL lacks a part" in load(**COMPLETE | {"EMAIL_URL": "mailgun://token@"})


@pytest.mark.parametrize("address", ["rubbish", "", "nonsense://clinic:hidden-word@host/name"])
def test_an_address_that_is_no_database_is_a_sentence(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "preview_taper"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": address},
        input="{}",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr.strip() == (
        "DATABASE_URL names no database. Write for example postgres://user:password@host/name or "
        "sqlite:////folder/file.sqlite3, or unset it."
    )
    assert (done.stdout, done.returncode) == ("", 1)


def test_push_services_are_read_however_they_are_typed() -> None:
    code = "import gutclinic.settings as s; print(s.PUSH_HOSTS)"
    environment = {"PATH": os.environ["PATH"], "PUSH_HOSTS": "fcm.googleapis.com, *.Push.apple.com"}
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "['fcm.googleapis.com', '*.push.apple.com']"


def test_a_mode_that_does_not_exist_is_a_sentence() -> None:
    assert "Set it to development or production." in load(GUTCLINIC_MODE="staging")


def test_a_server_in_another_zone_is_refused(settings: Settings) -> None:
    assert time_zone_is_utc() == []
    settings.TIME_ZONE = "Europe/Berlin"
    (problem,) = time_zone_is_utc()
    assert problem.hint


def test_mail_without_a_time_limit_is_refused(settings: Settings) -> None:
    assert lease_outlasts_the_mail_server() == []
    settings.EMAIL_TIMEOUT = None
    (problem,) = lease_outlasts_the_mail_server()
    assert problem.hint
