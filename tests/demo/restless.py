"""Processes for the tests of ending them: `python -m tests.demo.restless WHAT`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from gutclinic.demo.children import Children, Program
from gutclinic.demo.ending import Ending

what = sys.argv[1]
if what == "demonstration":
    os.environ["DJANGO_SETTINGS_MODULE"] = "gutclinic.settings"
    children = Children(logs=Path(sys.argv[2]), ending=Ending())
    children.start([Program("first", ["tests.demo.restless", "first"], lambda log: "ready" in log.read_text())])
    print(children._children[0]._process.pid, flush=True)
if what == "fails":
    print("I cannot find my database.", flush=True)
    sys.exit(3)
if what == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if what == "parent":
    subprocess.Popen([sys.executable, "-m", "tests.demo.restless", "deaf"])
print("ready", flush=True)
time.sleep(600)
