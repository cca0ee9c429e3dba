"""The life of a template: a draft, published once and frozen, and a new draft made from it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction

from clinics.actor import Actor, require
from clinics.roles import Act
from protocols.domain.layout import LayoutError, Window, lay_out
from protocols.domain.wording import forbidden_claims, missing_hypothesis
from protocols.models import (
    CriterionTemplate,
    OrderTemplate,
    PhaseTemplate,
    ProtocolTemplate,
    TemplateVersion,
    VersionStatus,
)
from protocols.models.content import copied

ANY_DAY: Final = date(2001, 1, 1)
"""A first day for checking a protocol: only how its phases hang together matters, not when."""


class NotPublishable(Exception):
    """The draft is not fit to be published; `problems` says what to mend, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def problems_of(version: TemplateVersion) -> list[str]:
    """What stands in the way of publishing, as sentences; empty if nothing does."""
    phases = list(version.phases.all())
    orders = list(version.orders.select_related("first_phase", "last_phase", "supplement", "medicine"))
    criteria = list(CriterionTemplate.objects.filter(phase__version=version).select_related("phase"))
    problems: list[str] = []
    windows: dict[str, Window] = {}
    try:
        windows = lay_out([phase.spec() for phase in phases], plan_start=ANY_DAY)
    except LayoutError as error:
        problems.append(str(error))
    for part in [*phases, *orders, *criteria]:
        try:
            part.full_clean()
        except ValidationError as error:
            problems.extend(f"{part}: {message}" for message in error.messages)
    for order in orders:
        problems.extend(window_problems(order, windows))
        item = order.supplement or order.medicine
        if item is not None and item.is_retired:
            problems.append(f"{order.name}: {item}, version {item.number}, is offered no more. Choose what is.")
    problems.extend(_claims(version, phases, orders, criteria))
    problems.extend(
        f"{phase.title}: say “hypothesis” beside the theory, or move it to the field of that name."
        for phase in phases
        if missing_hypothesis(" ".join([phase.purpose, phase.teaching]))
    )
    problems.extend(
        f"{order.name}: say “hypothesis” beside the theory, or leave the theory out."
        for order in orders
        if missing_hypothesis(" ".join([order.name, order.instructions]))
    )
    return problems


def _claims(
    version: TemplateVersion,
    phases: Sequence[PhaseTemplate],
    orders: Sequence[OrderTemplate],
    criteria: Sequence[CriterionTemplate],
) -> Iterator[str]:
    """What patients would read as a promise. A template's title is the title of the patient's plan."""
    texts = [[version.template.title]]
    texts += [[phase.title, phase.purpose, phase.teaching, phase.hypothesis] for phase in phases]
    texts += [[order.name, order.instructions] for order in orders]
    texts += [[criterion.sentence] for criterion in criteria]
    for parts in texts:
        words = forbidden_claims(" ".join(parts))
        if words:
            yield (
                f"{parts[0]}: patients would read a claim ({', '.join(words)}). Say what is done, not what it cures."
            )


def window_problems(order: OrderTemplate, windows: Mapping[str, Window]) -> list[str]:
    """What is wrong with the phases an order begins and ends with. windows: by phase key, or empty."""
    first, last = order.first_phase, order.last_phase
    if {first.version_id, last.version_id} != {order.version_id}:
        return [f"{order.name} hangs on a phase of another version. Choose one of this version."]
    if last.position < first.position:
        return [f"{order.name} ends with a phase that comes before the one it begins with."]
    if not windows:
        return []
    begins, ends = windows[first.key].first, windows[last.key].last
    if ends is not None and ends < begins:
        return [f"{order.name} would end, with {last.title}, before it begins, with {first.title}."]
    later = begins + timedelta(days=order.starts_after_days or 0)
    if ends is not None and ends < later:
        return [f"{order.name} would begin {order.starts_after_days} days after {first.title}, when it has ended."]
    return []


@transaction.atomic
def publish(version: TemplateVersion, *, by: Actor, at: datetime) -> TemplateVersion:
    """Freeze a draft as the version that is assigned from now on. An earlier published version is retired."""
    locked = (
        TemplateVersion.objects.select_related("template__clinic").select_for_update(of=("self",)).get(pk=version.pk)
    )
    require(by, Act.PUBLISH_TEMPLATE, clinic=locked.template.clinic)
    if not locked.is_draft:
        raise NotPublishable([f"{locked} is published already."])
    problems = problems_of(locked)
    if problems:
        raise NotPublishable(problems)
    siblings = TemplateVersion.objects.filter(template=locked.template)
    siblings.filter(status=VersionStatus.PUBLISHED.value).update(status=VersionStatus.RETIRED.value)
    siblings.filter(pk=locked.pk).update(
        status=VersionStatus.PUBLISHED.value,
        published_at=at,
        published_by_kind=by.kind.value,
        published_by_code=by.code,
    )
    locked.refresh_from_db()
    return locked


@transaction.atomic
def draft_from(version: TemplateVersion, *, by: Actor, at: datetime) -> TemplateVersion:
    """A new draft with the same content, numbered after the newest. A protocol has at most one draft."""
    template = ProtocolTemplate.objects.select_for_update().get(pk=version.template_id)
    require(by, Act.PUBLISH_TEMPLATE, clinic=template.clinic)
    if template.versions.filter(status=VersionStatus.DRAFT.value).exists():
        raise NotPublishable(["This protocol already has a draft. Edit that one."])
    draft = TemplateVersion.objects.create(
        template=template,
        number=next_number(template),
        summary=version.summary,
        pack_version=version.pack_version,
        created_at=at,
        created_by_kind=by.kind.value,
        created_by_code=by.code,
    )
    new_phases: dict[int, PhaseTemplate] = {}
    for phase in version.phases.prefetch_related("criteria"):
        new_phases[phase.pk] = PhaseTemplate.objects.create(version=draft, **copied(phase))
        for criterion in phase.criteria.all():
            CriterionTemplate.objects.create(phase=new_phases[phase.pk], **copied(criterion))
    for order in version.orders.all():
        OrderTemplate.objects.create(
            version=draft,
            first_phase=new_phases[order.first_phase_id],
            last_phase=new_phases[order.last_phase_id],
            **copied(order),
        )
    return draft


def next_number(template: ProtocolTemplate) -> int:
    newest = template.versions.order_by("-number").first()
    return 1 if newest is None else newest.number + 1
