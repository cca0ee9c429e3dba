"""manage.py demo: what it refuses before anything is started. The rest is tried by `make demo ARGS=--check`."""

import fcntl
import os
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from gutclinic.management.commands import demo


class Became(Exception):
    """The command would now have become another process."""


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """The arguments and the environment of what it would have become."""
    found: list[tuple[list[str], dict[str, str]]] = []

    def become(program: str, arguments: list[str], environment: dict[str, str]) -> None:
        found.append((arguments, environment))
        raise Became

    monkeypatch.setattr(os, "execve", become)
    return found


def test_it_does_not_run_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="does not run in production"):
        call_command("demo")


def test_it_starts_again_in_an_environment_of_its_own(
    executed: list[tuple[list[str], dict[str, str]]], settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Became):
        call_command("demo", port=port)
    ((arguments, environment),) = executed
    assert arguments[-3:] == ["demo", f"--port={port}", "--in-its-environment"]
    assert environment["GUTCLINIC_VAR"] == str(tmp_path / "demo")
    assert environment["PUBLIC_URL"] == f"http://127.0.0.1:{port}"


def test_a_trial_has_a_folder_and_a_port_of_its_own(
    executed: list[tuple[list[str], dict[str, str]]], settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    with pytest.raises(Became):
        call_command("demo", check=True)
    ((arguments, environment),) = executed
    folder = Path(environment["GUTCLINIC_VAR"])
    try:
        assert arguments[-1] == "--check"
        assert folder.is_dir()
        assert tmp_path not in folder.parents
        assert int(environment["GUTCLINIC_SWEEP_SECONDS"]) < 10
    finally:
        folder.rmdir()


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is taken, .*--port={port + 1}"):
            call_command("demo", port=port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port_is_said(port: int) -> None:
    with pytest.raises(CommandError, match=f"{port} is no port"):
        call_command("demo", port=port)


def test_two_at_once_in_one_folder_are_refused(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = demo.Command()
        with pytest.raises(CommandError, match="runs already"), command._alone():
            pass
    with command._alone():
        pass


def test_it_does_not_start_where_the_check_refuses_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gets round the check, not even by saying that the environment is right."""
    settings.VAR_DIR = tmp_path
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["clinic.example.org"]
    monkeypatch.setattr(demo.Ending, "listen", lambda ending: None)
    with pytest.raises(SystemCheckError, match=r"gutclinic\.E002"):
        call_command("demo", port=1, in_its_environment=True)
    assert not list(tmp_path.iterdir())
