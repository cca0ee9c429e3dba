"""What the record says is over stops nothing any more; what lasts, or counts as history, does."""

from collections.abc import Callable
from datetime import date

import pytest

from clinics.actor import Actor
from patients.models import Finding, Patient, Presence, SafetyCheck
from patients.services import record
from protocols.domain.rule_terms import All, AnyOf, ConditionGroup, Expression, HasCondition, Not
from protocols.services.condition_codes import check_condition_code
from protocols.services.knowledge import shipped_knowledge
from tests.fixtures.personae import NOON
from tests.safety.conftest import SOURCE, Write, rules

Findings = Callable[[], list[Finding]]
OVER = date(2020, 10, 1)


@pytest.mark.parametrize(
    ("name", "code", "rule", "still"),
    [
        ("Psyllium", "K56.7", "R43", False),
        ("Magnesium oxide", "N17.9", "R13", False),
        ("Magnesium oxide", "N18.30", "R13", True),
        ("Probiotic", "R65.20", "R25", False),
        ("Berberine", "Z33.1", "R07", False),
        ("Betaine HCl", "K25.9", "R03", True),
        ("Betaine HCl", "K92.2", "R03", True),
    ],
)
def test_what_is_over_stops_nothing_unless_it_lasts(
    order: Write, findings: Findings, angela: Patient, by: Actor, name: str, code: str, rule: str, still: bool
) -> None:
    order(name)
    record.add_condition(angela, icd10cm_code=code, resolved_on=OVER, source=SOURCE, by=by, at=NOON)
    assert (rule in rules(findings())) is still


def test_a_warning_sign_of_long_ago_is_over(findings: Findings, angela: Patient, by: Actor) -> None:
    record.add_condition(angela, icd10cm_code="M25.511", resolved_on=OVER, source=SOURCE, by=by, at=NOON)
    record.add_condition(angela, icd10cm_code="R42", source=SOURCE, by=by, at=NOON)
    assert "R55" not in rules(findings())


def test_a_question_is_answered_by_looked_for_and_not_there(
    order: Write, findings: Findings, angela: Patient, by: Actor
) -> None:
    order("Psyllium")
    findings()
    asked = {word for row in SafetyCheck.objects.get().not_checked for word in row.get("unknown", ())}
    assert "condition: trouble swallowing (no: R13.10)" in asked
    for code in ("R13.10", "K22.2", "K56.609"):
        record.add_condition(
            angela, icd10cm_code=code, presence=Presence.ABSENT, source=SOURCE, by=by, at=NOON
        )  # fmt: skip
    findings()
    left = {tuple(row["unknown"]) for row in SafetyCheck.objects.get().not_checked if row.get("rule") == "R43"}
    # From which medicines it is taken apart, the list of medicines will tell.
    assert left == {("what else is taken",)}


def groups(expression: Expression | None) -> list[ConditionGroup]:
    match expression:
        case HasCondition():
            return list(expression.groups)
        case Not():
            return groups(expression.of)
        case All() | AnyOf():
            return [group for inner in expression.of for group in groups(inner)]
    return []


def test_every_shipped_group_can_be_denied_with_leaves() -> None:
    found = [group for _, part in shipped_knowledge().enabled() for group in groups(part.condition)]
    assert found
    for group in found:
        assert group.denied_by, group.key
        assert all(check_condition_code(code).is_leaf for code in group.denied_by)
        assert all(code.startswith(group.codes) for code in group.denied_by), group.key
