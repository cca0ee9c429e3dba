"""The evidence of a run that was lived through, for each test to tamper with."""

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction

from gutclinic.simulator.evidence import Evidence


@pytest.fixture
def seen(lived: Evidence) -> Iterator[Evidence]:
    """A copy of the evidence of the file’s own run; what is changed in the tables is taken back as well."""
    with transaction.atomic():
        yield copy.deepcopy(lived)
        transaction.set_rollback(True)
