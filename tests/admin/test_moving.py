"""Every move is confirmed on a page that shows what becomes of the dates; what is refused is a sentence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Patient, Plan, Reminder, Transition
from patients.services import phase_moves, plan_moves
from tests.admin.conftest import hidden, move_address, text_of
from tests.fixtures.personae import NOON, TODAY, make_member

Move = Callable[..., Any]


def phase(plan: Plan, key: str) -> Any:
    return plan.phases.get(key=key)


def test_a_plan_is_held_and_resumed(cho: Client, plan: Plan, make_move: Move, clock: time_machine.Traveller) -> None:
    answer = make_move(cho, plan, "hold", data={"reason": "Travelling."})
    assert answer["Location"] == reverse("admin:patients_plan_change", args=[plan.code])
    plan.refresh_from_db()
    assert plan.status == "on-hold"
    clock.move_to(NOON + timedelta(days=5))
    page = cho.get(move_address(plan, "resume"))
    # Five days of rest lengthen what is open and shift what is planned.
    assert "4 January 2027 – 31 January 2027 · active 4 January 2027 – 5 February 2027 · active" in text_of(page)
    assert "18 January 2027 – 14 February 2027 · planned 23 January 2027 – 19 February 2027 · planned" in text_of(page)
    make_move(cho, plan, "resume")
    plan.refresh_from_db()
    assert plan.status == "active"
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "dr_cho (practitioner) put on hold the plan (Active → On hold) “Travelling.”" in words
    assert "On hold for 5 days, which do not count." in words


def test_opening_and_previewing_a_move_changes_nothing(cho: Client, plan: Plan) -> None:
    address = move_address(plan, "extend", phase=phase(plan, "remove"))
    before = (Transition.objects.count(), list(Reminder.objects.order_by("pk").values_list("status", "send_at")))
    page = cho.get(address)
    assert "4 January 2027 – 7 February 2027" in text_of(page)
    page = cho.post(address, {"revision": hidden(page, "revision"), "days": "10", "_preview": "1"})
    assert "4 January 2027 – 10 February 2027" in text_of(page)
    after = (Transition.objects.count(), list(Reminder.objects.order_by("pk").values_list("status", "send_at")))
    assert before == after
    plan.refresh_from_db()
    assert plan.revision == int(hidden(page, "revision"))


def test_dates_that_were_not_shown_are_not_confirmed(cho: Client, plan: Plan) -> None:
    remove = phase(plan, "remove")
    address = move_address(plan, "extend", phase=remove)
    page = cho.get(address)
    sent = {"revision": hidden(page, "revision"), "shown": hidden(page, "shown"), "days": "21", "_confirm": "1"}
    answer = cho.post(address, sent)
    assert "With what you entered, this is how it comes out." in text_of(answer)
    remove.refresh_from_db()
    assert remove.duration_days == 28
    cho.post(address, sent | {"shown": hidden(answer, "shown")})
    remove.refresh_from_db()
    assert remove.duration_days == 49


def test_a_phase_is_extended_held_and_resumed(cho: Client, plan: Plan, make_move: Move) -> None:
    remove = phase(plan, "remove")
    make_move(cho, plan, "extend", phase=remove, data={"days": "7"})
    make_move(cho, plan, "hold", phase=remove)
    remove.refresh_from_db()
    assert (remove.duration_days, remove.status) == (35, "on-hold")
    make_move(cho, plan, "resume", phase=remove)
    remove.refresh_from_db()
    assert remove.status == "active"


def test_extending_by_no_day_is_a_sentence_at_its_field(cho: Client, plan: Plan, make_move: Move) -> None:
    answer = make_move(cho, plan, "extend", phase=phase(plan, "remove"), data={"days": "0"})
    assert answer.context["form"].errors["days"] == ["Ensure this value is greater than or equal to 1."]


def test_extending_beyond_two_years_is_a_sentence_at_its_field(cho: Client, plan: Plan, make_move: Move) -> None:
    answer = make_move(cho, plan, "extend", phase=phase(plan, "remove"), data={"days": "900"})
    assert answer.context["form"].errors["days"] == ["A phase lasts at most 730 days."]


def test_a_phase_is_started_and_another_left_out(cho: Client, plan: Plan, make_move: Move) -> None:
    rebalance, repair = phase(plan, "rebalance"), phase(plan, "repair")
    answer = make_move(cho, plan, "start", phase=rebalance)
    assert answer.status_code == 302
    answer = make_move(cho, plan, "skip", phase=repair, data={"reason": "Not needed."})
    assert answer.status_code == 302
    assert (phase(plan, "rebalance").status, phase(plan, "repair").status) == ("active", "skipped")
    assert phase(plan, "rebalance").starts_on == TODAY


def test_leaving_out_needs_a_reason(cho: Client, plan: Plan, make_move: Move) -> None:
    answer = make_move(cho, plan, "skip", phase=phase(plan, "repair"))
    assert answer.context["form"].errors["reason"] == ["This field is required."]
    # The dates stay on the screen, so that the reason is all that is missing.
    assert hidden(answer, "shown")


def test_a_phase_is_finished_with_a_signature_and_an_order_that_goes_on(
    sign_in: Callable[[User], Client], dr_cho: User, plan: Plan, make_move: Move, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOON + timedelta(days=24))
    cho = sign_in(dr_cho)
    remove, order = phase(plan, "remove"), plan.orders.get(key="no-alcohol")
    words = text_of(cho.get(move_address(plan, "complete", phase=remove)))
    assert "Met At least 21 days. day 25, and at least 21 were asked for" in words
    assert "Unknown The practitioner agrees. no practitioner has signed it off or declined yet" in words
    data = {
        "on": str(TODAY + timedelta(days=24)),
        "end_reason": "finished",
        "signed_off": ["agreed"],
        "pull_forward": "on",
        f"goes-on-{order.code}": "goes-on",
        f"until-{order.code}": "2027-03-01",
    }
    answer = make_move(cho, plan, "complete", phase=remove, data=data)
    assert answer.status_code == 302
    order.refresh_from_db()
    assert str(order.ends_on) == "2027-03-01"
    assert phase(plan, "remove").status == "completed"
    assert phase(plan, "re-inoculate").starts_on == TODAY + timedelta(days=25)
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "completed Remove (Active → Completed)" in words
    assert "What was counted from its end moved forward." in words
    assert "1 order went on after it." in words


def finishing(plan: Plan, **data: str) -> dict[str, str]:
    order = plan.orders.get(key="no-alcohol")
    usual = {"on": str(TODAY), "end_reason": "finished", f"goes-on-{order.code}": "stops"}
    return usual | {name.replace("CODE", order.code): value for name, value in data.items()}


def test_finishing_with_open_criteria_needs_a_reason(cho: Client, plan: Plan, make_move: Move) -> None:
    answer = make_move(cho, plan, "complete", phase=phase(plan, "remove"), data=finishing(plan))
    [error] = answer.context["form"].errors["reason"]
    assert error.startswith("Not every criterion is met (")
    assert "Say why the phase is finished all the same." in text_of(answer)
    assert phase(plan, "remove").status == "active"
    data = finishing(plan) | {"reason": "The patient feels well."}
    assert make_move(cho, plan, "complete", phase=phase(plan, "remove"), data=data).status_code == 302
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "Not met, or not known: The practitioner agrees. At least 21 days." in words


def test_finishing_tomorrow_is_a_sentence_at_its_field(cho: Client, plan: Plan, make_move: Move) -> None:
    data = finishing(plan) | {"on": "2027-01-05", "reason": "Early."}
    answer = make_move(cho, plan, "complete", phase=phase(plan, "remove"), data=data)
    assert "not in the future" in answer.context["form"].errors["on"][0]


@pytest.mark.parametrize(
    ("goes_on", "until", "field", "sentence"),
    [
        ("goes-on", "", "until", "Say until which day it goes on."),
        ("goes-on", "2027-01-02", "until", "No alcohol: choose a day after the phase’s last day, 2027-01-04."),
        ("stops", "2027-03-01", "goes-on", "There is a last day: choose “goes on until”, or empty the day."),
    ],
)
def test_an_order_that_goes_on_needs_a_sensible_last_day(
    cho: Client, plan: Plan, make_move: Move, goes_on: str, until: str, field: str, sentence: str
) -> None:
    code = plan.orders.get(key="no-alcohol").code
    data = finishing(plan) | {"reason": "Early.", f"goes-on-{code}": goes_on, f"until-{code}": until}
    answer = make_move(cho, plan, "complete", phase=phase(plan, "remove"), data=data)
    assert answer.context["form"].errors[f"{field}-{code}"] == [sentence]
    assert phase(plan, "remove").status == "active"


def test_a_plan_is_completed(cho: Client, plan: Plan, make_move: Move) -> None:
    make_move(cho, plan, "complete", data={"end_reason": "finished"})
    plan.refresh_from_db()
    assert plan.status == "completed"


def test_a_plan_is_revoked_with_its_reason(cho: Client, plan: Plan, make_move: Move) -> None:
    make_move(cho, plan, "revoke", data={"end_reason": "pregnancy", "reason": "Told us today."})
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == ("revoked", "pregnancy")
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "Revoked on 4 January · Pregnancy" in words
    assert "“Pregnancy. Told us today.”" in words


def test_revoking_needs_a_reason(cho: Client, plan: Plan, make_move: Move) -> None:
    answer = make_move(cho, plan, "revoke", data={"end_reason": ""})
    assert "end_reason" in answer.context["form"].errors


def test_a_plan_entered_in_error_leaves_the_list(cho: Client, plan: Plan, make_move: Move) -> None:
    make_move(cho, plan, "enter-in-error", data={"reason": "The wrong patient."})
    plan.refresh_from_db()
    assert plan.status == "entered-in-error"
    address = reverse("admin:patients_plan_changelist")
    assert plan.code not in text_of(cho.get(address))
    assert plan.code in text_of(cho.get(address, {"plan": "entered-in-error"}))


@pytest.fixture
def draft(assign_plan: Callable[..., Plan], angela: Patient) -> Plan:
    return assign_plan(angela)


def amounts(draft: Plan, value: str = "1", unit: str = "{capsule}") -> dict[str, str]:
    code = draft.orders.get(key="enzymes").code
    return {f"value-{code}": value, f"unit-{code}": unit}


def test_activating_asks_for_each_missing_amount(cho: Client, draft: Plan, make_move: Move) -> None:
    words = text_of(cho.get(move_address(draft, "activate")))
    assert "Digestive enzymes: how much each time" in words
    assert "L-glutamine: how much" not in words
    answer = make_move(cho, draft, "activate", data={"starts_on": str(TODAY)})
    assert len(answer.context["form"].errors) == 2
    answer = make_move(cho, draft, "activate", data={"starts_on": str(TODAY)} | amounts(draft, "2.5", "g"))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.status == "active"
    assert draft.orders.get(key="enzymes").amount.display() == "2.5 g"


@pytest.mark.parametrize("value", ["0", "-1", "1.2345678"])
def test_an_amount_that_cannot_be_is_a_sentence(cho: Client, draft: Plan, make_move: Move, value: str) -> None:
    answer = make_move(cho, draft, "activate", data={"starts_on": str(TODAY)} | amounts(draft, value))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_activating_on_another_first_day_shows_the_new_dates_first(cho: Client, draft: Plan) -> None:
    address = move_address(draft, "activate")
    page = cho.get(address)
    sent = {"revision": hidden(page, "revision"), "shown": hidden(page, "shown"), "starts_on": "2027-01-11"}
    answer = cho.post(address, sent | amounts(draft) | {"_confirm": "1"})
    assert "11 January 2027 – 7 February 2027 · planned" in text_of(answer)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_first_day_years_off_is_a_sentence_at_its_field(cho: Client, draft: Plan, make_move: Move) -> None:
    answer = make_move(cho, draft, "activate", data={"starts_on": "2037-01-04"} | amounts(draft))
    assert "more than a year ahead" in answer.context["form"].errors["starts_on"][0]


def test_a_second_running_plan_is_refused_with_a_sentence(
    cho: Client, plan: Plan, assign_plan: Callable[..., Plan]
) -> None:
    second = assign_plan(plan.patient, key="second")
    answer = cho.get(move_address(second, "activate"), follow=True)
    assert "This patient already has a plan that is active or on hold." in text_of(answer)


def test_an_illegal_move_is_a_sentence(cho: Client, plan: Plan) -> None:
    answer = cho.get(move_address(plan, "resume"), follow=True)
    assert "An active plan cannot be resumed." in text_of(answer)
    answer = cho.post(move_address(plan, "resume"), {"revision": plan.revision, "_confirm": "1"}, follow=True)
    assert "An active plan cannot be resumed." in text_of(answer)
    answer = cho.get(move_address(plan, "complete", phase=phase(plan, "repair")), follow=True)
    assert "A planned phase cannot be completed." in text_of(answer)


def test_a_phase_of_a_plan_on_hold_does_not_move(cho: Client, plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    answer = cho.get(move_address(plan, "hold", phase=phase(plan, "remove")), follow=True)
    assert "Phases move only while the plan is active. Activate or resume the plan first." in text_of(answer)


def test_a_move_that_does_not_exist_is_not_found(cho: Client, plan: Plan, activate_plan: Any, ben: Patient) -> None:
    other = activate_plan(ben)
    for address in [
        move_address(plan, "explode"),
        move_address(plan, "start"),
        move_address(plan, "explode", phase=phase(plan, "remove")),
        move_address(plan, "extend", phase=phase(other, "remove")),
    ]:
        assert cho.get(address).status_code == 404, address


def test_two_practitioners_moving_one_plan_at_once(
    cho: Client, plan: Plan, clinic: Clinic, sign_in: Callable[[User], Client], make_move: Move
) -> None:
    eve = sign_in(make_member(clinic, "dr_eve@example.org", Role.PRACTITIONER))
    address = move_address(plan, "extend", phase=phase(plan, "remove"))
    pages = [client.get(address) for client in (cho, eve)]
    sent = [
        {"revision": hidden(page, "revision"), "shown": hidden(page, "shown"), "days": "7", "_confirm": "1"}
        for page in pages
    ]
    assert cho.post(address, sent[0]).status_code == 302
    answer = eve.post(address, sent[1], follow=True)
    assert "Somebody else has just moved this plan. Look at it again, then decide." in text_of(answer)
    assert phase(plan, "remove").duration_days == 35


def test_a_stale_move_keeps_what_was_typed_and_can_be_decided_anew(cho: Client, plan: Plan, by: Actor) -> None:
    address = move_address(plan, "revoke")
    page = cho.get(address)
    phase_moves.start(phase(plan, "rebalance"), by=by, at=NOON, revision=plan.revision)
    typed = {"end_reason": "reaction", "reason": "A long story.", "_confirm": "1"}
    stale = typed | {"revision": hidden(page, "revision"), "shown": hidden(page, "shown")}
    answer = cho.post(address, stale)
    assert "Somebody else has just moved this plan. Look at it again, then decide." in text_of(answer)
    assert "A long story." in answer.content.decode()
    plan.refresh_from_db()
    assert plan.status == "active"
    assert int(hidden(answer, "revision")) == plan.revision
    again = cho.post(address, typed | {name: hidden(answer, name) for name in ("revision", "shown")})
    assert again.status_code == 302
    plan.refresh_from_db()
    assert plan.status == "revoked"


def test_the_sweep_that_moved_the_plan_meanwhile_counts_too(cho: Client, plan: Plan, by: Actor) -> None:
    address = move_address(plan, "hold")
    page = cho.get(address)
    phase_moves.start(phase(plan, "rebalance"), by=by, at=NOON, revision=plan.revision)
    sent = {"revision": hidden(page, "revision"), "shown": hidden(page, "shown"), "_confirm": "1"}
    assert "Somebody else has just moved this plan." in text_of(cho.post(address, sent, follow=True))
    plan.refresh_from_db()
    assert plan.status == "active"


def test_a_move_is_never_made_by_looking(cho: Client, plan: Plan, clinic: Clinic, dr_cho: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dr_cho)
    page = strict.get(move_address(plan, "hold"))
    sent = {"revision": hidden(page, "revision"), "shown": hidden(page, "shown"), "_confirm": "1"}
    assert cho.get(move_address(plan, "hold"), sent).status_code == 200
    assert strict.post(move_address(plan, "hold"), sent).status_code == 403
    plan.refresh_from_db()
    assert plan.status == "active"
    assert staff_in(clinic, dr_cho).roles
