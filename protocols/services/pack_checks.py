"""What the readers of all packs ask alike: amounts, what a model says of its own fields, and keys given twice."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db.models import Model

from protocols.domain.amount import Amount, AmountError
from protocols.services.pack_table import Table


def amount_of(table: Table, key: str) -> Amount | None:
    """The amount at this key; None where it is left out, and where it is none, which is noted."""
    text = table.text(key, optional=True)
    if not text:
        return None
    try:
        amount = Amount.parse(text)
    except AmountError as error:
        table.complain(key, str(error))
        return None
    if not amount.value:
        table.complain(key, "An amount is more than zero: leave it out if it is still to be decided.")
    return amount


def check_row(table: Table, row: Model, fields: Mapping[str, str] | Collection[str]) -> None:
    """What the model itself says of these fields, told at the keys of the file that they come from."""
    keys = fields if isinstance(fields, Mapping) else {name: name for name in fields}
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.name not in keys])
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            table.complain(keys[name], " ".join(messages))
    try:
        row.clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            table.complain(keys[name], " ".join(messages))


def refuse_twins(keys: list[str], path: str, problems: dict[str, str]) -> None:
    """Note each key that stands there before. path: of the list."""
    for index, key in enumerate(keys):
        if key in keys[:index]:
            problems.setdefault(f"{path}[{index}].key", f"“{key}” stands there twice: give each its own key.")
