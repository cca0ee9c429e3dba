"""The demonstration can be started at any time: what happened “yesterday” in some place may be today in another."""

from datetime import UTC, datetime

import pytest

from clinics.actor import for_system
from clinics.domain.instants import civil_date, zone
from gutclinic.demo.building import build
from gutclinic.demo.cast import further_patients, hold, resume
from gutclinic.demo.further_tapers import STORIES as TAPERS
from gutclinic.demo.people import Person
from gutclinic.demo.stories import draft, under_way
from patients.models import Attempt, Plan, Reminder, Taper, Transition
from patients.models.taper_course import course_of

# A day apart: there is hardly an hour at which both have the date of the clinic.
PLACES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
STORIES = (
    draft(starts_in=0),
    under_way(0),
    under_way(29),
    under_way(20, (15, hold("Travels.")), (19, resume)),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "at",
    [
        datetime(2027, 1, 4, 9, 59, tzinfo=UTC),
        datetime(2027, 1, 4, 10, 1, tzinfo=UTC),
        datetime(2027, 1, 4, 23, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 6, 0, tzinfo=UTC),
        # In the hour that Berlin has twice.
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    ],
)
def test_it_can_be_built_at_any_hour_of_any_day(at: datetime) -> None:
    told = [(place, story) for place in PLACES for story in STORIES]
    cast = [(Person(number=number, zone=place), story) for number, (place, story) in enumerate(told, start=1)]
    cast += [entry for entry in further_patients() if entry[0].number in TAPERS]
    build(system=for_system(), at=at, cast=cast)
    assert not Transition.objects.filter(at__gt=at).exists()
    assert not Reminder.objects.owed().filter(send_at__lte=at).exists()
    assert not Attempt.objects.exclude(outcome="accepted").exists()
    tapers = Taper.objects.values_list("plan__patient__given_name", "plan__patient__family_name", "status")
    assert set(tapers) == {
        ("Angela", "", "active"),
        ("Patient", "012", "held"),
        ("Patient", "018", "awaiting-signature"),
        ("Patient", "020", "draft"),
        ("Patient", "026", "held"),
    }
    angela = course_of(Taper.objects.get(status="active"))
    step = angela.on(civil_date(at, zone("Europe/Berlin")))
    assert step is not None
    assert step.number == 2
    for number, (place, _) in enumerate(told, start=1):
        plan = Plan.objects.get(patient__family_name=f"{number:03}")
        day = (civil_date(at, zone(place)) - plan.starts_on).days + 1
        assert day == [1, 0, 29, 20][(number - 1) % len(STORIES)]
