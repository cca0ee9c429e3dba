"""Lives in which something changes in what is taken, while the plan itself goes on."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gutclinic.simulator import order_acts
from gutclinic.simulator.life import Life
from gutclinic.simulator.stories.opening import opening
from protocols.domain.amount import Amount
from protocols.domain.order_states import StopReason
from protocols.domain.slots import Slot

BREAKFAST, DINNER = Slot.WITH_BREAKFAST, Slot.WITH_DINNER


def takes_something_more(life: Life) -> Iterator[datetime]:
    """A slow start, a rest of days, two further versions, hours apart from a thyroid tablet, and an end."""
    yield from opening(life, starts_in_days=0)
    order_acts.take(life, "levothyroxine", (Slot.ON_WAKING,))
    order_acts.order(life, "magnesium-citrate", "400 mg", (BREAKFAST,))
    slowly = ({"days": 3, "amount": "2 g"}, {"days": 3, "amount": "4 g"})
    order_acts.order(life, "psyllium-powder", "6 g", (DINNER,), titration=slowly)
    for wakes, breakfast, sleeps in ((5, 8, 21), (9, 10, 23)):
        yield life.in_days(1, 3)
        order_acts.tap_twice(life)
        order_acts.live_by(life, wakes=wakes, breakfast=breakfast, sleeps=sleeps)
    order_acts.acknowledge_all(life)
    yield life.in_days(1, 2)
    order_acts.hold(life, "psyllium")
    yield life.in_days(1, 8)
    order_acts.resume(life, "psyllium")
    yield life.in_days(1, 3)
    order_acts.say_otherwise(life, "psyllium", amount=Amount.parse("5 g"), titration=())
    order_acts.use_old_version(life, "psyllium")
    yield life.in_days(1, 2)
    later = life.today + timedelta(days=2)
    order_acts.say_otherwise(life, "psyllium", from_day=later, times_of_day=(BREAKFAST, DINNER))
    for _ in range(2):
        yield life.in_days(1, 2)
        order_acts.tap_twice(life)
    order_acts.stop(life, "psyllium", StopReason.PATIENTS_CHOICE)
    yield life.in_days(1)
    order_acts.look(life)


def is_warned(life: Life) -> Iterator[datetime]:
    """A medicine in the record stops an order; it was an error; it comes again, and the order is ended."""
    yield from opening(life, starts_in_days=0)
    order_acts.order(life, "betaine-hydrochloride", "650 mg", (DINNER,))
    order_acts.order(life, "magnesium-citrate", "400 mg", (DINNER,))
    yield life.in_days(1, 4)
    order_acts.take(life, "ibuprofen", (BREAKFAST,))
    yield life.in_days(1, 3)
    order_acts.takes_no_more(life, "ibuprofen")
    order_acts.acknowledge_all(life)
    yield life.in_days(1, 3)
    order_acts.tap_twice(life)
    order_acts.take(life, "naproxen", (DINNER,))
    yield life.in_days(1, 3)
    order_acts.stop(life, "betaine-hydrochloride", StopReason.REACTION)
    order_acts.say_otherwise(life, "magnesium-citrate-as-the-magnesium-in-it", amount=Amount.parse("300 mg"))
    yield life.in_days(2, 5)
    order_acts.say_otherwise(life, "magnesium-citrate-as-the-magnesium-in-it", amount=Amount.parse("400 mg"))
    yield life.in_days(1, 3)
    order_acts.look(life)
