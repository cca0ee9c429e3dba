"""How the values of the domain stand in the columns of the core record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from patients.models import CharacteristicKind, RecordEntry, Sex, WeightUnit
from protocols.domain.slots import Slot

END_COLUMNS: Final = ("end_recorded_at", "end_by_kind", "end_by_code", "end_source_kind", "end_source_note")
"""Who said that a medicine was stopped."""
_ENUMS_THAT_MAY_BE_UNKNOWN: Final = {"medicine_class", "severity", "comparator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """As read off the scales."""

    value: Decimal
    unit: WeightUnit = WeightUnit.KILOGRAM


CharacteristicValue = Sex | date | bool | Weight | None
_TYPES: Final[dict[CharacteristicKind, type[Any]]] = {
    CharacteristicKind.SEX: Sex,
    CharacteristicKind.BIRTH_DATE: date,
    CharacteristicKind.PREGNANCY: bool,
    CharacteristicKind.BREASTFEEDING: bool,
    CharacteristicKind.WEIGHT: Weight,
}


def said(kind: CharacteristicKind, value: CharacteristicValue) -> dict[str, Any]:
    """The columns of a plain fact; value None: it is not known."""
    nothing: dict[str, Any] = {
        "is_unknown": value is None,
        "sex": "",
        "birth_date": None,
        "is_so": None,
        "weight_value": None,
        "weight_unit": "",
    }
    if value is None:
        return nothing
    if not isinstance(value, _TYPES[kind]):
        raise TypeError(f"{kind.label} is a {_TYPES[kind].__name__}, never a {type(value).__name__}.")
    if isinstance(value, Weight):
        return nothing | {"weight_value": value.value, "weight_unit": value.unit.value}
    if isinstance(value, Sex):
        return nothing | {"sex": value.value}
    return nothing | {"is_so" if isinstance(value, bool) else "birth_date": value}


def columns_of(**values: Any) -> dict[str, Any]:
    """The columns for these values: an amount is two of them, an enumeration its text, unknown an empty one."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if name == "amount":
            columns["amount_value"] = None if value is None else value.value
            columns["amount_unit"] = "" if value is None else value.unit.value
        elif name == "times_of_day":
            columns[name] = [slot.value for slot in Slot.ordered(value)]
        elif name in _ENUMS_THAT_MAY_BE_UNKNOWN and value is None:
            columns[name] = ""
        else:
            columns[name] = value.value if isinstance(value, StrEnum) else value
    return columns


def said_by(entry: RecordEntry) -> dict[str, Any]:
    """What this row says, by column, without where it comes from and what became of it."""
    around = {field.name for field in RecordEntry._meta.get_fields()} | {"id", *END_COLUMNS}
    return {field.name: getattr(entry, field.name) for field in entry._meta.concrete_fields if field.name not in around}
