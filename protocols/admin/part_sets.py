"""What must hold among the parts of one draft, as they are sent together."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from clinics.admin.meanwhile import StillThereFormSet
from protocols.models import OrderTemplate

ORDERS = "orders"
NAMING = ("first_phase", "last_phase")


class DraftPartFormSet(StillThereFormSet):
    """Phases, orders or criteria. Each is saved by itself, so a key must be free before another part takes it."""

    def clean(self) -> None:
        super().clean()
        taken = {row.instance.pk: row.initial.get("key") for row in self.initial_forms}
        for row in self.forms:
            key = getattr(row, "cleaned_data", {}).get("key")
            if key and any(other == key for pk, other in taken.items() if pk != row.instance.pk):
                raise ValidationError(
                    f"The key “{key}” still belongs to another part. Give that one another key, or remove it, "
                    "and save; then this one may have it."
                )


class PhaseFormSet(DraftPartFormSet):
    """A phase is removed only once no order names it: its orders would go with it, and nobody would have said so."""

    def clean(self) -> None:
        super().clean()
        removed = {str(row.instance.pk): row.instance for row in self.deleted_forms}
        if removed and (named := sorted(set(self._orders_naming(set(removed))))):
            phases = ", ".join(f"“{phase.title}”" for phase in removed.values())
            raise ValidationError(
                f"{phases} cannot be removed while orders begin or end there: {', '.join(named)}. "
                "Move or remove these orders, and save; then remove the phase."
            )

    def _orders_naming(self, removed: set[str]) -> Iterator[str]:
        """The names of orders that stand, or would stand, in these phases, and are not removed together with them."""
        sent, gone = self._sent()
        stored = OrderTemplate.objects.filter(version=self.instance).values_list("pk", "name", *NAMING)
        for pk, name, first, last in stored:
            if str(pk) not in gone and {str(first), str(last)} & removed:
                yield name
        yield from (name for name, phases in sent if phases & removed)

    def _sent(self) -> tuple[list[tuple[str, set[str]]], set[str]]:
        """Of the orders in the same form: those that would be saved, with their phases, and the rows removed."""
        standing, gone = [], set()
        prefixes = {name.rpartition("-")[0] for name in self.data if name.startswith(f"{ORDERS}-")}
        for prefix in prefixes - {ORDERS, f"{ORDERS}-__prefix__"}:
            if self.data.get(f"{prefix}-DELETE"):
                gone.add(self.data.get(f"{prefix}-id", ""))
            else:
                name = self.data.get(f"{prefix}-name") or "an order without a name"
                standing.append((name, {self.data.get(f"{prefix}-{field}", "") for field in NAMING}))
        return standing, gone
