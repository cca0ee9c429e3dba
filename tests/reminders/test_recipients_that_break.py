"""Whoever breaks while envelopes are filled stops nobody else, however many there are and in whichever order."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime

import pytest

from clinics.models import Clinic
from patients.models import Message, Plan, Reminder
from patients.reminders import gathering
from patients.reminders.gathering import Whose, gather
from tests.fixtures.personae import make_patient

PATIENT_MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


@pytest.fixture
def recipients(clinic: Clinic, activate_plan: Callable[..., Plan]) -> list[str]:
    """Five patients, and the member of staff who looks after all of them; the codes of the patients, rising."""
    patients = [make_patient(clinic, "Somebody", email=f"somebody_{number}@example.org") for number in range(5)]
    for patient in patients:
        activate_plan(patient)
    return sorted(patient.code for patient in patients)


@pytest.fixture
def breaking(recipients: list[str], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """In sets of two, of which the first has somebody who breaks."""
    codes, real = {recipients[0]}, gathering._fill

    def fill(whose: Collection[Whose], *, at: datetime) -> bool:
        if codes & {code for _, code, _ in whose}:
            raise ZeroDivisionError
        return real(whose, at=at)

    monkeypatch.setattr(gathering, "_fill", fill)
    monkeypatch.setattr(gathering, "BATCH", 2)
    return codes


def left() -> list[str]:
    return sorted(Reminder.objects.due(PATIENT_MORNING).values_list("recipient_code", flat=True))


def test_everybody_else_has_an_envelope_in_the_same_sweep(breaking: set[str], recipients: list[str]) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        gather(at=PATIENT_MORNING)
    assert left() == sorted(breaking)
    assert Message.objects.filter(recipient_code__in=recipients).count() == 4
    assert raised.group_contains(Exception, match="ExceptionGroup")


def test_even_a_whole_set_of_such_recipients_stops_nobody(breaking: set[str], recipients: list[str]) -> None:
    breaking.update(recipients[:3])
    with pytest.raises(ExceptionGroup):
        gather(at=PATIENT_MORNING)
    assert left() == recipients[:3]


def test_where_nobody_breaks_all_have_theirs(breaking: set[str], recipients: list[str]) -> None:
    breaking.clear()
    told: list[int] = []
    gather(at=PATIENT_MORNING, after_each=lambda: told.append(len(left())))
    assert left() == []
    assert Message.objects.count() == 6, "one for each patient, and one for whoever looks after them"
    assert told == sorted(told, reverse=True)
    assert len(told) == 3, "after each full set"


def test_who_wakes_workers_and_breaks_stops_nobody_either(breaking: set[str]) -> None:
    breaking.clear()

    def dead_broker() -> None:
        raise ConnectionError

    with pytest.raises(ExceptionGroup):
        gather(at=PATIENT_MORNING, after_each=dead_broker)
    assert left() == []
