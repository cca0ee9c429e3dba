"""A plan is put before the rules in every move of it: that reads each row once, and writes what has changed."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Prescriber
from patients.models import Plan, Taper
from patients.services.safety.assessing import reassess
from protocols.domain.medicines import MedicineClass
from protocols.models import Medicine
from tests.fixtures.personae import NOON
from tests.safety.conftest import Take, Write

MOST = 23
"""The lock and the patient, nine for what is taken and two for what the catalogue says of it, one for the rules’
reviews, four for the record, two for the days on which something rested, one for the findings, one for the rhythm of
the timetable, one that is written. What changes in the coming time is told from rows that were read."""


def queries_of(plan: Plan) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        reassess(plan, at=NOON)
    return [query["sql"] for query in captured.captured_queries]


def test_nothing_is_read_once_more_for_a_single_order_and_only_the_check_is_written_again(
    plan: Plan, taper: Taper, order: Write, takes: Take, dr_price: Prescriber, omeprazole: Medicine
) -> None:
    takes("Levothyroxine")
    order("Magnesium", amount="200 mg", times_of_day=["with-breakfast"])
    takes("Ibuprofen", MedicineClass.NSAID)
    order("Betaine HCl", amount="650 mg")
    reassess(plan, at=NOON)
    assert {"SPACE", "BLOCK"} <= {row.severity for row in plan.findings.standing()}, "nothing is left out"
    few = queries_of(plan)
    for number in range(4):
        order(f"Glutamine {number}", "repair", amount="5 g")
        order(f"Famotidine {number}", item_kind="medicine", prescribed_by="prescriber", prescriber=dr_price)
        order(f"Omeprazole {number}", item_kind="medicine", medicine=omeprazole, amount="20 mg", prescriber=dr_price)
    reassess(plan, at=NOON)
    many = queries_of(plan)
    assert len(many) == len(few) <= MOST, "\n".join(many)
    written = [sql for sql in many if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql.split('"')[1] for sql in written] == ["patients_safetycheck"]


def test_what_is_not_there_is_not_asked_for(plan: Plan, findings: Callable[[], object]) -> None:
    """Without a taper, a medicine and hours apart: neither versions nor strengths, nor a timetable."""
    findings()
    queries = queries_of(plan)
    assert len(queries) <= 15, "\n".join(queries)
    assert not any(word in sql for sql in queries for word in ("taperversion", "strength", "dayrhythm"))
