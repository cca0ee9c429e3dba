"""From what a pack's file holds to rows that are ready to be saved, or all the reasons why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from protocols.domain.layout import AnchorKind, LayoutError, Window, lay_out
from protocols.domain.phases import PhaseKind
from protocols.domain.sources import HowRead
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.models import (
    CriterionTemplate,
    EvidenceGrade,
    ItemKind,
    OrderTemplate,
    PhaseTemplate,
    ProtocolTemplate,
    TemplateVersion,
)
from protocols.services.pack_catalogue import CatalogueLink
from protocols.services.pack_checks import amount_of, check_row, refuse_twins
from protocols.services.pack_files import PackError
from protocols.services.pack_table import Table
from protocols.services.templates import ANY_DAY, window_problems


# Unsaved rows cannot say what they are called.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PackRows:
    """A checked pack. Its rows are unsaved and point at each other; one reading is saved at most once."""

    template: ProtocolTemplate
    version: TemplateVersion
    phases: list[PhaseTemplate]
    criteria: list[CriterionTemplate]
    orders: list[OrderTemplate]
    links: list[CatalogueLink]
    """What the orders name of the catalogue, which is asked when the pack is loaded."""


def rows_of(content: Mapping[str, Any], *, pack_key: str, file_name: str) -> PackRows:
    """Check everything and return the rows. Raises `PackError` with every problem, one sentence each."""
    problems: dict[str, str] = {}
    pack = Table(content, problems=problems)
    if pack.text("key") != pack_key:
        pack.complain("key", f"The key follows the file’s name: it is “{pack_key}”.")
    template = ProtocolTemplate(pack=pack_key, title=pack.prose("title"))
    version = TemplateVersion(pack_version=pack.text("version"), summary=pack.prose("summary"))
    check_row(pack, template, {"title": "title"})
    check_row(pack, version, {"pack_version": "version", "summary": "summary"})
    criteria: list[CriterionTemplate] = []
    phases = [_phase(table, position, criteria, version) for position, table in enumerate(pack.tables("phases"))]
    windows = _windows(phases, problems)
    by_key = {phase.key: phase for phase in phases}
    links: list[CatalogueLink] = []
    orders = [_order(table, by_key, windows, version, links) for table in pack.tables("orders")]
    refuse_twins([order.key for order in orders], "orders", problems)
    pack.close()
    if problems:
        raise PackError([f"{file_name}, {path}: {sentence}" for path, sentence in problems.items()])
    return PackRows(template=template, version=version, phases=phases, criteria=criteria, orders=orders, links=links)


def _phase(table: Table, position: int, criteria: list[CriterionTemplate], version: TemplateVersion) -> PhaseTemplate:
    phase = PhaseTemplate(
        version=version,
        position=position,
        key=table.text("key"),
        kind=table.choice("kind", PhaseKind) or "",
        title=table.prose("title"),
        purpose=table.prose("purpose"),
        teaching=table.prose("teaching"),
        hypothesis=table.prose("hypothesis", optional=True, may_be_theory=True),
        evidence=table.choice("evidence", EvidenceGrade) or "",
        source=_source(table)[0],
        anchor=table.choice("anchor", AnchorKind) or "",
        anchor_phase=table.text("anchor_phase", optional=True),
        offset_days=table.whole("offset_days") or 0,
        duration_days=table.whole("duration_days"),
        starts_by_person=table.yes("starts_by_person"),
    )
    check_row(table, phase, ["key", "title", "anchor_phase"])
    keys = []
    for inner in table.tables("criteria"):
        criterion = CriterionTemplate(
            phase=phase,
            key=inner.text("key"),
            kind=inner.text("kind"),
            parameters=inner.plain("parameters"),
            sentence=inner.prose("sentence"),
        )
        check_row(inner, criterion, ["key", "kind", "parameters"])
        criteria.append(criterion)
        keys.append(criterion.key)
    refuse_twins(keys, table.path("criteria"), table.problems)
    return phase


def _windows(phases: list[PhaseTemplate], problems: dict[str, str]) -> dict[str, Window]:
    """Each phase's dates from any day on; none if they cannot be laid out, which is noted."""
    if any(phase.anchor == "" for phase in phases):
        return {}  # said already, and there is nothing to count from
    try:
        return lay_out([phase.spec() for phase in phases], plan_start=ANY_DAY)
    except LayoutError as error:
        problems.setdefault(error.field or "phases", str(error))
        return {}


