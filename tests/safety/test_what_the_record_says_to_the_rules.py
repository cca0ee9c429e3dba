"""What the record leaves open: an old list of medicines is not complete, and a test that was made is not missing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from clinics.actor import Actor
from patients.models import Finding, LabStatus, Patient, Plan, ReviewAnswer
from patients.services import record
from patients.services.safety.assessing import preview
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import SOURCE, Write

Findings = Callable[[], list[Finding]]


@pytest.mark.parametrize(
    ("asked_on", "is_open"), [(date(TODAY.year - 1, 7, 4), False), (date(TODAY.year - 1, 7, 3), True)]
)
def test_a_list_of_medicines_older_than_six_months_is_not_complete(
    order: Write, plan: Plan, angela: Patient, by: Actor, asked_on: date, is_open: bool
) -> None:
    order("Betaine HCl", amount="650 mg")
    source = replace(SOURCE, as_of=asked_on)
    record.add_medicine_review(angela, answer=ReviewAnswer.COMPLETE, source=source, by=by, at=NOON)
    unknown = [row["unknown"] for row in preview(plan, at=NOON).not_checked if row.get("rule") == "R01"]
    assert (unknown == [["what else is taken"]]) is is_open


@pytest.mark.parametrize("status", [LabStatus.PENDING, LabStatus.UNKNOWN])
def test_iron_stores_that_were_asked_for_are_not_said_to_be_missing(
    findings: Findings, plan: Plan, angela: Patient, by: Actor, status: LabStatus
) -> None:
    record.add_condition(angela, icd10cm_code="G25.81", source=SOURCE, by=by, at=NOON)
    assert "R57" in {row.rule for row in findings()}
    record.add_lab_result(angela, lab_code="2276-4", status=status, source=SOURCE, by=by, at=NOON)
    assert "R57" not in {row.rule for row in findings()}
    unknown = [row["unknown"] for row in preview(plan, at=NOON).not_checked if row.get("rule") == "R57"]
    assert unknown == [["result of 2276-4"]]
