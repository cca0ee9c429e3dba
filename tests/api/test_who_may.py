"""Strangers find nothing, patients read their own plan, assistants read, practitioners move."""

from collections.abc import Callable

import pytest

from clinics.models import Membership, User
from patients.api.moves import PHASE_MOVES, PLAN_MOVES
from patients.models import Patient, Plan, Transition
from protocols.models import TemplateVersion
from tests.api.conftest import Program, move_address, refusal
from tests.fixtures.personae import NOON, TODAY

MOVES = [*((name, "") for name in PLAN_MOVES), *((name, "remove") for name in PHASE_MOVES)]


def test_all_moves_are_here() -> None:
    assert sorted(PLAN_MOVES) == ["activate", "complete", "enter-in-error", "hand-over", "hold", "resume", "revoke"]
    assert sorted(PHASE_MOVES) == ["complete", "extend", "hold", "resume", "skip", "start"]


@pytest.mark.parametrize(("name", "phase"), MOVES)
def test_a_stranger_finds_no_plan_to_move(name: str, phase: str, plan: Plan, dee: Program) -> None:
    answer = dee.move(plan, name, phase=phase)
    assert refusal(answer) == (404, "not_found", "")
    # Word for word what is said of a plan that was never there.
    nowhere = dee.post(move_address(Plan(code="aaaaaaaaaa"), name, phase=phase))
    assert nowhere.content == answer.content


def test_a_stranger_finds_nothing_to_read(plan: Plan, version: TemplateVersion, dee: Program) -> None:
    assert refusal(dee.get(f"plans/{plan.code}/")) == (404, "not_found", "")
    for address in ["plans/", "patients/", "protocol-versions/"]:
        assert dee.get(address).json()["results"] == []
    assert dee.get("plans/", patient=plan.patient.code).json()["results"] == []


def test_another_patient_finds_nothing(plan: Plan, ben: Patient, program_of: Callable[[User | None], Program]) -> None:
    bens = program_of(ben.user)
    assert refusal(bens.get(f"plans/{plan.code}/")) == (404, "not_found", "")
    assert refusal(bens.move(plan, "hold")) == (404, "not_found", "")
    assert bens.get("plans/").json()["results"] == []


def test_patients_read_their_own_plan(plan: Plan, angela: Patient, ben: Patient, angelas: Program) -> None:
    assert [row["code"] for row in angelas.get("plans/").json()["results"]] == [plan.code]
    assert angelas.get(f"plans/{plan.code}/").json()["patient"] == angela.code
    assert [row["code"] for row in angelas.get("patients/").json()["results"]] == [angela.code]
    assert angelas.get("protocol-versions/").json()["results"] == []


def test_patients_read_no_draft_and_nothing_entered_in_error(
    assign_plan: Callable[..., Plan], angela: Patient, angelas: Program, cho: Program
) -> None:
    draft = assign_plan(angela)
    for _ in range(2):
        assert refusal(angelas.get(f"plans/{draft.code}/")) == (404, "not_found", "")
        assert refusal(angelas.move(draft, "activate")) == (404, "not_found", "")
        assert angelas.get("plans/").json()["results"] == []
        cho.move(draft, "enter-in-error", reason="Meant for somebody else.")


@pytest.mark.parametrize(("name", "phase"), MOVES)
def test_patients_and_assistants_move_nothing(
    name: str, phase: str, plan: Plan, angelas: Program, assistant: Program
) -> None:
    before = Transition.objects.count()
    for program in (angelas, assistant):
        assert refusal(program.move(plan, name, phase=phase)) == (403, "not_allowed", "")
        # Whatever else is wrong with the request.
        assert refusal(program.post(move_address(plan, name, phase=phase), "no object"))[0] == 403
    assert Transition.objects.count() == before


def test_patients_and_assistants_assign_nothing(
    version: TemplateVersion, angela: Patient, dr_cho: User, angelas: Program, assistant: Program
) -> None:
    dates = {"patient": angela.code, "protocol_version": version.code, "starts_on": str(TODAY)}
    for program in (angelas, assistant):
        assert refusal(program.post("plans/preview/", dates)) == (403, "not_allowed", "")
        whole = dates | {"practitioner": dr_cho.code, "request_key": "one"}
        assert refusal(program.post("plans/", whole)) == (403, "not_allowed", "")
    assert Plan.objects.count() == 0


def test_assistants_read_the_plans_of_their_clinic(plan: Plan, assistant: Program) -> None:
    assert assistant.get(f"plans/{plan.code}/").json()["code"] == plan.code


def test_who_left_the_clinic_finds_nothing(plan: Plan, cho: Program, dr_cho: User) -> None:
    Membership.objects.filter(user=dr_cho).update(ended_at=NOON)
    assert refusal(cho.get(f"plans/{plan.code}/")) == (404, "not_found", "")
    assert refusal(cho.move(plan, "hold")) == (404, "not_found", "")
