"""Angela’s whole day, with what the real rules say of it: each dose once, each hour kept, on page and paper alike."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
import time_machine
from django.test import Client

from clinics.actor import Actor, for_system
from clinics.models import Prescriber
from patients.models import Order, Patient, Plan, SourceKind, Taper
from patients.services.day.apart import spacing_of
from patients.services.day.timetable import DayTable, timetable_of
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.safety.assessing import reassess
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.models import Supplement
from protocols.services.supplement_pack import load_supplements
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.reading import text_of
from tests.safety.conftest import Write, order

__all__ = ["order"]


@pytest.fixture
def full_plan(plan: Plan, taper: Taper, angela: Patient, order: Write, dr_price: Prescriber, by: Actor) -> Plan:
    """On the first day of her taper: all that her plan ever holds, at once, beside levothyroxine on waking."""
    load_supplements(by=for_system(), at=NOON)

    def shelf(key: str) -> Supplement:
        return Supplement.objects.current().get(clinic__isnull=True, key=key)

    plan.orders.all().delete()
    prescribed = {"item_kind": "medicine", "prescribed_by": "prescriber", "prescriber": dr_price}
    order("Famotidine", amount="20 mg", times_of_day=["bedtime"], **prescribed)
    order("Rifaximin", amount="550 mg", times_of_day=["on-waking", "afternoon", "bedtime"], **prescribed)
    meals = ["with-breakfast", "with-lunch", "with-dinner"]
    for name, key, amount, times in [
        ("Enzymes", "digestive-enzymes", "1 {capsule}", meals),
        ("Probiotic", "probiotic-many-strains", "1 {capsule}", meals[:1]),
        ("PHGG", "phgg-powder", "6 g", meals[1:2]),
        ("Glutamine", "glutamine-powder", "5 g", meals),
        ("Glutathione", "glutathione-250", "1 {capsule}", ["on-waking"]),
        ("Zinc carnosine", "zinc-carnosine-37-5", "1 {capsule}", ["with-breakfast", "with-dinner"]),
        ("Vitamin D", "vitamin-d3-ug", "50 ug", meals[:1]),
        ("Magnesium", "magnesium", "200 mg", meals[:1]),
    ]:
        order(name, amount=amount, times_of_day=times, supplement=shelf(key))
    add_medicine(
        angela,
        name="Levothyroxine",
        amount=Amount.parse("50 ug"),
        pattern="daily",
        times_of_day=[Slot.ON_WAKING],
        since=date(2020, 1, 1),
        prescriber=dr_price,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    reassess(plan, at=NOON)
    return plan


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(on_day(1), tick=False) as traveller:
        yield traveller


def minutes_of(table: DayTable) -> dict[str, list[int]]:
    """By code, read from the clock as it is printed: none of these lies after midnight."""
    found: dict[str, list[int]] = {}
    for each in table.times:
        hours, minutes = map(int, each.clock.split(":"))
        for item in each.items:
            found.setdefault(item.thing.code, []).append(60 * hours + minutes)
    return found


def test_every_dose_stands_once_and_every_hour_that_the_rules_ask_for_is_kept(full_plan: Plan, taper: Taper) -> None:
    table = timetable_of(full_plan, on=FIRST_DAY)
    written = [
        (row.code, slot)
        for row in Order.objects.filter(plan=full_plan)
        if row.is_due_on(FIRST_DAY)
        for slot in row.times_of_day
    ]
    shown = [(item.thing.code, item.written) for item in table.items if item.thing.kind.value == "order"]
    assert sorted(shown) == sorted(written)
    assert len(shown) == 17
    rules = spacing_of(full_plan)
    assert "R12" in {rule.rule for rule in rules}
    at = minutes_of(table)
    for rule in rules:
        for x, y in product(
            [minute for code in rule.a_codes for minute in at[code]],
            [minute for code in rule.b_codes for minute in at[code]],
        ):
            before = rule.before_hours is not None and y - x >= 60 * rule.before_hours
            after = rule.after_hours is not None and x - y >= 60 * rule.after_hours
            assert before or after, rule
    assert not table.clashes
    kept = full_plan.findings.standing().filter(severity="SPACE").values_list("is_kept", flat=True)
    assert set(kept) == {True}, "nobody has to be told"


def test_what_others_signed_and_ordered_stands_where_they_put_it(full_plan: Plan, taper: Taper) -> None:
    table = timetable_of(full_plan, on=FIRST_DAY)
    at = {(item.thing.name, item.written): each.clock for each in table.times for item in each.items}
    assert at["Omeprazole", "before-breakfast"] == "7:00"
    assert at["Levothyroxine", "on-waking"] == "7:00"
    assert at["Famotidine", "bedtime"] == "22:30"
    assert [at["Rifaximin", slot] for slot in ("on-waking", "afternoon", "bedtime")] == ["7:00", "15:30", "22:30"]
    assert "Magnesium is with lunch: four hours from levothyroxine." in table.moved
    assert len(table.times) <= 6


def test_page_and_paper_say_the_same(full_plan: Plan, angela: Patient, clock: time_machine.Traveller) -> None:
    client = Client()
    assert angela.user is not None
    client.force_login(angela.user)
    page = text_of(client.get(f"/portal/{angela.code}/").content.decode())
    printed = Pdf(client.get(f"/portal/{angela.code}/my-day/day.pdf").content)
    table = timetable_of(full_plan, on=FIRST_DAY)
    assert len(printed.pages) == 1
    for each in table.times:
        assert f"{each.clock} · {each.name}" in page
        assert f"{each.clock} {each.name}" in printed.words
        for item in each.items:
            assert f"{item.thing.name} {item.dose}" in page
            assert f"{item.thing.name} – {item.dose}" in printed.words
    for sentence in table.moved:
        assert sentence in page
        assert sentence in printed.words


def test_the_next_day_has_the_same_times(full_plan: Plan) -> None:
    days = [timetable_of(full_plan, on=FIRST_DAY + timedelta(days=number)) for number in range(3)]
    assert [minutes_of(day) for day in days] == [minutes_of(days[0])] * 3
