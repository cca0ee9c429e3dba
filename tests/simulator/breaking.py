"""What tests of broken stories share: a run on a database of its own, and what is found broken after tampering."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_django.plugin import DjangoDbBlocker

from gutclinic.simulator.database import own_database
from gutclinic.simulator.evidence import Evidence, Rows
from gutclinic.simulator.invariants.all import judge


@contextmanager
def lived_through(live: Callable[[], Evidence], blocker: DjangoDbBlocker) -> Iterator[Evidence]:
    """The evidence of this run, which has no violations, while its database is still there."""
    with blocker.unblock(), own_database():
        evidence = live()
        assert judge(evidence, Rows.read()) == []
        yield evidence


def broken(evidence: Evidence, rows: Rows | None = None) -> set[str]:
    """The names of all invariants that are found broken now."""
    return {violation.invariant for violation in judge(evidence, rows or Rows.read())}
