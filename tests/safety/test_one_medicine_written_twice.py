"""One medicine in two places: refused beside a signed taper, a warning beside the record until somebody decides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Door, Finding, MedicineUse, Order, Plan, Taper
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.errors import ReducedByTaper
from patients.services.orders.holding import hold, resume
from patients.services.orders.prescribed import PrescriberWord
from patients.services.orders.says import Says, says_of
from patients.services.orders.stopping import stop
from patients.services.record import end_medicine
from patients.services.safety.assessing import preview, reassess
from patients.services.safety.deciding import acknowledge
from patients.services.tapers import stopping
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from protocols.domain.amount import Amount
from protocols.domain.order_states import StopReason
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.domain.terms import Rescue
from protocols.models import Medicine
from protocols.models.content import ItemKind
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import SOURCE, Take, Write

WORD = PrescriberWord(door=Door.TELEPHONE, on=TODAY, words="Go on with it.")
LAST_STEP_ENDS = date(2027, 5, 2)
"""112 days from Monday, 11 January 2027."""


@pytest.fixture
def says(plan: Plan, dr_price: Prescriber) -> Callable[..., Says]:
    """An order of a prescribed medicine: says("Omeprazole", "40 mg")."""

    def said(name: str, amount: str = "40 mg", phase: str = "rebalance", **fields: Any) -> Says:
        row = plan.phases.get(key=phase)
        given = {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.PRESCRIBER, "prescriber": dr_price}
        times = {"times_of_day": (Slot.BEFORE_BREAKFAST,)}
        return Says(first_phase=row, last_phase=row, name=name, amount=Amount.parse(amount), **(given | times | fields))

    return said


def revision(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).revision


def add_it(plan: Plan, what: Says, by: Actor) -> Order:
    return add(plan, says=what, by=by, at=NOON, revision=revision(plan))


def twice(plan: Plan) -> list[Finding]:
    reassess(plan, at=NOON)
    return list(plan.findings.standing().filter(rule="TWICE"))


# --- Beside a signed taper ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Omeprazole", "Prilosec"])
def test_what_a_signed_taper_reduces_is_not_ordered_besides(
    plan: Plan, taper: Taper, says: Callable[..., Says], by: Actor, name: str
) -> None:
    with pytest.raises(ReducedByTaper, match=r"Change the taper and have that signed.* 2 May 2027") as refused:
        add_it(plan, says(name), by)
    assert refused.value.field == "name"
    assert not plan.orders.filter(name=name).exists()


def test_a_product_of_the_catalogue_that_holds_it_is_refused_as_well(
    plan: Plan, taper: Taper, says: Callable[..., Says], omeprazole: Medicine, by: Actor
) -> None:
    with pytest.raises(ReducedByTaper):
        add_it(plan, says("Acid blocker", "20 mg", medicine=omeprazole), by)


def test_before_its_signature_a_taper_forbids_nothing(
    plan: Plan, sent_taper: Taper, says: Callable[..., Says], by: Actor
) -> None:
    assert add_it(plan, says("Omeprazole"), by).pk


def test_a_taper_that_was_given_up_forbids_nothing_any_more(
    plan: Plan, taper: Taper, says: Callable[..., Says], price: Actor, by: Actor
) -> None:
    stopping.revoke(taper, instruction="Take 20 mg daily.", by=price, at=NOON)
    assert add_it(plan, says("Omeprazole"), by).pk


def test_after_its_last_step_it_may_be_ordered(plan: Plan, taper: Taper, says: Callable[..., Says], by: Actor) -> None:
    with pytest.raises(ReducedByTaper):
        add_it(plan, says("Omeprazole", starts_on=LAST_STEP_ENDS), by)
    later = LAST_STEP_ENDS + timedelta(days=1)
    assert add_it(plan, says("Omeprazole", starts_on=later), by).first_day == later


def test_what_is_tied_to_come_after_the_taper_is_what_it_brings(
    plan: Plan, taper: Taper, says: Callable[..., Says], by: Actor
) -> None:
    assert add_it(plan, says("Omeprazole", taper_tie=TaperTie.AFTER, taper_tie_days=14), by).pk
    with pytest.raises(ReducedByTaper):
        add_it(plan, says("Prilosec", taper_tie=TaperTie.DURING), by)


def test_another_medicine_is_ordered_as_ever(plan: Plan, taper: Taper, says: Callable[..., Says], by: Actor) -> None:
    assert add_it(plan, says("Famotidine", "20 mg", taper_tie=TaperTie.DURING), by).pk


def test_rescue_medicine_that_was_signed_may_be_ordered_for_need_alone(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: object,
    sign_taper: Callable[..., Taper],
    says: Callable[..., Says],
    by: Actor,
) -> None:
    rescue = Rescue(medicine="Omeprazole", directions="One capsule when needed.")
    drawn_up = save_draft(plan, replace(angelas_draft, rescue=rescue), by=by, at=NOON)
    propose(drawn_up, shown=drawn_up.versions.get().sha256, by=by, at=NOON, revision=drawn_up.revision)
    drawn_up.refresh_from_db()
    send(drawn_up, door=Door.LINK, by=by, at=NOON, revision=drawn_up.revision)
    sign_taper(drawn_up)
    with pytest.raises(ReducedByTaper):
        add_it(plan, says("Omeprazole", "10 mg"), by)
    assert add_it(plan, says("Omeprazole", "10 mg", pattern="as needed", times_of_day=()), by).pk


def test_what_was_ordered_before_the_signature_is_neither_changed_nor_resumed_but_stopped(
    plan: Plan, sent_taper: Taper, says: Callable[..., Says], sign_taper: Callable[..., Taper], by: Actor
) -> None:
    order = add_it(plan, says("Omeprazole", phase="remove"), by)
    hold(order, by=by, at=NOON, revision=revision(plan), prescriber_word=WORD)
    sign_taper(sent_taper)
    assert [row.severity for row in twice(plan)] == ["WARN"], "in the plan and in a signed taper"
    order = Order.objects.to_reckon().get(pk=order.pk)
    more = replace(says_of(order), amount=Amount.parse("60 mg"))
    with pytest.raises(ReducedByTaper):
        change(order, says=more, by=by, at=NOON, revision=revision(plan), prescriber_word=WORD)
    with pytest.raises(ReducedByTaper):
        resume(order, by=by, at=NOON, revision=revision(plan), prescriber_word=WORD)
    stop(order, stop_reason=StopReason.REACTION, by=by, at=NOON, revision=revision(plan), prescriber_word=WORD)
    assert twice(plan) == []


# --- Beside the record ----------------------------------------------------------------------------------------


@pytest.fixture
def levothyroxine(takes: Take) -> MedicineUse:
    return takes("Levothyroxine", amount=Amount.parse("50 ug"), times_of_day=[Slot.ON_WAKING], pattern="daily")


@pytest.fixture
def ordered(plan: Plan, levothyroxine: MedicineUse, prescribed: Write) -> Order:
    return prescribed("L-Thyroxine", amount="50 ug", times_of_day=["on-waking"])


def test_a_medicine_of_the_record_that_is_ordered_too_is_asked_about(
    plan: Plan, levothyroxine: MedicineUse, ordered: Order
) -> None:
    (row,) = twice(plan)
    assert (row.severity, row.status, row.mark) == ("WARN", "open", "D")
    assert set(row.subjects) == {ordered.code, levothyroxine.code}
    assert row.about == ["L-Thyroxine"]
    assert "is it one medicine, or two?" in row.text
    assert not row.stops
    assert "TWICE" in {each.found.rule for each in preview(plan, at=NOON).standing}


def test_it_is_acknowledged_with_a_reason_and_not_asked_again(plan: Plan, ordered: Order, by: Actor) -> None:
    (row,) = twice(plan)
    acknowledge(row, reason="One packet; the record follows.", by=by, at=NOON, revision=row.revision)
    for days in (1, 2):
        reassess(plan, at=NOON + timedelta(days=days))
    assert [each.status for each in plan.findings.standing().filter(rule="TWICE")] == ["acknowledged"]


def test_it_is_over_once_the_record_no_longer_says_it(
    plan: Plan, levothyroxine: MedicineUse, ordered: Order, by: Actor
) -> None:
    assert twice(plan)
    end_medicine(levothyroxine, until=TODAY - timedelta(days=1), source=SOURCE, by=by, at=NOON)
    assert twice(plan) == []


def test_an_order_that_begins_later_is_found_with_its_day(
    plan: Plan, levothyroxine: MedicineUse, prescribed: Write
) -> None:
    later = prescribed("Levothyroxine", "replace", amount="50 ug")
    (row,) = twice(plan)
    assert row.first_day == later.first_day == TODAY + timedelta(days=14)


@pytest.mark.parametrize("kind", ["as needed beside daily", "two of the record", "nutrients", "the next packet"])
def test_what_is_meant_so_is_not_asked_about(
    plan: Plan, takes: Take, order: Write, prescribed: Write, kind: str
) -> None:
    match kind:
        case "as needed beside daily":
            takes("Ibuprofen", pattern="as needed")
            prescribed("Ibuprofen", amount="400 mg")
        case "two of the record":
            takes("Levothyroxine", amount=Amount.parse("50 ug"), pattern="daily")
            takes("Levothyroxine", amount=Amount.parse("25 ug"), pattern="daily")
        case "nutrients":
            takes("Magnesium")
            order("Magnesium", amount="200 mg")
            order("Magnesium citrate", amount="200 mg")
        case "the next packet":
            takes("Levothyroxine", until=TODAY + timedelta(days=13))
            prescribed("Levothyroxine", "replace", amount="50 ug")
    assert twice(plan) == []


def test_two_entries_for_need_alone_may_be_one_packet(plan: Plan, takes: Take, prescribed: Write) -> None:
    takes("Ibuprofen", pattern="as needed")
    prescribed("Ibuprofen", amount="400 mg", pattern="as needed", times_of_day=[])
    assert len(twice(plan)) == 1


def test_a_medicine_that_nobody_knows_is_the_same_by_its_name(
    plan: Plan, angela: object, prescribed: Write, takes: Take
) -> None:
    takes("Foobarin")
    prescribed("foobarin", amount="5 mg")
    assert len(twice(plan)) == 1
