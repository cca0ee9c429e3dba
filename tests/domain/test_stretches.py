"""Between two clock changes a zone's offset is constant; the changes are found to the second."""

import struct
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.instants import zone_names
from clinics.domain.stretches import LOOK_EVERY, stretches

zones = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
instants = st.datetimes(min_value=datetime(1840, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)


def test_a_spring_night_in_berlin_by_hand() -> None:
    begins, ends = datetime(2025, 3, 29, tzinfo=UTC), datetime(2025, 3, 31, tzinfo=UTC)
    winter, summer = stretches(begins, ends, ZoneInfo("Europe/Berlin"))
    change = datetime(2025, 3, 30, 1, tzinfo=UTC)
    assert (winter.begins, winter.ends, winter.offset) == (begins, change, timedelta(hours=1))
    assert (summer.begins, summer.ends, summer.offset) == (change, ends, timedelta(hours=2))
    assert winter.wall_ends == datetime(2025, 3, 30, 2)  # noqa: DTZ001
    assert summer.wall_begins == datetime(2025, 3, 30, 3)  # noqa: DTZ001
    assert summer.utc(summer.wall_begins) == change


def test_no_time_has_no_stretch() -> None:
    at = datetime(2025, 3, 29, tzinfo=UTC)
    assert list(stretches(at, at, ZoneInfo("Europe/Berlin"))) == []


@given(zones, instants, st.integers(min_value=1, max_value=250 * 86400))
def test_stretches_follow_each_other_with_one_offset_each(place: ZoneInfo, begins: datetime, seconds: int) -> None:
    ends = begins + timedelta(seconds=seconds)
    found = list(stretches(begins, ends, place))
    assert [one.begins for one in found] == [begins, *(one.ends for one in found[:-1])]
    assert found[-1].ends == ends
    for one in found:
        length = one.ends - one.begins
        for at in (one.begins, one.begins + length / 3, one.ends - timedelta(microseconds=1)):
            assert at.astimezone(place).replace(tzinfo=None) == one.wall(at)
    assert all(one.offset != other.offset for one, other in pairwise(found))


def _changes(name: str) -> list[int]:
    """The Unix seconds at which a zone's offset changes, read from its TZif file (RFC 8536), second block."""
    paths = [Path(folder, name) for folder in TZPATH]
    path = next((path for path in paths if path.is_file()), None)
    data = path.read_bytes() if path else files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    _, _, leaps, times, types, letters = struct.unpack(">6l", data[20:44])
    block = 44 + times * 5 + types * 6 + letters + leaps * 8 + sum(struct.unpack(">2l", data[20:28]))
    *_, times, types, _ = struct.unpack(">6l", data[block + 20 : block + 44])
    at = block + 44
    seconds = struct.unpack(f">{times}q", data[at : at + 8 * times])
    kinds = data[at + 8 * times : at + 9 * times]
    offsets = [struct.unpack_from(">l", data, at + 9 * times + 6 * kind)[0] for kind in range(types)]
    after = [offsets[kind] for kind in kinds]
    return [when for when, old, new in zip(seconds[1:], after, after[1:], strict=False) if old != new]


def test_no_zone_changes_twice_between_two_looks() -> None:
    changes = {name: _changes(name) for name in zone_names()}
    nearest = min(later - one for some in changes.values() for one, later in pairwise(some))
    assert nearest > 2 * LOOK_EVERY.total_seconds()
    # The reader reads: this change stands in every edition of the database.
    assert int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp()) in changes["Pacific/Apia"]
