"""Orders in the workspace: found in the catalogue, written down, looked at, changed and moved, each confirmed."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber, User
from patients.models import Order, Patient, Plan
from patients.services.orders.holding import hold, resume
from protocols.domain.supplements import PrescribedBy
from protocols.models import Supplement
from protocols.models.content import ItemKind
from protocols.services.supplements import add_supplement
from tests.admin.conftest import hidden, text_of
from tests.fixtures.personae import NOON
from tests.fixtures.supplements import OWN_INGREDIENTS, OWN_SUPPLEMENT
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, revision, says

ENTERED = {
    "name": "Zinc",
    "item_kind": "supplement",
    "value": "15",
    "unit": "mg",
    "pattern": "daily",
    "times_of_day": ["with-dinner"],
    "first_phase": "remove",
    "last_phase": "remove",
    "prescribed_by": "clinic",
}


def page_of(plan: Plan, name: str, *more: str) -> str:
    return reverse(f"admin:patients_plan{name}", args=[plan.code, *more])


def confirm(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Fill the form in, look at what becomes of it, and confirm that."""
    shown = client.post(address, {"revision": hidden(client.get(address), "revision"), "_preview": "1"} | data)
    sent = {"revision": hidden(shown, "revision"), "shown": hidden(shown, "shown"), "_confirm": "1"}
    return client.post(address, sent | data)


@pytest.fixture
def zinc(plan: Plan, by: Actor) -> Order:
    return add_it(plan, says(plan, "Zinc", "20 mg", titration=({"days": 3, "amount": "5 mg"},)), by)


@pytest.fixture
def product(clinic: Clinic, by: Actor) -> Supplement:
    return add_supplement(clinic=clinic, facts=OWN_SUPPLEMENT, ingredients=OWN_INGREDIENTS, by=by, at=NOON)


def test_it_is_found_in_the_catalogue_without_a_script(cho: Client, plan: Plan, product: Supplement) -> None:
    address = page_of(plan, "_order_add")
    assert product.name in text_of(cho.get(address, {"q": product.name[:5]}))
    assert "nothing of this name" in text_of(cho.get(address, {"q": "zzzz"}))
    write = f"{page_of(plan, '_order_write')}?supplement={product.code}"
    page = cho.get(write)
    assert f"Order {product.name}" in text_of(page)
    unit = product.unit
    answer = confirm(
        cho,
        write,
        {name: ENTERED[name] for name in ENTERED if name not in {"name", "item_kind"}} | {"unit": unit, "value": "1"},
    )
    assert answer.status_code == 302
    assert plan.orders.get(supplement=product).amount_unit == unit


def test_it_is_written_down_by_its_name_and_shown_before_it_is_ordered(cho: Client, plan: Plan) -> None:
    address = page_of(plan, "_order_write")
    entered = ENTERED | {"titration": "3 days: 5\n3 days: 10"}
    shown = cho.post(address, {"revision": plan.revision, "_confirm": "1"} | entered)
    words = text_of(shown)
    assert "Confirm once more" in words
    assert "5 mg for 3 days, then 10 mg for 3 days, then 15 mg" in words
    assert "4 Jan 2027 31 Jan 2027" in words
    assert not plan.orders.filter(key="zinc").exists()
    assert confirm(cho, address, entered).status_code == 302
    words = text_of(cho.get(page_of(plan, "_change")))
    assert "Zinc Active 5 mg" in words
    assert "dr_cho (practitioner) ordered Zinc (Active)" in words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": "0"}, "more than zero"),
        ({"titration": "three days of five"}, "is no stage"),
        ({"titration": "3 days: 30"}, "below the full"),
        ({"unit": ""}, "a number and a unit"),
        ({"item_kind": "medicine", "prescribed_by": "prescriber"}, "say who prescribes it"),
        ({"ends_on": "2026-12-31"}, "gone by"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    cho: Client, plan: Plan, fields: dict[str, str], words: str
) -> None:
    page = cho.post(page_of(plan, "_order_write"), {"revision": plan.revision, "_confirm": "1"} | ENTERED | fields)
    assert words in text_of(page)
    assert 'value="Zinc"' in page.content.decode()


