"""Where the people of a run live, and when they want to be reached."""

from datetime import time
from random import Random
from typing import Final

from clinics.models.receiving import Receiving

# Both sides of the date line; half-hour, quarter-hour and half-hour-summer offsets; clocks that change at midnight
# (Havana, Beirut, the Azores, Cairo), that fall back over midnight (Santiago), that change by two hours (Troll).
ZONES: Final = (
    "Europe/Berlin",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/New_York",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Chatham",
    "America/Los_Angeles",
    "Asia/Beirut",
    "Europe/London",
    "Pacific/Honolulu",
    "America/St_Johns",
    "Atlantic/Azores",
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Australia/Eucla",
    "Antarctica/Troll",
    "Pacific/Easter",
    "Africa/Casablanca",
)

# Quiet from, quiet until, preferred time.
HABITS: Final = (
    (time(21), time(8), time(9)),
    (time(22, 30), time(6, 30), time(7)),
    # Preferred within the night: the nearest allowed time of that date counts.
    (time(18), time(8), time(6)),
    (time(23), time(9, 15), time(23, 59)),
    # Sleeps by day, and is awake where the clocks skip an hour.
    (time(8), time(16), time(2, 30)),
    (time(1), time(7), time(0)),
    # The longest quiet hours there may be, and noon in the midst of them.
    (time(6), time(20), time(12)),
)


def choose_habits(person: Receiving, rng: Random) -> None:
    """Give this person quiet hours and a preferred time; half of all keep what is usual."""
    habits = HABITS[0] if rng.random() < 0.5 else rng.choice(HABITS[1:])
    person.quiet_starts, person.quiet_ends, person.message_time = habits


def other_zone(zone: str, rng: Random) -> str:
    return rng.choice([name for name in ZONES if name != zone])
