"""The API speaks of people by their codes."""

from clinics.models import User
from patients.models import Patient, Plan
from tests.api.conftest import Program


def test_nothing_that_is_said_names_anybody(
    plan: Plan, angela: Patient, ben: Patient, dr_cho: User, cho: Program, angelas: Program
) -> None:
    for patient, family in ((angela, "Quillfeather"), (ben, "Ravensworth")):
        patient.family_name = family
        patient.save()
    said = [
        program.get(address)
        for program in (cho, angelas)
        for address in ("plans/", f"plans/{plan.code}/", "patients/", "protocol-versions/")
    ]
    said += [cho.move(plan, "hold"), angelas.move(plan, "resume"), cho.move(plan, "revoke")]
    names = ["Angela", "Ben", "Quillfeather", "Ravensworth", "dr_cho", "example.org", "Lindenhof"]
    for answer in said:
        text = answer.content.decode()
        assert [name for name in names if name in text] == []
    # Of whom was spoken?
    assert sum(angela.code in answer.content.decode() for answer in said) >= 6
