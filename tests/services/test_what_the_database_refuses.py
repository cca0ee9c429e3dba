"""Rules that hold even for whoever goes round the services."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from patients.models import Intake, Order, Plan, Transition
from patients.models.history import AppendOnly
from protocols.models import PhaseTemplate, TemplateVersion
from protocols.models.template import Frozen
from tests.fixtures.personae import NOON, TODAY


def has_triggers() -> bool:
    """On PostgreSQL the database itself refuses; on SQLite the models do, and whoever writes SQL is not stopped."""
    return connection.vendor == "postgresql"


def test_history_cannot_be_changed_through_the_model(plan: Plan) -> None:
    line = Transition.objects.filter(plan=plan).first()
    assert line is not None
    for change in (line.save, line.delete, Transition.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        Transition.objects.update(reason="Something else.")


def test_history_cannot_be_changed_by_sql(plan: Plan) -> None:
    if not has_triggers():
        return
    for statement in ("UPDATE patients_transition SET reason = 'x'", "DELETE FROM patients_transition"):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_published_version_cannot_be_changed_through_the_model(version: TemplateVersion) -> None:
    phase = version.phases.get(key="remove")
    for change in (phase.save, phase.delete):
        with pytest.raises(Frozen):
            change()
    with pytest.raises(Frozen):
        PhaseTemplate(version=version, key="more", kind="repair", position=9).save()


def test_a_published_version_cannot_be_changed_by_a_queryset(version: TemplateVersion) -> None:
    if not has_triggers():
        return
    for change in (
        lambda: PhaseTemplate.objects.filter(version=version).update(duration_days=1),
        lambda: TemplateVersion.objects.filter(pk=version.pk).update(summary="Another."),
        lambda: TemplateVersion.objects.filter(pk=version.pk).update(status="draft", published_at=None),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_an_intake_counts_once(plan: Plan) -> None:
    order = Order.objects.filter(plan=plan).first()
    fields = {
        "order": order,
        "taken_on": TODAY,
        "slot": "bedtime",
        "recorded_at": NOON,
        "by_kind": "patient",
        "by_code": "X",
    }
    Intake.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.create(**fields)


def test_a_patient_has_one_running_plan(plan: Plan) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(
            patient=plan.patient,
            template_version=plan.template_version,
            practitioner=plan.practitioner,
            title="Another",
            status="on-hold",
            starts_on=TODAY,
            request_key="another",
            created_at=NOON,
            created_by_kind="system",
            created_by_code="system",
        )
