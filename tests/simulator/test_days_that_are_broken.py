"""What must be so of reminders that come each day can be found broken: planted in what was seen, and in the tables."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from gutclinic.simulator.cast import Cast
from gutclinic.simulator.evidence import Evidence, HandOver, Rows
from gutclinic.simulator.invariants import ways
from gutclinic.simulator.invariants.all import Invariant
from gutclinic.simulator.invariants.of_days import DAY_KINDS
from gutclinic.simulator.invariants.seen import Seen
from gutclinic.simulator.run import run
from gutclinic.simulator.stories import of_people
from patients.models import Recurrence, Reminder
from tests.simulator.breaking import broken, lived_through

PATIENTS, DAYS, SEED = 2, 40, 5
CAST = Cast((of_people.travels, of_people.changes_habits), tapering=frozenset())


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Evidence]:
    """A run of two who travel and sleep at other hours, without violations, with its database still there."""
    with lived_through(
        lambda: run(patients=PATIENTS, days=DAYS, seed=SEED, cast=CAST, by=for_system()), django_db_blocker
    ) as evidence:
        yield evidence


def of_a_day(evidence: Evidence) -> tuple[int, HandOver]:
    """A hand-over that was accepted, with something that comes each day in it."""
    return next(
        (number, hand_over)
        for number, hand_over in enumerate(evidence.hand_overs)
        if hand_over.outcome == "accepted" and any(carried.kind in DAY_KINDS for carried in hand_over.carried)
    )


def test_reminders_of_the_day_were_lived_through(lived: Evidence) -> None:
    """They went to both, while zones and hours changed, and each part is still asked for; or nothing is tried."""
    went = {hand_over.recipient for hand_over in lived.hand_overs for c in hand_over.carried if c.kind in DAY_KINDS}
    assert len(went) == PATIENTS
    assert len({state.zone for name in went for _, state in lived.people[name]}) > 2
    assert Reminder.objects.filter(kind__in=DAY_KINDS, status="sent").count() > 10
    assert Recurrence.objects.open().count() == 4


def test_a_second_reminder_of_one_date_is_found(seen: Evidence) -> None:
    row = Reminder.objects.filter(kind__in=DAY_KINDS, status="sent").first()
    assert row is not None
    row.pk, row.code, row.key = None, "SECOND0000", row.key.replace(":email", ":other")
    row.save()
    assert "each date has one reminder of a part" in broken(seen)


def test_one_that_went_by_a_second_channel_is_found(seen: Evidence) -> None:
    """Whatever it is about: the key of its row is another one, what it says is not."""
    row = Reminder.objects.exclude(kind__in=DAY_KINDS).filter(status="sent", recipient_kind="patient").first()
    assert row is not None
    assert row.channel == "email"
    row.pk, row.code, row.channel, row.key = None, "SECOND0000", "sms", row.key.replace(":email", ":sms")
    row.save()
    assert broken(seen) == {"one way for each thing", "every outcome has its cause"}


def test_a_third_routine_message_of_a_day_is_found(seen: Evidence) -> None:
    """Two more of one morning, by whichever way: what is asked for by the hour does not count."""
    hand_over = next(
        each
        for each in seen.hand_overs
        if each.recipient[0] == "patient" and not any(carried.kind in DAY_KINDS for carried in each.carried)
    )
    of_the_day = next(
        each
        for each in seen.hand_overs
        if each.recipient[0] == "patient" and all(carried.kind in DAY_KINDS for carried in each.carried)
    )
    for number in (1, 2):
        seen.hand_overs.append(replace(of_the_day, at=hand_over.at, message_id=-number, recipient=hand_over.recipient))
    assert "patients get two messages a day" not in broken_of(ways.patients_get_two_a_day, seen)
    for number in (3, 4):
        seen.hand_overs.append(replace(hand_over, message_id=-number))
    assert broken_of(ways.patients_get_two_a_day, seen) == {"patients get two messages a day"}


def broken_of(invariant: Invariant, evidence: Evidence) -> set[str]:
    """By this one alone: envelopes that no table knows break others first."""
    return {violation.invariant for violation in invariant(Seen(evidence, Rows.read()))}


def test_one_that_went_twice_is_found(seen: Evidence) -> None:
    _, hand_over = of_a_day(seen)
    seen.hand_overs.append(hand_over)
    assert {"each date has one reminder of a part", "nothing goes twice"} <= broken(seen)


@pytest.mark.parametrize("hours", [2, -24])
def test_one_that_went_late_or_on_another_day_is_found(seen: Evidence, hours: int) -> None:
    number, hand_over = of_a_day(seen)
    seen.hand_overs[number] = replace(hand_over, at=hand_over.at + timedelta(hours=hours, minutes=1))
    assert "what comes each day is in time" in broken(seen)


def test_a_cursor_that_stays_behind_is_found(seen: Evidence) -> None:
    row = Recurrence.objects.open()[0]
    Recurrence.objects.filter(pk=row.pk).update(next_at=seen.ends - timedelta(days=3))
    assert broken(seen) == {"cursors move on"}
