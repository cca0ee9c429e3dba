"""A decision counts for the facts it was made on: not for graver ones, and not after they were over and are others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import CharacteristicKind, Door, Finding, Order, Patient, Plan
from patients.services import record
from patients.services.errors import InvalidRequest
from patients.services.record import Source
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import Word, acknowledge, file_override
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import SOURCE, Take, Write

Findings = Callable[[], list[Finding]]


def after(days: int) -> datetime:
    return NOON + timedelta(days=days)


def source(days: int) -> Source:
    return replace(SOURCE, as_of=TODAY + timedelta(days=days))


def say(angela: Patient, by: Actor, kind: CharacteristicKind, value: bool, days: int) -> None:
    record.add_characteristic(angela, kind=kind, value=value, source=source(days), by=by, at=after(days))


def found(findings: Findings, rule: str) -> Finding:
    return next(row for row in findings() if row.rule == rule)


@pytest.fixture
def word(dr_price: Prescriber) -> Word:
    return Word(
        prescriber=dr_price.code, reason="Two weeks, 20 mg.", door=Door.TELEPHONE, said_on=TODAY, is_read_back=True
    )


def test_what_was_decided_while_nursing_says_nothing_of_a_pregnancy(
    order: Write, findings: Findings, plan: Plan, angela: Patient, by: Actor
) -> None:
    order("Betaine HCl", until="rebalance", amount="650 mg")
    say(angela, by, CharacteristicKind.PREGNANCY, False, 0)
    say(angela, by, CharacteristicKind.BREASTFEEDING, True, 0)
    row = found(findings, "R05")
    acknowledge(row, reason="Weaning next week.", by=by, at=NOON, revision=row.revision)
    say(angela, by, CharacteristicKind.BREASTFEEDING, False, 14)
    say(angela, by, CharacteristicKind.PREGNANCY, True, 100)
    assert [each.status for each in plan.findings.standing().filter(rule="R05")] == ["open"]


def test_nobody_is_asked_again_when_she_nurses_again(
    order: Write, findings: Findings, plan: Plan, angela: Patient, by: Actor
) -> None:
    order("Betaine HCl", until="rebalance", amount="650 mg")
    say(angela, by, CharacteristicKind.PREGNANCY, False, 0)
    say(angela, by, CharacteristicKind.BREASTFEEDING, True, 0)
    row = found(findings, "R05")
    acknowledge(row, reason="Weaning next week.", by=by, at=NOON, revision=row.revision)
    say(angela, by, CharacteristicKind.BREASTFEEDING, False, 14)
    say(angela, by, CharacteristicKind.BREASTFEEDING, True, 15)
    assert [each.status for each in plan.findings.standing().filter(rule="R05")] == ["acknowledged"]


def test_an_override_of_one_order_is_not_one_of_a_later_order(
    prescribed: Write, takes: Take, findings: Findings, plan: Plan, by: Actor, word: Word
) -> None:
    omeprazole = prescribed("Omeprazole", amount="20 mg")
    takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    row = found(findings, "R33")
    file_override(row, word, by=by, at=NOON, revision=row.revision)
    Order.objects.filter(pk=omeprazole.pk).update(ends_on=TODAY + timedelta(days=3))
    reassess(plan, at=after(5))
    again = prescribed("Omeprazole twice", amount="40 mg")
    Order.objects.filter(pk=again.pk).update(name="Omeprazole", starts_on=TODAY + timedelta(days=6))
    reassess(plan, at=after(6))
    row.refresh_from_db()
    again.refresh_from_db()
    assert (row.status, again.is_blocked) == ("open", True)


@pytest.mark.parametrize(("dose", "status"), [("20 mg", "overridden"), ("40 mg", "open")])
def test_a_change_of_times_keeps_the_override_and_a_higher_dose_does_not(
    prescribed: Write, takes: Take, findings: Findings, plan: Plan, by: Actor, word: Word, dose: str, status: str
) -> None:
    first = prescribed("Omeprazole", amount="20 mg", until="rebalance")
    takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    row = found(findings, "R33")
    file_override(row, word, by=by, at=NOON, revision=row.revision)
    new = Order.objects.get(pk=first.pk)
    parsed = Amount.parse(dose)
    new.pk, new.number, new.code, new.starts_on = None, 2, "O-NEW-0001", TODAY + timedelta(days=2)
    Order.objects.filter(pk=first.pk).update(is_current=False, ends_on=TODAY + timedelta(days=1))
    new.times_of_day, new.amount_value = ["with-dinner"], parsed.value
    new.save(force_insert=True)
    reassess(plan, at=after(2))
    row.refresh_from_db()
    assert row.status == status


def test_a_second_course_is_asked_about_again(order: Write, findings: Findings, plan: Plan, by: Actor) -> None:
    first = order("Clindamycin", item_kind="medicine", amount="300 mg")
    row = found(findings, "R30")
    acknowledge(row, reason="She knows the signs.", by=by, at=NOON, revision=row.revision)
    Order.objects.filter(pk=first.pk).update(ends_on=TODAY)
    reassess(plan, at=after(100))
    row.refresh_from_db()
    assert row.status == "resolved"
    second = order("Clindamycin II", "rebalance", item_kind="medicine", amount="300 mg")
    Order.objects.filter(pk=second.pk).update(name="Clindamycin")
    reassess(plan, at=after(101))
    row.refresh_from_db()
    assert row.status == "open"


def test_a_word_from_before_it_came_back_is_not_taken(
    prescribed: Write, takes: Take, findings: Findings, plan: Plan, angela: Patient, by: Actor, word: Word
) -> None:
    prescribed("Omeprazole", amount="20 mg", until="rebalance")
    use = takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    row = found(findings, "R33")
    record.mark_in_error(use, reason="Not hers.", by=by, at=after(1))
    record.add_medicine(angela, name="Clopidogrel", since=date(2027, 1, 20), source=source(20), by=by, at=after(20))
    row.refresh_from_db()
    assert row.status == "open"
    with pytest.raises(InvalidRequest, match="before this was found"):
        file_override(row, word, by=by, at=after(20), revision=row.revision)
    today = replace(word, said_on=TODAY + timedelta(days=20))
    assert file_override(row, today, by=by, at=after(20), revision=row.revision).status == "overridden"


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        ("every 7 days", "daily", "open"),
        ("every 7 days", "weekdays mon,thu", "open"),
        ("every 7 days", "weekdays mon", "acknowledged"),
        ("every 7 days", "every 14 days", "acknowledged"),
    ],
)
def test_a_weekly_dose_that_is_taken_on_more_days_is_asked_about_again(
    prescribed: Write, takes: Take, findings: Findings, plan: Plan, by: Actor, before: str, now: str, status: str
) -> None:
    first = prescribed("Methotrexate", amount="35 mg", until="rebalance", pattern=before)
    takes("Omeprazole", MedicineClass.PPI)
    row = found(findings, "R34")
    acknowledge(row, reason="Weekly alone.", by=by, at=NOON, revision=row.revision)
    new = Order.objects.get(pk=first.pk)
    new.pk, new.number, new.code, new.starts_on = None, 2, "O-NEW-0001", TODAY + timedelta(days=2)
    Order.objects.filter(pk=first.pk).update(is_current=False, ends_on=TODAY + timedelta(days=1))
    new.pattern = now
    new.save(force_insert=True)
    reassess(plan, at=after(2))
    row.refresh_from_db()
    assert row.status == status


@pytest.mark.parametrize(("now", "status"), [("daily", "open"), ("every 7 days", "acknowledged")])
def test_so_is_a_medicine_of_the_record(
    prescribed: Write, takes: Take, findings: Findings, plan: Plan, angela: Patient, by: Actor, now: str, status: str
) -> None:
    said: dict[str, Any] = {"amount": Amount.parse("35 mg"), "times_of_day": [Slot.WITH_DINNER]}
    prescribed("Omeprazole", amount="20 mg", until="rebalance")
    takes("Methotrexate", since=date(2026, 1, 1), until=TODAY + timedelta(days=1), pattern="every 7 days", **said)
    row = found(findings, "R34")
    acknowledge(row, reason="Weekly alone.", by=by, at=NOON, revision=row.revision)
    on = TODAY + timedelta(days=2)
    record.add_medicine(
        angela, name="Methotrexate", since=on, pattern=now, source=source(2), by=by, at=after(2), **said
    )
    reassess(plan, at=after(2))
    row.refresh_from_db()
    assert row.status == status


def test_a_sign_that_was_over_is_reviewed_again(angela: Patient, by: Actor, findings: Findings, plan: Plan) -> None:
    """Pain in the chest with breathlessness: what an ECG showed in January says nothing of another one."""

    def say(code: str, days: int, *, is_over: bool = False) -> None:
        on = TODAY + timedelta(days=days)
        ended = {"resolved_on": on} if is_over else {"onset_on": on}
        record.add_condition(angela, icd10cm_code=code, source=source(days), by=by, at=after(days), **ended)

    for code in ("R07.9", "R06.02"):
        say(code, 0)
    row = found(findings, "R55")
    acknowledge(row, reason="ECG normal.", by=by, at=NOON, revision=row.revision)
    for code in ("R07.9", "R06.02"):
        say(code, 2, is_over=True)
    reassess(plan, at=after(3))
    row.refresh_from_db()
    assert row.status == "resolved"
    for code in ("R07.9", "R06.02"):
        say(code, 20)
    reassess(plan, at=after(20))
    row.refresh_from_db()
    assert (row.status, row.decision) == ("open", "")
    assert [line.reason for line in row.changes.order_by("pk")][-1] == "It was over, and is there again."
