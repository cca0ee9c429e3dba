"""What the orders of a protocol name of the catalogue: found there by key when the protocol is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from protocols.models import ItemKind, Medicine, OrderTemplate, Supplement
from protocols.services.pack_files import PackError
from protocols.services.pack_table import Table


# Unsaved rows cannot say what they are called.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CatalogueLink:
    """One order with the keys of what it is, empty where it names nothing; path: where it stands in the pack."""

    order: OrderTemplate
    supplement: str
    medicine: str
    path: str

    @classmethod
    def read(cls, table: Table, order: OrderTemplate) -> "CatalogueLink":
        supplement = table.text("supplement", optional=True)
        medicine = table.text("medicine", optional=True)
        for key, kind in (("supplement", ItemKind.SUPPLEMENT), ("medicine", ItemKind.MEDICINE)):
            if (supplement if key == "supplement" else medicine) and order.item_kind != kind.value:
                table.complain(key, f"Only an order of the kind “{kind}” names one.")
        return cls(order=order, supplement=supplement, medicine=medicine, path=table.path(""))


def link_orders(links: Sequence[CatalogueLink], *, file_name: str) -> None:
    """Let each order point at the shipped row it names, and check its doses against what that is.

    Raises `PackError` with everything that is not in the catalogue, or does not fit it.
    """
    named = [link for link in links if link.supplement or link.medicine]
    supplements = {
        row.key: row
        for row in Supplement.objects.current()
        .filter(clinic__isnull=True, key__in=[link.supplement for link in named])
        .prefetch_related("ingredients")
    }
    medicines = {
        row.key: row
        for row in Medicine.objects.current()
        .filter(clinic__isnull=True, key__in=[link.medicine for link in named])
        .prefetch_related("ingredients", "strengths")
    }
    problems = []
    for link in named:
        for key, wanted, rows in (
            ("supplement", link.supplement, supplements),
            ("medicine", link.medicine, medicines),
        ):
            if wanted and wanted not in rows:
                problems.append(
                    f"{file_name}, {link.path}{key}: the catalogue has no {key} “{wanted}”. Load it first, or correct "
                    "the key."
                )
        link.order.supplement = supplements.get(link.supplement)
        link.order.medicine = medicines.get(link.medicine)
        try:
            link.order.clean()
        except ValidationError as error:
            told = {"amount_value": "amount"}
            problems += [
                f"{file_name}, {link.path}{told.get(field, field)}: {' '.join(messages)}"
                for field, messages in error.message_dict.items()
            ]
    if problems:
        raise PackError(problems)
