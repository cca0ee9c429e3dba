"""The inputs of our own forms: the browser's date and time pickers in Unfold's clothes, and a list of time zones."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import (
    DATETIME_CLASSES,
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from clinics.domain.instants import zone_names

__all__ = [
    "CheckboxInput",
    "CheckboxesInput",
    "DateInput",
    "DecimalInput",
    "EmailInput",
    "IntegerInput",
    "SelectInput",
    "TextInput",
    "TextareaInput",
    "TimeInput",
    "ZoneInput",
]

TextInput = UnfoldAdminTextInputWidget
EmailInput = UnfoldAdminEmailInputWidget
IntegerInput = UnfoldAdminIntegerFieldWidget
SelectInput = UnfoldAdminSelectWidget
CheckboxInput = UnfoldBooleanWidget
CheckboxesInput = UnfoldAdminCheckboxSelectMultipleWidget


class DateInput(forms.DateInput):
    """The browser's own date picker: it needs no script and knows the reader's habits."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": " ".join(DATETIME_CLASSES)} | (attrs or {}), format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": " ".join(DATETIME_CLASSES)} | (attrs or {}), format="%H:%M")


class DecimalInput(UnfoldAdminDecimalFieldWidget):
    """Any number of decimals; a number field would otherwise refuse 2.5."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"step": "any", "min": "0"} | (attrs or {}))


class TextareaInput(UnfoldAdminTextareaWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 2} | (attrs or {}))


class ZoneInput(forms.TextInput):
    """A time zone is typed with suggestions. What is no zone gets the model's sentence, not a silent correction."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": " ".join(INPUT_CLASSES), "autocomplete": "off"} | (attrs or {}))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        suggestions = f"zones-for-{name}"
        field = super().render(name, value, {"list": suggestions} | (attrs or {}), renderer)
        # Places only: “Etc/GMT+3” and “EST” are zones too, but nobody lives there.
        places = sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith("Etc/"))
        options = format_html_join("", '<option value="{}"></option>', ((place,) for place in places))
        return format_html('{}<datalist id="{}">{}</datalist>', field, suggestions, options)
