"""Whether reminders survive what breaks: `make chaos`, or `.venv/bin/python -m tools.chaos`.

Real PostgreSQL and Redis, two Celery workers and two beats, a mail server and a provider of text messages that count.
Reminders fall due in waves while workers are killed and frozen, Redis is emptied, PostgreSQL restarts, and the mail
server and the provider refuse, hang, and cut the connection after they have taken a message. One person in three is
written to by text message, and one in twenty lives where it is night. The last line is one JSON object, which
docs/commands.md explains; exit 1 if anything was lost, went at night, or came twice outside the stated windows.
"""

import argparse
import json
import sys

from tools.reminder_load.stage import staged


def main() -> int:
    """Run, print progress, a table and the JSON line. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Whether reminders survive what breaks.")
    parser.add_argument("--people", type=int, default=20_000, help="so many, with a reminder each")
    parser.add_argument("--rounds", type=int, default=4, help="how often each fault happens")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds that something stays broken")
    parser.add_argument(
        "--timeout", type=float, default=0.5, help="seconds that a mail server has; a claim lasts 18 times as long"
    )
    given = parser.parse_args()
    # So that claims of whoever was killed are over in seconds.
    quick = {
        "EMAIL_TIMEOUT": str(given.timeout),
        "HTTP_TIMEOUT": str(given.timeout),
        "GUTCLINIC_SWEEP_SECONDS": "1",
    }
    with staged(environment=quick) as stage:
        from tools.chaos.run import run

        verdict, figures = run(stage, count=given.people, rounds=given.rounds, pause=given.pause)
        for name, value in figures.items():
            print(f"{name:24} {value}")
        print(json.dumps(figures), flush=True)
    return 0 if verdict.is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
