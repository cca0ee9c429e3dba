"""Lives in which the person changes: zone, hours, consent; and lives in which anything may happen."""

from collections.abc import Iterator
from datetime import datetime, time

from gutclinic.simulator import day_acts, home_acts, person_acts
from gutclinic.simulator.life import Life
from gutclinic.simulator.people import address_of
from gutclinic.simulator.places import other_zone
from gutclinic.simulator.stories.moods import anything
from gutclinic.simulator.stories.opening import opening
from protocols.domain.day_parts import DayPart


def travels(life: Life) -> Iterator[datetime]:
    """Moves to other zones, there and back over the date line, at any hour; reminded of morning and noon wherever."""
    yield from opening(life)
    day_acts.ask_to_be_reminded(life, DayPart.MORNING, DayPart.NOON)
    home = life.patient.zone
    for zone in ("Pacific/Pago_Pago", "Pacific/Kiritimati", other_zone(home, life.rng), home):
        yield life.around_next_message()
        person_acts.move_to(life, zone)


def changes_habits(life: Life) -> Iterator[datetime]:
    """Sleeps at other hours, counts what is at home, and is reminded of the morning, of bed, and then otherwise."""
    yield from opening(life)
    day_acts.ask_to_be_reminded(life, DayPart.MORNING, DayPart.BED)
    for turn in range(6):
        yield life.around_next_message()
        person_acts.change_habits(life)
        if turn == 2:
            day_acts.ask_to_be_reminded(life, DayPart.BED, morning=time(10, 15))
        home_acts.count_at_home(life, days=(9, 4, 12, 3, 8, 30)[turn])


def withdraws_consent(life: Life) -> Iterator[datetime]:
    """No more messages, then messages again, then another address."""
    yield from opening(life)
    yield life.in_days(5, 25)
    person_acts.give_address(life, address_of(life.number)) if not person_acts.has_address(
        life
    ) else person_acts.allow_messages(life, False)
    yield life.in_days(5, 25)
    person_acts.allow_messages(life, True)
    yield life.in_days(5, 20)
    person_acts.lose_address(life)
    yield life.in_days(5, 20)
    person_acts.give_address(life, f"other_{address_of(life.number)}")


def anything_goes(life: Life) -> Iterator[datetime]:
    """Whatever people may think of, at any hour, legal or not."""
    yield from opening(life)
    for _ in range(life.rng.randint(12, 24)):
        yield life.in_hours(0, 24 * 7)
        anything(life)
