"""Many patients to whom something is owed, in seconds: one life is lived through the services, the others are copies.

Every copy has rows of its own: patient, address, plan, phases, and the one reminder that is due. Rows are copied by
PostgreSQL itself, with keys moved on by a thousand for each copy.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Model

from clinics.actor import staff_in
from clinics.domain.instants import civil_date, zone
from clinics.models import Clinic
from clinics.roles import Role
from patients.models import ContactPoint, Patient, Plan, PlanPhase, Reminder, SafetyCheck
from patients.services import plan_moves
from patients.services.assign import assign
from tests.fixtures.personae import make_member, make_patient, make_version

APART: Final = 1000
# Of the small protocol of the tests: Replace comes two weeks after the first day, and is announced three days before.
STARTED_DAYS_AGO: Final = 11


def people(count: int, *, at: datetime) -> None:
    """Write so many patients, each with one reminder that is due at this instant, and in nobody’s quiet hours."""
    plan = _one_life(at=at)
    due = Reminder.objects.get(plan=plan, kind="phase-coming", recipient_kind="patient", phase__key="replace")
    Reminder.objects.filter(plan=plan).exclude(pk=due.pk).delete()
    # The morning’s look at the safety rules is another matter, and has been done.
    SafetyCheck.objects.filter(plan=plan).update(looks_at=None)
    patient = plan.patient
    for model, pks, changed in (
        (Patient, [patient.pk], {"code": _code("P")}),
        (
            ContactPoint,
            list(patient.contact_points.values_list("pk", flat=True)),
            {"patient_id": _moved("patient_id"), "value": "'p' || g || '@example.org'"},
        ),
        (
            Plan,
            [plan.pk],
            {"code": _code("L"), "request_key": "'copy ' || g", "patient_id": _moved("patient_id")},
        ),
        (
            PlanPhase,
            list(plan.phases.values_list("pk", flat=True)),
            {"code": "position || lpad(g::text, 9, '0')", "plan_id": _moved("plan_id"), "begins_at": "NULL"},
        ),
        (
            SafetyCheck,
            list(SafetyCheck.objects.filter(plan=plan).values_list("pk", flat=True)),
            {"plan_id": _moved("plan_id")},
        ),
        (
            Reminder,
            [due.pk],
            {
                "code": _code("R"),
                "plan_id": _moved("plan_id"),
                "phase_id": _moved("phase_id"),
                "recipient_code": _code("P"),
                "key": _key(due),
            },
        ),
    ):
        _copy(model, pks, count=count - 1, changed=changed)


def schedule(count: int, *, at: datetime) -> None:
    """Bring the reminders that are owed later to so many. They lie among the plans that are there."""
    there = Reminder.objects.filter(send_at__gt=at).count()
    one = Reminder.objects.order_by("pk").first()
    assert one is not None
    # Spread over a year, in no order: as plans of many weeks lie beside each other.
    later = "send_at + (1 + mod(g::bigint * 7919, 365)) * interval '1 day' + mod(g, 1440) * interval '1 minute'"
    owner = f"{APART} * mod(g, {max(1, Plan.objects.count())})"
    changed = {
        "id": f"{10**9} + g",
        "code": _code("S"),
        "key": "'phase-coming:S' || lpad(g::text, 9, '0') || ':2099-01-01:patient-0000000000:email'",
        "plan_id": f"plan_id + {owner}",
        "phase_id": f"phase_id + {owner}",
        "send_at": later,
        "too_late_at": f"{later} + interval '1 day'",
        "message_id": "NULL",
        "status": "'owed'",
        "reason": "''",
        "finished_at": "NULL",
    }
    _copy(Reminder, [one.pk], first=there + 1, count=count, changed=changed)


def tidy() -> None:
    """What autovacuum does in time: statistics, and no dead rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _one_life(*, at: datetime) -> Plan:
    """Angela’s plan, of which something is to be said since a minute, where it is about noon."""
    ahead = 12 - at.hour
    name = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    said_at = (at - timedelta(minutes=1)).astimezone(zone(name)).time().replace(second=0, microsecond=0)
    clinic = Clinic.objects.create(name="A clinic under load", zone=name)
    practitioner = make_member(clinic, "practitioner@example.org", Role.PRACTITIONER)
    practitioner.message_time = said_at
    practitioner.save()
    by = staff_in(clinic, practitioner)
    version = make_version(clinic, publish_by=by)
    patient = make_patient(clinic, "Angela", zone=name, email="p0@example.org")
    patient.message_time = said_at
    patient.save()
    plan = assign(
        patient,
        version,
        starts_on=civil_date(at, zone(name)) - timedelta(days=STARTED_DAYS_AGO),
        practitioner=practitioner,
        request_key="one life",
        by=by,
        at=at - timedelta(hours=1),
    )
    from protocols.domain.amount import Amount

    amounts = {order.code: Amount.parse("1 {capsule}") for order in plan.orders.all() if order.needs_amount}
    return plan_moves.activate(plan, by=by, at=at - timedelta(minutes=30), revision=plan.revision, amounts=amounts)


def _code(letter: str) -> str:
    return f"'{letter}' || lpad(g::text, 9, '0')"


def _moved(column: str) -> str:
    return f"{column} + g * {APART}"


def _key(due: Reminder) -> str:
    """The key of a copy: as that of the original, with the codes of the copy’s phase and patient."""
    assert due.phase is not None
    with_phase = f"replace(key, '{due.phase.code}', '{due.phase.position}' || lpad(g::text, 9, '0'))"
    return f"replace({with_phase}, '{due.recipient_code}', {_code('P')})"


def _copy(model: type[Model], pks: list[int], *, count: int, changed: Mapping[str, str], first: int = 1) -> None:
    """Copy these rows, with the numbers from `first` to `count`; `g` is the number of a copy."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.generated]
    expressions = {"id": _moved("id"), **changed}
    values = ", ".join(expressions.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}", generate_series(%s, %s) AS g '
            f"WHERE id = ANY(%s)",
            [first, count, pks],
        )
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))")
