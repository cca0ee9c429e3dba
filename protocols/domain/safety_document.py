"""A situation in one document, and what the rules find in it in another: `manage.py check_safety`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final, TypeVar

from protocols.domain.amount import Amount, AmountError
from protocols.domain.document import Fields, shown, text_of
from protocols.domain.icd10cm import NotACode, written
from protocols.domain.safety import Assessment, Found, Situation, Spacing, Taken, assess
from protocols.domain.safety_amounts import check_unit
from protocols.domain.safety_facts import LabResult
from protocols.domain.safety_rules import Knowledge
from protocols.domain.substances import Basis
from protocols.domain.taper_error import DocumentError
from protocols.domain.upper_limits import LimitState
from protocols.domain.weight import parse_weight

_KEYS: Final = frozenset(
    {"on", "age", "sex", "pregnant", "breastfeeding", "weight", "conditions", "labs", "phases", "intakes"}
)
_OF_INTAKE: Final = frozenset(
    {
        "substance", "amount", "times_per_day", "basis", "with_meal", "route", "since", "until", "tapering", "phase",
    }
)  # fmt: skip
_OLDEST: Final = 130
_MOST_TIMES: Final = 100
_RESULT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:\s+(\S{1,20}))?")
# A total without a limit: none is set, or nobody has read one. Only the second is to be known.
_LIMIT_NOT_READ: Final = {
    LimitState.NOT_FOR_AGE: "upper limit of {} at this age",
    LimitState.NOT_READ: "upper limit of {}",
}

Value = TypeVar("Value")


def check(document: object, knowledge: Knowledge) -> dict[str, Any]:
    """What the enabled rules find, the totals, and what could not be checked, for a situation written as one document.

    Raises `DocumentError` with a code, the path of what to change, and a sentence.
    """
    situation = read_situation(document, knowledge)
    return as_json(assess(situation, knowledge))


def read_situation(document: object, knowledge: Knowledge) -> Situation:
    """The situation that the document describes. What is left out, or null, is unknown."""
    fields = Fields(document)
    fields.only(_KEYS)
    taken = tuple(_intake(entry, place, knowledge) for place, entry in enumerate(fields.objects("intakes")))
    return Situation(
        taken=taken,
        on=_optional(fields, "on", fields.day),
        age=_optional(fields, "age", lambda key: _whole(fields, key, 0, _OLDEST)),
        sex=_optional(fields, "sex", lambda key: fields.one_of(key, ("female", "male", "other"))),
        pregnant=_optional(fields, "pregnant", lambda key: _yes(fields, key)),
        breastfeeding=_optional(fields, "breastfeeding", lambda key: _yes(fields, key)),
        weight=_optional(fields, "weight", lambda key: _weight(fields, key)),
        conditions=_optional(fields, "conditions", lambda key: frozenset(_codes(fields, key))),
        labs=_optional(fields, "labs", lambda key: tuple(_lab(entry) for entry in fields.objects(key))),
        phases=_optional(
            fields, "phases", lambda key: frozenset(text_of(each, path) for each, path in fields.entries(key))
        ),
    )


def as_json(assessment: Assessment) -> dict[str, Any]:
    return {
        "findings": [_finding(each) for each in assessment.found],
        "totals": [
            {
                "nutrient": total.nutrient,
                "amount": str(total.amount),
                "limit": None if total.limit is None else str(total.limit),
                "incomplete": total.incomplete,
            }
            for total in assessment.totals
        ],
        "not_checked": list(not_checked(assessment)),
        "version": assessment.version,
    }


def not_checked(assessment: Assessment) -> tuple[str, ...]:
    """What nobody knows and what no total counts, both as typed; limits that nobody read; what stays undecided."""
    limits = [
        _LIMIT_NOT_READ[each.limit_state].format(each.nutrient)
        for each in assessment.totals
        if each.limit_state in _LIMIT_NOT_READ
    ]
    undecided = [f"{each.rule}: {', '.join(each.unknown)} not known" for each in assessment.undecided]
    return tuple(dict.fromkeys([*assessment.unknown_substances, *assessment.uncountable, *limits, *undecided]))


def _intake(fields: Fields, place: int, knowledge: Knowledge) -> Taken:
    fields.only(_OF_INTAKE)
    substance = fields.text("substance")
    amount = _optional(fields, "amount", fields.amount)
    if amount is not None:
        _check_amount(amount, substance, knowledge, fields.at("amount"))
    taken = Taken(
        code=str(place),
        substance=substance,
        amount=amount,
        times_per_day=_optional(fields, "times_per_day", lambda key: Decimal(_whole(fields, key, 1, _MOST_TIMES))),
        basis=_optional(fields, "basis", lambda key: Basis(fields.one_of(key, [each.value for each in Basis]))),
        with_meal=_optional(fields, "with_meal", lambda key: _yes(fields, key)),
        route=_optional(fields, "route", fields.text),
        since=_optional(fields, "since", fields.day),
        until=_optional(fields, "until", fields.day),
        tapering=_optional(fields, "tapering", lambda key: _yes(fields, key)),
        phase=_optional(fields, "phase", fields.text),
    )
    if taken.since is not None and taken.until is not None and taken.until < taken.since:
        raise DocumentError(
            "until_before_since", fields.at("until"), "It ends before it begins: correct one of the two dates."
        )
    return taken


def _check_amount(amount: Amount, substance: str, knowledge: Knowledge, path: str) -> None:
    if not amount.value:
        raise DocumentError("amount_is_zero", path, "An amount is more than zero: leave it out if it is not known.")
    found = knowledge.substances.find(substance)
    problem = None if found is None else check_unit(amount.unit, found)
    if problem is not None:
        raise DocumentError("wrong_unit", path, problem)


def _codes(fields: Fields, key: str) -> Iterator[str]:
    for value, path in fields.entries(key):
        try:
            yield written(text_of(value, path))
        except NotACode as error:
            raise DocumentError("not_a_code", path, str(error)) from error


def _lab(fields: Fields) -> LabResult:
    fields.only({"code", "value"})
    code = fields.text("code")
    if "value" not in fields or fields.value("value") is None:
        return LabResult(code=code, is_known=False)
    match = _RESULT.fullmatch(fields.text("value").strip())
    # A word, such as “negative”, is a result as well; a limit of the method, “<5 ng/mL”, is no number.
    return LabResult(code=code) if match is None else LabResult(code=code, value=Decimal(match[1]), unit=match[2] or "")


def _weight(fields: Fields, key: str) -> Amount:
    try:
        return parse_weight(fields.text(key))
    except AmountError as error:
        raise DocumentError("not_a_weight", fields.at(key), str(error)) from error


def _whole(fields: Fields, key: str, least: int, most: int) -> int:
    found = fields.integer(key)
    if not least <= found <= most:
        raise DocumentError(
            "out_of_range", fields.at(key), f"A number from {least} to {most} belongs here: {found} is not possible."
        )
    return found


def _yes(fields: Fields, key: str) -> bool:
    found = fields.value(key)
    if not isinstance(found, bool):
        raise DocumentError("not_yes_or_no", fields.at(key), f"“{shown(str(found))}” is neither true nor false.")
    return found


def _optional(fields: Fields, key: str, read: Callable[[str], Value]) -> Value | None:
    return None if key not in fields or fields.value(key) is None else read(key)


def _finding(found: Found) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "rule": found.rule,
        "severity": found.severity.value,
        "about": list(found.about),
        "text": found.text,
        "cite": found.cite,
        "mark": found.mark.value,
        "part": found.part,
        "year": found.year,
        "patient_text": found.patient_text,
    }
    if found.spacing is not None:
        answer |= _spacing(found.spacing)
    return answer


def _spacing(spacing: Spacing) -> dict[str, Any]:
    return {
        "a": spacing.a,
        "b": spacing.b,
        "before_hours": _hours(spacing.before_hours),
        "after_hours": _hours(spacing.after_hours),
    }


def _hours(hours: Decimal | None) -> int | float | None:
    """A JSON number. Halves of an hour are exact in any notation."""
    if hours is None:
        return None
    return int(hours) if hours == int(hours) else float(hours)
