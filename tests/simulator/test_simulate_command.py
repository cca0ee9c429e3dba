"""`manage.py simulate`: its document, its exit status, and a database of its own."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from gutclinic.simulator import outcome
from gutclinic.simulator.invariants.seen import Violation
from patients.models import Patient

SMALL = ("--patients=5", "--days=25", "--seed=3")


@pytest.fixture
def databases(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """May connect, without a transaction of the test's own around it."""
    with django_db_blocker.unblock():
        yield


def simulate(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("simulate", *arguments, stdout=printed)
    return printed.getvalue()


@pytest.mark.usefixtures("databases")
def test_it_prints_one_document_with_the_names_of_the_contract() -> None:
    document = json.loads(simulate(*SMALL, "--json"))
    assert list(document) == [
        *("patients", "days", "plans", "transitions", "reminders", "messages", "violations", "seconds")
    ]
    reminders = document["reminders"]
    assert list(reminders) == [*("owed", "sent", "cancelled", "missed", "lost", "duplicates", "in_quiet_hours")]
    outcomes = ("sent", "cancelled", "missed", "lost")
    assert reminders["owed"] == sum(reminders[name] for name in outcomes) > 0
    assert (document["patients"], document["days"]) == (5, 25)
    assert document["violations"] == []
    assert document["messages"] > 0
    assert document["transitions"] > document["plans"] >= 5


@pytest.mark.usefixtures("databases")
def test_the_same_seed_gives_the_same_counts() -> None:
    def counts() -> dict[str, Any]:
        return json.loads(simulate("--patients=6", "--days=40", "--seed=11", "--json")) | {"seconds": 0}

    assert counts() == counts()


@pytest.mark.usefixtures("databases")
def test_another_seed_gives_another_run() -> None:
    def counts(seed: int) -> dict[str, Any]:
        return json.loads(simulate(*SMALL[:2], f"--seed={seed}", "--json")) | {"seconds": 0}

    assert counts(1) != counts(2)


@pytest.mark.django_db
def test_the_configured_database_is_left_alone(angela: Patient) -> None:
    """Not even the transaction that is open there notices."""
    name = connection.settings_dict["NAME"]
    simulate("--patients=1", "--days=3")
    assert connection.settings_dict["NAME"] == name
    assert list(Patient.objects.all()) == [angela]


@pytest.mark.usefixtures("databases")
def test_without_json_it_says_what_it_does() -> None:
    printed = simulate(*SMALL)
    assert printed.startswith("5 patients, 25 days, seed 3.\n  January 2027\n")
    assert "reminders in quiet hours: 0" in printed
    assert "Nothing was broken" in printed


@pytest.mark.usefixtures("databases")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_violation_ends_it_with_one(monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]) -> None:
    planted = Violation("nothing is lost", "patient_001", "It was planted.")
    monkeypatch.setattr(outcome, "judge", lambda evidence, rows: [planted])
    printed = io.StringIO()
    with pytest.raises(CommandError, match="1 violation") as ended:
        call_command("simulate", "--patients=1", "--days=3", *options, stdout=printed)
    assert ended.value.returncode == 1
    if options:
        assert json.loads(printed.getvalue())["violations"] == [planted.as_dict()]
    else:
        assert "BROKEN: nothing is lost · patient_001 · It was planted." in printed.getvalue()


@pytest.mark.parametrize("argument", ["--patients=0", "--patients=many", "--days=-1", "--days=99999"])
def test_a_size_that_makes_no_sense_is_refused_in_words(argument: str) -> None:
    with pytest.raises(CommandError, match="give a whole number from 1 to"):
        call_command("simulate", argument)