def test_an_amount_far_from_the_usual_is_confirmed_apart(cho: Client, plan: Plan) -> None:
    address = page_of(plan, "_order_write")
    entered = ENTERED | {"name": "Glutamine", "value": "5000", "unit": "g"}
    page = cho.post(address, {"revision": plan.revision, "_confirm": "1"} | entered)
    assert "Did you mean" in text_of(page)
    assert confirm(cho, address, entered | {"_asks": "1", "amount_confirmed": "on"}).status_code == 302
    assert plan.orders.filter(key="glutamine-2").exists()


def test_one_order_has_its_versions_and_its_history(cho: Client, plan: Plan, zinc: Order) -> None:
    address = page_of(plan, "_order_move", zinc.code, "change")
    page = cho.get(address)
    assert 'value="20"' in page.content.decode()
    changed = {"value": "20", "titration": "3 days: 5", "times_of_day": ["bedtime"], "from_day": "2027-01-06"}
    answer = confirm(cho, address, ENTERED | changed | {"reason": "Sleep"})
    assert answer.status_code == 302, text_of(answer)
    current = plan.orders.current().get(key="zinc")
    assert (current.number, current.starts_on.isoformat()) == (2, "2027-01-06")
    words = text_of(cho.get(page_of(plan, "_order", current.code)))
    assert "changed Zinc “Sleep”" in words
    assert "Changed: times of day." in words
    assert "newer version" in text_of(cho.get(page_of(plan, "_order", zinc.code)))


@pytest.mark.parametrize(
    ("name", "data", "standing"),
    [
        ("hold", {"reason": "Nausea."}, "held"),
        ("stop", {"stop_reason": "reaction"}, "stopped"),
        ("enter-in-error", {"reason": "The wrong patient."}, "entered-in-error"),
    ],
)
def test_each_move_is_confirmed_with_what_becomes_of_it(
    cho: Client, plan: Plan, zinc: Order, name: str, data: dict[str, str], standing: str
) -> None:
    address = page_of(plan, "_order_move", zinc.code, name)
    assert "Afterwards" in text_of(cho.get(address))
    assert Order.objects.get(pk=zinc.pk).standing == "open"
    assert confirm(cho, address, data).status_code == 302
    assert Order.objects.get(pk=zinc.pk).standing == standing
    again = cho.get(address, follow=True)
    assert "cannot be" in text_of(again)


