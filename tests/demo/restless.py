"""Processes for the tests of ending them: `python -m tests.demo.restless WHAT`."""

import signal
import subprocess
import sys
import time

what = sys.argv[1]
if what == "fails":
    print("I cannot find my database.", flush=True)
    sys.exit(3)
if what == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if what == "parent":
    subprocess.Popen([sys.executable, "-m", "tests.demo.restless", "deaf"])
print("ready", flush=True)
time.sleep(600)
