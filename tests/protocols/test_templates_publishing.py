"""Publishing: who may, what is refused and why, and what becomes of the version before."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from protocols.models import OrderTemplate, PhaseTemplate, Supplement, TemplateVersion, VersionStatus
from protocols.services.supplements import retire_supplement
from protocols.services.templates import NotPublishable, draft_from, problems_of, publish
from tests.fixtures.personae import NOON, make_version


@pytest.fixture
def draft(clinic: Clinic) -> TemplateVersion:
    return make_version(clinic, publish_by=None)


def phase(draft: TemplateVersion, key: str) -> PhaseTemplate:
    return draft.phases.get(key=key)


def test_a_sound_draft_has_no_problems(draft: TemplateVersion) -> None:
    assert problems_of(draft) == []


def test_publishing_says_who_and_when(draft: TemplateVersion, by: Actor) -> None:
    published = publish(draft, by=by, at=NOON)
    assert published.status == VersionStatus.PUBLISHED.value
    assert (published.published_at, published.published_by_kind, published.published_by_code) == (
        NOON,
        "staff",
        by.code,
    )
    assert list(TemplateVersion.objects.published()) == [published]


def test_publishing_retires_the_version_before(draft: TemplateVersion, by: Actor) -> None:
    first = publish(draft, by=by, at=NOON)
    second = publish(draft_from(first, by=by, at=NOON), by=by, at=NOON)
    first.refresh_from_db()
    assert first.status == VersionStatus.RETIRED.value
    assert list(TemplateVersion.objects.published()) == [second]


def test_another_protocol_stays_published(draft: TemplateVersion, clinic: Clinic, by: Actor) -> None:
    other = make_version(clinic, publish_by=by, title="Another")
    publish(draft, by=by, at=NOON)
    other.refresh_from_db()
    assert other.status == VersionStatus.PUBLISHED.value


def test_a_version_is_published_once(draft: TemplateVersion, by: Actor) -> None:
    publish(draft, by=by, at=NOON)
    # The same object, which still calls itself a draft.
    with pytest.raises(NotPublishable, match="is published already"):
        publish(draft, by=by, at=NOON)


def test_an_assistant_may_not_publish(draft: TemplateVersion, clinic: Clinic, assistant_1: User) -> None:
    with pytest.raises(NotAllowed, match="Ask a practitioner of this clinic"):
        publish(draft, by=staff_in(clinic, assistant_1), at=NOON)
    assert TemplateVersion.objects.get().is_draft


def test_a_practitioner_of_another_clinic_may_not_publish(
    draft: TemplateVersion, clinic: Clinic, other_clinic: Clinic, dr_dee: User
) -> None:
    for at_work_in in (clinic, other_clinic):
        with pytest.raises(NotAllowed):
            publish(draft, by=staff_in(at_work_in, dr_dee), at=NOON)
    assert TemplateVersion.objects.get().is_draft


def test_the_system_publishes_nothing(draft: TemplateVersion) -> None:
    with pytest.raises(NotAllowed):
        publish(draft, by=for_system(), at=NOON)


def remove_all_phases(draft: TemplateVersion) -> None:
    for each in draft.phases.all():
        each.delete()


def last_two_years(draft: TemplateVersion) -> None:
    PhaseTemplate.objects.filter(version=draft, key="remove").update(duration_days=731)


def hang_on_an_open_end(draft: TemplateVersion) -> None:
    PhaseTemplate.objects.filter(version=draft, key="repair").update(anchor_phase="rebalance")


def claim_in_teaching(draft: TemplateVersion) -> None:
    PhaseTemplate.objects.filter(version=draft, key="remove").update(teaching="This heals.")


def theory_in_teaching(draft: TemplateVersion) -> None:
    PhaseTemplate.objects.filter(version=draft, key="repair").update(teaching="You have a leaky gut.")


def claim_in_an_order(draft: TemplateVersion) -> None:
    OrderTemplate.objects.filter(version=draft, key="enzymes").update(instructions="They detox you.")


def theory_in_an_order(draft: TemplateVersion) -> None:
    OrderTemplate.objects.filter(version=draft, key="enzymes").update(instructions="This is a theory.")


def claim_in_a_criterion(draft: TemplateVersion) -> None:
    phase(draft, "remove").criteria.filter(key="agreed").update(sentence="The gut is healed.")


def claim_in_the_title(draft: TemplateVersion) -> None:
    draft.template.title = "The great detox"
    draft.template.save()


def bad_pattern(draft: TemplateVersion) -> None:
    OrderTemplate.objects.filter(version=draft, key="enzymes").update(pattern="sometimes")


def bad_criterion(draft: TemplateVersion) -> None:
    phase(draft, "remove").criteria.filter(key="days").update(parameters={"days": 0})


def ends_before_it_begins(draft: TemplateVersion) -> None:
    OrderTemplate.objects.filter(version=draft, key="enzymes").update(last_phase=phase(draft, "remove"))


def phase_over_before_the_other_begins(draft: TemplateVersion) -> None:
    PhaseTemplate.objects.filter(version=draft, key="replace").update(
        anchor="plan-start", anchor_phase="", offset_days=0, duration_days=7
    )
    PhaseTemplate.objects.filter(version=draft, key="remove").update(offset_days=14)
    OrderTemplate.objects.filter(version=draft, key="no-alcohol").update(last_phase=phase(draft, "replace"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (remove_all_phases, "at least one phase"),
        (last_two_years, "cannot last 731 days"),
        (hang_on_an_open_end, "which has no fixed end"),
        (claim_in_teaching, "Remove: patients would read a claim (heals)"),
        (theory_in_teaching, "Repair: say “hypothesis”"),
        (claim_in_an_order, "Digestive enzymes: patients would read a claim (detox)"),
        (theory_in_an_order, "Digestive enzymes: say “hypothesis”"),
        (claim_in_a_criterion, "would read a claim (healed)"),
        (claim_in_the_title, "The great detox: patients would read a claim (detox)"),
        (bad_pattern, "“sometimes” is not a pattern"),
        (bad_criterion, "whole number from 1"),
        (ends_before_it_begins, "Digestive enzymes ends with a phase that comes before"),
        (phase_over_before_the_other_begins, "No alcohol would end, with Replace, before it begins"),
    ],
)
def test_a_draft_with_a_fault_is_not_published(
    draft: TemplateVersion, by: Actor, spoil: Callable[[TemplateVersion], None], words: str
) -> None:
    spoil(draft)
    with pytest.raises(NotPublishable) as error:
        publish(draft, by=by, at=NOON)
    assert [problem for problem in error.value.problems if words in problem], error.value.problems
    assert TemplateVersion.objects.get().is_draft


def test_a_phase_of_zero_days_is_refused(draft: TemplateVersion) -> None:
    remove = phase(draft, "remove")
    remove.duration_days = 0
    with pytest.raises(ValidationError, match="A phase lasts at least one day"):
        remove.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        remove.save()


def test_an_order_of_a_foreign_phase_is_not_published(draft: TemplateVersion, clinic: Clinic, by: Actor) -> None:
    other = make_version(clinic, publish_by=None, title="Another")
    OrderTemplate.objects.filter(version=draft, key="enzymes").update(last_phase=phase(other, "repair"))
    with pytest.raises(NotPublishable, match="Digestive enzymes hangs on a phase of another version"):
        publish(draft, by=by, at=NOON)


def test_all_faults_of_a_draft_are_told_at_once(draft: TemplateVersion, by: Actor) -> None:
    claim_in_teaching(draft)
    bad_pattern(draft)
    hang_on_an_open_end(draft)
    with pytest.raises(NotPublishable) as error:
        publish(draft, by=by, at=NOON)
    assert len(error.value.problems) == 3


def test_what_is_offered_no_more_is_not_published(
    draft: TemplateVersion, own_supplement: Supplement, by: Actor
) -> None:
    order = draft.orders.get(key="enzymes")
    order.supplement = own_supplement
    order.save()
    assert problems_of(draft) == []
    retire_supplement(own_supplement, by=by, at=NOON)
    assert problems_of(draft) == [
        "Digestive enzymes: Zinc carnosine with glutamine capsule (Linden), version 1, is offered no more. "
        "Choose what is."
    ]
