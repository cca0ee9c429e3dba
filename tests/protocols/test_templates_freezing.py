"""A published version never changes, through whichever object it is tried."""

from collections.abc import Callable

import pytest
from django.db.models import Model

from clinics.actor import Actor
from clinics.models import Clinic
from protocols.models import CriterionTemplate, OrderTemplate, PhaseTemplate, TemplateVersion
from protocols.models.template import Frozen
from protocols.services.templates import draft_from, publish
from tests.fixtures.personae import NOON, make_version


def a_phase(version: TemplateVersion) -> PhaseTemplate:
    return version.phases.get(key="remove")


def an_order(version: TemplateVersion) -> OrderTemplate:
    return version.orders.get(key="glutamine")


def a_criterion(version: TemplateVersion) -> CriterionTemplate:
    return CriterionTemplate.objects.get(phase__version=version, key="days")


def itself(version: TemplateVersion) -> TemplateVersion:
    return TemplateVersion.objects.get(pk=version.pk)


every_part = pytest.mark.parametrize("part", [a_phase, an_order, a_criterion, itself])


@every_part
def test_what_is_published_is_neither_saved_nor_deleted(
    version: TemplateVersion, part: Callable[[TemplateVersion], Model]
) -> None:
    row = part(version)
    with pytest.raises(Frozen, match="Start a new draft"):
        row.save()
    with pytest.raises(Frozen):
        row.delete()


@every_part
def test_an_object_from_before_the_publication_changes_nothing_either(
    clinic: Clinic, by: Actor, part: Callable[[TemplateVersion], Model]
) -> None:
    draft = make_version(clinic, publish_by=None)
    row = part(draft)
    publish(draft, by=by, at=NOON)
    with pytest.raises(Frozen):
        row.save()
    with pytest.raises(Frozen):
        row.delete()


@every_part
def test_a_retired_version_stays_frozen(
    version: TemplateVersion, by: Actor, part: Callable[[TemplateVersion], Model]
) -> None:
    publish(draft_from(version, by=by, at=NOON), by=by, at=NOON)
    with pytest.raises(Frozen):
        part(version).save()


def test_nothing_is_added_to_a_published_version(version: TemplateVersion) -> None:
    for row in (a_phase(version), an_order(version), a_criterion(version)):
        row.pk, row._state.adding, row.key = None, True, "another"
        with pytest.raises(Frozen):
            row.save()


def test_nothing_is_moved_out_of_a_published_version(version: TemplateVersion, by: Actor) -> None:
    draft = draft_from(version, by=by, at=NOON)
    phase, order, criterion = a_phase(version), an_order(version), a_criterion(version)
    phase.version = order.version = draft
    criterion.phase = draft.phases.get(key="repair")
    for row in (phase, order, criterion):
        with pytest.raises(Frozen):
            row.save()


def test_nothing_is_moved_into_a_published_version(version: TemplateVersion, by: Actor) -> None:
    draft = draft_from(version, by=by, at=NOON)
    phase = draft.phases.get(key="remove")
    phase.version = version
    with pytest.raises(Frozen):
        phase.save()


@every_part
def test_a_draft_is_edited_freely(clinic: Clinic, part: Callable[[TemplateVersion], Model]) -> None:
    row = part(make_version(clinic, publish_by=None))
    pk = row.pk
    row.save()
    row.delete()
    assert not type(row)._base_manager.filter(pk=pk).exists()
