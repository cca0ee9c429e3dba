"""What stands on the page of a day: with its amount, apart what is only needed now and then, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import time_machine

from clinics.actor import Actor
from patients.models import Order, Patient, Plan
from patients.services import phase_moves
from tests.fixtures.personae import NOON, TODAY
from tests.portal.conftest import AddOrder
from tests.portal.reading import forms_of, text_of

Page = Callable[[Patient], str]


def between(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def today_of(html: str) -> str:
    return between(text_of(html), "Today ", "What comes next")


def test_an_amount_is_in_words(plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder) -> None:
    add_order(plan, name="Probiotic", amount_value="10", amount_unit="10*9.[CFU]")
    add_order(plan, name="Pancreatin", amount_value="2.500000", amount_unit="{capsule}")
    text = today_of(read_page(angela))
    assert "Probiotic 10 billion CFU" in text
    assert "Pancreatin 2.5 capsules" in text


def test_what_has_no_time_is_a_reminder_for_the_whole_day_without_a_tap(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    Order.objects.all().delete()
    add_order(plan, name="Eat slowly", item_kind="practice", amount_value=None, amount_unit="", times_of_day=[])
    html = read_page(angela)
    assert "All day Eat slowly" in today_of(html)
    assert [form for form in forms_of(html) if "tick" in form.action] == []
    assert "There is nothing to take or do" not in text_of(html)


def test_what_is_needed_now_and_then_stands_apart(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    add_order(plan, name="Antacid", pattern="as needed", times_of_day=[])
    add_order(plan, name="Later antacid", first="repair", last="repair", pattern="as needed")
    text = today_of(read_page(angela))
    assert "When needed Antacid" in text
    assert "Later antacid" not in text


def test_what_the_pattern_leaves_out_says_when_it_is_next(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder, travel: time_machine.Traveller
) -> None:
    add_order(plan, name="Iron", pattern="every 3 days")
    assert "7:30 · breakfast not recorded Iron" in today_of(read_page(angela))
    travel.move_to(NOON + timedelta(days=1), tick=False)
    text = today_of(read_page(angela))
    assert "breakfast not recorded" not in text
    assert "Not today: Iron (next on Thursday 7 January)." in text


def test_an_order_waits_for_its_phase(plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder) -> None:
    add_order(plan, name="Glutathione", first="repair", last="repair")
    assert "Glutathione" not in read_page(angela)


def test_what_was_left_out_at_activation_is_not_shown(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    order = add_order(plan, name="Betaine")
    Order.objects.filter(pk=order.pk).update(standing="left-out")
    assert "Betaine" not in read_page(angela)


def test_instructions_stand_open_in_the_first_days_and_are_a_tap_away_later(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder, travel: time_machine.Traveller
) -> None:
    add_order(
        plan,
        name="Zinc",
        instructions="With food.\nNever without.\n\nTell us if you feel sick.",
        times_of_day=["bedtime"],
    )
    folded = '<details class="item">'
    opened = '<details class="item" open>'
    html = read_page(angela)
    assert "<p>With food. Never without.</p>" in html
    assert "<p>Tell us if you feel sick.</p>" in html
    assert (html.count(opened), html.count(folded)) == (2, 0)
    travel.move_to(NOON + timedelta(days=3), tick=False)
    html = read_page(angela)
    assert (html.count(opened), html.count(folded)) == (0, 2)


def test_what_comes_several_times_a_day_is_explained_once(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    add_order(plan, name="Pancreatin", times_of_day=["with-breakfast", "with-lunch", "with-dinner"])
    html = read_page(angela)
    assert (html.count('<details class="item" open>'), html.count('<details class="item">')) == (2, 2)


def test_evidence_is_in_plain_words_with_its_sources(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    add_order(plan, name="Zinc", evidence="limited", source="A trial of 2019.\nA review of 2021.")
    text = text_of(read_page(angela))
    assert "Partly tested: there are few trials, or they do not agree. A trial of 2019. A review of 2021." in text


def test_words_of_the_clinic_are_never_run_as_markup(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder
) -> None:
    """Whatever is typed into a plan is text."""
    nasty = "<script>alert(1)</script>"
    add_order(plan, name=f"Zinc {nasty}", key="zinc", instructions=nasty, source=nasty)
    plan.phases.filter(key="remove").update(title=f"Remove {nasty}"[:80], teaching=nasty, hypothesis=nasty)
    angela.given_name = nasty
    angela.save()
    html = read_page(angela)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 7


def test_what_ends_with_its_phase_is_gone_and_what_goes_on_stays_until_its_day(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder, by: Actor, travel: time_machine.Traveller
) -> None:
    add_order(plan, name="Vitamin D")
    zinc = add_order(plan, name="Zinc")
    later = NOON + timedelta(days=25)
    phase_moves.complete(
        plan.phases.get(key="remove"),
        by=by,
        at=later,
        revision=plan.revision,
        signed_off=["agreed"],
        orders={zinc.code: phase_moves.Continue(until=TODAY + timedelta(days=30))},
    )
    shown = []
    for day in (25, 26, 30, 31):
        travel.move_to(NOON + timedelta(days=day), tick=False)
        html = read_page(angela)
        shown.append((day, "Vitamin D" in html, "Zinc" in html))
    assert shown == [(25, True, True), (26, False, True), (30, False, True), (31, False, False)]
