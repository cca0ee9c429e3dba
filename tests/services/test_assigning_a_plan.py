"""Assigning: a preview that writes nothing, one idempotent write, and every refusal."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, User
from patients.models import Order, Patient, Plan, PlanPhase, Transition
from patients.services.assign import assign, preview
from patients.services.errors import InvalidRequest, RequestKeyReused
from protocols.models import PhaseTemplate, TemplateVersion
from tests.fixtures.personae import NOON, TODAY, make_patient, make_version


def test_a_preview_shows_every_date_and_writes_nothing(angela: Patient, version: TemplateVersion, by: Actor) -> None:
    shown = preview(angela, version, starts_on=TODAY, by=by, at=NOON)
    assert [(item.phase.key, item.window.first, item.window.last) for item in shown.phases] == [
        ("remove", date(2027, 1, 4), date(2027, 1, 31)),
        ("replace", date(2027, 1, 18), date(2027, 2, 14)),
        ("re-inoculate", date(2027, 2, 1), date(2027, 2, 28)),
        ("repair", date(2027, 3, 1), date(2027, 3, 28)),
        ("rebalance", date(2027, 1, 25), None),
    ]
    assert [order.name for order in shown.missing_amounts] == ["Digestive enzymes"]
    assert shown.ends_on == date(2027, 3, 28)
    assert Plan.objects.count() == 0


def test_what_is_assigned_is_what_was_previewed(
    angela: Patient, version: TemplateVersion, by: Actor, assign_plan: Callable[..., Plan]
) -> None:
    shown = preview(angela, version, starts_on=TODAY, by=by, at=NOON)
    plan = assign_plan(angela)
    assert [(p.key, p.starts_on, p.ends_on) for p in plan.phases.all()] == [
        (item.phase.key, item.window.first, item.window.last) for item in shown.phases
    ]
    assert Order.objects.filter(plan=plan).count() == 3
    assert (plan.status, plan.patient, plan.practitioner.email) == ("draft", angela, "dr_cho@example.org")


def test_the_same_request_twice_gives_one_plan(angela: Patient, assign_plan: Callable[..., Plan]) -> None:
    first = assign_plan(angela, key="once")
    second = assign_plan(angela, key="once")
    assert first.pk == second.pk
    assert Plan.objects.count() == 1
    assert Transition.objects.count() == 1


def test_a_request_key_is_not_taken_for_another_patient(
    angela: Patient, ben: Patient, assign_plan: Callable[..., Plan]
) -> None:
    assign_plan(angela, key="once")
    with pytest.raises(RequestKeyReused):
        assign_plan(ben, key="once")


def test_a_request_key_is_not_taken_for_another_first_day(angela: Patient, assign_plan: Callable[..., Plan]) -> None:
    assign_plan(angela, key="once")
    with pytest.raises(RequestKeyReused):
        assign_plan(angela, key="once", starts_on=TODAY + timedelta(days=9))


def test_a_request_repeated_after_the_version_was_retired_gives_its_plan(
    angela: Patient, assign_plan: Callable[..., Plan], version: TemplateVersion
) -> None:
    first = assign_plan(angela, key="once")
    TemplateVersion.objects.filter(pk=version.pk).update(status="retired")
    assert assign_plan(angela, key="once").pk == first.pk


@pytest.mark.parametrize("years", [-3, 2, 1000])
def test_a_start_date_years_off_is_refused(angela: Patient, assign_plan: Callable[..., Plan], years: int) -> None:
    with pytest.raises(InvalidRequest, match="Check the year") as refused:
        assign_plan(angela, starts_on=TODAY.replace(year=TODAY.year + years))
    assert refused.value.field == "starts_on"
    assert Plan.objects.count() == 0


def test_a_patient_of_another_clinic_is_refused(other_clinic: Clinic, dr_dee: User, version: TemplateVersion) -> None:
    stranger = make_patient(other_clinic, "Somebody")
    with pytest.raises(InvalidRequest, match="another clinic"):
        preview(stranger, version, starts_on=TODAY, by=staff_in(other_clinic, dr_dee), at=NOON)


def test_staff_of_another_clinic_are_refused(
    angela: Patient, version: TemplateVersion, other_clinic: Clinic, dr_dee: User
) -> None:
    with pytest.raises(NotAllowed):
        preview(angela, version, starts_on=TODAY, by=staff_in(other_clinic, dr_dee), at=NOON)


def test_a_practitioner_of_another_clinic_cannot_be_put_in_charge(
    angela: Patient, version: TemplateVersion, dr_dee: User, by: Actor
) -> None:
    with pytest.raises(InvalidRequest, match="Choose a practitioner"):
        assign(angela, version, starts_on=TODAY, practitioner=dr_dee, request_key="k", by=by, at=NOON)


def test_a_draft_version_is_refused(angela: Patient, clinic: Clinic, by: Actor) -> None:
    draft = make_version(clinic, publish_by=None, title="Unfinished")
    with pytest.raises(InvalidRequest, match="Publish it first"):
        preview(angela, draft, starts_on=TODAY, by=by, at=NOON)


def test_a_template_without_phases_is_refused(angela: Patient, clinic: Clinic, by: Actor) -> None:
    """Publishing refuses it too; here the row is published behind its back."""
    draft = make_version(clinic, publish_by=None, title="Empty")
    PhaseTemplate.objects.filter(version=draft).delete()
    TemplateVersion.objects.filter(pk=draft.pk).update(status="published", published_at=NOON)
    draft.refresh_from_db()
    with pytest.raises(InvalidRequest, match="at least one phase"):
        preview(angela, draft, starts_on=TODAY, by=by, at=NOON)


def test_changing_a_template_afterwards_changes_no_plan(
    angela: Patient, version: TemplateVersion, assign_plan: Callable[..., Plan], by: Actor
) -> None:
    from protocols.services.templates import draft_from, publish

    plan = assign_plan(angela)
    draft = draft_from(version, by=by, at=NOON)
    phase = draft.phases.get(key="remove")
    phase.duration_days = 14
    phase.save()
    publish(draft, by=by, at=NOON)
    assert PlanPhase.objects.get(plan=plan, key="remove").ends_on == TODAY + timedelta(days=27)
    plan.refresh_from_db()
    assert plan.template_version == version


def test_a_plan_assigned_into_the_past_says_so(angela: Patient, version: TemplateVersion, by: Actor) -> None:
    shown = preview(angela, version, starts_on=TODAY - timedelta(days=45), by=by, at=NOON)
    assert {item.phase.key: item.state for item in shown.phases} == {
        "remove": "done",
        "replace": "done",
        "re-inoculate": "running",
        "repair": "planned",
        "rebalance": "running",
    }
    assert "45 days back" in shown.notes[0]
