"""The demonstration touches nothing but its own folder, whatever stands in the environment of who starts it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from gutclinic.demo.environment import READ_BY_OTHERS, demonstration_environment

A_REAL_CLINIC = {
    "DATABASE_URL": "postgres://gutclinic:secret@database/clinic",
    "REDIS_URL": "redis://redis:6379/0",
    "CELERY_BROKER_URL": "redis://redis:6379/1",
    "EMAIL_URL": "smtp+tls://clinic:secret@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "clinic@example.org",
    "PUBLIC_URL": "https://clinic.example.org",
    "ALLOWED_HOSTS": "clinic.example.org,*",
    "SECRET_KEY": "the real one",
    "GUTCLINIC_VAR": "/srv/clinic",
    "GUTCLINIC_TEST_DATABASE": "postgresql",
    "GUNICORN_CMD_ARGS": "--bind=0.0.0.0:8000",
    "WEB_CONCURRENCY": "9",
    "SMS_PROVIDER": "twilio",
    "SMS_TOKEN": "the real token",
    "VAPID_PRIVATE_KEY": "the real key",
    "PUSH_HOSTS": "push.example.org",
    "DEBUG": "true",
}


def environment(folder: Path) -> dict[str, str]:
    inherited = {"PATH": os.environ["PATH"], "HOME": "/home/somebody"} | A_REAL_CLINIC
    return demonstration_environment(inherited, folder=folder, port=8123, sweep_seconds=7)


def test_nothing_of_a_real_clinic_is_passed_on(tmp_path: Path) -> None:
    made = environment(tmp_path)
    assert not set(A_REAL_CLINIC.values()) & set(made.values()) - {"true"}
    assert made["HOME"] == "/home/somebody"


def test_the_settings_then_need_no_server_and_stay_on_this_machine(tmp_path: Path) -> None:
    asked = "PRODUCTION DEMO DEBUG DATABASES ALLOWED_HOSTS PUBLIC_URL EMAIL_BACKEND EMAIL_FILE_PATH CELERY_BROKER_URL"
    asked += " SMS_PROVIDER SMS_FOLDER"
    program = f"from gutclinic import settings\nfor name in '{asked}'.split(): print(name, getattr(settings, name))"
    made = environment(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=made, capture_output=True, text=True, check=True
    )
    said = dict(line.split(" ", 1) for line in told.stdout.splitlines())
    assert (said["PRODUCTION"], said["DEMO"], said["DEBUG"]) == ("False", "True", "False")
    assert f"'{tmp_path / 'gutclinic.sqlite3'}'" in said["DATABASES"]
    assert said["ALLOWED_HOSTS"] == "['127.0.0.1', 'localhost']"
    assert said["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert said["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert said["EMAIL_FILE_PATH"] == str(tmp_path / "outbox")
    assert said["CELERY_BROKER_URL"] == "filesystem://"
    assert (said["SMS_PROVIDER"], said["SMS_FOLDER"]) == ("file", str(tmp_path / "sms"))


def test_every_variable_that_the_settings_read_is_the_demonstrations_own() -> None:
    """A variable that is added to the settings must not slip in from outside."""
    source = (settings.BASE_DIR / "gutclinic" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", source))
    assert {"SECRET_KEY", "DATABASE_URL", "GUTCLINIC_VAR"} <= read
    assert {name for name in read if not name.startswith(READ_BY_OTHERS)} == set()
