"""“What I have at home”: counting, until when it lasts, what to buy and where, on the page and on paper."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.domain.paper import Paper
from clinics.models import Clinic, User
from patients.models import Order, OrderStock, Patient, Plan
from patients.services import plan_moves
from patients.services.orders.shopping_sheet import shopping_pdf, shopping_sheet
from patients.services.orders.stock import count_stock
from protocols.domain.phases import EndReason
from protocols.models import PurchasePlace, Supplement
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.portal.conftest import AddOrder, SignedIn
from tests.portal.reading import forms_of, text_of
from tests.stocks.conftest import make_supplement


@pytest.fixture
def zinc(clinic: Clinic) -> Supplement:
    return make_supplement("Zinc carnosine", clinic, package_sizes=[60, 10])


@pytest.fixture
def zinc_order(plan: Plan, zinc: Supplement, add_order: AddOrder) -> Order:
    return add_order(plan, name="Zinc", supplement=zinc)


def path(patient: Patient, more: str = "") -> str:
    return f"/portal/{patient.code}/at-home/{more}"


def read(signed_in: SignedIn, patient: Patient, more: str = "") -> str:
    response = signed_in(patient.user).get(path(patient, more))
    assert response.status_code == 200
    return text_of(response.content.decode())


def send(signed_in: SignedIn, patient: Patient, counted: Order, **said: str) -> str:
    fields = {"order": counted.code, "day": TODAY.isoformat(), "how": "all", "count": "20"} | said
    return text_of(signed_in(patient.user).post(path(patient, "count/"), fields, follow=True).content.decode())


def test_a_link_leads_there_from_her_day(signed_in: SignedIn, angela: Patient, zinc_order: Order) -> None:
    home = signed_in(angela.user).get(f"/portal/{angela.code}/").content.decode()
    assert f'href="{path(angela)}"' in home


def test_a_count_is_written_down_and_what_it_means_is_said(
    signed_in: SignedIn, angela: Patient, zinc_order: Order
) -> None:
    assert "How long it lasts is not known: nobody has counted it yet." in read(signed_in, angela)
    text = send(signed_in, angela, zinc_order)
    assert "20 capsules left , as far as you told us." in text
    assert "Enough until 23 January, if everything is taken as planned." in text
    assert "20 counted on Monday 4 January." in text
    assert OrderStock.objects.get().by_kind == "patient"


def test_a_package_comes_on_top(signed_in: SignedIn, angela: Patient, zinc_order: Order) -> None:
    send(signed_in, angela, zinc_order, count="5")
    assert "15 capsules left" in send(signed_in, angela, zinc_order, count="10", how="more")


def test_it_is_marked_a_week_before_it_runs_out(
    signed_in: SignedIn, angela: Patient, zinc_order: Order, travel: time_machine.Traveller
) -> None:
    assert "Running low." not in send(signed_in, angela, zinc_order)
    travel.move_to(NOON + timedelta(days=12))
    assert "Running low." not in read(signed_in, angela)
    travel.move_to(NOON + timedelta(days=13))
    assert "Running low." in read(signed_in, angela)


def test_the_list_rounds_up_to_packages_for_the_days_chosen(
    signed_in: SignedIn, angela: Patient, zinc_order: Order
) -> None:
    send(signed_in, angela, zinc_order, count="4")
    # Four at home; one a day: 10 are missing for 14 days, 24 for the 28 of its phase.
    assert "1 package of 10 capsules 14 capsules needed, 10 capsules missing." in read(signed_in, angela, "?days=14")
    assert "3 packages of 10 capsules 28 capsules needed, 24 capsules missing." in read(signed_in, angela)
    assert "3 capsules missing" in read(signed_in, angela, "?days=7")
    assert "28 capsules needed" in read(signed_in, angela, "?days=999")


def test_places_stand_in_the_order_of_the_alphabet_each_with_what_the_clinic_earns(
    signed_in: SignedIn, angela: Patient, zinc_order: Order, zinc: Supplement, clinic: Clinic, other_clinic: Clinic
) -> None:
    def sold(where: str, interest: str, at: Clinic = clinic, **more: object) -> None:
        PurchasePlace.objects.create(
            clinic=at, supplement=zinc, where=where, financial_interest=interest, said_at=NOON, said_by_code="x", **more
        )

    sold("Zoo pharmacy", "none")
    sold("Our own shelf", "sells")
    sold("a shop on the corner", "commission")
    sold("Given up", "none", ended_at=NOON, ended_by_code="x")
    sold("Elsewhere", "none", at=other_clinic)
    text = read(signed_in, angela)
    assert (
        "a shop on the corner (The clinic is paid when patients buy it there) "
        "Our own shelf (The clinic sells it) "
        "Zoo pharmacy (The clinic earns nothing from it)"
    ) in text
    assert "Given up" not in text
    assert "Elsewhere" not in text


def test_what_is_taken_as_needed_stands_apart(
    signed_in: SignedIn, angela: Patient, plan: Plan, add_order: AddOrder, clinic: Clinic
) -> None:
    order = add_order(
        plan, name="Peppermint", pattern="as needed", supplement=make_supplement("Peppermint oil", clinic)
    )
    send(signed_in, angela, order, count="12")
    text = read(signed_in, angela)
    assert "Taken as needed Nobody can say how much of these you will need. Peppermint: 12 capsules" in text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"count": "many"}, "Write how many you have, such as 28."),
        ({"count": "-3"}, "The number is from 0 to 10,000."),
        ({"count": "0.3"}, "The number of capsules is whole, or with a half."),
        ({"how": ""}, "Say whether this is all you have, or came on top."),
        ({"day": "2027-01-03"}, "The day has changed since this page was opened."),
        ({"order": "nothing"}, "This is not in your plan any more."),
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    signed_in: SignedIn, angela: Patient, zinc_order: Order, said: dict[str, str], words: str
) -> None:
    assert words in send(signed_in, angela, zinc_order, **said)
    assert not OrderStock.objects.exists()


def test_nobody_elses_things_are_seen_or_counted(
    signed_in: SignedIn, angela: Patient, ben: Patient, dr_cho: User, zinc_order: Order
) -> None:
    for user in (ben.user, dr_cho):
        for more in ("", "list.pdf"):
            assert signed_in(user).get(path(angela, more)).status_code == 404
        assert signed_in(user).post(path(angela, "count/"), {"order": zinc_order.code}).status_code == 404
    assert signed_in(None).get(path(angela)).status_code == 302
    send(signed_in, ben, zinc_order)
    assert not OrderStock.objects.exists()


def test_once_the_plan_has_ended_there_is_nothing_to_count(
    signed_in: SignedIn, angela: Patient, plan: Plan, zinc_order: Order, by: Actor
) -> None:
    plan.refresh_from_db()
    plan_moves.revoke(
        plan, by=by, at=NOON, revision=plan.revision, end_reason=EndReason.PATIENTS_CHOICE, reason="Moved away."
    )
    assert "There is nothing to count now." in read(signed_in, angela)
    assert signed_in(angela.user).get(path(angela, "list.pdf")).status_code == 404


def test_the_printed_list_says_the_same_and_names_nobody(
    signed_in: SignedIn, angela: Patient, plan: Plan, zinc_order: Order
) -> None:
    send(signed_in, angela, zinc_order, count="4")
    response = signed_in(angela.user).get(path(angela, "list.pdf?days=14"))
    assert response["Content-Type"] == "application/pdf"
    assert "zinc" not in response["Content-Disposition"].lower()
    text = Pdf(response.content).words
    for words in ("Zinc", "1 package of 10 capsules", "14 capsules", "17 January 2027"):
        assert words in text.replace("\u00a0", " ")
    assert "Angela" not in text
    sheet = shopping_sheet(plan, today=TODAY, days=14)
    assert shopping_pdf(sheet, paper=Paper.A4, at=NOON) == shopping_pdf(sheet, paper=Paper.A4, at=NOON)
    # A clock that nobody set for a test is never at a whole second.
    assert shopping_pdf(sheet, paper=Paper.A4, at=NOON.replace(microsecond=1)).startswith(b"%PDF-")


def test_the_page_reads_as_much_for_many_things(
    signed_in: SignedIn, angela: Patient, plan: Plan, zinc_order: Order, add_order: AddOrder, clinic: Clinic, by: Actor
) -> None:
    client = signed_in(angela.user)
    count_stock(zinc_order, count=Decimal(5), is_all=True, by=by, at=NOON)
    client.get(path(angela))
    with CaptureQueriesContext(connection) as one:
        client.get(path(angela))
    for number in range(8):
        order = add_order(plan, name=f"Other {number}", supplement=make_supplement(f"Other {number}", clinic))
        count_stock(order, count=Decimal(5), is_all=True, by=by, at=NOON)
    with CaptureQueriesContext(connection) as many:
        assert "Other 7" in text_of(client.get(path(angela)).content.decode())
    assert len(many) == len(one) <= 25


def test_every_form_works_without_javascript(signed_in: SignedIn, angela: Patient, zinc_order: Order) -> None:
    html = signed_in(angela.user).get(path(angela)).content.decode()
    assert "<script" not in html.split("<main")[1]
    assert zinc_order.code in {form.fields["order"] for form in forms_of(html) if "order" in form.fields}
