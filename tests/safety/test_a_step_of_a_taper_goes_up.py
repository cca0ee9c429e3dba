"""What was decided about a dose of a taper covers lower steps, and not a step back to a higher one."""

import pytest

from patients.models import Finding
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import acknowledge
from patients.services.tapers.revising import StepBack
from tests.fixtures.lives import Life
from tests.fixtures.tapers import on_day
from tests.safety.conftest import Take


@pytest.fixture
def tells_its_prescriber(life: Life, takes: Take) -> Finding:
    """R36: the PPI comes down beside levothyroxine. On day 29 it goes from 20 mg to 10 mg, on day 45 back to 20 mg."""
    takes("Levothyroxine")
    life.changes(1, 29)
    life.revise(StepBack(), first=45, on=40)
    return life.taper.plan.findings.standing().get(rule="R36")


def status_on(finding: Finding, number: int) -> str:
    reassess(finding.plan, at=on_day(number))
    finding.refresh_from_db()
    return finding.status


@pytest.mark.parametrize(
    ("decided", "looked_at", "status"), [(41, 46, "open"), (10, 41, "acknowledged"), (10, 46, "acknowledged")]
)
def test_a_higher_step_than_was_decided_about_is_asked_about_again(
    tells_its_prescriber: Finding, life: Life, decided: int, looked_at: int, status: str
) -> None:
    row = tells_its_prescriber
    assert status_on(row, decided) == "open"
    acknowledge(row, reason="Told by letter.", by=life.cho, at=on_day(decided), revision=row.revision)
    assert status_on(row, looked_at) == status
