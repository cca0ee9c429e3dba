"""One run on a database of its own, shared by the tests of this folder; each plants something and takes it back."""

import copy
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from gutclinic.simulator.database import own_database
from gutclinic.simulator.evidence import Evidence, PlanState, Rows
from gutclinic.simulator.invariants.all import judge
from gutclinic.simulator.notebook import Notebook
from gutclinic.simulator.run import run

# Enough for every story up to the one with two plans, and for an outage.
PATIENTS, DAYS, SEED = 24, 60, 7


@pytest.fixture(scope="package")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Evidence]:
    """A run without violations, with its database still there."""
    with django_db_blocker.unblock(), own_database():
        evidence = run(patients=PATIENTS, days=DAYS, seed=SEED, by=for_system())
        assert judge(evidence, Rows.read()) == []
        yield evidence


class Scene:
    """The evidence of the run, to be tampered with, and the judgement of it."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.rows = Rows.read()

    def look(self, plan_id: int, at: datetime) -> PlanState:
        """Let the run see what was planted in the tables."""
        return Notebook(self.evidence).look(plan_id, at=at)

    def plan_id(self, wanted: Callable[[PlanState], bool]) -> int:
        """A plan whose last state is like that."""
        return next(plan_id for plan_id, states in self.evidence.states.items() if wanted(states[-1]))

    def broken(self) -> set[str]:
        """The names of all invariants that are found broken now."""
        return {violation.invariant for violation in judge(self.evidence, Rows.read())}


@pytest.fixture
def scene(lived: Evidence) -> Iterator[Scene]:
    with transaction.atomic():
        yield Scene(copy.deepcopy(lived))
        transaction.set_rollback(True)
