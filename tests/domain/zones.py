"""Zones and dates at which clocks do what they should not, for the tests of instants.

Every entry was looked up in the tz database's own files; what happened is said beside it.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ODD_DATES = [
    ("Europe/Berlin", date(2025, 3, 30)),  # 02:00 → 03:00
    ("Europe/Berlin", date(2025, 10, 26)),  # 03:00 → 02:00
    ("America/New_York", date(2025, 3, 9)),  # 02:00 → 03:00
    ("America/New_York", date(2025, 11, 2)),  # 02:00 → 01:00
    ("Australia/Sydney", date(2025, 4, 6)),  # southern autumn, 03:00 → 02:00
    ("Australia/Sydney", date(2025, 10, 5)),  # southern spring, 02:00 → 03:00
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # half an hour: 02:00 → 01:30
    ("Australia/Lord_Howe", date(2025, 10, 5)),  # half an hour: 02:00 → 02:30
    ("Antarctica/Troll", date(2025, 3, 30)),  # two hours: 01:00 → 03:00
    ("Pacific/Chatham", date(2025, 4, 6)),  # 03:45 → 02:45
    ("America/Havana", date(2025, 3, 9)),  # midnight skipped: 00:00 → 01:00
    ("America/Havana", date(2025, 11, 2)),  # midnight comes twice: 01:00 → 00:00
    ("Africa/Cairo", date(2025, 4, 25)),  # midnight skipped
    ("Africa/Cairo", date(2025, 10, 30)),  # 24:00 → 23:00
    ("Asia/Beirut", date(2025, 3, 30)),  # midnight skipped
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight skipped
    ("America/Sao_Paulo", date(2019, 2, 16)),  # 24:00 → 23:00
    ("America/St_Johns", date(2009, 10, 31)),  # the day after, 00:01 → 23:01 of this day
    ("America/St_Johns", date(2009, 11, 1)),  # begins, goes back a day, begins again
    ("America/St_Johns", date(2009, 3, 8)),  # 00:01 → 01:01
    ("America/Toronto", date(1919, 3, 30)),  # ends at 23:30
    ("America/Toronto", date(1919, 3, 31)),  # begins at 00:30
    ("Pacific/Apia", date(2011, 12, 29)),  # the last day before the date line
    ("Pacific/Apia", date(2011, 12, 30)),  # never was
    ("Pacific/Apia", date(2011, 12, 31)),
    ("Pacific/Fakaofo", date(2011, 12, 30)),  # never was
    ("Pacific/Kwajalein", date(1993, 8, 21)),  # never was
    ("Pacific/Kiritimati", date(1994, 12, 31)),  # never was
    ("Asia/Pyongyang", date(2018, 5, 4)),  # 23:30 → 24:00
    ("Asia/Kathmandu", date(1986, 1, 1)),  # 00:00 → 00:15
    ("America/Caracas", date(2016, 5, 1)),  # 02:30 → 03:00
    ("Africa/Casablanca", date(2025, 2, 23)),  # clocks go back for Ramadan
    ("Africa/Monrovia", date(1972, 1, 7)),  # 00:00:00 → 00:44:30
    ("Europe/Amsterdam", date(1937, 7, 1)),  # an offset with seconds until 1940, in older data
    ("Europe/Dublin", date(2025, 3, 30)),  # winter time is the daylight saving
    ("Asia/Manila", date(1844, 12, 31)),  # never was
    ("America/Juneau", date(1867, 10, 18)),  # came twice, by local mean time
    ("America/Havana", date(1925, 7, 19)),  # 12:00:00 → 12:29:36
    ("America/Phoenix", date(1883, 11, 18)),  # 11:31:42 → 12:00:00
    ("UTC", date(2025, 6, 1)),
    ("Pacific/Kiritimati", date(2025, 6, 1)),  # UTC+14
    ("Etc/GMT+12", date(2025, 6, 1)),  # UTC−12
]
NEVER_WERE = {
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Fakaofo", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Kiritimati", date(1994, 12, 31)),
    ("Asia/Manila", date(1844, 12, 31)),
}


@cache
def minutes_that_exist(on: date, zone: ZoneInfo) -> list[datetime]:
    """The UTC instant of every whole minute that the clocks of `zone` show on that date, in order.

    Takes each wall time twice, as the first and as the second of a pair, and keeps what comes back unchanged.
    """
    found = set()
    for minute in range(24 * 60):
        for fold in (0, 1):
            wall = datetime.combine(on, time(minute // 60, minute % 60, fold=fold), tzinfo=zone)
            at = wall.astimezone(UTC)
            if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0):
                found.add(at)
    return sorted(found)


def clock_changes(zone: ZoneInfo, first: date, last: date) -> list[datetime]:
    """UTC noons after which, within a day, the offset of `zone` is another one."""
    noon = datetime.combine(first, time(12), tzinfo=UTC)
    found = []
    while noon.date() < last:
        following = noon + timedelta(days=1)
        if noon.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            found.append(noon)
        noon = following
    return found
