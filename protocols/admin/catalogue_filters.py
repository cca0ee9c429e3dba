"""Narrowing the list of medicines: offered or retired, whose, and whether strengths are known."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from protocols.models import MedicineStrength


class OfferedFilter(SimpleListFilter):
    """What may be chosen now; retired versions only when asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("retired", "Retired"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "all":
            return queryset
        return queryset.filter(retired_at__isnull=self.value() != "retired")

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [first | {"display": "Offered"}, *rest]


class OriginFilter(SimpleListFilter):
    title = "from"
    parameter_name = "from"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shipped", "gutclinic"), ("own", "your clinic")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() in {"shipped", "own"}:
            return queryset.filter(clinic__isnull=self.value() == "shipped")
        return queryset


class StrengthsFilter(SimpleListFilter):
    """What has neither strengths nor a liquid is known by name and class alone: no dose of it can be counted."""

    title = "strengths"
    parameter_name = "strengths"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("known", "Known"), ("unknown", "Not known")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() not in {"known", "unknown"}:
            return queryset
        known = Q(liquid_value__isnull=False) | Exists(MedicineStrength.objects.filter(medicine=OuterRef("pk")))
        return queryset.filter(known if self.value() == "known" else ~known)