def _order(
    table: Table,
    phases: Mapping[str, PhaseTemplate],
    windows: Mapping[str, Window],
    version: TemplateVersion,
    links: list[CatalogueLink],
) -> OrderTemplate:
    source, was_read = _source(table)
    order = OrderTemplate(
        version=version,
        key=table.text("key"),
        name=table.prose("name"),
        item_kind=table.choice("item_kind", ItemKind) or "",
        pattern=table.text("pattern"),
        times_of_day=table.texts("times_of_day"),
        instructions=table.prose("instructions", optional=True),
        prescribed_by=str(table.choice("prescribed_by", PrescribedBy, optional=True) or PrescribedBy.CLINIC),
        titration=_stages(table),
        starts_after_days=_days(table, "starts_after_days") or 0,
        counts_as=table.text("counts_as", optional=True),
        taper_tie=str(table.choice("taper_tie", TaperTie, optional=True) or ""),
        taper_tie_days=_days(table, "taper_tie_days"),
        evidence=table.choice("evidence", EvidenceGrade) or "",
        source=source,
    )
    if amount := amount_of(table, "amount"):
        order.amount_value, order.amount_unit = amount.value, amount.unit.value
        if not was_read:
            table.complain("amount", "No source of this order was read: leave the amount open.")
    check_row(
        table,
        order,
        {name: name for name in ("key", "name", "pattern", "times_of_day", "titration", "counts_as")}
        | {"amount_value": "amount"},
    )
    if (order.taper_tie_days is not None) != (order.taper_tie == TaperTie.AFTER.value):
        table.complain("taper_tie_days", "Days after the last dose belong to what comes after the taper, and to that.")
    links.append(CatalogueLink.read(table, order))
    if order.item_kind and ItemKind(order.item_kind).is_taken and not order.times_of_day:
        table.complain("times_of_day", "What is taken has at least one time of day.")
    first = _phase_named(table, "first_phase", phases)
    last = _phase_named(table, "last_phase", phases)
    if first is None or last is None:
        return order
    order.first_phase, order.last_phase = first, last
    for problem in window_problems(order, windows):
        table.complain("last_phase", problem)
    if order.item_kind == ItemKind.DIET.value and last.duration_days is None:
        table.complain("last_phase", "A diet has an end: choose a phase that has a fixed one.")
    return order


def _stages(table: Table) -> list[dict[str, Any]]:
    """A slow start as it stands; the model says what is wrong with it."""
    return [{"days": stage.whole("days"), "amount": stage.text("amount")} for stage in table.tables("titration")]


def _days(table: Table, key: str) -> int | None:
    days = table.whole(key)
    if days is not None and not 0 <= days <= 365:
        table.complain(key, "Days are counted from 0 to 365.")
        return None
    return days


def _phase_named(table: Table, key: str, phases: Mapping[str, PhaseTemplate]) -> PhaseTemplate | None:
    name = table.text(key)
    if name not in phases:
        table.complain(key, f"“{name}” is not a phase of this pack. Use one of: {', '.join(phases)}.")
    return phases.get(name)


def _source(table: Table) -> tuple[str, bool]:
    """All citations, a line each with how it was read, and whether any was read at all."""
    citations = [(item.text("cite"), item.choice("read", HowRead)) for item in table.tables("sources")]
    if not citations:
        table.complain("sources", "Say where this was read: at least one source.")
    text = "\n".join(f"{cite} [{read.label if read else ''}]" for cite, read in citations)
    return text, any(read is not None and read.was_read for _, read in citations)
