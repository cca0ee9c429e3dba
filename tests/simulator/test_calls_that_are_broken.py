"""Who is called about a warning sign, and until when: what goes wrong with it is found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from gutclinic.simulator.cast import Cast
from gutclinic.simulator.evidence import Evidence, HandOver
from gutclinic.simulator.run import run
from gutclinic.simulator.stories import of_tapers, steady
from patients.models import Reminder
from tests.simulator.breaking import broken, lived_through

PATIENTS, DAYS, SEED = 1, 60, 5
CAST = Cast((steady.left_alone,), (of_tapers.notices_a_warning_sign,))
NEXT = "red-flag-not-taken-on"


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Evidence]:
    """A run of one who notices two warning signs, without violations, with its database still there."""
    with lived_through(
        lambda: run(patients=PATIENTS, days=DAYS, seed=SEED, cast=CAST, by=for_system()), django_db_blocker
    ) as evidence:
        yield evidence


def next_called(evidence: Evidence) -> list[HandOver]:
    return [each for each in evidence.hand_overs if any(carried.kind == NEXT for carried in each.carried)]


def test_one_sign_went_on_to_the_admin_after_an_hour_and_the_other_was_taken_on_before(lived: Evidence) -> None:
    ((taper_id, states),) = lived.tapers.items()
    first, second = states[-1].flags
    assert first.is_taken_on
    assert second.is_taken_on
    (call,) = next_called(lived)
    assert call.recipient[1] in lived.admins.values()
    assert call.at - first.reported_at >= timedelta(hours=1)
    assert {carried.taper_id for carried in call.carried} == {taper_id}
    assert [act.refusal for act in lived.taper_acts if act.name == "take-on"] == [""]


def test_a_call_after_it_was_taken_on_is_found(seen: Evidence) -> None:
    (call,) = next_called(seen)
    ((taper_id, states),) = seen.tapers.items()
    seen.tapers[taper_id] = [
        replace(state, flags=tuple(replace(flag, is_taken_on=True) for flag in state.flags)) for state in states
    ]
    assert call in seen.hand_overs
    assert "everything is true when it goes" in broken(seen)


def test_a_next_person_who_was_never_called_is_found(seen: Evidence) -> None:
    Reminder.objects.filter(kind=NEXT, status="sent").delete()
    assert broken(seen) == {"what is called for is owed"}


def test_a_call_before_the_hour_is_over_is_found(seen: Evidence) -> None:
    (call,) = next_called(seen)
    number = seen.hand_overs.index(call)
    seen.hand_overs[number] = replace(call, at=call.at - timedelta(minutes=30))
    assert "nobody is called too early" in broken(seen)
