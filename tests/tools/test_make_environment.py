"""The environment says in a sentence why it cannot be made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.make_environment import EnvironmentProblem, check_pip, check_python


def test_a_missing_pip_is_named_with_the_package_that_brings_it() -> None:
    with pytest.raises(EnvironmentProblem, match=r"has no pip\. On Debian: apt-get install python3-pip"):
        check_pip(None)


@pytest.mark.parametrize("version", ["pip 22.2.2 from /usr/lib", "pip 9.0 from /usr/lib", "something else"])
def test_an_old_pip_is_refused(version: str) -> None:
    with pytest.raises(EnvironmentProblem, match=r"needs pip 22\.3 or newer"):
        check_pip(version)


@pytest.mark.parametrize("version", ["pip 22.3 from /usr/lib", "pip 25.1.1 from /usr/lib (python 3.13)"])
def test_a_new_enough_pip_will_do(version: str) -> None:
    check_pip(version)


def test_an_old_python_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match=r"needs Python 3\.11 or newer; .* is 3\.10"):
        check_python((3, 10))


def test_a_python_without_pip_ends_with_the_sentence_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text("raise ImportError")
    done = subprocess.run(
        [sys.executable, "-m", "tools.make_environment", str(tmp_path / "environment"), "requirements.txt"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{os.getcwd()}"},
    )
    assert done.returncode == 1
    assert done.stderr == f"{sys.executable} has no pip. On Debian: apt-get install python3-pip\n"
    assert not (tmp_path / "environment").exists()
