"""Every move of a plan, once as it goes and as it is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Patient, Plan, Transition
from tests.api.conftest import Program, phase_of, refusal
from tests.fixtures.personae import NOON, TODAY, make_member
from tests.fixtures.records import make_prescriber


@pytest.fixture
def draft(assign_plan: Callable[..., Plan], angela: Patient) -> Plan:
    return assign_plan(angela)


@pytest.fixture
def enzymes(draft: Plan) -> str:
    """The code of the order that ships without an amount."""
    return draft.orders.get(key="enzymes").code


def test_a_draft_is_activated(draft: Plan, enzymes: str, cho: Program) -> None:
    answer = cho.move(draft, "activate", amounts={enzymes: "2.50 {capsule}"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["revision"], phase_of(body, "remove")["status"]) == ("active", 1, "active")
    order = next(order for order in body["orders"] if order["code"] == enzymes)
    assert (order["amount"], order["needs_amount"]) == ({"value": "2.5", "unit": "{capsule}"}, False)
    assert body == cho.get(f"plans/{draft.code}/").json()


def test_a_draft_is_activated_for_another_first_day(draft: Plan, enzymes: str, cho: Program) -> None:
    first_day = TODAY + timedelta(days=7)
    body = cho.move(draft, "activate", amounts={enzymes: "1 {capsule}"}, starts_on=str(first_day)).json()
    assert (body["status"], body["starts_on"], phase_of(body, "remove")["starts_on"]) == (
        "active",
        str(first_day),
        str(first_day),
    )


def test_what_is_not_for_this_patient_is_left_out(draft: Plan, enzymes: str, cho: Program) -> None:
    body = cho.move(draft, "activate", left_out=[enzymes]).json()
    assert body["status"] == "active"
    assert [order["is_left_out"] for order in body["orders"] if order["code"] == enzymes] == [True]


def test_amounts_that_are_missing_are_asked_for(draft: Plan, cho: Program) -> None:
    answer = cho.move(draft, "activate")
    assert refusal(answer) == (422, "amounts_missing", "amounts")
    assert "Digestive enzymes" in answer.json()["error"]["text"]
    draft.refresh_from_db()
    assert (draft.status, draft.revision) == ("draft", 0)


@pytest.mark.parametrize(
    "text", ["two capsules", "2", "", "2 spoons", "-1 mg", "1e9 mg", "0 mg", "1.1234567 mg", "1" * 16 + " mg", 2, None]
)
def test_an_amount_that_is_none_is_refused_by_its_order(text: object, draft: Plan, enzymes: str, cho: Program) -> None:
    answer = cho.move(draft, "activate", amounts={enzymes: text})
    assert refusal(answer) == (422, "invalid_request", f"amounts.{enzymes}")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amounts": {"nowhere": "1 mg"}}, "amounts.nowhere"),
        ({"amounts": ["1 mg"]}, "amounts"),
        ({"left_out": ["nowhere"]}, "left_out"),
        ({"left_out": ["nowhere", "a" * 11]}, "left_out[1]"),
        ({"left_out": "nowhere"}, "left_out"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"reason": "None is asked for."}, "reason"),
        ({"revision": -1}, "revision"),
        ({"revision": "seen"}, "revision"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(
    fields: dict[str, Any], field: str, draft: Plan, enzymes: str, cho: Program
) -> None:
    answer = cho.move(draft, "activate", **({"amounts": {enzymes: "1 {capsule}"}} | fields))
    assert refusal(answer) == (422, "invalid_request", field)
    draft.refresh_from_db()
    assert (draft.status, draft.revision) == ("draft", 0)


def test_a_first_day_years_off_is_refused_by_its_name(draft: Plan, enzymes: str, cho: Program) -> None:
    answer = cho.move(draft, "activate", amounts={enzymes: "1 {capsule}"}, starts_on="2037-01-04")
    assert refusal(answer) == (422, "layout_error", "starts_on")


def test_an_amount_and_left_out_is_refused(draft: Plan, enzymes: str, cho: Program) -> None:
    answer = cho.move(draft, "activate", amounts={enzymes: "1 {capsule}"}, left_out=[enzymes])
    assert refusal(answer) == (422, "invalid_request", f"amounts.{enzymes}")


def test_a_second_plan_does_not_run_beside_the_first(
    draft: Plan, enzymes: str, activate_plan: Callable[..., Plan], angela: Patient, cho: Program
) -> None:
    activate_plan(angela, starts_on=TODAY + timedelta(days=1))
    answer = cho.move(draft, "activate", amounts={enzymes: "1 {capsule}"})
    assert refusal(answer) == (409, "plan_already_running", "")


def test_a_plan_is_held_and_resumed(plan: Plan, cho: Program) -> None:
    held = cho.move(plan, "hold", reason="On a journey.").json()
    assert (held["status"], held["transitions"][-1]["reason"]) == ("on-hold", "On a journey.")
    assert cho.move(plan, "resume").json()["status"] == "active"


def test_a_plan_is_handed_over_within_its_clinic(
    plan: Plan, cho: Program, clinic: Clinic, dr_cho: User, dr_dee: User
) -> None:
    colleague = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    for nobody in ("NOSUCHCODE", dr_dee.code, dr_cho.code):
        assert refusal(cho.move(plan, "hand-over", practitioner=nobody)) == (422, "invalid_request", "practitioner")
    body = cho.move(plan, "hand-over", practitioner=colleague.code).json()
    assert (body["status"], body["practitioner"]) == ("active", colleague.code)


def test_of_a_stranger_nobody_learns_that_the_code_is_somebodys(plan: Plan, cho: Program, dr_dee: User) -> None:
    """Whatever else is wrong with what is asked: the answer is word for word the one to a code that nobody has."""
    plan.refresh_from_db()
    for revision in (plan.revision, plan.revision - 1, -1):
        nobody = cho.move(plan, "hand-over", practitioner="NOSUCHCODE", revision=revision)
        stranger = cho.move(plan, "hand-over", practitioner=dr_dee.code, revision=revision)
        assert (stranger.status_code, stranger.content) == (nobody.status_code, nobody.content)
        assert stranger.status_code == 422
    assert cho.move(plan, "hand-over", practitioner=dr_dee.code).json()["error"]["field"] == "practitioner"


def test_a_plan_is_completed(plan: Plan, cho: Program) -> None:
    body = cho.move(plan, "complete").json()
    assert (body["status"], body["ended_on"], body["end_reason"]) == ("completed", "2027-01-04", "finished")
    assert {phase["status"] for phase in body["phases"]} == {"completed", "skipped"}
    assert body["transitions"][-1]["end_reason"] == "finished"


def test_a_plan_is_revoked_for_a_reason(plan: Plan, cho: Program) -> None:
    for fields in ({}, {"end_reason": "bored"}, {"end_reason": None}, {"end_reason": ["died"]}):
        assert refusal(cho.move(plan, "revoke", **fields)) == (422, "invalid_request", "end_reason")
    body = cho.move(plan, "revoke", end_reason="patients-choice").json()
    assert (body["status"], body["end_reason"]) == ("revoked", "patients-choice")


def test_a_reason_that_is_none_is_told_which_there_are(plan: Plan, cho: Program) -> None:
    text = cho.move(plan, "revoke", end_reason="bored").json()["error"]["text"]
    assert text.startswith("There is no such reason. Use one of: finished, patients-choice, reaction,")


def test_a_plan_is_entered_in_error_for_a_reason(plan: Plan, cho: Program) -> None:
    for fields in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 2001}):
        assert refusal(cho.move(plan, "enter-in-error", **fields)) == (422, "invalid_request", "reason")
    body = cho.move(plan, "enter-in-error", reason="Meant for somebody else.").json()
    (line,) = [row for row in body["transitions"] if row["move"] == "enter-in-error"]
    assert (body["status"], line["reason"]) == ("entered-in-error", "Meant for somebody else.")


def test_a_move_of_what_was_moved_since_is_refused(plan: Plan, cho: Program) -> None:
    seen = plan.revision
    cho.move(plan, "hold")
    answer = cho.move(plan, "resume", revision=seen)
    assert refusal(answer) == (409, "plan_changed", "")
    # So is one that was never seen.
    assert refusal(cho.move(plan, "resume", revision=10**30)) == (409, "plan_changed", "")
    plan.refresh_from_db()
    assert plan.status == "on-hold"


@pytest.mark.parametrize("name", ["activate", "resume"])
def test_a_move_that_is_not_legal_is_refused(name: str, plan: Plan, cho: Program) -> None:
    before = Transition.objects.count()
    answer = cho.move(plan, name)
    assert refusal(answer) == (409, "illegal_transition", "")
    assert answer.json()["error"]["text"].startswith("An active plan cannot be")
    assert Transition.objects.count() == before


def test_a_move_that_there_is_not_is_not_found(plan: Plan, cho: Program) -> None:
    assert refusal(cho.move(plan, "pause")) == (404, "not_found", "")
    assert refusal(cho.move(plan, "start", phase="nowhere")) == (404, "not_found", "")


def test_prescribers_of_other_clinics_and_those_who_left_are_refused_alike(
    draft: Plan, enzymes: str, cho: Program, other_clinic: Clinic, clinic: Clinic
) -> None:
    ended = {"ended_at": NOON, "ended_by_kind": "system", "ended_by_code": "system"}
    gone, elsewhere = make_prescriber(clinic, "Dr. Gone", **ended), make_prescriber(other_clinic, "Dr. Far")
    answers = [
        cho.move(draft, "activate", amounts={enzymes: "1 {capsule}"}, prescribers={enzymes: code})
        for code in (gone.code, elsewhere.code, "nowhere")
    ]
    assert len({answer.content for answer in answers}) == 1
    assert refusal(answers[0]) == (422, "invalid_request", f"prescribers.{enzymes}")
