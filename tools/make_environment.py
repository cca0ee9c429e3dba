"""Make a virtual environment with a locked list in it: `python3 -m tools.make_environment FOLDER LIST`.

Works on a bare Debian, whose Python has `venv` and pip but not `ensurepip`: the environment gets no pip of
its own, the one that is there installs into it. Written for Python 3.7 too, to be able to say that it is
too old.
"""

from __future__ import annotations

import re
import subprocess
import sys

NEEDED_PYTHON = (3, 11)
# The first pip that installs into another environment (`--python`).
NEEDED_PIP = (22, 3)


class EnvironmentProblem(Exception):
    """The environment cannot be made; the message is a sentence for whoever runs make."""


def make_environment(folder: str, requirements: str) -> None:
    """Install the list into the environment, first making it if it is missing or another Python's."""
    check_python(sys.version_info[:2])
    check_pip(_output([sys.executable, "-m", "pip", "--version"]))
    python = folder + "/bin/python"
    ours = _output([sys.executable, "-c", "import sys; print(sys.version_info[:2])"])
    if _output([python, "-c", "import sys; print(sys.version_info[:2])"]) != ours:
        _run(
            [sys.executable, "-m", "venv", "--without-pip", "--clear", folder],
            "Making the environment failed.",
        )
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    # Wheels only: a bare machine has no compiler, and what one would make was never tried. http-ece, which push
    # messages need, is published as source alone; it is plain Python.
    command += ["--no-input", "--only-binary=:all:", "--no-binary=http-ece", "--require-hashes", "-r", requirements]
    _run(command, f"Installing {requirements} failed.")


def check_python(version: tuple[int, ...]) -> None:
    """Raise EnvironmentProblem if this Python is too old."""
    if version < NEEDED_PYTHON:
        raise EnvironmentProblem(
            f"gutclinic needs Python {_dotted(NEEDED_PYTHON)} or newer; "
            f"{sys.executable} is {_dotted(version)}. Name a newer one: make PYTHON=python3.13"
        )


def check_pip(version: str | None) -> None:
    """Raise EnvironmentProblem unless this is what a new enough `pip --version` prints; None means no pip."""
    if version is None:
        raise EnvironmentProblem(f"{sys.executable} has no pip. On Debian: apt-get install python3-pip")
    found = re.match(r"pip (\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < NEEDED_PIP:
        raise EnvironmentProblem(f"gutclinic needs pip {_dotted(NEEDED_PIP)} or newer; this is {version.strip()}.")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _output(command: list[str]) -> str | None:
    """Return what a command prints, or None if it fails or does not exist."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _run(command: list[str], problem: str) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        raise EnvironmentProblem(problem)


if __name__ == "__main__":
    try:
        make_environment(*sys.argv[1:])
    except EnvironmentProblem as problem:
        sys.exit(str(problem))
