"""A new draft from a version: the same content, the next number, one draft at a time."""

import pytest
from django.db import IntegrityError, transaction

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, User
from protocols.models import ProtocolTemplate, TemplateVersion
from protocols.models.content import copied
from protocols.services.templates import NotPublishable, draft_from, publish
from tests.fixtures.personae import NOON, make_version


def contents(version: TemplateVersion) -> list[object]:
    """All that a version says, without its row numbers."""
    return [
        [(copied(phase), [copied(item) for item in phase.criteria.all()]) for phase in version.phases.all()],
        [
            (copied(order), order.first_phase.key, order.last_phase.key)
            for order in version.orders.select_related("first_phase", "last_phase")
        ],
    ]


def test_a_draft_has_the_same_content_and_the_next_number(version: TemplateVersion, by: Actor) -> None:
    draft = draft_from(version, by=by, at=NOON)
    assert draft.is_draft
    assert (draft.number, draft.summary, draft.template) == (2, version.summary, version.template)
    assert (draft.created_at, draft.created_by_code) == (NOON, by.code)
    assert contents(draft) == contents(version)
    assert {order.first_phase.version_id for order in draft.orders.all()} == {draft.pk}
    assert {order.last_phase.version_id for order in draft.orders.all()} == {draft.pk}


def test_editing_the_draft_leaves_the_published_version_as_it_was(version: TemplateVersion, by: Actor) -> None:
    before = contents(version)
    draft = draft_from(version, by=by, at=NOON)
    phase = draft.phases.get(key="remove")
    phase.teaching = "Something else."
    phase.save()
    draft.orders.get(key="enzymes").delete()
    assert contents(version) == before != contents(draft)


def test_a_second_draft_is_refused(version: TemplateVersion, by: Actor) -> None:
    draft_from(version, by=by, at=NOON)
    with pytest.raises(NotPublishable, match="already has a draft"):
        draft_from(version, by=by, at=NOON)
    assert TemplateVersion.objects.count() == 2


def test_the_database_refuses_a_second_draft_too(version: TemplateVersion, by: Actor) -> None:
    draft = draft_from(version, by=by, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.create(
            template=draft.template,
            number=3,
            summary="Another.",
            created_at=NOON,
            created_by_kind="system",
            created_by_code="system",
        )


def test_a_draft_of_an_old_version_is_numbered_after_the_newest(version: TemplateVersion, by: Actor) -> None:
    publish(draft_from(version, by=by, at=NOON), by=by, at=NOON)
    version.refresh_from_db()
    assert draft_from(version, by=by, at=NOON).number == 3


def test_an_assistant_may_not_start_a_draft(version: TemplateVersion, clinic: Clinic, assistant_1: User) -> None:
    with pytest.raises(NotAllowed):
        draft_from(version, by=staff_in(clinic, assistant_1), at=NOON)
    assert TemplateVersion.objects.count() == 1


def test_a_practitioner_of_another_clinic_may_not_start_a_draft(
    version: TemplateVersion, other_clinic: Clinic, dr_dee: User
) -> None:
    with pytest.raises(NotAllowed):
        draft_from(version, by=staff_in(other_clinic, dr_dee), at=NOON)


def test_a_clinic_sees_its_own_protocols_only(
    version: TemplateVersion, other_clinic: Clinic, dr_cho: User, dr_dee: User
) -> None:
    theirs = make_version(other_clinic, publish_by=staff_in(other_clinic, dr_dee))
    assert list(TemplateVersion.objects.visible_to(dr_cho)) == [version]
    assert list(ProtocolTemplate.objects.visible_to(dr_dee)) == [theirs.template]
