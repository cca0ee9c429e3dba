"""The medicine for need that was signed with a taper is its prescriber’s, as the taper is."""

from patients.models import Finding, Plan, Taper
from patients.services.safety.deciding import may_be_acknowledged, who_may_override
from tests.fixtures.personae import NOON, TODAY


def test_a_stop_of_it_is_its_prescribers_to_override_and_nobodys_to_acknowledge(taper: Taper, plan: Plan) -> None:
    code = f"{taper.code}-rescue"
    row = Finding.objects.create(
        plan=plan,
        rule="R13",
        part="main",
        rule_version="1",
        facts_key="magnesium and kidneys",
        severity="BLOCK",
        text="No magnesium.",
        cite="A test.",
        mark="R",
        first_day=TODAY,
        subjects=[code],
        stops=[code],
        opened_at=NOON,
    )
    assert not may_be_acknowledged(row)
    assert [prescriber for prescriber, _ in who_may_override(row)] == [taper.prescriber]
