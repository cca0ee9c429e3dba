"""The diary as a small drawing: symptoms as points from 0 to 10, rescue doses as bars below.

Only places are computed here; `portal/taper/_chart.html` draws them. A day that is not recorded has no point, and no
line leads over it: nothing is known of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from patients.portal.tapers.diary import DiaryDay

WIDTH = 360
LEFT = 22
SYMPTOMS_TOP, SYMPTOMS_FLOOR = 10, 110
RESCUE_FLOOR, RESCUE_HIGH = 158, 30
HEIGHT = 180
MOST_RESCUE_DRAWN = 6


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    doses: int


@dataclass(frozen=True, slots=True)
class Chart:
    """points: places of recorded days. lines: paths between days that follow each other. expected: the stretch in
    which symptoms are expected after the last dose, from x, so wide.
    """

    points: list[tuple[int, int]]
    lines: list[str]
    bars: list[Bar]
    expected: tuple[int, int] | None
    days: list[tuple[int, str]]
    description: str
    width: int = WIDTH
    height: int = HEIGHT
    top: int = SYMPTOMS_TOP
    floor: int = SYMPTOMS_FLOOR
    rescue_floor: int = RESCUE_FLOOR


def chart_of(days: Sequence[DiaryDay], expected: Sequence[bool]) -> Chart | None:
    """expected: for each day whether it lies in the window after the last dose. None where nothing is recorded."""
    if not any(day.is_recorded for day in days):
        return None
    places = [_middle(number, len(days)) for number in range(len(days))]
    points = {number: (places[number], _y(day.symptoms)) for number, day in enumerate(days) if day.symptoms is not None}
    return Chart(
        points=list(points.values()),
        lines=_lines(points),
        bars=[_bar(places[number], day, len(days)) for number, day in enumerate(days) if day.rescue_doses],
        expected=_stretch(expected),
        days=[(places[number], f"{day.on.day} {day.on:%b}") for number, day in enumerate(days) if number % 7 == 6],
        description=_description(days),
    )


def _middle(number: int, days: int) -> int:
    return LEFT + round((number * 2 + 1) * (WIDTH - LEFT) / (2 * days))


def _y(symptoms: int) -> int:
    return SYMPTOMS_FLOOR - (SYMPTOMS_FLOOR - SYMPTOMS_TOP) * symptoms // 10


def _lines(points: dict[int, tuple[int, int]]) -> list[str]:
    """One path for each run of days that follow each other."""
    paths: list[str] = []
    for number, (x, y) in points.items():
        if number - 1 in points and paths:
            paths[-1] += f"L{x} {y}"
        else:
            paths.append(f"M{x} {y}")
    return [path for path in paths if "L" in path]


def _bar(middle: int, day: DiaryDay, days: int) -> Bar:
    doses = day.rescue_doses or 0
    height = RESCUE_HIGH * min(doses, MOST_RESCUE_DRAWN) // MOST_RESCUE_DRAWN
    width = max(4, (WIDTH - LEFT) // days - 4)
    return Bar(middle - width // 2, RESCUE_FLOOR - height, width, height, doses)


def _stretch(expected: Sequence[bool]) -> tuple[int, int] | None:
    inside = [number for number, is_expected in enumerate(expected) if is_expected]
    if not inside:
        return None
    half = (WIDTH - LEFT) // (2 * len(expected))
    first, last = _middle(inside[0], len(expected)) - half, _middle(inside[-1], len(expected)) + half
    return first, last - first


def _description(days: Sequence[DiaryDay]) -> str:
    """The drawing for whoever does not see it."""
    recorded = [day for day in days if day.is_recorded]
    symptoms = [day.symptoms for day in recorded if day.symptoms is not None]
    rescue = sum(1 for day in recorded if day.rescue_doses)
    words = [f"{len(recorded)} of the last {len(days)} days are recorded."]
    if symptoms:
        words.append(f"Symptoms between {min(symptoms)} and {max(symptoms)}, last {symptoms[-1]}.")
    words.append(f"Rescue medicine on {rescue} of them.")
    return " ".join(words)
