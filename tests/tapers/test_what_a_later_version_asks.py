"""A later version says what is taken by then, what it asks for, whether the dose rises, and why it is wanted now."""

from dataclasses import replace

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import TaperVersion
from patients.services.errors import InvalidRequest
from patients.services.tapers import revising
from patients.services.tapers.drawing_up import Covering, Draft
from patients.services.tapers.editing import product_of
from patients.services.tapers.request_page import request_content
from patients.services.tapers.revising import Extension, Revision, StepBack
from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern
from protocols.domain.slots import Slot
from protocols.services.medicines import add_medicine
from tests.fixtures.lives import Life, day
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day


def asked(version: TaperVersion, *, on: int) -> str:
    return " ".join(request_content(version, today=day(on)).request)


def taken_now(version: TaperVersion) -> tuple[list[str], str]:
    terms = version.terms()
    return [str(dose.amount) for dose in terms.starting_doses], str(terms.starting_pattern)


@pytest.fixture
def told(life: Life) -> Life:
    life.changes(1, 29, 57)
    return life


def test_a_step_back_says_what_is_taken_and_that_the_dose_rises(told: Life) -> None:
    version = told.draw_up(StepBack(), first=45, on=40)
    assert taken_now(version) == (["10 mg"], "daily")
    words = asked(version, on=40)
    assert "to agree to a step back in the reduction of" in words
    assert "The dose RISES: from 10 mg before breakfast to 20 mg before breakfast." in words
    content = request_content(version, today=day(40))
    assert [dose.words for dose in content.taken_now] == ["one capsule of 10 mg"]


def test_an_extension_goes_on_with_the_dose_and_its_pattern(told: Life) -> None:
    version = told.draw_up(Extension(6), first=66, on=60)
    assert taken_now(version) == (["10 mg"], "every 2 days")
    words = asked(version, on=60)
    assert "to agree to a longer step in the reduction of" in words
    assert "The dose goes on as it is: 10 mg before breakfast every 2 days." in words
    assert "RISES" not in words
    assert request_content(version, today=day(60)).taken_how_often == "every 2 days"


def test_after_the_last_step_nothing_is_taken_so_any_dose_is_a_rise(told: Life) -> None:
    told.changes(85)
    told.sweeps(112, 113)
    version = told.draw_up(StepBack(), first=120, on=118)
    assert taken_now(version) == ([], "daily")
    assert "The dose RISES: from nothing to 10 mg before breakfast on Mondays and Thursdays." in asked(version, on=118)


@pytest.mark.parametrize("revision", [Extension(7), StepBack()])
@pytest.mark.parametrize("reason", ["", "  "])
def test_the_reason_of_the_version_before_is_not_carried_over(told: Life, revision: Revision, reason: str) -> None:
    taper = told.taper
    with pytest.raises(InvalidRequest, match="Say why") as refused:
        revising.draw_up_revision(
            taper, revision, first_day=day(45), reason=reason, by=told.cho, at=on_day(40), on_screen=taper.revision
        )
    assert refused.value.field == "reason"
    assert taper.versions.count() == 1


# --- By a new recipe ----------------------------------------------------------------------------------------


def another(draft: Draft, *, pattern: str, reason: str = "Another rhythm.", start_pattern: Pattern) -> Draft:
    """From 10 mg on to 14 days of 10 mg in that pattern, from day 70 on."""
    step = {"pattern": pattern, "days": 14, "take": [{"slot": "before-breakfast", "amount": "10 mg"}]}
    return replace(
        draft,
        start=((Slot.BEFORE_BREAKFAST, Amount.parse("10 mg")),),
        start_pattern=start_pattern,
        recipe={"method": "explicit", "steps": [step]},
        planned_first_day=day(70),
        covering=Covering(reason=reason),
    )


def drawn_up_again(life: Life, draft: Draft) -> TaperVersion:
    taper = life.taper
    return revising.draw_up_again(taper, draft, by=life.cho, at=on_day(60), on_screen=taper.revision)


def test_from_every_second_day_a_daily_dose_is_a_rise(told: Life, angelas_draft: Draft) -> None:
    """10 mg every 2 days are 5 mg a day; 10 mg daily would be twice as much."""
    with pytest.raises(InvalidRequest, match="takes more a day, on average"):
        drawn_up_again(told, another(angelas_draft, pattern="daily", start_pattern=Pattern.every(2)))
    version = drawn_up_again(told, another(angelas_draft, pattern="every 3 days", start_pattern=Pattern.every(2)))
    assert taken_now(version) == (["10 mg"], "every 2 days")
    words = asked(version, on=60)
    assert "to agree to another schedule for the reduction of" in words
    assert "The dose changes: from 10 mg before breakfast every 2 days to 10 mg before breakfast every 3 days." in words


def test_a_new_recipe_has_a_reason_of_its_own(told: Life, angelas_draft: Draft) -> None:
    draft = another(angelas_draft, pattern="every 3 days", reason=" ", start_pattern=Pattern.every(2))
    with pytest.raises(InvalidRequest, match="Say why"):
        drawn_up_again(told, draft)


def test_by_strengths_nobody_goes_from_every_second_day_to_more(told: Life, angelas_draft: Draft) -> None:
    """20 mg every 2 days are 10 mg a day, so 10 mg daily is no rise; 40 mg every 3 days then 20 mg daily is one."""
    ladder = {"method": "strength_ladder", "days_per_step": 14}
    draft = another(angelas_draft, pattern="daily", start_pattern=Pattern.every(2))
    twenty = replace(draft, start=((Slot.BEFORE_BREAKFAST, Amount.parse("20 mg")),), recipe=ladder)
    assert [str(step.amount_per_dose_day) for step in drawn_up_again(told, twenty).terms().steps] == ["10 mg"]
    forty = replace(twenty, start=((Slot.BEFORE_BREAKFAST, Amount.parse("40 mg")),), start_pattern=Pattern.every(3))
    with pytest.raises(InvalidRequest, match="write every step out"):
        drawn_up_again(told, forty)


def test_a_new_recipe_keeps_the_form_that_was_signed(
    told: Life, angelas_draft: Draft, clinic: Clinic, by: Actor
) -> None:
    packets = add_medicine(
        clinic=clinic,
        facts=OWN | {"form": "packet of granules"},
        strengths=strengths("2.5 mg", "10 mg"),
        by=by,
        at=NOON,
    )
    draft = another(angelas_draft, pattern="every 3 days", start_pattern=Pattern.every(2))
    with pytest.raises(InvalidRequest, match="keeps the medicine in the form") as refused:
        drawn_up_again(told, replace(draft, medicine=packets))
    assert refused.value.field == "medicine"


def test_edits_are_made_of_what_the_terms_name(told: Life, clinic: Clinic, by: Actor) -> None:
    """Were the terms of packets of 10 mg, no packet of 20 mg could be made of them, whatever the list says now."""
    terms = told.draw_up(Extension(7), first=45, on=40).terms()
    assert [str(each) for each in product_of(told.taper, terms).strengths] == ["40 mg", "20 mg", "10 mg"]
    packets = replace(terms, medicine=replace(terms.medicine, form="delayed-release packet of granules"))
    made = product_of(told.taper, packets)
    assert (made.form, [str(each) for each in made.strengths]) == ("delayed-release packet of granules", ["10 mg"])
