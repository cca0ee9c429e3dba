"""How fast reminders go: `make bench-reminders`, or `.venv/bin/python -m tools.bench_reminders`.

Real PostgreSQL, Redis and Celery, a mail server on loopback that counts. Every figure is the median of several runs in
one sitting, and the runs of different figures take turns, so that a busy machine is busy for all of them: ratios are
what counts. A commit waits for PostgreSQL but not for its disk, unless --fsync is given. The last line is one JSON
object, which docs/commands.md explains.
"""

import argparse
import json

from tools.reminder_load.stage import staged


def main() -> None:
    """Measure, print a table, then the JSON line."""
    parser = argparse.ArgumentParser(description="How fast reminders go.")
    parser.add_argument("--messages", type=int, default=2000, help="so many are due in each run, to a patient each")
    parser.add_argument("--noops", type=int, default=3000, help="so many tasks that do nothing in each run")
    parser.add_argument("--due", type=int, default=1000, help="so many are due when a sweep is measured")
    parser.add_argument("--scheduled", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3, help="of each; the median counts")
    parser.add_argument("--workers", type=int, default=2, help="so many processes of one worker")
    parser.add_argument("--fsync", action="store_true", help="commits wait for the disk")
    given = parser.parse_args()
    with staged(fsync=given.fsync) as stage:
        from tools.bench_reminders.bench import Counts, bench
        from tools.reminder_load.workers import worker

        counts = Counts(
            messages=given.messages,
            noops=given.noops,
            due=given.due,
            scheduled=tuple(given.scheduled),
            runs=given.runs,
        )
        workers = worker("bench", concurrency=given.workers, folder=stage.folder)
        print(json.dumps(bench(counts, workers, processes=given.workers)), flush=True)


if __name__ == "__main__":
    main()
