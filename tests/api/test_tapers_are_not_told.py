"""Of a taper the API says nothing, and to a patient nothing that was written among colleagues."""

import pytest

from clinics.actor import Actor
from patients.models import Plan, Taper
from patients.services import plan_moves
from tests.api.conftest import Program
from tests.fixtures.personae import NOON

OF_A_TAPER = ("omeprazole", "propose", "awaiting", "taper", "alginate", "dr price")


@pytest.mark.parametrize("stage", ["draft_taper", "sent_taper", "taper"])
def test_nothing_of_a_taper_is_in_any_answer(
    request: pytest.FixtureRequest, plan: Plan, angelas: Program, cho: Program, stage: str
) -> None:
    taper: Taper = request.getfixturevalue(stage)
    for program in (angelas, cho):
        for address in ("plans/", f"plans/{plan.code}/", "patients/"):
            said = program.get(address).content.decode().lower()
            assert taper.code.lower() not in said
            assert not [word for word in OF_A_TAPER if word in said], (stage, address)


def test_a_patient_reads_no_reasons_that_were_meant_for_colleagues(
    plan: Plan, angelas: Program, cho: Program, by: Actor
) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision, reason="Hard to reach.")
    assert "Hard to reach." in cho.get(f"plans/{plan.code}/").content.decode()
    assert "Hard to reach." not in angelas.get(f"plans/{plan.code}/").content.decode()
