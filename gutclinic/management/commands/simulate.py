"""`manage.py simulate`: months of a clinic in seconds, and whether anything broke that must never break."""

import argparse
import json
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics.actor import for_system
from gutclinic.simulator.outcome import Outcome, simulate

MOST_SHOWN = 40


def whole_number(least: int, most: int) -> Any:
    """What reads such a number, for the parser of arguments."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"“{text}”: give a whole number from {least} to {most}.")
        return int(text)

    return read


class Command(BaseCommand):
    help = (
        "Lives through months of clinics with patients in zones all over the world, on a database of its own and a "
        "clock that jumps, with the real services and the real reminder path. Ends with 1 if an invariant is broken."
    )
    # It makes a database of its own, and does not look at the configured one.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=whole_number(1, 5000), default=50, help="How many patients (50).")
        parser.add_argument("--days", type=whole_number(1, 3650), default=140, help="How many days (140).")
        parser.add_argument("--seed", type=int, default=7, help="The same seed gives the same counts (7).")
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, *, patients: int, days: int, seed: int, **options: Any) -> None:
        if options["json"]:
            outcome = simulate(patients=patients, days=days, seed=seed, by=for_system())
            self._print_json(outcome)
        else:
            self.stdout.write(f"{patients} patients, {days} days, seed {seed}.")
            outcome = simulate(patients=patients, days=days, seed=seed, by=for_system(), progress=_Months(self))
            self._print_words(outcome)
        if outcome.violations:
            raise CommandError(f"{len(outcome.violations)} violations of what must never break.")

    def _print_json(self, outcome: Outcome) -> None:
        self.stdout.write(json.dumps(outcome.as_dict(), ensure_ascii=False))

    def _print_words(self, outcome: Outcome) -> None:
        self.stdout.write(f"{outcome.plans} plans, {outcome.transitions} transitions, {outcome.messages} messages.")
        for name, number in outcome.reminders.items():
            self.stdout.write(f"  reminders {name.replace('_', ' ')}: {number}")
        for violation in outcome.violations[:MOST_SHOWN]:
            self.stdout.write(f"BROKEN: {violation.invariant} · {violation.where} · {violation.text}")
        if not outcome.violations:
            self.stdout.write(f"Nothing was broken, in {outcome.seconds} seconds.")


class _Months:
    """Says each month of the run as it begins."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self._month: date | None = None

    def __call__(self, at: datetime) -> None:
        month = at.date().replace(day=1)
        if month != self._month:
            self._month = month
            self._command.stdout.write(f"  {month:%B %Y}")
