"""Nobody overwrites what somebody else has saved since: a form carries the mark of the values it was filled with."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from unfold.forms import PaginationInlineFormSet

MARK = "values_shown"
CHANGED = (
    "Somebody else has changed this since you opened it, so nothing was saved. "
    "Open this page in another tab to see what stands there now, and enter your changes there."
)


def values_of(row: models.Model, leave_out: Iterable[str] = ()) -> list[Any]:
    """Every stored value of one row, in the order of its columns. leave_out: names of fields that do not matter."""
    ignored = set(leave_out)
    return [getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in ignored]


def mark_of(values: Iterable[Any]) -> str:
    """The same mark for the same values, and another one for any others."""
    return hashlib.sha256("\n".join(map(repr, values)).encode()).hexdigest()


class UnlessChangedMeanwhile:
    """For a `ScopedAdmin`: what comes back is saved only while the stored values are those the form was filled with.

    Otherwise the form is shown again as it was typed, and keeps its old mark: whoever wants to change something has
    to look at what stands there now.
    """

    change_form_before_template = "admin/scoped/carried.html"

    def stored_values(self, obj: Any) -> list[Any]:
        """What the page of this row fills in: its own values, and those of its parts."""
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        carried = {}
        if object_id is not None:
            # Before the parts are read for the form: what changes in between is refused later, never overlooked.
            row = self.get_object(request, object_id)  # type: ignore[attr-defined]
            carried = {"mark_name": MARK, "mark": request.POST.get(MARK) or mark_of(self.stored_values(row))}
        return super().changeform_view(  # type: ignore[misc]
            request, object_id, form_url, carried | (extra_context or {})
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        if request.method != "POST":
            return form
        stored_values = self.stored_values

        class Compared(form):
            def clean(self) -> Any:
                cleaned = super().clean()
                for sentence in getattr(request, "_refusals", []):
                    self.add_error(None, sentence)
                if obj is None:
                    return cleaned
                # Locked until the request is done: of two who save at once, the second is told of the first.
                stored = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
                if request.POST.get(MARK) != mark_of(stored_values(stored)):
                    self.add_error(None, CHANGED)
                return cleaned

        return Compared

    def was_refused(self, request: HttpRequest) -> bool:
        """Whether saving this form was refused already, in this very request."""
        return hasattr(request, "_refusals")

    def refuse_form(self, request: HttpRequest, sentences: list[str]) -> None:
        """What saving brought to light: the form, made once more in this request, shows it with what was typed."""
        request._refusals = sentences  # type: ignore[attr-defined]


class StillThereFormSet(PaginationInlineFormSet):
    """Rows that the page was opened with must still be there: Django would take a row that is gone for a new one."""

    gone = "Somebody else has changed this part meanwhile. Look again."

    def clean(self) -> None:
        super().clean()
        if any(row.instance.pk is None for row in self.initial_forms):
            raise ValidationError(self.gone)
