"""The one sentence at the top, and what a patient reads when the plan rests or is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from protocols.domain.phases import EndReason
from tests.fixtures.personae import NOON, TODAY
from tests.portal.reading import forms_of, text_of

Page = Callable[[Patient], str]


def at(days: int) -> datetime:
    return NOON + timedelta(days=days)


def is_without_taps(html: str) -> bool:
    return not [form for form in forms_of(html) if "tick" in form.action]


def test_the_phases_that_run_are_one_sentence(
    activate_plan: Callable[..., Plan], angela: Patient, read_page: Page
) -> None:
    activate_plan(angela, starts_on=TODAY - timedelta(days=64))
    text = text_of(read_page(angela))
    assert "Repair · day 9 of 28, and Rebalance" in text


def test_before_the_first_day_the_page_says_when_it_begins(
    activate_plan: Callable[..., Plan], angela: Patient, read_page: Page
) -> None:
    activate_plan(angela, starts_on=TODAY + timedelta(days=5))
    text = text_of(read_page(angela))
    assert "Remove · starts on 9 January" in text
    assert "There is nothing to take or do from your plan today." in text
    assert "Remove It begins on Saturday 9 January, in 5 days." in text


def test_a_phase_past_its_planned_end_is_never_called_overdue(
    plan: Plan, angela: Patient, read_page: Page, travel: time_machine.Traveller
) -> None:
    """Whoever is late with deciding, it is not the patient."""
    travel.move_to(at(31), tick=False)
    html = read_page(angela)
    assert "Remove · day 32" in text_of(html)
    assert "overdue" not in html


def test_a_plan_at_rest_says_so_kindly(plan: Plan, angela: Patient, read_page: Page, by: Actor) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision, reason="A long journey.")
    html = read_page(angela)
    text = text_of(html)
    assert "Your plan is resting" in text
    assert "There is nothing to take or do from it until your practitioner goes on with you." in text
    assert "What others have prescribed for you goes on as agreed with them." in text
    assert "A long journey." not in text
    assert "It was planned for Monday 18 January. The days that your plan rests come on top." in text
    assert is_without_taps(html)


def test_a_completed_plan_says_what_is_now(plan: Plan, angela: Patient, read_page: Page, by: Actor) -> None:
    plan_moves.complete(plan, by=by, at=at(3), revision=plan.revision)
    html = read_page(angela)
    text = text_of(html)
    assert "Your plan is complete" in text
    assert "It ended on Thursday 7 January." in text
    assert "What comes next" not in text
    assert is_without_taps(html)


def test_a_plan_that_was_ended_early_gives_no_reason_and_no_blame(
    plan: Plan, angela: Patient, read_page: Page, by: Actor
) -> None:
    plan_moves.revoke(
        plan, by=by, at=NOON, revision=plan.revision, end_reason=EndReason.LOST, reason="Never came back."
    )
    html = read_page(angela)
    text = text_of(html)
    assert "Your plan has ended" in text
    for inner in ("Lost", "lost", "Never came back", "evoked"):
        assert inner not in text
    assert is_without_taps(html)


def test_the_running_plan_comes_before_one_that_ended(
    plan: Plan, activate_plan: Callable[..., Plan], angela: Patient, read_page: Page, by: Actor
) -> None:
    plan_moves.complete(plan, by=by, at=NOON, revision=plan.revision)
    activate_plan(angela, starts_on=TODAY - timedelta(days=1))
    assert "Remove · day 2 of 28" in text_of(read_page(angela))


def test_of_plans_that_ended_the_last_is_shown(
    plan: Plan, activate_plan: Callable[..., Plan], angela: Patient, read_page: Page, by: Actor
) -> None:
    plan_moves.complete(plan, by=by, at=NOON, revision=plan.revision)
    earlier = activate_plan(angela, starts_on=TODAY - timedelta(days=300))
    plan_moves.revoke(earlier, by=by, at=at(2), revision=earlier.revision, end_reason=EndReason.REACTION)
    text = text_of(read_page(angela))
    assert "Your plan has ended" in text
    assert "It ended on Wednesday 6 January." in text


def test_the_next_phase_has_its_date_and_the_days_until_then(plan: Plan, angela: Patient, read_page: Page) -> None:
    text = text_of(read_page(angela))
    assert "What comes next Replace It begins on Monday 18 January, in 14 days. Your journey" in text


def test_the_day_before_it_is_tomorrow(
    plan: Plan, angela: Patient, read_page: Page, travel: time_machine.Traveller
) -> None:
    travel.move_to(at(13), tick=False)
    assert "It begins on Monday 18 January, tomorrow." in text_of(read_page(angela))


def test_what_a_person_starts_is_not_promised(plan: Plan, angela: Patient, read_page: Page) -> None:
    PlanPhase.objects.filter(plan=plan, key="replace").update(starts_by_person=True)
    text = text_of(read_page(angela))
    assert "It is planned for Monday 18 January, in 14 days. Your practitioner starts it with you." in text


def test_what_waits_for_a_person_is_ready_to_begin(
    plan: Plan, angela: Patient, read_page: Page, travel: time_machine.Traveller
) -> None:
    PlanPhase.objects.filter(plan=plan, key="replace").update(starts_by_person=True)
    travel.move_to(at(15), tick=False)
    assert "It is ready to begin. Your practitioner starts it with you." in text_of(read_page(angela))


def test_what_follows_a_phase_at_rest_has_no_date(plan: Plan, angela: Patient, read_page: Page, by: Actor) -> None:
    phase_moves.hold(plan.phases.get(key="remove"), by=by, at=NOON, revision=plan.revision)
    plan.phases.filter(key__in=["replace", "rebalance"]).update(status="skipped")
    text = text_of(read_page(angela))
    assert "It follows Remove, which is resting. Its date is open until that goes on." in text


def test_the_clinics_telephone_is_at_hand(plan: Plan, angela: Patient, clinic: Clinic, read_page: Page) -> None:
    clinic.telephone = "+49 (30) 123 45-67"
    clinic.save()
    html = read_page(angela)
    assert 'href="tel:+49301234567"' in html
    assert "+49 (30) 123 45-67" in text_of(html)


def test_a_clinic_without_a_telephone_is_still_named(plan: Plan, angela: Patient, read_page: Page) -> None:
    html = read_page(angela)
    assert "tel:" not in html
    assert "Ask Lindenhof practice." in text_of(html)


def test_teaching_of_running_phases_is_told_with_hypothesis_and_evidence(
    plan: Plan, angela: Patient, read_page: Page
) -> None:
    plan.phases.filter(key="remove").update(
        teaching="You leave out\nwhat may irritate.\n\nPlease eat enough.",
        hypothesis="Some foods may irritate the gut.",
        evidence="limited",
    )
    html = read_page(angela)
    text = text_of(html)
    assert "You leave out what may irritate. Please eat enough." in text
    assert "Hypothesis Some foods may irritate the gut." in text
    assert "Partly tested: there are few trials, or they do not agree. A test." in text
    assert "What to know about replace." not in text, "it has not begun"


def test_what_is_written_for_practitioners_is_not_shown(plan: Plan, angela: Patient, read_page: Page) -> None:
    """The purpose of a phase may name what to ask a patient about before ordering."""
    assert "The purpose of" not in read_page(angela)
