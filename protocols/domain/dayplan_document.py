"""A day in one JSON document, and its timetable in another: `manage.py preview_day`."""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from typing import Any, Final

from protocols.domain.dayplan import Timetable, plan_day
from protocols.domain.dayplan_terms import (
    BEDTIME,
    MEALS,
    USUAL_GAP_HOURS,
    WAKE,
    BeforeMeal,
    Day,
    DayIntake,
    Food,
    Spacing,
)
from protocols.domain.document import Fields, shown
from protocols.domain.taper_error import DocumentError

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def preview_day(document: object) -> dict[str, Any]:
    """The timetable of a day. Raises `DocumentError` with a code, the path of what to change, and a sentence."""
    fields = Fields(document)
    fields.only({"wake", "sleep", "meals", "intakes", "spacing"})
    day = Day(_time(fields, "wake"), _time(fields, "sleep"), _meals(fields))
    intakes = [_intake(entry) for entry in fields.objects("intakes")]
    spacing = [_spacing(entry) for entry in fields.objects("spacing")] if "spacing" in fields else []
    return timetable_as_json(plan_day(day, intakes, spacing))


def timetable_as_json(timetable: Timetable) -> dict[str, Any]:
    """With `"proven": false` only where a better timetable or a smaller contradiction may exist."""
    found: dict[str, Any] = {
        "times": [{"at": f"{each.at:%H:%M}", "take": list(each.take)} for each in timetable.times],
        "moved": [{"id": each.id, "why": each.why} for each in timetable.moved],
        "conflicts": [
            {"ids": list(each.ids), "rule": each.rule.value, "text": each.text, "set": each.set}
            for each in timetable.conflicts
        ],
    }
    return found if timetable.is_proven else {**found, "proven": False}


def _meals(fields: Fields) -> dict[str, time]:
    if "meals" not in fields:
        return {}
    meals = Fields(fields.value("meals"), "meals")
    meals.only(MEALS)
    return {name: _time(meals, name) for name in MEALS if name in meals}


def _intake(fields: Fields) -> DayIntake:
    fields.only({"id", "times_per_day", "food", "before_meal", "min_gap_hours", "prefer"})
    return DayIntake(
        id=fields.text("id"),
        times_per_day=fields.integer("times_per_day"),
        food=Food(fields.one_of("food", (each.value for each in Food))) if "food" in fields else Food.ANY,
        before_meal=_before_meal(fields) if "before_meal" in fields else None,
        min_gap_hours=fields.decimal("min_gap_hours") if "min_gap_hours" in fields else USUAL_GAP_HOURS,
        prefer=(_place(fields),) if "prefer" in fields else (),
    )


def _before_meal(fields: Fields) -> BeforeMeal:
    found = Fields(fields.value("before_meal"), fields.at("before_meal"))
    found.only({"meal", "minutes"})
    return BeforeMeal(found.text("meal"), found.integer("minutes"))


def _place(fields: Fields) -> str:
    found = fields.text("prefer")
    if found not in {*MEALS, WAKE, BEDTIME}:
        raise DocumentError("unknown_place", fields.at("prefer"), "Write a meal’s name, wake or bedtime.")
    return found


def _spacing(fields: Fields) -> Spacing:
    fields.only({"a", "b", "before_hours", "after_hours"})
    return Spacing(
        a=fields.text("a"),
        b=fields.text("b"),
        before_hours=_hours(fields, "before_hours"),
        after_hours=_hours(fields, "after_hours"),
    )


def _hours(fields: Fields, key: str) -> Decimal | None:
    return None if fields.value(key) is None else fields.decimal(key)


def _time(fields: Fields, key: str) -> time:
    found = fields.text(key)
    if not _TIME.fullmatch(found):
        raise DocumentError("not_a_time", fields.at(key), f"“{shown(found)}” is no time. Write, say, 07:30.")
    return time.fromisoformat(found)
