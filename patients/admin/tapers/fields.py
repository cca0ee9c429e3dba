"""Fields of the forms about tapers: an amount with its unit, and text with suggestions."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import INPUT_CLASSES

from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.slots import Slot

SLOTS = [(slot.value, slot.label) for slot in Slot]


class SuggestingInput(forms.TextInput):
    """Text for which the browser offers suggestions; anything else may be typed too."""

    def __init__(self, suggestions: Sequence[str] = (), attrs: dict[str, Any] | None = None) -> None:
        self.suggestions = list(suggestions)
        super().__init__({"class": " ".join(INPUT_CLASSES), "autocomplete": "off"} | (attrs or {}))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        listed = f"suggestions-for-{name}"
        field = super().render(name, value, {"list": listed} | (attrs or {}), renderer)
        options = format_html_join("", '<option value="{}"></option>', ((words,) for words in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)


class AmountField(forms.CharField):
    """“40 mg”; a number alone is in milligrams. None while it is empty."""

    widget = SuggestingInput

    def __init__(self, *, suggestions: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            widget=SuggestingInput(suggestions, {"inputmode": "decimal"}),
            **({"required": False} | kwargs),
        )

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        if not text:
            return None
        if text[0] in "-−–":
            raise ValidationError("An amount is above 0: write it without a minus.")
        if re.search(r"[0-9],[0-9]", text):
            raise ValidationError("Write decimals with a point, thousands with nothing: “2.5 mg”, “1000 mg”.")
        if text.replace(".", "", 1).isdigit() and text.isascii():
            text = f"{text} {Unit.MG.value}"
        try:
            return Amount.parse(text)
        except AmountError as error:
            raise ValidationError(str(error)) from error
