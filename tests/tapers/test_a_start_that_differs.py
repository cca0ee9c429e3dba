"""What a taper starts from is compared with the record, or with the schedule in force: a difference is said."""

from dataclasses import replace

from clinics.actor import Actor
from patients.models import MedicineUse, Plan
from patients.services.tapers.drawing_up import Draft, draw_up, save_draft
from patients.services.tapers.request_page import request_content
from patients.services.tapers.start_check import start_finding
from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern
from protocols.domain.slots import Slot
from protocols.domain.terms import Terms
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON, TODAY

FORTY = Amount.parse("40 mg")
TWICE = ((Slot.BEFORE_BREAKFAST, FORTY), (Slot.BEFORE_DINNER, FORTY))


def said(terms: Terms, reduces: MedicineUse) -> str:
    found = start_finding(terms, reduces=reduces, on=TODAY)
    return found.text if found else ""


def test_what_the_record_says_goes_without_a_word(plan: Plan, angelas_draft: Draft) -> None:
    assert said(draw_up(plan, angelas_draft, today=TODAY).terms, angelas_draft.reduces) == ""


def test_twice_what_the_record_says_is_said_here_and_in_the_request(
    plan: Plan, angelas_draft: Draft, by: Actor
) -> None:
    draft = replace(angelas_draft, start=TWICE, recipe={"method": "strength_ladder", "days_per_step": 14})
    words = said(draw_up(plan, draft, today=TODAY).terms, draft.reduces)
    assert words == (
        "It starts from 40 mg before breakfast and 40 mg before dinner as taken now, but the record says 40 mg a day "
        "every day."
    )
    taper = save_draft(plan, draft, by=by, at=NOON)
    assert words in request_content(taper.versions.get(), today=TODAY).request


def test_so_is_another_rhythm(plan: Plan, angelas_draft: Draft) -> None:
    draft = replace(
        angelas_draft,
        start_pattern=Pattern.every(2),
        recipe={
            "method": "explicit",
            "steps": [{"pattern": "every 3 days", "days": 9, "amount": "40 mg"}],
        },
    )
    assert "but the record says 40 mg a day every day" in said(draw_up(plan, draft, today=TODAY).terms, draft.reduces)


def test_where_nobody_knows_how_much_is_taken_nothing_differs(plan: Plan, angelas_draft: Draft) -> None:
    use = angelas_draft.reduces
    draft = replace(angelas_draft, start=TWICE, recipe={"method": "strength_ladder", "days_per_step": 14})
    MedicineUse.objects.filter(pk=use.pk).update(amount_value=None, amount_unit="")
    assert said(draw_up(plan, draft, today=TODAY).terms, use) == ""


def test_of_one_that_runs_the_schedule_in_force_counts(life: Life, plan: Plan, angelas_draft: Draft) -> None:
    """The record still says 40 mg; by day 45 it is 10 mg."""
    life.changes(1, 29)
    ladder = {"method": "explicit", "steps": [{"pattern": "every 2 days", "days": 9, "amount": "10 mg"}]}
    draft = replace(angelas_draft, recipe=ladder, planned_first_day=day(45))
    words = said(draw_up(plan, draft, today=day(40)).terms, draft.reduces)
    assert words == (
        "It starts from 40 mg before breakfast as taken now, but by the schedule in force 10 mg before breakfast is "
        "taken."
    )
    ten = replace(draft, start=((Slot.BEFORE_BREAKFAST, Amount.parse("10 mg")),))
    assert said(draw_up(plan, ten, today=day(40)).terms, ten.reduces) == ""
