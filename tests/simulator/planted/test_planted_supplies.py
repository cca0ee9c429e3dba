"""Faults in what is told of supplies at home are found: a word that is missing, and one that was not true."""

from dataclasses import replace
from decimal import Decimal

from gutclinic.simulator.invariants.at_home import RUNNING_LOW
from patients.models import Reminder
from tests.simulator.planted.conftest import Scene


def sent(scene: Scene) -> Reminder:
    return next(row for row in scene.rows.reminders if row.kind == RUNNING_LOW and row.status == "sent")


def test_a_supply_that_runs_low_and_nobody_hears_of_is_found(scene: Scene) -> None:
    # One of which no earlier state is kept: what is kept keeps it, too.
    Reminder.objects.filter(kind=RUNNING_LOW, status="sent", pasts=None).order_by("pk")[0].delete()
    assert "what is called for is owed" in scene.broken()


def test_a_word_about_a_supply_that_lasts_is_found(scene: Scene) -> None:
    plan_id = sent(scene).plan_id
    scene.evidence.states[plan_id] = [
        replace(
            state,
            homes=tuple(
                replace(home, counts=tuple(replace(each, count=each.count + Decimal(5000)) for each in home.counts))
                for home in state.homes
            ),
        )
        for state in scene.evidence.states[plan_id]
    ]
    assert "everything is true when it goes" in scene.broken()


def test_a_word_that_is_owed_twice_under_another_key_is_found(scene: Scene) -> None:
    row = sent(scene)
    Reminder.objects.filter(pk=row.pk).update(key=row.key.replace(row.key.split(":")[1], "ANOTHER000"))
    assert "keys say what is owed" in scene.broken()
