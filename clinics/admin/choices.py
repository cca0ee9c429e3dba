"""What a form and a list filter offer for a foreign key: rows of the own clinics, and nothing else."""

from typing import Any, ClassVar

from django.contrib.admin import RelatedFieldListFilter
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.forms import Field
from django.http import HttpRequest

from clinics.admin import inputs


class ScopedChoices:
    """For admins and their inlines. A table that is not in the workspace offers nothing at all."""

    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.TimeField: {"widget": inputs.TimeInput},
        models.DateField: {"widget": inputs.DateInput},
        models.TextField: {"widget": inputs.TextareaInput},
        models.BooleanField: {"widget": inputs.CheckboxInput},
    }

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        related = db_field.remote_field.model
        scoped = self.admin_site._registry.get(related)  # type: ignore[attr-defined]
        return related._default_manager.none() if scoped is None else scoped.get_queryset(request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Without the small links that add, change and delete the related row.
            field.widget = field.widget.widget
        return field


class ScopedRelatedFilter(RelatedFieldListFilter):
    """A list filter that names the own clinics' values only."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(row.pk, str(row)) for row in model_admin.get_field_queryset(None, field, request)]
