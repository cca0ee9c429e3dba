"""A small fault run: everything that breaks in a big one breaks once, and nothing is lost, doubled or sent at night."""

import json
import subprocess
import sys

import pytest

from tools.chaos.faults import FAULTS


@pytest.mark.worker
def test_nothing_is_lost_and_nothing_doubled_outside_the_stated_windows() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.chaos"),
            *("--people", "240", "--rounds", "1", "--pause", "0.4", "--timeout", "0.3"),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.stdout, said
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["owed"] == 228, "one in twenty lives where it is night"
    assert result["sent"] == 228, said
    assert (result["lost"], result["in_quiet_hours"]) == (0, 0), said
    assert result["duplicates"] == result["duplicates_in_window"], said
    assert result["duplicates"] >= 2, "what each server took without a word comes again, and is counted"
    assert result["faults"] == {fault.__name__: 1 for fault in FAULTS}
    assert done.returncode == 0
