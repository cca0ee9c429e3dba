"""The page of what changes when: what is too close, what is proposed, and accepting some of it at once."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from patients.models import Order, Plan
from patients.services import plan_moves
from tests.admin.conftest import hidden, move_address, text_of
from tests.fixtures.personae import NOON


@pytest.fixture
def three(plan: Plan) -> list[Order]:
    """Three things more that begin with Replace on 18 January, besides the enzymes."""
    phase = plan.phases.get(key="replace")
    said = {"item_kind": "supplement", "pattern": "daily", "times_of_day": ["bedtime"], "evidence": "weak"}
    return [
        Order.objects.create(plan=plan, key=key, name=key.capitalize(), first_phase=phase, last_phase=phase, **said)
        for key in ("alpha", "beta", "gamma")
    ]


def page_of(plan: Plan) -> str:
    return reverse("admin:patients_plan_changes", args=[plan.code])


def test_it_names_the_clash_and_every_proposed_day(cho: Client, plan: Plan, three: list[Order]) -> None:
    assert page_of(plan) in cho.get(reverse("admin:patients_plan_change", args=[plan.code])).text
    words = text_of(cho.get(page_of(plan)))
    assert "Mon 18 Jan 2027 Alpha, Beta, Digestive enzymes, Gamma too close" in words
    assert "Beta: Thu 21 Jan 2027 instead of Mon 18 Jan 2027" in words


def test_some_are_accepted_after_a_preview(cho: Client, plan: Plan, three: list[Order]) -> None:
    page = cho.get(page_of(plan))
    _, beta, gamma = three
    said = {"revision": hidden(page, "revision"), "moves": [f"{beta.code}=2027-01-21"]}
    preview = cho.post(page_of(plan), said)
    assert "With what you chose" in text_of(preview)
    assert "So much would still come close together" in text_of(preview)
    assert Order.objects.get(pk=beta.pk).first_day.isoformat() == "2027-01-18"
    cho.post(page_of(plan), said | {"_confirm": "1"})
    assert Order.objects.get(pk=beta.pk).first_day.isoformat() == "2027-01-21"
    assert Order.objects.get(pk=gamma.pk).first_day.isoformat() == "2027-01-18"
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "spread out what begins in the plan" in words
    assert "1 order begins later." in words


def test_a_plan_that_was_moved_meanwhile_is_shown_again_and_nothing_moves(
    cho: Client, plan: Plan, three: list[Order], by: Actor
) -> None:
    page = cho.get(page_of(plan))
    said = {"revision": hidden(page, "revision"), "moves": [f"{three[1].code}=2027-01-21"], "_confirm": "1"}
    plan.refresh_from_db()
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    answer = cho.post(page_of(plan), said)
    assert "Somebody else has just moved this plan" in text_of(answer)
    assert Order.objects.get(pk=three[1].pk).starts_after_days == 0


@pytest.mark.parametrize("day", ["2027-01-22", "2027-03-30", "soon"])
def test_a_day_that_was_not_proposed_is_refused(cho: Client, plan: Plan, three: list[Order], day: str) -> None:
    page = cho.get(page_of(plan))
    said = {"revision": hidden(page, "revision"), "moves": [f"{three[1].code}={day}"], "_confirm": "1"}
    assert "Another day is proposed by now" in text_of(cho.post(page_of(plan), said))
    assert Order.objects.get(pk=three[1].pk).starts_after_days == 0


def test_an_assistant_looks_and_moves_nothing(assistant: Client, plan: Plan, three: list[Order]) -> None:
    page = assistant.get(page_of(plan))
    assert page.status_code == 200
    assert 'name="moves"' not in page.text
    said = {"revision": plan.revision, "moves": [f"{three[1].code}=2027-01-21"], "_confirm": "1"}
    assistant.post(page_of(plan), said)
    assert Order.objects.get(pk=three[1].pk).starts_after_days == 0


def test_another_clinic_finds_nothing_there(dee: Client, plan: Plan) -> None:
    assert dee.get(page_of(plan)).status_code == 404


def test_before_activation_it_is_said_how_much_begins_on_one_day(
    cho: Client, assign_plan: Callable[..., Plan], angela: object
) -> None:
    draft = assign_plan(angela)
    phase = draft.phases.get(key="repair")
    said = {"item_kind": "supplement", "pattern": "daily", "evidence": "weak"}
    Order.objects.create(plan=draft, key="alpha", name="Alpha", first_phase=phase, last_phase=phase, **said)
    words = text_of(cho.get(move_address(draft, "activate")))
    assert f"2 things change on {phase.starts_on:%a} {phase.starts_on.day} {phase.starts_on:%b %Y}." in words


def test_the_page_reads_as_much_for_many_orders(cho: Client, plan: Plan, three: list[Order]) -> None:
    cho.get(page_of(plan))
    with CaptureQueriesContext(connection) as few:
        cho.get(page_of(plan))
    phase = plan.phases.get(key="repair")
    for number in range(12):
        Order.objects.create(
            plan=plan,
            key=f"more-{number}",
            name=f"More {number}",
            first_phase=phase,
            last_phase=phase,
            item_kind="supplement",
            evidence="weak",
        )
    with CaptureQueriesContext(connection) as many:
        cho.get(page_of(plan))
    assert len(many) == len(few) <= 25
