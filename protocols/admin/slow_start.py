"""A slow start as people type it: one stage a line, “1.5 g for 3 days”."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from clinics.admin import inputs

_STAGE: Final = re.compile(r"(?P<amount>.+\S)\s+for\s+(?P<days>[0-9]{1,3})\s+days?", re.IGNORECASE)


class SlowStartField(forms.CharField):
    """Its value is what the column holds: [{"days": 3, "amount": "1.5 g"}, …]. The model says what cannot be."""

    def __init__(self) -> None:
        super().__init__(
            label="Slow start",
            required=False,
            widget=inputs.TextareaInput(),
            help_text="One stage a line, as in “1.5 g for 3 days”; then comes the full amount. Empty: none.",
        )

    def clean(self, value: Any) -> list[dict[str, Any]]:
        return [_stage(line.strip()) for line in super().clean(value).splitlines() if line.strip()]


def as_lines(stages: Sequence[dict[str, Any]]) -> str:
    """As it is typed."""
    return "\n".join(
        f"{stage['amount']} for {stage['days']} {'day' if stage['days'] == 1 else 'days'}" for stage in stages
    )


def _stage(line: str) -> dict[str, Any]:
    written = _STAGE.fullmatch(line)
    if written is None:
        raise ValidationError(f"“{line}” is no stage. Write an amount and days, as in “1.5 g for 3 days”.")
    return {"days": int(written["days"]), "amount": " ".join(written["amount"].split())}
