"""Where a plan stands is said in one line that people understand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Patient, Plan
from patients.services import phase_moves, plan_moves
from patients.services.progress import phase_words, sentence, with_progress
from protocols.domain.phases import EndReason
from tests.fixtures.personae import NOON, TODAY


def loaded(plan: Plan) -> Plan:
    return with_progress(Plan.objects.all()).get(pk=plan.pk)


def after(days: int) -> tuple[datetime, date]:
    return NOON + timedelta(days=days), TODAY + timedelta(days=days)


def test_a_draft_says_its_first_day(assign_plan: Callable[..., Plan], angela: Patient) -> None:
    plan = loaded(assign_plan(angela, starts_on=date(2027, 2, 1)))
    assert sentence(plan, today=TODAY) == "Draft · first day 1 February"


def test_a_running_phase_says_its_day(plan: Plan) -> None:
    _, today = after(8)
    assert sentence(loaded(plan), today=today) == "Remove · day 9 of 28"


def test_phases_without_a_fixed_end_come_by_name_when_others_run(plan: Plan, by: Actor) -> None:
    at, today = after(21)
    rebalance = plan.phases.get(key="rebalance")
    phase_moves.start(rebalance, by=by, at=at, revision=loaded(plan).revision)
    assert sentence(loaded(plan), today=today) == "Remove · day 22 of 28, and Rebalance"


def test_a_phase_without_a_fixed_end_alone_counts_its_days(activate_plan: Callable[..., Plan], angela: Patient) -> None:
    # Of sixteen weeks begun 200 days ago only the last phase is still running.
    plan = activate_plan(angela, starts_on=TODAY - timedelta(days=200))
    assert sentence(loaded(plan), today=TODAY) == "Rebalance · day 180"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (27, "day 28 of 28"),
        (29, "day 30 of 28"),
        (30, "day 31 of 28, 3 days overdue"),
        (60, "day 61 of 28, 33 days overdue"),
    ],
)
def test_a_phase_is_overdue_three_days_after_its_last_day(plan: Plan, days: int, words: str) -> None:
    _, today = after(days)
    assert phase_words(loaded(plan).phases.all()[0], today) == words


def test_a_held_phase_says_since_when(plan: Plan, by: Actor) -> None:
    at, _ = after(2)
    phase_moves.hold(plan.phases.get(key="remove"), by=by, at=at, revision=plan.revision)
    assert sentence(loaded(plan), today=TODAY + timedelta(days=5)) == "Remove · on hold since 6 January"


def test_a_held_plan_says_since_when_and_nothing_grows_overdue(plan: Plan, by: Actor) -> None:
    at, _ = after(8)
    plan_moves.hold(plan, by=by, at=at, revision=plan.revision)
    words = "On hold since 12 January · Remove · day 8 of 28"
    assert sentence(loaded(plan), today=TODAY + timedelta(days=8)) == words
    assert sentence(loaded(plan), today=TODAY + timedelta(days=100)) == words


def test_another_year_is_named(plan: Plan, by: Actor) -> None:
    at, _ = after(8)
    plan_moves.hold(plan, by=by, at=at, revision=plan.revision)
    words = sentence(loaded(plan), today=date(2028, 1, 4))
    assert words.startswith("On hold since 12 January 2027 · ")


def test_a_plan_that_waits_for_its_first_day_says_so(activate_plan: Callable[..., Plan], angela: Patient) -> None:
    plan = activate_plan(angela, starts_on=TODAY + timedelta(days=7))
    assert sentence(loaded(plan), today=TODAY) == "Remove · starts on 11 January"


def test_a_phase_that_should_have_begun_says_so(activate_plan: Callable[..., Plan], angela: Patient) -> None:
    plan = activate_plan(angela, starts_on=TODAY + timedelta(days=7))
    words = sentence(loaded(plan), today=TODAY + timedelta(days=9))
    assert words == "Remove · planned for 11 January, not started yet"


def test_an_ended_plan_says_when_and_why(plan: Plan, by: Actor) -> None:
    at, today = after(3)
    plan_moves.revoke(plan, by=by, at=at, revision=plan.revision, end_reason=EndReason.PREGNANCY)
    assert sentence(loaded(plan), today=today) == "Revoked on 7 January · Pregnancy"
    assert [phase_words(phase, today) for phase in loaded(plan).phases.all()] == ["completed on 7 January"] + 4 * [
        "left out"
    ]


def test_a_finished_plan_says_when(plan: Plan, by: Actor) -> None:
    at, today = after(3)
    plan_moves.complete(plan, by=by, at=at, revision=plan.revision)
    assert sentence(loaded(plan), today=today) == "Completed on 7 January"


def test_a_plan_entered_in_error_says_no_more(plan: Plan, by: Actor) -> None:
    plan_moves.enter_in_error(plan, by=by, at=NOON, revision=plan.revision, reason="The wrong patient.")
    assert sentence(loaded(plan), today=TODAY) == "Entered in error"


def test_a_plan_whose_phases_all_ended_says_so(plan: Plan, by: Actor) -> None:
    at, today = after(3)
    phase_moves.complete(
        plan.phases.get(key="remove"),
        by=by,
        at=at,
        revision=plan.revision,
        reason="Done early.",
        end_reason=EndReason.FINISHED,
    )
    for key in ["replace", "re-inoculate", "repair", "rebalance"]:
        current = loaded(plan)
        phase_moves.skip(current.phases.get(key=key), by=by, at=at, revision=current.revision, reason="Not needed.")
    assert sentence(loaded(plan), today=today) == "All phases ended"


def test_saying_it_asks_the_database_nothing_more(
    plan: Plan, by: Actor, django_assert_num_queries: Callable[..., object]
) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    with django_assert_num_queries(3):
        plans = list(with_progress(Plan.objects.all()))
        for item in plans:
            sentence(item, today=TODAY)
            for phase in item.phases.all():
                phase_words(phase, TODAY)
