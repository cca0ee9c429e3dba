"""Nothing is skipped silently in continuous integration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = {
    "skip": "import pytest\ndef test_one():\n    pytest.skip('no browser here')\n",
    "skip of a module": "import pytest\npytest.skip('no browser here', allow_module_level=True)\n",
    "missing import": "import pytest\npytest.importorskip('no_such_package', reason='no browser here')\n",
    "expected failure": (
        "import pytest\n@pytest.mark.xfail(reason='no browser here')\ndef test_one():\n    assert False\n"
    ),
    "passing expected failure": (
        "import pytest\n@pytest.mark.xfail(reason='no browser here')\ndef test_one():\n    pass\n"
    ),
}


def _run(folder: Path, *, ci: str) -> subprocess.CompletedProcess[str]:
    # Its own configuration file: neither Django nor the servers are needed.
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p tests.plugins.no_skips -rs\n")
    environment = {**os.environ, "CI": ci, "PYTHONPATH": os.getcwd(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


@pytest.mark.parametrize("kind", TESTS)
def test_in_continuous_integration_it_fails_and_says_what_is_missing(tmp_path: Path, kind: str) -> None:
    (tmp_path / "test_planted.py").write_text(TESTS[kind])
    done = _run(tmp_path, ci="true")
    assert done.returncode in {1, 2}, done.stdout
    assert "Nothing is skipped in continuous integration" in done.stdout
    assert "no browser here" in done.stdout


@pytest.mark.parametrize("ci", ["", "false"])
def test_at_a_desk_a_skip_says_why(tmp_path: Path, ci: str) -> None:
    (tmp_path / "test_planted.py").write_text(TESTS["skip"])
    done = _run(tmp_path, ci=ci)
    assert done.returncode == 0, done.stdout
    assert "no browser here" in done.stdout
