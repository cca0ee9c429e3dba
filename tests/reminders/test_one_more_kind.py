"""One more kind that a plan calls for is one more entry of a registry, and nothing else: this file adds one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from patients.models import MessageGroup, Patient, Plan, RecipientKind
from patients.reminders import kinds, wanted
from patients.reminders.channels import Envelope
from patients.reminders.kind import Asks, Call, Kind
from patients.reminders.ledger import why
from patients.reminders.planning import replan
from protocols.domain.phases import PlanStatus
from tests.fixtures.personae import NOON

BOTH = (RecipientKind.PATIENT, RecipientKind.STAFF)
MORNING = datetime(2027, 1, 6, 8, 0, tzinfo=UTC)
Sweep = Callable[[datetime], list[Envelope]]


def _is_two_days_old(subject: object, recipient: RecipientKind) -> Iterator[Call]:
    plan: Plan = subject.plan  # type: ignore[attr-defined]
    yield Call(plan.starts_on + timedelta(days=2), plan.code)


TWO_DAYS = Kind(
    name="two-days",
    recipients=BOTH,
    calls=_is_two_days_old,
    late_days=1,
    words="A plan is two days old",
    says="Your plan is two days old",
    group=MessageGroup.PHASES,
    while_plan_is=frozenset({PlanStatus.ACTIVE}),
    asks=Asks.CALL,
)


@pytest.fixture
def two_days(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> Plan:
    """What a line in the registry does: every reader of it finds the kind there."""
    monkeypatch.setitem(kinds.KINDS, TWO_DAYS.name, TWO_DAYS)
    monkeypatch.setattr(wanted, "PLAN_KINDS", (*wanted.PLAN_KINDS, TWO_DAYS))
    for module in ("planning", "subjects"):
        monkeypatch.setattr(f"patients.reminders.{module}.ABOUT_THE_WHOLE_PLAN", frozenset({TWO_DAYS.name}))
    replan(plan, at=NOON)
    return plan


def test_it_is_owed_to_each_and_goes_in_their_morning(two_days: Plan, angela: Patient, sweep_at: Sweep) -> None:
    rows = two_days.reminders.filter(kind="two-days")
    assert {row.recipient_kind: row.send_at for row in rows} == {
        "patient": MORNING,
        "staff": MORNING - timedelta(hours=1),
    }
    (digest,) = sweep_at(MORNING - timedelta(hours=1))
    assert "1 to telephone." in digest.text
    (note,) = sweep_at(MORNING)
    assert note.subject == "You have a new note"
    assert {row.status for row in rows.all()} == {"sent"}


def test_the_ledger_says_why_it_went(two_days: Plan, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    sentence = why(two_days.reminders.get(kind="two-days", recipient_kind="patient"), at=MORNING).sentence
    assert "called for it on Wednesday 6 January 2027" in sentence


def test_what_the_plan_no_longer_calls_for_is_not_sent(two_days: Plan, sweep_at: Sweep) -> None:
    Plan.objects.filter(pk=two_days.pk).update(status=PlanStatus.ON_HOLD.value)
    assert sweep_at(MORNING) == []
    assert {row.status for row in two_days.reminders.filter(kind="two-days")} == {"cancelled"}