def test_a_prescribed_medicine_asks_for_its_prescribers_word(
    cho: Client, plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    medicine = says(
        plan,
        "Rifaximin",
        "550 mg",
        item_kind=ItemKind.MEDICINE,
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=dr_price,
    )
    order = add_it(plan, medicine, by)
    address = page_of(plan, "_order_move", order.code, "hold")
    assert "only by its prescriber" in text_of(cho.post(address, {"revision": 2, "_confirm": "1"}))
    said = {"word_door": "telephone", "word_on": "2027-01-04", "word_words": "Pause it."}
    assert confirm(cho, address, said).status_code == 302
    words = text_of(cho.get(page_of(plan, "_order", order.code)))
    assert "The prescriber on 4 January 2027" in words
    assert "Dr Price" in words


def test_a_medicine_stopped_for_a_reaction_stays_on_today_until_its_prescriber_was_told(
    cho: Client, plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    medicine = says(
        plan,
        "Rifaximin",
        "550 mg",
        item_kind=ItemKind.MEDICINE,
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=dr_price,
    )
    order = add_it(plan, medicine, by)
    assert (
        confirm(cho, page_of(plan, "_order_move", order.code, "stop"), {"stop_reason": "reaction"}).status_code == 302
    )
    today = cho.get(reverse("admin:index"))
    assert "Rifaximin was stopped on 4 January 2027: reaction. Tell Dr Price." in text_of(today)
    address = page_of(plan, "_order_move", order.code, "prescriber-told")
    assert address in today.text
    assert address in cho.get(page_of(plan, "_order", order.code)).text
    said = {"on": "2027-01-04", "door": "telephone", "reason": "Try half."}
    assert confirm(cho, address, said).status_code == 302
    assert "Tell Dr Price" not in text_of(cho.get(reverse("admin:index")))
    words = text_of(cho.get(page_of(plan, "_order", order.code)))
    assert "told its prescriber of the stop of Rifaximin" in words
    assert "Told on 4 January 2027, telephone. “Try half.”" in words


def test_activation_asks_who_prescribes(
    cho: Client, assign_plan: Callable[..., Plan], angela: Patient, dr_price: Prescriber, make_move: Any
) -> None:
    draft = assign_plan(angela)
    enzymes, glutamine = draft.orders.get(key="enzymes"), draft.orders.get(key="glutamine")
    draft.orders.filter(pk=glutamine.pk).update(item_kind="medicine", prescribed_by="prescriber")
    address = reverse("admin:patients_plan_move", args=[draft.code, "activate"])
    assert "Who prescribes these?" in text_of(cho.get(address))
    data = {"starts_on": "2027-01-04", f"value-{enzymes.code}": "1", f"unit-{enzymes.code}": "{capsule}"}
    refused = cho.post(address, {"revision": 0, "_confirm": "1"} | data)
    assert "Say who prescribes it" in text_of(refused)
    confirm(cho, address, data | {f"prescriber-{glutamine.code}": str(dr_price.pk)})
    glutamine.refresh_from_db()
    draft.refresh_from_db()
    assert (draft.status, glutamine.prescriber) == ("active", dr_price)


def test_strangers_find_nothing_and_assistants_read_alone(
    dee: Client, assistant: Client, plan: Plan, zinc: Order
) -> None:
    pages = [page_of(plan, "_order", zinc.code), page_of(plan, "_order_add"), page_of(plan, "_order_write")]
    moves = [page_of(plan, "_order_move", zinc.code, name) for name in ("hold", "change", "stop")]
    for address in [*pages, *moves]:
        assert dee.get(address).status_code == 404
    page = assistant.get(pages[0])
    assert page.status_code == 200
    assert "Orders are moved by a practitioner" in text_of(page)
    for address in [*pages[1:], *moves]:
        assert assistant.get(address).status_code == 403


def test_the_plan_asks_the_database_as_often_for_many_orders(cho: Client, plan: Plan, zinc: Order, by: Actor) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert cho.get(page_of(plan, "_change")).status_code == 200
        return len(captured)

    before = count()
    for name in ("Iron", "Selenium", "Iodine"):
        change_it(add_it(plan, says(plan, name), by), by, pattern="every 2 days")
    assert count() == before


def test_what_does_not_exist_is_not_found(cho: Client, plan: Plan, zinc: Order, clock: time_machine.Traveller) -> None:
    assert cho.get(page_of(plan, "_order", "nosuch")).status_code == 404
    assert cho.get(page_of(plan, "_order_move", zinc.code, "sing")).status_code == 404
    assert cho.get(f"{page_of(plan, '_order_write')}?supplement=nosuch").status_code == 404


def test_after_a_long_rest_the_slow_start_begins_again_where_somebody_says_so(
    sign_in: Callable[[User], Client], dr_cho: User, plan: Plan, by: Actor, clock: time_machine.Traveller
) -> None:
    order = add_it(plan, says(plan, "Slow", "20 mg", titration=({"days": 3, "amount": "5 mg"},)), by)
    hold(order, by=by, at=at(3), revision=revision(plan))
    resume(order, by=by, at=at(15), revision=revision(plan))
    clock.move_to(at(16))
    cho = sign_in(dr_cho)
    assert "It rested for a week or longer: say how it goes on." in text_of(
        cho.get(page_of(plan, "_order", order.code))
    )
    address = page_of(plan, "_order_move", order.code, "change")
    form = cho.get(address).context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, False, "")}
    answer = confirm(cho, address, sent | {"is_raised_anew": "on"})
    assert answer.status_code == 302, text_of(answer)
    current = plan.orders.to_reckon().get(key="slow", is_current=True)
    assert [str(current.amount_on(day(number))) for number in (16, 18, 19)] == ["5 mg", "5 mg", "20 mg"]
    assert "Its slow start begins again." in text_of(cho.get(page_of(plan, "_order", current.code)))
